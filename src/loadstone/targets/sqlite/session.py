"""Chunks into SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from loadstone.books import Checkpoint, Discard, Fence, Reject
from loadstone.errors import Refused
from loadstone.spec import Method
from loadstone.targets.control import DISCARD_COLUMNS, REJECT_COLUMNS, Control, discard_row, reject_row
from loadstone.targets.entering import enter_stepwise
from loadstone.targets.isolate import isolate_by_halves
from loadstone.targets.model import (
    ConstraintError,
    ConstraintRefusal,
    TableInfo,
    TableRows,
    dropped,
    refuse_dropped,
)
from loadstone.targets.preparing import empty_tables
from loadstone.targets.sqlite.faults import orphan, translate
from loadstone.targets.staged import StagedSql, StagedTable, refused_in, returning
from loadstone.targets.totals import Measured, Total, measured_rows

BATCH_ROWS = 10_000


class SqliteSession:
    """One connection for chunks."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._control = Control(self._execute)
        self.staged = StagedSql(self._execute, "", _named)

    def begin(self) -> None:
        """BEGIN IMMEDIATE: the only writer from here on."""
        self._execute("BEGIN IMMEDIATE", [])

    def enter(self, fence: Fence, checkpoint: Checkpoint) -> bool:
        """One statement after the other."""
        return enter_stepwise(self, fence, checkpoint)

    def check_fence(self, fence: Fence) -> bool:
        """A plain read; the transaction excludes other writers."""
        return self._control.holds_fence(fence.load_id, fence.number)

    def add_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Insert the checkpoint."""
        self._control.add_checkpoint(load_id, checkpoint)

    def update_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint."""
        self._control.update_checkpoint(load_id, checkpoint)

    def write(self, rows: TableRows) -> None:
        """Insert all rows, in batches that bound memory."""
        sql = insert_sql(rows)
        batch = rows.rows.batch  # type: ignore[attr-defined]
        stored = 0
        with translate(rows):
            for start in range(0, len(rows.rows), BATCH_ROWS):
                part = batch.slice(start, BATCH_ROWS)
                columns = [column.to_pylist() for column in part.columns]
                stored += self._connection.executemany(sql, zip(*columns, strict=True)).rowcount
        if "DO NOTHING" not in sql:
            refuse_dropped(rows, stored)

    def add_rejects(self, load_id: str, rejects: Sequence[Reject], discards: Sequence[Discard]) -> None:
        """Insert reject and discard rows."""
        with translate():
            self._connection.executemany(
                _control_insert("loadstone_reject", REJECT_COLUMNS),
                [reject_row(load_id, one) for one in rejects],
            )
            self._connection.executemany(
                _control_insert("loadstone_discard", DISCARD_COLUMNS),
                [discard_row(load_id, one) for one in discards],
            )

    def commit(self) -> None:
        """Commit; deferred foreign keys are refused here."""
        try:
            with translate():
                self._connection.execute("COMMIT")
        except Refused as error:
            raise ConstraintRefusal("a deferred foreign key has no parent", rule="foreign_key") from error

    def stay(self) -> None:
        """A file ends no session."""

    def rollback(self) -> None:
        """Give up the transaction."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def isolate(self, tables: Sequence[TableRows]) -> list[ConstraintError]:
        """Find refused records by savepoints; deferred foreign keys are checked at once."""
        return isolate_by_halves(tables, partial(self._attempt, self._orphans_of_deferred(tables)))

    def empty(self, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
        """Check or empty tables."""
        empty_tables(tables, self._execute, quoted=_named, truncate="DELETE FROM {}")

    def move(self, staged: StagedTable) -> Measured:
        """Copy all rows that wait."""
        return self._move(staged, None, None, staged.totals)

    def measure(
        self, staged: StagedTable, *, moving: bool = False, records: Sequence[int] | None = None
    ) -> Measured:
        """Rows that wait, as ``Session`` says."""
        if not staged.totals:
            return Measured(rows=self.staged.counted(staged, moving, records))
        with translate():
            rows = self._connection.execute(self.staged.totals_sql(staged, moving, records))
            return measured_rows(rows, staged.totals)

    def find_refused(
        self, tables: Sequence[StagedTable], begin: Callable[[], None], enough: int | None
    ) -> list[ConstraintError]:
        """Find refused records by savepoints over ranges, in one transaction that is rolled back."""

        def attempt(first: int, last: int) -> None:
            with self._savepoint():
                for staged in tables:
                    self._move(staged, first, last)

        begin()
        try:
            self.staged.index(tables)
            return refused_in(self.staged.span(tables), attempt, enough)
        finally:
            self.rollback()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    # Private methods

    def _execute(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        with translate():
            return self._connection.execute(sql, parameters).fetchall()

    def _move(
        self, staged: StagedTable, first: int | None, last: int | None, totals: Sequence[Total] = ()
    ) -> Measured:
        statement = self.staged.move_sql(staged, first, last)
        with translate(staged.blamed()):
            if totals:
                moved = measured_rows(self._connection.execute(statement + returning(totals)), totals)
            else:
                moved = Measured(rows=self._connection.execute(statement).rowcount)
        if moved.rows < self.staged.expected(staged, first, last):
            raise dropped(staged.table_no)
        return moved

    def _attempt(self, orphans: dict[str, int], tables: Sequence[TableRows]) -> None:
        with self._savepoint():
            for table in tables:
                self.write(table)
            for table in tables:
                name = table.table.name
                if name in orphans and self._orphans(name) > orphans[name]:
                    raise orphan(table)

    def _orphans_of_deferred(self, tables: Sequence[TableRows]) -> dict[str, int]:
        """Rows without a parent so far, of the tables whose foreign keys wait for the COMMIT."""
        sql = "SELECT 1 FROM sqlite_master WHERE name = ? AND sql LIKE '%INITIALLY DEFERRED%'"
        names = {table.table.name for table in tables}
        return {name: self._orphans(name) for name in names if self._execute(sql, [name])}

    def _orphans(self, table: str) -> int:
        return len(self._execute(f"PRAGMA foreign_key_check({_quote(table)})", []))

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        """A refusal inside leaves the transaction as it was before."""
        self._execute("SAVEPOINT part", [])
        try:
            yield
        except ConstraintRefusal:
            self._execute("ROLLBACK TO part", [])
            raise
        finally:
            if self._connection.in_transaction:
                self._execute("RELEASE part", [])


def insert_sql(rows: TableRows) -> str:
    """The INSERT of a table; with a key, an upsert."""
    names = ", ".join(_quote(name) for name in rows.columns)
    places = ", ".join("?" for _ in rows.columns)
    sql = f"INSERT INTO {_quote(rows.table.name)} ({names}) VALUES ({places})"
    if rows.method is not Method.UPSERT:
        return sql
    key = {name.upper() for name in rows.key}
    changed = [name for name in rows.columns if name.upper() not in key]
    action = "DO UPDATE SET " + ", ".join(f"{_quote(n)} = excluded.{_quote(n)}" for n in changed)
    return (
        f"{sql} ON CONFLICT ({', '.join(_quote(n) for n in rows.key)}) {action if changed else 'DO NOTHING'}"
    )


# Private functions


def _named(table: TableInfo) -> str:
    return _quote(table.name)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _control_insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' for _ in columns)})"
