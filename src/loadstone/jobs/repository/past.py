"""Queries that remove instances."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from loadstone.jobs.model import Status
from loadstone.jobs.tables import EXECUTION, INSTANCE, STEP, TASK

_OTHER = EXECUTION.alias("other")


def completed_before(
    connection: Connection, before: datetime, kept: Sequence[Any], *, behind: int, limit: int
) -> list[int]:
    """Ids of instances behind ``behind``, ascending, whose last execution completed before; see ``prune``."""
    mine = _OTHER.c.instance_id == EXECUTION.c.instance_id
    later = select(_OTHER.c.id).where(mine, _OTHER.c.attempt > EXECUTION.c.attempt)
    query = select(EXECUTION.c.instance_id).where(
        EXECUTION.c.instance_id > behind,
        EXECUTION.c.status == Status.COMPLETED,
        EXECUTION.c.ended_at < before,
        ~later.exists(),
    )
    for column in kept:
        named = select(_OTHER.c.id).join_from(_OTHER, column.table, column == _OTHER.c.id).where(mine)
        query = query.where(~named.exists())
    return list(connection.execute(query.order_by(EXECUTION.c.instance_id).limit(limit)).scalars())


def forget(connection: Connection, instances: Sequence[int]) -> None:
    """Remove instances with all that is theirs."""
    runs = select(EXECUTION.c.id).where(EXECUTION.c.instance_id.in_(instances))
    steps = select(STEP.c.id).where(STEP.c.execution_id.in_(runs))
    connection.execute(delete(TASK).where(TASK.c.step_id.in_(steps)))
    connection.execute(delete(STEP).where(STEP.c.execution_id.in_(runs)))
    connection.execute(delete(EXECUTION).where(EXECUTION.c.instance_id.in_(instances)))
    connection.execute(delete(INSTANCE).where(INSTANCE.c.id.in_(instances)))
