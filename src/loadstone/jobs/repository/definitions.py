"""Queries of definitions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from loadstone.database.open import now
from loadstone.jobs.definition import Definition
from loadstone.jobs.tables import DEFINITION

State = Literal["draft", "approved", "retired"]

PARSED_MAX = 1000
"""Definitions that a process keeps."""


@dataclass(frozen=True, kw_only=True)
class StoredDefinition:
    """A version of a definition as the repository holds it; versions count from 1."""

    id: int
    name: str
    version: int
    state: State
    definition: Definition
    content_hash: str
    created_at: datetime
    created_by: str
    approved_at: datetime | None
    approved_by: str | None


def add(connection: Connection, definition: Definition, actor: str) -> StoredDefinition:
    """Store a new version as a draft."""
    newest = connection.execute(
        select(func.max(DEFINITION.c.version)).where(DEFINITION.c.name == definition.name)
    ).scalar()
    row = {
        "name": definition.name,
        "version": (newest or 0) + 1,
        "state": "draft",
        "content": definition.model_dump(mode="json"),
        "content_hash": definition.content_hash(),
        "created_at": now(connection),
        "created_by": actor,
    }
    made = connection.execute(insert(DEFINITION).values(row).returning(DEFINITION.c.id)).scalar_one()
    return by_id(connection, made)


def by_id(connection: Connection, definition_id: int) -> StoredDefinition:
    """The version with this id, which exists."""
    return stored_of(connection.execute(select(DEFINITION).where(DEFINITION.c.id == definition_id)).one())


def find(connection: Connection, name: str, version: int | None = None) -> StoredDefinition | None:
    """That version, or the newest one of any state when ``version`` is None."""
    query = select(DEFINITION).where(DEFINITION.c.name == name).order_by(DEFINITION.c.version.desc()).limit(1)
    if version is not None:
        query = query.where(DEFINITION.c.version == version)
    row = connection.execute(query).first()
    return stored_of(row) if row else None


def approved(connection: Connection, name: str) -> StoredDefinition | None:
    """The newest approved version."""
    row = connection.execute(_APPROVED, {"name": name}).first()
    return stored_of(row) if row else None


def versions(connection: Connection, name: str | None = None) -> list[StoredDefinition]:
    """All versions by name, the newest of each first."""
    query = select(DEFINITION).order_by(DEFINITION.c.name, DEFINITION.c.version.desc())
    if name is not None:
        query = query.where(DEFINITION.c.name == name)
    return [stored_of(row) for row in connection.execute(query)]


def set_state(connection: Connection, definition_id: int, state: State, actor: str) -> None:
    """Approve or retire a version."""
    values: dict[str, object] = {"state": state}
    if state == "approved":
        values |= {"approved_at": now(connection), "approved_by": actor}
    connection.execute(update(DEFINITION).where(DEFINITION.c.id == definition_id).values(values))


def stored_of(row: Row[Any]) -> StoredDefinition:
    """The version in a row that has all columns of the table, and maybe others."""
    values = {column.name: row._mapping[column] for column in DEFINITION.c}
    content, content_hash = values.pop("content"), values["content_hash"]
    if content_hash not in _parsed:
        if len(_parsed) >= PARSED_MAX:
            _parsed.clear()
        _parsed[content_hash] = Definition.model_validate(content)
    return StoredDefinition(definition=_parsed[content_hash], **values)


# Private functions

_APPROVED = (
    select(DEFINITION)
    .where(DEFINITION.c.name == bindparam("name"), DEFINITION.c.state == "approved")
    .order_by(DEFINITION.c.version.desc())
    .limit(1)
)

_parsed: dict[str, Definition] = {}
"""Definitions by their hash; each task needs one, and reading it costs more than finding it."""
