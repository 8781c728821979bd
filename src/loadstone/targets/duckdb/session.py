"""Chunks into DuckDB. There are no savepoints: refused records are found in trials that are rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from loadstone.books import Checkpoint, Discard, Fence, Reject
from loadstone.errors import Refused
from loadstone.spec import Method
from loadstone.targets.control import (
    DISCARD_COLUMNS,
    REJECT_COLUMNS,
    Control,
    discard_row,
    reject_row,
    stored_counts,
)
from loadstone.targets.duckdb.faults import translate
from loadstone.targets.duckdb.isolate import isolate_by_trials
from loadstone.targets.duckdb.memory import forget_blocks, free_threads
from loadstone.targets.duckdb.staged import find_staged_refusals
from loadstone.targets.duckdb.suspects import without
from loadstone.targets.entering import enter_stepwise
from loadstone.targets.model import ConstraintError, ConstraintRefusal, TableInfo, TableRows
from loadstone.targets.preparing import empty_tables
from loadstone.targets.refused import PAGE_ROWS
from loadstone.targets.staged import StagedSql, StagedTable, returning
from loadstone.targets.totals import Measured, measured_table

Record = TypeVar("Record", Reject, Discard)


class DuckdbSession:
    """One cursor for chunks."""

    def __init__(self, cursor: Any, prefix: str) -> None:
        self.cursor, self._prefix = cursor, prefix
        self._control = Control(self._execute, prefix)
        self.staged = StagedSql(self._execute, prefix, quoted)
        self._opened: tuple[Fence, list[tuple[str, Checkpoint]]] | None = None

    def begin(self) -> None:
        """Start a transaction."""
        self.rollback()
        self._execute("BEGIN TRANSACTION", [])
        self._opened = None

    def enter(self, fence: Fence, checkpoint: Checkpoint) -> bool:
        """One statement after the other."""
        return enter_stepwise(self, fence, checkpoint)

    def check_fence(self, fence: Fence) -> bool:
        """The beat must hit the fence row, which makes a second writer fail."""
        self._execute(
            f"UPDATE {self._prefix}loadstone_fence SET beat = beat + 1 WHERE load_id = ? AND fence_no = ?",
            [fence.load_id, fence.number],
        )
        self._opened = (fence, [])
        return self._control.holds_fence(fence.load_id, fence.number)

    def add_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Insert the checkpoint."""
        self._control.add_checkpoint(load_id, checkpoint)
        if self._opened is not None:
            self._opened[1].append((load_id, checkpoint))

    def update_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Replace counts in place: DuckDB cannot delete and insert one key in a transaction."""
        import json

        self._execute(
            f"UPDATE {self._prefix}loadstone_chunk SET unit1 = ?, records = ?, sha256 = ?, counts = ?, sequences = ?,"
            " stopped = ? WHERE load_id = ? AND input_no = ? AND unit0 = ?",
            [
                checkpoint.unit1,
                checkpoint.records,
                checkpoint.sha256,
                stored_counts(checkpoint.counts),
                json.dumps(checkpoint.sequences),
                checkpoint.stopped,
                load_id,
                checkpoint.input_no,
                checkpoint.unit0,
            ],
        )

    def write(self, rows: TableRows) -> None:
        """Insert Arrow rows."""
        if not len(rows.rows):
            return
        self.cursor.register("loadstone_batch", rows.rows.batch)  # type: ignore[attr-defined]
        with translate("", rows):
            self.cursor.execute(insert_sql(rows, "loadstone_batch"))
        # What is registered lives: it would take room beside the rows of the next chunk.
        self.cursor.unregister("loadstone_batch")

    def add_rejects(self, load_id: str, rejects: Sequence[Reject], discards: Sequence[Discard]) -> None:
        """Insert reject and discard rows, as Arrow."""
        for page in _pages(rejects):
            self._insert("loadstone_reject", REJECT_COLUMNS, [reject_row(load_id, one) for one in page])
        for dropped in _pages(discards):
            self._insert("loadstone_discard", DISCARD_COLUMNS, [discard_row(load_id, one) for one in dropped])

    def commit(self) -> None:
        """Commit; unique keys may be refused here."""
        try:
            with translate(""):
                self.cursor.execute("COMMIT")
        except Refused as error:
            raise ConstraintRefusal("a key is taken") from error
        forget_blocks(self.cursor)

    def stay(self) -> None:
        """A file ends no session."""

    def rollback(self) -> None:
        """Give up the transaction."""
        import duckdb

        try:
            self.cursor.execute("ROLLBACK")
        except duckdb.Error:
            return

    def isolate(self, tables: Sequence[TableRows]) -> list[ConstraintError]:
        """
        Find the refused records set-wise, then by trials for what sets cannot tell, and write the rest.

        An error ends DuckDB's transaction, so every trial begins anew with fence and checkpoint.
        """
        opened = self._opened
        return isolate_by_trials(self, tables, lambda: self._reopen(opened))

    def empty(self, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
        """Check or empty tables."""
        empty_tables(tables, self._execute, quoted=quoted, truncate="DELETE FROM {}")

    def move(self, staged: StagedTable) -> Measured:
        """Copy all rows that wait."""
        free_threads(self.cursor)
        statement = self.staged.move_sql(staged, None, None)
        with translate("", staged.blamed()):
            if staged.totals:
                stored = self.cursor.sql(statement + returning(staged.totals)).to_arrow_table()
                return measured_table(stored, staged.totals)
            return Measured(rows=int(self.cursor.execute(statement).fetchone()[0]))

    def measure(
        self, staged: StagedTable, *, moving: bool = False, records: Sequence[int] | None = None
    ) -> Measured:
        """Rows that wait, as ``Session`` says."""
        if not staged.totals:
            return Measured(rows=self.staged.counted(staged, moving, records))
        with translate(""):
            rows = self.cursor.sql(self.staged.totals_sql(staged, moving, records)).to_arrow_table()
        return measured_table(rows, staged.totals)

    def move_part(self, staged: StagedTable, last: int | None, gone: Mapping[int, Any]) -> None:
        """Copy the rows of records up to ``last`` (all for None) but those ``gone``."""
        first = None if last is None else 0
        with translate("", staged.blamed()):
            self.cursor.execute(self.staged.move_sql(staged, first, last, without(list(gone))))

    def find_refused(
        self, tables: Sequence[StagedTable], begin: Callable[[], None], enough: int | None
    ) -> list[ConstraintError]:
        """Set-wise, then by trials."""
        free_threads(self.cursor)
        return find_staged_refusals(self, tables, begin, enough)

    def close(self) -> None:
        """Close the cursor."""
        self.cursor.close()

    # Private methods

    def _execute(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        with translate(""):
            result = self.cursor.execute(sql, parameters)
            return result.fetchall() if result.description else []

    def _insert(self, name: str, columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
        import pyarrow as pa

        if not rows:
            return
        table = pa.table(
            dict(zip(columns, (list(values) for values in zip(*rows, strict=True)), strict=True))
        )
        self.cursor.register("loadstone_rows", table)
        with translate(""):
            self.cursor.execute(f"INSERT INTO {self._prefix}{name} SELECT * FROM loadstone_rows")
        self.cursor.unregister("loadstone_rows")

    def _reopen(self, opened: tuple[Fence, list[tuple[str, Checkpoint]]] | None) -> None:
        self.begin()
        if opened is not None:
            self.check_fence(opened[0])
            for load_id, checkpoint in opened[1]:
                self.add_checkpoint(load_id, checkpoint)


def quoted(table: TableInfo) -> str:
    """The table's name in SQL."""
    names = [table.schema, table.name] if table.schema else [table.name]
    return ".".join('"' + str(name).replace('"', '""') + '"' for name in names)


