"""Progress on a terminal, and signals that finish the chunk and stop."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from loadstone.books import Contribution

SHOW_EVERY_S = 0.5


class Watched:
    """A run that stops when asked to, and shows its sums on standard error while that is a terminal."""

    def __init__(self, *, quiet: bool) -> None:
        self._stop = False
        self._shown = not quiet and sys.stderr.isatty()
        self._began = self._last = time.monotonic()

    def stop_requested(self) -> bool:
        """Whether a signal asked to stop."""
        return self._stop

    def stop(self, number: int, frame: FrameType | None) -> None:
        """First signal: finish the chunk. Second one: as if there were no handler."""
        if self._stop:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self._stop = True

    def report(self, contribution: Contribution, bytes_done: int, bytes_total: int | None) -> None:
        """Take the sums so far; one line is shown, at most twice a second."""
        now = time.monotonic()
        if not self._shown or now - self._last < SHOW_EVERY_S:
            return
        self._last = now
        passed = now - self._began
        left = ""
        if bytes_total and bytes_done:
            left = f", {max(bytes_total - bytes_done, 0) / (bytes_done / passed):.0f} s left"
        line = (
            f"{contribution.read:,} records, {contribution.read / passed:,.0f}/s, {bytes_done / 1e6:,.0f} MB"
            f"{left}, {contribution.rejected:,} rejected"
        )
        print(f"\r{line:<78}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Clear the line."""
        if self._shown and self._last != self._began:
            print("\r" + " " * 78 + "\r", end="", file=sys.stderr, flush=True)


@contextmanager
def watched(*, quiet: bool) -> Iterator[Watched]:
    """A run with SIGINT and SIGTERM in hand."""
    run = Watched(quiet=quiet)
    before = {number: signal.signal(number, run.stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield run
    finally:
        run.close()
        for number, handler in before.items():
            signal.signal(number, handler)
