"""
Write, read and verify the trail.

An entry is written in the transaction of what it tells, so neither exists without the other. A seal
links each entry to all before it: ``hash = SHA-256(previous hash, entry)``. Sealing happens afterwards,
in one process at a time, so that actions never wait for each other's entries.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from loadstone.audit.tables import ENTRY, SEAL
from loadstone.database import put
from loadstone.database.open import Database, now, one_at_a_time

SEAL_MAX = 10_000
"""Entries sealed in one transaction."""

LATE_MAX = 2_000
"""Entries that others may write while a transaction with one is open: far more than in its 15 s."""

FIRST_HASH = "0" * 64
"""What the first entry is linked to."""

_LOCK = 0x10AD5EA1


@dataclass(frozen=True, kw_only=True)
class Entry:
    """
    One action.

    Attributes:
        at: UTC, by the repository's clock. actor: a person, ``worker:ID`` or ``schedule:NAME``.
        action: verb and noun such as ``job.launch``. object: what it was done to, such as ``execution:17``.
        detail: JSON values; never secrets, never values of records.
    """

    id: int
    at: datetime
    actor: str
    action: str
    object: str
    detail: Mapping[str, Any]


def record(connection: Connection, actor: str, action: str, object_: str, detail: Mapping[str, Any]) -> None:
    """Write an entry in the caller's transaction."""
    row = {"at": now(connection), "actor": actor, "action": action, "object": object_, "detail": dict(detail)}
    put.add(connection, ENTRY, row)


def entries(
    connection: Connection, *, object_: str | None = None, after: int = 0, limit: int = 1000
) -> list[Entry]:
    """Entries with an id above ``after``, oldest first; those about ``object_`` when it is given."""
    query = select(ENTRY).where(ENTRY.c.id > after).order_by(ENTRY.c.id).limit(limit)
    if object_ is not None:
        query = query.where(ENTRY.c.object == object_)
    return [Entry(**row._mapping) for row in connection.execute(query)]


def latest(connection: Connection, object_: str, actions: Sequence[str], *, limit: int) -> list[Entry]:
    """The newest entries about ``object_`` that tell one of ``actions``, newest first."""
    about = select(ENTRY).where(ENTRY.c.object == object_, ENTRY.c.action.in_(actions))
    query = about.order_by(ENTRY.c.id.desc()).limit(limit)
    return [Entry(**row._mapping) for row in connection.execute(query)]


def seal(database: Database, *, whole: bool = False) -> int:
    """
    Link entries that have no seal yet, at most ``SEAL_MAX``; how many. Safe to call from any process at any time.

    Without ``whole`` those are looked for behind the last sealed ones and ``LATE_MAX`` before them: transactions
    commit out of the order of their entries, but not by more than that.
    """
    with database.write() as connection:
        one_at_a_time(connection, _LOCK)
        number, previous = _last_seal(connection)
        sealed = select(SEAL.c.entry_id).where(SEAL.c.entry_id == ENTRY.c.id)
        query = select(ENTRY).order_by(ENTRY.c.id).limit(SEAL_MAX)
        if not whole:
            newest = connection.execute(select(func.max(SEAL.c.entry_id))).scalar() or 0
            sealed = sealed.where(SEAL.c.entry_id > newest - LATE_MAX)
            query = query.where(ENTRY.c.id > newest - LATE_MAX)
        query = query.where(~sealed.exists())
        seals = []
        for row in connection.execute(query):
            number, previous = number + 1, _link(previous, row)
            seals.append({"number": number, "entry_id": row.id, "hash": previous})
        if seals:
            connection.execute(insert(SEAL), seals)
        return len(seals)


def broken(connection: Connection) -> list[int]:
    """Numbers of seals that do not fit: their entry was changed or removed, or a seal before them was."""
    found, previous, expected = [], FIRST_HASH, 1
    for number, stored, row in _chain(connection):
        good = row is not None and number == expected and stored == _link(previous, row)
        if not good:
            found.append(number)
        previous, expected = stored, number + 1
    return found


def root(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last seal: what stands for the whole trail, to be kept elsewhere."""
    return _last_seal(connection)


# Private functions


def _last_seal(connection: Connection) -> tuple[int, str]:
    row = connection.execute(
        select(SEAL.c.number, SEAL.c.hash).order_by(SEAL.c.number.desc()).limit(1)
    ).first()
    return (int(row.number), str(row.hash)) if row else (0, FIRST_HASH)


def _link(previous: str, row: Row[Any]) -> str:
    parts = [previous, row.id, row.at.isoformat(), row.actor, row.action, row.object, row.detail]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _chain(connection: Connection) -> Iterator[tuple[int, str, Row[Any] | None]]:
    last = connection.execute(select(func.max(SEAL.c.number))).scalar() or 0
    for start in range(0, last, SEAL_MAX):
        query = (
            select(SEAL.c.number, SEAL.c.hash.label("seal"), ENTRY)
            .join_from(SEAL, ENTRY, SEAL.c.entry_id == ENTRY.c.id, isouter=True)
            .where(SEAL.c.number > start, SEAL.c.number <= start + SEAL_MAX)
            .order_by(SEAL.c.number)
        )
        for row in connection.execute(query):
            yield int(row.number), str(row.seal), row if row.id is not None else None
