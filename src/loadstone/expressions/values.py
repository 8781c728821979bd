"""Conversions between text, numbers and dates, by Oracle's rules."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal, DecimalException, localcontext
from functools import lru_cache

import numpy as np

from loadstone.datatypes.dates import DAYS, NANOS, P_SIZE, parse_date
from loadstone.datatypes.faults import ValueFault, fault_message
from loadstone.datatypes.masks import compile_mask
from loadstone.datatypes.model import ColumnType, Conversion, Kind, Nls
from loadstone.datatypes.show import show_date
from loadstone.expressions.model import OraError, Value

PRECISION = 40
"""Significant digits of a NUMBER."""

_NUMBER = re.compile(r" *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *")
_NOWHERE = Conversion(column="", type=ColumnType(kind=Kind.TIMESTAMP))
_EPOCH = datetime(1970, 1, 1)


def to_text(value: Value, nls: Nls) -> str | None:
    """Any value as text: numbers in their shortest plain form, dates by NLS_DATE_FORMAT."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return show_date(micros_of(value), nls.date_format)
    return number_text(value).replace(".", nls.decimal)


def number_text(value: Decimal) -> str:
    """A number as Oracle shows it: no exponent, no zero before the point, none behind the last digit."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if text.startswith("0."):
        text = text[1:]
    elif text.startswith("-0."):
        text = "-" + text[2:]
    return "0" if text in ("-0", "", "-") else text


def to_number(value: Value, nls: Nls) -> Decimal | None:
    """Any value as a number; ORA-01722 for a text that is none."""
    if value is None or isinstance(value, Decimal):
        return value
    if isinstance(value, datetime):
        raise OraError(932, "inconsistent datatypes: expected NUMBER got DATE")
    text = value if nls.decimal == "." else value.replace(nls.decimal, ".")
    if _NUMBER.fullmatch(text) is None:
        raise OraError(1722, "invalid number")
    return rounded(Decimal(text.strip(" ")))


def rounded(value: Decimal) -> Decimal:
    """``value`` with the digits that a NUMBER keeps."""
    with localcontext() as context:
        context.prec = PRECISION
        try:
            return +value
        except DecimalException as error:
            raise OraError(1426, "numeric overflow") from error


def to_date(value: Value, nls: Nls, mask: str | None = None) -> datetime | None:
    """Any value as a date; a text by ``mask`` or NLS_DATE_FORMAT."""
    if value is None or isinstance(value, datetime):
        return value
    text = value if isinstance(value, str) else number_text(value)
    return _parsed(text, mask or nls.date_format, nls.date_language, nls.now.year, nls.now.month)


def micros_of(value: datetime) -> int:
    """Microseconds since 1970-01-01."""
    return (value - _EPOCH) // timedelta(microseconds=1)


def canonical(value: Value) -> str | None:
    """The text that a column's conversion reads back: dates in CANONICAL, numbers with a point."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        text = value.strftime("%H:%M:%S") + (f".{value.microsecond:06}" if value.microsecond else "")
        return f"{value.year:04}-{value.month:02}-{value.day:02} {text}"
    return number_text(value)


# Private functions


@lru_cache(maxsize=65536)
def _parsed(text: str, mask: str, language: str, year: int, month: int) -> datetime:
    program = compile_mask(mask, language)
    part, out = np.zeros(P_SIZE, np.int64), np.zeros(4, np.int64)
    data = text.encode()
    status = parse_date(
        data,
        0,
        len(data),
        program.steps,
        program.pool,
        program.names,
        program.name_pool,
        program.quick_at,
        np.array([year, month]),
        part,
        out,
    )
    if status:
        _, code, sentence = fault_message(ValueFault(int(status)), _NOWHERE, (None, ""), 0, 0)
        raise OraError(int(status), sentence.partition(": ")[2] if code else sentence)
    try:
        return _EPOCH + timedelta(days=int(out[DAYS]), microseconds=int(out[NANOS]) // 1000)
    except OverflowError as error:
        raise OraError(1841, "(full) year must be between -4713 and +9999, and not be 0") from error
