"""The story of a load: who it is, what is done already, the rest of it, its files and its receipt."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loadstone.books import Fence, LoadReceipt, Run
from loadstone.clock import Clock, SystemClock
from loadstone.errors import LoadstoneError, Refused, Retry
from loadstone.load.atomic import awaits_publication, close_staged, open_staged, publish_staged, staged_plan
from loadstone.load.columnar import Columnar
from loadstone.load.environment import Environment, freeze, read_environment, thaw
from loadstone.load.files import write_files
from loadstone.load.identity import Identity, following, latest, load_key
from loadstone.load.inputs import LoadInput, resolve_inputs
from loadstone.load.lookups import fill_lookups, read_lookups
from loadstone.load.plan.compile import compile_plan
from loadstone.load.plan.model import LoadPlan
from loadstone.load.receipts import finished_before, make_receipt
from loadstone.load.resume import Progress, progress_of
from loadstone.load.sequences import sequence_bases
from loadstone.load.workers import run_workers
from loadstone.spec import LoadRequest
from loadstone.targets.model import Target
from loadstone.telemetry.points import reach

RETRY_MAX = 8
"""Times in a row that a load without progress comes back after a lost connection."""

RETRY_PAUSE_S = 0.2
"""First pause before it comes back; doubled each time, 10 s at most."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is outside of a load: environment variables, user and user functions, the clock, and how to wait."""

    variables: Mapping[str, str]
    user: str = ""
    functions: Mapping[str, str] = field(default_factory=dict)
    clock: Clock = SystemClock()
    sleep: Callable[[float], None] = time.sleep

    def environment(self) -> Environment:
        """The environment of a load that begins now."""
        return read_environment(self.variables, self.clock.now(), user=self.user, functions=self.functions)


def run(request: LoadRequest, target: Target, surroundings: Surroundings, run: Run) -> LoadReceipt:
    """
    Load, or go on with a load, or give the receipt of a finished one.

    Raises:
        FixSpec, FixFile, Refused, Stop: With the place and hints; what is committed stays and resumes.
    """
    inputs = resolve_inputs(request)
    target.init_control()
    key = load_key(request, target, inputs)
    identity = latest(target, key)
    died = identity.row is not None and identity.row.status == "running"
    if identity.row is not None and request.again and not (died and request.resume_unfinished):
        identity = following(key, identity)
    elif identity.row is not None and identity.row.status == "complete":
        old = finished_before(identity.row, inputs)
        if old is not None:
            return old
        identity = following(key, identity)
    release = target.hold(identity.load_id)
    try:
        return _run_held(_Load(request, target, surroundings, run, inputs, identity))
    finally:
        release()


# Private functions


@dataclass(frozen=True)
class _Load:
    request: LoadRequest
    target: Target
    surroundings: Surroundings
    run: Run
    inputs: list[LoadInput]
    identity: Identity


def _run_held(load: _Load) -> LoadReceipt:
    """With the lock in hand: fence, freeze, prepare, load, and write the files."""
    clock = load.surroundings.clock
    started, begun = clock.now(), clock.monotonic()
    row = load.identity.row
    frozen: dict[str, Any] = row.frozen if row is not None else {}
    environment = _environment(load, frozen)
    plan = compile_plan(load.request, load.target, environment, load.inputs, charsets=frozen.get("charsets"))
    fence = load.target.raise_fence(load.identity.load_id)
    if not frozen:
        frozen = {
            "environment": freeze(environment),
            "charsets": list(plan.charsets),
            "sequences": sequence_bases(plan),
            "lookups": read_lookups(plan),
            "atomic": load.request.atomic,
        }
    fill_lookups(plan, frozen.get("lookups", []))
    reach("fence_raised")
    plan = _prepare(load, plan, fence, frozen)
    reach("prepared")
    bases = {name: (first, step) for name, (first, step) in frozen["sequences"].items()}
    columnar = Columnar(plan, bases, Path(load.request.spec_path).resolve().parent)
    progress, fence, outcome = _load_all(load, plan, columnar, fence)
    close_staged(plan, fence, progress)
    receipt = make_receipt(plan, load.identity, progress, outcome, resumed=row is not None)
    warnings = (*receipt.warnings, *columnar.warnings)
    reach("all_loaded")
    receipt = write_files(plan, receipt, warnings, (started, clock.now(), clock.monotonic() - begun))
    reach("files_written")
    load.target.finish(fence, "complete" if outcome == "complete" else "stopped", receipt)
    reach("finished")
    return receipt


def _prepare(load: _Load, plan: LoadPlan, fence: Fence, frozen: dict[str, Any]) -> LoadPlan:
    """
    Chunk 0: empty the tables; or, for all or nothing, make the staged set that the plan then goes into.

    Raises:
        Refused: LS-4006 ``--atomic`` for a load whose first rows stand in the tables already.
    """
    if not frozen.get("atomic"):
        if load.request.atomic:
            raise Refused(
                "LS-4006",
                "this load began without --atomic, and some of its rows are in the tables",
                hints=["finish it without --atomic.", "to load all anew: --again --atomic."],
            )
        load.target.prepare(fence, frozen, [(t.table_no, t.info, t.method) for t in plan.tables])
        return plan
    load.target.prepare(fence, frozen, [])
    plan = staged_plan(plan, fence)
    open_staged(plan, fence, progress_of(load.target.checkpoints(fence.load_id)))
    return plan


def _environment(load: _Load, frozen: dict[str, Any]) -> Environment:
    if "environment" in frozen:
        return thaw(frozen["environment"])
    return load.surroundings.environment()


def _load_all(load: _Load, plan: LoadPlan, columnar: Columnar, fence: Fence) -> tuple[Progress, Fence, str]:
    """
    Attempts, until all is read or a limit or a request stops it.

    A lost connection leaves open whether the last chunk is committed: the fence is raised, which
    waits for the old session, and the checkpoints tell.
    """
    failures, progress = 0, progress_of(load.target.checkpoints(fence.load_id))
    while True:
        outcome = _outcome_so_far(plan, progress)
        try:
            if outcome is None:
                attempt = run_workers(plan, columnar, fence, progress, load.run)
                progress = attempt.progress
                if attempt.cut == "discardmax":
                    continue
                ended = "stopped" if load.run.stop_requested() else "complete"
                outcome = _outcome_so_far(plan, progress) or ended
            if awaits_publication(plan, progress, outcome):
                progress = publish_staged(plan, fence, progress)
                outcome = _outcome_so_far(plan, progress) or outcome
            return progress, fence, outcome
        except Retry as error:
            failures += 1
            if failures > RETRY_MAX:
                raise
            load.surroundings.sleep(min(10.0, RETRY_PAUSE_S * 2**failures))
            fence, after = _read_again(load, error)
            failures = 0 if after != progress else failures
            progress = after


def _read_again(load: _Load, error: LoadstoneError) -> tuple[Fence, Progress]:
    try:
        fence = load.target.raise_fence(load.identity.load_id)
        return fence, progress_of(load.target.checkpoints(fence.load_id))
    except Retry:
        raise error from None


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
