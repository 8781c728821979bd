"""The texts of a table's columns for the records that go into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loadstone.datatypes.model import Values
from loadstone.formats.model import State, Tokens
from loadstone.load.plan.model import ColumnPlan, TablePlan

if TYPE_CHECKING:
    from loadstone.expressions.spans import SpanPlan
    from loadstone.load.columnar import Columnar

Spans = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]
"""Starts, ends and NULL flags of one column."""

Evaluated = tuple[NDArray[np.uint8], Spans]
"""Bytes of a column of its own, and spans that count within them."""


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """
    Numbers that the load gives to records of one table.

    Attributes:
        record_no: 1-based logical record number of each row.
        step: 0-based ordinal of each row among the records that step the table's sequences.
        bases: First number and increment of each SEQUENCE column, by column name.
    """

    record_no: NDArray[np.int64]
    step: NDArray[np.int64]
    bases: dict[str, tuple[int, int]]


def field_values(plan: TablePlan, tokens: Tokens, record: NDArray[np.int64]) -> Values:
    """The values of a table of which every column is a field of the record (the direct lane)."""
    fields = [column.index for column in plan.columns]
    start, end = _pick(tokens.start, record, fields), _pick(tokens.end, record, fields)
    state = _pick(tokens.state, record, fields)
    return Values(buffer=tokens.buffer, start=start, end=end, null=state == State.NULL, record=record)


def mixed_values(
    plan: TablePlan,
    tokens: Tokens,
    record: NDArray[np.int64],
    numbers: Numbers,
    columnar: Columnar,
) -> tuple[Values, list[Failure]]:
    """The values of any table, and the rows whose expressions fail or whose values break a check."""
    evaluated, failures = columnar.evaluate(plan, tokens, record, numbers.record_no)
    failures = failures + columnar.check(plan, tokens, record, numbers.record_no)
    arena = _Arena(plan, tokens, record)
    start, end, null = _all_fields(plan, tokens, record)
    programs = []
    for number, column in enumerate(plan.columns):
        if column.source == "field":
            continue
        if column.source == "expression" and column.index not in evaluated:
            programs.append((number, arena.reserve(column.index)))
            continue
        else:
            spans = arena.add(*_made(column, numbers, evaluated, (columnar, plan), (tokens, record)))
        start[:, number], end[:, number], null[:, number] = spans
    buffer = arena.buffer()
    for number, places in programs:
        spans = arena.run(plan.columns[number].index, places, buffer, compiled=columnar.compiled)
        start[:, number], end[:, number], null[:, number] = spans
    return Values(buffer=buffer, start=start, end=end, null=null, record=record), failures


class _Arena:
    """The bytes of a chunk and of all that is made for it, one after the other in one buffer."""

    def __init__(self, plan: TablePlan, tokens: Tokens, record: NDArray[np.int64]) -> None:
        self._plan, self._tokens, self._record = plan, tokens, record
        self._parts: list[NDArray[np.uint8]] = [tokens.buffer]
        self._size = len(tokens.buffer)
        self._fields: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}

    def field(self, field: int) -> Spans:
        """The spans of a field."""
        tokens, record = self._tokens, self._record
        state = _column(tokens.state, record, field)
        return _column(tokens.start, record, field), _column(tokens.end, record, field), state == State.NULL

    def add(self, data: NDArray[np.uint8], spans: Spans) -> Spans:
        """Put texts behind what is there; their spans in the buffer."""
        at = self._size
        self._parts.append(data)
        self._size += len(data)
        return spans[0] + at, spans[1] + at, spans[2]

    def reserve(self, expression: int) -> tuple[int, int]:
        """Room for the literals and the new text of a program of spans; where each begins."""
        spans = self._program(expression)
        pool = self._size
        room = spans.space(self._bind, len(self._record))
        self._parts += [np.frombuffer(spans.literals, np.uint8), np.empty(room, np.uint8)]
        self._size += len(spans.literals) + room
        return pool, pool + len(spans.literals)

    def buffer(self) -> NDArray[np.uint8]:
        """All of it."""
        return np.concatenate(self._parts) if self._size > len(self._parts[0]) else self._parts[0]

    def run(
        self, expression: int, places: tuple[int, int], buffer: NDArray[np.uint8], *, compiled: bool
    ) -> Spans:
        """The result of a program of spans."""
        from loadstone.expressions.spans import SpanRun

        work = SpanRun(self._program(expression), self._bind, buffer, places, compiled=compiled)
        start, end = work.result(len(self._record))
        return start, end, start == end

    def _program(self, expression: int) -> SpanPlan:
        spans = self._plan.expressions[expression].spans
        assert spans is not None
        return spans

    def _bind(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if name not in self._fields:
            start, end, null = self.field(self._plan.binds[name])
            start = np.where(null, 0, start)
            self._fields[name] = (start, np.where(null, 0, end))
        return self._fields[name]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An expression that failed for one row, or a check: row in the values, column in the plan, Oracle's words."""

    row: int
    column: int
    code: str
    message: str
    rule: str = "expression"


