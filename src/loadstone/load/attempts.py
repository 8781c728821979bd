"""Attempts to load all that is left: a lost connection is no end."""

from __future__ import annotations

from loadstone.errors import Retry
from loadstone.load.atomic import awaits_publication
from loadstone.load.lasting import Lasting
from loadstone.load.plan.model import LoadPlan
from loadstone.load.resume import Progress, progress_of, verify_inputs
from loadstone.load.workers import Work, run_workers


def load_all(work: Work) -> tuple[Progress, str]:
    """
    Attempts, until all is read or a limit or a request stops it.

    A lost connection leaves open whether the last chunk is committed: the fence is raised, which
    waits for the old session, and the checkpoints tell.
    """
    plan, lasting, run = work.plan, work.lasting, work.run
    progress = committed(plan, lasting)
    outcome = outcome_so_far(plan, progress)
    refused = progress.counts.rejected or progress.counts.discarded
    if outcome is not None and (refused or not awaits_publication(plan, progress, outcome)):
        # Nothing is read any more, but bad and discard files are written from the inputs.
        verify_inputs(plan.inputs, progress)
    while True:
        outcome = outcome_so_far(plan, progress)
        try:
            if outcome is None:
                attempt = run_workers(work, progress)
                progress = attempt.progress
                if attempt.cut == "discardmax":
                    continue
                ended = "stopped" if run.stop_requested() else "complete"
                outcome = outcome_so_far(plan, progress) or ended
            if plan.partition is None and awaits_publication(plan, progress, outcome):
                progress = work.publish(plan, lasting.fence, run, progress)
                outcome = published_outcome(plan, progress, outcome)
            return progress, outcome
        except Retry as error:
            lasting.recover(error)
            after = committed(plan, lasting)
            if after != progress:
                lasting.progressed()
            progress = after


def outcome_so_far(plan: LoadPlan, progress: Progress) -> str | None:
    """Whether a limit that still holds has stopped the load before."""
    limits = plan.limits
    if limits.errors is not None and progress.counts.rejected > limits.errors:
        return "errors"
    if limits.load is not None and progress.counts.read >= limits.load:
        return "limit"
    part = plan.partition
    if progress.input_no >= len(plan.inputs) or (part is not None and progress.unit >= part.unit1):
        return "complete"
    return None


def published_outcome(plan: LoadPlan, progress: Progress, outcome: str) -> str:
    """The outcome after a publication: ``waiting`` where rows wait still, and no limit of the load is why."""
    ended = outcome_so_far(plan, progress) or outcome
    return "waiting" if ended == "complete" and awaits_publication(plan, progress, ended) else ended


def committed(plan: LoadPlan, lasting: Lasting) -> Progress:
    """What the checkpoints of the target tell."""
    return lasting.call(lambda: progress_of(plan.target.checkpoints(lasting.fence.load_id), plan.partition))
