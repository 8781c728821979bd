"""
Texts into dates by a compiled mask, with Oracle's leniency (kernels).

Source: Oracle Database SQL Language Reference, "Format Models", rules for string-to-date conversion.
"""

from __future__ import annotations

from loadstone.datatypes.kernel import Buffer, Ints, kernel
from loadstone.datatypes.masks import (
    DAY,
    DAY_NAME,
    DAY_OF_WEEK,
    DAY_OF_YEAR,
    DY,
    ERA,
    FM_FLAG,
    FRACTION,
    FX_FLAG,
    HOUR12,
    HOUR24,
    JULIAN,
    MERIDIAN,
    MINUTE,
    MON,
    MONTH,
    MONTH_NAME,
    PUNCTUATION,
    RADIX,
    ROMAN,
    RR,
    RRRR,
    SECOND,
    SECONDS_OF_DAY,
    SYEAR,
    TEXT,
    YEAR1,
    YEAR2,
    YEAR3,
    YEAR4,
    YEAR_COMMA,
    ZONE_HOUR,
    ZONE_MINUTE,
    ZONE_NAME,
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
    P_SIZE,
) = range(15)
"""Parts found so far; -1 = none, 0 for the year."""


@kernel
def parse_date(
    buf: Buffer,
    s: int,
    e: int,
    steps: Ints,
    pool: Buffer,
    names: Ints,
    name_pool: Buffer,
    quick: Ints,
    env: Ints,
    part: Ints,
    out: Ints,
) -> int:
    """
    Read [s, e) by a mask into ``out``; 0 or a ``ValueFault``.

    Args:
        env: Year and month that stand for missing ones. part: int64[P_SIZE] to work in.
    """
    while s < e and int(buf[s]) == 32:
        s += 1
    while e > s and int(buf[e - 1]) == 32:
        e -= 1
    if len(quick):
        plain, days, seconds = parse_quick(buf, s, e, quick, 0)
        if plain:
            out[DAYS], out[NANOS], out[OFFSET] = days, seconds * 1_000_000_000, NO_OFFSET
            return 0
    for i in range(P_SIZE):
        part[i] = -1
    part[P_YEAR] = 0
    part[P_OFFSET] = NO_OFFSET
    at = s
    for step in range(len(steps)):
        if at >= e:
            status = missing(steps, step)
            if status:
                return status
            break
        at, status = take(buf, at, e, steps, step, pool, names, name_pool, env, part)
        if status:
            return status
    while at < e and int(buf[at]) == 32:
        at += 1
    if at < e:
        return 1830
    return compose(part, env, out)


@kernel
def is_blank(buf: Buffer, s: int, e: int) -> bool:
    """White space alone."""
    for i in range(s, e):
        byte = int(buf[i])
        if byte != 32 and not 9 <= byte <= 13:
            return False
    return True


@kernel
def parse_quick(buf: Buffer, s: int, e: int, quick: Ints, base: int) -> tuple[bool, int, int]:
    """
    Digits at fixed places with punctuation between them: days since 1970-01-01 and seconds of the day.

    False leaves the text, also one that is wrong, to the full parser. ``quick[base:base + 7]`` is the mask.
    """
    if e - s != quick[base + 6]:
        return False, 0, 0
    year = digits_at(buf, s + quick[base], 4)
    month = digits_at(buf, s + quick[base + 1], 2)
    day = digits_at(buf, s + quick[base + 2], 2)
    digits = 8
    seconds = 0
    for k in range(3, 6):
        seconds *= 60
        if quick[base + k] >= 0:
            value = digits_at(buf, s + quick[base + k], 2)
            if value < 0 or value > (23 if k == 3 else 59):
                return False, 0, 0
            seconds += value
            digits += 2
    if year < 1 or month < 1 or month > 12 or day < 1:
        return False, 0, 0
    if day > 28 and day > days_of_month(year, month):
        return False, 0, 0
    if digits != e - s:
        for i in range(s, e):
            if is_letter(int(buf[i])):
                return False, 0, 0
            if not 48 <= int(buf[i]) <= 57:
                digits += 1
        if digits != e - s:
            return False, 0, 0
    return True, days_of(year, month, day), seconds


@kernel
def digits_at(buf: Buffer, at: int, width: int) -> int:
    """A number of so many digits, -1 if one of them is none."""
    value = 0
    for i in range(at, at + width):
        digit = int(buf[i]) - 48
        if digit < 0 or digit > 9:
            return -1
        value = value * 10 + digit
    return value


@kernel
def missing(steps: Ints, step: int) -> int:
    """The text ends before the mask: only time and punctuation may be left out."""
    for i in range(step, len(steps)):
        kind = steps[i, 0]
        if steps[i, 1] & FX_FLAG:
            return 1840
        if kind <= JULIAN or kind == ROMAN:
            return 1840
    return 0


