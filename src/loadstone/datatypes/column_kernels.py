"""Kernels of the columnar lane: one column, all rows. A row with a fault, or NULL, is passed over."""

from __future__ import annotations

import numpy as np

from loadstone.datatypes.date_parts import DAYS, NANOS, OFFSET
from loadstone.datatypes.dates import is_blank, parse_date
from loadstone.datatypes.days import civil
from loadstone.datatypes.kernel import Buffer, Ints, kernel
from loadstone.datatypes.numbers import (
    DIGITS_MAX,
    PRECISION,
    parse_decimal64,
    parse_int64,
    parse_number,
    round_number,
    to_words,
    trim_blanks,
    write_decimal,
)

NULL_REFUSED, TOO_LONG, RANGE, BOOLEAN = 1400, 12899, 9002, 9003
TRUE_WORD, YES_WORD, ON_WORD, FALSE_WORD, NO_WORD, OFF_WORD = (
    int.from_bytes(word.encode(), "big") for word in ("true", "yes", "on", "false", "no", "off")
)
EXACT_POWERS = np.array([10.0**n for n in range(23)])
"""Powers of ten that a double holds exactly."""


@kernel
def copy_spans(buffer: Buffer, start: Ints, offsets: Ints, data: Buffer) -> None:
    """Copy the text of each row to its place in ``data``."""
    for row in range(len(start)):
        source = start[row]
        first = offsets[row]
        for i in range(offsets[row + 1] - first):
            data[first + i] = buffer[source + i]


@kernel
def count_chars(buffer: Buffer, s: int, e: int) -> int:
    """Characters of valid UTF-8."""
    count = 0
    for i in range(s, e):
        if (int(buffer[i]) & 0xC0) != 0x80:
            count += 1
    return count


@kernel
def text_length(buffer: Buffer, s: int, e: int, limit: int, in_bytes: bool, padded: bool) -> int:
    """The length to complain about when a text is longer than ``limit``, else 0."""
    if e - s <= limit:
        return 0
    if padded:
        while e > s and int(buffer[e - 1]) == 32:
            e -= 1
    length = e - s if in_bytes else count_chars(buffer, s, e)
    return length if length > limit else 0


@kernel
def check_texts(
    buffer: Buffer,
    start: Ints,
    end: Ints,
    null: Ints,
    fault: Ints,
    limit: int,
    in_bytes: bool,
    padded: bool,
    detail: Ints,
) -> None:
    """Lengths of texts in characters or bytes."""
    for row in range(len(start)):
        if not null[row]:
            length = text_length(buffer, int(start[row]), int(end[row]), limit, in_bytes, padded)
            if length:
                fault[row] = TOO_LONG
                detail[row] = length


@kernel
def convert_integers(
    buffer: Buffer,
    start: Ints,
    end: Ints,
    null: Ints,
    fault: Ints,
    decimal: int,
    bits: int,
    data: Ints,
    digits: Buffer,
    words: Ints,
) -> None:
    """Integers of 16, 32 or 64 bits; fractions are rounded half away from zero."""
    for row in range(len(start)):
        if null[row]:
            continue
        status, value = parse_int64(buffer, int(start[row]), int(end[row]))
        if status:
            status, value = parse_wide_int(buffer, int(start[row]), int(end[row]), decimal, digits, words)
        if status == 0 and bits < 64 and (value >= 1 << (bits - 1) or value < -(1 << (bits - 1))):
            status = PRECISION
        fault[row] = status
        data[row] = value


@kernel
def parse_wide_int(
    buffer: Buffer, s: int, e: int, decimal: int, digits: Buffer, words: Ints
) -> tuple[int, int]:
    """Any number rounded to a 64-bit integer; status and value."""
    status, negative, count, point = parse_number(buffer, s, e, decimal, digits)
    if status:
        return status, 0
    status, count, point = round_number(digits, count, point, 19, 0)
    if status or to_words(digits, count, point, words) or int(words[2]) or int(words[3]):
        return PRECISION, 0
    high, low = int(words[1]), int(words[0])
    if high >= 1 << 31:
        return (0, -(1 << 62) * 2) if negative and high == 1 << 31 and low == 0 else (PRECISION, 0)
    value = (high << 32) + low
    return 0, -value if negative else value


