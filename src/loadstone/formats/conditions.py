"""WHEN, NULLIF and DEFAULTIF on one record (kernels)."""

from __future__ import annotations

from loadstone.datatypes.kernel import Buffer, Ints, kernel
from loadstone.formats.program import (
    DEFAULTIF,
    DEFAULTIF_COUNT,
    NULLIF,
    NULLIF_COUNT,
    NUMERIC,
    TEST_BLANKS,
    TEST_END,
    TEST_EQUAL,
    TEST_FIELD,
    TEST_LITERAL,
    TEST_PAD,
    TEST_SIZE,
    TEST_START,
)

DEFAULTED = 2
"""State of a numeric field whose DEFAULTIF holds: its value is zero. Turned into a value by the decoder."""

PENDING = 4
"""Added to a state whose NULLIF holds, until all conditions of the table are tested."""


@kernel
def apply_conditions(
    text: Buffer,
    pool: Buffer,
    fields: Ints,
    tests: Ints,
    first: int,
    stop: int,
    blank: int,
    first_byte: int,
    last_byte: int,
    scratch: Buffer,
    size: int,
    start: Ints,
    end: Ints,
    state: Ints,
) -> None:
    """NULLIF and DEFAULTIF of the fields [first, stop); all see the values before any of them."""
    pending = 0
    for field in range(first, stop):
        if state[field] != 0 or fields[field, NULLIF_COUNT] + fields[field, DEFAULTIF_COUNT] == 0:
            continue
        if fields[field, NULLIF_COUNT] and holds(
            text,
            pool,
            tests,
            int(fields[field, NULLIF]),
            int(fields[field, NULLIF_COUNT]),
            field,
            blank,
            first_byte,
            last_byte,
            scratch,
            size,
            start,
            end,
            state,
        ):
            state[field] = PENDING + 1
            pending += 1
        elif fields[field, DEFAULTIF_COUNT] and holds(
            text,
            pool,
            tests,
            int(fields[field, DEFAULTIF]),
            int(fields[field, DEFAULTIF_COUNT]),
            field,
            blank,
            first_byte,
            last_byte,
            scratch,
            size,
            start,
            end,
            state,
        ):
            state[field] = PENDING + (DEFAULTED if fields[field, NUMERIC] else 1)
            pending += 1
    if pending:
        for field in range(first, stop):
            if state[field] >= PENDING:
                state[field] -= PENDING


@kernel
def holds(
    text: Buffer,
    pool: Buffer,
    tests: Ints,
    first: int,
    count: int,
    own: int,
    blank: int,
    first_byte: int,
    last_byte: int,
    scratch: Buffer,
    size: int,
    start: Ints,
    end: Ints,
    state: Ints,
) -> bool:
    """Whether all tests hold; a NULL operand makes a test false."""
    for test in range(first, first + count):
        field = int(tests[test, TEST_FIELD])
        if field == -1:
            begin = min(first_byte + int(tests[test, TEST_START]), last_byte)
            stop = min(first_byte + int(tests[test, TEST_END]), last_byte)
            if begin >= stop:
                return False
        else:
            if field == -2:
                field = own
            if state[field] != 0 and state[field] < PENDING:
                return False
            begin, stop = int(start[field]), int(end[field])
        if begin >= size:
            same = equal(scratch, begin - size, stop - size, pool, tests[test], blank)
        else:
            same = equal(text, begin, stop, pool, tests[test], blank)
        if same != (tests[test, TEST_EQUAL] != 0):
            return False
    return True


@kernel
def equal(text: Buffer, begin: int, stop: int, pool: Buffer, test: Ints, blank: int) -> bool:
    """Compare an operand with a test's literal, the shorter padded, or with BLANKS."""
    if test[TEST_BLANKS]:
        for i in range(begin, stop):
            if int(text[i]) != blank:
                return False
        return True
    literal, length, pad = int(test[TEST_LITERAL]), int(test[TEST_SIZE]), int(test[TEST_PAD])
    width = max(length, stop - begin)
    for i in range(width):
        left = int(text[begin + i]) if begin + i < stop else pad
        right = int(pool[literal + i]) if i < length else pad
        if left != right:
            return False
    return True