def insert_sql(rows: TableRows, source: str) -> str:
    """INSERT ... SELECT from a registered batch; with a key, an upsert in which the last row of a key wins."""
    names = ", ".join(_quote(name) for name in rows.columns)
    parts = ", ".join(f"c{number}" for number in range(len(rows.columns)))
    sql = f"INSERT INTO {quoted(rows.table)} ({names}) SELECT {parts} FROM {source}"
    if rows.method is not Method.UPSERT:
        return sql
    key = {name.upper() for name in rows.key}
    keys = ", ".join(f"c{n}" for n, name in enumerate(rows.columns) if name.upper() in key)
    last = f"(SELECT *, row_number() OVER () AS n FROM {source}) QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY n DESC) = 1"
    changed = ", ".join(f"{_quote(n)} = excluded.{_quote(n)}" for n in rows.columns if n.upper() not in key)
    action = f"DO UPDATE SET {changed}" if changed else "DO NOTHING"
    return (
        f"INSERT INTO {quoted(rows.table)} ({names}) SELECT {parts} FROM {last}"
        f" ON CONFLICT ({', '.join(_quote(name) for name in rows.key)}) {action}"
    )


# Private functions


def _pages(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """Records by ``PAGE_ROWS``: a row of each takes as much room again."""
    for start in range(0, len(records), PAGE_ROWS):
        yield records[start : start + PAGE_ROWS]


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
