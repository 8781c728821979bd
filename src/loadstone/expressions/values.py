"""Conversions between texts, numbers, dates and intervals, by Oracle's rules."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from decimal import Context, Decimal, DecimalException
from functools import lru_cache

import numpy as np

from loadstone.datatypes.date_parts import DAYS, NANOS, NO_OFFSET, OFFSET, P_SIZE
from loadstone.datatypes.dates import parse_date
from loadstone.datatypes.faults import ValueFault, fault_message
from loadstone.datatypes.masks import compile_mask
from loadstone.datatypes.model import ColumnType, Conversion, Kind, Nls
from loadstone.datatypes.show import show_date
from loadstone.errors import FixSpec
from loadstone.expressions.intervals import interval_text
from loadstone.expressions.model import YEAR_RANGE, Months, OraError, ResultType, Value

PRECISION = 40
"""Significant digits of a NUMBER: 20 of base 100, so that 39 are left where the first one is below 10."""

_NUMBERS = [Context(prec=PRECISION - 1 + odd, Emax=999_999, Emin=-999_999) for odd in (0, 1)]
"""Roundings to a NUMBER, by whether the exponent of the first digit is even or odd."""

CALCULATED = Context(prec=90, Emax=999_999, Emin=-999_999)
"""Arithmetic whose result is rounded to a NUMBER once, at its end."""

WIDE = Context(prec=400, Emax=999_999, Emin=-999_999)
"""Arithmetic that loses nothing before it is rounded."""

_NUMBER = re.compile(r" *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})? *", re.ASCII)
_NOWHERE = Conversion(column="", type=ColumnType(kind=Kind.TIMESTAMP))
_EPOCH = datetime(1970, 1, 1)
_T = ResultType


def converted(value: Value, to: ResultType, nls: Nls) -> Value:
    """``value`` as ``to``; NULL stays NULL."""
    if value is None:
        return None
    if to is _T.TEXT:
        return to_text(value, nls)
    if to is _T.NUMBER:
        return to_number(value, nls)
    if to is _T.RAW:
        return to_raw(value)
    if to is _T.DATE:
        return as_date(value, nls)
    return as_timestamp(value, nls, zoned=to is _T.TIMESTAMPTZ)


def to_text(value: Value, nls: Nls) -> str | None:
    """Any value as text: numbers in their shortest plain form, moments by the session's masks."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        whole = value.microsecond == 0 and value.tzinfo is None
        return date_text(value, nls.date_format if whole else _timestamp_mask(value, nls), nls.date_language)
    if isinstance(value, bytes):
        return value.hex().upper() or None
    if isinstance(value, timedelta | Months):
        return interval_text(value)
    return number_text(Decimal(value)).replace(".", nls.decimal)


def session_mask(kind: ResultType, nls: Nls) -> str:
    """The mask by which moments of a type are shown unasked."""
    if kind is _T.DATE:
        return nls.date_format
    return nls.timestamp_format if kind is _T.TIMESTAMP else nls.timestamp_tz_format


def moment_text(value: Value, mask: str, nls: Nls) -> str | None:
    """A moment by a mask; NULL stays NULL."""
    return date_text(value, mask, nls.date_language) if isinstance(value, datetime) else None


def date_text(value: datetime, mask: str, language: str) -> str:
    """
    A moment by a mask.

    Raises:
        OraError: ORA-01821 an element that is not known.
    """
    try:
        return show_date(micros_of(value), mask, language, offset_minutes(value))
    except FixSpec as error:
        raise OraError(1821, "date format not recognized") from error


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
    if not isinstance(value, str):
        raise OraError(932, "inconsistent datatypes: expected NUMBER")
    text = value if nls.decimal == "." else value.replace(".", " ").replace(nls.decimal, ".")
    if _NUMBER.fullmatch(text) is None:
        raise OraError(1722, "invalid number")
    return rounded(Decimal(text.strip(" ")))


def rounded(value: Decimal) -> Decimal:
    """``value`` with the digits that a NUMBER keeps; ORA-01426 past 10**126, 0 below 10**-130."""
    try:
        found = _NUMBERS[value.adjusted() % 2].plus(value)
    except DecimalException as error:
        raise OraError(1426, "numeric overflow") from error
    if not found:
        return Decimal(0)
    if found.adjusted() > 125:
        raise OraError(1426, "numeric overflow")
    return found if found.adjusted() >= -130 else Decimal(0)


def to_raw(value: Value) -> bytes | None:
    """Hexadecimal digits as bytes; ORA-01465 for others."""
    if value is None or isinstance(value, bytes):
        return value
    text = str(value)
    try:
        return bytes.fromhex(("0" if len(text) % 2 else "") + text) if " " not in text else _not_hex()
    except ValueError:
        return _not_hex()


def to_date(value: Value, nls: Nls, mask: str | None = None) -> datetime | None:
    """A text by ``mask`` or NLS_DATE_FORMAT, to the second; a moment as it is."""
    found = to_moment(value, nls, mask or nls.date_format)
    return None if found is None else found.replace(microsecond=0, tzinfo=None)


