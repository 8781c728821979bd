"""Tuning, put together: the machine, and what stored executions measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import structlog

from loadstone.config import tuning
from loadstone.database.open import Database
from loadstone.jobs.model import Execution, Status, StepExecution
from loadstone.jobs.repository import executions, pools
from loadstone.jobs.repository.definitions import StoredDefinition
from loadstone.jobs.tuning import StepRun, advise, threads_for
from loadstone.telemetry import metrics
from loadstone.telemetry.events import tell
from loadstone.telemetry.machine import here

log = structlog.get_logger("loadstone.jobs")


def worker_threads(asked: int | None) -> int:
    """Threads of a worker: as asked, else as pinned, else by cores and memory; the log says why."""
    pin, machine = asked or tuning().threads, here()
    threads = pin or threads_for(machine)
    why = "pinned" if pin else f"{machine.cores:g} cores, {machine.memory_bytes >> 20} MiB"
    log.info("worker.sized", threads=threads, why=why, cores_by=machine.cores_by, memory_by=machine.memory_by)
    metrics.set_to("loadstone_worker_threads", threads)
    return threads


def tell_pace(job: str, load_id: str, pace: Mapping[str, Any]) -> None:
    """Count and log the sizes that a load's chunks had."""
    if not pace.get("chunks"):
        return
    metrics.set_to("loadstone_chunk_size_bytes", pace["chunk_size_bytes"], job=job)
    for change in pace["changes"]:
        metrics.count(
            "loadstone_chunk_size_changes_total", to="up" if change["to"] > change["from"] else "down"
        )
        tell("load.resized", load_id, {"job": job, **change})


def advice(database: Database, stored: StoredDefinition, last: int) -> dict[str, Any]:
    """The machine, and recommendations by the last executions of a job that completed."""
    with database.read() as connection:
        found = executions.listed(connection, job=stored.name, status=Status.COMPLETED, limit=last)
        runs = [
            _run(execution, step)
            for execution in found
            for step in executions.steps(connection, execution.id)
            if step.status is Status.COMPLETED and step.started_at and step.ended_at
        ]
        slots = {pool["pool"]: pool["slots"] for pool in pools.listed(connection)}
    told = advise(stored.definition, runs, here(), slots.get(stored.definition.pool))
    return {
        "job": stored.name,
        "version": stored.version,
        "executions": len(found),
        "machine": asdict(here()),
        "settings": [{**asdict(one), "changes": one.changes} for one in told],
    }


# Private functions


def _run(execution: Execution, step: StepExecution) -> StepRun:
    assert step.started_at is not None
    assert step.ended_at is not None
    waited = (execution.started_at or execution.created_at) - execution.created_at
    return StepRun(
        step=step.name,
        duration_s=(step.ended_at - step.started_at).total_seconds(),
        waited_s=waited.total_seconds(),
        pace=(step.result or {}).get("pace") or {},
    )
