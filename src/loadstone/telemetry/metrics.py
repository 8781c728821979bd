"""What is counted and measured, declared once, and served to Prometheus by a worker that is asked to."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

LABEL_VALUES_MAX = 200
"""Different values of one label that a process tells apart; further ones count as ``other``."""

OTHER = "other"

SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0)
"""Upper bounds of the buckets of durations."""


@dataclass(frozen=True)
class Metric:
    """One metric: its name with the unit last, and the labels that it has."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...] = ()


METRICS = (
    Metric(
        "loadstone_executions_total", "counter", "Executions that took this status, by status.", ("status",)
    ),
    Metric(
        "loadstone_tasks_total",
        "counter",
        "Runs of tasks by how they ended: completed, stopped, paused, failed, retried, waiting, lost.",
        ("handler", "outcome"),
    ),
    Metric("loadstone_tasks_running", "gauge", "Tasks that this worker runs now."),
    Metric("loadstone_task_duration_seconds", "histogram", "Duration of a run of a task.", ("handler",)),
    Metric("loadstone_task_claim_seconds", "histogram", "Time that a claim takes in the repository."),
    Metric("loadstone_steps_total", "counter", "Steps that ended, by status.", ("status",)),
    Metric("loadstone_chunks_total", "counter", "Chunks that were committed, as reports tell them."),
    Metric(
        "loadstone_records_total",
        "counter",
        "Logical records by what became of them: read, loaded, rejected, discarded, skipped.",
        ("result",),
    ),
    Metric("loadstone_worker_threads", "gauge", "Tasks that this worker may run at once."),
    Metric(
        "loadstone_chunk_size_bytes", "gauge", "Size of the chunks at the end of a job's last load.", ("job",)
    ),
    Metric(
        "loadstone_chunk_size_changes_total",
        "counter",
        "Changes of the size of chunks within loads, by their direction: up, down.",
        ("to",),
    ),
    Metric(
        "loadstone_transaction_types_total",
        "counter",
        "Transaction types by what became of them: published, partial, skipped, failed, waiting.",
        ("state",),
    ),
    Metric(
        "loadstone_transaction_publish_seconds",
        "histogram",
        "Time that the publication of a transaction type took, its data edges included.",
        ("type",),
    ),
    Metric("loadstone_input_bytes_total", "counter", "Bytes of input that are behind a checkpoint."),
    Metric(
        "loadstone_lease_losses_total", "counter", "Leases that this worker lost while it ran their task."
    ),
    Metric("loadstone_take_overs_total", "counter", "Tasks that were taken over from workers that died."),
    Metric(
        "loadstone_faults_total",
        "counter",
        "Faults of tasks by kind and by what was done about them.",
        ("kind", "action"),
    ),
    Metric("loadstone_heals_total", "counter", "What was mended without a person.", ("action",)),
    Metric(
        "loadstone_breaker_state",
        "gauge",
        "State of an external system's breaker: 0 closed, 1 half open, 2 open.",
        ("system",),
    ),
    Metric(
        "loadstone_breaker_transitions_total",
        "counter",
        "Transitions of breakers that this worker caused.",
        ("system", "to"),
    ),
    Metric(
        "loadstone_schedule_lag_seconds",
        "histogram",
        "Time between the moment a start was due and its launch.",
    ),
    Metric(
        "loadstone_schedule_ticks_total", "counter", "Ticks of schedules by what became of them.", ("state",)
    ),
    Metric("loadstone_queue_depth", "gauge", "Tasks in the repository: ready, delayed, running.", ("state",)),
    Metric(
        "loadstone_queue_wait_seconds", "gauge", "How long the task that waits longest has been ready to run."
    ),
    Metric("loadstone_dead_letters", "gauge", "Dead letters by state.", ("state",)),
    Metric(
        "loadstone_files_overdue_open",
        "gauge",
        "Business dates of feeds whose files have not come: late, or missing behind the cut-off.",
        ("state",),
    ),
    Metric(
        "loadstone_notices_open", "gauge", "Notices that nobody has acknowledged, by severity.", ("severity",)
    ),
    Metric(
        "loadstone_notifications_total",
        "counter",
        "Messages by channel and by how their sending ended: sent, retried, given_up.",
        ("channel", "outcome"),
    ),
    Metric("loadstone_events_total", "counter", "Events that this process wrote, by topic.", ("topic",)),
)
"""Every metric; the docs list them."""


class Meter:
    """The metrics of one process."""

    def __init__(self) -> None:
        import prometheus_client as prometheus

        self.registry: CollectorRegistry = prometheus.CollectorRegistry()
        self._seen: dict[tuple[str, str], set[str]] = {}
        self._lock = threading.Lock()
        self._metrics: dict[str, Any] = {}
        for metric in METRICS:
            more: dict[str, Any] = {"buckets": SECONDS} if metric.kind == "histogram" else {}
            made = getattr(prometheus, metric.kind.capitalize())
            self._metrics[metric.name] = made(
                metric.name, metric.meaning, metric.labels, registry=self.registry, **more
            )
        prometheus.ProcessCollector(registry=self.registry)

    def find(self, name: str, labels: dict[str, str]) -> Any:
        """The metric with these labels, their values bounded."""
        metric = self._metrics[name]
        return metric.labels(**self._bounded(name, labels)) if labels else metric

    # Private methods

    def _bounded(self, name: str, labels: dict[str, str]) -> dict[str, str]:
        with self._lock:
            bounded = {}
            for label, value in labels.items():
                seen = self._seen.setdefault((name, label), set())
                if value not in seen and len(seen) >= LABEL_VALUES_MAX:
                    value = OTHER
                seen.add(value)
                bounded[label] = value
            return bounded


_meter: Meter | None = None


def enable() -> Meter:
    """Count from now on; before that, and in processes that nobody asks, counting costs nothing."""
    global _meter
    if _meter is None:
        _meter = Meter()
    return _meter


def disable() -> None:
    """Count no more, and forget what was counted."""
    global _meter
    _meter = None


def enabled() -> bool:
    """Whether this process counts."""
    return _meter is not None


def count(name: str, amount: float = 1, **labels: str) -> None:
    """Add to a counter."""
    if _meter is not None:
        _meter.find(name, labels).inc(amount)


def set_to(name: str, value: float, **labels: str) -> None:
    """Set a gauge."""
    if _meter is not None:
        _meter.find(name, labels).set(value)


def observe(name: str, value: float, **labels: str) -> None:
    """Put a value into a histogram."""
    if _meter is not None:
        _meter.find(name, labels).observe(value)


def exposed() -> str:
    """All metrics in Prometheus' text format."""
    from prometheus_client import generate_latest

    return generate_latest(enable().registry).decode()
