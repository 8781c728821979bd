"""
Texts into dates by a compiled mask, with Oracle's leniency (kernels).

Source: Oracle Database SQL Language Reference, "Format Models", rules for string-to-date conversion.
"""

from __future__ import annotations

from loadstone.datatypes.date_elements import digits_at, is_letter, take
from loadstone.datatypes.date_parts import DAYS, NANOS, NO_OFFSET, OFFSET, P_OFFSET, P_SIZE, P_YEAR, compose
from loadstone.datatypes.days import days_of, days_of_month
from loadstone.datatypes.kernel import Buffer, Ints, kernel
from loadstone.datatypes.masks import FX_FLAG, JULIAN, ROMAN


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
def is_blank(buf: Buffer, s: int, e: int) -> bool:
    """White space alone."""
    for i in range(s, e):
        byte = int(buf[i])
        if byte != 32 and not 9 <= byte <= 13:
            return False
    return True
