"""What a launch answers, from the rules of the job and the last execution of the instance."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from loadstone.jobs.definition import LaunchRules
from loadstone.jobs.launch import decide
from loadstone.jobs.model import Answer, Execution, Request, Status


def last(status: Status, attempt: int = 1) -> Execution:
    """The instance's last execution."""
    return Execution(
        id=7,
        instance_id=1,
        job="gl",
        version=1,
        attempt=attempt,
        status=status,
        request=Request.NONE,
        parameters={},
        priority=0,
        pool="default",
        created_at=datetime(2026, 11, 24, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("rules", "status", "answer", "told"),
    [
        ({}, None, Answer.STARTED, "never launched"),
        ({}, Status.RUNNING, Answer.JOINED, "is under way"),
        ({"running": "refuse"}, Status.RUNNING, Answer.REFUSED, "refuse a second launch"),
        ({}, Status.PAUSED, Answer.REFUSED, "resume it"),
        ({}, Status.ABANDONED, Answer.REFUSED, "which is final"),
        ({"completed": "again", "failed": "restart"}, Status.ABANDONED, Answer.REFUSED, "which is final"),
        ({}, Status.COMPLETED, Answer.CACHED, "its result is returned"),
        ({"completed": "refuse"}, Status.COMPLETED, Answer.REFUSED, "refuse another"),
        ({"completed": "again"}, Status.COMPLETED, Answer.STARTED, "run it again"),
        ({}, Status.FAILED, Answer.RESTARTED, "failed; it goes on behind its last checkpoint"),
        ({}, Status.STOPPED, Answer.RESTARTED, "stopped; it goes on behind its last checkpoint"),
        ({"failed": "refuse"}, Status.FAILED, Answer.REFUSED, "refuse a restart"),
        ({"failed": "refuse"}, Status.STOPPED, Answer.REFUSED, "refuse a restart"),
    ],
)
def test_each_state_has_one_answer(
    rules: dict[str, str], status: Status | None, answer: Answer, told: str
) -> None:
    """And a reason in a sentence that names the execution."""
    before = last(status) if status is not None else None
    found, reason = decide(LaunchRules.model_validate(rules), before)
    assert (answer, True) == (found, told in reason)
    assert (before is not None) == ("execution 7" in reason)


@pytest.mark.parametrize("status", [Status.FAILED, Status.COMPLETED])
@pytest.mark.parametrize(("attempt", "refused"), [(2, False), (3, True), (4, True)])
def test_attempts_have_an_end(status: Status, attempt: int, refused: bool) -> None:
    """The third execution of three is the last one."""
    rules = LaunchRules(attempts_max=3, completed="again")
    answer, reason = decide(rules, last(status, attempt))
    assert refused == (answer is Answer.REFUSED) == (f"attempt {attempt} of 3 allowed" in reason)
