"""Files that are due: what each feed owes by when, what has come of it, and what has not is told once, until it comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from loadstone.arrivals import repository
from loadstone.arrivals.surroundings import Surroundings, timezone_of
from loadstone.audit import trail
from loadstone.database import outbox
from loadstone.errors import FixSpec
from loadstone.schedule.calendar import EVERY_DAY, Calendar
from loadstone.sources import registry
from loadstone.sources import repository as registered
from loadstone.sources.check import Known
from loadstone.sources.model import Feed, SourceSystem
from loadstone.sources.policies import Sla
from loadstone.sources.sla import Window, window_of

GRACE = timedelta(minutes=1)
"""How long after its time a file is still on its way through our own hands: what landed then is recognised by now."""

LOOK_BACK = timedelta(days=7)
"""How long ago a time may have passed that nobody has looked at; what is open stays so for ever."""

LOOK_AHEAD = timedelta(days=1)
"""How far ahead the list shows what is due."""


class Due(StrEnum):
    """
    How it stands with the files of a feed for a business date.

    ``LATE`` after the time that they are expected until, ``MISSING`` after the cut-off; ``EXCUSED`` by a person.
    """

    EXPECTED = "expected"
    LATE = "late"
    MISSING = "missing"
    CAME = "came"
    EXCUSED = "excused"

    @property
    def overdue(self) -> bool:
        """Whether people are told of it."""
        return self in (Due.LATE, Due.MISSING)


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """
    What a feed owes for a business date.

    Attributes:
        late_at, closes_at: UTC; None where the feed does not say one. files: that came, of ``files_min``. because: of an
            excuse.
    """

    feed: str
    source: str
    business_date: date
    late_at: datetime | None
    closes_at: datetime | None
    files_min: int
    files: int
    state: Due
    because: str | None = None

    @property
    def told(self) -> str:
        """In a sentence; times are UTC."""
        by = self.closes_at if self.state is Due.MISSING or self.late_at is None else self.late_at
        what = "no file" if not self.files else f"{self.files} of {self.files_min} files"
        moment = f" by {by:%Y-%m-%d %H:%M} UTC" if by is not None else ""
        return f"{what} for {self.business_date} came{moment}"


@dataclass(frozen=True)
class Overdue:
    """
    What is kept of a feed and business date once it was told, or excused.

    Attributes:
        because: Of an excuse.
    """

    feed: str
    business_date: date
    source: str
    state: Due
    because: str | None


def expectations(around: Surroundings) -> list[Expectation]:
    """
    What was due in the last seven days, is due within a day, or is overdue since whenever; by feed and date.

    A time that had passed when its feed last got other times (or was added) is of the past, unless it was told before.
    """
    known, now = around.registry(), around.now()
    with around.database.read() as connection:
        kept = {(one.feed, one.business_date): one for one in kept_since(connection, now)}
        changed = _terms_since(connection, now)
        calendars = registered.calendars(connection)
    owed = []
    for feed, source, sla in _expecting(known):
        calendar = calendars.get(feed.calendar or source.calendar or "", EVERY_DAY)
        opened = [day for name, day in kept if name == feed.name and kept[name, day].state.overdue]
        since = changed.get(feed.name, now)
        for day in sorted({*_days(sla, calendar, now), *opened}):
            window = window_of(sla, day, calendar, timezone_of(feed, source))
            moment = window.late_at or window.closes_at
            if day in opened or moment is not None and since <= moment <= now + LOOK_AHEAD:
                owed.append((feed, sla, day, window))
    with around.database.read() as connection:
        came = repository.files_that_came(connection, min((day for _, _, day, _ in owed), default=now.date()))
    return [
        Expectation(
            feed=feed.name,
            source=feed.source,
            business_date=day,
            late_at=window.late_at,
            closes_at=window.closes_at,
            files_min=sla.files_min,
            files=came.get((feed.name, day), 0),
            state=_state(
                window, came.get((feed.name, day), 0) >= sla.files_min, kept.get((feed.name, day)), now
            ),
            because=kept[feed.name, day].because if (feed.name, day) in kept else None,
        )
        for feed, sla, day, window in owed
    ]


def tell_overdue(around: Surroundings) -> int:
    """
    Tell what has become late or missing, and that it is over when the files came; how much was told.

    Each is told once for a business date, whoever looks at the same moment, and again only if what came was rejected.
    """
    found = {(one.feed, one.business_date): one for one in expectations(around)}
    with around.database.read() as connection:
        kept = {(one.feed, one.business_date): one for one in kept_since(connection, around.now())}
    told = 0
    for key, one in found.items():
        before = kept[key].state if key in kept else Due.EXPECTED
        if one.state is before or not (one.state.overdue or before.overdue):
            continue
        topic = _TOPICS[one.state]
        told += _record(around, one, before, topic, actor=around.worker)
    for key in kept.keys() - found.keys():
        if kept[key].state.overdue:
            told += _no_longer(around, kept[key])
    return told


def excuse(around: Surroundings, feed: str, day: date, *, actor: str, because: str) -> Expectation:
    """
    No file of ``feed`` is expected for ``day``, whether its time has come or not.

    Raises:
        FixSpec: LS-7604 there is no such feed; LS-7706 it expects no file for that day anyway.
    """
    known = around.registry()
    if feed not in known.feeds:
        raise registry.unknown(Feed, feed)
    owing = {one.name: (source, sla) for one, source, sla in _expecting(known)}
    with around.database.read() as connection:
        calendars = registered.calendars(connection)
        row = repository.kept_expectation(connection, feed, day)
        files = repository.files_that_came(connection, day).get((feed, day), 0)
    source, sla = owing.get(feed, (None, Sla()))
    name = known.feeds[feed].calendar or (source.calendar if source is not None else None)
    calendar = calendars.get(name or "", EVERY_DAY)
    if source is None or not calendar.is_business_day(day):
        why = (
            "its feed has no expected time" if source is None else f"it is no business day of {calendar.name}"
        )
        raise FixSpec(
            "LS-7706",
            f"no file of {feed} is expected for {day}: {why}",
            hints=[f"`loadstone files expected --feed {feed}` shows what is."],
        )
    window = window_of(sla, day, calendar, timezone_of(known.feeds[feed], source))
    one = Expectation(
        feed=feed,
        source=source.name,
        business_date=day,
        late_at=window.late_at,
        closes_at=window.closes_at,
        files_min=sla.files_min,
        files=files,
        state=Due.EXCUSED,
        because=because,
    )
    before = Due(row["state"]) if row is not None else Due.EXPECTED
    _record(around, one, before, "feed.excused", actor=actor)
    return one


def overdue(connection: Connection) -> dict[Due, int]:
    """How many business dates of feeds are late, and how many missing, as they were told."""
    counted = repository.expectations_by_state(connection)
    return {state: counted.get(state, 0) for state in (Due.LATE, Due.MISSING)}


def kept_since(connection: Connection, now: datetime) -> list[Overdue]:
    """What is kept of dates that may still count: all that is overdue, and what is settled of the last time."""
    first = (now - LOOK_BACK - DAYS_OF_OFFSET).date()
    return [
        Overdue(row["feed"], row["business_date"], row["source"], Due(row["state"]), row["because"])
        for row in repository.kept_expectations(connection, first, (Due.LATE, Due.MISSING))
    ]


# Private functions

DAYS_OF_OFFSET = timedelta(days=75)
"""Calendar days that the 31 business days of the largest ``day_offset`` may take."""

CHANGES_MAX = 100
"""Changes of a feed that are looked through for one of its times."""

_TERMS = ("timezone", "expected_until", "cutoff", "day_offset", "files_min")
"""What of an SLA says which files are due by when."""

_TOPICS = {
    Due.LATE: "feed.late",
    Due.MISSING: "feed.missing",
    Due.CAME: "feed.arrived",
    Due.EXPECTED: "feed.excused",
    Due.EXCUSED: "feed.excused",
}


def _expecting(known: Known) -> Iterator[tuple[Feed, SourceSystem, Sla]]:
    """Feeds that owe files by a time."""
    for feed in known.feeds.values():
        source, sla = known.sources.get(feed.source), feed.sla
        if source is None or sla is None or not (feed.enabled and source.enabled and sla.files_min):
            continue
        if sla.expected_until is not None or sla.cutoff is not None:
            yield feed, source, sla


def _terms_since(connection: Connection, now: datetime) -> dict[str, datetime]:
    """
    Since when each feed owes its files by the times that it says now; not before the time looked back on.

    A change of anything else leaves what is due as it was, or an edit between a time and the next worker would hide a
    file that never came.
    """
    first = now - LOOK_BACK
    since = {}
    for one in registered.listed(connection, Feed):
        since[one.item.name] = max(one.changed_at, first)
        if one.changed_at > first and one.version > 1:
            since[one.item.name] = max(_terms_of(connection, one.item.name, one.changed_at), first)
    return since


def _terms_of(connection: Connection, feed: str, changed_at: datetime) -> datetime:
    """When what a feed owes by when last changed, by the audit trail; long ago where its last changes were of other things."""
    changes = trail.latest(connection, f"feed:{feed}", ("feed.add", "feed.change"), limit=CHANGES_MAX)
    for number, entry in enumerate(changes):
        if entry.action == "feed.add" or _changes_terms(entry.detail):
            return entry.at if number else changed_at
    return datetime.min.replace(tzinfo=UTC)


def _changes_terms(detail: Mapping[str, Any]) -> bool:
    """Whether a change of a feed, as the audit trail tells it, is one of what it owes by when."""
    if detail.keys() & {"source", "calendar", "enabled"}:
        return True
    before, after = ((one or {}) for one in detail.get("sla", (None, None)))
    return any(before.get(name) != after.get(name) for name in _TERMS)


def _days(sla: Sla, calendar: Calendar, now: datetime) -> Iterator[date]:
    """Business dates whose time may be near; a time may be of the day after, and a zone a day apart."""
    reach = DAYS_OF_OFFSET if sla.day_offset else timedelta(days=3)
    day, last = (now - LOOK_BACK - reach).date(), (now + LOOK_AHEAD + reach).date()
    while day <= last:
        if calendar.is_business_day(day):
            yield day
        day += timedelta(days=1)


def _state(window: Window, came: bool, kept: Overdue | None, now: datetime) -> Due:
    if kept is not None and kept.state is Due.EXCUSED:
        return Due.EXCUSED
    if came:
        return Due.CAME
    if window.closes_at is not None and now >= window.closes_at + GRACE:
        return Due.MISSING
    if window.late_at is not None and now >= window.late_at + GRACE:
        return Due.LATE
    return Due.EXPECTED


def _record(around: Surroundings, one: Expectation, before: Due, topic: str, *, actor: str) -> bool:
    """Keep the new state, with its audit entry and event; False when another one has just done it."""
    row = {
        "feed": one.feed,
        "business_date": one.business_date,
        "source": one.source,
        "state": one.state,
        "because": one.because,
        "changed_at": around.now(),
    }
    with around.database.write() as connection:
        if not repository.keep_expectation(connection, row, before=before):
            return False
        _tell(connection, topic, one.feed, one.business_date, _facts(one), actor)
    return True


def _no_longer(around: Surroundings, kept: Overdue) -> bool:
    """The feed was removed or disabled, or expects nothing any more."""
    because = "its feed expects no file any more"
    row = {
        "feed": kept.feed,
        "business_date": kept.business_date,
        "source": kept.source,
        "state": Due.EXCUSED,
        "because": because,
        "changed_at": around.now(),
    }
    with around.database.write() as connection:
        if not repository.keep_expectation(connection, row, before=kept.state):
            return False
        facts = {"feed": kept.feed, "source": kept.source, "because": because}
        _tell(connection, "feed.excused", kept.feed, kept.business_date, facts, around.worker)
    return True


def _facts(one: Expectation) -> dict[str, Any]:
    return {
        "feed": one.feed,
        "source": one.source,
        "state": str(one.state),
        "late_at": one.late_at.isoformat() if one.late_at else None,
        "closes_at": one.closes_at.isoformat() if one.closes_at else None,
        "files": one.files,
        "files_min": one.files_min,
        "message": one.told,
        "because": one.because,
    }


def _tell(
    connection: Connection, topic: str, feed: str, day: date, facts: Mapping[str, Any], actor: str
) -> None:
    body = {name: value for name, value in facts.items() if value is not None}
    body["business_date"] = day.isoformat()
    trail.record(connection, actor, topic, f"feed:{feed}", body)
    outbox.put(connection, topic, f"{feed}:{day}", body)
