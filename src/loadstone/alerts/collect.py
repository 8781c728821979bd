"""From events to notices: equal faults are counted in one, and what is over is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from loadstone.alerts import repository
from loadstone.alerts.model import Notice, NoticeRule, NoticeState
from loadstone.alerts.words import Words, about_of, key_of, words_of
from loadstone.database import outbox
from loadstone.database.open import Database, now
from loadstone.database.outbox import Event

READER = "alerts"

_OWN = ("notice.", "notification.")
"""Our own events: a rule for all topics would tell of having told."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """
    How often people are told.

    Attributes:
        group_s: How long a first message waits for more of the same, so that a storm is one message.
        repeat_s: How soon they are told again of what goes on, or comes back behind an acknowledgement.
    """

    group_s: float = 10.0
    repeat_s: float = 3600.0


@dataclass
class _Matter:
    """Equal events of one read: the last of them, and how many there were."""

    rule: NoticeRule
    words: Words
    event: Event
    count: int
    first_at: datetime


def collect(database: Database, rules: Sequence[NoticeRule], pace: Pace) -> int:
    """
    Turn the events since the last call into notices with messages that are due; how many events there were.

    All in one transaction with the reader's place: each event counts once, whatever dies in between.
    """
    taken = 0
    while True:
        with database.write() as connection:
            events = outbox.take(connection, READER)
            _note(connection, events, rules, pace)
        taken += len(events)
        if len(events) < outbox.READ_MAX:
            return taken


def escalate(database: Database) -> int:
    """Tell the next level of open notices that nobody has acknowledged in time; how many."""
    with database.write() as connection:
        found = repository.unanswered(connection)
        for notice in found:
            level = notice.level + 1
            moment = now(connection)
            repository.put_deliveries(connection, _deliveries(notice, level, "e"), moment)
            more = notice.levels[level + 1 :]
            after = moment + timedelta(seconds=more[0]["after_s"]) if more else None
            repository.change(connection, notice.id, level=level, escalate_at=after)
            body = {"notice": notice.id, "level": level, "about": notice.about, "severity": notice.severity}
            outbox.put(connection, "notice.escalated", str(notice.id), body)
        return len(found)


# Private functions


def _note(connection: Connection, events: Sequence[Event], rules: Sequence[NoticeRule], pace: Pace) -> None:
    """In the order of appearance: an event that closes ends what came before it, not what comes behind."""
    matters: dict[str, _Matter] = {}
    for event in events:
        if event.topic.startswith(_OWN):
            continue
        closed = [rule.name for rule in rules if event.topic in rule.closed_by]
        if closed:
            _put(connection, matters, pace)
            matters = {}
            repository.close(connection, closed, about_of(event))
        rule = next((rule for rule in rules if rule.fits(event.topic, event.body)), None)
        if rule is None:
            continue
        words = words_of(event)
        key = key_of(rule.name, words)
        known = matters.get(key)
        count, first_at = (known.count + 1, known.first_at) if known else (1, event.written_at)
        matters[key] = _Matter(rule, words, event, count, first_at)
    _put(connection, matters, pace)


def _put(connection: Connection, matters: dict[str, _Matter], pace: Pace) -> None:
    for key, matter in matters.items():
        notice = repository.live(connection, key)
        moment = now(connection)
        if notice is not None and _comes_back(notice, moment, pace):
            repository.change(connection, notice.id, state=NoticeState.CLOSED)
            notice = None
        if notice is None:
            _begin(connection, key, matter, moment, pace)
            continue
        words = matter.words
        repository.change(
            connection,
            notice.id,
            count=notice.count + matter.count,
            last_at=matter.event.written_at,
            fact=words.fact,
            place=words.place,
            steps=list(words.steps),
        )
        _repeat(connection, notice, moment, pace)


def _begin(connection: Connection, key: str, matter: _Matter, moment: datetime, pace: Pace) -> None:
    levels: list[dict[str, Any]] = [
        {"tell": list(one.tell), "after_s": one.after_s} for one in matter.rule.levels
    ]
    notice = repository.add(
        connection,
        key=key,
        rule=matter.rule.name,
        topic=matter.event.topic,
        about=matter.words.about,
        severity=matter.rule.severity,
        fact=matter.words.fact,
        place=matter.words.place,
        steps=list(matter.words.steps),
        count=matter.count,
        first_at=matter.first_at,
        last_at=matter.event.written_at,
        state=NoticeState.OPEN,
        level=0,
        levels=levels,
        escalate_at=moment + timedelta(seconds=levels[1]["after_s"]) if len(levels) > 1 else None,
    )
    repository.put_deliveries(
        connection, _deliveries(notice, 0, "0"), moment + timedelta(seconds=pace.group_s)
    )
    body = {"notice": notice.id, "rule": notice.rule, "about": notice.about, "severity": notice.severity}
    outbox.put(connection, "notice.opened", str(notice.id), body)


def _repeat(connection: Connection, notice: Notice, moment: datetime, pace: Pace) -> None:
    """Tell those who were told again, when that is long enough ago and nobody looks after it."""
    if notice.state is not NoticeState.OPEN or notice.told_at is None:
        return
    if moment - notice.told_at < timedelta(seconds=pace.repeat_s) or repository.has_due(
        connection, notice.id
    ):
        return
    serial = f"r{int(moment.timestamp())}"
    rows = [
        {"notice_id": notice.id, "channel": channel, "level": level, "key": _key(notice, channel, serial)}
        for channel, level in repository.channels_told(connection, notice.id)
    ]
    repository.put_deliveries(connection, rows, moment)


def _comes_back(notice: Notice, moment: datetime, pace: Pace) -> bool:
    """Whether somebody acknowledged it so long ago that it is a new matter now."""
    at = notice.acknowledged_at
    return at is not None and moment - at > timedelta(seconds=pace.repeat_s)


def _deliveries(notice: Notice, level: int, serial: str) -> list[dict[str, object]]:
    channels = notice.levels[level]["tell"] if level < len(notice.levels) else ()
    return [
        {
            "notice_id": notice.id,
            "channel": channel,
            "level": level,
            "key": _key(notice, channel, f"{serial}{level}"),
        }
        for channel in channels
    ]


def _key(notice: Notice, channel: str, serial: str) -> str:
    """Idempotency key: the same however often the message is sent."""
    return f"{notice.key[:16]}-{notice.id}-{serial}-{channel}"
