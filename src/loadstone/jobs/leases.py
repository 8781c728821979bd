"""Leases of one worker process: renewed from a thread of their own, lost when a renewal finds another holder."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from loadstone.books import Contribution
from loadstone.database.open import Database
from loadstone.errors import LoadstoneError
from loadstone.jobs.handlers import LeaseFence
from loadstone.jobs.model import Request, Task
from loadstone.jobs.repository import tasks

BEATS = 3
"""Renewals within one lease."""


class HeldTask:
    """
    A task under lease, as its handler sees it (``handlers.TaskRun``).

    Attributes:
        lost: Another worker has the task, or the lease ran out without renewal. timed_out: its time is up.
        request: What is asked of the execution. reports: Times that progress was reported, once a chunk.
        hurries: Whether it has come further than the runs that ended with their workers, which is to be stored at once:
            the next death may come before the next beat.
    """

    def __init__(self, task: Task, ttl_s: float, timeout_s: float | None) -> None:
        self.task, self._ttl_s = task, ttl_s
        self.lease = LeaseFence(repository_id=task.repository_id, number=task.fence)
        self.lost = self._ran_out = False
        self.request = Request.NONE
        self.reports = 0
        self._begun = self._renewed = time.monotonic()
        self._timeout_s = timeout_s
        self._counts: dict[str, int] | None = None
        self.hurries, self._told = False, task.lost == 0
        self.wake: Callable[[], None] = _nobody

    @property
    def timed_out(self) -> bool:
        """Whether the step's time is up."""
        return self._timeout_s is not None and time.monotonic() - self._begun > self._timeout_s

    @property
    def cut_short(self) -> bool:
        """Whether the work had to stop though nobody asked: time is up, or the lease had run out, if only for a while."""
        return self.timed_out or self._ran_out

    @property
    def advanced(self) -> bool:
        """Whether it has come further than all runs before."""
        return tasks.progress_of(self._counts) > self.task.progress

    def stop_requested(self) -> bool:
        """Whether to finish the chunk and stop."""
        self._ran_out = self._ran_out or time.monotonic() - self._renewed > self._ttl_s
        return self.lost or self._ran_out or self.request is not Request.NONE or self.timed_out

    def report(self, contribution: Contribution, bytes_done: int, bytes_total: int | None) -> None:
        """Take the sums so far."""
        sums = contribution
        self.reports += 1
        self._counts = {
            "read": sums.read,
            "loaded": sums.loaded,
            "rejected": sums.rejected,
            "discarded": sums.discarded,
            "skipped": sums.skipped,
            "bytes_done": bytes_done,
            **({"bytes_total": bytes_total} if bytes_total is not None else {}),
        }
        if self.advanced and not self._told:
            self._told = self.hurries = True
            self.wake()

    def counts(self) -> dict[str, int] | None:
        """The sums of the last report."""
        return self._counts

    def renewed(self, request: Request | None, at: float) -> None:
        """Take the answer of a renewal that was sent at ``at`` (monotonic seconds)."""
        if request is None:
            self.lost = True
            return
        self.hurries = False
        self._renewed, self.request = at, request


class Heartbeat:
    """
    Renews all leases of a process every third of their time, and one that hurries at once.

    A renewal that cannot reach the repository is tried again at the next beat; a lease that could not be
    renewed in its time counts as run out (``HeldTask.stop_requested``), whatever this machine's clock says.
    """

    def __init__(self, database: Database, ttl: timedelta) -> None:
        self._database, self._ttl = database, ttl
        self._held: set[HeldTask] = set()
        self._lock = threading.Lock()
        self._wake, self._over = threading.Event(), False
        self._thread: threading.Thread | None = None

    @contextmanager
    def holding(self, held: HeldTask) -> Iterator[None]:
        """Renew the lease while the block runs."""
        with self._lock:
            self._held.add(held)
            held.wake = self._wake.set
            if self._thread is None:
                self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(held)

    def close(self) -> None:
        """Renew no more."""
        self._over = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    # Private methods

    def _beat(self) -> None:
        pause_s = self._ttl.total_seconds() / BEATS
        due = time.monotonic() + pause_s
        while not self._over:
            self._wake.wait(max(0.0, due - time.monotonic()))
            self._wake.clear()
            at_once = time.monotonic() < due
            with self._lock:
                held = [one for one in self._held if one.hurries or not at_once]
            for one in held:
                self._renew(one)
            if not at_once:
                due = time.monotonic() + pause_s

    def _renew(self, held: HeldTask) -> None:
        at = time.monotonic()
        try:
            with self._database.write() as connection:
                request = tasks.beat(connection, held.task.id, held.task.fence, self._ttl, held.counts())
        except LoadstoneError:
            return
        held.renewed(request, at)


# Private functions


def _nobody() -> None:
    """Whom a task wakes that no heartbeat holds."""
