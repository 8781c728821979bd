"""
Connections that a worker keeps for its next load.

A new one costs the server a process, which reads its catalogue anew: more than all else of a small load. Only a
process that runs loads all day keeps any (``keep``), and never one that stands in a transaction.
"""

from __future__ import annotations

import select
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

IDLE_MAX = 8
"""Connections that a process keeps, of all targets."""

IDLE_S = 30.0
"""How long one waits for a load before it is closed."""

AGE_S_MAX = 300.0
"""How old one gets, so that what changes for new sessions (rights, settings of a role) comes to hold."""

CLEAN = (
    b"CLOSE ALL",
    b"RESET ALL",
    b"UNLISTEN *",
    b"SELECT pg_advisory_unlock_all()",
    b"DISCARD TEMP",
    b"DISCARD SEQUENCES",
)
"""What makes a session as good as new."""


@dataclass
class Shelf:
    """
    Where connections wait, by URL.

    Attributes:
        seconds: How long they do; None: nothing is kept.
    """

    seconds: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _idle: list[tuple[str, float, Any]] = field(default_factory=list)
    _born: WeakKeyDictionary[Any, tuple[str, float]] = field(default_factory=WeakKeyDictionary)

    def take(self, url: str) -> Any | None:
        """One that waits and whose server has not ended it; it must be made clean (``CLEAN``)."""
        self.sweep()
        with self._lock:
            for place in range(len(self._idle) - 1, -1, -1):
                if self._idle[place][0] == url:
                    return self._idle.pop(place)[2]
        return None

    def born(self, url: str, connection: Any) -> None:
        """A connection was made."""
        with self._lock:
            self._born[connection] = (url, time.monotonic())

    def give(self, connection: Any) -> None:
        """Keep a connection that its user has done with, or close it."""
        with self._lock:
            url, born = self._born.get(connection, ("", 0.0))
            young = time.monotonic() - born < AGE_S_MAX
            if self.seconds is not None and young and _at_rest(connection) and len(self._idle) < IDLE_MAX:
                self._idle.append((url, time.monotonic(), connection))
                return
        connection.close()

    def sweep(self) -> None:
        """Close what has waited for too long, and what its server has ended."""
        until = time.monotonic() - (self.seconds or 0.0)
        with self._lock:
            good = [one for one in self._idle if one[1] > until and _at_rest(one[2])]
            gone = [one for one in self._idle if one not in good]
            self._idle = good
        for _, _, connection in gone:
            connection.close()

    def close(self) -> None:
        """Keep nothing any more."""
        self.seconds = None
        self.sweep()


SHELF = Shelf()
"""That of this process."""


def keep() -> None:
    """Let this process keep connections from load to load; call ``SHELF.sweep`` every few seconds."""
    SHELF.seconds = IDLE_S


# Private functions


def _at_rest(connection: Any) -> bool:
    """Whether it stands in no transaction, and the server has sent nothing: what it sends unasked is its end."""
    if connection.closed or connection.info.transaction_status != 0:
        return False
    watch = select.poll()
    watch.register(connection.fileno(), select.POLLIN)
    return not watch.poll(0)
