"""Text into a column's value, by Oracle's rules, in exact Python arithmetic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext

from loadstone.datatypes.model import ColumnType, Kind
from loadstone.spec import FieldType, TypeName
from tests.reference.dates import moment_of, shown

NUMBER = re.compile(r"[ ]*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[ ]*")
LIMITS = {Kind.INT2: 15, Kind.INT4: 31, Kind.INT8: 63}


class Fault(Exception):
    """A value that the column refuses; the argument is the rule broken."""


def convert(
    value: bytes | None, kind: ColumnType, *, not_null: bool, field: FieldType | None, nls: Mapping[str, str]
):
    """The value as Decimal, datetime, int, bytes or str; None for NULL. ``nls``: variables of the environment."""
    day, language = nls.get("NLS_DATE_FORMAT", "DD-MON-RR"), nls.get("NLS_DATE_LANGUAGE", "AMERICAN")
    mask = (field.mask or day) if field and field.name in (TypeName.DATE, TypeName.TIMESTAMP) else None
    is_date = mask is not None or kind.kind in (Kind.TIMESTAMP, Kind.DATE)
    blank_date = is_date and value is not None and not value.strip()
    if value is None or value == b"" or blank_date:
        if not_null:
            raise Fault("not_null")
        return None
    if kind.kind is Kind.BYTES:
        if kind.length is not None and len(value) > kind.length:
            raise Fault("length")
        return value
    text = value.decode()
    if kind.kind in LIMITS or kind.kind is Kind.DECIMAL:
        return _number(text, kind, nls.get("NLS_NUMERIC_CHARACTERS", ".,")[0])
    if kind.kind in (Kind.TIMESTAMP, Kind.DATE):
        return _date(text, mask or day, language)
    if mask is not None:
        stamp = field.name is TypeName.TIMESTAMP
        text = shown(_date(text, mask, language), f"{day} HH.MI.SSXFF AM" if stamp else day, language)
        value = text.encode()
    size = len(text) if kind.unit == "char" else len(value)
    if kind.length is not None and size > kind.length:
        raise Fault("length")
    return text


def _number(text: str, kind: ColumnType, point: str):
    if not text.strip(" "):
        raise Fault("number")
    if point != ".":
        text = text.replace(".", "?").replace(point, ".")
    if NUMBER.fullmatch(text) is None:
        raise Fault("number")
    number = Decimal(text.strip(" "))
    with localcontext() as context:
        context.prec = 200
        if kind.kind in LIMITS:
            whole = int(number.quantize(Decimal(1), rounding=ROUND_HALF_UP))
            if not -(1 << LIMITS[kind.kind]) <= whole < 1 << LIMITS[kind.kind]:
                raise Fault("precision")
            return whole
        if kind.precision is None:
            if number and not Decimal("1e-130") <= abs(number) < Decimal("1e126"):
                raise Fault("precision")
            return number
        scale = kind.scale or 0
        rounded = number.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP)
        if abs(rounded) >= Decimal(10) ** (kind.precision - scale):
            raise Fault("precision")
        return rounded


def _date(text: str, mask: str, language: str) -> datetime:
    found = moment_of(text, mask, language)
    if found is None:
        raise Fault("date")
    return found
