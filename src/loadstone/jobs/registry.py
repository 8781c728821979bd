"""Store, approve and retire definitions; who the repository is."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import nullcontext

from sqlalchemy import insert, select

from loadstone.audit import trail
from loadstone.database.open import Database, now, one_at_a_time
from loadstone.errors import FixSpec, Refused
from loadstone.jobs.definition import Definition
from loadstone.jobs.handlers import Handler, handler_of
from loadstone.jobs.parameters import places, refuse_passwords
from loadstone.jobs.repository import definitions
from loadstone.jobs.repository.definitions import StoredDefinition
from loadstone.jobs.tables import REPOSITORY
from loadstone.spec.documents import Document, placed

LOCK = 0x10AD5DEF
"""Of transactions that number a version of a definition, or name the repository: see ``one_at_a_time``."""


def repository_id(database: Database) -> str:
    """Which repository this is: 32 hexadecimal digits, drawn when it is first asked for."""
    with database.write() as connection:
        one_at_a_time(connection, LOCK)
        found = connection.execute(select(REPOSITORY.c.id)).scalar()
        if found is None:
            found = uuid.uuid4().hex
            connection.execute(insert(REPOSITORY).values(id=found, created_at=now(connection)))
        return str(found)


def store(
    database: Database,
    definition: Definition,
    handlers: Mapping[str, Handler],
    *,
    actor: str,
    document: Document | None = None,
) -> StoredDefinition:
    """
    Keep a definition as a draft; the newest version is returned as it is when it says the same.

    Args:
        document: Where the definition was read from, for the places of errors.

    Raises:
        FixSpec: LS-7107 unknown handler, LS-7112 a place names no parameter, LS-7131 a password stands in it, or what a
            handler refuses.
    """
    for parameter, one in definition.parameters.items():
        refuse_passwords(one.default, f"job {definition.name}, parameter {parameter}")
    for name in definition.steps:
        with placed(document, ("steps", name)) if document is not None else nullcontext():
            check(definition, name, handlers)
    with database.write() as connection:
        one_at_a_time(connection, LOCK)
        newest = definitions.find(connection, definition.name)
        if newest is not None and newest.content_hash == definition.content_hash():
            return newest
        stored = definitions.add(connection, definition, actor)
        told = {"version": stored.version, "content_hash": stored.content_hash}
        trail.record(connection, actor, "job.store", f"job:{definition.name}", told)
        return stored


def check(definition: Definition, name: str, handlers: Mapping[str, Handler]) -> None:
    """Refuse a step that could not run: see ``store``."""
    step = definition.steps[name]
    unknown = sorted(places(step.config) - set(definition.parameters))
    if unknown:
        known = ", ".join(definition.parameters) or "none"
        raise FixSpec(
            "LS-7112",
            f"job {definition.name}, step {name}: {{{unknown[0]}}} is no parameter",
            hints=[f"its parameters: {known}."],
        )
    refuse_passwords(step.config, f"job {definition.name}, step {name}")
    handler_of(handlers, step.handler, name).check(step.config)


def approve(database: Database, name: str, version: int | None, *, actor: str) -> StoredDefinition:
    """
    Let a version run; the one approved before serves the instances that are pinned to it.

    Raises:
        FixSpec: LS-7105 no such job or version. Refused: LS-7113 its author may not approve it.
    """
    with database.write() as connection:
        stored = _existing(definitions.find(connection, name, version), name, version)
        if stored.created_by == actor:
            raise Refused(
                "LS-7113",
                f"{actor} wrote version {stored.version} of job {name}, so another person must approve it",
                hints=[f"`loadstone jobs approve {name} --version {stored.version} --as NAME`"],
            )
        definitions.set_state(connection, stored.id, "approved", actor)
        trail.record(connection, actor, "job.approve", f"job:{name}", {"version": stored.version})
        return definitions.by_id(connection, stored.id)


def retire(database: Database, name: str, version: int | None, *, actor: str) -> StoredDefinition:
    """Let no new instance start with a version; ``FixSpec`` LS-7105 as ``approve``."""
    with database.write() as connection:
        stored = _existing(definitions.find(connection, name, version), name, version)
        definitions.set_state(connection, stored.id, "retired", actor)
        trail.record(connection, actor, "job.retire", f"job:{name}", {"version": stored.version})
        return definitions.by_id(connection, stored.id)


# Private functions


def _existing(stored: StoredDefinition | None, name: str, version: int | None) -> StoredDefinition:
    if stored is None:
        which = f"job {name}" if version is None else f"version {version} of job {name}"
        raise FixSpec("LS-7105", f"there is no {which}", hints=["`loadstone jobs list` lists all."])
    return stored
