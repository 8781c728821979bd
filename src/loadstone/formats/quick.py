"""
The quick way through plain records (kernels): no case of it is its own, all others go to the tokenizer.

A record that holds anything unusual (a missing field, a doubled enclosure, a value too long) is
flagged and left to ``tokenize_records``; so the rules of fields stand in one place, ``setting``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loadstone.datatypes.kernel import Buffer, Ints, kernel
from loadstone.formats import program as p
from loadstone.formats.setting import trimmed

FIXED, DELIMITED, ENCLOSED, WHITE = 1, 2, 3, 4
"""Ways of a field: predetermined size, terminator, terminator with optional enclosure, white space."""

(
    Q_FIELD,
    Q_WAY,
    Q_POSITION,
    Q_START,
    Q_SIZE,
    Q_TERM,
    Q_LEFT,
    Q_RIGHT,
    Q_KEEP,
    Q_NULLCOLS,
    Q_DECODED,
    Q_OPTIONAL,
    Q_WIDTH,
) = range(13)


def compile_quick(fields: NDArray[np.int64], pool: bytes, *, ascii_only: bool) -> NDArray[np.int64] | None:
    """
    The quick program of a layout, one row for each field that takes something from the record.

    None where a field needs the tokenizer. ``ascii_only``: so is the data, and characters are bytes.
    """
    rows = []
    taking = np.flatnonzero(fields[:, p.MODE] != p.MODE_NONE).tolist()
    for field in taking:
        row = fields[field]
        way = _way(row, last=field == taking[-1])
        if not way or (row[p.CHARS] and not ascii_only):
            return None
        quick = [0] * Q_WIDTH
        quick[Q_FIELD], quick[Q_WAY] = field, way
        for to, source in (
            (Q_POSITION, p.POSITION),
            (Q_START, p.START),
            (Q_SIZE, p.SIZE),
            (Q_KEEP, p.KEEP),
            (Q_NULLCOLS, p.NULLCOLS),
            (Q_DECODED, p.DECODER),
            (Q_OPTIONAL, p.OPTIONAL),
        ):
            quick[to] = int(row[source])
        quick[Q_TERM] = pool[row[p.TERM]] if row[p.TERM_SIZE] == 1 else -1
        quick[Q_LEFT] = pool[row[p.LEFT]] if way == ENCLOSED else -1
        quick[Q_RIGHT] = pool[row[p.RIGHT]] if way == ENCLOSED else -1
        rows.append(quick)
    return np.array(rows, np.int64) if rows else None


@kernel
def tokenize_quick(
    text: Buffer,
    record_start: Ints,
    record_end: Ints,
    program: Ints,
    white: Buffer,
    start: Ints,
    end: Ints,
    state: Ints,
    slow: Ints,
) -> int:
    """Set all fields of plain records; lists and counts the others, whose fields stay NULL."""
    count = 0
    for record in range(len(record_start)):
        first_byte, last_byte = int(record_start[record]), int(record_end[record])
        at = first_byte
        plain = True
        for k in range(len(program)):
            if program[k, Q_POSITION] == 1:
                at = first_byte + program[k, Q_START]
            elif program[k, Q_POSITION] == 2:
                at += program[k, Q_START]
            if at >= last_byte:
                plain = may_end_before(program, k)
                if not plain:
                    break
                at = after_missing(program, k, at)
                continue
            begin, stop, at = locate(text, at, last_byte, program, k, white)
            if stop < 0:
                plain = False
                break
            field = program[k, Q_FIELD]
            start[record, field] = begin
            end[record, field] = stop
            if stop > begin:
                state[record, field] = 0
        if not plain:
            for k in range(len(program)):
                state[record, program[k, Q_FIELD]] = 1
            slow[count] = record
            count += 1
    return count


@kernel
def may_end_before(program: Ints, k: int) -> bool:
    """Whether a record may end before field ``k``, which is NULL then."""
    return program[k, Q_POSITION] == 1 or program[k, Q_NULLCOLS] != 0


@kernel
def after_missing(program: Ints, k: int, at: int) -> int:
    """Where scanning goes on behind a field that lies beyond the record."""
    return at + program[k, Q_SIZE] if program[k, Q_WAY] == FIXED else at


@kernel
def locate(
    text: Buffer, at: int, last_byte: int, program: Ints, k: int, white: Buffer
) -> tuple[int, int, int]:
    """Begin and end of the value of field ``k``, and where scanning goes on; end -1 = not plain."""
    way = program[k, Q_WAY]
    if way == FIXED:
        begin, stop, at = quick_fixed(text, at, last_byte, program, k, white)
    elif way == ENCLOSED:
        begin, stop, at = quick_enclosed(text, at, last_byte, program, k, white)
    else:
        begin, stop, at = quick_terminated(text, at, last_byte, program, k, white)
    if program[k, Q_KEEP] > 1 and stop >= 0:
        begin, stop = trimmed(text, begin, stop, program[k, Q_KEEP], white)
    if way != FIXED and stop - begin > program[k, Q_SIZE] >= 0:
        stop = -1
    return begin, stop, at


@kernel
def quick_fixed(
    text: Buffer, at: int, last_byte: int, program: Ints, k: int, white: Buffer
) -> tuple[int, int, int]:
    """Begin and end of a value of predetermined size, and where scanning goes on; end -1 = not plain."""
    after = at + program[k, Q_SIZE]
    stop = after
    if program[k, Q_DECODED]:
        return at, stop if stop <= last_byte else -1, after
    if stop > last_byte:
        stop = last_byte
    if not program[k, Q_KEEP]:
        while stop > at and white[text[stop - 1]]:
            stop -= 1
    return at, stop, after


@kernel
def quick_terminated(
    text: Buffer, at: int, last_byte: int, program: Ints, k: int, white: Buffer
) -> tuple[int, int, int]:
    """The same of a value up to its terminator, white space or the end of the record."""
    begin = at
    if program[k, Q_WAY] == WHITE:
        while at < last_byte and (text[at] == 0 or not white[text[at]]):
            at += 1
    else:
        term = program[k, Q_TERM]
        while at < last_byte and text[at] != term:
            at += 1
    stop = at
    if stop > begin and white[text[begin]] and not program[k, Q_KEEP]:
        black = begin
        while black < stop and white[text[black]]:
            black += 1
        if black == stop:
            stop = begin
    return begin, stop, min(at + 1, last_byte)


@kernel
def quick_enclosed(
    text: Buffer, at: int, last_byte: int, program: Ints, k: int, white: Buffer
) -> tuple[int, int, int]:
    """The same of a value that may be enclosed; a doubled enclosure, and what follows one, is not plain."""
    begin, left, term = at, program[k, Q_LEFT], program[k, Q_TERM]
    while at < last_byte and white[text[at]] and text[at] != left and text[at] != term:
        at += 1
    if at < last_byte and text[at] == left:
        right = program[k, Q_RIGHT]
        begin = at + 1
        stop = begin
        while stop < last_byte and text[stop] != right:
            stop += 1
        at = stop + 1
        if stop >= last_byte or (at < last_byte and text[at] != term):
            return begin, -1, at
        return begin, stop, min(at + 1, last_byte)
    if not program[k, Q_OPTIONAL]:
        return begin, -1, at
    if program[k, Q_KEEP]:
        at = begin
    begin = at
    while at < last_byte and text[at] != term:
        at += 1
    return begin, at, min(at + 1, last_byte)


@kernel
def judge_quick(fields: Ints, tables: Ints, state: Ints, verdict: Ints) -> None:
    """The verdict on every record where no conditions apply: TAKE, or ALL_NULL."""
    for table in range(len(tables)):
        first, stop = tables[table, 0], tables[table, 0] + tables[table, 1]
        loaded = False
        for field in range(first, stop):
            loaded = loaded or fields[field, 14] != 0
        if not loaded:
            continue
        for record in range(len(state)):
            empty = True
            for field in range(first, stop):
                if state[record, field] != 1 and fields[field, 14]:
                    empty = False
                    break
            if empty:
                verdict[record, table] = 2


# Private functions


def _way(row: NDArray[np.int64], *, last: bool) -> int:
    if row[p.POSITION] == p.UNTIL:
        return 0
    if row[p.MODE] == p.MODE_FIXED:
        return FIXED
    if row[p.MODE] != p.MODE_DELIMITED:
        return 0
    if row[p.TERM_SIZE] < 0:
        return WHITE if last and row[p.LEFT_SIZE] == 0 and not row[p.KEEP] else 0
    if row[p.TERM_SIZE] != 1:
        return 0
    if row[p.LEFT_SIZE] == 0:
        return DELIMITED
    return ENCLOSED if row[p.LEFT_SIZE] == 1 and row[p.RIGHT_SIZE] == 1 else 0
