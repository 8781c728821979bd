"""Queries of pools."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from loadstone.database.put import put as put_row
from loadstone.jobs.model import Status
from loadstone.jobs.tables import OPEN, POOL, TASK


def put(connection: Connection, name: str, slots: int) -> None:
    """Set the slots of a pool, made where it is missing."""
    put_row(connection, POOL, {"name": name}, {"slots": slots})


def listed(connection: Connection) -> list[dict[str, Any]]:
    """Pools by name, with slots and running tasks; pools without a row have no bound and are not listed."""
    running = (
        select(func.count())
        .where(OPEN, TASK.c.status == Status.RUNNING, TASK.c.pool == POOL.c.name)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(POOL.c.name, POOL.c.slots, running.label("running")).order_by(POOL.c.name)
    )
    return [{"pool": row.name, "slots": row.slots, "running": row.running} for row in rows]
