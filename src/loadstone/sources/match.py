"""Which feed takes a file, by its name and by where it came; and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from loadstone.sources.model import Feed, NamePattern
from loadstone.sources.patterns import Found, find, literal_size


@dataclass(frozen=True, kw_only=True)
class Match:
    """
    A feed that takes a name.

    Attributes:
        pattern: The pattern that fits. groups: named groups of it, such as ``sequence``.
        business_date: That of the group of this name, None where the pattern has none.
    """

    feed: Feed
    pattern: NamePattern
    groups: Mapping[str, str]
    business_date: date | None
    sequence: int | None

    @property
    def rank(self) -> tuple[int, int, str]:
        """What goes before what, the least first: priority, then what the pattern says itself, then the name."""
        return (-self.feed.priority, -literal_size(self.pattern), self.feed.name)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a feed takes the file, and why."""

    feed: str
    source: str
    taken: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class Matched:
    """
    What became of a name.

    Attributes:
        match: The feed that takes it, None when none does. verdicts: one for each feed: that one first, then those that
            nearly took it, then by name.
    """

    match: Match | None
    verdicts: tuple[Verdict, ...]


def match_name(
    feeds: Sequence[Feed],
    name: str,
    *,
    connection: str | None = None,
    folder: str | None = None,
    disabled_sources: Sequence[str] = (),
) -> Matched:
    """
    The feed that takes a file.

    Args:
        connection, folder: Where it came; None leaves that open. disabled_sources: whose feeds take nothing.

    Raises:
        FixSpec: LS-7601 a pattern cannot be compiled.
    """
    matches: list[Match] = []
    near: list[Verdict] = []
    far: list[Verdict] = []
    for feed in feeds:
        found = _of_feed(feed, name, connection, folder, disabled_sources)
        if isinstance(found, Match):
            matches.append(found)
            continue
        verdict = Verdict(feed=feed.name, source=feed.source, taken=False, why=found.why)
        (near if found.near else far).append(verdict)
    matches.sort(key=lambda match: match.rank)
    told = [_verdict(match, matches[0]) for match in matches]
    others = [sorted(part, key=lambda verdict: verdict.feed) for part in (near, far)]
    return Matched(match=matches[0] if matches else None, verdicts=(*told, *others[0], *others[1]))


def same_place(feed: Feed, connection: str | None, folder: str | None) -> bool:
    """Whether files of a place may be those of a feed; a feed without a connection takes them from everywhere."""
    return not _elsewhere(feed, connection, folder)


# Private functions


@dataclass(frozen=True)
class _No:
    """Why a feed does not take a name, and whether its pattern all but fits."""

    why: str
    near: bool


def _of_feed(
    feed: Feed, name: str, connection: str | None, folder: str | None, disabled: Sequence[str]
) -> Match | _No:
    best: Match | None = None
    reasons, near = [], False
    for pattern in feed.patterns:
        found = find(pattern, name)
        if found.why_not:
            reasons.append(found.why_not)
            near = near or bool(found.groups)
            continue
        match = _match(feed, pattern, found)
        best = match if best is None or match.rank < best.rank else best
    if best is None:
        return _No("; ".join(reasons), near)
    why = _elsewhere(feed, connection, folder)
    if not feed.enabled:
        why = "it is disabled"
    elif feed.source in disabled:
        why = f"its source {feed.source} is disabled"
    return _No(f"{best.pattern.text} fits, but {why}", True) if why else best


def _elsewhere(feed: Feed, connection: str | None, folder: str | None) -> str:
    if connection is None or feed.connection is None:
        return ""
    if feed.connection.lower() != connection.lower():
        return f"its files come by {feed.connection}"
    if folder is not None and _plain(feed.folder) != _plain(folder):
        return f"its files come in folder {feed.folder or '/'}"
    return ""


def _match(feed: Feed, pattern: NamePattern, found: Found) -> Match:
    return Match(
        feed=feed,
        pattern=pattern,
        groups=found.groups,
        business_date=found.business_date,
        sequence=found.sequence,
    )


def _verdict(match: Match, best: Match) -> Verdict:
    told = f"{match.pattern.text} fits"
    if match is not best:
        told += f", but {best.feed.name} goes before: {_because(best, match)}"
    return Verdict(feed=match.feed.name, source=match.feed.source, taken=match is best, why=told)


def _because(best: Match, other: Match) -> str:
    if best.feed.priority != other.feed.priority:
        return f"its priority is {best.feed.priority}, not {other.feed.priority}"
    sizes = literal_size(best.pattern), literal_size(other.pattern)
    if sizes[0] != sizes[1]:
        return f"its pattern says {sizes[0]} characters itself, not {sizes[1]}"
    return "its name does"


def _plain(folder: str) -> str:
    return "/".join(part for part in folder.split("/") if part not in ("", "."))
