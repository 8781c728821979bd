"""Queries as places with files, put together: databases by name or URL, and watermarks in the repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from loadstone.connections.model import Connection
from loadstone.connections.transports import faults
from loadstone.connections.transports.query import Answered
from loadstone.database.open import Database, now
from loadstone.database.watermarks import WATERMARK
from loadstone.errors import FixSpec, LoadstoneError
from loadstone.targets.urls import safe_url


class StoredQueries:
    """
    Databases, and watermarks (``connections.transports.query.Queries``).

    Args:
        named: Connections and targets of the configuration, whose names may stand for URLs. database: the repository;
            None for a test of a connection, which reads from the start and keeps nothing.
    """

    def __init__(self, named: Mapping[str, Connection], database: Database | None) -> None:
        self._named, self._database = named, database

    @contextmanager
    def asked(self, url: str, sql: str, values: Mapping[str, str]) -> Iterator[Answered]:
        """One answer; outages and refusals are those of a transport, and what is wrong with the query is LS-3023."""
        from loadstone.targets.asked import asked

        real = self.url_of(url)
        try:
            with asked(real, sql, values) as answered:
                yield answered
        except LoadstoneError as error:
            raise _as_of_a_place(error, safe_url(real)) from error

    def url_of(self, wanted: str) -> str:
        """The URL that a name stands for, or the URL itself."""
        found = self._named.get(wanted.lower())
        return found.url if found is not None else wanted

    def watermark(self, connection: str) -> str | None:
        """How far the files that were taken go."""
        if self._database is None:
            return None
        with self._database.read() as transaction:
            wanted = select(WATERMARK.c.value).where(WATERMARK.c.connection == connection)
            return transaction.execute(wanted).scalar()

    def advance(self, connection: str, value: str) -> None:
        """Keep a watermark."""
        if self._database is None:
            raise FixSpec("LS-7404", f"connection {connection}: without a repository no watermark is kept")
        with self._database.write() as transaction:
            dialect = postgresql if transaction.dialect.name == "postgresql" else sqlite
            row = {"value": value, "changed_at": now(transaction)}
            kept = dialect.insert(WATERMARK).values(connection=connection, **row)
            transaction.execute(kept.on_conflict_do_update(index_elements=["connection"], set_=row))


# Private functions

_LOGIN = ("authentication failed", "no password supplied", "Access denied", "ORA-01017", 'role "')
"""What servers say of a login; drivers hand on no code for an attempt to connect."""


def _as_of_a_place(error: LoadstoneError, shown: str) -> LoadstoneError:
    match error.code:
        case "LS-3020" if any(word in error.message for word in _LOGIN):
            return faults.login_refused(shown, error.message)
        case "LS-3020" | "LS-3022" | "LS-3024":
            return faults.gone(shown, error.message)
        case "LS-3008":
            return faults.no_rights(shown, "what the query names", error.message)
        case _:
            return error
