"""Queries of tasks: what may be claimed, whose lease it is, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, func, insert, or_, select, update

from loadstone.database import put
from loadstone.database.open import now
from loadstone.jobs.model import Request, Status
from loadstone.jobs.tables import EXECUTION, OPEN, POOL, STEP, TASK


@dataclass(frozen=True, kw_only=True)
class StoredTask:
    """
    A task as the repository holds it.

    Attributes:
        lost: Workers that died with it since it last made progress. progress: records of the furthest run, read or
            skipped. fence: claims so far.
    """

    id: int
    step_id: int
    execution_id: int
    partition: int
    plan: Mapping[str, Any] | None
    status: Status
    fence: int
    attempt: int
    lost: int
    progress: int
    counts: Mapping[str, int] | None
    result: Mapping[str, Any] | None
    error: Mapping[str, Any] | None


def progress_of(counts: Mapping[str, int] | None) -> int:
    """How far these counts say that a task has come, in records; it only ever grows while a task gets on."""
    return sum((counts or {}).get(name, 0) for name in ("read", "skipped"))


def add(
    connection: Connection, step_id: int, rows: Sequence[Mapping[str, Any]], *, priority: int, pool: str
) -> None:
    """Tasks of a step; each row gives partition, plan, and optionally fence, status and what was kept."""
    moment = now(connection)
    defaults = {"status": Status.READY, "fence": 0, "plan": None, "counts": None, "result": None}
    more = {"step_id": step_id, "priority": priority, "pool": pool, "not_before": moment}
    connection.execute(_ADD, [{**defaults, **row, **more} for row in rows])


def claim(connection: Connection, worker_id: str, ttl: timedelta) -> tuple[StoredTask, bool] | None:
    """
    Take the most urgent task that is ready, or whose lease has run out; and whether another worker left it.

    Its execution is locked until this transaction ends. Full pools are passed over. On PostgreSQL rows that
    others are claiming are passed over as well, so claims do not wait for each other.
    """
    moment = now(connection)
    full = _full_pools(connection)
    query = _CLAIM
    if full:
        query = query.where(or_(TASK.c.status == Status.RUNNING, TASK.c.pool.not_in(full)))
    row = connection.execute(query, {"moment": moment}).first()
    if row is None:
        return None
    left_behind = row.status == Status.RUNNING
    counted: dict[str, Any] = {
        "status": Status.RUNNING,
        "fence": row.fence + 1,
        "attempt": row.attempt + 1,
        "lost": row.lost + left_behind,
    }
    values = {**counted, "worker_id": worker_id, "lease_until": moment + ttl}
    put.change(connection, TASK, row.id, values)
    return replace(_stored(row), **counted), left_behind


def of_step(connection: Connection, step_id: int) -> list[StoredTask]:
    """The tasks of a step, by partition."""
    return [_stored(row) for row in connection.execute(_OF_STEP, {"step_id": step_id})]


def left_behind(
    connection: Connection, instance_id: int, step: str, attempt: int
) -> list[tuple[int, StoredTask]]:
    """The tasks of a step in the last attempt before ``attempt`` that had any, each with that attempt's number."""
    query = (
        _select()
        .add_columns(EXECUTION.c.attempt.label("in_attempt"))
        .where(EXECUTION.c.instance_id == instance_id, STEP.c.name == step, EXECUTION.c.attempt < attempt)
        .order_by(EXECUTION.c.attempt.desc(), TASK.c.partition)
    )
    rows = connection.execute(query).all()
    return [(row.in_attempt, _stored(row)) for row in rows if row.in_attempt == rows[0].in_attempt]


def beat(
    connection: Connection, task_id: int, fence: int, ttl: timedelta, counts: Mapping[str, int] | None
) -> Request | None:
    """
    Renew a lease and keep the counts so far; what is asked of the execution, or None when the lease is lost.

    Counts beyond those of all runs before are progress: the workers that died until then count no more.
    """
    values: dict[str, Any] = {"lease_until": now(connection) + ttl, **_advanced(counts)}
    if counts is not None:
        values["counts"] = dict(counts)
    if not connection.execute(update(TASK).where(*_mine(task_id, fence)).values(values)).rowcount:
        return None
    query = select(EXECUTION.c.request).join_from(TASK, STEP).join(EXECUTION).where(TASK.c.id == task_id)
    return Request(connection.execute(query).scalar_one())


def end(connection: Connection, task_id: int, fence: int, **values: Any) -> bool:
    """Set the end of a task that is still this holder's, with its progress as in ``beat``; False when another has it."""
    values = {**values, "lease_until": None, "worker_id": None}
    further = _advanced(values.get("counts"))
    ended = _END.values(further) if further else _END
    return bool(connection.execute(ended, {"of_id": task_id, "of_fence": fence, **values}).rowcount)


def put_plan(connection: Connection, task_id: int, fence: int, plan: Mapping[str, Any]) -> bool:
    """Store the plan of a task that is still this holder's."""
    return bool(
        connection.execute(update(TASK).where(*_mine(task_id, fence)).values(plan=dict(plan))).rowcount
    )


