"""Queries of instances, executions and their steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select

from loadstone.database import put
from loadstone.database.open import now
from loadstone.jobs.definition import Definition
from loadstone.jobs.model import Execution, Request, Status, StepExecution
from loadstone.jobs.parameters import Keys
from loadstone.jobs.repository.definitions import StoredDefinition, stored_of
from loadstone.jobs.tables import ACTIVE as IS_ACTIVE
from loadstone.jobs.tables import DEFINITION, EXECUTION, INSTANCE, OPEN, STEP, TASK

ACTIVE = (Status.WAITING, Status.READY, Status.RUNNING, Status.PAUSED)


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A business date and identifying parameters of a job; pinned to the version of its first launch."""

    id: int
    definition_id: int
    job: str


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """An execution with what its instance pins: the definition, and what makes its content."""

    execution: Execution
    stored: StoredDefinition
    content_key: str


def lock_instance(
    connection: Connection, stored: StoredDefinition, keys: Keys, parameters: Mapping[str, Any]
) -> tuple[Instance, bool]:
    """
    The instance of this key, made where it is missing, and whether it was.

    Others that want it wait until this transaction ends.
    """
    row = {
        "definition_id": stored.id,
        "job": stored.name,
        "launch_key": keys.launch,
        "content_key": keys.content,
        "parameters": dict(parameters),
        "created_at": now(connection),
    }
    made = put.add_new(connection, INSTANCE, row)
    if made is not None:
        return Instance(id=made, definition_id=stored.id, job=stored.name), True
    found = connection.execute(
        select(INSTANCE).where(INSTANCE.c.launch_key == keys.launch).with_for_update()
    ).one()
    return Instance(id=found.id, definition_id=found.definition_id, job=found.job), False


def last(connection: Connection, instance_id: int) -> Execution | None:
    """The newest execution of an instance."""
    query = select(EXECUTION).where(EXECUTION.c.instance_id == instance_id)
    row = connection.execute(query.order_by(EXECUTION.c.attempt.desc()).limit(1)).first()
    return _execution(row) if row else None


def completed_attempt(connection: Connection, instance_id: int) -> int:
    """Number of the last attempt that completed; 0 when none has."""
    where = (EXECUTION.c.instance_id == instance_id, EXECUTION.c.status == Status.COMPLETED)
    return int(connection.execute(select(func.max(EXECUTION.c.attempt)).where(*where)).scalar() or 0)


def orphans(connection: Connection) -> list[int]:
    """Executions that run although none of their tasks is ready or running."""
    open_task = select(TASK.c.id).join_from(TASK, STEP).where(STEP.c.execution_id == EXECUTION.c.id, OPEN)
    query = select(EXECUTION.c.id).where(IS_ACTIVE, EXECUTION.c.status == Status.RUNNING, ~open_task.exists())
    return list(connection.execute(query.order_by(EXECUTION.c.id)).scalars())