@kernel
def is_letter(byte: int) -> bool:
    """A letter, or a byte of a character beyond ASCII."""
    return 65 <= byte <= 90 or 97 <= byte <= 122 or byte >= 128


@kernel
def take(
    buf: Buffer,
    at: int,
    e: int,
    steps: Ints,
    step: int,
    pool: Buffer,
    names: Ints,
    name_pool: Buffer,
    env: Ints,
    part: Ints,
) -> tuple[int, int]:
    """Read one element of the mask; where reading goes on, and 0 or a fault."""
    kind = int(steps[step, 0])
    exact = steps[step, 1] & FX_FLAG != 0
    if kind == PUNCTUATION:
        return take_punctuation(buf, at, e, int(steps[step, 1]) & 0xFF, exact)
    if kind == TEXT:
        return take_text(buf, at, e, pool, int(steps[step, 1]) & 0xFFFFF, int(steps[step, 2]))
    if kind == RADIX:
        byte = int(buf[at])
        return (at + 1 if byte == 46 or byte == 44 else at), 0
    while not exact and at < e and int(buf[at]) == 32:
        at += 1
    named = kind == MON or kind == MONTH_NAME
    if named or (kind == MONTH and not exact and at < e and is_letter(int(buf[at]))):
        return take_month(buf, at, e, names, name_pool, part)
    if kind == DAY_NAME or kind == DY:
        return take_weekday(buf, at, e, names, name_pool, part)
    if kind == MERIDIAN or kind == ERA:
        return take_meridian(buf, at, e, kind, part)
    if kind == ROMAN:
        return take_roman(buf, at, e, part)
    if kind == ZONE_HOUR or kind == ZONE_NAME:
        return take_zone(buf, at, e, kind, part)
    return take_number(buf, at, e, steps, step, kind, env, part)


@kernel
def take_punctuation(buf: Buffer, at: int, e: int, wanted: int, exact: bool) -> tuple[int, int]:
    """Any punctuation stands for any other, with blanks around it, and may be left out before a digit or letter."""
    byte = int(buf[at])
    if exact:
        return (at + 1, 0) if byte == wanted else (at, 1861)
    blanks = 0
    while at < e and int(buf[at]) == 32:
        at += 1
        blanks += 1
    byte = int(buf[at]) if at < e else 48
    if 48 <= byte <= 57 or is_letter(byte) or (wanted == 32 and (blanks > 0 or byte == 43 or byte == 45)):
        return at, 0
    at += 1
    while at < e and int(buf[at]) == 32:
        at += 1
    return at, 0


@kernel
def take_text(buf: Buffer, at: int, e: int, pool: Buffer, offset: int, size: int) -> tuple[int, int]:
    """A quoted text of the mask, whatever its case."""
    if at + size > e:
        return at, 1861
    for i in range(size):
        if upper(int(buf[at + i])) != upper(int(pool[offset + i])):
            return at, 1861
    return at + size, 0


@kernel
def upper(byte: int) -> int:
    """Upper case of an ASCII byte."""
    return byte - 32 if 97 <= byte <= 122 else byte


@kernel
def same_word(buf: Buffer, at: int, e: int, name_pool: Buffer, offset: int, size: int) -> bool:
    """Whether a name (upper case) stands at ``at``, whatever its case; Latin letters with accents too."""
    if at + size > e or size == 0:
        return False
    lead = 0
    for i in range(size):
        left, right = int(buf[at + i]), int(name_pool[offset + i])
        if lead == 0xC3 and 0xA0 <= left <= 0xBE:
            left -= 32
        elif (lead == 0xC4 or lead == 0xC5) and left == right + 1:
            # In these blocks a small letter follows its capital.
            left = right
        lead = right
        if upper(left) != right:
            return False
    return True


@kernel
def take_weekday(buf: Buffer, at: int, e: int, names: Ints, name_pool: Buffer, part: Ints) -> tuple[int, int]:
    """A day's name, long or short, the longest that fits."""
    best = 0
    for i in range(24, 38):
        if names[i, 1] > best and same_word(buf, at, e, name_pool, int(names[i, 0]), int(names[i, 1])):
            best = int(names[i, 1])
            part[P_WEEKDAY] = (i - 24) % 7
    return (at + best, 0) if best else (at, 1846)


@kernel
def take_month(buf: Buffer, at: int, e: int, names: Ints, name_pool: Buffer, part: Ints) -> tuple[int, int]:
    """A month's name, long or short."""
    best = 0
    for i in range(24):
        if names[i, 1] > best and same_word(buf, at, e, name_pool, int(names[i, 0]), int(names[i, 1])):
            best = int(names[i, 1])
            part[P_MONTH] = i % 12 + 1
    return (at + best, 0) if best else (at, 1843)


