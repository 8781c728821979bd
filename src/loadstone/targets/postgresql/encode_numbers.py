"""
Numbers of PostgreSQL's binary COPY, each with its length in front (kernels).

Source: PostgreSQL documentation, COPY, "Binary Format"; the send functions of each type.
"""

from __future__ import annotations

import numpy as np

from loadstone.datatypes.column_kernels import parse_wide_int
from loadstone.datatypes.kernel import Buffer, Ints, kernel
from loadstone.datatypes.numbers import parse_int64, parse_number, parse_plain, round_number
from loadstone.targets.postgresql.encode_columns import FLOAT4, INT4, INT8, TOO_PRECISE, W_STATUS

POWERS = np.array([10**n for n in range(19)], np.int64)


@kernel
def quick_numeric(
    buf: Buffer, s: int, e: int, decimal: int, precision: int, scale: int, out: Buffer, at: int
) -> int:
    """numeric from up to 18 digits that need no rounding; -1 for any other."""
    status, value, fraction = parse_plain(buf, s, e, decimal)
    if status or scale < 0:
        return -1
    negative = value < 0
    if negative:
        value = -value
    if precision < 0:
        while fraction > 0 and value % 10 == 0:
            value //= 10
            fraction -= 1
        scale = fraction
    elif fraction > scale or scale > precision or value >= POWERS[min(precision - scale + fraction, 18)]:
        return -1
    groups = (fraction + 3) // 4
    low, rest = 0, value
    if groups:
        unit = POWERS[4 - (4 * groups - fraction)]
        rest = value // unit
        low = (value - rest * unit) * POWERS[4 * groups - fraction]
    return put_groups(out, at, negative, scale, rest, low, groups)


@kernel
def put_integer(
    buf: Buffer,
    s: int,
    e: int,
    decimal: int,
    kind: int,
    digits: Buffer,
    words: Ints,
    out: Buffer,
    at: int,
    work: Ints,
) -> int:
    """int2, int4 or int8."""
    status, value = parse_int64(buf, s, e)
    if status:
        status, value = parse_wide_int(buf, s, e, decimal, digits, words)
        if status:
            work[W_STATUS] = status
            return at
    stop = put_int(out, at, kind, value)
    if stop < 0:
        work[W_STATUS] = TOO_PRECISE
        return at
    return stop


@kernel
def put_numeric(
    buf: Buffer,
    s: int,
    e: int,
    decimal: int,
    precision: int,
    scale: int,
    digits: Buffer,
    out: Buffer,
    at: int,
    work: Ints,
) -> int:
    """numeric: words of four decimal digits, aligned at the point."""
    status, negative, count, point = parse_number(buf, s, e, decimal, digits)
    if status == 0 and precision >= 0:
        status, count, point = round_number(digits, count, point, precision, scale)
    elif status == 0 and (point > 126 or point < -130):
        status = TOO_PRECISE
    if status:
        work[W_STATUS] = status
        return at
    shown = max(scale, 0) if precision >= 0 else max(count - point, 0)
    if count == 0:
        put32(out, at, 8)
        put32(out, at + 4, 0)
        put16(out, at + 8, 0)
        put16(out, at + 10, shown)
        return at + 12
    weight = (point + 3) // 4 - 1 if point > 0 else -((-point) // 4) - 1
    lead = (weight + 1) * 4 - point
    total = (lead + count + 3) // 4
    put32(out, at, 8 + 2 * total)
    put16(out, at + 4, total)
    put16(out, at + 6, weight)
    put16(out, at + 8, 0x4000 if negative else 0)
    put16(out, at + 10, shown)
    at += 12
    place = -lead
    for _ in range(total):
        word = 0
        for _ in range(4):
            word = word * 10 + (int(digits[place]) if 0 <= place < count else 0)
            place += 1
        put16(out, at, word)
        at += 2
    return at


@kernel
def put_groups(out: Buffer, at: int, negative: bool, scale: int, rest: int, low: int, groups: int) -> int:
    """numeric of ``rest`` x 10000 + ``low`` in groups of four digits, ``groups`` of them after the point."""
    count = 0
    left = rest
    while left > 0:
        left //= 10_000
        count += 1
    weight = count - groups if groups else count - 1
    if groups and low:
        total = count + 1
    else:
        while count > 0 and rest % 10_000 == 0:
            rest //= 10_000
            count -= 1
        total = count
    if total == 0:
        weight, negative = 0, False
    put32(out, at, 8 + 2 * total)
    put16(out, at + 4, total)
    put16(out, at + 6, weight)
    put16(out, at + 8, 0x4000 if negative else 0)
    put16(out, at + 10, scale)
    stop = at + 12 + 2 * total
    place = stop
    if total > count:
        place -= 2
        put16(out, place, low)
    while place > at + 12:
        place -= 2
        put16(out, place, rest % 10_000)
        rest //= 10_000
    return stop


@kernel
def put_int(out: Buffer, at: int, kind: int, value: int) -> int:
    """int2, int4 or int8 with its length; -1 if the value does not fit."""
    if kind == INT8:
        put32(out, at, 8)
        put64(out, at + 4, value)
        return at + 12
    limit = 1 << 31 if kind == INT4 else 1 << 15
    if value >= limit or value < -limit:
        return -1
    if kind == INT4:
        put32(out, at, 4)
        put32(out, at + 4, value)
        return at + 8
    put32(out, at, 2)
    put16(out, at + 4, value)
    return at + 6


@kernel
def put_float(out: Buffer, at: int, kind: int, bits: int) -> int:
    """A float by its bits."""
    if kind == FLOAT4:
        put32(out, at, 4)
        put32(out, at + 4, bits)
        return at + 8
    put32(out, at, 8)
    put64(out, at + 4, bits)
    return at + 12


@kernel
def put16(out: Buffer, at: int, value: int) -> None:
    """A 16-bit integer, most significant byte first."""
    out[at] = (value >> 8) & 0xFF
    out[at + 1] = value & 0xFF


@kernel
def put32(out: Buffer, at: int, value: int) -> None:
    """A 32-bit integer, most significant byte first."""
    out[at] = (value >> 24) & 0xFF
    out[at + 1] = (value >> 16) & 0xFF
    out[at + 2] = (value >> 8) & 0xFF
    out[at + 3] = value & 0xFF


@kernel
def put64(out: Buffer, at: int, value: int) -> None:
    """A 64-bit integer, most significant byte first."""
    put32(out, at, value >> 32)
    put32(out, at + 4, value)
