"""
Rows of PostgreSQL's binary COPY (kernels).

Source: PostgreSQL documentation, COPY, "Binary Format"; the send functions of each type.
"""

from __future__ import annotations

import numpy as np

from loadstone.datatypes.column_kernels import parse_boolean, parse_wide_int, round_nanos, text_length
from loadstone.datatypes.dates import DAYS, NANOS, NO_OFFSET, OFFSET, is_blank, parse_date, parse_quick
from loadstone.datatypes.kernel import Buffer, Ints, kernel
from loadstone.datatypes.numbers import parse_int64, parse_number, parse_plain, round_number

(
    KIND,
    LENGTH,
    IN_BYTES,
    PADDED,
    PRECISION,
    SCALE,
    DIGITS,
    NOT_NULL,
    RAW,
    STEPS,
    STEPS_END,
    QUICK,
    QUICK_END,
    FLOATS,
    BLANK_IS_NULL,
    WIDTH,
) = range(16)

TEXT, INT2, INT4, INT8, DECIMAL, FLOAT4, FLOAT8, DATE, TIMESTAMP, TIMESTAMPTZ, BYTES, BOOL = range(1, 13)
UUID, JSON, JSONB = 16, 17, 18
"""As in ``datatypes.model.Kind``."""

NULL_REFUSED, TOO_PRECISE, TOO_LONG, NUL, RANGE, BAD_BOOLEAN, BAD_UUID, BAD_HEX = (
    1400,
    1438,
    12899,
    9001,
    9002,
    9003,
    9004,
    1465,
)

EPOCH_DAYS = 10957
"""Days from 1970-01-01 to 2000-01-01, where PostgreSQL counts from."""

MICROS_OF_DAY = 86_400_000_000

POWERS = np.array([10**n for n in range(19)], np.int64)

W_STATUS, W_DETAIL, W_SIZE = 0, 1, 2


@kernel
def encode_rows(
    buf: Buffer,
    start: Ints,
    end: Ints,
    null: Ints,
    columns: Ints,
    steps: Ints,
    pool: Buffer,
    names: Ints,
    name_pool: Buffer,
    quick: Ints,
    env: Ints,
    floats: Ints,
    float_faults: Ints,
    out: Buffer,
    ends: Ints,
    fault: Ints,
    digits: Buffer,
    words: Ints,
    part: Ints,
    moment: Ints,
    work: Ints,
) -> None:
    """
    Write every row; one with a fault leaves nothing behind but (column, code, detail) in ``fault``.

    ``env`` holds year and month of now, the session's offset in minutes, the decimal character, and
    whether the buffer may hold a NUL. The arrays from ``digits`` on are to work in.
    """
    at = 0
    for row in range(len(start)):
        first = at
        put16(out, at, len(columns))
        at += 2
        for column in range(len(columns)):
            s, e = int(start[row, column]), int(end[row, column])
            if null[row, column] or s == e:
                at = put_null(columns[column], out, at, work)
            else:
                next_at = put_quick(buf, s, e, columns, column, quick, env, out, at)
                if next_at < 0:
                    next_at = put_slow(
                        buf,
                        s,
                        e,
                        columns[column],
                        steps,
                        pool,
                        names,
                        name_pool,
                        quick,
                        env,
                        int(floats[row, column]) if columns[column, FLOATS] else 0,
                        int(float_faults[row, column]) if columns[column, FLOATS] else 0,
                        digits,
                        words,
                        part,
                        moment,
                        out,
                        at,
                        work,
                    )
                at = next_at
            if work[W_STATUS]:
                fault[row, 0], fault[row, 1], fault[row, 2] = column, work[W_STATUS], work[W_DETAIL]
                work[W_STATUS], work[W_DETAIL] = 0, 0
                at = first
                break
        ends[row] = at


