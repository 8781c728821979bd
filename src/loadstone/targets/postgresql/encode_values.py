"""
Values of PostgreSQL's binary COPY that are no numbers, each with its length in front (kernels).

Source: PostgreSQL documentation, COPY, "Binary Format"; the send functions of each type.
"""

from __future__ import annotations

from loadstone.datatypes.column_kernels import parse_boolean, round_nanos, text_length
from loadstone.datatypes.date_parts import DAYS, NANOS, NO_OFFSET, OFFSET
from loadstone.datatypes.dates import is_blank, parse_date
from loadstone.datatypes.kernel import Buffer, Ints, kernel
from loadstone.targets.postgresql.encode_columns import (
    BAD_BOOLEAN,
    BAD_HEX,
    BAD_UUID,
    BLANK_IS_NULL,
    BOOL,
    BYTES,
    DATE,
    DECIMAL,
    DIGITS,
    IN_BYTES,
    INT2,
    INT8,
    JSON,
    JSONB,
    KIND,
    LENGTH,
    NOT_NULL,
    NUL,
    NULL_REFUSED,
    PADDED,
    PRECISION,
    QUICK,
    QUICK_END,
    RANGE,
    RAW,
    ROUNDS,
    SCALE,
    STEPS,
    STEPS_END,
    TEXT,
    TIMESTAMPTZ,
    TOO_LONG,
    UUID,
    W_DETAIL,
    W_STATUS,
)
from loadstone.targets.postgresql.encode_numbers import put32, put64, put_integer, put_numeric

EPOCH_DAYS = 10957
"""Days from 1970-01-01 to 2000-01-01, where PostgreSQL counts from."""

MICROS_OF_DAY = 86_400_000_000


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
def put_bytes(buf: Buffer, s: int, e: int, out: Buffer, at: int) -> int:
    """Bytes as they are."""
    put32(out, at, e - s)
    at += 4
    for i in range(s, e):
        out[at] = buf[i]
        at += 1
    return at


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
def put_null(column: Ints, out: Buffer, at: int, work: Ints) -> int:
    """NULL, where the column takes it."""
    if column[NOT_NULL]:
        work[W_STATUS] = NULL_REFUSED
        return at
    put32(out, at, -1)
    return at + 4


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
    if moment[NANOS] % 1000 and not column[ROUNDS]:
        work[W_STATUS] = RANGE
        return at
    micros = days * MICROS_OF_DAY + round_nanos(int(moment[NANOS]), int(column[DIGITS])) // 1000
    if column[KIND] == TIMESTAMPTZ:
        minutes = int(env[2]) if moment[OFFSET] == NO_OFFSET else int(moment[OFFSET])
        micros -= minutes * 60_000_000
    put32(out, at, 8)
    put64(out, at + 4, micros)
    return at + 12
