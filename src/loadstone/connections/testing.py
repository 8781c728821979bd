"""A store of breakers and a transport in memory, with a clock that tests set."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from loadstone.connections.model import Breaker
from loadstone.connections.transports import faults
from loadstone.connections.transports.model import Entry
from loadstone.connections.transports.paths import parts_of


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


@dataclass
class MemoryTransport:
    """
    Files in memory (``transports.model.Transport``).

    Attributes:
        files: Bytes by path. failing: errors that the next calls raise, in order; None lets one pass.
        calls: what was asked, such as ``open in/a.csv``. closed: whether it was let go.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    failing: list[Exception | None] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    now: datetime = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    closed: bool = False
    _modified: dict[str, datetime] = field(default_factory=dict)

    def list(self, folder: str = "") -> Sequence[Entry]:
        """By name."""
        self._asked("list", folder)
        head = "".join(f"{part}/" for part in parts_of(folder))
        inside = {path[len(head) :]: path for path in self.files if path.startswith(head)}
        return [self._entry(name, inside[name]) for name in sorted(inside) if "/" not in name]

    def open(self, path: str, *, offset: int = 0) -> BinaryIO:
        """From ``offset`` on."""
        self._asked("open", path)
        return io.BytesIO(self._bytes(path)[offset:])

    def move(self, path: str, to: str) -> None:
        """Nothing is overwritten."""
        self._asked("move", path)
        new = _plain(to)
        data = self._bytes(path)
        if new in self.files:
            raise faults.exists(to)
        self.files[new] = data
        del self.files[_plain(path)]

    def delete(self, path: str) -> None:
        """If it is there."""
        self._asked("delete", path)
        self.files.pop(_plain(path), None)

    def put(self, path: str, stream: BinaryIO) -> int:
        """All of it."""
        self._asked("put", path)
        data = stream.read()
        self.files[_plain(path)] = data
        self._modified[_plain(path)] = self.now
        return len(data)

    def close(self) -> None:
        """Let go."""
        self.closed = True

    # Private methods

    def _asked(self, what: str, path: str) -> None:
        self.calls.append(f"{what} {path}".strip())
        error = self.failing.pop(0) if self.failing else None
        if error is not None:
            raise error

    def _bytes(self, path: str) -> bytes:
        try:
            return self.files[_plain(path)]
        except KeyError:
            raise faults.no_file(path) from None

    def _entry(self, name: str, path: str) -> Entry:
        data = self.files[path]
        digest = hashlib.sha256(data).hexdigest()
        return Entry(
            name=name,
            size_bytes=len(data),
            modified_at=self._modified.get(path, self.now),
            id=digest[:16],
            digest=f"sha256:{digest}",
        )


# Private functions


def _plain(path: str) -> str:
    return "/".join(parts_of(path))
