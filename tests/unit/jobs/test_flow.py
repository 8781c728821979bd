"""Which steps run next, and how an execution ends."""

from __future__ import annotations

import pytest

from loadstone.jobs.definition import Definition
from loadstone.jobs.flow import advance
from loadstone.jobs.model import Request, Status

C, F, W, R, S, P = (
    Status.COMPLETED,
    Status.FAILED,
    Status.WAITING,
    Status.RUNNING,
    Status.STOPPED,
    Status.PAUSED,
)


def diamond(**more: dict[str, object]) -> Definition:
    """Four steps: one, two beside each other, one; ``more`` adds to them by name."""
    steps: dict[str, dict[str, object]] = {
        "a": {"handler": "h"},
        "b": {"handler": "h", "needs": ["a"]},
        "c": {"handler": "h", "needs": ["a"]},
        "d": {"handler": "h", "needs": ["b", "c"]},
    }
    return Definition.model_validate(
        {"name": "j", "steps": {name: {**step, **more.get(name, {})} for name, step in steps.items()}}
    )


def test_a_split_runs_both_branches_at_once() -> None:
    """Both steps behind the first are ready together; their join waits."""
    step = advance(diamond(), {"a": C, "b": W, "c": W, "d": W}, Request.NONE)
    assert (step.ready, step.skipped, step.status) == (("b", "c"), (), R)


def test_a_failure_skips_what_needs_its_completion_and_nothing_else() -> None:
    """The other branch goes on; the execution fails in the end."""
    step = advance(diamond(), {"a": C, "b": F, "c": W, "d": W}, Request.NONE)
    assert step.ready == ("c",)
    step = advance(diamond(), {"a": C, "b": F, "c": C, "d": W}, Request.NONE)
    assert (step.skipped, step.status) == (("d",), F)


@pytest.mark.parametrize(
    ("when", "ended", "runs"),
    [
        ("failed", F, True),
        ("failed", C, False),
        ("stopped", S, True),
        ("ended", F, True),
        ("ended", C, True),
        ("completed", F, False),
    ],
)
def test_an_edge_runs_its_step_when_the_other_ended_so(when: str, ended: Status, runs: bool) -> None:
    """Conditions on how the step before ended."""
    definition = Definition.model_validate(
        {
            "name": "j",
            "steps": {"a": {"handler": "h"}, "b": {"handler": "h", "needs": [{"step": "a", "when": when}]}},
        }
    )
    step = advance(definition, {"a": ended, "b": W}, Request.NONE)
    assert runs is (step.ready == ("b",))
    assert runs is not (step.skipped == ("b",))


def test_an_optional_step_may_fail() -> None:
    """The job ends well, and what needs the step is skipped."""
    step = advance(diamond(b={"optional": True}), {"a": C, "b": F, "c": C, "d": W}, Request.NONE)
    assert (step.skipped, step.status) == (("d",), C)


@pytest.mark.parametrize(("request_", "expected"), [(Request.STOP, S), (Request.PAUSE, P)])
def test_nothing_new_runs_after_a_stop_or_pause(request_: Request, expected: Status) -> None:
    """Steps that wait stay waiting, and the execution stands as it was asked to."""
    step = advance(diamond(), {"a": C, "b": W, "c": W, "d": W}, request_)
    assert ((), expected) == (step.ready, step.status)


def test_a_stop_that_comes_too_late_changes_nothing() -> None:
    """All steps are completed, and so is the execution."""
    assert C is advance(diamond(), {"a": C, "b": C, "c": C, "d": C}, Request.STOP).status
