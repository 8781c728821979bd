"""Attempts to load all that is left: a lost connection is no end."""

from __future__ import annotations

from collections.abc import Callable

from loadstone.books import Fence, Run
from loadstone.errors import Refused, Retry
from loadstone.load.atomic import awaits_publication, publish_staged
from loadstone.load.columnar import Columnar
from loadstone.load.plan.model import LoadPlan
from loadstone.load.resume import Progress, progress_of, verify_inputs
from loadstone.load.workers import run_workers

RETRY_MAX = 8
"""Times in a row that a load without progress comes back after a lost connection."""

RETRY_PAUSE_S = 0.2
"""First pause before it comes back; doubled each time, 10 s at most."""


def load_all(
    plan: LoadPlan, columnar: Columnar, fence: Fence, run: Run, sleep: Callable[[float], None]
) -> tuple[Progress, Fence, str]:
    """
    Attempts, until all is read or a limit or a request stops it.

    A lost connection leaves open whether the last chunk is committed: the fence is raised, which
    waits for the old session, and the checkpoints tell.
    """
    failures, progress = 0, progress_of(plan.target.checkpoints(fence.load_id))
    if _outcome_so_far(plan, progress) is not None:
        # Nothing is read any more, but bad and discard files are written from the inputs.
        verify_inputs(plan.inputs, progress)
    while True:
        outcome = _outcome_so_far(plan, progress)
        try:
            if outcome is None:
                attempt = run_workers(plan, columnar, fence, progress, run)
                progress = attempt.progress
                if attempt.cut == "discardmax":
                    continue
                ended = "stopped" if run.stop_requested() else "complete"
                outcome = _outcome_so_far(plan, progress) or ended
            if awaits_publication(plan, progress, outcome):
                progress = publish_staged(plan, fence, progress)
                outcome = _outcome_so_far(plan, progress) or outcome
            return progress, fence, outcome
        except Retry as error:
            fence, after, failures = _recover(plan, fence, error, failures, sleep)
            failures = 0 if after != progress else failures
            progress = after


# Private functions


def _recover(
    plan: LoadPlan, mine: Fence, error: Retry, failures: int, sleep: Callable[[float], None]
) -> tuple[Fence, Progress, int]:
    """
    What is committed after all, under a new fence, and how often it failed; a server that restarts is waited for.

    Raises:
        Retry: It failed too often. Refused: LS-4003 the fence was raised in between, by a process
            that took the load over.
    """
    raises = 0
    while True:
        failures, raises = failures + 1, raises + 1
        if failures > RETRY_MAX:
            raise error
        sleep(min(10.0, RETRY_PAUSE_S * 2**failures))
        try:
            fence = plan.target.raise_fence(mine.load_id)
            after = progress_of(plan.target.checkpoints(fence.load_id))
        except Retry as further:
            error = further
            continue
        if fence.number > mine.number + raises:
            raise Refused(
                "LS-4003",
                f"load {mine.load_id[:8]} was taken over by another process",
                hints=["its rows are safe; this process leaves it alone."],
            )
        return fence, after, failures


def _outcome_so_far(plan: LoadPlan, progress: Progress) -> str | None:
    """Whether a limit that still holds has stopped the load before."""
    limits = plan.limits
    if limits.errors is not None and progress.counts.rejected > limits.errors:
        return "errors"
    if limits.load is not None and progress.counts.read >= limits.load:
        return "limit"
    if progress.input_no >= len(plan.inputs):
        return "complete"
    return None
