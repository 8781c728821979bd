"""A store of breakers in memory, with a clock that tests set."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from loadstone.connections.model import Breaker


@dataclass
class MemoryStore:
    """Keeps breakers; ``told`` holds each transition as (topic, breaker)."""

    now: datetime = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    breakers: dict[str, Breaker] = field(default_factory=dict)
    told: list[tuple[str, Breaker]] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @contextmanager
    def changing(self, system: str) -> Iterator[MemoryCell]:
        """One thread at a time."""
        with self._lock:
            yield MemoryCell(self, self.find(system), self.now)

    def find(self, system: str) -> Breaker:
        """As stored, or closed."""
        return self.breakers.get(system, Breaker(system=system))

    def listed(self) -> Sequence[Breaker]:
        """By system."""
        return [self.breakers[name] for name in sorted(self.breakers)]

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@dataclass
class MemoryCell:
    """A breaker under the store's lock."""

    store: MemoryStore
    breaker: Breaker
    now: datetime

    def put(self, breaker: Breaker, topic: str | None = None) -> None:
        """Keep it."""
        self.breaker = self.store.breakers[breaker.system] = breaker
        if topic is not None:
            self.store.told.append((topic, breaker))
