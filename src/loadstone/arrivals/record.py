"""One transition of a file: its row, its audit entry and its event, together or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from loadstone.arrivals import repository
from loadstone.arrivals.model import Arrival, Finding, Lost, Reason, State, Step
from loadstone.audit import trail
from loadstone.database import outbox

TOPICS = {State.LANDED: "file.arrived"}
"""Topics of events that are not named after their state."""


def move(
    connection: Connection,
    arrival: Arrival,
    step: Step,
    *,
    actor: str,
    at: datetime,
    fenced: bool = True,
) -> Arrival:
    """
    Bring a file into another state.

    Raises:
        Lost: It does not stand as ``arrival`` says any more: another worker has it. Hold: What ``within`` finds.
    """
    more = step.within(connection) if step.within is not None else {}
    values = {**step.values, **more, "state": step.state, "changed_at": at}
    if step.state.ended:
        values |= {"settled_at": at, "claimed_by": None, "claimed_until": None}
    moved = repository.change(connection, arrival, values, fenced=fenced)
    if moved is None:
        raise Lost(f"file {arrival.id} is no longer {arrival.state} in this worker's hands")
    note(connection, moved, step.verb or str(step.state), step.told, actor=actor)
    return moved


def note(connection: Connection, arrival: Arrival, verb: str, told: Mapping[str, Any], *, actor: str) -> None:
    """Audit entry and event about a file."""
    about = facts(arrival)
    topic = TOPICS.get(arrival.state, f"file.{verb}") if verb == arrival.state else f"file.{verb}"
    trail.record(connection, actor, f"file.{verb}", f"file:{arrival.id}", {**about, **told})
    outbox.put(connection, topic, str(arrival.id), {**about, **told})


def facts(arrival: Arrival) -> dict[str, Any]:
    """What events and the audit trail say of a file; no value of its records."""
    values = {
        "file": arrival.id,
        "name": arrival.name,
        "source": arrival.source,
        "feed": arrival.feed,
        "business_date": arrival.business_date.isoformat() if arrival.business_date else None,
        "size_bytes": arrival.size_bytes,
        "sha256": arrival.sha256,
        "path": arrival.kept_at,
        "reason": arrival.reason,
        "execution_id": arrival.execution_id,
    }
    return {name: value for name, value in values.items() if value is not None}


def quarantined(arrival: Arrival, findings: tuple[Finding, ...], values: Mapping[str, Any]) -> Step:
    """The step into quarantine: the first finding gives the reason."""
    reason: Reason = findings[0].reason
    told = {
        "reason": str(reason),
        "message": "; ".join(one.told for one in findings),
        "hints": [hint for one in findings for hint in one.hints],
        "code": findings[0].code,
    }
    kept = [*values.get("findings", arrival.findings), *(one.values() for one in findings)]
    more = {"reason": str(reason), "held_from": values.get("held_from", arrival.state), "findings": kept}
    return Step(state=State.QUARANTINED, values={**values, **more}, told=told)
