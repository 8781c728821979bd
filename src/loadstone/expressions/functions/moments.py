"""Functions of dates, timestamps and intervals."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from loadstone.datatypes.languages import DAYS, language_names
from loadstone.datatypes.model import Nls
from loadstone.expressions.functions.catalogue import D, N, T, fixed, function
from loadstone.expressions.intervals import day_to_second, year_to_month
from loadstone.expressions.model import YEAR_RANGE, Months, OraError, ResultType
from loadstone.expressions.values import CALCULATED, in_region, offset_minutes, rounded, zone, zone_of

SECONDS_OF = {"DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}

_DS, _YM, _TS, _TZ = (
    ResultType.INTERVAL_DS,
    ResultType.INTERVAL_YM,
    ResultType.TIMESTAMP,
    ResultType.TIMESTAMPTZ,
)
_FLOORS = {
    "century": "CC SCC",
    "year": "SYYYY YYYY YEAR SYEAR YYY YY Y RRRR RR",
    "iso year": "IYYY IYY IY I",
    "quarter": "Q",
    "month": "MONTH MON MM RM",
    "week of year": "WW",
    "iso week": "IW",
    "week of month": "W",
    "day": "DDD DD J",
    "week": "DAY DY D",
    "hour": "HH HH12 HH24",
    "minute": "MI",
}
UNITS = {name: unit for unit, names in _FLOORS.items() for name in names.split()}
"""What TRUNC and ROUND cut to, by the element of their mask."""


def trunc_date(value: datetime, mask: str) -> datetime:
    """The begin of the unit that the moment is in; ORA-01821 for a mask that is no unit."""
    unit = _unit(mask)
    day = value.replace(hour=0, minute=0, second=0, microsecond=0)
    first = day.replace(month=1, day=1)
    weekday = day.weekday()
    if unit == "century":
        return first.replace(year=(value.year - 1) // 100 * 100 + 1)
    if unit == "iso year":
        return datetime.fromisocalendar(value.isocalendar()[0], 1, 1)
    if unit == "week of year":
        return day - timedelta(days=(day - first).days % 7)
    return {
        "year": first,
        "quarter": day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        "month": day.replace(day=1),
        "iso week": day - timedelta(days=weekday),
        "week of month": day - timedelta(days=(day.day - 1) % 7),
        "day": day,
        "week": day - timedelta(days=(weekday + 1) % 7),
        "hour": day.replace(hour=value.hour),
        "minute": day.replace(hour=value.hour, minute=value.minute),
    }[unit]


def round_date(value: datetime, mask: str) -> datetime:
    """The nearest begin of a unit: years from July on, months from the 16th on, quarters from the 16th of their
    second month on, others from the middle on."""
    unit = _unit(mask)
    low = trunc_date(value, mask)
    if unit == "century":
        return low if value.year % 100 <= 50 and value.year % 100 else low.replace(year=low.year + 100)
    if unit == "year":
        return low.replace(year=low.year + (value.month >= 7))
    if unit == "iso year":
        return low if value.month < 7 else datetime.fromisocalendar(low.isocalendar()[0] + 1, 1, 1)
    if unit == "month":
        return low if value.day < 16 else add_months(low, 1)
    if unit == "quarter":
        late = (value.month, value.day) >= (low.month + 1, 16)
        return add_months(low, 3) if late else low
    size = {"hour": timedelta(hours=1), "minute": timedelta(minutes=1), "day": timedelta(days=1)}.get(
        unit, timedelta(days=7)
    )
    return added(low, size) if (value - low) * 2 >= size else low


def add_months(date: datetime, months: int) -> datetime:
    """The same day some months later; the last day of a month stays the last day."""
    total = date.year * 12 + date.month - 1 + months
    year, month = divmod(total, 12)
    if not 1 <= year <= 9999:
        raise OraError(1841, YEAR_RANGE)
    last = monthrange(year, month + 1)[1]
    at_end = date.day == monthrange(date.year, date.month)[1]
    return date.replace(year=year, month=month + 1, day=last if at_end else min(date.day, last))


def add_interval(date: datetime, months: int) -> datetime:
    """A moment plus a year-to-month interval; ORA-01839 where the month has no such day."""
    moved = add_months(date.replace(day=1), months)
    if date.day > monthrange(moved.year, moved.month)[1]:
        raise OraError(1839, "date not valid for month specified")
    return moved.replace(day=date.day)


def added(date: datetime, apart: timedelta) -> datetime:
    """A moment plus an interval, within the years 1 to 9999."""
    try:
        return date + apart
    except OverflowError as error:
        raise OraError(1841, YEAR_RANGE) from error


def plus_days(date: datetime, days: Decimal) -> datetime:
    """A DATE plus a number of days, to the nearest second."""
    if abs(days) > 10_000_000:
        raise OraError(1841, YEAR_RANGE)
    return added(date, timedelta(seconds=int((days * 86400).to_integral_value("ROUND_HALF_UP"))))


@function(
    "ADD_MONTHS",
    "date, months",
    "The same day some months later; the last day stays the last day",
    fixed(D, D, N),
    (2, 2),
)
def _add_months(nls: Nls, date: datetime, months: Decimal) -> datetime:
    return add_months(date, int(max(min(months, Decimal(200_000)), Decimal(-200_000))))


@function("LAST_DAY", "date", "Last day of the month", fixed(D, D))
def _last_day(nls: Nls, date: datetime) -> datetime:
    return date.replace(day=monthrange(date.year, date.month)[1])


@function(
    "MONTHS_BETWEEN",
    "later, earlier",
    "Months, whole for the same day or two last days, else with the fraction of a month of 31 days",
    fixed(N, D, D),
    (2, 2),
)
def _months_between(nls: Nls, later: datetime, earlier: datetime) -> Decimal:
    whole = (later.year - earlier.year) * 12 + later.month - earlier.month
    ends = all(d.day == monthrange(d.year, d.month)[1] for d in (later, earlier))
    if later.day == earlier.day or ends:
        return Decimal(whole)
    seconds = (later.day - earlier.day) * 86400 + (later.hour - earlier.hour) * 3600
    seconds += (later.minute - earlier.minute) * 60 + later.second - earlier.second
    return rounded(CALCULATED.divide(Decimal(whole * 31 * 86400 + seconds), Decimal(31 * 86400)))


@function("NEXT_DAY", "date, weekday", "The first such weekday after the date", fixed(D, D, T), (2, 2))
def _next_day(nls: Nls, date: datetime, name: str) -> datetime:
    return added(date, timedelta(days=(weekday_of(name, nls) - 1 - date.weekday() - 1) % 7 + 1))


def weekday_of(name: str, nls: Nls) -> int:
    """The weekday of a name that may be short, 0 for Sunday; ORA-01846 for any other text."""
    for short in (False, True):
        names = language_names(nls.date_language, DAYS, short=short)
        found = next((n for n, word in enumerate(names) if name.strip().upper().startswith(word)), None)
        if found is not None:
            return found
    raise OraError(1846, "not a valid day of the week")


@function(
    "EXTRACT",
    "part FROM date",
    "Year, month, day, hour, minute, second, timezone_hour or timezone_minute",
    fixed(N, T, None),
    (2, 2),
)
def _extract(nls: Nls, part: str, value: Any) -> Decimal:
    if isinstance(value, Months):
        whole, rest = divmod(abs(value.count), 12)
        sign = -1 if value.count < 0 else 1
        parts = {"YEAR": sign * whole, "MONTH": sign * rest}
    elif isinstance(value, timedelta):
        sign, apart = (-1, -value) if value < timedelta(0) else (1, value)
        hours, rest = divmod(apart.seconds, 3600)
        parts = {"DAY": sign * apart.days, "HOUR": sign * hours, "MINUTE": sign * (rest // 60)}
        seconds = Decimal(rest % 60) + Decimal(apart.microseconds) / 1_000_000
        return seconds * sign if part == "SECOND" else Decimal(_part(parts, part))
    else:
        offset = offset_minutes(value)
        parts = {"YEAR": value.year, "MONTH": value.month, "DAY": value.day, "HOUR": value.hour}
        parts |= {"MINUTE": value.minute, "TIMEZONE_HOUR": int(offset / 60)}
        parts["TIMEZONE_MINUTE"] = offset - parts["TIMEZONE_HOUR"] * 60
        if part == "SECOND":
            return Decimal(value.second) + Decimal(value.microsecond) / 1_000_000
    return Decimal(_part(parts, part))


def _part(parts: dict[str, int], part: str) -> int:
    if part not in parts:
        raise OraError(30076, "invalid extract field for extract source")
    return parts[part]


@function("NUMTODSINTERVAL", "n, unit", "So many days, hours, minutes or seconds", fixed(_DS, N, T), (2, 2))
def _numtodsinterval(nls: Nls, number: Decimal, unit: str) -> timedelta:
    size = SECONDS_OF.get(unit.strip().upper())
    if size is None or abs(number) > 10**14:
        raise OraError(1760, "illegal argument for function")
    return timedelta(microseconds=int((number * size * 1_000_000).to_integral_value("ROUND_HALF_UP")))


@function("NUMTOYMINTERVAL", "n, unit", "So many years or months", fixed(_YM, N, T), (2, 2))
def _numtoyminterval(nls: Nls, number: Decimal, unit: str) -> Months:
    size = {"YEAR": 12, "MONTH": 1}.get(unit.strip().upper())
    if size is None or abs(number) > 10**9:
        raise OraError(1760, "illegal argument for function")
    return Months(int((number * size).to_integral_value("ROUND_HALF_UP")))


@function("TO_DSINTERVAL", "text", "The interval of ``days hours:minutes:seconds``", fixed(_DS, T))
def _to_dsinterval(nls: Nls, text: str) -> timedelta:
    return day_to_second(text)


@function("TO_YMINTERVAL", "text", "The interval of ``years-months``", fixed(_YM, T))
def _to_yminterval(nls: Nls, text: str) -> Months:
    return year_to_month(text)


@function("SYS_EXTRACT_UTC", "timestamp", "The moment in UTC", fixed(_TS, _TZ))
def _sys_extract_utc(nls: Nls, value: datetime) -> datetime:
    return added(value.replace(tzinfo=None), -timedelta(minutes=offset_minutes(value)))


@function(
    "FROM_TZ",
    "timestamp, zone",
    "The timestamp in a zone, ``+hh:mm`` or a region",
    fixed(_TZ, _TS, T),
    (2, 2),
)
def _from_tz(nls: Nls, value: datetime, name: str) -> datetime:
    offset = zone_of(name)
    return in_region(value, name.strip()) if offset is None else value.replace(tzinfo=zone(offset))


def _unit(mask: str) -> str:
    unit = UNITS.get(mask.strip().upper())
    if unit is None:
        if mask.strip().upper() in ("SS", "SSSSS", "FF", "X", "AM", "PM", "AD", "BC"):
            raise OraError(1899, "bad precision specifier")
        raise OraError(1821, "date format not recognized")
    return unit
