"""The registry, put together: source systems, feeds and layouts as one person sees and changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

from loadstone.bootstrap.configured import configured
from loadstone.bootstrap.repository import open_repository
from loadstone.database.open import Database
from loadstone.errors import FixSpec, LoadstoneError, Place
from loadstone.sources import registry, repository
from loadstone.sources.check import Known
from loadstone.sources.files import Registry, nothing, read_registry, rooted, to_yaml
from loadstone.sources.match import Matched, match_name
from loadstone.sources.model import Feed, FixedLayout, SourceSystem
from loadstone.sources.registry import Outcome
from loadstone.sources.repository import Stored
from loadstone.spec.documents import parse_document

N = TypeVar("N", bound=SourceSystem | Feed | FixedLayout)


class Sources:
    """The registry of a repository, as one person (``actor``) sees and changes it."""

    def __init__(self, database: Database, actor: str) -> None:
        self._database, self._actor = database, actor

    def systems(self) -> list[dict[str, Any]]:
        """All source systems, with how many feeds each has."""
        with self._database.read() as connection:
            found = repository.listed(connection, SourceSystem)
            feeds = [one.item.source for one in repository.listed(connection, Feed)]
        return [
            {
                "source": one.item.name,
                "title": one.item.title or None,
                "kind": str(one.item.kind),
                "feeds": feeds.count(one.item.name),
                "security": str(one.item.security),
                "owners": ", ".join(owner.name for owner in one.item.owners) or None,
                "enabled": one.item.enabled,
                "version": one.version,
            }
            for one in found
        ]

    def feeds(self, source: str | None = None) -> list[dict[str, Any]]:
        """All feeds, or those of one system; ``FixSpec`` LS-7604 when there is no such system."""
        with self._database.read() as connection:
            if source is not None:
                registry.find(connection, SourceSystem, source)
            found = repository.feeds_of(connection, source) if source else repository.listed(connection, Feed)
        return [_feed_row(one) for one in found]

    def show(self, kind: type[N], name: str) -> dict[str, Any]:
        """One with all that it says; ``FixSpec`` LS-7604 when there is none."""
        with self._database.read() as connection:
            stored = registry.find(connection, kind, name)
        values = stored.item.model_dump(mode="json", exclude_defaults=True)
        values |= {
            "version": stored.version,
            "changed_at": stored.changed_at,
            "changed_by": stored.changed_by,
        }
        return values

    def add(self, text: str, file: str) -> list[Outcome]:
        """
        Keep what a file says, all of it new.

        Raises:
            FixSpec: LS-7602 and others, every problem in one. Refused: LS-7606 one of the names is taken.
        """
        found = self._read([(file, text)])
        if not (found.sources or found.feeds or found.layouts):
            raise nothing(Place(file=file, line=1, column=1))
        return registry.store(self._database, found, new=True, actor=self._actor)

    def edit(
        self, kind: type[N], name: str, values: Mapping[str, Any], version: int | None
    ) -> dict[str, Any]:
        """Set values at dotted paths; what ``registry.edit`` raises."""

        def changed(item: N) -> N:
            after = registry.with_values(item, values)
            if isinstance(after, Feed) and any(path.split(".")[0] == "layout" for path in values):
                return cast(N, rooted(after, None))
            return after

        stored = registry.edit(
            self._database,
            kind,
            name,
            changed,
            version=version,
            actor=self._actor,
        )
        return {repository.WORDS[kind]: name, "version": stored.version}

    def remove(self, kind: type[N], name: str, version: int | None, *, feeds: bool = False) -> list[str]:
        """What ``registry.remove`` says."""
        return registry.remove(self._database, kind, name, version=version, feeds=feeds, actor=self._actor)

    def problems(self, texts: Sequence[tuple[str, str]]) -> list[LoadstoneError]:
        """Every problem of files, each at its place."""
        return read_registry(texts, self._known())[1]

    def take(self, texts: Sequence[tuple[str, str]], *, prune: bool) -> list[Outcome]:
        """Keep what files say: all of it, or nothing (``FixSpec`` with every problem)."""
        return registry.store(self._database, self._read(texts), prune=prune, actor=self._actor)

    def export(self, source: str | None = None) -> str:
        """The registry as YAML, or one system with its feeds and their layouts."""
        with self._database.read() as connection:
            known = registry.known(connection)
        sources, feeds, layouts = (
            [*known.sources.values()],
            [*known.feeds.values()],
            [*known.layouts.values()],
        )
        if source is not None:
            if source not in known.sources:
                raise registry.unknown(SourceSystem, source)
            sources = [known.sources[source]]
            feeds = [one for one in feeds if one.source == source]
            layouts = [one for one in layouts if one.name in {feed.layout.fixed for feed in feeds}]
        return to_yaml(sources, feeds, layouts)

    def match(self, name: str, connection: str | None, folder: str | None) -> Matched:
        """Which feed takes a file of this name."""
        known = self._known()
        return match_name(
            [*known.feeds.values()],
            name,
            connection=connection,
            folder=folder,
            disabled_sources=[one.name for one in known.sources.values() if not one.enabled],
        )

    def unconfigured(self) -> list[str]:
        """Connections that feeds and systems name and this machine's configuration does not."""
        here, known = configured(), self._known()
        named = {feed.connection.lower() for feed in known.feeds.values() if feed.connection is not None}
        named |= {one.lower() for source in known.sources.values() for one in source.connections}
        return sorted(named - set(here))

    def close(self) -> None:
        """Close the repository."""
        self._database.close()

    # Private methods

    def _known(self) -> Known:
        with self._database.read() as connection:
            return registry.known(connection)

    def _read(self, texts: Sequence[tuple[str, str]]) -> Registry:
        found, problems = read_registry(texts, self._known())
        if len(problems) == 1:
            raise problems[0]
        if problems:
            hints = list(dict.fromkeys(hint for one in problems for hint in one.hints))
            told = "; ".join(f"{one.place}: {one.message}" for one in problems)
            raise FixSpec(problems[0].code, told, problems[0].place, hints=hints)
        return found


def open_sources(url: str, *, actor: str) -> Sources:
    """The registry of the repository at ``url``."""
    return Sources(open_repository(url), actor)


def value_of(text: str) -> Any:
    """What ``NAME=text`` gives a value: YAML, and nothing for the default. ``FixSpec`` LS-7602."""
    try:
        return parse_document(text, None, "LS-7602").values
    except FixSpec as error:
        raise FixSpec("LS-7602", f"{text!r} is no value: {error.message}", hints=error.hints) from error


# Private functions


def _feed_row(one: Stored[Feed]) -> dict[str, Any]:
    feed = one.item
    return {
        "feed": feed.name,
        "source": feed.source,
        "connection": feed.connection,
        "folder": feed.folder or None,
        "patterns": " ".join(pattern.text for pattern in feed.patterns),
        "format": feed.format,
        "target": feed.target,
        "until": feed.sla.expected_until.isoformat("minutes")
        if feed.sla and feed.sla.expected_until
        else None,
        "enabled": feed.enabled,
        "version": one.version,
    }
