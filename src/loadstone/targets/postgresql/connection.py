"""Connections that end soon when the other side is gone."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg
from psycopg import sql

from loadstone.errors import FixSpec, Stop
from loadstone.secrets.passwords import passwords_in, remember, without_passwords
from loadstone.targets.postgresql.faults import error_of
from loadstone.targets.postgresql.idle import CLEAN, SHELF
from loadstone.targets.urls import safe_url

KEEPALIVES: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""Below the lease of 30 s: a session of a dead network ends before another takes the load over."""

SERVER_SIDE = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "3",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "client_connection_check_interval": "5000",
    "idle_in_transaction_session_timeout": "20000",
}
"""
The same as the server sees it, so that it ends the session of a process that is gone, or that stands still inside a
transaction, and frees its locks. A chunk that waits for its turn says that it is alive (``Session.stay``).
"""


NEEDED = (b"SET TIME ZONE 'UTC'", b"SET synchronous_commit = on")
_UNKNOWN = (psycopg.errors.UndefinedObject, psycopg.errors.InvalidParameterValue)


def connect(url: str, name: str) -> psycopg.Connection[Any]:
    """
    A connection in autocommit mode, registered as ``name`` in pg_stat_activity; ``SHELF.give`` takes it back.

    Raises:
        Stop: LS-3020 the server cannot be reached or refuses the login.
    """
    kept = _kept(url, name)
    if kept is not None:
        return kept
    remember(passwords_in(url))
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        connection = psycopg.connect(
            plain, autocommit=True, application_name=name, connect_timeout=15, **KEEPALIVES
        )
        connection.prepare_threshold = None
        _settle(connection)
        SHELF.born(url, connection)
        return connection
    except psycopg.OperationalError as error:
        if error.sqlstate is not None and error.sqlstate.startswith("57"):
            raise error_of(error) from error
        raise Stop(
            "LS-3020",
            f"cannot connect to {safe_url(url)}: {str(error).strip()}",
            hints=_hints(str(error)),
        ) from error
    except psycopg.ProgrammingError as error:
        told = without_passwords(str(error).strip())
        raise FixSpec(
            "LS-3010",
            f"{safe_url(url)} is no URL of PostgreSQL: {told}",
            hints=["postgresql://user@host:5432/database"],
        ) from None


# Private functions


def _hints(told: str) -> list[str]:
    """What to do about a connection that was not had, by what the server or the network says."""
    if "too many connections" in told or "remaining connection slots" in told or "too many clients" in told:
        return [
            "raise the server's limit (max_connections, CONNECTION LIMIT of the role), or run fewer workers.",
            "pg_stat_activity shows who has the connections.",
        ]
    if "closed the connection" in told or "terminating connection" in told:
        return ["was the session ended by its administrator, or the server restarted? the server's log says."]
    if "role " in told and "does not exist" in told:
        return ["is the user of the URL right? without one it is the system's user.", "CREATE ROLE makes it."]
    if "database " in told and "does not exist" in told:
        return ["is the database of the URL right?", "CREATE DATABASE makes it."]
    if "authentication" in told or "password" in told:
        return [
            "is the password in ~/.pgpass or PGPASSWORD?",
            "may this user log in from here (pg_hba.conf)?",
        ]
    return [
        "is the server up, and are host, port and database right?",
        "is the password in ~/.pgpass or PGPASSWORD?",
    ]


def _kept(url: str, name: str) -> psycopg.Connection[Any] | None:
    """A connection from before, as good as new; None where there is none, or it is lost by now."""
    kept: psycopg.Connection[Any] | None = SHELF.take(url)
    if kept is None:
        return None
    try:
        _settle(kept, *CLEAN, _setting("application_name", name))
    except psycopg.Error:
        kept.close()
        return None
    return kept


def _settle(connection: psycopg.Connection[Any], *before: bytes) -> None:
    """Set what sessions need, and the server's time-outs; what its version or system does not have is left out."""
    bounds = [*before, *(_setting(name, value) for name, value in SERVER_SIDE.items())]
    try:
        connection.execute(b";".join([*bounds, *NEEDED]))
    except _UNKNOWN:
        for one in (*bounds, *NEEDED):
            with suppress(*_UNKNOWN):
                connection.execute(one)


def _setting(name: str, value: str) -> bytes:
    return sql.SQL("SELECT set_config({}, {}, false)").format(name, value).as_bytes()