def to_moment(value: Value, nls: Nls, mask: str) -> datetime | None:
    """A text by ``mask``; with a zone where it names one."""
    if value is None or isinstance(value, datetime):
        return value
    text = value if isinstance(value, str) else to_text(value, nls) or ""
    return _parsed(text, mask, nls.date_language, nls.now.year, nls.now.month)


def as_date(value: Value, nls: Nls) -> datetime | None:
    """Any value as a DATE, without fractions of a second and without a zone."""
    return to_date(value, nls)


def as_timestamp(value: Value, nls: Nls, *, zoned: bool = False) -> datetime | None:
    """Any value as a TIMESTAMP, or as one with a zone: the session's where it has none."""
    found = to_moment(value, nls, nls.timestamp_tz_format if zoned else nls.timestamp_format)
    if found is None or zoned is (found.tzinfo is not None):
        return found
    return found.replace(tzinfo=zone(nls.time_zone_minutes) if zoned else None)


_REGION = re.compile(
    r"[A-Za-z_]+/[A-Za-z0-9_+\-]+(?:/[A-Za-z0-9_+\-]+)?|UTC|GMT|[CEM]ET|[EMH]ST|WET", re.ASCII
)
"""A time zone by its name; a month or a day is none of these."""


def in_region(local: datetime, region: str) -> datetime:
    """
    A local time in a time zone by its name, ``Europe/Berlin``; an hour that is there twice is that of standard time.

    Raises:
        OraError: ORA-01882 no such zone.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        offset = local.replace(tzinfo=ZoneInfo(region), fold=1).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise OraError(1882, "timezone region not found") from error
    return local.replace(tzinfo=zone(0 if offset is None else int(offset.total_seconds() // 60)))


def zoned(moment: datetime, name: str) -> datetime:
    """The same moment on the clock of a zone: ``+hh:mm`` or a region."""
    utc = moment.replace(tzinfo=None) - timedelta(minutes=offset_minutes(moment))
    offset = zone_of(name)
    if offset is None:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            found = utc.replace(tzinfo=zone(0)).astimezone(ZoneInfo(name.strip()))
        except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError) as error:
            raise OraError(1882, "timezone region not found") from error
        return found.replace(tzinfo=zone(offset_minutes(found)))
    try:
        return (utc + timedelta(minutes=offset)).replace(tzinfo=zone(offset))
    except OverflowError as error:
        raise OraError(1841, YEAR_RANGE) from error


def zone_of(name: str) -> int | None:
    """Minutes of ``+hh:mm``, ``-hh`` or UTC; None for anything else."""
    text = name.strip()
    if text.upper() in ("UTC", "GMT", "Z"):
        return 0
    match = _OFFSET.fullmatch(text)
    if match is None or int(match[2]) > 14 or int(match[3] or 0) > 59:
        return None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return -minutes if match[1] == "-" else minutes


_OFFSET = re.compile(r"([+-]?)(\d{1,2})(?::(\d{1,2}))?", re.ASCII)


def zone(minutes: int) -> timezone:
    """A zone by its offset."""
    return timezone(timedelta(minutes=minutes))


def offset_minutes(value: datetime) -> int:
    """Offset from UTC; 0 for a moment without a zone."""
    offset = value.utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


def micros_of(value: datetime) -> int:
    """Microseconds since 1970-01-01 on the moment's own clock."""
    return (value.replace(tzinfo=None) - _EPOCH) // timedelta(microseconds=1)


def canonical(value: Value, nls: Nls) -> str | None:
    """The text that a column's conversion reads back: dates in CANONICAL, all else as ``to_text`` gives it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        # Without a fraction the sign of a zone would be read as the punctuation in front of one.
        fraction = value.microsecond or value.tzinfo is not None
        text = value.strftime("%H:%M:%S") + (f".{value.microsecond:06}" if fraction else "")
        behind = show_date(0, " TZH:TZM", offset_minutes=offset_minutes(value)) if value.tzinfo else ""
        return f"{value.year:04}-{value.month:02}-{value.day:02} {text}{behind}"
    return to_text(value, nls)


# Private functions


def _not_hex() -> bytes:
    raise OraError(1465, "invalid hex number")


def _timestamp_mask(value: datetime, nls: Nls) -> str:
    return nls.timestamp_format if value.tzinfo is None else nls.timestamp_tz_format


@lru_cache(maxsize=65536)
def _parsed(text: str, mask: str, language: str, year: int, month: int) -> datetime:
    try:
        program = compile_mask(mask, language)
    except FixSpec as error:
        if error.code == "LS-5101":
            raise OraError(1820, "format code cannot appear in date input format") from error
        raise OraError(1821, "date format not recognized") from error
    if "TZR" in mask.upper():
        region = _REGION.search(text)
        if region is not None:
            local = _parsed(
                text[: region.start()] + "+00:00" + text[region.end() :], mask, language, year, month
            )
            return in_region(local.replace(tzinfo=None), region[0])
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
        moment = _EPOCH + timedelta(days=int(out[DAYS]), microseconds=int(out[NANOS]) // 1000)
        return moment if out[OFFSET] == NO_OFFSET else moment.replace(tzinfo=zone(int(out[OFFSET])))
    except OverflowError as error:
        raise OraError(1841, YEAR_RANGE) from error
