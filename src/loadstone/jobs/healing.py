"""What the engine does about a fault, by the action of its rule, and what it leaves to the handler."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loadstone.jobs.definition import RetryRule
from loadstone.jobs.faults import Action, Rule, pause_s
from loadstone.jobs.gate import HeldBack
from loadstone.jobs.model import Task

PATIENT_S = 1.0
"""About how long a patient action waits before it looks again."""

HEALS_MAX = 4
"""Times that one task is run again with one remedy of its handler."""

LOCK_WAITS_MAX = 60
"""Waits of about a second, two leases in all, before a lock is taken from a holder that hangs."""

HEAL = "heal"
"""Key in a task's plan that counts the remedies its handler must apply, by action."""

REMEDIES = (Action.RELEASE_LOCKS, Action.FREE_STAGING, Action.SMALLER_CHUNKS)
"""Actions that the handler carries out in its next run (``remedies_of``)."""


@dataclass(frozen=True, kw_only=True)
class Again:
    """
    How a task is run again.

    Attributes:
        pause_s: Seconds before that. attempt: what its attempts are set to. plan: its plan with the remedies
            for the handler; None to leave it. action: what was done, for events and metrics. heals: whether the next run
            has a remedy that this one had not.
    """

    pause_s: float
    attempt: int
    plan: Mapping[str, Any] | None
    action: Action
    heals: bool = False


def again(rule: Rule, retry: RetryRule, task: Task, error: Exception, chance: random.Random) -> Again | None:
    """How a task is run again after ``error``; None when it fails."""
    if isinstance(error, HeldBack):
        pause = error.wait.pause_s * (1 + 0.2 * chance.random())
        return Again(pause_s=max(0.05, pause), attempt=task.attempt - 1, plan=None, action=Action.WAIT)
    if rule.action in (Action.WAIT, Action.RELEASE_LOCKS):
        taken = remedies_of(task).get(rule.action, 0) + 1 == LOCK_WAITS_MAX
        return Again(
            pause_s=PATIENT_S * (0.5 + chance.random()),
            attempt=task.attempt - 1,
            plan=_plan(task, rule.action),
            action=rule.action,
            heals=taken and rule.action is Action.RELEASE_LOCKS,
        )
    if rule.action in (Action.FAIL, Action.QUARANTINE):
        return None
    if rule.action in REMEDIES and remedies_of(task).get(rule.action, 0) >= HEALS_MAX:
        return None
    found = pause_s(retry, task.attempt, chance)
    if found is None:
        return None
    plan = _plan(task, rule.action)
    return Again(
        pause_s=0.0 if rule.action is Action.REQUEUE else found,
        attempt=task.attempt,
        plan=plan,
        action=rule.action,
        heals=plan is not None,
    )


def remedies_of(task: Task) -> dict[str, int]:
    """How often each remedy was called for; a handler applies them in its ``run``."""
    found: dict[str, int] = dict((task.plan or {}).get(HEAL, {}))
    return found


# Private functions


def _plan(task: Task, action: Action) -> Mapping[str, Any] | None:
    if action not in REMEDIES or task.plan is None:
        return None
    counts = remedies_of(task)
    return {**task.plan, HEAL: {**counts, str(action): counts.get(action, 0) + 1}}
