"""The Oracle target: a row lock tells who loads, fences are row locks too, TRUNCATE commits by itself."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Literal

import oracledb

from loadstone.books import Fence, LoadReceipt
from loadstone.errors import FixSpec, LoadstoneError, Refused, Retry
from loadstone.spec import Method, TableName
from loadstone.targets.control import RIGHTS, TABLES, Control, create_control, grant_control, taken_over
from loadstone.targets.holder_row import HolderRow
from loadstone.targets.lookups import LookupQuery, lookup_sql
from loadstone.targets.model import GRACE_S, Claimant, Redo, TableInfo
from loadstone.targets.oracle.catalogue import CHARSET, CURRENT_SCHEMA, find_place, read_table
from loadstone.targets.oracle.connection import connect
from loadstone.targets.oracle.faults import number_of, translate
from loadstone.targets.oracle.session import OracleSession, run
from loadstone.targets.oracle.statements import ANY_ROW, empty_sql, fenced, name_of, quote, target_of
from loadstone.targets.preparing import distinct_tables, refuse_filled
from loadstone.targets.refused import StoredRecords
from loadstone.targets.stored import StoredLoads
from loadstone.targets.upgrade import Known, columns_by_table, upgrade
from loadstone.targets.urls import safe_url
from loadstone.telemetry.points import reach

TYPES = {"text": "VARCHAR2(300 CHAR)", "long": "CLOB", "int": "NUMBER(18)", "bytes": "BLOB"}
HOLDER = "CREATE TABLE {}loadstone_holder (load_id VARCHAR2(300 CHAR) PRIMARY KEY, holder VARCHAR2(300 CHAR))"
CONTROL_COLUMNS = (
    "SELECT table_name, column_name FROM all_tab_cols WHERE owner = ? AND table_name LIKE 'LOADSTONE%'"
)
"""The control tables that are there, a row for each column."""

WAIT_S = 60
"""Longest wait for sessions of a dead run to end."""

_SEQUENCE = re.compile(r'("[^"]+"|[A-Za-z][\w$#]*)(\.("[^"]+"|[A-Za-z][\w$#]*))?')
_EXISTS = 955
"""ORA-00955: the name is used already."""


class OracleTarget(StoredLoads):
    """An Oracle database as a target."""

    kind: Literal["oracle"] = "oracle"
    ddl = "oracle"
    form: Literal["arrow"] = "arrow"
    sessions_max = 1
    chunk_size_bytes = 8 << 20

    def __init__(self, url: str, control_schema: str | None = None) -> None:
        self._url, self.url = url, safe_url(url)
        self._schema = control_schema.upper() if control_schema else None
        self._prefix = f"{quote(self._schema)}." if self._schema else ""
        self._connection = connect(url, "loadstone")
        self._lock: Any = None
        self._load_id: str | None = None
        self._charset = str(self._execute(CHARSET, [])[0][0])

    def open(self) -> OracleSession:
        """A new session for chunks, registered for the load that is held."""
        return OracleSession(connect(self._url, self._name()), self._prefix, self._charset)

    def find_table(self, table: TableName, schema_map: dict[str, str]) -> TableInfo | None:
        """The table, view or synonym in its schema, or in the current one where there is no such schema."""
        place = find_place(self._execute, table, schema_map, self.url)
        if place is None:
            return None
        info = read_table(self._execute, place, self._charset)
        part = table.partition or table.subpartition
        if part is None:
            return info
        word = "PARTITION" if table.partition else "SUBPARTITION"
        return TableInfo(**{**vars(info), "partition": f"{word} ({quote(part)})"})

    def run_ddl(self, statements: Sequence[str]) -> None:
        """Run statements, of which each CREATE commits by itself; what is there already is left as it is."""
        for statement in statements:
            try:
                with self._connection.cursor() as cursor:
                    cursor.execute(statement)
            except oracledb.Error as error:
                if number_of(error) != _EXISTS:
                    with translate():
                        raise
        self._transaction(lambda: None)

    def init_sql(self, role: str | None = None) -> list[str]:
        """The statements that make the control tables, in a schema that exists, and the grants."""
        made = [*create_control(TYPES, self._prefix, guarded=False), HOLDER.format(self._prefix)]
        if role is None:
            return made
        holder = f"GRANT {', '.join(RIGHTS)} ON {self._prefix}loadstone_holder TO {quote(role.upper())}"
        return [*made, *grant_control(quote(role.upper()), self._prefix), holder]

    def init_control(self) -> None:
        """
        Make the control tables where they are missing, and change those of an earlier version.

        Raises:
            Refused: LS-3008 this user may not make tables, or not write them; LS-3009 they are too old.
        """
        wanted = {*TABLES, "loadstone_holder"}
        if not wanted <= set(self._control_columns()):
            self.run_ddl(self.init_sql())
        upgrade(self._control_columns, TYPES, self._prefix, self.run_ddl)
        table = f"{self._prefix}loadstone_load"
        try:
            self._execute(f"UPDATE {table} SET status = status WHERE 1 = 0", [])
            self._execute(f"INSERT INTO {table} (load_id) SELECT load_id FROM {table} WHERE 1 = 0", [])
        except FixSpec as error:
            raise Refused(
                "LS-3008",
                f"this user may not write {table}: {error.message}",
                hints=["`loadstone target init --sql` prints the tables and grants that a load needs."],
            ) from error
        self._connection.rollback()

    def hold(self, load_id: str, *, take_over: Claimant | None = None) -> Callable[[], None]:
        """
        Lock the load's row of ``loadstone_holder`` on a session of its own; the lock ends with that session.

        A row lock needs no right that DBMS_LOCK needs, and is seen by every instance of a cluster.
        """
        if take_over is not None and self.read_load(load_id) is not None:
            self._transaction(lambda: self._control.claim(load_id, take_over))
        self._lock = self._take_lock(load_id, "NOWAIT") if take_over is None else self._await_lock(load_id)
        self._load_id = load_id

        def release() -> None:
            self._load_id = None
            with suppress(oracledb.Error):
                self._lock.close()

        return release

    def raise_fence(self, load_id: str, claimant: Claimant, *, again: bool = False) -> Fence:
        """
        Claim, end this load's sessions as far as rights go, wait for the one that holds the fence row, then raise.

        A session that is in its COMMIT holds the row, so its chunk is either committed or rolled back after.
        """
        self._reconnect()
        number = 0

        def claim() -> None:
            nonlocal number
            number = self._control.claim(load_id, claimant, again=again)

        self._transaction(claim)
        reach("claimed")
        self._end_sessions(_module(load_id))

        def work() -> None:
            self._execute(
                f"SELECT fence_no FROM {self._prefix}loadstone_fence WHERE load_id = ? AND part = 0"
                f" FOR UPDATE WAIT {WAIT_S}",
                [load_id],
            )
            self._control.raise_fence(load_id, number, claimant)

        try:
            self._transaction(work)
        except Redo as error:
            raise Retry(
                "LS-3025",
                f"a session of the last run of load {load_id[:8]} does not end",
                hints=[f"end it: V$SESSION shows it with MODULE = '{_module(load_id)}'."],
            ) from error
        return Fence(load_id=load_id, partition=0, number=number)

    def prepare(
        self, fence: Fence, frozen: dict[str, Any], tables: Sequence[tuple[int, TableInfo, Method]]
    ) -> None:
        """
        Chunk 0. TRUNCATE commits by itself, so ``preparing`` is committed first.

        A restart that finds it empties the tables once more: there is no data chunk before ``prepared``.
        """
        if self._control.is_prepared(fence.load_id):
            return
        distinct = distinct_tables(tables, target_of)

        def check() -> None:
            self._check(fence)
            for name, table, method in distinct:
                if method is Method.INSERT:
                    refuse_filled(table, self._execute(ANY_ROW.format(name), []))
            self._control.set_preparing(fence.load_id, frozen)

        def finish() -> None:
            self._check(fence)
            for name, _, method in distinct:
                if method is Method.REPLACE:
                    self._execute(f"DELETE FROM {name}", [])
            self._control.set_prepared(fence.load_id, frozen)

        self._transaction(check)
        reach("preparing")
        for _, table, method in distinct:
            if method is Method.TRUNCATE:
                self._truncate(fence, table)
                reach("truncated")
        self._transaction(finish)

    @property
    def refused(self) -> StoredRecords:
        """Rejects and discards, page by page."""
        return StoredRecords(self._execute, self._control_columns, self._prefix, "FETCH FIRST {} ROWS ONLY")

    def check_rights(self, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
        """What is missing is said by chunk 0, which is one transaction but for TRUNCATE."""

    def finish(self, fence: Fence, status: Literal["stopped", "complete"], receipt: LoadReceipt) -> None:
        """Store status and receipt."""
        self._transaction(lambda: self._control.finish(fence, status, receipt, lock=" FOR UPDATE"))

    def sequence_base(self, table: TableInfo, column: str, base: Literal["count", "max"]) -> int:
        """COUNT(*) or MAX(column)."""
        what = "count(*)" if base == "count" else f"max({quote(column)})"
        return int(self._execute(f"SELECT coalesce({what}, 0) FROM {target_of(table)}", [])[0][0])

    def look_up(self, query: LookupQuery) -> list[tuple[Any, ...]]:
        """The rows of a lookup."""
        return self._execute(lookup_sql(query, name_of, limit="FETCH FIRST {} ROWS ONLY"), [])

    def ask(self, query: str) -> Any:
        """The one value that ``query`` gives; None when it gives no row."""
        rows = self._execute(query, [])
        return rows[0][0] if rows else None

    def next_values(self, sequence: str, count: int) -> list[int]:
        """
        Values of a native sequence.

        Raises:
            FixSpec: LS-3014 there is no such sequence, or the name is none.
        """
        if not count:
            return []
        if _SEQUENCE.fullmatch(sequence) is None:
            raise FixSpec("LS-3014", f"{sequence!r} is no name of a sequence")
        try:
            rows = self._execute(f"SELECT {sequence}.NEXTVAL FROM dual CONNECT BY LEVEL <= ?", [count])
        except LoadstoneError as error:
            if "ORA-02289" not in error.message:
                raise
            raise FixSpec(
                "LS-3014",
                f"sequence {sequence} does not exist",
                hints=[f"CREATE SEQUENCE {sequence}, or GRANT SELECT on it to this user."],
            ) from error
        return [int(row[0]) for row in rows]

    def close(self) -> None:
        """Close the control connection."""
        with suppress(oracledb.Error):
            self._connection.close()

    # Private methods

    def _control_columns(self) -> Known:
        owner = self._schema or self._execute(CURRENT_SCHEMA, [])[0][0]
        return columns_by_table(self._execute(CONTROL_COLUMNS, [owner]))

    @property
    def _control(self) -> Control:
        return Control(self._execute, self._prefix)

    def _name(self) -> str:
        return _module(self._load_id) if self._load_id else "loadstone"

    def _execute(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        return run(self._connection, sql, parameters)

    def _transaction(self, work: Callable[[], Any]) -> None:
        try:
            work()
            with translate():
                self._connection.commit()
        except BaseException:
            with suppress(oracledb.Error):
                self._connection.rollback()
            raise

    def _check(self, fence: Fence) -> None:
        if not self._control.holds_fence(fence.load_id, fence.number, lock=" FOR UPDATE"):
            raise taken_over(fence.load_id)

    def _truncate(self, fence: Fence, table: TableInfo) -> None:
        try:
            with self._connection.cursor() as cursor:
                values = {"load_id": fence.load_id, "fence_no": fence.number}
                cursor.execute(fenced(empty_sql(table), self._prefix), values)
        except oracledb.Error as error:
            if number_of(error) == 1403:
                raise taken_over(fence.load_id) from error
            if number_of(error) == 2266:
                raise Refused(
                    "LS-3015",
                    f"TRUNCATE of {name_of(table)}: enabled foreign keys refer to it (ORA-02266)",
                    hints=["say REPLACE instead, which deletes row by row; or disable those foreign keys."],
                ) from error
            with translate():
                raise

    def _await_lock(self, load_id: str) -> Any:
        """The load's row after a take-over: its holder has a while to leave by itself, then its sessions are ended."""
        deadline = time.monotonic() + GRACE_S
        while time.monotonic() < deadline:
            with suppress(Refused):
                return self._take_lock(load_id, "NOWAIT")
            time.sleep(0.1)
        self._end_sessions(_module(load_id), _holder(load_id))
        return self._take_lock(load_id, f"WAIT {WAIT_S}")

    def _take_lock(self, load_id: str, how: str) -> Any:
        """A session that holds the load's row; ``Refused`` LS-3006 names the holder."""
        session = connect(self._url, _holder(load_id))
        row = HolderRow(f"{self._prefix}loadstone_holder", load_id, self._execute)
        row.lock(session, partial(run, session), how)
        return session

    def _reconnect(self) -> None:
        """A lost control connection is made anew, and so is a lost lock, for which the server may need a while."""
        if not _answers(self._connection):
            self._connection = connect(self._url, "loadstone")
        if self._load_id is not None and not _answers(self._lock):
            self._lock = self._take_lock(self._load_id, f"WAIT {WAIT_S}")

    def _end_sessions(self, *modules: str) -> None:
        """Kill sessions that are registered by one of ``modules``, where this user may see and kill them."""
        with suppress(FixSpec, Refused):
            for module in modules:
                rows = self._execute(
                    "SELECT sid, serial# FROM v$session WHERE module = ? AND status <> 'KILLED'", [module]
                )
                for sid, serial in rows:
                    self._execute(f"ALTER SYSTEM KILL SESSION '{int(sid)},{int(serial)}' IMMEDIATE", [])


# Private functions


def _module(load_id: str) -> str:
    return f"loadstone:{load_id[:16]}"


def _holder(load_id: str) -> str:
    """How the session with the load's lock is registered."""
    return f"{_module(load_id)}:h"


def _answers(connection: Any) -> bool:
    try:
        run(connection, "SELECT 1 FROM dual", [])
    except LoadstoneError:
        return False
    return True
