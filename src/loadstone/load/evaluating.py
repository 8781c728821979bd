"""The expressions of a table over the records of a chunk: by DuckDB where it knows, else row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loadstone.datatypes.columns import gather
from loadstone.expressions.model import GUID
from loadstone.formats.model import State, Tokens
from loadstone.load.plan.model import TablePlan
from loadstone.load.values import Evaluated, Failure, Spans, bytes_spans

if TYPE_CHECKING:
    from loadstone.load.columnar import Columnar


class Expressions:
    """
    One run over a chunk.

    Attributes:
        failures: Rows for which an expression fails, so far.
    """

    def __init__(
        self,
        columnar: Columnar,
        table: TablePlan,
        tokens: Tokens,
        records: tuple[NDArray[np.int64], NDArray[np.int64]],
    ) -> None:
        """``records``: index in the chunk, and number in the load."""
        self._columnar, self._table, self._tokens = columnar, table, tokens
        self._record, self._record_no = records
        self._columns = {c.index: n for n, c in enumerate(table.columns) if c.source == "expression"}
        names = sorted({name for one in table.expressions for name in one.compiled.sequences})
        self._drawn = {f"{name}.NEXTVAL": columnar.next_values(name, len(self._record)) for name in names}
        self._guids: list[str] = []
        self._data: bytes | None = None
        self.failures: list[Failure] = []

    def by_duckdb(self, numbers: Sequence[int]) -> dict[int, Evaluated]:
        """Results by number; rows that DuckDB does not know, and all rows if it fails, are computed one by one."""
        if not numbers:
            return {}
        import duckdb

        expressions = [self._table.expressions[number] for number in numbers]
        binds = {name for one in expressions for name in one.compiled.binds}
        try:
            made = self._columnar.engine().run(
                [one.emitted for one in expressions if one.emitted is not None], self._chunk(binds)
            )
        except duckdb.Error:
            return {number: self.by_rows(number) for number in numbers}
        return {
            number: self._mended(number, _spans(made[f"v{place}"]), made[f"k{place}"])
            for place, number in enumerate(numbers)
        }

    def by_rows(self, number: int) -> Evaluated:
        """Results row by row."""
        return self._rows(number, np.arange(len(self._record)))

    # Private methods

    def _rows(self, number: int, rows: NDArray[np.int64]) -> Evaluated:
        """The results of some rows, with their failures noted."""
        evaluator = self._columnar.evaluator(self._table, number)
        inputs = [self._texts(name, rows) for name in evaluator.inputs]
        results = evaluator.evaluate(inputs, len(rows))
        for row, result in zip(rows.tolist(), results, strict=True):
            if not isinstance(result, str | None):
                column = self._columns.get(number, -1)
                self.failures.append(
                    Failure(row=row, column=column, code=result.code, message=result.message)
                )
        return bytes_spans([one.encode() if isinstance(one, str) else None for one in results])

    def _mended(self, number: int, made: Evaluated, known: Any) -> Evaluated:
        """What DuckDB made, with the rows that it does not know put in."""
        unknown = np.flatnonzero(~known.to_numpy().astype(bool))
        if not len(unknown):
            return made
        data, (start, end, null) = made
        more, spans = self._rows(number, unknown)
        start, end, null = start.copy(), end.copy(), null.copy()
        start[unknown], end[unknown], null[unknown] = spans[0] + len(data), spans[1] + len(data), spans[2]
        return np.concatenate([data, more]), (start, end, null)

    def _chunk(self, binds: set[str]) -> Any:
        """The binds and drawn numbers as an Arrow table."""
        import pyarrow as pa

        columns: dict[str, Any] = {name: self._arrow(name) for name in sorted(binds)}
        columns |= {name: pa.array(values, pa.int64()) for name, values in self._drawn.items()}
        return pa.table(columns or {"row": pa.nulls(len(self._record))})

    def _arrow(self, name: str) -> Any:
        import pyarrow as pa

        if name == GUID:
            return pa.array(self._all_guids(), pa.string())
        start, end, null = self._field(name, self._record)
        return gather(
            self._tokens.buffer,
            (start, end, null | (start == end)),
            pa.string(),
            compiled=self._columnar.compiled,
        )

    def _all_guids(self) -> list[str]:
        self._guids = self._guids or self._columnar.guids(self._table, self._record_no)
        return self._guids

    def _field(self, name: str, record: NDArray[np.int64]) -> Spans:
        tokens, field = self._tokens, self._table.binds[name]
        null = tokens.state[record, field] == State.NULL
        return tokens.start[record, field], tokens.end[record, field], null

    def _texts(self, name: str, rows: NDArray[np.int64]) -> list[str | None]:
        """The texts of a bind, or a sequence's values, for some rows; None where it is NULL."""
        if name in self._drawn:
            return [str(self._drawn[name][row]) for row in rows.tolist()]
        if name == GUID:
            guids = self._all_guids()
            return [guids[row] for row in rows.tolist()]
        if self._data is None:
            self._data = self._tokens.buffer.tobytes()
        data = self._data
        spans = zip(*(part.tolist() for part in self._field(name, self._record[rows])), strict=True)
        return [None if null or start == end else data[start:end].decode() for start, end, null in spans]


# Private functions


def _spans(column: Any) -> Evaluated:
    """A text column of Arrow as bytes and spans, without copying."""
    import pyarrow as pa

    array = column.combine_chunks()
    wide = pa.types.is_large_string(array.type)
    _, offsets, data = array.buffers()
    stored: NDArray[Any] = np.frombuffer(offsets, np.int64 if wide else np.int32)
    ends = stored[array.offset : array.offset + len(array) + 1].astype(np.int64)
    null: NDArray[np.bool_] = array.is_null().to_numpy(zero_copy_only=False)
    texts = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return texts, (ends[:-1], ends[1:], null | (ends[:-1] == ends[1:]))
