"""Every query of the registry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update

from loadstone.database.open import now
from loadstone.schedule.calendar import Calendar
from loadstone.schedule.repository import calendars as all_calendars
from loadstone.sources.model import Feed, FixedLayout, SourceSystem
from loadstone.sources.tables import FEED, LAYOUT, SOURCE

Noun = SourceSystem | Feed | FixedLayout
N = TypeVar("N", bound=SourceSystem | Feed | FixedLayout)
TABLES: dict[type[Any], Table] = {SourceSystem: SOURCE, Feed: FEED, FixedLayout: LAYOUT}
WORDS: dict[type[Any], str] = {SourceSystem: "source", Feed: "feed", FixedLayout: "layout"}
"""As the commands, the audit trail and messages say it."""


@dataclass(frozen=True, kw_only=True)
class Stored(Generic[N]):
    """
    Something of the registry as the repository holds it.

    Attributes:
        version: Counts its changes from 1. changed_at: UTC.
    """

    id: int
    item: N
    version: int
    changed_at: datetime
    changed_by: str


def find(connection: Connection, kind: type[N], name: str, *, lock: bool = False) -> Stored[N] | None:
    """One by its name."""
    table = TABLES[kind]
    query = select(table).where(table.c.name == name)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return _stored(kind, row) if row is not None else None


def listed(connection: Connection, kind: type[N]) -> list[Stored[N]]:
    """All of a kind, by name."""
    table = TABLES[kind]
    return [_stored(kind, row) for row in connection.execute(select(table).order_by(table.c.name))]


def feeds_of(connection: Connection, source: str) -> list[Stored[Feed]]:
    """The feeds of a source system, by name."""
    query = select(FEED).join(SOURCE, FEED.c.source_id == SOURCE.c.id).where(SOURCE.c.name == source)
    return [_stored(Feed, row) for row in connection.execute(query.order_by(FEED.c.name))]


def add(connection: Connection, item: Noun, actor: str) -> None:
    """A new one; a feed's source system must be there."""
    row = {"name": item.name, "version": 1, **_values(connection, item, actor)}
    connection.execute(insert(TABLES[type(item)]).values(row))


def change(connection: Connection, stored: Stored[Any], item: Noun, actor: str) -> bool:
    """Put ``item`` in the place of what is stored; False when somebody else has changed it in between."""
    table = TABLES[type(item)]
    row = {"name": item.name, "version": stored.version + 1, **_values(connection, item, actor)}
    changed = update(table).where(table.c.id == stored.id, table.c.version == stored.version)
    return connection.execute(changed.values(row)).rowcount == 1


def remove(connection: Connection, stored: Stored[Any]) -> bool:
    """Take it away; False when somebody else has changed it in between."""
    table = TABLES[type(stored.item)]
    gone = delete(table).where(table.c.id == stored.id, table.c.version == stored.version)
    return connection.execute(gone).rowcount == 1


def calendars(connection: Connection) -> dict[str, Calendar]:
    """The calendars of the repository by name."""
    return {one.name: one for one in all_calendars(connection)}


def stamp(connection: Connection) -> tuple[object, ...]:
    """What is another one after each change of the registry: costs three small queries, whatever it holds."""
    found: list[object] = []
    for table in TABLES.values():
        figures = (
            func.count(),
            func.sum(table.c.version),
            func.max(table.c.id),
            func.max(table.c.changed_at),
        )
        found += connection.execute(select(*figures).select_from(table)).one()
    return tuple(found)


def items(stored: Iterable[Stored[N]]) -> list[N]:
    """Without what the repository adds."""
    return [one.item for one in stored]


# Private functions


def _values(connection: Connection, item: Noun, actor: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "content": item.model_dump(mode="json", exclude_defaults=True),
        "changed_at": now(connection),
        "changed_by": actor,
    }
    if isinstance(item, SourceSystem | Feed):
        values["enabled"] = item.enabled
    if isinstance(item, Feed):
        found = select(SOURCE.c.id).where(SOURCE.c.name == item.source)
        values["source_id"] = connection.execute(found).scalar_one()
    return values


def _stored(kind: type[N], row: Row[Any]) -> Stored[N]:
    return Stored(
        id=row.id,
        item=cast(N, kind.model_validate(row.content)),
        version=row.version,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )
