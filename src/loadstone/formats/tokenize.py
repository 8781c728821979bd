"""Records into fields: one interpreter of the field program, compiled or plain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loadstone.datatypes.kernel import Buffer, Ints, kernel
from loadstone.formats.conditions import apply_conditions, holds
from loadstone.formats.decode import decode_fields
from loadstone.formats.layout import Layout
from loadstone.formats.model import Chunk, Tokens
from loadstone.formats.program import (
    ABSOLUTE,
    LOADED,
    MODE,
    MODE_DELIMITED,
    MODE_FIXED,
    MODE_NONE,
    NULLIF_COUNT,
    POSITION,
    TABLE_COUNT,
    TABLE_FIRST,
    TABLE_WHEN,
    TABLE_WHEN_COUNT,
)
from loadstone.formats.quick import compile_quick, judge_quick, tokenize_quick
from loadstone.formats.setting import (
    AFTER_WHITE,
    AT,
    ERROR,
    SCRATCH,
    SET_WIDTH,
    set_delimited,
    set_fixed,
    set_prefixed,
)


def tokenize(layout: Layout, chunk: Chunk, *, compiled: bool) -> Tokens:
    """Set, trim, test and decode all fields of a chunk."""
    records, fields, tables = len(chunk), len(layout.fields), len(layout.tables)
    text = chunk.text
    scans = tables + int(np.count_nonzero(layout.fields[:, POSITION] == ABSOLUTE))
    scratch = np.empty(scans * len(text) + 64 if layout.enclosures else 64, np.uint8)
    tokens = Tokens(
        buffer=np.frombuffer(text, np.uint8),
        start=np.zeros((records, fields), np.int64),
        end=np.zeros((records, fields), np.int64),
        state=np.ones((records, fields), np.uint8),
        verdict=np.zeros((records, tables), np.uint8),
        error=np.zeros((records, tables), np.uint8),
        error_field=np.zeros((records, tables), np.int32),
    )
    rest = _tokenize_quick(layout, chunk, tokens, compiled=compiled)
    used = tokenize_records.pick(compiled)(
        text,
        chunk.start,
        chunk.end,
        rest,
        layout.pool,
        layout.fields,
        layout.tests,
        layout.tables,
        layout.white,
        layout.charset.leads,
        layout.blank,
        tokens.start,
        tokens.end,
        tokens.state,
        tokens.verdict,
        tokens.error,
        tokens.error_field,
        scratch,
        np.zeros(SET_WIDTH, np.int64),
    )
    if used:
        tokens.buffer = np.concatenate([tokens.buffer, scratch[:used]])
    return decode_fields(layout, chunk, tokens, compiled=compiled)


@kernel
def tokenize_records(
    text: Buffer,
    record_start: Ints,
    record_end: Ints,
    chosen: Ints,
    pool: Buffer,
    fields: Ints,
    tests: Ints,
    tables: Ints,
    white: Buffer,
    leads: Buffer,
    blank: int,
    start: Ints,
    end: Ints,
    state: Ints,
    verdict: Ints,
    error: Ints,
    error_field: Ints,
    scratch: Buffer,
    setting: Ints,
) -> int:
    """Tokenize the chosen records for every table; gives the bytes used of ``scratch``."""
    size = len(text)
    for n in range(len(chosen)):
        record = int(chosen[n])
        first_byte = int(record_start[record])
        last_byte = int(record_end[record])
        setting[AT] = first_byte
        setting[AFTER_WHITE] = 0
        for table in range(len(tables)):
            first = int(tables[table, TABLE_FIRST])
            count = int(tables[table, TABLE_COUNT])
            fault = set_table(
                text,
                pool,
                fields,
                white,
                leads,
                first,
                count,
                first_byte,
                last_byte,
                setting,
                scratch,
                size,
                start[record],
                end[record],
                state[record],
            )
            if fault >= 0:
                error[record, table] = setting[ERROR]
                error_field[record, table] = fault
            verdict[record, table] = judge(
                text,
                pool,
                fields,
                tests,
                tables,
                table,
                blank,
                first_byte,
                last_byte,
                scratch,
                size,
                start[record],
                end[record],
                state[record],
                fault,
            )
    return int(setting[SCRATCH])


@kernel
def set_table(
    text: Buffer,
    pool: Buffer,
    fields: Ints,
    white: Buffer,
    leads: Buffer,
    first: int,
    count: int,
    first_byte: int,
    last_byte: int,
    setting: Ints,
    scratch: Buffer,
    size: int,
    start: Ints,
    end: Ints,
    state: Ints,
) -> int:
    """Set the fields of one table; gives the number of the first one that cannot be set, or -1."""
    fault = -1
    for field in range(first, first + count):
        mode = fields[field, MODE]
        if mode == MODE_NONE:
            if fields[field, NULLIF_COUNT]:
                state[field] = 0  # a LOBFILE: there unless its condition holds
            continue
        setting[ERROR] = 0
        if mode == MODE_DELIMITED:
            set_delimited(
                text,
                pool,
                fields[field],
                white,
                leads,
                first_byte,
                last_byte,
                setting,
                scratch,
                size,
                field,
                start,
                end,
                state,
            )
        elif mode == MODE_FIXED:
            set_fixed(text, fields[field], white, first_byte, last_byte, setting, field, start, end, state)
        else:
            set_prefixed(text, fields[field], first_byte, last_byte, setting, field, start, end, state)
        if setting[ERROR]:
            state[field] = 1
            if fault < 0:
                fault = field
                setting[ERROR + 1] = setting[ERROR]
    setting[ERROR] = setting[ERROR + 1]
    return fault


@kernel
def judge(
    text: Buffer,
    pool: Buffer,
    fields: Ints,
    tests: Ints,
    tables: Ints,
    table: int,
    blank: int,
    first_byte: int,
    last_byte: int,
    scratch: Buffer,
    size: int,
    start: Ints,
    end: Ints,
    state: Ints,
    fault: int,
) -> int:
    """WHEN, then NULLIF and DEFAULTIF, then what becomes of the record: a ``Verdict``."""
    count = tables[table, TABLE_WHEN_COUNT]
    if count and not holds(
        text,
        pool,
        tests,
        int(tables[table, TABLE_WHEN]),
        int(count),
        -1,
        blank,
        first_byte,
        last_byte,
        scratch,
        size,
        start,
        end,
        state,
    ):
        return 1
    if fault >= 0:
        return 3
    first = int(tables[table, TABLE_FIRST])
    stop = first + int(tables[table, TABLE_COUNT])
    apply_conditions(
        text, pool, fields, tests, first, stop, blank, first_byte, last_byte, scratch, size, start, end, state
    )
    loaded = 0
    for field in range(first, stop):
        if fields[field, LOADED]:
            loaded += 1
            if state[field] != 1:
                return 0
    return 2 if loaded else 0


# Private functions


def _tokenize_quick(layout: Layout, chunk: Chunk, tokens: Tokens, *, compiled: bool) -> NDArray[np.int64]:
    """Set and judge the plain records; gives the others, ascending."""
    program = None
    if not len(layout.tests) and (not layout.charset.leads or chunk.text.isascii()):
        program = compile_quick(layout.fields, layout.pool, ascii_only=chunk.text.isascii())
    if program is None:
        return np.arange(len(chunk))
    slow = np.zeros(len(chunk), np.int64)
    count = tokenize_quick.pick(compiled)(
        chunk.text,
        chunk.start,
        chunk.end,
        program,
        layout.white,
        tokens.start,
        tokens.end,
        tokens.state,
        slow,
    )
    judge_quick.pick(compiled)(layout.fields, layout.tables, tokens.state, tokens.verdict)
    return slow[:count]
