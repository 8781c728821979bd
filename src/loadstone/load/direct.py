"""The direct lane of plain records: from a chunk's bytes to rows of PostgreSQL's binary COPY in one pass."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loadstone.datatypes.columns import workspace
from loadstone.datatypes.date_parts import P_SIZE
from loadstone.datatypes.model import Kind
from loadstone.formats import program as p
from loadstone.formats.decode import is_utf8
from loadstone.formats.layout import Layout
from loadstone.formats.model import Chunk
from loadstone.formats.quick import Q_FIELD, compile_quick
from loadstone.load import direct_kernel as kernels
from loadstone.load.plan.model import ColumnPlan, LoadPlan, TablePlan
from loadstone.load.reading import Read

if TYPE_CHECKING:
    from loadstone.targets.model import Rows
    from loadstone.targets.postgresql.rows import PgRows


NUMBER_SIZE_BYTES = 12
"""Of an int8 with its length."""


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """
    The plain records of a chunk as rows.

    Attributes:
        verdict: uint8[records, 1]; that of the others is open. rest: the others, ascending.
    """

    rows: PgRows
    verdict: NDArray[np.uint8]
    rest: NDArray[np.int64]

    def others(self, read: Read) -> Read:
        """The other records as a chunk of their own, with their texts close together."""
        chunk = read.chunk
        spans = zip(chunk.start[self.rest].tolist(), chunk.end[self.rest].tolist(), strict=True)
        texts = [chunk.text[start:end] for start, end in spans]
        end = np.cumsum(np.array([len(text) for text in texts], np.int64))
        start = np.concatenate([np.zeros(1, np.int64), end[:-1]])
        others = replace(
            chunk,
            raw_start=chunk.raw_start[self.rest],
            raw_end=chunk.raw_end[self.rest],
            start=start,
            end=end,
            text=b"".join(texts),
            ordinal=self.rest,
        )
        return replace(read, chunk=others, first=0, stop=len(others))


class Direct:
    """
    Encodes chunks; one serves all workers.

    It takes plans with one table, all of whose columns are fields without conditions, of types that
    need no arithmetic beyond whole numbers, and no dates that are to be texts. A staged table has the number of the record behind them.
    """

    def __init__(self, plan: LoadPlan, table: TablePlan) -> None:
        from loadstone.targets.postgresql.encode import RowProgram

        self._plan = plan
        columns, self._numbered = _fields_of(table), table.staged is not None
        conversions = [column.conversion for column in columns]
        self._program = RowProgram(conversions, plan.environment.nls)
        self._fields = {column.index: number for number, column in enumerate(columns)}
        self._quick: dict[tuple[str, bool], NDArray[np.int64] | None] = {}
        self._free: list[NDArray[np.uint8]] = []
        self._lock = threading.Lock()

    @classmethod
    def of(cls, plan: LoadPlan) -> Direct | None:
        """The lane of ``plan``, or None where only the general way knows how."""
        if plan.target.form != "pgcopy" or not plan.compiled or len(plan.tables) != 1:
            return None
        table = plan.tables[0]
        columns = _fields_of(table)
        if (
            table.select is not None
            or table.checks
            or not columns
            or any(column.source != "field" or _is_made_before(column) for column in columns)
            or not all(map(_is_simple, plan.layouts.values()))
        ):
            return None
        return cls(plan, table)

    def encode(self, read: Read) -> Encoded | None:
        """Rows of the plain records that are read; None where all need the general way."""
        chunk = read.chunk
        layout = self._plan.layouts[self._plan.charsets[chunk.input_no]]
        known = _known(layout, chunk)
        quick = self._quick_program(layout, ascii_only=known in (kernels.ASCII, kernels.ASCII_RECORDS))
        if quick is None:
            return None
        records = read.stop - read.first
        ends = np.zeros(records + 1, np.int64)
        verdict, rest = np.zeros((len(chunk), 1), np.uint8), np.zeros(records, np.int64)
        chosen = slice(read.first, read.stop)
        out = self._take(self._program.size_max(len(chunk.text), records))
        listed = kernels.encode_plain.pick(True)(
            chunk.text,
            chunk.start[chosen],
            chunk.end[chosen],
            known,
            quick,
            layout.white,
            *self._program.arguments(may_hold_nul=b"\0" in chunk.text),
            out,
            ends[1:],
            verdict[chosen].reshape(-1),
            rest,
            *workspace(),
            np.zeros(P_SIZE, np.int64),
            np.zeros(4, np.int64),
            np.zeros(kernels.WORK_SIZE, np.int64),
        )
        rows = _rows(out, ends, read.first)
        if self._numbered:
            rows = self._number(rows, chunk)
        return Encoded(rows=rows, verdict=verdict, rest=rest[:listed] + read.first)

    def merge(self, encoded: Encoded, others: Rows) -> PgRows:
        """All rows in record order; ``others`` count their records by their places in ``rest``."""
        from loadstone.targets.postgresql.rows import PgRows

        mine = encoded.rows
        if not isinstance(others, PgRows) or not len(others):
            return mine
        out = self._take(int(mine.offsets[-1]) + int(others.offsets[-1]))
        record = np.zeros(len(mine) + len(others), np.int64)
        offsets = np.zeros(len(record) + 1, np.int64)
        kernels.merge_rows.pick(True)(
            mine.buffer,
            mine.offsets,
            mine.record,
            others.buffer,
            others.offsets,
            encoded.rest[others.record],
            out,
            offsets,
            record,
        )
        self.give_back(mine)
        return PgRows(out, offsets, record)

    def give_back(self, rows: Rows) -> None:
        """The buffer of committed rows serves a later chunk."""
        from loadstone.targets.postgresql.rows import PgRows

        if isinstance(rows, PgRows):
            with self._lock:
                self._free.append(rows.buffer)

    # Private methods

    def _quick_program(self, layout: Layout, *, ascii_only: bool) -> NDArray[np.int64] | None:
        """The quick program of a layout, with the column of each field behind it."""
        key = (layout.charset.name, ascii_only)
        if key not in self._quick:
            made = compile_quick(layout.fields, layout.pool, ascii_only=ascii_only)
            if made is not None:
                columns = [self._fields.get(int(field), -1) for field in made[:, Q_FIELD]]
                made = np.column_stack([made, np.array(columns, np.int64)])
            self._quick[key] = made
        return self._quick[key]

    def _number(self, rows: PgRows, chunk: Chunk) -> PgRows:
        """The rows with the number of their record in the load as one more column."""
        from loadstone.targets.postgresql.rows import PgRows

        out = self._take(int(rows.offsets[-1]) + NUMBER_SIZE_BYTES * len(rows))
        offsets = np.zeros(len(rows) + 1, np.int64)
        numbers = chunk.record_nos(rows.record)
        kernels.number_rows.pick(True)(rows.buffer, rows.offsets, numbers, out, offsets)
        self.give_back(rows)
        return PgRows(out, offsets, rows.record)

    def _take(self, size: int) -> NDArray[np.uint8]:
        with self._lock:
            free = self._free.pop() if self._free else None
        return free if free is not None and len(free) >= size else np.empty(size, np.uint8)


# Private functions


def _fields_of(table: TablePlan) -> tuple[ColumnPlan, ...]:
    """The columns, but for the record's number of a staged table."""
    return table.columns[:-1] if table.staged is not None else table.columns


