"""TO_NUMBER, TO_CHAR, TO_DATE and their kin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from loadstone.datatypes.model import Nls
from loadstone.expressions.functions.catalogue import Kinds, N, T, function
from loadstone.expressions.model import MOMENTS, ResultType, Value
from loadstone.expressions.number_masks import Characters, format_number, parse_masked
from loadstone.expressions.values import as_timestamp, date_text, to_date, to_moment, to_number, to_text

_TS, _TZ = ResultType.TIMESTAMP, ResultType.TIMESTAMPTZ


def _number_typing(types: Sequence[ResultType]) -> tuple[Kinds, ResultType]:
    """TO_NUMBER: with a mask the value is read as text."""
    return [T if len(types) > 1 else N, T, T][: len(types)], N


def _char_typing(types: Sequence[ResultType]) -> tuple[Kinds, ResultType]:
    """TO_CHAR: a text with a mask is a number; without a mask the session's tells."""
    own = T if len(types) == 1 else N if types[0] is T else None
    return [own, T, T][: len(types)], T


def _moment_typing(result: ResultType) -> Any:
    def typing(types: Sequence[ResultType]) -> tuple[Kinds, ResultType]:
        own = None if types[0] in MOMENTS else T
        return [own, T, T][: len(types)], result

    return typing


@function("TO_NUMBER", "text [, mask [, nls]]", "A number, by a mask or plain", _number_typing, (1, 3))
def _to_number(nls: Nls, value: Value, mask: str | None = None, params: str | None = None) -> Decimal | None:
    if mask is None:
        return to_number(value, nls)
    return parse_masked(str(value), mask, characters_of(nls, params))


@function("TO_BINARY_DOUBLE TO_BINARY_FLOAT", "text [, mask]", "A number, kept exact", _number_typing, (1, 2))
def _to_binary(nls: Nls, value: Value, mask: str | None = None) -> Decimal | None:
    return _to_number(nls, value, mask)  # type: ignore[no-any-return]


@function(
    "TO_CHAR TO_NCHAR_DATE", "value [, mask [, nls]]", "Text of a number or a date", _char_typing, (1, 3)
)
def _to_char(nls: Nls, value: Value, mask: str | None = None, params: str | None = None) -> str | None:
    if mask is None:
        return to_text(value, nls)
    if isinstance(value, datetime):
        return date_text(value, mask, language_of(nls, params))
    if isinstance(value, Decimal):
        return format_number(value, mask, characters_of(nls, params))
    return to_text(value, nls)


def characters_of(nls: Nls, params: str | None) -> Characters:
    """Decimal and group character and the currency, from NLS_NUMERIC_CHARACTERS and NLS_CURRENCY where given."""
    found = re.search(r"NLS_NUMERIC_CHARACTERS\s*=\s*'?(.)(.)", params or "", re.IGNORECASE)
    currency = re.search(r"NLS_CURRENCY\s*=\s*(?:'([^']*)'|(\S+))", params or "", re.IGNORECASE)
    return Characters(
        found[1] if found else nls.decimal,
        found[2] if found else nls.group,
        (currency[1] or currency[2]) if currency else "$",
    )


def language_of(nls: Nls, params: str | None) -> str:
    """The language of names, from NLS_DATE_LANGUAGE=... where given."""
    found = re.search(r"NLS_DATE_LANGUAGE\s*=\s*'?\"?([A-Z ]+[A-Z])", params or "", re.IGNORECASE)
    return found[1] if found else nls.date_language


@function(
    "TO_DATE",
    "text [, mask [, nls]]",
    "A date, by a mask with Oracle's leniency",
    _moment_typing(ResultType.DATE),
    (1, 3),
)
def _to_date(nls: Nls, value: Value, mask: str | None = None, params: str | None = None) -> datetime | None:
    return to_date(value, _speaking(nls, params), mask)


@function("TO_TIMESTAMP", "text [, mask [, nls]]", "A timestamp with fractions", _moment_typing(_TS), (1, 3))
def _to_timestamp(
    nls: Nls, value: Value, mask: str | None = None, params: str | None = None
) -> datetime | None:
    found = to_moment(value, _speaking(nls, params), mask or nls.timestamp_format)
    return as_timestamp(found, nls)


@function(
    "TO_TIMESTAMP_TZ", "text [, mask [, nls]]", "A timestamp with its zone", _moment_typing(_TZ), (1, 3)
)
def _to_timestamp_tz(
    nls: Nls, value: Value, mask: str | None = None, params: str | None = None
) -> datetime | None:
    found = to_moment(value, _speaking(nls, params), mask or nls.timestamp_tz_format)
    return as_timestamp(found, nls, zoned=True)


def _speaking(nls: Nls, params: str | None) -> Nls:
    if params is None:
        return nls
    return Nls(**{**nls.__dict__, "date_language": language_of(nls, params)})
