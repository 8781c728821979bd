"""Chunks into Oracle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import oracledb

from loadstone.books import Checkpoint, Discard, Fence, Reject
from loadstone.errors import FixSpec, Refused
from loadstone.spec import Method
from loadstone.targets.control import DISCARD_COLUMNS, REJECT_COLUMNS, Control, discard_row, reject_row
from loadstone.targets.entering import enter_stepwise
from loadstone.targets.isolate import rows_between
from loadstone.targets.model import ConstraintError, ConstraintRefusal, TableInfo, TableRows
from loadstone.targets.oracle.catalogue import unique_keys
from loadstone.targets.oracle.faults import error_of, is_refusal, number_of, refusal_of, translate
from loadstone.targets.oracle.rows import bind_rows, bind_sizes, find_unstorable
from loadstone.targets.oracle.staged import OracleStaged
from loadstone.targets.oracle.statements import ANY_ROW, is_staged, target_of, write_sql
from loadstone.targets.preparing import empty_tables
from loadstone.targets.staged import StagedTable, refused_in
from loadstone.targets.totals import Measured
from loadstone.telemetry.points import reach

BATCH_ROWS = 10_000
"""Rows of one round trip; the server gives the errors of at most 65,535 rows at once."""


class OracleSession:
    """One connection for chunks; Oracle begins a transaction with its first statement."""

    def __init__(self, connection: Any, prefix: str, charset: str) -> None:
        self._connection, self._prefix, self._charset = connection, prefix, charset
        self._control = Control(self._execute, prefix)
        self._keys_checked: set[tuple[str, tuple[str, ...]]] = set()
        self.staged = OracleStaged(self._execute, prefix, target_of)

    def begin(self) -> None:
        """Nothing is open: the transaction begins with ``check_fence``."""

    def enter(self, fence: Fence, checkpoint: Checkpoint) -> bool:
        """One statement after the other."""
        return enter_stepwise(self, fence, checkpoint)

    def check_fence(self, fence: Fence) -> bool:
        """Lock the fence row: it cannot be raised before this transaction ends."""
        return self._control.holds_fence(fence.load_id, fence.number, lock=" FOR UPDATE")

    def add_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """
        Insert the checkpoint.

        Raises:
            Refused: LS-4003 another process has loaded that chunk.
        """
        try:
            self._control.add_checkpoint(load_id, checkpoint)
        except ConstraintRefusal as refusal:
            raise Refused("LS-4003", f"load {load_id} was taken over by another process") from refusal

    def update_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint."""
        self._control.update_checkpoint(load_id, checkpoint)

    def write(self, rows: TableRows) -> None:
        """
        Insert all rows, a round trip for each batch.

        Rows that are staged go by the direct path, in one call: it takes one statement a table and transaction.
        """
        self._check_key(rows)
        unstorable = find_unstorable(rows, self._charset)
        if unstorable:
            first = unstorable[0]
            raise ConstraintRefusal(first.reason, rule=first.rule, field=first.field, table_no=first.table_no)
        with translate(rows), self._connection.cursor() as cursor:
            step = len(rows.rows) or 1 if is_staged(rows) else BATCH_ROWS
            for start in range(0, len(rows.rows), step):
                cursor.setinputsizes(*bind_sizes(rows))
                cursor.executemany(write_sql(rows), bind_rows(rows, start, start + step))

    def add_rejects(self, load_id: str, rejects: Sequence[Reject], discards: Sequence[Discard]) -> None:
        """Insert reject and discard rows."""
        for table, columns, rows in (
            ("loadstone_reject", REJECT_COLUMNS, [reject_row(load_id, one) for one in rejects]),
            ("loadstone_discard", DISCARD_COLUMNS, [discard_row(load_id, one) for one in discards]),
        ):
            if not rows:
                continue
            places = ", ".join(f":{number}" for number in range(1, len(columns) + 1))
            with translate(), self._connection.cursor() as cursor:
                cursor.executemany(
                    f"INSERT INTO {self._prefix}{table} ({', '.join(columns)}) VALUES ({places})", rows
                )

    def commit(self) -> None:
        """Commit; deferred constraints roll all back here (ORA-02091)."""
        try:
            self._connection.commit()
        except oracledb.Error as error:
            if number_of(error) == 2091:
                raise refusal_of(error, None) from error
            raise error_of(error) from error
        while self.staged.published:
            self.staged.drop_published(*self.staged.published.pop())
            self._connection.commit()

    def stay(self) -> None:
        """Nothing is sent before its turn."""

    def rollback(self) -> None:
        """Give up the transaction; a lost connection has done so by itself."""
        self.staged.published.clear()
        with suppress(oracledb.Error):
            self._connection.rollback()

    def isolate(self, tables: Sequence[TableRows]) -> list[ConstraintError]:
        """
        Find refused records by the driver's batch errors: one pass over a single table.

        With several tables, a record that one refuses may stand in another, and may have claimed a key there;
        then the range is rolled back and done by halves, until no refused record stands anywhere.
        """
        self._execute("SET CONSTRAINTS ALL IMMEDIATE", [])
        errors = [error for table in tables for error in find_unstorable(table, self._charset)]
        errors = list({error.record: error for error in reversed(errors)}.values())
        good = [_without(table, errors) for table in tables]
        records = np.unique(np.concatenate([table.rows.record for table in good])) if good else np.zeros(0)
        self._isolate_range(good, records, errors)
        return errors

    def empty(self, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
        """Check or empty tables; by DELETE, for TRUNCATE would commit."""
        empty_tables(tables, self._execute, quoted=target_of, truncate="DELETE FROM {}", any_row=ANY_ROW)

    def move(self, staged: StagedTable) -> Measured:
        """Copy all rows that wait; columns are not added up."""
        return Measured(rows=self._move(staged, None, None))

    def measure(
        self, staged: StagedTable, *, moving: bool = False, records: Sequence[int] | None = None
    ) -> Measured:
        """Rows that wait, as ``Session`` says."""
        return Measured(rows=self.staged.counted(staged, moving, records))

    def find_refused(
        self, tables: Sequence[StagedTable], begin: Callable[[], None], enough: int | None
    ) -> list[ConstraintError]:
        """Find refused records by savepoints over ranges, in one transaction that is rolled back."""

        def attempt(first: int, last: int) -> None:
            self._execute("SAVEPOINT part", [])
            try:
                for staged in tables:
                    self._move(staged, first, last)
            except ConstraintRefusal:
                self._execute("ROLLBACK TO SAVEPOINT part", [])
                raise

        self.staged.index(tables)
        begin()
        try:
            self._execute("SET CONSTRAINTS ALL IMMEDIATE", [])
            return refused_in(self.staged.span(tables), attempt, enough)
        finally:
            self.rollback()

    def close(self) -> None:
        """Close the connection."""
        with suppress(oracledb.Error):
            self._connection.close()

    # Private methods

    def _execute(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        return run(self._connection, sql, parameters)

    def _check_key(self, rows: TableRows) -> None:
        """
        MERGE takes any columns as a key; those that no unique key covers may mean several rows.

        Raises:
            FixSpec: LS-3023.
        """
        table = rows.table
        if rows.method is not Method.UPSERT or (table.name, rows.key) in self._keys_checked:
            return
        wanted = {name.upper() for name in rows.key}
        known = unique_keys(self._execute, (str(table.schema), table.name))
        if not any({name.upper() for name in one} <= wanted for one in known):
            raise FixSpec(
                "LS-3023",
                f"table {table.name} has no unique key of {', '.join(rows.key)}, so no row can be told apart",
                hints=["name the columns of its primary or unique key under `key`."],
            )
        self._keys_checked.add((table.name, rows.key))

    def _move(self, staged: StagedTable, first: int | None, last: int | None) -> int:
        with translate(staged.blamed()), self._connection.cursor() as cursor:
            cursor.execute(self.staged.move_sql(staged, first, last))
            return int(cursor.rowcount)

    def _isolate_range(
        self, tables: Sequence[TableRows], records: Any, errors: list[ConstraintError]
    ) -> None:
        if not len(records):
            return
        reach("isolating")
        self._execute("SAVEPOINT part", [])
        found: dict[int, ConstraintError] = {}
        standing: set[int] = set()
        for table in rows_between(tables, int(records[0]), int(records[-1])):
            refused = self._write_batches(table)
            standing |= set(table.rows.record[~np.isin(np.arange(len(table.rows)), list(refused))].tolist())
            for row in sorted(refused):
                found.setdefault(refused[row].record, refused[row])
        if not standing & set(found):
            errors += found.values()
            return
        self._execute("ROLLBACK TO SAVEPOINT part", [])
        if len(records) == 1:
            errors += found.values()
            return
        middle = len(records) // 2
        self._isolate_range(tables, records[:middle], errors)
        self._isolate_range(tables, records[middle:], errors)

    def _write_batches(self, rows: TableRows) -> dict[int, ConstraintError]:
        """Insert what the table takes; the errors of the other rows, by row."""
        found: dict[int, ConstraintError] = {}
        with translate(), self._connection.cursor() as cursor:
            for start in range(0, len(rows.rows), BATCH_ROWS):
                cursor.setinputsizes(*bind_sizes(rows))
                cursor.executemany(
                    write_sql(rows), bind_rows(rows, start, start + BATCH_ROWS), batcherrors=True
                )
                for error in cursor.getbatcherrors():
                    if not is_refusal(error):
                        raise error_of(error)
                    row = start + int(error.offset)
                    found[row] = _constraint_error(refusal_of(error, rows), int(rows.rows.record[row]))
        return found


def run(connection: Any, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """
    Run a statement with ``?`` parameters; its rows.

    Raises:
        ConstraintRefusal: A row of our own tables is there already.
    """
    parts = sql.split("?") if parameters else [sql]
    numbered = "".join(f"{part}:{number}" for number, part in enumerate(parts[:-1], 1)) + parts[-1]
    try:
        with connection.cursor() as cursor:
            cursor.execute(numbered, list(parameters))
            return list(cursor.fetchall()) if cursor.description else []
    except oracledb.Error as error:
        if number_of(error) == 1:
            raise refusal_of(error, None) from error
        raise error_of(error) from error


# Private functions


def _constraint_error(refusal: ConstraintRefusal, record: int) -> ConstraintError:
    return ConstraintError(
        record=record,
        table_no=refusal.table_no,
        field=refusal.field,
        rule=refusal.rule,
        code=refusal.code,
        reason=refusal.reason,
    )


def _without(table: TableRows, errors: Sequence[ConstraintError]) -> TableRows:
    gone = np.array([error.record for error in errors], np.int64)
    return replace(table, rows=table.rows.select(~np.isin(table.rows.record, gone)))
