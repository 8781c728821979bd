"""Breakers over the repository: the store that all workers share, and the probe that reaches out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection as Transaction
from sqlalchemy import Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from loadstone.bootstrap.configured import configured
from loadstone.bootstrap.queries import StoredQueries
from loadstone.connections.breaker import Breakers, breaker_values
from loadstone.connections.model import Breaker, BreakerState, Connection
from loadstone.connections.options import OPTIONS
from loadstone.connections.transports.open import open_transport
from loadstone.database import outbox
from loadstone.database.breakers import BREAKER
from loadstone.database.open import Database, after_commit, now
from loadstone.telemetry import metrics

STATE_NUMBERS = {BreakerState.CLOSED: 0, BreakerState.HALF_OPEN: 1, BreakerState.OPEN: 2}
"""States as the metric tells them."""


def breakers(database: Database) -> Breakers:
    """The breakers of a repository."""
    return Breakers(StoredBreakers(database), probe)


def probe(connection: Connection) -> None:
    """Reach out: log in and list the folder, or ask the database for one."""
    if connection.kind in OPTIONS:
        reach_out(connection)
        return
    from loadstone.bootstrap.targets import open_target

    target = open_target(connection.url)
    try:
        target.ask("SELECT 1" if not connection.url.startswith("oracle") else "SELECT 1 FROM dual")
    finally:
        target.close()


def reach_out(connection: Connection) -> None:
    """Log in and list the folder, or ask the database for one; errors are those of a transport."""
    queries = StoredQueries(configured(), None)
    if connection.kind == "query":
        oracle = queries.url_of(connection.url).startswith("oracle")
        with queries.asked(connection.url, "SELECT 1 FROM dual" if oracle else "SELECT 1", {}) as answered:
            next(iter(answered))
        return
    transport = open_transport(connection)
    try:
        transport.list()
    finally:
        transport.close()


class StoredBreakers:
    """Keeps breakers in the repository (``connections.breaker.Store``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def changing(self, system: str) -> Iterator[StoredCell]:
        """The row is locked until the block ends, so that of two workers one sends the probe."""
        with self._database.write() as connection:
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            row = {"system": system, "state": BreakerState.CLOSED, "failures": 0, "trips": 0}
            connection.execute(dialect.insert(BREAKER).values(row).on_conflict_do_nothing())
            found = connection.execute(select(BREAKER).where(BREAKER.c.system == system).with_for_update())
            yield StoredCell(connection, _breaker(found.one()), now(connection))

    def find(self, system: str) -> Breaker:
        """One breaker; a read that locks nothing."""
        with self._database.read() as connection:
            row = connection.execute(select(BREAKER).where(BREAKER.c.system == system)).first()
        return _breaker(row) if row is not None else Breaker(system=system)

    def listed(self) -> Sequence[Breaker]:
        """All, by system."""
        with self._database.read() as connection:
            return [_breaker(row) for row in connection.execute(select(BREAKER).order_by(BREAKER.c.system))]


class StoredCell:
    """A locked row (``connections.breaker.Cell``)."""

    def __init__(self, connection: Transaction, breaker: Breaker, moment: datetime) -> None:
        self._connection, self.breaker, self.now = connection, breaker, moment

    def put(self, breaker: Breaker, topic: str | None = None) -> None:
        """Store it, with its event."""
        self.breaker = breaker
        values: dict[str, Any] = {**asdict(breaker), "state": str(breaker.state)}
        changed = update(BREAKER).where(BREAKER.c.system == breaker.system).values(values)
        self._connection.execute(changed)
        if topic is not None:
            outbox.put(self._connection, topic, breaker.system, breaker_values(breaker))
            after_commit(self._connection, lambda: show(breaker))


def show(breaker: Breaker) -> None:
    """Set the metric of a breaker's state."""
    metrics.set_to("loadstone_breaker_state", STATE_NUMBERS[breaker.state], system=breaker.system)


# Private functions


def _breaker(row: Row[Any]) -> Breaker:
    values = dict(row._mapping)
    return Breaker(**{**values, "state": BreakerState(values["state"])})
