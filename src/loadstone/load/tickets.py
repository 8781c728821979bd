"""Chunks commit in file order: each waits for its ticket."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Closed(Exception):
    """No more chunks commit: another one stopped or failed."""


class Tickets:
    """Numbers from 0; ``wait(n)`` returns when all before n are done."""

    def __init__(self) -> None:
        self._turn = 0
        self._closed = False
        self._yield_above: int | None = None
        self._changed = threading.Condition()

    def wait(self, number: int, *, giving_way: Callable[[], None] | None = None) -> bool:
        """
        Wait until it is the turn of ``number``.

        Args:
            giving_way: Called once if an earlier chunk needs a lock that this one may hold.

        Returns:
            Whether ``giving_way`` was called.

        Raises:
            Closed: The load ended before.
        """
        gave_way = False
        with self._changed:
            while self._turn != number and not self._closed:
                if (
                    giving_way
                    and not gave_way
                    and self._yield_above is not None
                    and number > self._yield_above
                ):
                    giving_way()
                    gave_way = True
                self._changed.wait()
            if self._closed:
                raise Closed
        return gave_way

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
