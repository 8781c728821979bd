"""Which feed a file belongs to, its business date, and whether it came before: by name, or byte by byte."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from loadstone.arrivals import repository
from loadstone.arrivals.complete import groups_of
from loadstone.arrivals.fetch import pick_up
from loadstone.arrivals.findings import sorted_out
from loadstone.arrivals.model import Arrival, Content, Finding, Hold, State, Step
from loadstone.arrivals.surroundings import Surroundings, parts_of_place, timezone_of
from loadstone.errors import Refused
from loadstone.sources.check import Known
from loadstone.sources.match import Matched, match_name
from loadstone.sources.model import Feed, SourceSystem
from loadstone.sources.policies import Policy
from loadstone.sources.sla import window_of

VERDICTS_TOLD = 3
"""Feeds that nearly took a file, and of which it is told why they did not."""


def recognise(around: Surroundings, arrival: Arrival, renew: Callable[[], None]) -> Step:
    """
    Find the feed of a file that landed, and tidy up outside as the feed says.

    Raises:
        Hold: No feed takes it, or it came before and the feed says that a person decides.
    """
    known = around.registry()
    matched = _matched(known, arrival)
    if matched.match is None:
        raise Hold(_unknown(matched))
    match = matched.match
    feed, source = match.feed, known.sources.get(match.feed.source)
    day = match.business_date or around.business_date(feed, source)
    values = {"feed": feed.name, "source": feed.source, "business_date": day}
    found = [*_picked_up(around, arrival, feed, values), *_late(around, arrival, feed, source, day)]
    same = came_before(around, arrival, feed, ("checksum", str(arrival.sha256)))
    found += same or came_before(around, arrival, feed, ("name", arrival.name))
    return Step(state=State.RECOGNISED, values=sorted_out(arrival, found, values))


def came_before(around: Surroundings, arrival: Arrival, feed: Feed, what: tuple[str, str]) -> list[Finding]:
    """
    Make a file the first of its feed with this name, checksum or content; else tell of the one before it.

    Repeated for the same file, it gives the same.

    Args:
        what: Kind and digest of a ``Content``.
    """
    kind, digest = what
    policy = feed.duplicates.of(kind, dated="business_date" in groups_of(feed, arrival.name))
    with around.database.write() as connection:
        now = around.now()
        since = now - timedelta(days=feed.duplicates.window_days)
        content = Content(feed.name, kind, digest)
        first = repository.own_content(connection, arrival, content, since=since, at=now)
    if first is None or policy is Policy.ACCEPT:
        return []
    return [
        Finding(
            kind=f"duplicate_{kind}",
            told=f"{_SAME[kind]} file {first.id}, {first.name}, which is {first.state}",
            policy=policy,
            hints=(
                f"`loadstone files show {first.id}` shows the one before.",
                "`loadstone files release` loads this one, too; `loadstone files reject` takes it out.",
            ),
        )
    ]


# Private functions

_SAME = {
    "name": "it has the name, and other bytes, of",
    "checksum": "it has the very bytes of",
    "content": "it has the records, in other bytes, of",
}


def _matched(known: Known, arrival: Arrival) -> Matched:
    connection, folder = parts_of_place(arrival.place)
    disabled = [one.name for one in known.sources.values() if not one.enabled]
    feeds = [*known.feeds.values()]
    return match_name(feeds, arrival.name, connection=connection, folder=folder, disabled_sources=disabled)


def _unknown(matched: Matched) -> Finding:
    near = [f"{one.feed}: {one.why}" for one in matched.verdicts[:VERDICTS_TOLD]]
    return Finding(
        kind="unknown_feed",
        told="; ".join(["no feed takes a file of this name from this place", *near]),
        policy=Policy.HOLD,
        hints=(
            "`loadstone feeds match NAME` shows why; give a feed a pattern for it, and release the file.",
            "`loadstone files reject` takes the file out.",
        ),
    )


def _picked_up(
    around: Surroundings, arrival: Arrival, feed: Feed, values: dict[str, object]
) -> list[Finding]:
    """What is refused outside stops no load: we have the bytes, and the version is known."""
    try:
        if pick_up(around, arrival, feed):
            values["version"] = arrival.retired_version
    except Refused as error:
        told = f"it cannot be taken away from {arrival.place}{arrival.name}: {error.message}"
        return [Finding(kind="pickup", told=told, policy=Policy.WARN, hints=error.hints, code=error.code)]
    return []


def _late(
    around: Surroundings, arrival: Arrival, feed: Feed, source: SourceSystem | None, day: date
) -> list[Finding]:
    if feed.sla is None or arrival.landed_at is None:
        return []
    window = window_of(feed.sla, day, around.calendar(feed, source), timezone_of(feed, source))
    for told, moment in (("after the cut-off", window.closes_at), ("late", window.late_at)):
        if moment is not None and arrival.landed_at > moment:
            minutes = (arrival.landed_at - moment).total_seconds() / 60
            told = f"it came {minutes:.0f} minutes {told} for {day}"
            return [Finding(kind="late", told=told, policy=Policy.WARN)]
    return []
