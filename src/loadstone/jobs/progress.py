"""How an execution goes on: it begins, its tasks end, its next steps become ready, it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from loadstone.database import outbox
from loadstone.database.open import after_commit, now
from loadstone.jobs.definition import Definition
from loadstone.jobs.flow import advance
from loadstone.jobs.model import Execution, Request, Status, StepExecution, gravest
from loadstone.jobs.repository import executions, tasks
from loadstone.jobs.repository.definitions import StoredDefinition
from loadstone.jobs.repository.executions import Instance, Pinned
from loadstone.jobs.repository.tasks import StoredTask
from loadstone.telemetry import metrics

COUNTS = ("read", "loaded", "rejected", "discarded", "skipped")


def begin(
    connection: Connection,
    instance: Instance,
    stored: StoredDefinition,
    parameters: Mapping[str, Any],
    before: Execution | None,
) -> Execution:
    """
    A new execution of ``instance``.

    It is a restart when ``before``, the execution before it, stopped or failed: then completed steps stand as
    they are, and planned partitions are taken over. Fences go on in any case, so that no older worker passes.
    """
    carried = {}
    if before is not None and before.status.restartable:
        carried = {
            step.name: step
            for step in executions.steps(connection, before.id)
            if step.status is Status.COMPLETED and not stored.definition.steps[step.name].again
        }
    attempt = before.attempt + 1 if before else 1
    execution, steps = executions.add(connection, instance, stored, attempt, parameters, carried)
    _go_on(connection, execution, stored.definition, steps)
    return execution


def settle(connection: Connection, pinned: Pinned, step_id: int) -> Status:
    """
    After a task ended: end its step when all its tasks have, make the next steps ready, end the execution.

    The caller has changed the task in this transaction, and locked the execution before (``pinned``).
    """
    all_tasks = tasks.of_step(connection, step_id)
    if all(task.status.ended for task in all_tasks):
        _end_step(connection, step_id, all_tasks)
    steps = executions.steps(connection, pinned.execution.id)
    return _go_on(connection, pinned.execution, pinned.stored.definition, steps)


def resettle(connection: Connection, execution_id: int) -> Status:
    """Decide anew what an execution does next, after what is asked of it, or its tasks, have changed."""
    pinned = executions.pinned(connection, execution_id)
    for step in executions.steps(connection, execution_id):
        all_tasks = tasks.of_step(connection, step.id)
        if not all_tasks or step.status in (Status.COMPLETED, Status.SKIPPED, Status.FAILED):
            continue
        if all(task.status.ended for task in all_tasks):
            _end_step(connection, step.id, all_tasks)
        elif step.status is Status.PAUSED:
            executions.change_step(connection, step.id, status=Status.READY, ended_at=None)
    steps = executions.steps(connection, execution_id)
    return _go_on(connection, pinned.execution, pinned.stored.definition, steps)


# Private functions


def _go_on(
    connection: Connection, execution: Execution, definition: Definition, all_steps: Sequence[StepExecution]
) -> Status:
    steps = {step.name: step for step in all_steps}
    step = advance(definition, {name: one.status for name, one in steps.items()}, execution.request)
    moment = now(connection)
    for name in step.skipped:
        executions.change_step(connection, steps[name].id, status=Status.SKIPPED, ended_at=moment)
    for name in step.ready:
        executions.change_step(connection, steps[name].id, status=Status.READY)
        rows = _tasks_of(connection, execution, name)
        tasks.add(connection, steps[name].id, rows, priority=execution.priority, pool=execution.pool)
    if step.status is not execution.status:
        _change_status(connection, execution, step.status, list(steps.values()))
    return step.status


def _tasks_of(connection: Connection, execution: Execution, name: str) -> Sequence[Mapping[str, Any]]:
    """The tasks of a step: as an earlier attempt left them unfinished, else one that has yet to plan."""
    first = execution.attempt == 1
    left = [] if first else tasks.left_behind(connection, execution.instance_id, name, execution.attempt)
    if not left:
        return [{"partition": 0}]
    done = all(task.status is Status.COMPLETED for _, task in left)
    if done or left[0][0] <= executions.completed_attempt(connection, execution.instance_id):
        return [{"partition": 0, "fence": max(task.fence for _, task in left)}]
    return [_carried(task) for _, task in left]


def _carried(task: StoredTask) -> Mapping[str, Any]:
    row = {
        "partition": task.partition,
        "plan": task.plan,
        "fence": task.fence,
        "counts": None,
        "result": None,
    }
    if task.status is Status.COMPLETED:
        return {**row, "status": Status.COMPLETED, "counts": task.counts, "result": task.result}
    return {**row, "status": Status.READY}


def _end_step(connection: Connection, step_id: int, all_tasks: Sequence[StoredTask]) -> None:
    status = gravest([task.status for task in all_tasks])
    sums = {name: sum((task.counts or {}).get(name, 0) for task in all_tasks) for name in COUNTS}
    result = _result_of([task.result for task in all_tasks])
    errors = [task.error for task in all_tasks if task.error is not None]
    after_commit(connection, lambda: metrics.count("loadstone_steps_total", status=str(status)))
    executions.change_step(
        connection,
        step_id,
        status=status,
        result=result,
        error=errors[0] if errors and status is Status.FAILED else None,
        ended_at=now(connection),
        **sums,
    )


def _result_of(results: Sequence[Mapping[str, Any] | None]) -> Mapping[str, Any] | None:
    """The result of the one task; of several, what one of them gave as ``whole``, with the parts under ``partitions``."""
    if len(results) == 1:
        return results[0]
    whole: Mapping[str, Any] = next((one["whole"] for one in results if one and "whole" in one), {})
    parts = [{key: value for key, value in (one or {}).items() if key != "whole"} for one in results]
    return {**whole, "partitions": parts}


def _change_status(
    connection: Connection, execution: Execution, status: Status, steps: Sequence[StepExecution]
) -> None:
    values: dict[str, Any] = {"status": status}
    if status.ended:
        failed = [step for step in steps if step.error is not None]
        values["error"] = failed[0].error if failed and status is Status.FAILED else None
        values["ended_at"] = now(connection) if status is not Status.PAUSED else None
    if status is not Status.PAUSED:
        values["request"] = Request.NONE if status.ended else execution.request
    executions.change(connection, execution.id, **values)
    body = {
        "job": execution.job,
        "version": execution.version,
        "attempt": execution.attempt,
        "parameters": dict(execution.parameters),
        "error": values.get("error"),
    }
    outbox.put(connection, f"execution.{status}", str(execution.id), body)
