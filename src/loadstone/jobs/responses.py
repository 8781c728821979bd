"""Idempotent requests: the first one's response is stored and returned to its repeats until it expires."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from loadstone.audit import trail
from loadstone.database.open import Database, now
from loadstone.errors import Refused
from loadstone.jobs.definition import canonical
from loadstone.jobs.tables import RESPONSE

WINDOW = timedelta(hours=24)
"""How long a response is returned to repeats."""

UNANSWERED = timedelta(minutes=5)
"""How long a request without a response blocks its repeats: its process died, or is still at work."""


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A response, and whether it was stored by an earlier request."""

    response: Mapping[str, Any]
    replayed: bool


def once(
    database: Database,
    scope: str,
    key: str,
    request: Mapping[str, Any],
    answer: Callable[[], Mapping[str, Any]],
) -> Replay:
    """
    The response of ``answer``, called for the first request with this key in this scope only.

    Error responses are stored like others: ``answer`` returns them. If it raises, nothing is stored and the
    key is free again.

    Raises:
        Refused: LS-7116 the key came with another request; LS-7117 the first request is still at work.
    """
    digest = hashlib.sha256(canonical(dict(request)).encode()).hexdigest()
    with database.write() as connection:
        stored = _reserve(connection, scope, key, digest)
        if stored is not None:
            trail.record(connection, scope, "request.replay", f"request:{key}", {"request": digest})
            return Replay(response=stored, replayed=True)
    try:
        response = answer()
    except BaseException:
        with database.write() as connection:
            connection.execute(delete(RESPONSE).where(*_where(scope, key), RESPONSE.c.response.is_(None)))
        raise
    with database.write() as connection:
        values = {"response": dict(response), "expires_at": now(connection) + WINDOW}
        connection.execute(update(RESPONSE).where(*_where(scope, key)).values(values))
    return Replay(response=response, replayed=False)


def expire(database: Database) -> int:
    """Remove responses whose time is over; how many."""
    with database.write() as connection:
        return connection.execute(delete(RESPONSE).where(RESPONSE.c.expires_at <= now(connection))).rowcount


# Private functions


def _where(scope: str, key: str) -> tuple[Any, ...]:
    return RESPONSE.c.scope == scope, RESPONSE.c.key == key


def _reserve(connection: Connection, scope: str, key: str, digest: str) -> Mapping[str, Any] | None:
    """The stored response, or None when the key is now this caller's."""
    moment = now(connection)
    connection.execute(delete(RESPONSE).where(*_where(scope, key), RESPONSE.c.expires_at <= moment))
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {
        "scope": scope,
        "key": key,
        "request_hash": digest,
        "created_at": moment,
        "expires_at": moment + UNANSWERED,
    }
    reserve = dialect.insert(RESPONSE).values(row).on_conflict_do_nothing().returning(RESPONSE.c.key)
    if connection.execute(reserve).first() is not None:
        return None
    stored = connection.execute(select(RESPONSE).where(*_where(scope, key))).one()
    if stored.request_hash != digest:
        raise Refused(
            "LS-7116",
            f"the idempotency key {key} was used for another request",
            hints=["send a new key with a new request."],
        )
    if stored.response is None:
        raise Refused("LS-7117", f"the request with key {key} is still at work", hints=["repeat it later."])
    response: Mapping[str, Any] = stored.response
    return response
