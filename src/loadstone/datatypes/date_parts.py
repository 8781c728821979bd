"""
What the elements of a mask found, put together to a day and a time of day (kernels).

Source: Oracle Database SQL Language Reference, "Format Models", rules for string-to-date conversion.
"""

from __future__ import annotations

from loadstone.datatypes.days import days_of, days_of_month
from loadstone.datatypes.kernel import Ints, kernel
from loadstone.datatypes.masks import (
    DAY,
    DAY_OF_WEEK,
    DAY_OF_YEAR,
    HOUR12,
    HOUR24,
    JULIAN,
    MINUTE,
    MONTH,
    RR,
    RRRR,
    SECOND,
    SECONDS_OF_DAY,
    YEAR1,
    YEAR2,
    YEAR3,
    YEAR_COMMA,
    ZONE_MINUTE,
)

NO_OFFSET = -1_000_000
"""In place of an offset in minutes: the text had none."""

DAYS, NANOS, OFFSET = 0, 1, 2
"""Places in ``out``: days since 1970-01-01, nanoseconds of the day, offset from UTC in minutes."""

(
    P_YEAR,
    P_MONTH,
    P_DAY,
    P_HOUR,
    P_MINUTE,
    P_SECOND,
    P_NANOS,
    P_OFFSET,
    P_PM,
    P_DOY,
    P_JULIAN,
    P_BC,
    P_SOD,
    P_WEEKDAY,
    P_WEST,
    P_SIZE,
) = range(16)
"""Parts found so far; -1 = none, 0 for the year. P_WEST: the offset has a minus, which -00:30 would lose."""


@kernel
def store(kind: int, value: int, used: int, negative: bool, env: Ints, part: Ints) -> int:
    """Keep a number as the part it stands for; 0 or a fault."""
    if kind <= YEAR_COMMA:
        return store_year(kind, value, used, negative, env, part)
    if kind == MONTH:
        part[P_MONTH] = value
        return 0 if 1 <= value <= 12 else 1843
    if kind == DAY:
        part[P_DAY] = value
        return 0 if 1 <= value <= 31 else 1847
    if kind == DAY_OF_YEAR:
        part[P_DOY] = value
        return 0 if 1 <= value <= 366 else 1848
    if kind == DAY_OF_WEEK:
        return 0 if 1 <= value <= 7 else 1846
    if kind == JULIAN:
        part[P_JULIAN] = value
        return 0 if 1 <= value <= 5373484 else 1854
    if kind == HOUR12:
        # Without AM or PM the hour is one before noon, so 12 is midnight.
        part[P_HOUR] = value % 12
        return 0 if 1 <= value <= 12 else 1849
    if kind == HOUR24:
        part[P_HOUR] = value
        return 0 if value <= 23 else 1850
    if kind == MINUTE:
        part[P_MINUTE] = value
        return 0 if value <= 59 else 1851
    if kind == SECOND:
        part[P_SECOND] = value
        return 0 if value <= 59 else 1852
    if kind == SECONDS_OF_DAY:
        part[P_SOD] = value
        return 0 if value <= 86399 else 1853
    if kind == ZONE_MINUTE:
        if value > 59:
            return 1875
        offset = part[P_OFFSET]
        if offset == NO_OFFSET:
            offset = 0
        part[P_OFFSET] = offset - value if part[P_WEST] == 1 else offset + value
        return 0
    part[P_NANOS] = value
    return 0


@kernel
def store_year(kind: int, value: int, used: int, negative: bool, env: Ints, part: Ints) -> int:
    """A year of any number of digits; short ones by the century of now, RR by its nearest half."""
    now = int(env[0])
    if kind == RR or kind == RRRR and used <= 2:
        century = now // 100
        half = now % 100
        if value < 50 and half >= 50:
            century += 1
        elif value >= 50 and half < 50:
            century -= 1
        value += century * 100
    elif kind == YEAR3:
        value += now // 1000 * 1000
    elif kind == YEAR2:
        value += now // 100 * 100
    elif kind == YEAR1:
        value += now // 10 * 10
    part[P_YEAR] = -value if negative else value
    return 1841 if value == 0 or value > 9999 or (negative and value > 4712) else 0


@kernel
def compose(part: Ints, env: Ints, out: Ints) -> int:
    """Parts into days, nanoseconds and offset; 0 or a fault."""
    year = int(part[P_YEAR]) if part[P_YEAR] != 0 else int(env[0])
    if part[P_BC] == 1:
        year = -year
    if year < -4712:
        return 1841
    if year < 0:
        year += 1
    status = compose_day(part, year, int(env[1]), out)
    if status:
        return status
    hour = int(part[P_HOUR]) if part[P_HOUR] > 0 else 0
    if part[P_PM] >= 0:
        hour += 12 * int(part[P_PM])
    minute = int(part[P_MINUTE]) if part[P_MINUTE] > 0 else 0
    second = int(part[P_SECOND]) if part[P_SECOND] > 0 else 0
    seconds = hour * 3600 + minute * 60 + second
    if part[P_SOD] >= 0:
        seconds = int(part[P_SOD])
        if part[P_HOUR] >= 0 and hour != seconds // 3600:
            return 1836
        if part[P_MINUTE] >= 0 and minute != seconds // 60 % 60:
            return 1837
        if part[P_SECOND] >= 0 and second != seconds % 60:
            return 1838
    out[NANOS] = seconds * 1_000_000_000 + (int(part[P_NANOS]) if part[P_NANOS] > 0 else 0)
    out[OFFSET] = part[P_OFFSET]
    return 0


@kernel
def compose_day(part: Ints, year: int, month_now: int, out: Ints) -> int:
    """The day from a Julian day, the day of the year, or month and day; what contradicts it is a fault."""
    month = int(part[P_MONTH]) if part[P_MONTH] > 0 else month_now
    day = int(part[P_DAY]) if part[P_DAY] > 0 else 1
    if part[P_JULIAN] > 0:
        out[DAYS] = part[P_JULIAN] - 2440588
    elif part[P_DOY] > 0:
        if part[P_DOY] == 366 and days_of_month(year, 2) == 28:
            return 1848
        out[DAYS] = days_of(year, 1, 1) + part[P_DOY] - 1
        first = days_of(year, month, 1)
        if part[P_MONTH] > 0 and not first <= out[DAYS] < first + days_of_month(year, month):
            return 1833
        if part[P_MONTH] > 0 and part[P_DAY] > 0 and out[DAYS] != first + day - 1:
            return 1834
    else:
        if day > days_of_month(year, month):
            return 1839
        out[DAYS] = days_of(year, month, day)
    if part[P_WEEKDAY] >= 0 and part[P_WEEKDAY] != (out[DAYS] + 4) % 7:
        return 1835
    return 0