def hold(connection: Connection, execution_id: int, status: Status) -> None:
    """Turn tasks that no worker runs (ready, or paused) into stopped or paused ones."""
    for held in {Status.READY, Status.PAUSED} - {status}:
        connection.execute(_of_execution(execution_id, held).values(status=status))


def release_paused(connection: Connection, execution_id: int) -> None:
    """Make paused tasks ready again."""
    values = {"status": Status.READY, "not_before": now(connection)}
    connection.execute(_of_execution(execution_id, Status.PAUSED).values(values))


def waits(connection: Connection, step_id: int) -> list[dict[str, Any]]:
    """The faults that tasks of a step wait behind, with when each runs again."""
    where = (TASK.c.step_id == step_id, TASK.c.status == Status.READY, TASK.c.error.is_not(None))
    rows = connection.execute(
        select(TASK.c.partition, TASK.c.not_before, TASK.c.error).where(*where).order_by(TASK.c.partition)
    )
    return [{"partition": row.partition, "until": row.not_before, **row.error} for row in rows]


def depth(connection: Connection) -> tuple[dict[str, int], float]:
    """How many tasks are ready, delayed and running; and for how many seconds the longest waiting one has been ready."""
    moment = now(connection)
    ready = and_(TASK.c.status == Status.READY, TASK.c.not_before <= moment)
    row = connection.execute(
        select(
            func.count().filter(ready).label("ready"),
            func.count().filter(TASK.c.status == Status.READY, TASK.c.not_before > moment).label("delayed"),
            func.count().filter(TASK.c.status == Status.RUNNING).label("running"),
            func.min(TASK.c.not_before).filter(ready).label("since"),
        ).where(OPEN)
    ).one()
    waited_s = (moment - row.since).total_seconds() if row.since is not None else 0.0
    return {"ready": row.ready, "delayed": row.delayed, "running": row.running}, waited_s


def next_due(connection: Connection) -> datetime | None:
    """When the next task becomes ready or the next lease runs out; None when no task is open."""
    query = select(
        func.min(TASK.c.not_before).filter(TASK.c.status == Status.READY),
        func.min(TASK.c.lease_until).filter(TASK.c.status == Status.RUNNING),
    ).where(OPEN)
    return min((moment for moment in connection.execute(query).one() if moment is not None), default=None)


# Private functions


def _select() -> Any:
    return select(TASK, STEP.c.execution_id).join_from(TASK, STEP).join(EXECUTION)


_MOMENT = bindparam("moment", type_=TASK.c.not_before.type)
_ADD = insert(TASK)
_OF_STEP = _select().where(TASK.c.step_id == bindparam("step_id")).order_by(TASK.c.partition)
_POOLS = select(POOL.c.name, POOL.c.slots).order_by(POOL.c.name).with_for_update()
_CLAIM = (
    _select()
    .where(
        OPEN,
        or_(
            and_(
                TASK.c.status == Status.READY,
                TASK.c.not_before <= _MOMENT,
                EXECUTION.c.request == Request.NONE,
            ),
            and_(TASK.c.status == Status.RUNNING, TASK.c.lease_until < _MOMENT),
        ),
    )
    .order_by(TASK.c.priority.desc(), TASK.c.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=[TASK, EXECUTION])
)
"""What may be claimed: what is ready, and what was left behind."""

_END = update(TASK).where(
    TASK.c.id == bindparam("of_id"), TASK.c.fence == bindparam("of_fence"), TASK.c.status == Status.RUNNING
)


def _advanced(counts: Mapping[str, int] | None) -> dict[str, Any]:
    come = progress_of(counts)
    if not come:
        return {}
    further = TASK.c.progress < come
    return {
        "lost": case((further, 0), else_=TASK.c.lost),
        "progress": case((further, come), else_=TASK.c.progress),
    }


def _mine(task_id: int, fence: int) -> tuple[Any, ...]:
    return (TASK.c.id == task_id, TASK.c.fence == fence, TASK.c.status == Status.RUNNING)


def _of_execution(execution_id: int, status: Status) -> Any:
    steps = select(STEP.c.id).where(STEP.c.execution_id == execution_id)
    return update(TASK).where(TASK.c.step_id.in_(steps), TASK.c.status == status)


def _full_pools(connection: Connection) -> list[str]:
    """Pools without a free slot. Their rows stay locked, so that two claims cannot both take the last slot."""
    slots: dict[str, int] = dict(connection.execute(_POOLS).all())
    if not slots:
        return []
    where = (OPEN, TASK.c.status == Status.RUNNING)
    running = select(TASK.c.pool, func.count()).where(*where).group_by(TASK.c.pool)
    used: dict[str, int] = dict(connection.execute(running).all())
    return [name for name, count in slots.items() if used.get(name, 0) >= count]


def _stored(row: Row[Any]) -> StoredTask:
    kept = {name: getattr(row, name) for name in StoredTask.__dataclass_fields__}
    return StoredTask(**{**kept, "status": Status(row.status)})
