"""Intervals: their literals, and the text that they are shown as."""

from __future__ import annotations

import re
from datetime import timedelta

from loadstone.expressions.model import Months, OraError

_SECONDS = {"DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}
_DAY_TO_SECOND = re.compile(r"\s*([+-]?)(?:(\d+)\s+)?(\d+)(?::(\d+))?(?::(\d+(?:\.\d+)?))?\s*")
_ISO = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.IGNORECASE)
_YEAR_TO_MONTH = re.compile(r"\s*([+-]?)(\d+)-(\d+)\s*")
_NUMBER = re.compile(r"\s*([+-]?)(\d+(?:\.\d+)?|\.\d+)\s*")


def literal_interval(text: str, units: str) -> timedelta | Months:
    """
    The interval of ``INTERVAL 'text' units``, such as ``DAY TO SECOND`` or ``MONTH``.

    Raises:
        OraError: ORA-01867 a text that does not fit.
    """
    first, _, last = units.partition(" TO ")
    if last in ("", first):
        return _single(text, first)
    if first == "YEAR" and last == "MONTH":
        return year_to_month(text)
    if first == "DAY":
        return day_to_second(text)
    return _clock(text, first)


def day_to_second(text: str) -> timedelta:
    """``[+-]days hours:minutes:seconds``, or ``[-]PnDTnHnMnS``."""
    iso = _ISO.fullmatch(text.strip())
    if iso is not None and any(iso.groups()[1:]):
        days, hours, minutes, seconds = (float(part or 0) for part in iso.groups()[1:])
        apart = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return -apart if iso[1] else apart
    match = _DAY_TO_SECOND.fullmatch(text)
    if match is None or match[2] is None:
        raise _invalid()
    hours, minutes, seconds = int(match[3]), int(match[4] or 0), float(match[5] or 0)
    found = timedelta(days=int(match[2]), hours=hours, minutes=minutes, seconds=seconds)
    return -found if match[1] == "-" else found


def year_to_month(text: str) -> Months:
    """``[+-]years-months``."""
    match = _YEAR_TO_MONTH.fullmatch(text)
    if match is None or int(match[3]) > 11:
        raise _invalid()
    count = int(match[2]) * 12 + int(match[3])
    return Months(-count if match[1] == "-" else count)


def interval_text(value: timedelta | Months) -> str:
    """As Oracle shows intervals of the greatest precision."""
    if isinstance(value, Months):
        sign, count = "-" if value.count < 0 else "+", abs(value.count)
        return f"{sign}{count // 12:09}-{count % 12:02}"
    sign, apart = ("-", -value) if value < timedelta(0) else ("+", value)
    hours, rest = divmod(apart.seconds, 3600)
    clock = f"{hours:02}:{rest // 60:02}:{rest % 60:02}.{apart.microseconds:06}000"
    return f"{sign}{apart.days:09} {clock}"


# Private functions


def _single(text: str, unit: str) -> timedelta | Months:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise _invalid()
    sign = -1 if match[1] == "-" else 1
    if unit in ("YEAR", "MONTH"):
        return Months(sign * int(float(match[2])) * (12 if unit == "YEAR" else 1))
    return timedelta(seconds=sign * float(match[2]) * _SECONDS[unit])


def _clock(text: str, first: str) -> timedelta:
    """``hours:minutes[:seconds]`` or ``minutes:seconds``."""
    sign = -1 if text.strip().startswith("-") else 1
    parts = text.strip().lstrip("+-").split(":")
    try:
        numbers = [float(part) for part in parts]
    except ValueError as error:
        raise _invalid() from error
    unit, total = _SECONDS[first], 0.0
    for number in numbers:
        total += number * unit
        unit //= 60
    return timedelta(seconds=sign * total)


def _invalid() -> OraError:
    return OraError(1867, "the interval is invalid")
