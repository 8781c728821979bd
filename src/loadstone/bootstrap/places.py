"""Places with files, put together: a connection's transport behind its breaker."""

from __future__ import annotations

from loadstone.bootstrap.breakers import breakers
from loadstone.bootstrap.configured import configured
from loadstone.bootstrap.queries import StoredQueries
from loadstone.connections.guarded import Guarded
from loadstone.connections.model import Connection
from loadstone.connections.transports.open import open_transport
from loadstone.database.open import Database


def open_place(connection: Connection, database: Database | None, *, owner: str = "") -> Guarded:
    """
    A way to the files of a connection, opened when it is first needed.

    Args:
        database: The repository, with the breakers that all workers share, and watermarks; None where there is none.
        owner: Who sends a probe, as the breaker tells it.

    Raises:
        FixSpec: LS-7401 its options are wrong. Each call raises what ``Guarded`` says.
    """
    queries = StoredQueries(configured(), database)
    kept = breakers(database) if database is not None else None
    return Guarded(connection, lambda: open_transport(connection, queries), kept, owner=owner)
