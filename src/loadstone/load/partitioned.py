"""
The story of a load in partitions.

It is begun once: cut, frozen with its partitions, its tables prepared. Then each partition is loaded under a
fence and a lock of its own, by any process, in any order. When all are done the load as a whole is ended as
any other load that resumes (``pipeline.run``), which finds nothing left to read and writes receipt and files.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from loadstone.books import Checkpoint, Contribution, Fence, Run
from loadstone.errors import FixFile, Place, Refused
from loadstone.load.atomic import awaits_publication, open_staged, staged_plan
from loadstone.load.attempts import load_all, outcome_so_far, published_outcome
from loadstone.load.environment import thaw
from loadstone.load.frozen import columnar_of, freeze_plan
from loadstone.load.identity import latest, load_key
from loadstone.load.inputs import resolve_inputs
from loadstone.load.lasting import Lasting
from loadstone.load.lookups import fill_lookups
from loadstone.load.partitions import cut, frozen_partitions, partitions_of, why_whole
from loadstone.load.plan.compile import compile_plan
from loadstone.load.plan.model import LoadPlan
from loadstone.load.resume import Progress, prefix_digest, progress_of
from loadstone.load.surroundings import Surroundings
from loadstone.load.totals import with_totals
from loadstone.load.workers import Work, pace_of
from loadstone.spec import LoadRequest, Partition
from loadstone.targets.model import Claimant, Target
from loadstone.telemetry.points import reach


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """
    How a load begins.

    Attributes:
        partitions: In order; empty when the load is one piece. reasons: Why it is one.
    """

    partitions: tuple[Partition, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PartitionEnd:
    """
    How far a partition came.

    Attributes:
        counts: Its books; None where the whole load had been ended before. outcome: as of a load.
        last: Whether all partitions are loaded, so that the load can be ended. pace: as of a receipt.
    """

    load_id: str
    counts: Contribution | None
    outcome: str
    last: bool
    pace: dict[str, Any] = field(default_factory=dict)


def begin(request: LoadRequest, target: Target, surroundings: Surroundings, wanted: int) -> Beginning:
    """
    Cut a load into about ``wanted`` partitions and prepare its tables, or say why it is one piece.

    A load that was cut before keeps its partitions; nothing is done for one that is a single piece.

    Raises:
        FixSpec: LS-1099 ``order: free`` where the order of commits would show; others as ``pipeline.run``.
    """
    inputs = resolve_inputs(request)
    target.init_control()
    key = load_key(request, target.url, inputs, surroundings.functions)
    known = latest(target, key)
    if known.row is not None and known.row.status == "complete":
        return Beginning(reasons=("it is loaded already",))
    frozen = known.row.frozen if known.row is not None else {}
    if frozen:
        kept = tuple(partitions_of(frozen.get("partitions", ())))
        return Beginning(partitions=kept, reasons=() if kept else ("it began as one piece",))
    plan = compile_plan(request, target, surroundings.environment(), inputs)
    reasons = why_whole(plan)
    partitions = [] if reasons else cut(plan, wanted)
    if len(partitions) < 2:
        return Beginning(reasons=tuple(reasons or ["its inputs are too small to be cut"]))
    claimant = Claimant.here()
    release = target.hold(known.load_id, take_over=claimant if request.take_over else None)
    try:
        fence = target.raise_fence(known.load_id, claimant)
        reach("partitions_cut")
        _prepare(
            plan, fence, {**freeze_plan(plan), "partitions": frozen_partitions(partitions)}, surroundings
        )
    finally:
        release()
    return Beginning(partitions=tuple(partitions))


def load_partition(
    request: LoadRequest, target: Target, surroundings: Surroundings, run: Run, number: int
) -> PartitionEnd:
    """
    Load, or go on with, one partition (from 1); ``target`` is opened for it.

    Raises:
        Refused: LS-4010 the target knows no such partition; LS-3006 another process has it.
    """
    inputs = resolve_inputs(request)
    load_id = latest(target, load_key(request, target.url, inputs, surroundings.functions)).load_id
    claimant = Claimant.here(run.lease)
    release = target.hold(load_id, take_over=claimant if request.take_over else None)
    try:
        row = target.read_load(load_id)
        partitions = partitions_of(row.frozen.get("partitions", ())) if row is not None else []
        if row is None or not any(one.number == number for one in partitions):
            raise Refused(
                "LS-4010",
                f"the target knows no partition {number} of load {load_id[:8]}",
                hints=["were its control tables changed, or the spec? launch the job again."],
            )
        if row.status == "complete":
            return PartitionEnd(load_id=load_id, counts=None, outcome="complete", last=True)
        lasting = Lasting(target, load_id, claimant, surroundings.sleep)
        reach("fence_raised")
        plan = compile_plan(
            request, target, thaw(row.frozen["environment"]), inputs, charsets=row.frozen["charsets"]
        )
        fill_lookups(plan, row.frozen.get("lookups", []))
        if row.frozen.get("atomic"):
            plan = staged_plan(plan, lasting.fence, row.frozen.get("reconciled", ()))
        else:
            plan = with_totals(plan, row.frozen.get("reconciled", ()))
        plan = replace(plan, partition=partitions[number - 1])
        work = Work(plan, columnar_of(plan, row.frozen), lasting, run, pace_of(plan))
        progress, outcome = load_all(work)
        reach("partition_loaded")
        checkpoints = lasting.call(lambda: target.checkpoints(load_id))
        last = outcome == "complete" and all(is_loaded(one, checkpoints) for one in partitions)
        pace = work.pace.told()
        return PartitionEnd(load_id=load_id, counts=progress.counts, outcome=outcome, last=last, pace=pace)
    finally:
        release()


def load_in_turn(work: Work, partitions: Sequence[Partition]) -> tuple[Progress, str]:
    """
    Load what is left of all partitions, one after the other, under the fence of the whole load.

    Raises:
        FixFile: LS-4002 a file is other than what was loaded from it.
    """
    plan, lasting, outcome = work.plan, work.lasting, "complete"
    with ThreadPoolExecutor(1) as pool:
        # Each partition is verified against its own digest meanwhile; the other core is free.
        whole = {one.input_no: pool.submit(prefix_digest, one) for one in plan.inputs}
        for one in partitions:
            _, outcome = load_all(work.of(one))
            if outcome != "complete":
                break
        digests = {number: (size, hasher.hexdigest()) for number, (hasher, size) in _results(whole)}
    checkpoints = lasting.call(lambda: plan.target.checkpoints(lasting.fence.load_id))
    progress = progress_of(checkpoints)
    if outcome != "complete":
        return replace(progress, digests={}), outcome
    _refuse_grown(plan, partitions, digests)
    progress = replace(progress, digests=digests)
    outcome = outcome_so_far(plan, progress) or outcome
    if awaits_publication(plan, progress, outcome):
        progress = work.publish(plan, lasting.fence, work.run, progress)
        outcome = published_outcome(plan, progress, outcome)
    return progress, outcome


def is_loaded(partition: Partition, checkpoints: Sequence[Checkpoint]) -> bool:
    """Whether all of a partition is committed."""
    progress = progress_of(checkpoints, partition)
    return progress.unit >= partition.unit1 and not progress.ahead


# Private functions


def _prepare(plan: LoadPlan, fence: Fence, frozen: dict[str, Any], surroundings: Surroundings) -> None:
    """Chunk 0 of the whole load."""
    target = plan.target
    frozen["begun_at"] = surroundings.clock.now().isoformat()
    tables = [(table.table_no, table.info, table.method) for table in plan.tables]
    target.check_rights(tables)
    target.prepare(fence, frozen, [] if plan.request.atomic else tables)
    if plan.request.atomic:
        open_staged(staged_plan(plan, fence, frozen.get("reconciled", ())), fence, Progress())


def _results(futures: Any) -> list[tuple[int, Any]]:
    return [(number, future.result()) for number, future in futures.items()]


def _refuse_grown(
    plan: LoadPlan, partitions: Sequence[Partition], digests: dict[int, tuple[int, str]]
) -> None:
    """The partitions are the whole of each input, as it is now."""
    for one in plan.inputs:
        end = max((part.unit1 for part in partitions if part.input_no == one.input_no), default=0)
        if digests[one.input_no][0] != end:
            raise FixFile(
                "LS-4002",
                f"{one.name} has {digests[one.input_no][0]} bytes, and had {end} when its load began",
                Place(file=one.name),
                hints=["put the original file back, then start the load again."],
            )