@kernel
def put_quick(
    buf: Buffer, s: int, e: int, columns: Ints, column: int, quick: Ints, env: Ints, out: Buffer, at: int
) -> int:
    """A value in its usual form; -1 leaves any other to ``put_slow``."""
    kind = columns[column, KIND]
    if kind == TEXT:
        limit = columns[column, LENGTH]
        if env[4] or (limit >= 0 and e - s > limit):
            return -1
        return put_bytes(buf, s, e, out, at)
    if kind <= INT8:
        status, number, fraction = parse_plain(buf, s, e, int(env[3]))
        return -1 if status or fraction else put_int(out, at, int(kind), number)
    if kind == DECIMAL:
        return quick_numeric(
            buf, s, e, int(env[3]), int(columns[column, PRECISION]), int(columns[column, SCALE]), out, at
        )
    if kind == DATE or kind == TIMESTAMP:
        base = columns[column, QUICK]
        if base == columns[column, QUICK_END]:
            return -1
        plain, days, seconds = parse_quick(buf, s, e, quick, base)
        if not plain or (kind == DATE and seconds):
            return -1
        if kind == DATE:
            return put_int(out, at, INT4, days - EPOCH_DAYS)
        return put_int(out, at, INT8, (days - EPOCH_DAYS) * MICROS_OF_DAY + seconds * 1_000_000)
    return -1


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
def put_slow(
    buf: Buffer,
    s: int,
    e: int,
    column: Ints,
    steps: Ints,
    pool: Buffer,
    names: Ints,
    name_pool: Buffer,
    quick: Ints,
    env: Ints,
    bits: int,
    float_fault: int,
    digits: Buffer,
    words: Ints,
    part: Ints,
    moment: Ints,
    out: Buffer,
    at: int,
    work: Ints,
) -> int:
    """Any value; a fault goes to ``work``."""
    kind = int(column[KIND])
    if kind == FLOAT4 or kind == FLOAT8:
        work[W_STATUS] = float_fault
        return put_float(out, at, kind, bits)
    if DATE <= kind <= TIMESTAMPTZ:
        return put_date(
            buf, s, e, column, steps, pool, names, name_pool, quick, env, part, moment, out, at, work
        )
    return put_value(buf, s, e, column, kind, int(env[3]), digits, words, out, at, work)


@kernel
def put_null(column: Ints, out: Buffer, at: int, work: Ints) -> int:
    """NULL, where the column takes it."""
    if column[NOT_NULL]:
        work[W_STATUS] = NULL_REFUSED
        return at
    put32(out, at, -1)
    return at + 4


@kernel
def put_value(
    buf: Buffer,
    s: int,
    e: int,
    column: Ints,
    kind: int,
    decimal: int,
    digits: Buffer,
    words: Ints,
    out: Buffer,
    at: int,
    work: Ints,
) -> int:
    """One value that is neither a float nor a date."""
    if kind == TEXT or kind == JSON or kind == JSONB:
        return put_text(buf, s, e, column, kind == JSONB, out, at, work)
    if kind == DECIMAL:
        return put_numeric(
            buf, s, e, decimal, int(column[PRECISION]), int(column[SCALE]), digits, out, at, work
        )
    if INT2 <= kind <= INT8:
        return put_integer(buf, s, e, decimal, kind, digits, words, out, at, work)
    if kind == BOOL:
        return put_boolean(buf, s, e, out, at, work)
    if kind == BYTES and column[RAW]:
        if column[LENGTH] >= 0 and e - s > column[LENGTH]:
            work[W_STATUS], work[W_DETAIL] = TOO_LONG, e - s
        return put_bytes(buf, s, e, out, at)
    return put_hex(buf, s, e, column, kind, out, at, work)


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
def put_bytes(buf: Buffer, s: int, e: int, out: Buffer, at: int) -> int:
    """Bytes as they are."""
    put32(out, at, e - s)
    at += 4
    for i in range(s, e):
        out[at] = buf[i]
        at += 1
    return at


