"""The story of a load: who it is, what is done already, the rest of it, its files and its receipt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from loadstone.books import Fence, LoadReceipt, Run
from loadstone.clock import Clock
from loadstone.errors import Refused
from loadstone.load.atomic import close_staged, open_staged, staged_plan
from loadstone.load.attempts import committed, load_all
from loadstone.load.environment import Environment, thaw
from loadstone.load.files import Times, write_files
from loadstone.load.frozen import columnar_of, freeze_plan
from loadstone.load.identity import Identity, following, latest, load_key
from loadstone.load.inputs import LoadInput, resolve_inputs
from loadstone.load.lasting import Lasting
from loadstone.load.lookups import fill_lookups
from loadstone.load.partitions import partitions_of
from loadstone.load.plan.compile import compile_plan
from loadstone.load.plan.model import LoadPlan
from loadstone.load.receipts import finished_before, make_receipt
from loadstone.load.resume import progress_of
from loadstone.load.sequences import moved_bases, shared_numbers
from loadstone.load.spark.begin import begun_from_parts, refuse_moved, with_parts
from loadstone.load.surroundings import Surroundings
from loadstone.load.totals import with_totals
from loadstone.load.workers import Work, pace_of
from loadstone.spec import LoadRequest
from loadstone.staging.lifetimes import ORPHAN_DAYS, drop_orphans
from loadstone.targets.model import Claimant, Target
from loadstone.telemetry.points import reach


def run(request: LoadRequest, target: Target, surroundings: Surroundings, run: Run) -> LoadReceipt:
    """
    Load, or go on with a load, or give the receipt of a finished one.

    Raises:
        FixSpec, FixFile, Refused, Stop: With the place and hints; what is committed stays and resumes.
    """
    inputs = resolve_inputs(request)
    target.init_control()
    dropped = drop_orphans(target, request.control_schema, datetime.now(UTC)) if request.atomic else ()
    key = load_key(request, target.url, inputs, surroundings.functions)
    claimant = Claimant.here(run.lease)
    while True:
        known = latest(target, key)
        identity, old = _choose(request, inputs, key, known)
        if old is not None:
            return old
        release = target.hold(identity.load_id, take_over=claimant if request.take_over else None)
        try:
            # Another process may have gone on with the load, and left, before the lock was had.
            if latest(target, key, known) == known:
                return _run_held(
                    _Load(request, target, surroundings, run, inputs, identity, claimant, dropped)
                )
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
    claimant: Claimant
    orphans: tuple[str, ...]


def _choose(
    request: LoadRequest, inputs: list[LoadInput], key: str, known: Identity
) -> tuple[Identity, LoadReceipt | None]:
    """The load to run: a new one, or the one that is ``known``; or else the receipt of the finished one."""
    row = known.row
    if row is None:
        return known, None
    if request.again and not (row.status == "running" and request.resume_unfinished):
        return following(key, known), None
    if row.status != "complete":
        return known, None
    return following(key, known), finished_before(row, inputs)


def _run_held(load: _Load) -> LoadReceipt:
    """With the lock in hand: fence, freeze, prepare, load, and write the files."""
    clock = load.surroundings.clock
    begun = clock.monotonic()
    row = load.identity.row
    frozen: dict[str, Any] = row.frozen if row is not None else begun_from_parts(load.request)
    environment = _environment(load, frozen)
    plan = compile_plan(load.request, load.target, environment, load.inputs, charsets=frozen.get("charsets"))
    lasting = Lasting(load.target, load.identity.load_id, load.claimant, load.surroundings.sleep)
    frozen = frozen or freeze_plan(plan)
    plan = with_parts(plan, frozen, begins=row is None)
    fill_lookups(plan, frozen.get("lookups", []))
    reach("fence_raised")
    plan = lasting.call(lambda: _prepare(load, plan, lasting.fence, frozen))
    reach("prepared")
    told = shared_numbers(plan, load.identity.load_id)
    if row is not None and frozen["numbered"]:
        reached = committed(plan, lasting)
        frozen["sequences"], more = lasting.call(lambda: moved_bases(plan, frozen["sequences"], reached))
        refuse_moved(plan, more)
        told += more
    columnar = columnar_of(plan, frozen)
    work = Work(plan, columnar, lasting, load.run, pace_of(plan), load.surroundings.publish)
    partitions = partitions_of(frozen.get("partitions", ()))
    if partitions:
        from loadstone.load.partitioned import load_in_turn  # few loads need it

        progress, outcome = load_in_turn(work, partitions)
    else:
        progress, outcome = load_all(work)
    lasting.call(lambda: close_staged(plan, lasting.fence, progress))
    receipt = make_receipt(plan, load.identity, progress, outcome, resumed=row is not None and not partitions)
    receipt = replace(receipt, pace=work.pace.told(), types=work.publish.told(plan, progress))
    told += [
        f"load {one[:8]}, staged and not resumed for {ORPHAN_DAYS} days, is dropped" for one in load.orphans
    ]
    warnings = (*receipt.warnings, *columnar.warnings, *told)
    reach("all_loaded")
    times = _times(clock, frozen, begun)
    # What is published is refused elsewhere too.
    refused = None if load.request.atomic else work.remembered.all_of(progress.counts)
    written = lasting.call(lambda: write_files(plan, receipt, refused, warnings, times))
    reach("files_written")
    status: Literal["stopped", "complete"] = "complete" if outcome == "complete" else "stopped"
    lasting.call(lambda: load.target.finish(lasting.fence, status, written))
    reach("finished")
    return written


def _prepare(load: _Load, plan: LoadPlan, fence: Fence, frozen: dict[str, Any]) -> LoadPlan:
    """
    Chunk 0: empty the tables; or, for all or nothing, make the staged set that the plan then goes into.

    Raises:
        Refused: LS-4006 ``--atomic`` for a load whose first rows stand in the tables already.
    """
    tables = [(table.table_no, table.info, table.method) for table in plan.tables]
    load.target.check_rights(tables)
    if not frozen.get("atomic"):
        if load.request.atomic:
            raise Refused(
                "LS-4006",
                "this load began without --atomic, and some of its rows are in the tables",
                hints=["finish it without --atomic.", "to load all anew: --again --atomic."],
            )
        plan = with_totals(plan, frozen.get("reconciled", ()))
        load.target.prepare(fence, frozen, tables)
        return plan
    plan = staged_plan(plan, fence, frozen.get("reconciled", ()))
    load.target.prepare(fence, frozen, [])
    open_staged(plan, fence, progress_of(load.target.checkpoints(fence.load_id)))
    return plan


def _times(clock: Clock, frozen: dict[str, Any], begun: float) -> Times:
    """Begin and end; of a load in partitions since it was cut, else of this run."""
    ended, elapsed_s = clock.now(), clock.monotonic() - begun
    if "begun_at" not in frozen:
        return ended - timedelta(seconds=elapsed_s), ended, elapsed_s
    started = datetime.fromisoformat(frozen["begun_at"])
    return started, ended, max(elapsed_s, (ended - started).total_seconds())


def _environment(load: _Load, frozen: dict[str, Any]) -> Environment:
    if "environment" in frozen:
        return thaw(frozen["environment"])
    return load.surroundings.environment()
