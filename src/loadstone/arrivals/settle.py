"""Settle a file whose job has ended: its rows are in and it goes to the archive, or it waits in quarantine with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from loadstone.arrivals import repository
from loadstone.arrivals.findings import sorted_out
from loadstone.arrivals.model import Arrival, Finding, Hold, Lost, State, Step
from loadstone.arrivals.record import move
from loadstone.arrivals.surroundings import Surroundings
from loadstone.arrivals.totals import after_load
from loadstone.jobs.model import Execution, Status, StepExecution
from loadstone.jobs.repository import executions
from loadstone.sources.model import Feed
from loadstone.sources.policies import Archive, ControlPolicy, Policy

KEPT = (
    "load_id",
    "outcome",
    "rows_read",
    "rows_loaded",
    "rows_rejected",
    "rows_discarded",
    "rows_skipped",
    "tables",
    "sums",
)
"""What is kept of a receipt with the file."""


def settle(around: Surroundings, arrival: Arrival, renew: Callable[[], None]) -> Step:
    """
    Take over what the job of a file came to.

    Raises:
        Hold: It failed, was stopped, or did not take every record that was counted before; released, the file is launched again, and the load goes on.
    """
    with around.database.read() as connection:
        execution = executions.by_id(connection, int(arrival.execution_id or 0))
        steps = executions.steps(connection, int(arrival.execution_id or 0))
    if execution is None or execution.status is not Status.COMPLETED:
        raise Hold(_failed(execution, arrival), values={"held_from": State.CHECKED})
    receipt = _receipt(steps)
    found = [] if receipt is not None else [_no_receipt(execution)]
    values: dict[str, Any] = {"receipt": receipt, "held_from": None}
    if receipt is not None:
        found += [_rejected(receipt)] if receipt["rows_rejected"] else []
        feed = around.registry().feeds.get(str(arrival.feed))
        policy = feed.controls if feed is not None else ControlPolicy()
        before = [one for one in arrival.totals if one["scope"] != "load"]
        values["totals"], differing = after_load(before, receipt, policy)
        found += differing
        found += _slow(around, arrival, feed) if feed is not None else []
    try:
        return Step(state=State.LOADED, values=sorted_out(arrival, found, values))
    except Hold as held:
        held.values["held_from"] = State.LAUNCHED
        raise


def archive(around: Surroundings, arrival: Arrival, renew: Callable[[], None]) -> Step:
    """Put a file that is loaded where its feed wants it, and note how long it is kept there."""
    rules = archive_of(around, arrival)
    path = around.store.archive(arrival, rules.folder, compress=rules.compress)
    until = around.now() + timedelta(days=rules.retention_days)
    return Step(state=State.ARCHIVED, values={"kept_at": str(path), "keep_until": until})


def expire(around: Surroundings) -> int:
    """Remove copies that need not be kept any longer; how many. What is known of the files stays."""
    with around.database.read() as connection:
        found = repository.outlived(connection, around.now())
    gone = 0
    for one in found:
        around.store.expire(one)
        try:
            with around.database.write() as connection:
                step = Step(state=State.EXPIRED, values={"kept_at": None})
                move(connection, one, step, actor=around.worker, at=around.now(), fenced=False)
        except Lost:
            continue  # another worker has just done it
        gone += 1
    return gone


def archive_of(around: Surroundings, arrival: Arrival) -> Archive:
    """What the feed of a file says of its archive; the usual where it is no longer known."""
    feed = around.registry().feeds.get(str(arrival.feed))
    return feed.archive if feed is not None else Archive()


# Private functions


def _receipt(steps: Sequence[StepExecution]) -> Mapping[str, Any] | None:
    for one in steps:
        result = one.result or {}
        result = result.get("whole", result)
        if "load_id" in result and "rows_loaded" in result:
            return {name: result.get(name) for name in KEPT}
    return None


def _failed(execution: Execution | None, arrival: Arrival) -> Finding:
    error = dict((execution.error if execution else None) or {})
    told = f"execution {arrival.execution_id} {execution.status if execution else 'is gone'}"
    if error.get("message"):
        told += f": {error['message']}"
    return Finding(
        kind="load",
        told=told,
        policy=Policy.HOLD,
        hints=(
            *error.get("hints", ()),
            f"`loadstone jobs runs {arrival.execution_id}` shows its steps.",
            "mend that, and `loadstone files release` goes on behind the last checkpoint.",
        ),
        code=error.get("code"),
    )


def _no_receipt(execution: Execution) -> Finding:
    told = f"job {execution.job} completed, and none of its steps is a load that left a receipt"
    return Finding(kind="receipt", told=told, policy=Policy.WARN)


def _slow(around: Surroundings, arrival: Arrival, feed: Feed) -> list[Finding]:
    """Whether more time went by since the file was first seen than its feed allows."""
    allowed_s = feed.sla.processing_s_max if feed.sla is not None else None
    took_s = (around.now() - arrival.seen_at).total_seconds()
    if allowed_s is None or took_s <= allowed_s:
        return []
    told = f"{took_s:,.0f} s went by from its arrival to its rows, and its feed allows {allowed_s:,.0f}"
    hints = (f"`loadstone files show {arrival.id}` shows where the time went.",)
    return [Finding(kind="slow", told=told, policy=Policy.WARN, hints=hints)]


def _rejected(receipt: Mapping[str, Any]) -> Finding:
    told = f"{receipt['rows_rejected']:,} of {receipt['rows_read']:,} records were rejected"
    hints = (f"`loadstone rejects {str(receipt['load_id'])[:8]}` shows them and why.",)
    return Finding(kind="rejects", told=told, policy=Policy.WARN, hints=hints)
