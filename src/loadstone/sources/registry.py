"""Keep, change and remove source systems, feeds and layouts: each change is checked against all others, and audited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from pydantic import ValidationError
from sqlalchemy import Connection

from loadstone.audit import trail
from loadstone.database.open import Database, one_at_a_time
from loadstone.errors import FixSpec, Refused
from loadstone.schedule.calendar import EVERY_DAY
from loadstone.sources import repository
from loadstone.sources.check import Fault, Known, faults_of
from loadstone.sources.files import Registry
from loadstone.sources.model import Feed, FixedLayout, SourceSystem
from loadstone.sources.repository import WORDS, Noun, Stored
from loadstone.spec.documents import fault_text

N = TypeVar("N", bound=SourceSystem | Feed | FixedLayout)

LOCK = 0x10AD50CE
"""Of transactions that change the registry, for each change is checked against all of it: see ``one_at_a_time``."""


def known(connection: Connection) -> Known:
    """All that the repository holds."""
    return Known(
        sources={one.item.name: one.item for one in repository.listed(connection, SourceSystem)},
        feeds={one.item.name: one.item for one in repository.listed(connection, Feed)},
        layouts={one.item.name: one.item for one in repository.listed(connection, FixedLayout)},
        calendars={EVERY_DAY.name, *repository.calendars(connection)},
    )


def find(connection: Connection, kind: type[N], name: str) -> Stored[N]:
    """One by its name; ``FixSpec`` LS-7604 when there is none."""
    found = repository.find(connection, kind, name)
    if found is None:
        raise unknown(kind, name)
    return found


def edit(
    database: Database,
    kind: type[N],
    name: str,
    changed: Callable[[N], N],
    *,
    version: int | None,
    actor: str,
) -> Stored[N]:
    """
    Change one by a function of what it is.

    Args:
        version: The one that the change was made from; None takes what is there.

    Raises:
        FixSpec: LS-7604 there is none; LS-7601, LS-7603, LS-7605 it does not fit in. Refused: LS-7607 another version.
    """
    with database.write() as connection:
        one_at_a_time(connection, LOCK)
        stored = repository.find(connection, kind, name, lock=True)
        if stored is None:
            raise unknown(kind, name)
        _refuse_version(stored, version)
        item = changed(stored.item)
        if item.name != name:
            raise Refused(
                "LS-7608", f"{WORDS[kind]} {name} cannot become {item.name}", hints=["add the new one."]
            )
        if item != stored.item:
            _refuse_faults(known(connection), item)
            if not repository.change(connection, stored, item, actor):
                raise _changed_meanwhile(stored)
            record(connection, actor, "change", item, differences(stored.item, item))
        return find(connection, kind, name)


def remove(
    database: Database, kind: type[N], name: str, *, version: int | None, feeds: bool = False, actor: str
) -> list[str]:
    """
    Take one away; of a source system with ``feeds`` its feeds, too. The names of all that went.

    Raises:
        FixSpec: LS-7604 there is none. Refused: LS-7607 another version, LS-7608 something needs it.
    """
    with database.write() as connection:
        one_at_a_time(connection, LOCK)
        stored = repository.find(connection, kind, name, lock=True)
        if stored is None:
            raise unknown(kind, name)
        _refuse_version(stored, version)
        below: list[Stored[Feed]] = []
        if kind is SourceSystem:
            below = repository.feeds_of(connection, name)
        users = [one.item.name for one in below] if not feeds else []
        if kind is FixedLayout:
            everything = repository.listed(connection, Feed)
            users = [one.item.name for one in everything if one.item.layout.fixed == name]
        if users:
            hint = "--feeds removes them, too." if kind is SourceSystem else "change these feeds first."
            raise Refused("LS-7608", f"{WORDS[kind]} {name} is needed by {', '.join(users)}", hints=[hint])
        gone: list[Stored[Any]] = [*below, stored]
        for one in gone:
            if not repository.remove(connection, one):
                raise _changed_meanwhile(one)
            record(connection, actor, "remove", one.item, {"version": one.version})
        return [one.item.name for one in gone]


@dataclass(frozen=True)
class Outcome:
    """What an import did with one thing: ``added``, ``changed``, ``unchanged`` or ``removed``."""

    word: str
    name: str
    done: str


def store(
    database: Database, found: Registry, *, new: bool = False, prune: bool = False, actor: str
) -> list[Outcome]:
    """
    Keep what files say, in one transaction; with ``new`` none of it may be there, with ``prune`` what they do not say goes.

    Raises:
        FixSpec: LS-7601, LS-7603, LS-7605 something changed meanwhile, and it does not fit in any more. Refused: LS-7606
            one of the names is taken.
    """
    with database.write() as connection:
        one_at_a_time(connection, LOCK)
        if new:
            refuse_taken(found, known(connection))
        everything: list[Noun] = [*found.layouts.values(), *found.sources.values(), *found.feeds.values()]
        outcomes = [_kept(connection, item, actor) for item in everything]
        outcomes += _removed(connection, found, actor) if prune else []
        faults = [fault for fault in faults_of(known(connection)) if fault.item.name in _names(found)]
        if faults:
            error = faults[0].error
            raise FixSpec(error.code, error.message, hints=error.hints)
        return outcomes


def with_values(item: N, values: Mapping[str, Any]) -> N:
    """
    ``item`` with other values at dotted paths such as ``sla.cutoff``; None takes the default back.

    Raises:
        FixSpec: LS-7602 names every fault.
    """
    document = item.model_dump(mode="json", exclude_defaults=True)
    for path, value in values.items():
        _set(document, path.split("."), value)
    try:
        return cast(N, type(item).model_validate(document))
    except ValidationError as error:
        faults = "; ".join(fault_text(one["loc"], one["type"], one["msg"]) for one in error.errors())
        raise FixSpec(
            "LS-7602", faults, hints=["docs/howto/register-a-source.md shows what may be said."]
        ) from error


def record(connection: Connection, actor: str, verb: str, item: Noun, detail: Mapping[str, Any]) -> None:
    """Into the audit trail."""
    word = WORDS[type(item)]
    trail.record(connection, actor, f"{word}.{verb}", f"{word}:{item.name}", detail)


def differences(before: N, after: N) -> dict[str, Any]:
    """What changed: pairs of old and new by name."""
    old = before.model_dump(mode="json", exclude_defaults=True)
    new = after.model_dump(mode="json", exclude_defaults=True)
    return {
        name: [old.get(name), new.get(name)]
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    }


def refuse_taken(found: Registry, before: Known) -> None:
    """``Refused`` LS-7606 names what of ``found`` is there already."""
    taken = [
        f"{word} {name}"
        for word, new, old in (
            ("layout", found.layouts, before.layouts),
            ("source", found.sources, before.sources),
            ("feed", found.feeds, before.feeds),
        )
        for name in new
        if name in old
    ]
    if taken:
        told = f"there is {', '.join(taken)} already"
        raise Refused("LS-7606", told, hints=["edit it, or import the file, which changes what is there."])


def unknown(kind: type[Any], name: str) -> FixSpec:
    """There is none of that name."""
    word = WORDS[kind]
    command = "sources export" if kind is FixedLayout else f"{word}s list"
    return FixSpec("LS-7604", f"there is no {word} {name}", hints=[f"`loadstone {command}` shows all."])


# Private functions


def _names(found: Registry) -> set[str]:
    return {*found.sources, *found.feeds, *found.layouts}


def _kept(connection: Connection, item: Noun, actor: str) -> Outcome:
    word = WORDS[type(item)]
    stored = repository.find(connection, type(item), item.name, lock=True)
    if stored is None:
        repository.add(connection, item, actor)
        record(connection, actor, "add", item, item.model_dump(mode="json", exclude_defaults=True))
        return Outcome(word, item.name, "added")
    if stored.item == item:
        return Outcome(word, item.name, "unchanged")
    if not repository.change(connection, stored, item, actor):
        raise _changed_meanwhile(stored)
    record(connection, actor, "change", item, differences(stored.item, item))
    return Outcome(word, item.name, "changed")


def _removed(connection: Connection, found: Registry, actor: str) -> list[Outcome]:
    """Feeds first, since they need the others."""
    outcomes = []
    kinds: tuple[tuple[type[Any], Mapping[str, Any]], ...] = (
        (Feed, found.feeds),
        (SourceSystem, found.sources),
        (FixedLayout, found.layouts),
    )
    for kind, named in kinds:
        for stored in repository.listed(connection, kind):
            if stored.item.name in named:
                continue
            if not repository.remove(connection, stored):
                raise _changed_meanwhile(stored)
            record(connection, actor, "remove", stored.item, {"version": stored.version})
            outcomes.append(Outcome(WORDS[kind], stored.item.name, "removed"))
    return outcomes


def _refuse_faults(before: Known, item: Noun) -> None:
    """Raise the first fault that ``item`` brings; those of others that were there before are not its own."""
    old = {(fault.item.name, fault.error.message) for fault in faults_of(before)}
    new = [fault for fault in faults_of(with_item(before, item)) if _key(fault) not in old]
    if new:
        error = new[0].error
        texts = list(dict.fromkeys(fault.error.message for fault in new))
        raise FixSpec(error.code, "; ".join(texts), hints=error.hints)


def _key(fault: Fault) -> tuple[str, str]:
    return fault.item.name, fault.error.message


def with_item(before: Known, item: Noun) -> Known:
    """With one thing more, or another one of its name."""
    sources, feeds, layouts = dict(before.sources), dict(before.feeds), dict(before.layouts)
    match item:
        case SourceSystem():
            sources[item.name] = item
        case Feed():
            feeds[item.name] = item
        case FixedLayout():
            layouts[item.name] = item
    return Known(sources=sources, feeds=feeds, layouts=layouts, calendars=before.calendars)


def _set(document: dict[str, Any], path: list[str], value: Any) -> None:
    *folders, name = path
    for folder in folders:
        inner = document.setdefault(folder, {})
        if not isinstance(inner, dict):
            raise FixSpec("LS-7602", f"{'.'.join(path)}: {folder} holds no values by name")
        document = inner
    if value is None:
        document.pop(name, None)
    else:
        document[name] = value


def _refuse_version(stored: Stored[Any], version: int | None) -> None:
    if version is not None and version != stored.version:
        raise _changed_meanwhile(stored)


def _changed_meanwhile(stored: Stored[Any]) -> Refused:
    word = WORDS[type(stored.item)]
    return Refused(
        "LS-7607",
        f"{word} {stored.item.name} is of version {stored.version}, changed by {stored.changed_by}",
        hints=[f"look at it anew: `loadstone {word}s show {stored.item.name}`."],
    )
