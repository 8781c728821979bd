"""Queries that remove instances."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select

from loadstone.jobs.model import Status
from loadstone.jobs.tables import EXECUTION, INSTANCE, STEP, TASK

_OTHER, _NEWEST = EXECUTION.alias("other"), EXECUTION.alias("newest")


def completed_before(
    connection: Connection, before: datetime, kept: Sequence[Any], *, behind: int, limit: int
) -> list[int]:
    """
    Ids of instances behind ``behind``, ascending, whose last execution completed before; see ``prune``.

    The newest instance and that of the newest execution stay: SQLite would give their numbers again, and trail, receipts
    and arrivals name executions by number.
    """
    mine = _OTHER.c.instance_id == EXECUTION.c.instance_id
    later = select(_OTHER.c.id).where(mine, _OTHER.c.attempt > EXECUTION.c.attempt)
    query = select(EXECUTION.c.instance_id).where(
        EXECUTION.c.instance_id > behind,
        EXECUTION.c.status == Status.COMPLETED,
        EXECUTION.c.ended_at < before,
        EXECUTION.c.instance_id < select(func.max(INSTANCE.c.id)).scalar_subquery(),
        EXECUTION.c.id < select(func.max(_NEWEST.c.id)).scalar_subquery(),
        ~later.exists(),
    )
    for column in kept:
        named = select(_OTHER.c.id).join_from(_OTHER, column.table, column == _OTHER.c.id).where(mine)
        query = query.where(~named.exists())
    return list(connection.execute(query.order_by(EXECUTION.c.instance_id).limit(limit)).scalars())


def steps_of(connection: Connection, instances: Sequence[int]) -> list[tuple[int, str]]:
    """Instance and name of each step of these instances."""
    query = select(EXECUTION.c.instance_id, STEP.c.name).join_from(STEP, EXECUTION).distinct()
    return [(row[0], row[1]) for row in connection.execute(query.where(EXECUTION.c.instance_id.in_(instances)))]


def forget(connection: Connection, instances: Sequence[int]) -> None:
    """Remove instances with all that is theirs."""
    runs = select(EXECUTION.c.id).where(EXECUTION.c.instance_id.in_(instances))
    steps = select(STEP.c.id).where(STEP.c.execution_id.in_(runs))
    connection.execute(delete(TASK).where(TASK.c.step_id.in_(steps)))
    connection.execute(delete(STEP).where(STEP.c.execution_id.in_(runs)))
    connection.execute(delete(EXECUTION).where(EXECUTION.c.instance_id.in_(instances)))
    connection.execute(delete(INSTANCE).where(INSTANCE.c.id.in_(instances)))