@kernel
def take_meridian(buf: Buffer, at: int, e: int, kind: int, part: Ints) -> tuple[int, int]:
    """AM, PM, A.M., P.M.; AD, BC, A.D., B.C."""
    fault = 1855 if kind == MERIDIAN else 1856
    first = upper(int(buf[at]))
    at += 1
    dotted = at < e and int(buf[at]) == 46
    if dotted:
        at += 1
    second = upper(int(buf[at])) if at < e else 0
    at += 1
    if dotted and at < e and int(buf[at]) == 46:
        at += 1
    if kind == MERIDIAN:
        if (first != 65 and first != 80) or second != 77:
            return at, fault
        part[P_PM] = 1 if first == 80 else 0
        return at, 0
    if first == 65 and second == 68:
        part[P_BC] = 0
    elif first == 66 and second == 67:
        part[P_BC] = 1
    else:
        return at, fault
    return at, 0


@kernel
def take_roman(buf: Buffer, at: int, e: int, part: Ints) -> tuple[int, int]:
    """A month in Roman numerals."""
    value, before = 0, 0
    while at < e:
        letter = upper(int(buf[at]))
        one = 1 if letter == 73 else 5 if letter == 86 else 10 if letter == 88 else 0
        if one == 0:
            break
        value += one - 2 * before if one > before else one
        before = one
        at += 1
    if value < 1 or value > 12:
        return at, 1843
    part[P_MONTH] = value
    return at, 0


@kernel
def take_zone(buf: Buffer, at: int, e: int, kind: int, part: Ints) -> tuple[int, int]:
    """An offset (hours for TZH; hours and minutes for TZR), or UTC, GMT or Z."""
    negative = False
    byte = int(buf[at])
    if kind == ZONE_NAME and is_letter(byte):
        begin = at
        while at < e and is_letter(int(buf[at])):
            at += 1
        last = upper(int(buf[at - 1]))
        known = at - begin == 1 and last == 90 or at - begin == 3 and (last == 67 or last == 84)
        part[P_OFFSET] = 0
        return at, 0 if known else 1882
    if byte == 43 or byte == 45:
        negative = byte == 45
        at += 1
    hours, seen = 0, 0
    while at < e and seen < 2 and 48 <= int(buf[at]) <= 57:
        hours = hours * 10 + int(buf[at]) - 48
        seen += 1
        at += 1
    if seen == 0:
        return at, 1858
    if hours > 15:
        return at, 1874
    minutes = 0
    if kind == ZONE_NAME and at < e and int(buf[at]) == 58:
        at += 1
        while at < e and 48 <= int(buf[at]) <= 57:
            minutes = minutes * 10 + int(buf[at]) - 48
            at += 1
    total = hours * 60 + minutes
    part[P_OFFSET] = -total if negative else total
    return at, 0


@kernel
def take_number(
    buf: Buffer, at: int, e: int, steps: Ints, step: int, kind: int, env: Ints, part: Ints
) -> tuple[int, int]:
    """An element of digits."""
    exact = steps[step, 1] & FX_FLAG != 0
    negative = False
    if kind == SYEAR and at < e and (int(buf[at]) == 45 or int(buf[at]) == 43):
        negative = int(buf[at]) == 45
        at += 1
    most = int(steps[step, 2])
    run = 0
    while at + run < e and 48 <= int(buf[at + run]) <= 57:
        run += 1
    alone = step + 1 >= len(steps) or steps[step + 1, 0] == PUNCTUATION or steps[step + 1, 0] == TEXT
    if (kind == RR or (kind == YEAR2 and not exact)) and run == 4 and alone:
        most, kind = 4, YEAR4
    if kind == YEAR_COMMA and run == 1 and at + 4 < e and int(buf[at + 1]) == 44:
        thousands = digits_at(buf, at + 2, 3)
        if thousands >= 0:
            return at + 5, store(YEAR4, (int(buf[at]) - 48) * 1000 + thousands, 4, False, env, part)
    used = min(run, most)
    if used == 0:
        return at, 1858
    if exact and used < most and kind != FRACTION and steps[step, 1] & FM_FLAG == 0:
        return at, 1862
    value = 0
    for i in range(used):
        value = value * 10 + int(buf[at + i]) - 48
    if kind == FRACTION:
        for _ in range(9 - used):
            value *= 10
    return at + used, store(kind, value, used, negative, env, part)


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
        part[P_OFFSET] = offset - value if offset < 0 and offset != NO_OFFSET else max(offset, 0) + value
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


@kernel
def days_of_month(year: int, month: int) -> int:
    """Days of a month of the proleptic Gregorian calendar; year 0 is 1 BC."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31


@kernel
def days_of(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms")."""
    if month <= 2:
        year -= 1
    era = year // 400
    of_era = year - era * 400
    shifted = month - 3 if month > 2 else month + 9
    of_year = (153 * shifted + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
