"""A load outlasts lost connections: the fence is raised again, and the target tells what is committed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from loadstone.errors import Retry
from loadstone.targets.model import Claimant, Target

RETRY_MAX = 9
"""Times in a row that a load without progress comes back after a lost connection: about a minute."""

RETRY_PAUSE_S = 0.2
"""First pause before it comes back; doubled each time, 10 s at most."""

T = TypeVar("T")


class Lasting:
    """
    The fence of one start of a load, raised anew whenever a connection was lost.

    Attributes:
        fence: The fence that this start holds; another object after each lost connection.
    """

    def __init__(
        self, target: Target, load_id: str, claimant: Claimant, sleep: Callable[[float], None]
    ) -> None:
        """Raise the fence for the first time; a connection that is lost here ends the load."""
        self._target, self._load_id, self._claimant, self._sleep = target, load_id, claimant, sleep
        self._failures = 0
        self.fence = target.raise_fence(load_id, claimant)

    def call(self, action: Callable[[], T]) -> T:
        """
        Do ``action``, which may be repeated after a lost connection even if it was done.

        Raises:
            Retry: The connection was lost too often. Whatever ``action`` raises.
        """
        while True:
            try:
                return action()
            except Retry as error:
                self.recover(error)

    def recover(self, error: Retry) -> None:
        """
        Wait, and raise the fence again, which waits for the session that was lost.

        Raises:
            Retry: ``error``, when it happened too often since the last progress.
            Refused: LS-4003, LS-3006 another process has the load by now.
        """
        while True:
            self._failures += 1
            if self._failures > RETRY_MAX:
                raise error
            self._sleep(min(10.0, RETRY_PAUSE_S * 2**self._failures))
            try:
                self.fence = self._target.raise_fence(self._load_id, self._claimant, again=True)
                return
            except Retry as further:
                error = further

    def progressed(self) -> None:
        """Something was committed: failures count from here."""
        self._failures = 0