@kernel
def convert_decimals(
    buffer: Buffer,
    start: Ints,
    end: Ints,
    null: Ints,
    fault: Ints,
    decimal: int,
    precision: int,
    scale: int,
    data: Ints,
    digits: Buffer,
    words: Ints,
) -> None:
    """Decimals as 128-bit integers, low half first, of value x 10**max(scale, 0)."""
    limit = 1
    for _ in range(min(precision, 18)):
        limit *= 10
    for row in range(len(start)):
        if null[row]:
            continue
        status, value = parse_decimal64(buffer, int(start[row]), int(end[row]), decimal, scale)
        if status == 0 and (precision >= 18 or -limit < value < limit):
            data[row, 0] = value
            data[row, 1] = -1 if value < 0 else 0
            continue
        status, negative, count, point = parse_number(buffer, int(start[row]), int(end[row]), decimal, digits)
        if status == 0:
            status, count, point = round_number(digits, count, point, precision, scale)
        if status == 0 and to_words(digits, count, max(point + max(scale, 0), 0), words):
            status = PRECISION
        fault[row] = status
        if status == 0:
            store_words(words, negative, data, row)


@kernel
def store_words(words: Ints, negative: bool, data: Ints, row: int) -> None:
    """Four 32-bit words as two's complement halves."""
    if negative:
        carry = 1
        for i in range(4):
            flipped = (int(words[i]) ^ 0xFFFFFFFF) + carry
            words[i] = flipped & 0xFFFFFFFF
            carry = flipped >> 32
    for half in range(2):
        high = int(words[2 * half + 1])
        if high >= 1 << 31:
            high -= 1 << 32
        data[row, half] = high * 4294967296 + int(words[2 * half])


@kernel
def convert_decimals_to_text(
    buffer: Buffer,
    start: Ints,
    end: Ints,
    null: Ints,
    fault: Ints,
    decimal: int,
    precision: int,
    scale: int,
    show: int,
    out: Buffer,
    spans: Ints,
    digits: Buffer,
) -> int:
    """Decimals as plain text with ``show`` digits right of the point at least; -1 when ``out`` is too small."""
    used = 0
    for row in range(len(start)):
        if null[row]:
            continue
        status, negative, count, point = parse_number(buffer, int(start[row]), int(end[row]), decimal, digits)
        if status == 0 and precision >= 0:
            status, count, point = round_number(digits, count, point, precision, scale)
        if status == 0 and (point > 126 or point < -130):
            status = PRECISION
        fault[row] = status
        if status:
            continue
        if used + 2 * DIGITS_MAX + 140 + max(show, 0) > len(out):
            return -1
        spans[row, 0] = used
        used = write_decimal(digits, count, point, negative and count > 0, show, out, used)
        spans[row, 1] = used
    return used


@kernel
def convert_floats(
    buffer: Buffer,
    start: Ints,
    end: Ints,
    null: Ints,
    fault: Ints,
    decimal: int,
    exact_digits: int,
    data: Ints,
    slow: Ints,
    digits: Buffer,
) -> None:
    """
    Doubles, correctly rounded: exact products here, the rest flagged ``slow`` for ``settle_floats``.

    ``exact_digits`` is how many digits a float of the column's size always gives back: 15 or 6.
    """
    for row in range(len(start)):
        if null[row]:
            continue
        status, negative, count, point = parse_number(buffer, int(start[row]), int(end[row]), decimal, digits)
        fault[row] = status
        if status:
            continue
        exponent = point - count
        if count > exact_digits or exponent > 22 or exponent < -22:
            slow[row] = 1
            continue
        mantissa = 0
        for d in range(count):
            mantissa = mantissa * 10 + int(digits[d])
        value = float(mantissa)
        value = value * EXACT_POWERS[exponent] if exponent >= 0 else value / EXACT_POWERS[-exponent]
        data[row] = -value if negative else value


