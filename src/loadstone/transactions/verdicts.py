"""Whether a type may go, from what became of those before it; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from loadstone.spec.transactions import Policy
from loadstone.transactions.plan import TransactionPlan, TypePlan


class State(StrEnum):
    """What became of a type; the last four are as far as a run takes it."""

    STAGED = "staged"
    PUBLISHED = "published"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    FAILED = "failed"
    WAITING = "waiting"


ENDED = frozenset(State) - {State.STAGED}
"""States that a run does not change any more."""

GONE = frozenset({State.SKIPPED, State.FAILED, State.WAITING})
"""States of a type whose rows are not in their tables."""


class Verdict(StrEnum):
    """What to do with a type or a group now."""

    LATER = "later"
    GO = "go"
    SKIP = "skip"
    STOP = "stop"


def verdict(one: TypePlan, states: Mapping[str, State]) -> tuple[Verdict, str | None]:
    """
    What to do with a type, and the first of those it requires that is why.

    A type is decided when all before it have ended: the strictest policy that applies wins, stop before skip before run.
    """
    if any(states[other] not in ENDED for other in one.before):
        return Verdict.LATER, None
    skipped = None
    for other in one.needs:
        policy = _policy(one, states[other])
        if policy is Policy.STOP:
            return Verdict.STOP, other
        if policy is Policy.SKIP and skipped is None:
            skipped = other
    return (Verdict.SKIP, skipped) if skipped is not None else (Verdict.GO, None)


def group_verdict(
    plan: TransactionPlan, group: tuple[str, ...], states: Mapping[str, State]
) -> tuple[Verdict, str | None, str | None]:
    """What to do with a group, which goes as one, by its types and those outside; with the type and the cause."""
    inside = set(group)
    outcome: tuple[Verdict, str | None, str | None] = (Verdict.GO, None, None)
    for name in group:
        seen = {other: State.PUBLISHED if other in inside else state for other, state in states.items()}
        found, why = verdict(plan.types[name], seen)
        if found is Verdict.LATER:
            return Verdict.LATER, name, None
        if _ORDER.index(found) > _ORDER.index(outcome[0]):
            outcome = found, name, why
    return outcome


# Private functions

_ORDER = (Verdict.GO, Verdict.SKIP, Verdict.STOP)


def _policy(one: TypePlan, state: State) -> Policy:
    if state in GONE:
        return one.spec.if_failed
    return one.spec.if_partial if state is State.PARTIAL else Policy.RUN
