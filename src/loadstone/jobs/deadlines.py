"""Executions that have not ended by their deadline are told of, once each."""

from __future__ import annotations

from sqlalchemy import select, update

from loadstone.database import outbox
from loadstone.database.open import Database, now
from loadstone.jobs.repository.executions import ACTIVE
from loadstone.jobs.tables import EXECUTION


def tell_late(database: Database, limit: int = 100) -> int:
    """Write ``execution.late`` for what is still under way behind its ``due_at``; how many."""
    with database.write() as connection:
        query = select(EXECUTION).where(EXECUTION.c.due_at < now(connection)).order_by(EXECUTION.c.due_at)
        found = connection.execute(query.limit(limit).with_for_update(skip_locked=True)).all()
        late = [one for one in found if one.status in ACTIVE]
        for one in late:
            body = {"job": one.job, "status": one.status, "due_at": one.due_at.isoformat()}
            outbox.put(connection, "execution.late", str(one.id), body)
        if found:
            done = EXECUTION.c.id.in_([one.id for one in found])
            connection.execute(update(EXECUTION).where(done).values(due_at=None))
        return len(late)
