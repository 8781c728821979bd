"""Which steps may run now, which never will, and how an execution ends. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loadstone.jobs.definition import Definition, Need
from loadstone.jobs.graph import order
from loadstone.jobs.model import Request, Status, gravest


@dataclass(frozen=True, kw_only=True)
class Advance:
    """
    What happens next in an execution.

    Attributes:
        ready: Steps to run now. skipped: steps whose conditions can no longer come true.
        status: The execution's status afterwards.
    """

    ready: tuple[str, ...]
    skipped: tuple[str, ...]
    status: Status


def advance(definition: Definition, statuses: Mapping[str, Status], request: Request) -> Advance:
    """Decide from the steps as they stand, and from what is asked of the execution."""
    now = dict(statuses)
    ready, skipped = [], []
    for name in order(definition.needs()):
        if now[name] is not Status.WAITING:
            continue
        needs = definition.steps[name].needs
        if not all(now[need.step].ended for need in needs):
            continue
        if not all(_holds(need, now[need.step]) for need in needs):
            now[name] = Status.SKIPPED
            skipped.append(name)
        elif request is Request.NONE:
            now[name] = Status.READY
            ready.append(name)
    return Advance(ready=tuple(ready), skipped=tuple(skipped), status=_overall(definition, now, request))


# Private functions


def _holds(need: Need, status: Status) -> bool:
    match need.when:
        case "completed":
            return status is Status.COMPLETED
        case "failed":
            return status is Status.FAILED
        case "stopped":
            return status is Status.STOPPED
        case "ended":
            return True


def _overall(definition: Definition, statuses: Mapping[str, Status], request: Request) -> Status:
    if any(status in (Status.READY, Status.RUNNING) for status in statuses.values()):
        return Status.RUNNING
    if any(status is Status.PAUSED for status in statuses.values()):
        return Status.PAUSED
    if any(status is Status.WAITING for status in statuses.values()):
        return Status.PAUSED if request is Request.PAUSE else Status.STOPPED
    counted = [
        Status.COMPLETED
        if status is Status.SKIPPED or (definition.steps[name].optional and status is Status.FAILED)
        else status
        for name, status in statuses.items()
    ]
    return gravest(counted)
