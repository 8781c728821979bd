"""
Rows of PostgreSQL's binary COPY (kernels): each field by the quickest way that its text allows.

Source: PostgreSQL documentation, COPY, "Binary Format".
"""

from __future__ import annotations

from loadstone.datatypes.dates import parse_quick
from loadstone.datatypes.kernel import Buffer, Ints, kernel
from loadstone.datatypes.numbers import parse_plain
from loadstone.targets.postgresql.encode_columns import (
    DATE,
    DECIMAL,
    FLOAT4,
    FLOAT8,
    FLOATS,
    INT4,
    INT8,
    KIND,
    LENGTH,
    PRECISION,
    QUICK,
    QUICK_END,
    SCALE,
    TEXT,
    TIMESTAMP,
    TIMESTAMPTZ,
    W_DETAIL,
    W_STATUS,
)
from loadstone.targets.postgresql.encode_numbers import put16, put_float, put_int, quick_numeric
from loadstone.targets.postgresql.encode_values import (
    EPOCH_DAYS,
    MICROS_OF_DAY,
    put_bytes,
    put_date,
    put_null,
    put_value,
)


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
    Write every row; of one with a fault only (column, code, detail) in ``fault``, which may hold some already.

    ``env``: year and month of now, offset in minutes, decimal character, whether the buffer may hold a NUL.
    The arrays from ``digits`` on are to work in.
    """
    at = 0
    for row in range(len(start)):
        first = at
        put16(out, at, len(columns))
        at += 2
        for column in range(len(columns)):
            s, e = int(start[row, column]), int(end[row, column])
            at = put_field(
                buf,
                s,
                s if null[row, column] else e,
                columns,
                column,
                steps,
                pool,
                names,
                name_pool,
                quick,
                env,
                int(floats[row, column]) if columns[column, FLOATS] else 0,
                int(float_faults[row, column]) if columns[column, FLOATS] else 0,
                out,
                at,
                digits,
                words,
                part,
                moment,
                work,
            )
            if work[W_STATUS]:
                blame(fault, row, column, work)
                break
        if fault[row, 1]:
            at = first
        ends[row] = at


@kernel
def put_field(
    buf: Buffer,
    s: int,
    e: int,
    columns: Ints,
    column: int,
    steps: Ints,
    pool: Buffer,
    names: Ints,
    name_pool: Buffer,
    quick: Ints,
    env: Ints,
    bits: int,
    float_fault: int,
    out: Buffer,
    at: int,
    digits: Buffer,
    words: Ints,
    part: Ints,
    moment: Ints,
    work: Ints,
) -> int:
    """One value, or NULL where there is no text; ``bits`` are those of a float. A fault goes to ``work``."""
    if s == e:
        return put_null(columns[column], out, at, work)
    stands = put_quick(buf, s, e, columns, column, quick, env, out, at)
    if stands >= 0:
        return stands
    kind = int(columns[column, KIND])
    if kind == FLOAT4 or kind == FLOAT8:
        work[W_STATUS] = float_fault
        return put_float(out, at, kind, bits)
    one = columns[column]
    if DATE <= kind <= TIMESTAMPTZ:
        return put_date(
            buf, s, e, one, steps, pool, names, name_pool, quick, env, part, moment, out, at, work
        )
    return put_value(buf, s, e, one, kind, int(env[3]), digits, words, out, at, work)


@kernel
def blame(fault: Ints, row: int, column: int, work: Ints) -> None:
    """The fault of a column, unless one before it has one already."""
    if fault[row, 1] == 0 or column < fault[row, 0]:
        fault[row, 0], fault[row, 1], fault[row, 2] = column, work[W_STATUS], work[W_DETAIL]
    work[W_STATUS], work[W_DETAIL] = 0, 0


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
