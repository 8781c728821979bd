"""The columnar lane: fields as Arrow columns through expressions; LOB files and sequence numbers."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loadstone.datatypes.columns import gather
from loadstone.formats.model import State, Tokens
from loadstone.load.plan.model import ColumnPlan, LoadPlan, TablePlan
from loadstone.load.values import Failure, Spans

if TYPE_CHECKING:
    from loadstone.expressions.evaluate import Evaluator


class Columnar:
    """
    What values need beyond the record; one serves all workers, with an evaluator for each thread.

    Attributes:
        warnings: LOB files that could not be read; such a value is NULL and its row is loaded.
    """

    def __init__(self, plan: LoadPlan, sequences: Mapping[str, tuple[int, int]], folder: Path) -> None:
        """
        Args:
            sequences: Frozen first number and increment by ``"table_no.column"``.
            folder: Where relative names of LOB files count from.
        """
        self._plan, self._sequences, self._folder = plan, sequences, folder
        self._local = threading.local()
        self.warnings: list[str] = []

    def bases(self, table: TablePlan) -> dict[str, tuple[int, int]]:
        """First number and increment of each SEQUENCE column."""
        return {
            column.column.name: self._sequences[f"{table.table_no}.{column.column.name}"]
            for column in table.columns
            if column.source == "sequence"
        }

    def evaluate(
        self, table: TablePlan, tokens: Tokens, record: NDArray[np.int64]
    ) -> tuple[list[tuple[NDArray[np.uint8], Spans]], list[Failure]]:
        """The texts that the table's expressions give, and what failed."""
        if not table.expressions:
            return [], []
        used = {name for expression in table.expressions for name in expression.binds}
        binds = {name: self._texts(tokens, record, table.binds[name]) for name in sorted(used)}
        result = self._evaluator(table).evaluate(
            binds, rows=len(record), extra=self._extra(table, len(record))
        )
        column_of = {c.index: n for n, c in enumerate(table.columns) if c.source == "expression"}
        failures = [
            Failure(row=f.row, column=column_of[f.expression_no], code=f.ora_code, message=f.message)
            for f in result.failures
        ]
        return [_spans(column) for column in result.columns], failures

    def read_lobs(self, column: ColumnPlan, tokens: Tokens, record: NDArray[np.int64]) -> list[bytes | None]:
        """The files that a LOBFILE field names, one a row."""
        if column.index < 0:
            return [self._read_lob(column.constant)] * len(record)
        parts: list[bytes | None] = []
        for row in record.tolist():
            if tokens.state[row, column.index] == State.NULL:
                parts.append(None)
                continue
            span = slice(int(tokens.start[row, column.index]), int(tokens.end[row, column.index]))
            parts.append(self._read_lob(bytes(tokens.buffer[span]).decode("utf-8", "replace")))
        return parts

    # Private methods

    def _read_lob(self, name: str) -> bytes | None:
        for path in (Path(name), self._folder / name):
            try:
                return path.read_bytes() or None
            except OSError as error:
                reason = error.strerror
        if len(self.warnings) < 100:
            self.warnings.append(f"LOB file {name} cannot be read: {reason}; the column is NULL")
        return None

    def _texts(self, tokens: Tokens, record: NDArray[np.int64], field: int) -> Any:
        start, end = tokens.start[record, field], tokens.end[record, field]
        null = tokens.state[record, field] == State.NULL
        import pyarrow as pa

        return gather(tokens.buffer, (start, end, null), pa.string(), compiled=self._plan.compiled)

    def _evaluator(self, table: TablePlan) -> Evaluator:
        from loadstone.expressions.evaluate import Evaluator

        evaluators: dict[int, Evaluator] = self._local.__dict__.setdefault("evaluators", {})
        if table.table_no not in evaluators:
            evaluators[table.table_no] = Evaluator(table.expressions)
        return evaluators[table.table_no]

    def _extra(self, table: TablePlan, rows: int) -> dict[str, Any]:
        names = sorted({name for expression in table.expressions for name in expression.sequences})
        if not names:
            return {}
        import pyarrow as pa

        return {name: pa.array(self._plan.target.next_values(name, rows), pa.int64()) for name in names}


# Private functions


def _spans(column: Any) -> tuple[NDArray[np.uint8], Spans]:
    """A text column of Arrow as bytes and spans, without copying."""
    import pyarrow as pa

    wide = pa.types.is_large_string(column.type)
    _, offsets, data = column.buffers()
    stored: NDArray[Any] = np.frombuffer(offsets, np.int64 if wide else np.int32)
    ends = stored[column.offset : column.offset + len(column) + 1].astype(np.int64)
    null: NDArray[np.bool_] = column.is_null().to_numpy(zero_copy_only=False)
    texts = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return texts, (ends[:-1], ends[1:], null | (ends[:-1] == ends[1:]))
