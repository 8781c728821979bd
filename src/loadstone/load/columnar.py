"""What values need beyond the fields: expressions, LOB files, numbers of sequences."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loadstone.formats.model import State, Tokens
from loadstone.load.evaluating import Expressions
from loadstone.load.plan.model import ColumnPlan, LoadPlan, TablePlan
from loadstone.load.values import Evaluated, Failure, bytes_spans
from loadstone.sqlldr.log import lob_message

if TYPE_CHECKING:
    from loadstone.expressions.duckdb.engine import Engine
    from loadstone.expressions.evaluate import Evaluator

LOB_WARNINGS_MAX = 100
"""LOB files that could not be read and are told of."""


class Columnar:
    """
    What values need beyond the record; one serves all workers, with an evaluator for each thread.

    Attributes:
        compiled: Whether kernels run compiled.
        warnings: LOB files that could not be read; such a value is NULL and its row is loaded.
    """

    def __init__(
        self, plan: LoadPlan, sequences: Mapping[str, tuple[int, int]], folder: Path, *, seed: str = ""
    ) -> None:
        """
        Args:
            sequences: Frozen first number and increment by ``"table_no.column"``.
            folder: Where relative names of LOB files count from.
            seed: What SYS_GUID starts from; frozen with the load.
        """
        self._plan, self._sequences, self._folder, self._seed = plan, sequences, folder, seed
        self._local = threading.local()
        self._drawing = threading.Lock()
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
        self, table: TablePlan, tokens: Tokens, record: NDArray[np.int64], record_no: NDArray[np.int64]
    ) -> tuple[dict[int, Evaluated], list[Failure]]:
        """
        What the table's expressions give, by their number, and what failed; those of spans are left out.

        Args:
            record: Index in the chunk. record_no: 1-based number in the load.
        """
        ways = [one.by(compiled=self.compiled) for one in table.expressions]
        if all(way == "spans" for way in ways) or not len(record):
            none = bytes_spans([])
            return {n: none for n, way in enumerate(ways) if way != "spans"}, []
        work = Expressions(self, table, tokens, (record, record_no))
        found = work.by_duckdb([n for n, way in enumerate(ways) if way == "duckdb"])
        found |= {n: work.by_rows(n) for n, way in enumerate(ways) if way == "rows"}
        return found, work.failures

    def select(
        self, table: TablePlan, tokens: Tokens, record: NDArray[np.int64], record_no: NDArray[np.int64]
    ) -> tuple[NDArray[np.bool_], list[Failure]]:
        """For which records the condition of the table's transaction type holds, and for which it fails."""
        assert table.select is not None
        # A table of its own to the evaluators, which are kept by the number of the table.
        own = replace(table, table_no=-1 - table.table_no, columns=(), expressions=(table.select,))
        found, failures = self.evaluate(own, tokens, record, record_no)
        holds = ~found[0][1][2]
        holds[[failure.row for failure in failures]] = False
        return holds, failures

    def check(
        self, table: TablePlan, tokens: Tokens, record: NDArray[np.int64], record_no: NDArray[np.int64]
    ) -> list[Failure]:
        """The values that break a check of their column, and the checks that fail themselves."""
        if not table.checks:
            return []
        own = replace(
            table,
            table_no=-1 - len(self._plan.tables) - table.table_no,
            columns=tuple(
                replace(table.columns[one.column], source="expression", index=number)
                for number, one in enumerate(table.checks)
            ),
            expressions=tuple(one.expression for one in table.checks),
        )
        found, failures = self.evaluate(own, tokens, record, record_no)
        failures = [replace(one, column=table.checks[one.column].column, rule="check") for one in failures]
        for number, one in enumerate(table.checks):
            data, (start, end, null) = found[number]
            for row in np.flatnonzero(~null).tolist():
                rule, asked = one.rules[int(bytes(data[start[row] : end[row]]))]
                message = f"ORA-02290: check constraint ({asked}) violated"
                failures.append(
                    Failure(row=row, column=one.column, code="ORA-02290", message=message, rule=rule)
                )
        return failures

    def evaluator(self, table: TablePlan, number: int) -> Evaluator:
        """This thread's evaluator of an expression."""
        from loadstone.expressions.evaluate import Evaluator

        evaluators: dict[tuple[int, int], Evaluator] = self._local.__dict__.setdefault("evaluators", {})
        key = (table.table_no, number)
        if key not in evaluators:
            evaluators[key] = Evaluator(table.expressions[number].compiled)
        return evaluators[key]

    def engine(self) -> Engine:
        """This thread's DuckDB."""
        from loadstone.expressions.duckdb.engine import Engine

        if not hasattr(self._local, "engine"):
            self._local.engine = Engine()
        engine: Engine = self._local.engine
        return engine

    def next_values(self, sequence: str, rows: int) -> list[int]:
        """Values of a sequence of the target, whose control connection serves one thread at a time."""
        with self._drawing:
            return self._plan.target.next_values(sequence, rows)

    def guids(self, table: TablePlan, record_no: NDArray[np.int64]) -> list[str]:
        """What SYS_GUID gives for records: a digest of the load, the table and the record's number."""
        head = f"{self._seed}/{table.table_no}/".encode()
        made = (hashlib.blake2b(head + b"%d" % number, digest_size=16) for number in record_no.tolist())
        return [one.hexdigest().upper() for one in made]

    def read_lobs(
        self,
        table: TablePlan,
        column: ColumnPlan,
        tokens: Tokens,
        rows: tuple[NDArray[np.int64], NDArray[np.int64]],
    ) -> list[bytes | None]:
        """
        The files that a LOBFILE field names, one a row; NULL where its own NULLIF holds.

        A file that has no name or cannot be read leaves the value empty, which is NULL here, and the log says so.

        Args:
            rows: Index in the chunk and 1-based number in the load of each record.
        """
        own = table.binds.get(column.field.name, -1) if column.field.nullif is not None else -1
        parts: list[bytes | None] = []
        name, found, reason = None, None, ""
        for row, record_no in zip(rows[0].tolist(), rows[1].tolist(), strict=True):
            if own >= 0 and tokens.state[row, own] == State.NULL:
                parts.append(None)
                continue
            wanted = self._lob_name(column, tokens, row)
            if wanted != name:  # a constant is read once
                name, (found, reason) = wanted, self._read_lob(wanted)
            if reason and len(self.warnings) < LOB_WARNINGS_MAX:
                self.warnings.append(lob_message(table.spec, column.conversion.column, record_no, reason))
            parts.append(found)
        return parts

    # Private methods

    def _lob_name(self, column: ColumnPlan, tokens: Tokens, row: int) -> str:
        """The name of a row's file; empty where its field is NULL."""
        if column.index < 0:
            return column.constant
        if tokens.state[row, column.index] == State.NULL:
            return ""
        span = slice(int(tokens.start[row, column.index]), int(tokens.end[row, column.index]))
        return bytes(tokens.buffer[span]).decode("utf-8", "replace")

    def _read_lob(self, name: str) -> tuple[bytes | None, str]:
        """The content of a file, None of an empty one; and why it could not be read."""
        if not name:
            return None, "it has no name"
        name = (self._plan.spec.options.sdf_prefix or "") + name
        for path in (Path(name), self._folder / name):
            try:
                return path.read_bytes() or None, ""
            except OSError as error:
                reason = f"{name}: {error.strerror}"
        return None, reason
