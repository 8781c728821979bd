"""The nouns of alerts: rules, notices, deliveries, messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level of escalation: who is told, ``after_s`` seconds without acknowledgement (0 for the first level)."""

    tell: tuple[str, ...]
    after_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class NoticeRule:
    """
    Which events people are told of, who they are, and what ends the matter.

    Attributes:
        topics, jobs: Patterns (``fault.*``), any of which fits; events without a job fit any job pattern ``*``.
        severity: ``info``, ``warning``, ``error`` or ``critical``. levels: the first one is told at once.
        closed_by: topics that close the notice of the same job, schedule or system.
    """

    name: str
    topics: tuple[str, ...]
    jobs: tuple[str, ...] = ("*",)
    severity: str = "error"
    levels: tuple[Level, ...] = ()
    closed_by: tuple[str, ...] = ()

    def fits(self, topic: str, body: Mapping[str, Any]) -> bool:
        """Whether an event is for this rule."""
        job = str(body.get("job", ""))
        return any(fnmatchcase(topic, one) for one in self.topics) and any(
            fnmatchcase(job, one) for one in self.jobs
        )


SEVERITIES = ("info", "warning", "error", "critical")


class NoticeState(StrEnum):
    """Open until somebody acknowledges it, or an event closes it."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """
    Something people must know, however often it happened.

    Attributes:
        key: Equal faults have equal keys. about: ``job:payments``, ``system:bank``, ``schedule:nightly``.
        fact, place: A sentence each. steps: what to do, in order. count: events so far.
        level: Index of the level told last. escalate_at: when the next one is told; None when there is none.
        All moments by the repository's clock, UTC.
    """

    id: int
    key: str
    rule: str
    topic: str
    about: str
    severity: str
    fact: str
    place: str
    steps: Sequence[str]
    count: int
    first_at: datetime
    last_at: datetime
    state: NoticeState
    level: int
    levels: Sequence[Mapping[str, Any]]
    escalate_at: datetime | None
    told_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """
    One message on its way through one channel.

    Attributes:
        key: Idempotency key: the same for every attempt. attempt: 1-based.
    """

    id: int
    notice_id: int
    channel: str
    level: int
    key: str
    attempt: int


@dataclass(frozen=True, kw_only=True)
class Message:
    """
    What a channel sends.

    Attributes:
        key: Idempotency key. subject: one line. text: fact, place, next steps. values: the same as JSON values.
    """

    key: str
    subject: str
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
