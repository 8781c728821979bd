"""Chunks commit in file order: each waits for its ticket."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

STAY_S = 5.0
"""How often a transaction that waits for its turn says that it is alive."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """
    What a chunk does that was sent before its turn.

    Attributes:
        give_way: Called once if an earlier chunk needs a lock that this one may hold.
        stay: Called every ``STAY_S``; what it raises ends the wait.
    """

    give_way: Callable[[], None]
    stay: Callable[[], None]


class Closed(Exception):
    """No more chunks commit: another one stopped or failed."""


class Tickets:
    """Numbers from 0; ``wait(n)`` returns when all before n are done."""

    def __init__(self) -> None:
        self._turn = 0
        self._closed = False
        self._yield_above: int | None = None
        self._changed = threading.Condition()

    def wait(self, number: int, waiting: Waiting | None = None) -> bool:
        """
        Wait until it is the turn of ``number``.

        Args:
            waiting: What a transaction that is open meanwhile must do.

        Returns:
            Whether it gave way.

        Raises:
            Closed: The load ended before.
        """
        gave_way = False
        while True:
            open_still = waiting is not None and not gave_way
            with self._changed:
                due = partial(self._is_due, number, yielding=open_still)
                self._changed.wait_for(due, STAY_S if open_still else None)
                if self._closed:
                    raise Closed
                if self._turn == number:
                    return gave_way
                yields = self._must_yield(number)
            # Outside of the lock: both may take a while, and others must not wait for that.
            if waiting is not None and open_still:
                if yields:
                    waiting.give_way()
                    gave_way = True
                else:
                    waiting.stay()

    def done(self, number: int) -> None:
        """Let the next one in."""
        with self._changed:
            self._turn = number + 1
            self._yield_above = None
            self._changed.notify_all()

    def close(self) -> None:
        """Send everybody away."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def ask_later_to_yield(self) -> None:
        """The chunk whose turn it is waits for a lock of a later one: later ones roll back."""
        with self._changed:
            self._yield_above = self._turn
            self._changed.notify_all()

    @property
    def turn(self) -> int:
        """The number whose turn it is."""
        with self._changed:
            return self._turn

    @property
    def closed(self) -> bool:
        """Whether the load has ended."""
        with self._changed:
            return self._closed

    # Private methods

    def _is_due(self, number: int, *, yielding: bool) -> bool:
        return self._closed or self._turn == number or (yielding and self._must_yield(number))

    def _must_yield(self, number: int) -> bool:
        return self._yield_above is not None and number > self._yield_above
