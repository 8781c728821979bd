"""Any database that SQLAlchemy knows, as a target."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects import mysql
from sqlalchemy.pool import NullPool

from loadstone.books import Fence, LoadReceipt
from loadstone.errors import FixSpec, Refused, Retry, Stop
from loadstone.spec import Method, TableName
from loadstone.targets.control import RIGHTS, TABLES, Control, create_control, grant_control, taken_over
from loadstone.targets.holder_row import HolderRow
from loadstone.targets.lookups import LookupQuery, lookup_sql
from loadstone.targets.model import Claimant, ConstraintRefusal, Redo, TableInfo
from loadstone.targets.names import match_name, match_schema, quote_name
from loadstone.targets.preparing import distinct_tables, refuse_filled
from loadstone.targets.refused import StoredRecords
from loadstone.targets.sqlalchemy.catalogue import read_table
from loadstone.targets.sqlalchemy.faults import text_of, translate
from loadstone.targets.sqlalchemy.session import SqlAlchemySession, name_of, run
from loadstone.targets.stored import StoredLoads
from loadstone.targets.upgrade import Known, columns_by_table, upgrade
from loadstone.targets.urls import PREFIX, safe_url

_LONG_TEXT = sa.UnicodeText().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
_LONG_BYTES = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")
_TYPES: dict[str, Any] = {
    "text": sa.Unicode(300),
    "long": _LONG_TEXT,
    "int": sa.BigInteger(),
    "bytes": _LONG_BYTES,
}
_OWN = {
    "loadstone_holder": "load_id {text} NOT NULL PRIMARY KEY, holder {text}",
    "loadstone_sequence": "name {text} NOT NULL PRIMARY KEY, next {int} NOT NULL, step {int} NOT NULL",
}
LIMITS = {"oracle": "FETCH FIRST {} ROWS ONLY", "mssql": "OFFSET 0 ROWS FETCH NEXT {} ROWS ONLY"}
_MYSQL = {
    "sql_mode": "ANSI_QUOTES,STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION",
    "init_command": "SET time_zone = '+00:00'",
}
"""Without strict mode, MySQL cuts values to fit in silence."""

_OWN_WAY = ("sqlite", "duckdb")


class SqlAlchemyTarget(StoredLoads):
    """A database as a target; ``ddl`` is its dialect."""

    kind: Literal["sqlalchemy"] = "sqlalchemy"
    form: Literal["arrow"] = "arrow"
    sessions_max = 1
    chunk_size_bytes = 4 << 20

    def __init__(self, url: str, control_schema: str | None = None) -> None:
        """
        Raises:
            FixSpec: LS-3010 SQLAlchemy knows no such database; LS-3012 its driver is not installed.
            Stop: LS-3020 it cannot be reached.
        """
        self.url = safe_url(url)
        self._engine = engine_of(url, self.url)
        self.ddl = {"mariadb": "mysql"}.get(self._engine.dialect.name, self._engine.dialect.name)
        self._schema = control_schema
        self._prefix = f"{quote_name(control_schema)}." if control_schema else ""
        self._connection = connected(self._engine, self.url)
        self._lock: sa.Connection | None = None
        self._busy = False

    def open(self) -> SqlAlchemySession:
        """A new session for chunks."""
        with translate():
            return SqlAlchemySession(self._engine.connect(), self._prefix)

    def find_table(self, table: TableName, schema_map: dict[str, str]) -> TableInfo | None:
        """The table or view in its schema, or in the default one where there is no such schema."""
        with self._engine.connect() as connection, translate():
            inspector = sa.inspect(connection)
            schema = match_schema(table, schema_map, inspector.get_schema_names(), self.url)
            names = [*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)]
            name = match_name(table.name, names, quoted=table.name_quoted, what="table")
            return read_table(inspector, schema, name) if name is not None else None

    def run_ddl(self, statements: Sequence[str]) -> None:
        """Run CREATE statements; many servers commit each of them."""
        self._transaction(lambda: [self._execute(statement, []) for statement in statements])

    def init_sql(self, role: str | None = None) -> list[str]:
        """The statements that make the control tables, and the grants for ``role``."""
        types = self._types()
        own = [
            f"CREATE TABLE {self._prefix}{name} ({columns.format(**types)})" for name, columns in _OWN.items()
        ]
        made = [*create_control(types, self._prefix, guarded=False), *own]
        if role is None:
            return made
        rights = ", ".join(RIGHTS)
        grants = [f"GRANT {rights} ON {self._prefix}{name} TO {quote_name(role)}" for name in _OWN]
        return [*made, *grant_control(quote_name(role), self._prefix), *grants]

    def init_control(self) -> None:
        """
        Make the control tables where they are missing, and change those of an earlier version.

        Raises:
            Refused: LS-3008 some are there and others are not; LS-3009 they are too old.
        """
        missing = {*TABLES, *_OWN} - set(self._control_columns())
        if len(missing) == len({*TABLES, *_OWN}):
            self.run_ddl(self.init_sql())
        elif missing:
            raise Refused(
                "LS-3008",
                f"control tables are missing: {', '.join(sorted(missing))}",
                hints=["`loadstone target init --sql` prints them: make those that are missing."],
            )
        upgrade(self._control_columns, self._types(), self._prefix, self.run_ddl)

    def hold(self, load_id: str, *, take_over: Claimant | None = None) -> Callable[[], None]:
        """Lock the load's row of ``loadstone_holder`` on a connection of its own, which ends with the process."""
        self._lock = self._take_lock(load_id)

        def release() -> None:
            if self._lock is not None:
                with suppress(exc.SQLAlchemyError):
                    self._lock.close()
            self._lock = None

        return release

    def raise_fence(self, load_id: str, claimant: Claimant, *, again: bool = False) -> Fence:
        """Claim, then raise, which waits for the session that holds the fence row."""
        self._reconnect()
        number = 0

        def claim() -> None:
            nonlocal number
            number = self._control.claim(load_id, claimant, again=again)

        try:
            self._transaction(claim)
            self._transaction(lambda: self._control.raise_fence(load_id, number, claimant))
        except Redo as error:
            raise Retry(
                "LS-3025",
                f"a session of the last run of load {load_id[:8]} does not end",
                hints=["end it on the server, then start the load again."],
            ) from error
        return Fence(load_id=load_id, partition=0, number=number)

    def prepare(
        self, fence: Fence, frozen: dict[str, Any], tables: Sequence[tuple[int, TableInfo, Method]]
    ) -> None:
        """Chunk 0; TRUNCATE is a DELETE, for on many servers it commits."""

        def work() -> None:
            if self._control.is_prepared(fence.load_id):
                return
            self._execute(
                f"UPDATE {self._prefix}loadstone_fence SET beat = beat + 1 WHERE load_id = ?", [fence.load_id]
            )
            if not self._control.holds_fence(fence.load_id, fence.number):
                raise taken_over(fence.load_id)
            for name, table, method in distinct_tables(tables, name_of):
                if method is Method.INSERT:
                    refuse_filled(
                        table, [1] if self._execute(f"SELECT count(*) FROM {name}", [])[0][0] else []
                    )
                elif method in (Method.REPLACE, Method.TRUNCATE):
                    self._execute(f"DELETE FROM {name}", [])
            self._control.set_prepared(fence.load_id, frozen)

        self._transaction(work)

    @property
    def refused(self) -> StoredRecords:
        """Rejects and discards, page by page."""
        limit = LIMITS.get(self._engine.dialect.name, "LIMIT {}")
        return StoredRecords(self._execute, self._control_columns, self._prefix, limit)

    def check_rights(self, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
        """What is missing is said by chunk 0, which is one transaction."""

    def finish(self, fence: Fence, status: Literal["stopped", "complete"], receipt: LoadReceipt) -> None:
        """Store status and receipt."""
        self._transaction(lambda: self._control.finish(fence, status, receipt))

    def sequence_base(self, table: TableInfo, column: str, base: Literal["count", "max"]) -> int:
        """COUNT(*) or MAX(column)."""
        what = "count(*)" if base == "count" else f"max({quote_name(column)})"
        return int(self._execute(f"SELECT coalesce({what}, 0) FROM {name_of(table)}", [])[0][0])

    def look_up(self, query: LookupQuery) -> list[tuple[Any, ...]]:
        """The rows of a lookup."""
        limit = LIMITS.get(self._engine.dialect.name, "LIMIT {}")
        return self._execute(lookup_sql(query, name_of, limit=limit), [])

    def ask(self, query: str) -> Any:
        """The one value that ``query`` gives; None when it gives no row."""
        rows = self._execute(query, [])
        return rows[0][0] if rows else None

    def next_values(self, sequence: str, count: int) -> list[int]:
        """Values of a row in ``loadstone_sequence``, made at 1 when missing."""
        name = sequence.rpartition(".")[2].strip('"').upper()
        table = f"{self._prefix}loadstone_sequence"
        with self._engine.connect() as connection:
            values = "(name, next, step) VALUES (?, 1, 1)"
            if not run(connection, f"SELECT 1 FROM {table} WHERE name = ?", [name]):
                with suppress(ConstraintRefusal):
                    run(connection, f"INSERT INTO {table} {values}", [name])
                connection.commit()
            run(connection, f"UPDATE {table} SET next = next + ? * step WHERE name = ?", [count, name])
            after, step = run(connection, f"SELECT next, step FROM {table} WHERE name = ?", [name])[0]
            connection.commit()
        first = int(after) - count * int(step)
        return [first + number * int(step) for number in range(count)]

    def close(self) -> None:
        """Close the control connection, and the one that holds a load."""
        for one in (self._connection, self._lock):
            with suppress(exc.SQLAlchemyError):
                if one is not None:
                    one.close()
        self._engine.dispose()

    # Private methods

    def _types(self) -> dict[str, str]:
        return {name: kind.compile(dialect=self._engine.dialect) for name, kind in _TYPES.items()}

    def _control_columns(self) -> Known:
        with self._engine.connect() as connection, translate():
            inspector, wanted = sa.inspect(connection), {*TABLES, *_OWN}
            names = [n for n in inspector.get_table_names(schema=self._schema) if n.lower() in wanted]
            return columns_by_table(
                (name, column["name"])
                for name in names
                for column in inspector.get_columns(name, schema=self._schema)
            )

    @property
    def _control(self) -> Control:
        return Control(self._execute, self._prefix)

    def _execute(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        rows = run(self._connection, sql, parameters)
        if not self._busy:
            self._connection.rollback()  # a query alone opens a transaction too
        return rows

    def _transaction(self, work: Callable[[], Any]) -> None:
        self._busy = True
        try:
            work()
            with translate():
                self._connection.commit()
        except BaseException:
            with suppress(exc.SQLAlchemyError):
                self._connection.rollback()
            raise
        finally:
            self._busy = False

    def _take_lock(self, load_id: str) -> sa.Connection:
        """A connection that holds the load's row; ``Refused`` LS-3006 names the holder."""
        with translate():
            session = self._engine.connect()
        row = HolderRow(f"{self._prefix}loadstone_holder", load_id, self._execute)
        row.lock(session, partial(run, session), "NOWAIT")
        return session

    def _reconnect(self) -> None:
        """A lost control connection is made anew."""
        try:
            self._execute("SELECT 1", [])
        except Retry:
            with suppress(exc.SQLAlchemyError):
                self._connection.close()
            with translate():
                self._connection = self._engine.connect()


def engine_of(url: str, shown: str) -> sa.Engine:
    """
    The engine of a URL, which has not connected yet.

    Raises:
        FixSpec: LS-3010 SQLAlchemy knows no such database; LS-3012 its driver is not installed.
    """
    try:
        made = sa.make_url(url.removeprefix(PREFIX))
        if made.get_backend_name() in _OWN_WAY:
            raise FixSpec(
                "LS-3010",
                f"{shown} has no row locks for SQLAlchemy's way to hold a load with",
                hints=[f"leave out `{PREFIX}`: such files are loaded by a way of their own."],
            )
        own = _MYSQL if made.get_backend_name() in ("mysql", "mariadb") else {}
        return sa.create_engine(
            made, poolclass=NullPool, isolation_level="READ COMMITTED", connect_args=dict(own)
        )
    except (exc.NoSuchModuleError, exc.ArgumentError) as error:
        raise FixSpec(
            "LS-3010",
            f"{shown} names no target: {error}",
            hints=["SQLAlchemy's form: dialect+driver://user@host/database, such as mysql+pymysql://..."],
        ) from error
    except ModuleNotFoundError as error:
        raise FixSpec(
            "LS-3012", f"the driver {error.name} is not installed", hints=[f"pip install {error.name}"]
        ) from error


def connected(engine: sa.Engine, shown: str) -> sa.Connection:
    """A connection. ``Stop`` LS-3020: the server cannot be reached or refuses the login."""
    try:
        return engine.connect()
    except exc.DBAPIError as error:
        raise Stop(
            "LS-3020",
            f"cannot connect to {shown}: {text_of(error)}",
            hints=["is the server up, and are host, port, database, user and password right?"],
        ) from error
