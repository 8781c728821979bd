"""The nouns of connections: an external system, its breaker, what a test found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, kw_only=True)
class BreakerRules:
    """
    When a breaker opens, and when it tries again.

    Attributes:
        failures_max: Outages in a row that open it. cooldown_s: pause before the first probe.
        growth: by which the pause grows each time that it opens again. cooldown_s_max: the longest pause.
        probe_s: how long one probe may take before another one is let through.
    """

    failures_max: int = 5
    cooldown_s: float = 5.0
    growth: float = 2.0
    cooldown_s_max: float = 300.0
    probe_s: float = 60.0


@dataclass(frozen=True, kw_only=True)
class Connection:
    """
    A place outside, by the name of the configuration.

    Attributes:
        kind: Name of its kind (``kinds.KINDS``). url: with its password, so never shown.
        options: what else its kind lets it say (``options.OPTIONS``); secrets as references only.
    """

    name: str
    kind: str
    url: str
    rules: BreakerRules = field(default_factory=BreakerRules)
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)


class BreakerState(StrEnum):
    """Closed lets everything pass, open nothing, half open one probe."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


@dataclass(frozen=True, kw_only=True)
class Breaker:
    """
    How the breaker of a system stands; all moments by the store's clock, in UTC.

    Attributes:
        failures: Outages in a row, at most ``failures_max`` of its rules. trips: times that it opened
            since work last succeeded. retry_at: when the next probe may go. probe_until: when the probe
            that is under way counts as lost. reason: the last outage, in a sentence.
    """

    system: str
    state: BreakerState = BreakerState.CLOSED
    failures: int = 0
    trips: int = 0
    changed_at: datetime | None = None
    retry_at: datetime | None = None
    probe_by: str | None = None
    probe_until: datetime | None = None
    reason: str | None = None

    @property
    def clean(self) -> bool:
        """Whether nothing is held against the system."""
        return self.state is BreakerState.CLOSED and not self.failures and not self.trips


@dataclass(frozen=True, kw_only=True)
class Finding:
    """
    One step of a test: its name (``DNS``, ``port``, ``login``, ``rights``), whether it went well, the fact.

    Attributes:
        code: Of the error, when it did not. hint: what to do then.
    """

    step: str
    good: bool
    told: str
    code: str = ""
    hint: str = ""
