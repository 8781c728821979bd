"""Look at a place: which files are there, which are new, and which have become whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from loadstone.arrivals import repository
from loadstone.arrivals.complete import (
    MANIFEST_SIZE_MAX,
    USUAL,
    Listed,
    companion,
    companions,
    groups_of,
    is_partial,
    missing,
    read_manifest,
)
from loadstone.arrivals.model import Arrival, State, Step
from loadstone.arrivals.record import move, note
from loadstone.arrivals.surroundings import Surroundings, place_of, version_of
from loadstone.connections.transports.model import Entry, Transport
from loadstone.errors import LoadstoneError
from loadstone.sources.check import Known
from loadstone.sources.match import match_name
from loadstone.sources.model import Feed
from loadstone.sources.policies import Complete
from loadstone.telemetry.points import reach


@dataclass
class Look:
    """
    What one look at a place found.

    Attributes:
        seen: Files that are new. completed: files that became whole. gone: files that vanished before they were whole.
        waiting: Why others are not whole yet, by name. trouble: why the place could not be looked at.
    """

    place: str
    seen: int = 0
    completed: int = 0
    gone: int = 0
    waiting: dict[str, str] = field(default_factory=dict)
    trouble: LoadstoneError | None = None


def places(known: Known) -> dict[tuple[str, str], list[Feed]]:
    """Connections and folders that are watched, with the feeds whose files come there."""
    found: dict[tuple[str, str], list[Feed]] = {}
    for feed in known.feeds.values():
        source = known.sources.get(feed.source)
        if feed.connection is not None and feed.enabled and (source is None or source.enabled):
            folder = place_of(feed.connection, feed.folder).partition(":")[2]
            found.setdefault((feed.connection.lower(), folder), []).append(feed)
    return found


def look(around: Surroundings, known: Known, connection: str, folder: str, feeds: Sequence[Feed]) -> Look:
    """
    One look at a place; safe to repeat, and safe while others look at it, too.

    Raises:
        LoadstoneError: What the transport says.
    """
    transport = around.outside.open(connection)
    try:
        entries = [one for one in transport.list(folder) if not one.name.startswith(".")]
        names = {one.name for one in entries}
        aside = companions(feeds, names)
        data = [one for one in entries if one.name not in aside]
        seeing = _Seeing(around, known, connection, folder, names, transport)
        reach("arrivals_listed")
        return seeing.take(data)
    finally:
        transport.close()


# Private functions


class _Seeing:
    """Compares a listing with what is known of the place."""

    def __init__(
        self,
        around: Surroundings,
        known: Known,
        connection: str,
        folder: str,
        names: set[str],
        transport: Transport,
    ) -> None:
        self._around, self._known, self._names, self._transport = around, known, names, transport
        self._connection, self._folder = connection, folder
        self._found = Look(place_of(connection, folder))
        self._manifests: dict[tuple[str, str], Mapping[str, Listed] | str] = {}

    def take(self, entries: Sequence[Entry]) -> Look:
        now = self._around.now()
        with self._around.database.read() as connection:
            before = repository.at_place(
                connection, self._found.place, [self._path(one.name) for one in entries]
            )
        versions = {(one.path, one.version): one for one in before}
        growing = {one.path: one for one in before if one.state is State.SEEN}
        for entry in entries:
            path = self._path(entry.name)
            one = versions.get((path, version_of(entry)))
            if one is not None and one.state is not State.SEEN:
                if path in growing:  # what was there before is there again: the one that grew is gone
                    self._vanished(growing[path], now)
                continue
            feed = self._feed(entry.name)
            self._one(entry, feed, growing.get(path), now)
        listed = {self._path(entry.name) for entry in entries}
        for path, one in growing.items():
            if path not in listed:
                self._vanished(one, now)
        return self._found

    # Private methods

    def _one(self, entry: Entry, feed: Feed | None, seen: Arrival | None, now: datetime) -> None:
        rule = feed.complete if feed is not None else USUAL
        if is_partial(entry.name, rule):
            self._found.waiting[entry.name] = "its name is that of a file being written"
            return
        unchanged = seen is not None and seen.version == version_of(entry)
        since = seen.stable_since if seen is not None and unchanged else self._since(entry, now)
        groups = groups_of(feed, entry.name)
        why = missing(rule, entry.name, self._names, groups, since, now)
        listed: Listed | None = None
        if why is None and rule.manifest is not None:
            why, listed = self._in_manifest(entry, rule, groups)
        if seen is not None and unchanged and why is not None and not self._overdue(seen, rule, now):
            self._found.waiting[entry.name] = why
            return
        with self._around.database.write() as connection:
            current = self._kept(connection, entry, feed, seen, since, now)
            if current is None:
                return
            if why is None:
                values = {"expected_digest": listed.digest if listed is not None else None}
                step = Step(state=State.COMPLETE, values=values)
                move(connection, current, step, actor=self._around.worker, at=now, fenced=False)
                self._found.completed += 1
                return
            self._found.waiting[entry.name] = why
            if self._overdue(current, rule, now):
                repository.change(connection, current, {"told_incomplete": True}, fenced=False)
                note(connection, current, "incomplete", {"message": why}, actor=self._around.worker)

    def _kept(
        self,
        connection: Connection,
        entry: Entry,
        feed: Feed | None,
        seen: Arrival | None,
        since: datetime,
        now: datetime,
    ) -> Arrival | None:
        """The row of a file, made or brought up to date; None when another watcher was quicker."""
        version = version_of(entry)
        if seen is not None:
            current = repository.by_id(connection, seen.id, lock=True)
            if current is None or current.state is not State.SEEN:
                return None
            if current.version != version:
                values = {"version": version, "size_bytes": entry.size_bytes, "stable_since": since}
                return repository.change(connection, current, values, fenced=False)
            return current
        row = {
            "place": self._found.place,
            "path": self._path(entry.name),
            "version": version,
            "name": entry.name,
            "state": State.SEEN,
            "source": feed.source if feed is not None else None,
            "size_bytes": entry.size_bytes,
            "seen_at": now,
            "stable_since": since,
            "changed_at": now,
        }
        made = repository.add(connection, row)
        if made is not None:
            note(connection, made, "seen", {}, actor=self._around.worker)
            self._found.seen += 1
        return made

    def _since(self, entry: Entry, now: datetime) -> datetime:
        """Since when a file that is new to us has not changed: where the place's clock is ours, its own time tells."""
        if entry.modified_at is not None and self._around.outside.is_local(self._connection):
            return min(entry.modified_at, now)
        return now

    def _overdue(self, seen: Arrival, rule: Complete, now: datetime) -> bool:
        return not seen.told_incomplete and (now - seen.seen_at).total_seconds() > rule.wait_s_max

    def _in_manifest(
        self, entry: Entry, rule: Complete, groups: Mapping[str, str]
    ) -> tuple[str | None, Listed | None]:
        """Why a manifest does not vouch for a file yet, and what it says of it."""
        name = companion(str(rule.manifest), entry.name, groups)
        manifest = self._manifest(name, rule.manifest_kind)
        if isinstance(manifest, str):
            return manifest, None
        listed = manifest.get(entry.name)
        if listed is None:
            return f"its manifest {name} does not list it", None
        if None not in (listed.size_bytes, entry.size_bytes) and listed.size_bytes != entry.size_bytes:
            return f"its manifest says {listed.size_bytes} bytes, and {entry.size_bytes} are there", None
        return None, listed

    def _manifest(self, name: str, kind: str) -> Mapping[str, Listed] | str:
        """A manifest of this folder, or why it cannot be read (it may be half-written, too)."""
        if (name, kind) not in self._manifests:
            with self._transport.open(self._path(name)) as stream:
                data = stream.read(MANIFEST_SIZE_MAX + 1)
            try:
                if len(data) > MANIFEST_SIZE_MAX:
                    raise ValueError(f"it is longer than {MANIFEST_SIZE_MAX} bytes")
                self._manifests[name, kind] = read_manifest(data, kind)
            except (ValueError, AttributeError) as error:
                self._manifests[name, kind] = f"its manifest {name} cannot be read: {error}"
        return self._manifests[name, kind]

    def _vanished(self, one: Arrival, now: datetime) -> None:
        with self._around.database.write() as connection:
            current = repository.by_id(connection, one.id, lock=True)
            if current is not None and current.state is State.SEEN:
                told = {"message": "it went away before it was whole"}
                step = Step(state=State.GONE, values={"version": current.retired_version}, told=told)
                move(connection, current, step, actor=self._around.worker, at=now, fenced=False)
                self._found.gone += 1

    def _feed(self, name: str) -> Feed | None:
        """The feed that a name speaks for; what the file is counts later."""
        disabled = [one.name for one in self._known.sources.values() if not one.enabled]
        feeds = list(self._known.feeds.values())
        matched = match_name(
            feeds, name, connection=self._connection, folder=self._folder, disabled_sources=disabled
        )
        return matched.match.feed if matched.match is not None else None

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}" if self._folder else name