@kernel
def round_nanos(nanos: int, digits: int) -> int:
    """Nanoseconds rounded half up to a number of digits of the second."""
    unit = 1
    for _ in range(9 - digits):
        unit *= 10
    return (nanos + unit // 2) // unit * unit


@kernel
def convert_dates(
    buffer: Buffer,
    start: Ints,
    end: Ints,
    null: Ints,
    fault: Ints,
    steps: Ints,
    pool: Buffer,
    names: Ints,
    name_pool: Buffer,
    quick: Ints,
    env: Ints,
    digits: int,
    rounds: bool,
    micros: Ints,
    offsets: Ints,
    part: Ints,
    out: Ints,
) -> None:
    """
    Microseconds since 1970-01-01 as the text's own clock shows them, and its offset in minutes.

    ``part`` and ``out`` are int64[P_SIZE] and int64[4] to work in.
    """
    for row in range(len(start)):
        if null[row]:
            continue
        status = parse_date(
            buffer, int(start[row]), int(end[row]), steps, pool, names, name_pool, quick, env, part, out
        )
        if status == 0 and not rounds and out[NANOS] % 1000:
            status = RANGE
        fault[row] = status
        if status == 0:
            micros[row] = out[DAYS] * 86_400_000_000 + round_nanos(int(out[NANOS]), digits) // 1000
            offsets[row] = out[OFFSET]


@kernel
def null_blanks(buffer: Buffer, start: Ints, end: Ints, null: Ints, fault: Ints, not_null: bool) -> None:
    """Refused texts of white space alone become NULL, or what the column says to NULL."""
    for row in range(len(start)):
        if fault[row] and not null[row] and is_blank(buffer, int(start[row]), int(end[row])):
            null[row] = 1
            fault[row] = NULL_REFUSED if not_null else 0


@kernel
def write_dates(micros: Ints, width: int, zone: bool, out: Buffer) -> None:
    """``YYYY-MM-DD HH:MM:SS.ffffff`` cut to ``width``, with ``+00:00`` behind it for zoned ones."""
    size = width + 6 if zone else width
    for row in range(len(micros)):
        days = int(micros[row]) // 86_400_000_000
        rest = int(micros[row]) - days * 86_400_000_000
        year, month, day = civil(days)
        at = row * size
        write_digits(out, at, year, 4)
        write_digits(out, at + 5, month, 2)
        write_digits(out, at + 8, day, 2)
        out[at + 4] = out[at + 7] = 45
        if width > 10:
            out[at + 10] = 32
            write_digits(out, at + 11, rest // 3_600_000_000, 2)
            write_digits(out, at + 14, rest // 60_000_000 % 60, 2)
            write_digits(out, at + 17, rest // 1_000_000 % 60, 2)
            out[at + 13] = out[at + 16] = 58
        if width > 19:
            out[at + 19] = 46
            write_digits(out, at + 20, rest % 1_000_000, 6)
        if zone:
            write_digits(out, at + width, 0, 6)
            out[at + width] = 43
            out[at + width + 3] = 58


@kernel
def write_digits(out: Buffer, at: int, value: int, width: int) -> None:
    """A number with leading zeros."""
    for i in range(width):
        out[at + width - 1 - i] = 48 + value % 10
        value //= 10


@kernel
def parse_boolean(buffer: Buffer, s: int, e: int) -> int:
    """1 or 0 for a word of PostgreSQL's and DuckDB's booleans, whatever its case, blanks aside; -1 for others."""
    s, e = trim_blanks(buffer, s, e)
    if e - s == 1:
        byte = int(buffer[s])
        if byte == 0x31 or byte | 0x20 == 0x74 or byte | 0x20 == 0x79:
            return 1
        return 0 if byte == 0x30 or byte | 0x20 == 0x66 or byte | 0x20 == 0x6E else -1
    word = 0
    for i in range(s, min(e, s + 6)):
        word = word * 256 + (int(buffer[i]) | 0x20)
    if word == TRUE_WORD or word == YES_WORD or word == ON_WORD:
        return 1
    return 0 if word == FALSE_WORD or word == NO_WORD or word == OFF_WORD else -1


@kernel
def convert_booleans(buffer: Buffer, start: Ints, end: Ints, null: Ints, fault: Ints, data: Ints) -> None:
    """1 and 0, t and f, y and n, true and false, yes and no, on and off."""
    for row in range(len(start)):
        if null[row]:
            continue
        truth = parse_boolean(buffer, int(start[row]), int(end[row]))
        if truth < 0:
            fault[row] = BOOLEAN
        else:
            data[row] = truth
