"""Clocks: the system's, and one that stands still."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The current local time, with its offset."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never go back."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current local time, with its offset."""
        return datetime.now().astimezone()

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never go back."""
        return time.monotonic()


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still at ``at``, for tests and for frozen loads."""

    at: datetime

    def now(self) -> datetime:
        """The time it was made with."""
        return self.at

    def monotonic(self) -> float:
        """Always zero."""
        return 0.0
