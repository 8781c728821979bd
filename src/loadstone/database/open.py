"""Open the repository: one engine a process, short transactions, the database's own clock."""

from __future__ import annotations

import select
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError

from loadstone.database.durable import make_durable
from loadstone.database.faults import error_of
from loadstone.errors import FixSpec
from loadstone.telemetry.points import reach

BUSY_TIMEOUT_MS = 30_000
"""How long a statement waits for SQLite's write lock before it fails."""

LOCK_PAUSE_S = 0.003
"""Seconds between two looks at SQLite's write lock: about as long as a short transaction takes."""

POOL_SIZE = 5
"""Connections of a process to PostgreSQL: a worker's threads, its heartbeat and its scheduler."""


_AFTER = "loadstone_after_commit"
"""Where a connection keeps what is done after its transaction."""

IDLE_MAX_MS = 15_000
"""How long a transaction may wait for its client. One that was stopped in it would keep its locks from all others."""


class Database:
    """
    The repository of one process.

    Attributes:
        kind: ``sqlite`` or ``postgresql``. path: the file of a SQLite repository, else None.
    """

    def __init__(self, engine: Engine, path: str | None) -> None:
        self.engine, self.path = engine, path
        self.kind: Literal["sqlite", "postgresql"] = "sqlite" if path is not None else "postgresql"
        self._turn = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """
        A transaction that may write; on SQLite it takes the write lock at once (``BEGIN IMMEDIATE``).

        Raises:
            Retry: LS-7002 connection lost, deadlock, or the lock was not free for 30 s. Stop: LS-7003.
        """
        with self._translated(), self._taking_turns(), self.engine.connect() as connection:
            connection = connection.execution_options(loadstone_write=True)
            later: list[Callable[[], object]] = []
            connection.info[_AFTER] = later
            with connection.begin():
                yield connection
                reach("repository_commit")
            reach("repository_committed")
        for act in later:
            with suppress(Exception):  # the transaction stands, even where a log cannot be written
                act()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads: one consistent view of the repository."""
        with self._translated(), self.engine.connect() as connection:
            if self.kind == "postgresql":  # else each statement would have a view of its own
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    # Private methods

    @contextmanager
    def _taking_turns(self) -> Iterator[None]:
        """
        Let one thread of this process write a SQLite file at a time.

        SQLite has those who wait for its lock look again every 0.1 s, whoever came first; here the next one goes on as
        soon as the one before is done. A turn that does not come is not waited for longer than the lock would be.
        """
        mine = self.kind == "sqlite" and self._turn.acquire(timeout=BUSY_TIMEOUT_MS / 1000)
        try:
            yield
        finally:
            if mine:
                self._turn.release()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise error_of(error, self.path) from error


def open_database(url: str) -> Database:
    """
    The repository at ``url``: ``sqlite:///path``, a path ending in .db, or ``postgresql://...``.

    Its tables are made or brought up to date by ``migrate.upgrade``.

    Raises:
        FixSpec: LS-7001 the URL names neither kind.
    """
    try:
        parsed = make_url(url if "://" in url else f"sqlite:///{url}")
    except ArgumentError as error:
        raise _no_repository(url) from error
    kind = parsed.get_backend_name()
    if kind == "sqlite" and parsed.database and parsed.database != ":memory:":
        return Database(_sqlite(parsed.set(drivername="sqlite+pysqlite")), parsed.database)
    if kind in ("postgresql", "postgres"):
        return Database(_postgresql(parsed), None)
    raise _no_repository(url)


def after_commit(connection: Connection, act: Callable[[], object]) -> None:
    """Call ``act`` when the transaction of ``Database.write`` has committed; never, when it rolls back."""
    later = connection.info.get(_AFTER)
    if later is not None:
        later.append(act)


def one_at_a_time(connection: Connection, what: int) -> None:
    """
    Let no other transaction that says so of ``what`` (64 bits, the caller's own) go on until this one has ended.

    What it reads afterwards is what the others left. SQLite has one writer at a time without this.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:what)"), {"what": what})


def now(connection: Connection) -> datetime:
    """
    The database's clock, in UTC. Leases and due times are compared with it, never with a worker's clock.

    A transaction asks once, and has that moment to its end: transactions are short, and a question is a trip.
    """
    known: datetime | None = connection.info.get(_NOW)
    if known is None:
        known = connection.info[_NOW] = _clock(connection)
    return known


# Private functions

_NOW = "loadstone_now"
"""Where a connection keeps the moment of its transaction."""

_WISHES: dict[str, Any] = {
    "application_name": "loadstone repository",
    "connect_timeout": 15,
    "options": f"-c idle_in_transaction_session_timeout={IDLE_MAX_MS}",
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""
Of a connection to PostgreSQL; what the URL says goes before. As for targets, a dead network is noticed before a
lease of 30 s has run out.
"""


def _no_repository(url: str) -> FixSpec:
    return FixSpec(
        "LS-7001",
        f"{url.partition('@')[2] or url!r} names no repository",
        hints=["a path such as loadstone.db, or postgresql://user@host/database."],
    )


def _clock(connection: Connection) -> datetime:
    if connection.dialect.name == "sqlite":
        told = connection.execute(text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")).scalar_one()
        return datetime.fromisoformat(told).replace(tzinfo=UTC)
    moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment.astimezone(UTC)


def _postgresql(url: Any) -> Engine:
    """
    An engine whose idle connections are looked at before they are used.

    A server that ends a session closes its socket, which shows without a trip to it.
    """
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        connect_args={name: value for name, value in _WISHES.items() if name not in url.query},
    )

    @event.listens_for(engine, "checkout")
    def on_checkout(connection: Any, record: Any, proxy: Any) -> None:
        if connection.closed or _speaks(connection.fileno()):
            raise DisconnectionError

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.info.pop(_NOW, None)

    @event.listens_for(engine, "after_cursor_execute")
    def on_executed(
        connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        # Rows that are sent together go as a pipeline, behind which PostgreSQL's clock for idle transactions stands still:
        # a worker that stopped there would keep its locks for ever. Any statement sets the clock going.
        if many:
            cursor.connection.execute("SELECT 1")

    return engine


def _speaks(descriptor: int) -> bool:
    """Whether something has come, unasked, on an idle connection: its end, most likely."""
    watch = select.poll()
    watch.register(descriptor, select.POLLIN)
    return bool(watch.poll(0))


def _sqlite(url: Any) -> Engine:
    """An engine whose transactions begin as we say, not as the driver guesses."""
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        make_durable(connection, wait_s=BUSY_TIMEOUT_MS / 1000)

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.info.pop(_NOW, None)
        if connection.get_execution_options().get("loadstone_write", False):
            _begin_write(connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _begin_write(connection: Connection) -> None:
    """
    Begin with SQLite's write lock, as soon as it is free.

    SQLite's own wait looks for it every 0.1 s in the end, and meanwhile others come and go; this one every few milliseconds.
    The last try is the one whose error is told.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < deadline:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.Error as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
            time.sleep(LOCK_PAUSE_S)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
