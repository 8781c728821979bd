"""The DuckDB target: a file, one process, one writer."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Literal

from loadstone.books import Fence, LoadReceipt
from loadstone.spec import Method, TableName
from loadstone.targets.control import Control, create_control, taken_over
from loadstone.targets.duckdb.catalogue import read_table, table_names
from loadstone.targets.duckdb.faults import translate
from loadstone.targets.duckdb.memory import bound_closing, bound_writing
from loadstone.targets.duckdb.session import DuckdbSession, quoted
from loadstone.targets.holder import hold_file
from loadstone.targets.lookups import LookupQuery, lookup_sql
from loadstone.targets.model import Claimant, TableInfo
from loadstone.targets.names import match_name, match_schema, quote_name
from loadstone.targets.preparing import empty_tables
from loadstone.targets.refused import StoredRecords
from loadstone.targets.stored import StoredLoads
from loadstone.targets.upgrade import Known, columns_by_table, upgrade
from loadstone.targets.urls import file_of
from loadstone.telemetry.points import reach

TYPES = {"text": "VARCHAR", "long": "VARCHAR", "int": "BIGINT", "bytes": "BLOB"}
COLUMNS = (
    "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = current_database()"
    " AND schema_name = coalesce(?, current_schema()) AND table_name LIKE 'loadstone%'"
)
"""The control tables that are there, a row for each column."""


_MAKING = threading.Lock()
"""One thread of this process makes control tables at a time; other processes are kept out of the file by DuckDB."""


class DuckdbTarget(StoredLoads):
    """A DuckDB file as a target."""

    kind: Literal["duckdb"] = "duckdb"
    ddl = "duckdb"
    form: Literal["arrow"] = "arrow"
    sessions_max = 1
    chunk_size_bytes = 17 << 20
    """A row group of 122,880 rows and more, of which a whole one goes straight to disk."""

    def __init__(self, url: str, control_schema: str | None = None, *, read_only: bool = False) -> None:
        """``control_schema`` is made where it is missing."""
        import duckdb

        self.url = url
        self.path = file_of(url)
        if not read_only:
            _remove_stillborn(self.path)
        with translate(self.path):
            self._connection = duckdb.connect(self.path, read_only=read_only)
            self._connection.execute("SET preserve_insertion_order = true")
        self._release: Callable[[], None] | None = None
        self._schema = control_schema
        self._prefix = f"{quote_name(control_schema)}." if control_schema else ""

    def open(self) -> DuckdbSession:
        """A new session for chunks, on a cursor of its own."""
        bound_writing(self._connection)
        return DuckdbSession(self._connection.cursor(), self._prefix)

    def find_table(self, table: TableName, schema_map: dict[str, str]) -> TableInfo | None:
        """The table in its schema, or in the current one where the target has no such schema."""
        known = table_names(self._connection)
        schemas = [
            row[0]
            for row in self._execute(
                "SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database()", []
            )
        ]
        schema = match_schema(table, schema_map, schemas, self.url)
        if schema is None:
            schema = self._execute("SELECT current_schema()", [])[0][0]
        name = match_name(
            table.name, [n for s, n in known if s == schema], quoted=table.name_quoted, what="table"
        )
        return read_table(self._connection, schema, name) if name is not None else None

    def run_ddl(self, statements: Sequence[str]) -> None:
        """Run CREATE statements."""
        for statement in statements:
            self._execute(statement, [])

    def init_sql(self, role: str | None = None) -> list[str]:
        """The statements that make the control tables; there are no roles."""
        made = [f"CREATE SCHEMA IF NOT EXISTS {quote_name(self._schema)}"] if self._schema else []
        return made + create_control(TYPES, self._prefix)

    def init_control(self) -> None:
        """
        Make the control tables where they are missing, and change those of an earlier version.

        Raises:
            Refused: LS-3009 they are too old.
        """
        with _MAKING:  # two threads that make one table do not wait for each other in DuckDB: one is refused
            self.run_ddl(self.init_sql())
            upgrade(self._control_columns, TYPES, self._prefix, self.run_ddl)
            self._of_this_version = True

    def hold(self, load_id: str, *, take_over: Claimant | None = None) -> Callable[[], None]:
        """Lock ``<file>.holder`` until ``close``, for DuckDB keeps other processes out of the file that long."""
        self._let_go()
        self._release = hold_file(self.path, load_id)
        return lambda: None

    def raise_fence(self, load_id: str, claimant: Claimant, *, again: bool = False) -> Fence:
        """One process has the file, so no older session can be alive."""
        number = 0

        def claim() -> None:
            nonlocal number
            number = self._control.claim(load_id, claimant, again=again)

        self._transaction(claim)
        reach("claimed")
        self._transaction(lambda: self._control.raise_fence(load_id, number, claimant))
        return Fence(load_id=load_id, partition=0, number=number)

    def prepare(
        self, fence: Fence, frozen: dict[str, Any], tables: Sequence[tuple[int, TableInfo, Method]]
    ) -> None:
        """Chunk 0."""

        def work() -> None:
            if self._control.is_prepared(fence.load_id):
                return
            if not self._control.holds_fence(fence.load_id, fence.number):
                raise taken_over(fence.load_id)
            empty_tables(tables, self._execute, quoted=quoted, truncate="DELETE FROM {}")
            self._control.set_prepared(fence.load_id, frozen)

        self._transaction(work)

    @property
    def refused(self) -> StoredRecords:
        """Rejects and discards, page by page."""
        return StoredRecords(self._execute, self._columns_to_read, self._prefix)

    def check_rights(self, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
        """A file has no rights but its own, which opening it has shown."""

    def finish(self, fence: Fence, status: Literal["stopped", "complete"], receipt: LoadReceipt) -> None:
        """Store status and receipt."""
        self._transaction(lambda: self._control.finish(fence, status, receipt))

    def sequence_base(self, table: TableInfo, column: str, base: Literal["count", "max"]) -> int:
        """COUNT(*) or MAX(column)."""
        what = "count(*)" if base == "count" else f'max("{column}")'
        return int(self._execute(f"SELECT coalesce({what}, 0) FROM {quoted(table)}", [])[0][0])

    def look_up(self, query: LookupQuery) -> list[tuple[Any, ...]]:
        """The rows of a lookup."""
        return self._execute(lookup_sql(query, quoted), [])

    def ask(self, query: str) -> Any:
        """The one value that ``query`` gives; None when it gives no row."""
        rows = self._execute(query, [])
        return rows[0][0] if rows else None

    def next_values(self, sequence: str, count: int) -> list[int]:
        """Values of a native sequence, made when missing."""
        name = sequence.rpartition(".")[2].lower().replace('"', "")
        known = [row[0] for row in self._execute("SELECT sequence_name FROM duckdb_sequences()", [])]
        found = match_name(name, known, quoted=False, what="sequence")
        if found is None:
            self._execute(f'CREATE SEQUENCE "{name}"', [])
            found = name
        return [row[0] for row in self._execute(f"SELECT nextval('\"{found}\"') FROM range(?)", [count])]

    def close(self) -> None:
        """Close the file."""
        import duckdb

        with suppress(duckdb.Error):  # a lost connection is closed too
            bound_closing(self._connection)
        self._connection.close()
        self._let_go()

    # Private methods

    def _control_columns(self) -> Known:
        return columns_by_table(self._execute(COLUMNS, [self._schema]))

    def _let_go(self) -> None:
        if self._release is not None:
            self._release()
            self._release = None

    @property
    def _control(self) -> Control:
        return Control(self._execute, self._prefix)

    def _execute(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        with translate(self.path):
            result = self._connection.execute(sql, parameters)
            return result.fetchall() if result.description else []

    def _transaction(self, work: Callable[[], None]) -> None:
        self._execute("BEGIN TRANSACTION", [])
        try:
            work()
            self._execute("COMMIT", [])
        except BaseException:
            self._rollback()
            raise

    def _rollback(self) -> None:
        import duckdb

        try:
            self._connection.execute("ROLLBACK")
        except duckdb.Error:
            return


# Private functions


def _remove_stillborn(path: str) -> None:
    """
    Remove an empty file that a full disk or a kill left of a database in the making: DuckDB would refuse it for ever.

    The lock is DuckDB's own, so that a file which another process is making stays.
    """
    with suppress(OSError):
        if os.path.isfile(path) and os.path.getsize(path) == 0:
            with open(path, "r+b") as file:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(file.fileno()).st_size == 0:
                    os.unlink(path)
