"""
Plain records straight into rows of PostgreSQL's binary COPY (kernel): one pass from bytes to bytes.

It sets fields as ``tokenize_quick`` does and writes values as ``encode_rows`` does, by the same
kernels. A record that is not plain, or that must be refused, is listed; the general way decides on it.
"""

from __future__ import annotations

from loadstone.datatypes.kernel import Buffer, Ints, kernel
from loadstone.formats.quick import (
    Q_DECODED,
    Q_POSITION,
    Q_START,
    Q_WIDTH,
    after_missing,
    locate,
    may_end_before,
)
from loadstone.targets.postgresql.encode_columns import INT8, W_DETAIL, W_SIZE, W_STATUS
from loadstone.targets.postgresql.encode_kernel import put_field
from loadstone.targets.postgresql.encode_numbers import put16, put_int

Q_COLUMN = Q_WIDTH
"""Behind the columns of the quick program: the table's column that takes the field, -1 = none."""

WORK_SIZE = W_SIZE
"""Elements of ``work``."""

ALL_NULL = 2
"""As in ``formats.model.Verdict``."""

ASCII, WHOLE, BOUNDS, ASCII_RECORDS = 0, 1, 2, 3
"""
What is known of the text: no byte beyond ASCII; whole characters wherever a field may begin or end;
valid UTF-8, whose characters a bound may cut; nothing, so that only records of ASCII are plain.
"""


@kernel
def encode_plain(
    text: Buffer,
    record_start: Ints,
    record_end: Ints,
    known: int,
    program: Ints,
    white: Buffer,
    columns: Ints,
    steps: Ints,
    pool: Buffer,
    names: Ints,
    name_pool: Buffer,
    quick: Ints,
    env: Ints,
    out: Buffer,
    ends: Ints,
    verdict: Buffer,
    rest: Ints,
    digits: Buffer,
    words: Ints,
    part: Ints,
    moment: Ints,
    work: Ints,
) -> int:
    """
    Write the rows of plain records; the others are listed in ``rest``, and their number is returned.

    ``ends`` says where in ``out`` each record's row ends: where it began for one without a row.
    ``verdict`` is set for records whose fields are all NULL.
    """
    at = 0
    listed = 0
    for record in range(len(record_start)):
        first = at
        put16(out, at, len(columns))
        at = put_record(
            text,
            int(record_start[record]),
            int(record_end[record]),
            known,
            program,
            white,
            columns,
            steps,
            pool,
            names,
            name_pool,
            quick,
            env,
            out,
            at + 2,
            digits,
            words,
            part,
            moment,
            work,
        )
        if at < 0:
            rest[listed] = record
            listed += 1
            at = first
        elif at == first + 2 + 4 * len(columns):
            verdict[record] = ALL_NULL
            at = first
        ends[record] = at
    return listed


@kernel
def put_record(
    text: Buffer,
    first_byte: int,
    last_byte: int,
    known: int,
    program: Ints,
    white: Buffer,
    columns: Ints,
    steps: Ints,
    pool: Buffer,
    names: Ints,
    name_pool: Buffer,
    quick: Ints,
    env: Ints,
    out: Buffer,
    at: int,
    digits: Buffer,
    words: Ints,
    part: Ints,
    moment: Ints,
    work: Ints,
) -> int:
    """The values of one record behind each other; where they end, or -1 for a record that is not plain."""
    if known == ASCII_RECORDS and not is_ascii(text, first_byte, last_byte):
        return -1
    place = first_byte
    for k in range(len(program)):
        if program[k, Q_POSITION] == 1:
            place = first_byte + program[k, Q_START]
        elif program[k, Q_POSITION] == 2:
            place += program[k, Q_START]
        begin, stop = place, place
        if place < last_byte:
            begin, stop, place = locate(text, place, last_byte, program, k, white)
            if stop < 0:
                return -1
        else:
            if not may_end_before(program, k):
                return -1
            place = after_missing(program, k, place)
        if known == BOUNDS and begin < stop and cuts(text, begin, stop) and not program[k, Q_DECODED]:
            return -1
        if program[k, Q_COLUMN] < 0:
            continue
        at = put_field(
            text,
            begin,
            stop,
            columns,
            program[k, Q_COLUMN],
            steps,
            pool,
            names,
            name_pool,
            quick,
            env,
            0,
            0,
            out,
            at,
            digits,
            words,
            part,
            moment,
            work,
        )
        if work[W_STATUS]:
            work[W_STATUS], work[W_DETAIL] = 0, 0
            return -1
    return at


@kernel
def is_ascii(text: Buffer, begin: int, stop: int) -> bool:
    """Whether no byte is beyond ASCII."""
    all_bits = 0
    for i in range(begin, stop):
        all_bits |= int(text[i])
    return all_bits < 0x80


@kernel
def cuts(text: Buffer, begin: int, stop: int) -> bool:
    """Whether a bound stands within a character."""
    if int(text[begin]) & 0xC0 == 0x80:
        return True
    return stop < len(text) and int(text[stop]) & 0xC0 == 0x80


@kernel
def merge_rows(
    one: Buffer,
    one_ends: Ints,
    one_record: Ints,
    other: Buffer,
    other_ends: Ints,
    other_record: Ints,
    out: Buffer,
    ends: Ints,
    record: Ints,
) -> None:
    """Rows of two buffers in the order of their records; ``ends`` begin with where the first row begins."""
    at = i = j = 0
    for row in range(len(record)):
        mine = j >= len(other_record) or (i < len(one_record) and one_record[i] < other_record[j])
        if mine:
            for k in range(one_ends[i], one_ends[i + 1]):
                out[at] = one[k]
                at += 1
            record[row] = one_record[i]
            i += 1
        else:
            for k in range(other_ends[j], other_ends[j + 1]):
                out[at] = other[k]
                at += 1
            record[row] = other_record[j]
            j += 1
        ends[row + 1] = at


@kernel
def number_rows(one: Buffer, one_ends: Ints, number: Ints, out: Buffer, ends: Ints) -> None:
    """Rows with one more field behind, an int8; ``ends`` begin with where the first row begins, which is 0."""
    at = 0
    for row in range(len(number)):
        start = one_ends[row]
        put16(out, at, ((int(one[start]) << 8) | int(one[start + 1])) + 1)
        at += 2
        for k in range(start + 2, one_ends[row + 1]):
            out[at] = one[k]
            at += 1
        at = put_int(out, at, INT8, number[row])
        ends[row + 1] = at
