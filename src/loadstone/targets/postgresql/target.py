"""The PostgreSQL target."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Literal

import psycopg

from loadstone.books import Fence, LoadReceipt
from loadstone.errors import Refused, Retry, Stop
from loadstone.spec import Method, TableName
from loadstone.targets.control import RIGHTS, Control, create_control, grant_control, taken_over
from loadstone.targets.control import TABLES as CONTROL_TABLES
from loadstone.targets.lookups import LookupQuery, lookup_sql
from loadstone.targets.model import GRACE_S, Claimant, Redo, TableInfo
from loadstone.targets.names import match_name, match_schema, quote_name
from loadstone.targets.postgresql.catalogue import TABLES, read_table
from loadstone.targets.postgresql.connection import connect
from loadstone.targets.postgresql.faults import translate
from loadstone.targets.postgresql.idle import SHELF
from loadstone.targets.postgresql.rights import refuse_missing
from loadstone.targets.postgresql.session import PostgresSession, name_of, run
from loadstone.targets.preparing import empty_tables
from loadstone.targets.refused import StoredRecords
from loadstone.targets.stored import StoredLoads
from loadstone.targets.upgrade import Known, columns_by_table, upgrade
from loadstone.targets.urls import safe_url
from loadstone.telemetry.points import reach

TYPES = {"text": "text", "long": "text", "int": "bigint", "bytes": "bytea"}
COLUMNS = (
    "SELECT name, attname FROM unnest(?::text[], ?::text[]) AS wanted(name, qualified)"
    " JOIN pg_attribute ON attrelid = to_regclass(qualified) AND attnum > 0 AND NOT attisdropped"
)
"""The control tables that are there, a row for each column."""

DDL_KEY = 0x4C6F616473746F6E
"""The advisory lock of processes that make tables."""

END_WAIT_S = 60.0
"""Longest wait for sessions of a dead run to end."""


class PostgresTarget(StoredLoads):
    """
    A PostgreSQL database as a target; the control session holds the load's lock.

    As the target of one partition (from 1) it shares that lock with the other partitions, and has a lock,
    a fence and sessions of the partition's own.
    """

    kind: Literal["postgresql"] = "postgresql"
    ddl = "postgresql"
    form: Literal["pgcopy"] = "pgcopy"
    sessions_max = 16
    chunk_size_bytes = 8 << 20

    def __init__(self, url: str, control_schema: str | None = None, part: int = 0) -> None:
        self._url, self.url = url, safe_url(url)
        self._schema = control_schema
        self._prefix = f"{quote_name(control_schema)}." if control_schema else ""
        self._connection = connect(url, "loadstone")
        self._load_id: str | None = None
        self._lock: tuple[Any, ...] | None = None
        self._part = part

    def open(self) -> PostgresSession:
        """A new session for chunks, registered for the load that is held."""
        return PostgresSession(self._connect(self._name()), self._prefix, self._part)

    def find_table(self, table: TableName, schema_map: dict[str, str]) -> TableInfo | None:
        """The table in its schema, or along the search path where the target has no such schema."""
        known = [(row[0], row[1]) for row in self._execute(TABLES.replace("%%", "%"), [])]
        path = [row[0] for row in self._execute("SELECT unnest(current_schemas(false))", [])]
        schemas = [row[0] for row in self._execute("SELECT nspname FROM pg_namespace", [])]
        own = match_schema(table, schema_map, schemas, self.url)
        path = [own] if own is not None else path
        for schema in path:
            names = [name for other, name in known if other == schema]
            name = match_name(table.name, names, quoted=table.name_quoted, what="table")
            if name is not None:
                with translate():
                    return read_table(self._connection, schema, name)
        return None

    def run_ddl(self, statements: Sequence[str]) -> None:
        """Run CREATE statements, all or none; one process at a time, for IF NOT EXISTS alone races with itself."""

        def work() -> None:
            self._execute("SELECT pg_advisory_xact_lock(?)", [DDL_KEY])
            for statement in statements:
                self._execute(statement, [])

        self._transaction(work)

    def init_sql(self, role: str | None = None) -> list[str]:
        """The statements that make the control tables, and the grants for another role."""
        schema = quote_name(self._schema) if self._schema else None
        made = [f"CREATE SCHEMA IF NOT EXISTS {schema}"] if schema else []
        made += create_control(TYPES, self._prefix)
        if role is None:
            return made
        name = quote_name(role)
        here = schema or quote_name(self._execute("SELECT current_schema()", [])[0][0])
        made.append(f"GRANT USAGE, CREATE ON SCHEMA {here} TO {name}")  # CREATE is for staged tables
        return made + grant_control(name, self._prefix)

    def init_control(self) -> None:
        """
        Make the control tables where they are missing, and change those of an earlier version.

        Raises:
            Refused: LS-3008 this role may not make tables, or not write them; LS-3009 nor change them, or they are too old.
        """
        names = [self._prefix + name for name in CONTROL_TABLES]
        if len(known := self._control_columns()) < len(CONTROL_TABLES):
            self.run_ddl(self.init_sql())
            known = self._control_columns()
        upgrade(self._control_columns, TYPES, self._prefix, self.run_ddl, known)
        self._of_this_version = True
        lacking = self._execute(
            "SELECT n, p, current_user FROM unnest(?::text[]) AS n,"
            " unnest(?::text[]) AS p WHERE NOT has_table_privilege(n::regclass, p)",
            [names, list(RIGHTS)],
        )
        if lacking:
            told = ", ".join(f"{right} on {name}" for name, right, _ in lacking)
            raise Refused(
                "LS-3008",
                f"role {lacking[0][2]} has no right to {told}",
                hints=[
                    "`loadstone target init --sql --role NAME` prints the grants that a load needs.",
                    "where no table may be made, --no-resume loads without control tables.",
                ],
            )

    def hold(self, load_id: str, *, take_over: Claimant | None = None) -> Callable[[], None]:
        """Lock the load's number on the control session; the lock ends with that session."""
        if self._part and not self._try_lock(_key(load_id), shared=True):
            raise self._held(load_id, _key(load_id))
        key = _key(load_id, self._part)
        if not self._try_lock(key):
            if take_over is None:
                raise self._held(load_id, key)
            self._end_holder(load_id, key, take_over)
        self._load_id = load_id
        self._execute("SELECT set_config('application_name', ?, false)", [_names(load_id, self._part)[1]])
        self._lock = self._execute(
            "SELECT pid, backend_start FROM pg_stat_get_activity(pg_backend_pid())", []
        )[0]

        def release() -> None:
            self._load_id = self._lock = None
            with suppress(psycopg.Error):
                self._connection.execute("SELECT pg_advisory_unlock_all()")
                self._connection.execute("SET application_name = 'loadstone'")

        return release

    def raise_fence(self, load_id: str, claimant: Claimant, *, again: bool = False) -> Fence:
        """
        Claim, end this load's sessions, wait until they are gone, then raise.

        A backend that is in its COMMIT holds the fence row in share mode, so raising waits for it.
        """
        self._reconnect()
        number = 0

        def claim() -> None:
            nonlocal number
            number = self._control.claim(load_id, claimant, again=again)

        def work() -> None:
            self._execute(f"SET LOCAL lock_timeout = '{END_WAIT_S:.0f}s'", [])
            self._control.raise_fence(load_id, number, claimant)

        self._transaction(claim)
        reach("claimed")
        self._end_where("application_name LIKE ANY(?)", [self._names_of_all(load_id)[:1]])
        reach("sessions_ended")
        try:
            self._transaction(work)
        except Redo as error:
            raise _no_end(load_id) from error
        return Fence(load_id=load_id, partition=self._part, number=number)

    def prepare(
        self, fence: Fence, frozen: dict[str, Any], tables: Sequence[tuple[int, TableInfo, Method]]
    ) -> None:
        """Chunk 0; TRUNCATE is part of the transaction here."""

        def work() -> None:
            if self._control.is_prepared(fence.load_id):
                return
            if not self._control.holds_fence(fence.load_id, fence.number, lock=" FOR SHARE"):
                raise taken_over(fence.load_id)
            empty_tables(
                tables, self._execute, quoted=lambda t: name_of(t).as_string(), truncate="TRUNCATE TABLE {}"
            )
            self._control.set_prepared(fence.load_id, frozen)

        self._transaction(work)

    @property
    def refused(self) -> StoredRecords:
        """Rejects and discards, page by page."""
        return StoredRecords(self._execute, self._columns_to_read, self._prefix)

    def check_rights(self, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
        """Before TRUNCATE has emptied a table that INSERT may not fill."""
        refuse_missing(self._execute, tables)

    def finish(self, fence: Fence, status: Literal["stopped", "complete"], receipt: LoadReceipt) -> None:
        """Store status and receipt."""
        self._transaction(lambda: self._control.finish(fence, status, receipt, lock=" FOR SHARE"))

    def sequence_base(self, table: TableInfo, column: str, base: Literal["count", "max"]) -> int:
        """COUNT(*) or MAX(column)."""
        what = "count(*)" if base == "count" else f'max("{column}")'
        return int(self._execute(f"SELECT coalesce({what}, 0) FROM {name_of(table).as_string()}", [])[0][0])

    def look_up(self, query: LookupQuery) -> list[tuple[Any, ...]]:
        """The rows of a lookup."""
        return self._execute(lookup_sql(query, lambda table: name_of(table).as_string()), [])

    def ask(self, query: str) -> Any:
        """The one value that ``query`` gives; None when it gives no row."""
        rows = self._execute(query, [])
        return rows[0][0] if rows else None

    def next_values(self, sequence: str, count: int) -> list[int]:
        """Values of a native sequence, made when missing."""
        name = sequence.rpartition(".")[2].lower().replace('"', "")
        if self._execute("SELECT to_regclass(?)", [f'"{name}"'])[0][0] is None:
            # Under the lock of makers; to make one that is there would also ask for a right to make others.
            self.run_ddl([f'CREATE SEQUENCE IF NOT EXISTS "{name}"'])
        rows = self._execute(f"SELECT nextval('\"{name}\"') FROM generate_series(1, ?)", [count])
        return [int(row[0]) for row in rows]

    def blocked_by_mine(self, pids: Sequence[int]) -> bool:
        """Whether one of our own sessions waits for a lock of another one."""
        rows = self._execute(
            "SELECT 1 FROM unnest(?::int[]) AS p(pid) WHERE pg_blocking_pids(p.pid) && ?::int[]",
            [list(pids), list(pids)],
        )
        return bool(rows)

    def close(self) -> None:
        """Give the control connection back; one that still holds a load is closed, and its lock goes with it."""
        if self._load_id is not None:
            self._connection.close()
        SHELF.give(self._connection)

    # Private methods

    def _control_columns(self) -> Known:
        names = list(CONTROL_TABLES)
        return columns_by_table(self._execute(COLUMNS, [names, [self._prefix + name for name in names]]))

    @property
    def _control(self) -> Control:
        return Control(self._execute, self._prefix, self._part)

    def _name(self) -> str:
        return _names(self._load_id, self._part)[0] if self._load_id else "loadstone"

    def _execute(self, text: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        return run(self._connection, text, parameters)

    def _transaction(self, work: Callable[[], Any]) -> None:
        self._execute("BEGIN", [])
        try:
            work()
            self._execute("COMMIT", [])
        except BaseException:
            with suppress(psycopg.Error):
                self._connection.rollback()
            raise

    def _reconnect(self) -> None:
        """A lost control connection has lost the load's lock too: take both again."""
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            lost, self._connection = self._lock, self._connect("loadstone")
            if self._load_id is not None:
                if lost is not None:
                    # The server may not know yet that the session is gone, and keeps its lock until it does.
                    self._end_where("pid = ? AND backend_start = ?", list(lost))
                self.hold(self._load_id)

    def _connect(self, name: str) -> psycopg.Connection[Any]:
        """A further connection; the server was there before, so it is worth waiting for."""
        try:
            return connect(self._url, name)
        except Stop as error:
            raise Retry("LS-3022", error.message, hints=error.hints) from error

    def _try_lock(self, key: int, *, shared: bool = False) -> bool:
        kind = "_shared" if shared else ""
        return bool(self._execute(f"SELECT pg_try_advisory_lock{kind}(?)", [key])[0][0])

    def _end_holder(self, load_id: str, key: int, claimant: Claimant) -> None:
        """
        Claim, so that the holder begins no new chunk and leaves by itself; end its sessions if it does not.

        Raises:
            Retry: LS-3025 the sessions do not end. Refused: LS-4003 a newer lease of the load is known.
        """
        began = time.monotonic()
        if self.read_load(load_id) is not None:
            self._transaction(lambda: self._control.claim(load_id, claimant))
            reach("claimed")
        while not self._try_lock(key):
            if time.monotonic() - began > GRACE_S:
                self._end_where("application_name LIKE ANY(?)", [self._names_of_all(load_id)])
            if time.monotonic() - began > GRACE_S + END_WAIT_S:
                raise _no_end(load_id)
            time.sleep(0.1)

    def _end_where(self, condition: str, parameters: list[Any]) -> None:
        """
        End backends, and wait until they are gone.

        Raises:
            Retry: LS-3025 they do not end.
        """
        deadline = time.monotonic() + END_WAIT_S
        while self._execute(
            # Not pg_stat_activity, which joins the names of users and databases to it.
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_get_activity(NULL) WHERE {condition}"
            " AND pid <> pg_backend_pid() AND datid = (SELECT oid FROM pg_database WHERE datname = current_database())",
            parameters,
        ):
            if time.monotonic() > deadline:
                raise _no_end(self._load_id or "")
            time.sleep(0.05)

    def _names_of_all(self, load_id: str) -> list[str]:
        """Patterns of the sessions' names: of this partition, or of the load and all its partitions; chunk writers first."""
        writers, holder = _names(load_id, self._part)
        return [writers, holder] if self._part else [writers + "%", holder + "%"]

    def _held(self, load_id: str, key: int) -> Refused:
        """The error of a load that is in other hands; no lock of it is kept."""
        holder = self._holder(key)
        self._execute("SELECT pg_advisory_unlock_all()", [])
        return Refused(
            "LS-3006",
            f"load {load_id[:8]} is run by another process{holder}",
            hints=[
                "wait for it, or stop it; a load that was stopped resumes.",
                "if it hangs, --take-over ends it and goes on.",
            ],
        )

    def _holder(self, key: int) -> str:
        rows = self._execute(
            "SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'local'), a.backend_start FROM pg_locks l"
            " JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted"
            " AND (l.classid::bigint << 32) + l.objid::bigint = ?",
            [key],
        )
        return (
            f": backend {rows[0][0]} from {rows[0][2]}, since {rows[0][3]:%Y-%m-%d %H:%M:%S}" if rows else ""
        )


# Private functions


def _names(load_id: str, part: int) -> tuple[str, str]:
    """How sessions are registered (application_name): those that write chunks, and the one with the lock."""
    what = f"{load_id[:16]}.{part}" if part else load_id[:16]
    return f"loadstone:{what}", f"loadstone-holder:{what}"


def _no_end(load_id: str) -> Retry:
    return Retry(
        "LS-3025",
        f"sessions of the last run of load {load_id[:8]} do not end",
        hints=["look at pg_stat_activity for application_name loadstone:..."],
    )


def _key(load_id: str, part: int = 0) -> int:
    """63 bits of the load's id, others for each partition."""
    digits = hashlib.sha256(f"{load_id}.{part}".encode()).hexdigest() if part else load_id
    return int(digits[:16], 16) & ((1 << 63) - 1)