def _is_made_before(column: ColumnPlan) -> bool:
    """Floats, and dates for text columns: not the work of the kernel that writes rows."""
    conversion = column.conversion
    return conversion.type.kind in (Kind.FLOAT4, Kind.FLOAT8) or conversion.shown is not None


def _is_simple(layout: Layout) -> bool:
    """No conditions, nothing to decode but text, and letters of ASCII where ASCII has them."""
    decoders = layout.fields[:, p.DECODER]
    return not len(layout.tests) and layout.charset.ascii and bool(np.isin(decoders, (0, p.RAW)).all())


def _known(layout: Layout, chunk: Chunk) -> int:
    """What is known of the chunk's text before a field is set."""
    if layout.framed:
        return kernels.WHOLE
    if chunk.text.isascii():
        return kernels.ASCII
    if not layout.charset.codec.startswith("utf") or layout.odd_delimiters:
        return kernels.ASCII_RECORDS
    if not is_utf8(chunk, compiled=True):
        return kernels.ASCII_RECORDS
    return kernels.BOUNDS if layout.splits_chars else kernels.WHOLE


def _rows(out: NDArray[np.uint8], ends: NDArray[np.int64], first: int) -> PgRows:
    """The rows of the records that have one."""
    from loadstone.targets.postgresql.rows import PgRows

    has_row = ends[1:] > ends[:-1]
    if has_row.all():
        return PgRows(out, ends, np.arange(first, first + len(has_row)))
    kept = np.flatnonzero(has_row)
    return PgRows(out, np.concatenate([ends[:1], ends[1:][kept]]), kept + first)
