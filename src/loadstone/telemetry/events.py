"""What an event of the outbox is besides: a line of the log, and a count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from loadstone.telemetry import metrics

WARNINGS = (
    "fault.",
    "breaker.opened",
    "schedule.missed",
    "schedule.refused",
    "task.quarantined",
    "task.lost",
)
"""Beginnings of topics that are logged as warnings."""

UNTOLD = ("parameters", "hints")
"""Keys of a body that stay out of the log: they may be long, and the repository has them."""

log = structlog.get_logger("loadstone.events")


def tell(topic: str, key: str, body: Mapping[str, Any]) -> None:
    """Log and count an event whose transaction has committed; a process that configured no log prints nothing."""
    noun, _, verb = topic.partition(".")
    metrics.count("loadstone_events_total", topic=topic)
    if noun == "execution":
        metrics.count("loadstone_executions_total", status=verb)
    elif noun == "breaker":
        metrics.count("loadstone_breaker_transitions_total", system=key, to=verb)
    elif topic == "task.taken_over":
        metrics.count("loadstone_take_overs_total")
    elif topic == "task.healed":
        metrics.count("loadstone_heals_total", action=str(body.get("action")))
    if structlog.is_configured():
        told = {name: value for name, value in body.items() if value is not None and name not in UNTOLD}
        tell_ = log.warning if topic.startswith(WARNINGS) else log.info
        tell_(topic, about=key, **{f"{name}_" if name == "event" else name: v for name, v in told.items()})
