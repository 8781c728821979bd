"""Runs for tests: the caller of a load that wants nothing."""

from __future__ import annotations

from loadstone.books import Contribution


class Undisturbed:
    """A run that nobody stops and nobody watches."""

    def stop_requested(self) -> bool:
        return False

    def report(self, contribution: Contribution, bytes_done: int, bytes_total: int | None) -> None:
        return None
