"""What the engine measures of the tasks that it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from loadstone.jobs.leases import HeldTask
from loadstone.jobs.model import Task
from loadstone.telemetry import metrics

LOST = "lost"
"""What became of a run whose task another worker has by now."""

_RESULTS = ("read", "loaded", "rejected", "discarded", "skipped")
_running = 0
_lock = threading.Lock()


@dataclass
class Told:
    """How a run ended; set by the engine."""

    outcome: str = "failed"


@contextmanager
def running(task: Task, held: HeldTask) -> Iterator[Told]:
    """Measure one run of a task."""
    told, begun = Told(), time.monotonic()
    _step(1)
    try:
        yield told
    finally:
        _step(-1)
        metrics.count("loadstone_tasks_total", handler=task.handler, outcome=told.outcome)
        metrics.observe("loadstone_task_duration_seconds", time.monotonic() - begun, handler=task.handler)
        if told.outcome == LOST:
            metrics.count("loadstone_lease_losses_total")
        _records(task, held)


@contextmanager
def claiming() -> Iterator[None]:
    """Measure a claim, whether it finds a task or not."""
    begun = time.monotonic()
    yield
    metrics.observe("loadstone_task_claim_seconds", time.monotonic() - begun)


def fault(kind: str, action: str) -> None:
    """Count a fault and what was done about it."""
    metrics.count("loadstone_faults_total", kind=str(kind), action=str(action))


# Private functions


def _step(by: int) -> None:
    global _running
    with _lock:
        _running += by
        metrics.set_to("loadstone_tasks_running", _running)


def _records(task: Task, held: HeldTask) -> None:
    """What this run added to what an earlier run of the task had reported."""
    before, after = task.counts or {}, held.counts() or {}
    for name in _RESULTS:
        added = after.get(name, 0) - before.get(name, 0)
        if added > 0:
            metrics.count("loadstone_records_total", added, result=name)
    done = after.get("bytes_done", 0) - before.get("bytes_done", 0)
    if done > 0:
        metrics.count("loadstone_input_bytes_total", done)
    if held.reports:
        metrics.count("loadstone_chunks_total", held.reports)
