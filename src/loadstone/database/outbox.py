"""
Events that leave with the transaction that causes them: written in it, read afterwards, each once a reader.

On PostgreSQL a transaction that began early may commit late, so ids alone are no order of appearance.
An event therefore carries the id of its transaction, and readers see only events of transactions older
than any that is still open: nothing can appear behind a reader's place. SQLite has one writer at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    Table,
    Text,
    and_,
    delete,
    insert,
    literal_column,
    not_,
    select,
    text,
    true,
    tuple_,
    update,
)

from loadstone.database.metadata import METADATA, Instant, document, row_id
from loadstone.database.open import after_commit, now
from loadstone.database.put import put as put_row
from loadstone.database.put import put_once
from loadstone.telemetry.events import tell

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("xact", BigInteger, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("body", document(), nullable=False),
    Column("written_at", Instant, nullable=False),
    Index("ix_outbox_xact_id", "xact", "id"),
    Index("ix_outbox_topic_xact_id", "topic", "xact", "id"),
    info={"meaning": "Events, written in the transaction of what they tell of.", "natural_key": ("id",)},
)

READER = Table(
    "outbox_reader",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("last_xact", BigInteger, nullable=False),
    Column("last_id", BigInteger, nullable=False),
    info={"meaning": "How far a reader of events has come.", "natural_key": ("name",)},
)

_XACT: ColumnElement[int] = literal_column("pg_current_xact_id()::text::bigint")

_PUT = {"postgresql": insert(OUTBOX).values(xact=_XACT), "sqlite": insert(OUTBOX).values(xact=0)}
"""By the database: the statement that writes an event."""

Place = tuple[int, int]
"""Where a reader stands: transaction and id of the last event it has seen; (0, 0) at the start."""

READ_MAX = 1000
"""Events of one read."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """
    Something that happened.

    Attributes:
        place: Ascending in the order of appearance. topic: ``execution.completed``, ``file.arrived``, ...
        key: What it is about. body: JSON values. written_at: by the database's clock, UTC.
    """

    place: Place
    topic: str
    key: str
    body: Mapping[str, Any]
    written_at: datetime


def put(connection: Connection, topic: str, key: str, body: Mapping[str, Any]) -> None:
    """Write an event; it exists if and only if the caller's transaction commits."""
    row = {"topic": topic, "key": key, "body": dict(body), "written_at": now(connection)}
    connection.execute(_PUT[connection.dialect.name], row)
    after_commit(connection, lambda: tell(topic, key, body))


def read(
    connection: Connection, *, after: Place = (0, 0), topics: Sequence[str] = (), limit: int = READ_MAX
) -> list[Event]:
    """Events behind ``after`` in order of appearance, at most ``limit``; of all topics when none is named."""
    query = select(OUTBOX).where(behind(connection, *after))
    query = query.where(seen(connection))
    if topics:
        query = query.where(OUTBOX.c.topic.in_(topics))
    query = query.order_by(OUTBOX.c.xact, OUTBOX.c.id).limit(limit)
    return [
        Event(
            place=(row.xact, row.id), topic=row.topic, key=row.key, body=row.body, written_at=row.written_at
        )
        for row in connection.execute(query)
    ]


def stand_at_end(connection: Connection, reader: str) -> None:
    """Let ``reader`` see only what is written from now on; what an open transaction has written it may still see."""
    newest = connection.execute(
        select(OUTBOX.c.xact, OUTBOX.c.id).order_by(OUTBOX.c.xact.desc(), OUTBOX.c.id.desc()).limit(1)
    ).first()
    values = {"last_xact": newest.xact if newest else 0, "last_id": newest.id if newest else 0}
    put_row(connection, READER, {"name": reader}, values)


def behind(connection: Connection, xact: Any, last: Any) -> Any:
    """Whether a row of the outbox comes after a place; an expression that an index serves on both databases."""
    if connection.dialect.name == "postgresql":
        return tuple_(OUTBOX.c.xact, OUTBOX.c.id) > tuple_(xact, last)
    return and_(OUTBOX.c.xact == 0, OUTBOX.c.id > last)


def seen(connection: Connection) -> Any:
    """Whether a row of the outbox may be read by now; an expression for queries that join it."""
    if connection.dialect.name == "postgresql":
        return OUTBOX.c.xact < text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    return true()


def forget(connection: Connection, before: datetime) -> int:
    """Remove events that were written before that moment (UTC) and that every reader has seen; how many."""
    where = [OUTBOX.c.written_at < before]
    for row in connection.execute(select(READER.c.last_xact, READER.c.last_id)):
        where.append(not_(behind(connection, row.last_xact, row.last_id)))
    return connection.execute(delete(OUTBOX).where(*where)).rowcount


def take(
    connection: Connection, reader: str, *, topics: Sequence[str] = (), limit: int = READ_MAX
) -> list[Event]:
    """
    The next events for ``reader``, which moves behind them with the caller's transaction.

    What the caller does in that transaction therefore happens once for each event. Two processes
    that take for one reader wait for each other.
    """
    where = READER.c.name == reader
    mine = select(READER).where(where).with_for_update()
    row = connection.execute(mine).first()
    if row is None:
        put_once(connection, READER, {"name": reader}, {"last_xact": 0, "last_id": 0})
        row = connection.execute(mine).one()
    found = read(connection, after=(row.last_xact, row.last_id), topics=topics, limit=limit)
    if found:
        xact, last = found[-1].place
        connection.execute(update(READER).where(where).values(last_xact=xact, last_id=last))
    return found
