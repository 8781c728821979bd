"""
One element of a mask read from a text, with Oracle's leniency (kernels).

Source: Oracle Database SQL Language Reference, "Format Models", rules for string-to-date conversion.
"""

from __future__ import annotations

from loadstone.datatypes.date_parts import P_BC, P_MONTH, P_OFFSET, P_PM, P_WEEKDAY, P_WEST, store
from loadstone.datatypes.kernel import Buffer, Ints, kernel
from loadstone.datatypes.masks import (
    DAY_NAME,
    DY,
    ERA,
    FM_FLAG,
    FRACTION,
    FX_FLAG,
    MERIDIAN,
    MON,
    MONTH,
    MONTH_NAME,
    PUNCTUATION,
    RADIX,
    ROMAN,
    RR,
    SYEAR,
    TEXT,
    YEAR2,
    YEAR4,
    YEAR_COMMA,
    ZONE_HOUR,
    ZONE_NAME,
)


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
        ahead = int(steps[step + 1, 0]) if step + 1 < len(steps) else PUNCTUATION
        return take_punctuation(buf, at, e, int(steps[step, 1]) & 0xFF, exact, ahead)
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
def take_punctuation(buf: Buffer, at: int, e: int, wanted: int, exact: bool, ahead: int) -> tuple[int, int]:
    """
    Any punctuation stands for any other, with blanks around it, and may be left out before a digit or letter.

    In front of a digit it is not left out where the element ``ahead`` is a name, as in 2024-01-31 for DD-MON-YYYY;
    and the sign of an offset does not stand for the point of a fraction that is missing.
    """
    byte = int(buf[at])
    if exact:
        return (at + 1, 0) if byte == wanted else (at, 1861)
    blanks = 0
    while at < e and int(buf[at]) == 32:
        at += 1
        blanks += 1
    byte = int(buf[at]) if at < e else 48
    if ahead == FRACTION and blanks > 0 and (byte == 43 or byte == 45):
        return at, 1858
    if is_spelled(ahead) and blanks == 0 and at < e and 48 <= byte <= 57:
        return at, 1861
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
def take_month(buf: Buffer, at: int, e: int, names: Ints, name_pool: Buffer, part: Ints) -> tuple[int, int]:
    """A month's name, long or short."""
    best = 0
    for i in range(24):
        if names[i, 1] > best and same_word(buf, at, e, name_pool, int(names[i, 0]), int(names[i, 1])):
            best = int(names[i, 1])
            part[P_MONTH] = i % 12 + 1
    return (at + best, 0) if best else (at, 1843)


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
    part[P_WEST] = 1 if negative else 0
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
def is_spelled(kind: int) -> bool:
    """Elements that are names."""
    return kind == MON or kind == MONTH_NAME or kind == DAY_NAME or kind == DY


@kernel
def is_letter(byte: int) -> bool:
    """A letter, or a byte of a character beyond ASCII."""
    return 65 <= byte <= 90 or 97 <= byte <= 122 or byte >= 128


@kernel
def upper(byte: int) -> int:
    """Upper case of an ASCII byte."""
    return byte - 32 if 97 <= byte <= 122 else byte
