"""What the registry as a whole must hold: names that are there, zones that exist, and feeds that do not take each other's files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loadstone.errors import FixSpec, LoadstoneError
from loadstone.sources import patterns
from loadstone.sources.match import match_name, same_place
from loadstone.sources.model import Feed, FixedLayout, SourceSystem
from loadstone.spec.documents import Keys


@dataclass(frozen=True)
class Fault:
    """
    What is wrong with one thing of the registry.

    Attributes:
        item: It. keys: the way to the value within it.
    """

    item: SourceSystem | Feed | FixedLayout
    keys: Keys
    error: LoadstoneError


@dataclass(frozen=True, kw_only=True)
class Known:
    """All that the registry will hold, and the calendars it may name."""

    sources: Mapping[str, SourceSystem]
    feeds: Mapping[str, Feed]
    layouts: Mapping[str, FixedLayout]
    calendars: Collection[str]


def faults_of(known: Known) -> Iterator[Fault]:
    """Every fault, in the order of the things; LS-7601 patterns, LS-7603 names that are not there, LS-7605 overlaps."""
    for source in known.sources.values():
        yield from _zone(source, ("timezone",), source.timezone)
        yield from _calendar(source, known, source.calendar)
    broken = set()
    for feed in known.feeds.values():
        for fault in _of_feed(feed, known):
            broken.add(feed.name)
            yield fault
    whole = [feed for feed in known.feeds.values() if feed.name not in broken]
    yield from _overlaps(whole)
    for feed in whole:
        yield from _examples(feed, whole)


# Private functions


def _of_feed(feed: Feed, known: Known) -> Iterator[Fault]:
    if feed.source not in known.sources:
        yield _missing(feed, ("source",), f"there is no source {feed.source}", "sources list")
    if feed.layout.fixed is not None and feed.layout.fixed not in known.layouts:
        yield _missing(feed, ("layout", "fixed"), f"there is no layout {feed.layout.fixed}", "sources export")
    yield from _calendar(feed, known, feed.calendar)
    if feed.sla is not None and feed.sla.timezone is not None:
        yield from _zone(feed, ("sla", "timezone"), feed.sla.timezone)
    for number, pattern in enumerate(feed.patterns):
        try:
            patterns.check(pattern)
        except FixSpec as error:
            yield Fault(feed, ("patterns", number), error)


def _calendar(item: SourceSystem | Feed, known: Known, name: str | None) -> Iterator[Fault]:
    if name is not None and name not in known.calendars:
        yield _missing(item, ("calendar",), f"there is no calendar {name}", "schedules calendars")


def _zone(item: SourceSystem | Feed, keys: Keys, name: str) -> Iterator[Fault]:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        error = FixSpec(
            "LS-7603", f"there is no time zone {name}", hints=["IANA names such as Europe/Berlin or UTC."]
        )
        yield Fault(item, keys, error)


def _missing(item: SourceSystem | Feed, keys: Keys, told: str, command: str) -> Fault:
    return Fault(
        item, keys, FixSpec("LS-7603", told, hints=[f"`loadstone {command}` lists those there are."])
    )


def _overlaps(feeds: Sequence[Feed]) -> Iterator[Fault]:
    """The same pattern at the same place with the same priority leaves only the name to decide, which nobody means."""
    seen: dict[tuple[str, bool, int], list[Feed]] = {}
    for feed in feeds:
        for number, pattern in enumerate(feed.patterns):
            before = seen.setdefault((pattern.text, pattern.ignore_case, feed.priority), [])
            for other in before:
                if other is not feed and same_place(other, feed.connection, feed.folder):
                    yield _overlap(feed, number, f"{pattern.text} is a pattern of {other.name}, too")
            before.append(feed)


def _examples(feed: Feed, feeds: Sequence[Feed]) -> Iterator[Fault]:
    """An example goes to its own feed, whatever others there are."""
    if not feed.enabled:
        return
    for number, pattern in enumerate(feed.patterns):
        for example in pattern.examples:
            found = patterns.find(pattern, example)
            if found.why_not:
                yield _overlap(feed, number, f"its example {example} does not fit: {found.why_not}")
                continue
            match = match_name(feeds, example, connection=feed.connection, folder=feed.folder).match
            if match is not None and match.feed is not feed:
                yield _overlap(feed, number, f"its example {example} would go to {match.feed.name}")


def _overlap(feed: Feed, number: int, told: str) -> Fault:
    hints = ["make the pattern more specific, or give one of the feeds a higher priority."]
    return Fault(feed, ("patterns", number), FixSpec("LS-7605", f"feed {feed.name}: {told}", hints=hints))
