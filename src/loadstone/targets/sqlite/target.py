"""The SQLite target: a file, one writer, everything in BEGIN IMMEDIATE transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from loadstone.books import Fence, LoadReceipt
from loadstone.database.durable import make_durable
from loadstone.errors import Retry, Stop
from loadstone.spec import Method, TableName
from loadstone.targets.control import Control, create_control, taken_over
from loadstone.targets.holder import hold_file
from loadstone.targets.lookups import LookupQuery, lookup_sql
from loadstone.targets.model import Claimant, TableInfo
from loadstone.targets.names import match_name
from loadstone.targets.preparing import empty_tables
from loadstone.targets.refused import StoredRecords
from loadstone.targets.sqlite.catalogue import read_table, table_names
from loadstone.targets.sqlite.faults import translate
from loadstone.targets.sqlite.session import SqliteSession
from loadstone.targets.stored import StoredLoads
from loadstone.targets.upgrade import Known, columns_by_table, upgrade
from loadstone.targets.urls import file_of
from loadstone.telemetry.points import reach

TYPES = {"text": "TEXT", "long": "TEXT", "int": "INTEGER", "bytes": "BLOB"}
COLUMNS = (
    "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
    " WHERE m.type = 'table' AND m.name LIKE 'loadstone%'"
)
"""The control tables that are there, a row for each column."""

BUSY_TIMEOUT_S = 30.0


def connect(path: str, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode: WAL, durable commits, foreign keys on; or one that changes no byte."""
    name = f"{Path(path).absolute().as_uri()}?mode=ro" if read_only else path
    try:
        connection = sqlite3.connect(
            name, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_S, uri=read_only
        )
        if read_only:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA schema_version").fetchone()  # reads the file, as writing does below
        else:
            make_durable(connection, wait_s=BUSY_TIMEOUT_S)
    except sqlite3.Error as error:
        if "not a database" in str(error) or "malformed" in str(error):
            raise Stop(
                "LS-3020",
                f"cannot open {path}: the file is damaged, or no SQLite database: {error}",
                hints=["is it the right file?", "if it is, restore it from a backup."],
            ) from error
        if "locked" in str(error):
            raise Retry("LS-3022", f"{path} is busy: {error}", hints=["who else writes to it?"]) from error
        raise Stop(
            "LS-3020",
            f"cannot open {path}: {error}",
            hints=["does its folder exist, and may this user write there?"],
        ) from error
    return connection


class SqliteTarget(StoredLoads):
    """A SQLite file as a target."""

    kind: Literal["sqlite"] = "sqlite"
    ddl = "sqlite"
    form: Literal["arrow"] = "arrow"
    sessions_max = 1
    chunk_size_bytes = 8 << 20

    def __init__(self, url: str, control_schema: str | None = None, *, read_only: bool = False) -> None:
        """``control_schema`` has no meaning here and is passed over."""
        self.url = url
        self.path = file_of(url)
        self._connection = connect(self.path, read_only=read_only)

    def open(self) -> SqliteSession:
        """A new session for chunks."""
        return SqliteSession(connect(self.path))

    def find_table(self, table: TableName, schema_map: dict[str, str]) -> TableInfo | None:
        """The table by name; SQLite has no schemas, so the spec's is passed over."""
        name = match_name(table.name, table_names(self._connection), quoted=table.name_quoted, what="table")
        return read_table(self._connection, name) if name is not None else None

    def run_ddl(self, statements: Sequence[str]) -> None:
        """Run CREATE statements."""
        with translate():
            for statement in statements:
                self._connection.execute(statement)

    def init_sql(self, role: str | None = None) -> list[str]:
        """The statements that make the control tables; there are no roles."""
        return create_control(TYPES)

    def init_control(self) -> None:
        """
        Make the control tables where they are missing, and change those of an earlier version.

        Raises:
            Refused: LS-3009 they are too old.
        """
        self.run_ddl(self.init_sql())
        upgrade(self._control_columns, TYPES, "", self.run_ddl)
        self._of_this_version = True

    def hold(self, load_id: str, *, take_over: Claimant | None = None) -> Callable[[], None]:
        """Lock ``<file>.holder``."""
        return hold_file(self.path, load_id)

    def raise_fence(self, load_id: str, claimant: Claimant, *, again: bool = False) -> Fence:
        """The lock of the file is held, so no older session can be alive."""
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
            empty_tables(tables, self._execute, quoted=lambda t: quote(t.name), truncate="DELETE FROM {}")
            self._control.set_prepared(fence.load_id, frozen)

        self._transaction(work)

    @property
    def refused(self) -> StoredRecords:
        """Rejects and discards, page by page."""
        return StoredRecords(self._execute, self._columns_to_read)

    def check_rights(self, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
        """A file has no rights but its own, which opening it has shown."""

    def finish(self, fence: Fence, status: Literal["stopped", "complete"], receipt: LoadReceipt) -> None:
        """Store status and receipt."""
        self._transaction(lambda: self._control.finish(fence, status, receipt))

    def sequence_base(self, table: TableInfo, column: str, base: Literal["count", "max"]) -> int:
        """COUNT(*) or MAX(column)."""
        what = "count(*)" if base == "count" else f"max(CAST({quote(column)} AS NUMERIC))"
        return int(self._execute(f"SELECT coalesce({what}, 0) FROM {quote(table.name)}", [])[0][0])

    def look_up(self, query: LookupQuery) -> list[tuple[Any, ...]]:
        """The rows of a lookup."""
        return self._execute(lookup_sql(query, lambda table: quote(table.name)), [])

    def ask(self, query: str) -> Any:
        """The one value that ``query`` gives; None when it gives no row."""
        rows = self._execute(query, [])
        return rows[0][0] if rows else None

    def next_values(self, sequence: str, count: int) -> list[int]:
        """Values of a row in ``loadstone_sequence``, made at 1 when missing."""
        first, step = 1, 1
        name = sequence.rpartition(".")[2].upper().replace('"', "")

        def work() -> None:
            nonlocal first, step
            self._execute(
                "CREATE TABLE IF NOT EXISTS loadstone_sequence (name TEXT PRIMARY KEY, next INTEGER, step INTEGER)",
                [],
            )
            self._execute("INSERT OR IGNORE INTO loadstone_sequence VALUES (?, 1, 1)", [name])
            first, step = self._execute("SELECT next, step FROM loadstone_sequence WHERE name = ?", [name])[0]
            self._execute(
                "UPDATE loadstone_sequence SET next = ? WHERE name = ?", [first + count * step, name]
            )

        self._transaction(work)
        return [first + number * step for number in range(count)]

    def close(self) -> None:
        """Close the control connection."""
        self._connection.close()

    # Private methods

    def _control_columns(self) -> Known:
        return columns_by_table(self._execute(COLUMNS, []))

    @property
    def _control(self) -> Control:
        return Control(self._execute)

    def _execute(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        with translate():
            return self._connection.execute(sql, parameters).fetchall()

    def _transaction(self, work: Callable[[], None]) -> None:
        self._execute("BEGIN IMMEDIATE", [])
        try:
            work()
            self._execute("COMMIT", [])
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


def quote(name: str) -> str:
    """``name`` as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'
