"""Progress on a terminal, and signals that finish the chunk and stop."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

from loadstone.books import Contribution

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

SHOW_FROM_S = 0.3
"""Loads that end sooner show nothing."""


class Watched:
    """A run that stops when asked to, and shows its sums on standard error while that is a terminal."""

    lease = None

    def __init__(self, *, quiet: bool) -> None:
        self._stop = False
        self._shown = not quiet and sys.stderr.isatty()
        self._began = time.monotonic()
        self._first: tuple[float, int] | None = None
        self._bar: tuple[Progress, TaskID] | None = None
        self._lock = threading.Lock()

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
        """Take the sums so far; records and bytes count what an earlier run has loaded."""
        if not self._shown:
            return
        with self._lock:
            now = time.monotonic()
            self._first = self._first or (now, contribution.read)
            if self._bar is None and now - self._began < SHOW_FROM_S:
                return
            fresh = self._bar is None
            self._bar = self._bar or _bar(bytes_done)
            passed, records = now - self._first[0], contribution.read - self._first[1]
            bar, task = self._bar
            bar.update(
                task,
                completed=bytes_done,
                total=bytes_total,
                records=f"{contribution.read:,}",
                rate=f"{records / passed:,.0f}/s" if records and passed else "",
                rejected=f"{contribution.rejected:,} rejected",
                stopping="stopping" if self._stop else "",
            )
            if fresh:
                bar.start()

    def close(self) -> None:
        """Clear the line."""
        if self._bar is not None:
            self._bar[0].stop()


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


# Private functions


def _bar(bytes_done: int) -> tuple[Progress, TaskID]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns: list[Any] = [
        BarColumn(bar_width=None),
        TextColumn("{task.fields[records]} records {task.fields[rate]}"),
        DownloadColumn(),
        TextColumn("left"),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[rejected]} {task.fields[stopping]}"),
    ]
    bar = Progress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=4)
    task = bar.add_task(
        "load", completed=bytes_done, total=None, records="", rate="", rejected="", stopping=""
    )
    return bar, task
