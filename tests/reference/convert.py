"""Text into a column's value, by Oracle's rules, in exact Python arithmetic."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext

from loadstone.datatypes.model import ColumnType, Kind
from loadstone.spec import FieldType, TypeName

MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
NUMBER = re.compile(r"[ ]*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[ ]*")
LIMITS = {Kind.INT2: 15, Kind.INT4: 31, Kind.INT8: 63}
MASKS = {
    "YYYY-MM-DD": r"(?P<Y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})",
    "YYYYMMDD": r"(?P<Y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    "DD.MM.YYYY": r"(?P<d>\d{2})\.(?P<m>\d{2})\.(?P<Y>\d{4})",
    "MM/DD/YYYY HH24:MI:SS": r"(?P<m>\d{2})/(?P<d>\d{2})/(?P<Y>\d{4}) ?(?P<H>\d{1,2})?:?(?P<M>\d{1,2})?:?(?P<S>\d{1,2})?",
}


class Fault(Exception):
    """A value that the column refuses; the argument is the rule broken."""


def convert(value: bytes | None, kind: ColumnType, *, not_null: bool, field: FieldType | None):
    """The value as Decimal, datetime, int or str; None for NULL."""
    mask = field.mask if field else None
    is_date = mask is not None or kind.kind in (Kind.TIMESTAMP, Kind.DATE)
    blank_date = is_date and value is not None and not value.strip()
    if value is None or value == b"" or blank_date:
        if not_null:
            raise Fault("not_null")
        return None
    text = value.decode()
    if kind.kind in LIMITS or kind.kind is Kind.DECIMAL:
        return _number(text, kind)
    if kind.kind in (Kind.TIMESTAMP, Kind.DATE):
        return _date(text, mask or "YYYY-MM-DD")
    if mask is not None:
        text = _shown(_date(text, mask), stamp=field.name is TypeName.TIMESTAMP)
        value = text.encode()
    size = len(text) if kind.unit == "char" else len(value)
    if kind.length is not None and size > kind.length:
        raise Fault("length")
    return text


def _number(text: str, kind: ColumnType):
    if not text.strip(" "):
        raise Fault("number")
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
            return number
        scale = kind.scale or 0
        rounded = number.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP)
        if abs(rounded) >= Decimal(10) ** (kind.precision - scale):
            raise Fault("precision")
        return rounded


def _shown(moment: datetime, *, stamp: bool) -> str:
    """A date in a text column: DD-MON-RR, or DD-MON-RR HH.MI.SSXFF AM."""
    day = f"{moment.day:02}-{MONTHS[moment.month - 1]}-{moment.year % 100:02}"
    if not stamp:
        return day
    hour = moment.hour % 12 or 12
    return (
        f"{day} {hour:02}.{moment.minute:02}.{moment.second:02}.000000 {'AM' if moment.hour < 12 else 'PM'}"
    )


def _date(text: str, mask: str) -> datetime:
    found = re.fullmatch(MASKS[mask], text.strip(" "))
    if found is None:
        raise Fault("date")
    parts = {"H": 0, "M": 0, "S": 0} | {name: int(value) for name, value in found.groupdict("0").items()}
    try:
        return datetime(parts["Y"], parts["m"], parts["d"], parts["H"], parts["M"], parts["S"])
    except ValueError as error:
        raise Fault("date") from error
