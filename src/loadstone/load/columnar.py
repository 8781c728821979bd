"""What values need beyond the fields: expressions row by row, LOB files, numbers of sequences."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loadstone.formats.model import State, Tokens
from loadstone.load.plan.model import ColumnPlan, LoadPlan, TablePlan
from loadstone.load.values import Evaluated, Failure, bytes_spans

if TYPE_CHECKING:
    from loadstone.expressions.evaluate import Evaluator


class Columnar:
    """
    What values need beyond the record; one serves all workers, with an evaluator for each thread.

    Attributes:
        compiled: Whether kernels run compiled.
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
        self.compiled = plan.compiled
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
    ) -> tuple[dict[int, Evaluated], list[Failure]]:
        """What the table's expressions give, by their number, and what failed; those of spans are left out."""
        found: dict[int, Evaluated] = {}
        failures: list[Failure] = []
        column_of = {c.index: n for n, c in enumerate(table.columns) if c.source == "expression"}
        wanted = [n for n, one in enumerate(table.expressions) if one.spans is None]
        if not wanted:
            return found, failures
        texts = self._texts(table, wanted, tokens, record)
        for number in wanted:
            evaluator = self._evaluator(table, number)
            results = evaluator.evaluate([texts[name] for name in evaluator.inputs], len(record))
            failures += [
                Failure(row=row, column=column_of[number], code=result.code, message=result.message)
                for row, result in enumerate(results)
                if not isinstance(result, str | None)
            ]
            found[number] = bytes_spans([one.encode() if isinstance(one, str) else None for one in results])
        return found, failures

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

    def _texts(
        self, table: TablePlan, wanted: list[int], tokens: Tokens, record: NDArray[np.int64]
    ) -> dict[str, list[str | None]]:
        """Texts of the binds and values of the sequences that expressions use, by name."""
        compiled = [table.expressions[number].compiled for number in wanted]
        texts = {
            name: texts_of(tokens, record, table.binds[name])
            for name in sorted({name for one in compiled for name in one.binds})
        }
        for name in sorted({name for one in compiled for name in one.sequences}):
            drawn = self._plan.target.next_values(name, len(record)) if len(record) else []
            texts[f"{name}.NEXTVAL"] = [str(value) for value in drawn]
        return texts

    def _evaluator(self, table: TablePlan, number: int) -> Evaluator:
        from loadstone.expressions.evaluate import Evaluator

        evaluators: dict[tuple[int, int], Evaluator] = self._local.__dict__.setdefault("evaluators", {})
        key = (table.table_no, number)
        if key not in evaluators:
            evaluators[key] = Evaluator(table.expressions[number].compiled)
        return evaluators[key]


# Private functions


def texts_of(tokens: Tokens, record: NDArray[np.int64], field: int) -> list[str | None]:
    """The texts of a field; None where it is NULL."""
    data = tokens.buffer.tobytes()
    null = tokens.state[record, field] == State.NULL
    spans = zip(
        tokens.start[record, field].tolist(),
        tokens.end[record, field].tolist(),
        null.tolist(),
        strict=True,
    )
    return [None if absent or start == end else data[start:end].decode() for start, end, absent in spans]