def by_id(connection: Connection, execution_id: int, *, lock: bool = False) -> Execution | None:
    """An execution; with ``lock`` nobody else changes it or its steps until this transaction ends."""
    query = select(EXECUTION).where(EXECUTION.c.id == execution_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return _execution(row) if row else None


def has_ended(execution_id: Any) -> Any:
    """Whether the execution that a column names has ended; an expression for queries of other rooms."""
    ended = [status for status in Status if status.ended and status is not Status.PAUSED]
    return (
        select(EXECUTION.c.id).where(EXECUTION.c.id == execution_id, EXECUTION.c.status.in_(ended)).exists()
    )


def pinned(connection: Connection, execution_id: int, *, lock: bool = False) -> Pinned:
    """An execution that exists, with its definition; ``lock`` as in ``by_id``."""
    row = connection.execute(_PINNED_LOCKED if lock else _PINNED, {"execution_id": execution_id}).one()
    return Pinned(execution=_execution(row), stored=stored_of(row), content_key=row.content_key)


def listed(
    connection: Connection,
    *,
    job: str | None = None,
    active: bool = False,
    status: Status | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[Execution]:
    """Executions, the newest first, at most ``limit``; of one job or status, active ones, with an id below ``before``."""
    query = select(EXECUTION).order_by(EXECUTION.c.id.desc()).limit(limit)
    if job is not None:
        query = query.where(EXECUTION.c.job == job)
    if active:
        query = query.where(IS_ACTIVE)
    if status is not None:
        query = query.where(EXECUTION.c.status == status)
    if before is not None:
        query = query.where(EXECUTION.c.id < before)
    return [_execution(row) for row in connection.execute(query)]


def add(
    connection: Connection,
    instance: Instance,
    stored: StoredDefinition,
    attempt: int,
    parameters: Mapping[str, Any],
    carried: Mapping[str, StepExecution],
) -> tuple[Execution, list[StepExecution]]:
    """A new execution and its steps: those in ``carried`` stand as they ended before, the others wait."""
    definition, moment = stored.definition, now(connection)
    within_s = definition.due_within_s
    row = {
        "instance_id": instance.id,
        "job": stored.name,
        "version": stored.version,
        "attempt": attempt,
        "status": Status.RUNNING,
        "request": Request.NONE,
        "parameters": dict(parameters),
        "priority": definition.priority,
        "pool": definition.pool,
        "created_at": moment,
        "due_at": moment + timedelta(seconds=within_s) if within_s is not None else None,
    }
    made = connection.execute(_ADD, row).one()
    execution = _execution(made)
    rows = connection.execute(_ADD_STEPS, _step_rows(execution.id, definition, carried))
    return execution, sorted((_step(row) for row in rows), key=lambda step: step.position)


def change(connection: Connection, execution_id: int, **values: Any) -> None:
    """Set columns of an execution."""
    put.change(connection, EXECUTION, execution_id, values)


def steps(connection: Connection, execution_id: int) -> list[StepExecution]:
    """The steps in the order of the definition."""
    return [_step(row) for row in connection.execute(_STEPS, {"execution_id": execution_id})]


def change_step(connection: Connection, step_id: int, **values: Any) -> None:
    """Set columns of a step."""
    put.change(connection, STEP, step_id, values)


# Private functions

_PINNED = (
    select(EXECUTION, DEFINITION, INSTANCE.c.content_key)
    .join_from(EXECUTION, INSTANCE)
    .join(DEFINITION, DEFINITION.c.id == INSTANCE.c.definition_id)
    .where(EXECUTION.c.id == bindparam("execution_id"))
)
_PINNED_LOCKED = _PINNED.with_for_update(of=EXECUTION)
_STEPS = select(STEP).where(STEP.c.execution_id == bindparam("execution_id")).order_by(STEP.c.position)
_ADD, _ADD_STEPS = insert(EXECUTION).returning(EXECUTION), insert(STEP).returning(STEP)


def _step_rows(
    execution_id: int, definition: Definition, carried: Mapping[str, StepExecution]
) -> list[dict[str, Any]]:
    rows = []
    for position, name in enumerate(definition.steps):
        old = carried.get(name)
        rows.append(
            {
                "execution_id": execution_id,
                "name": name,
                "position": position,
                "status": old.status if old else Status.WAITING,
                "read": old.read if old else 0,
                "loaded": old.loaded if old else 0,
                "rejected": old.rejected if old else 0,
                "discarded": old.discarded if old else 0,
                "skipped": old.skipped if old else 0,
                "result": dict(old.result) if old and old.result is not None else None,
                "started_at": old.started_at if old else None,
                "ended_at": old.ended_at if old else None,
            }
        )
    return rows


def _execution(row: Row[Any]) -> Execution:
    values = {column.name: row._mapping[column] for column in EXECUTION.c}
    return Execution(**{**values, "status": Status(values["status"]), "request": Request(values["request"])})


def _step(row: Row[Any]) -> StepExecution:
    values = dict(row._mapping)
    return StepExecution(**{**values, "status": Status(values["status"])})
