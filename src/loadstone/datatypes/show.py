"""Dates as text by an Oracle mask, for DATE fields that go into text columns."""

from __future__ import annotations

from datetime import datetime, timedelta

from loadstone.datatypes import masks as m

_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def show_date(micros: int, mask: str) -> str:
    """The time ``micros`` microseconds after 1970-01-01 by ``mask`` (American names)."""
    at = datetime(1970, 1, 1) + timedelta(microseconds=micros)
    program = m.compile_mask(mask)
    parts = []
    for kind, argument, digits in program.steps.tolist():
        if kind == m.PUNCTUATION:
            parts.append(chr(argument & 0xFF))
        elif kind == m.TEXT:
            start = argument & 0xFFFFF
            parts.append(program.pool[start : start + digits].decode())
        else:
            parts.append(_element(at, kind, digits))
    return "".join(parts)


# Private functions


def _element(at: datetime, kind: int, digits: int) -> str:
    simple = {
        m.YEAR4: f"{at.year:04}",
        m.SYEAR: f" {at.year:04}",
        m.RRRR: f"{at.year:04}",
        m.YEAR3: f"{at.year % 1000:03}",
        m.YEAR2: f"{at.year % 100:02}",
        m.RR: f"{at.year % 100:02}",
        m.YEAR1: str(at.year % 10),
        m.MONTH: f"{at.month:02}",
        m.MON: _MONTHS[at.month - 1][:3].upper(),
        m.MONTH_NAME: _MONTHS[at.month - 1].upper().ljust(9),
        m.DAY: f"{at.day:02}",
        m.DAY_OF_YEAR: f"{at.timetuple().tm_yday:03}",
        m.DAY_NAME: _DAYS[at.weekday()].upper().ljust(9),
        m.DY: _DAYS[at.weekday()][:3].upper(),
        m.HOUR24: f"{at.hour:02}",
        m.HOUR12: f"{(at.hour + 11) % 12 + 1:02}",
        m.MINUTE: f"{at.minute:02}",
        m.SECOND: f"{at.second:02}",
        m.RADIX: ".",
        m.MERIDIAN: "AM" if at.hour < 12 else "PM",
        m.FRACTION: f"{at.microsecond:06}000"[:digits],
        m.SECONDS_OF_DAY: f"{at.hour * 3600 + at.minute * 60 + at.second:05}",
    }
    return simple.get(kind, "")