def constant_spans(text: str, rows: int) -> Evaluated:
    """One text for all rows; an empty one is NULL."""
    data = np.frombuffer(text.encode(), np.uint8)
    start = np.zeros(rows, np.int64)
    return data, (start, start + len(data), np.full(rows, len(data) == 0))


def number_spans(numbers: NDArray[np.int64]) -> Evaluated:
    """Integers as decimal text."""
    texts = numbers.astype("S21")
    start = np.arange(len(texts), dtype=np.int64) * 21
    length = np.char.str_len(texts).astype(np.int64)
    return texts.view(np.uint8).reshape(-1), (start, start + length, np.zeros(len(texts), np.bool_))


def bytes_spans(parts: Sequence[bytes | None]) -> Evaluated:
    """Any bytes, one after the other; None is NULL."""
    length = np.fromiter((len(part or b"") for part in parts), np.int64, len(parts))
    end = np.cumsum(length)
    data = np.frombuffer(b"".join(part or b"" for part in parts), np.uint8)
    null = np.fromiter((part is None for part in parts), np.bool_, len(parts))
    return data, (end - length, end, null)


# Private functions


def _pick(array: Any, record: NDArray[np.int64], fields: list[int]) -> Any:
    """Rows and columns of ``array``; a view where all of them are wanted, since copies cost a pass."""
    first = fields[0]
    if fields == list(range(first, first + len(fields))):
        columns = array[:, first : first + len(fields)]
        return columns if len(record) == len(array) else columns[record]
    return array[np.ix_(record, np.array(fields))]


def _column(array: Any, record: NDArray[np.int64], field: int) -> Any:
    return array[:, field] if len(record) == len(array) else array[record, field]


def _all_fields(plan: TablePlan, tokens: Tokens, record: NDArray[np.int64]) -> Spans:
    """The spans of the fields that columns are named after, to be changed where a column is made otherwise."""
    if not tokens.start.shape[1]:
        shape = (len(record), len(plan.columns))
        return np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.bool_)
    fields = [
        column.index if column.source == "field" else plan.binds.get(column.field.name, 0)
        for column in plan.columns
    ]
    null = _pick(tokens.state, record, fields) == State.NULL
    return _pick(tokens.start, record, fields).copy(), _pick(tokens.end, record, fields).copy(), null


def _made(
    column: ColumnPlan,
    numbers: Numbers,
    evaluated: Mapping[int, Evaluated],
    lobs: tuple[Columnar, TablePlan],
    source: tuple[Tokens, NDArray[np.int64]],
) -> Evaluated:
    tokens, record = source
    if column.source == "expression":
        return evaluated[column.index]
    if column.source == "recnum":
        return number_spans(numbers.record_no)
    if column.source == "sequence":
        base, increment = numbers.bases[column.column.name]
        return number_spans(base + increment * numbers.step)
    if column.source == "lobfile":
        columnar, table = lobs
        return bytes_spans(columnar.read_lobs(table, column, tokens, (record, numbers.record_no)))
    return constant_spans(column.constant, len(record))