@kernel
def put_text(
    buf: Buffer, s: int, e: int, column: Ints, versioned: bool, out: Buffer, at: int, work: Ints
) -> int:
    """Text of a bounded length, without NUL; JSONB begins with its version."""
    if column[LENGTH] >= 0 and e - s > column[LENGTH]:
        length = text_length(buf, s, e, int(column[LENGTH]), column[IN_BYTES] != 0, column[PADDED] != 0)
        if length:
            work[W_STATUS], work[W_DETAIL] = TOO_LONG, length
            return at
    put32(out, at, e - s + (1 if versioned else 0))
    at += 4
    if versioned:
        out[at] = 1
        at += 1
    nul = False
    for i in range(s, e):
        byte = buf[i]
        nul = nul or byte == 0
        out[at] = byte
        at += 1
    if nul:
        work[W_STATUS] = NUL
    return at


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
def put_date(
    buf: Buffer,
    s: int,
    e: int,
    column: Ints,
    steps: Ints,
    pool: Buffer,
    names: Ints,
    name_pool: Buffer,
    quick: Ints,
    env: Ints,
    part: Ints,
    moment: Ints,
    out: Buffer,
    at: int,
    work: Ints,
) -> int:
    """date, timestamp or timestamptz."""
    status = parse_date(
        buf,
        s,
        e,
        steps[column[STEPS] : column[STEPS_END]],
        pool,
        names,
        name_pool,
        quick[column[QUICK] : column[QUICK_END]],
        env,
        part,
        moment,
    )
    if status:
        if column[BLANK_IS_NULL] and is_blank(buf, s, e):
            return put_null(column, out, at, work)
        work[W_STATUS] = status
        return at
    days = int(moment[DAYS]) - EPOCH_DAYS
    if column[KIND] == DATE:
        if moment[NANOS]:
            work[W_STATUS] = RANGE
        put32(out, at, 4)
        put32(out, at + 4, days)
        return at + 8
    micros = days * MICROS_OF_DAY + round_nanos(int(moment[NANOS]), int(column[DIGITS])) // 1000
    if column[KIND] == TIMESTAMPTZ:
        minutes = int(env[2]) if moment[OFFSET] == NO_OFFSET else int(moment[OFFSET])
        micros -= minutes * 60_000_000
    put32(out, at, 8)
    put64(out, at + 4, micros)
    return at + 12


@kernel
def put_boolean(buf: Buffer, s: int, e: int, out: Buffer, at: int, work: Ints) -> int:
    """The words that ``parse_boolean`` knows."""
    truth = parse_boolean(buf, s, e)
    if truth < 0:
        work[W_STATUS] = BAD_BOOLEAN
    put32(out, at, 1)
    out[at + 4] = 1 if truth > 0 else 0
    return at + 5


@kernel
def hex_digit(byte: int) -> int:
    """Value of a hexadecimal digit, -1 for anything else."""
    if 48 <= byte <= 57:
        return byte - 48
    byte |= 0x20
    if 97 <= byte <= 102:
        return byte - 87
    return -1


@kernel
def put_hex(buf: Buffer, s: int, e: int, column: Ints, kind: int, out: Buffer, at: int, work: Ints) -> int:
    """bytea or uuid from hexadecimal digits; hyphens and braces of a uuid are passed over."""
    first = at
    at += 4
    high = -1
    for i in range(s, e):
        byte = int(buf[i])
        if kind == UUID and (byte == 45 or byte == 123 or byte == 125):
            continue
        digit = hex_digit(byte)
        if digit < 0:
            work[W_STATUS] = BAD_UUID if kind == UUID else BAD_HEX
            return first
        if high < 0:
            high = digit
        else:
            out[at] = high * 16 + digit
            at += 1
            high = -1
    size = at - first - 4
    if high >= 0 or kind == UUID and size != 16:
        work[W_STATUS] = BAD_UUID if kind == UUID else BAD_HEX
    elif column[LENGTH] >= 0 and size > column[LENGTH]:
        work[W_STATUS], work[W_DETAIL] = TOO_LONG, size
    put32(out, first, size)
    return at
