"""The texts of a table's columns for the records that go into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loadstone.datatypes.model import Values
from loadstone.formats.model import State, Tokens
from loadstone.load.plan.model import ColumnPlan, TablePlan

if TYPE_CHECKING:
    from loadstone.load.columnar import Columnar

Spans = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]
"""Starts, ends and NULL flags of one column; spans count within the column's own bytes."""


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
    """The values of any table, and the rows whose expressions fail."""
    evaluated, failures = columnar.evaluate(plan, tokens, record)
    buffers, at = [tokens.buffer], len(tokens.buffer)
    shape = (len(record), len(plan.columns))
    values = Values(
        buffer=tokens.buffer,
        start=np.zeros(shape, np.int64),
        end=np.zeros(shape, np.int64),
        null=np.zeros(shape, np.bool_),
        record=record,
    )
    for number, column in enumerate(plan.columns):
        if column.source == "field":
            spans = _field_spans(tokens, record, column.index)
        else:
            data, spans = _made(column, plan, numbers, evaluated, columnar, tokens, record)
            spans = (spans[0] + at, spans[1] + at, spans[2])
            buffers.append(data)
            at += len(data)
        values.start[:, number], values.end[:, number], values.null[:, number] = spans
    values.buffer = np.concatenate(buffers) if len(buffers) > 1 else tokens.buffer
    return values, failures


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An expression that failed for one row: row in the values, column in the plan, Oracle's words."""

    row: int
    column: int
    code: str
    message: str


def constant_spans(text: str, rows: int) -> tuple[NDArray[np.uint8], Spans]:
    """One text for all rows; an empty one is NULL."""
    data = np.frombuffer(text.encode(), np.uint8)
    start = np.zeros(rows, np.int64)
    return data, (start, start + len(data), np.full(rows, len(data) == 0))


def number_spans(numbers: NDArray[np.int64]) -> tuple[NDArray[np.uint8], Spans]:
    """Integers as decimal text."""
    texts = numbers.astype("S21")
    start = np.arange(len(texts), dtype=np.int64) * 21
    length = np.char.str_len(texts).astype(np.int64)
    return texts.view(np.uint8).reshape(-1), (start, start + length, np.zeros(len(texts), np.bool_))


def bytes_spans(parts: Sequence[bytes | None]) -> tuple[NDArray[np.uint8], Spans]:
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


def _field_spans(tokens: Tokens, record: NDArray[np.int64], field: int) -> Spans:
    return tokens.start[record, field], tokens.end[record, field], tokens.state[record, field] == State.NULL


def _made(
    column: ColumnPlan,
    plan: TablePlan,
    numbers: Numbers,
    evaluated: list[tuple[NDArray[np.uint8], Spans]],
    columnar: Columnar,
    tokens: Tokens,
    record: NDArray[np.int64],
) -> tuple[NDArray[np.uint8], Spans]:
    if column.source == "expression":
        return evaluated[column.index]
    if column.source == "recnum":
        return number_spans(numbers.record_no)
    if column.source == "sequence":
        base, increment = numbers.bases[column.column.name]
        return number_spans(base + increment * numbers.step)
    if column.source == "lobfile":
        return bytes_spans(columnar.read_lobs(column, tokens, record))
    return constant_spans(column.constant, len(record))
