"""How long things live in a target: staged sets that nobody resumes, chunk rows of finished loads, old rejects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from loadstone.errors import Refused
from loadstone.targets.model import Session, TableInfo, Target
from loadstone.telemetry.points import reach

ORPHAN_DAYS = 7
"""A staged set of an unfinished load is an orphan after so many days; the load begins anew then."""

_OF_A_LOAD = tuple(
    f"loadstone_{name}" for name in ("chunk", "reject", "discard", "claim", "lease", "fence", "load")
)


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """What was taken out of a target: rows of chunks and of rejects and discards, and loads with staged sets."""

    chunks: int
    refused: int
    staged_loads: tuple[str, ...]


def prune(
    target: Target, schema: str | None, now: datetime, *, days: int, rejects_days: int | None
) -> Pruned:
    """
    Take out what is older than ``days``: chunk rows of finished loads, and staged sets that nobody resumes.

    The load's row, with its hashes and its receipt, stays; so a finished load is known for ever.

    Args:
        now: UTC. rejects_days: also rejects and discards of finished loads that are older; None keeps them.
    """
    session = target.open()
    try:
        chunks = _delete(session, ("loadstone_chunk",), _before(now, days))
        refused = 0
        if rejects_days is not None:
            tables = ("loadstone_reject", "loadstone_discard")
            refused = _delete(session, tables, _before(now, rejects_days))
        return Pruned(
            chunks=chunks, refused=refused, staged_loads=_orphans(target, session, schema, now, days)
        )
    finally:
        session.close()


def drop_orphans(target: Target, schema: str | None, now: datetime) -> tuple[str, ...]:
    """Drop staged sets older than ``ORPHAN_DAYS`` and forget their loads; gives the ids of those."""
    session = target.open()
    try:
        return _orphans(target, session, schema, now, ORPHAN_DAYS)
    finally:
        session.close()


# Private functions


def _before(now: datetime, days: int) -> str:
    return (now - timedelta(days=days)).isoformat()


def _delete(session: Session, tables: Sequence[str], before: str) -> int:
    """Delete the rows of loads that were finished, and begun before a time."""
    prefix, deleted = session.staged.prefix, 0
    session.begin()
    for table in tables:
        chosen = (
            f"FROM {prefix}{table} WHERE load_id IN (SELECT load_id FROM {prefix}loadstone_load"
            " WHERE status = 'complete' AND begun_at < ?)"
        )
        deleted += int(session.staged.execute(f"SELECT count(*) {chosen}", [before])[0][0])
        session.staged.execute(f"DELETE {chosen}", [before])
    session.commit()
    return deleted


def _orphans(
    target: Target, session: Session, schema: str | None, now: datetime, days: int
) -> tuple[str, ...]:
    session.begin()
    rows = session.staged.execute(
        f"SELECT load_id, table_name FROM {session.staged.prefix}loadstone_stage WHERE made_at < ? ORDER BY load_id",
        [_before(now, days)],
    )
    session.rollback()
    dropped = []
    for load_id in dict.fromkeys(row[0] for row in rows):
        try:
            release = target.hold(load_id)
        except Refused:
            continue
        try:
            _drop(target, session, load_id, [_stage(row, schema) for row in rows if row[0] == load_id])
            dropped.append(load_id)
        finally:
            release()
    return tuple(dropped)


def _drop(target: Target, session: Session, load_id: str, stages: Sequence[TableInfo]) -> None:
    """Drop the tables; a load that is not finished is forgotten with them, for it cannot be resumed."""
    row = target.read_load(load_id)
    session.begin()
    for stage in stages:
        session.staged.drop(load_id, stage)
        reach("orphan_dropping")
    if row is None or row.status != "complete":
        for table in _OF_A_LOAD:
            session.staged.execute(f"DELETE FROM {session.staged.prefix}{table} WHERE load_id = ?", [load_id])
        # Those of partitions are named LOAD.1, LOAD.2, ...
        session.staged.execute(
            f"DELETE FROM {session.staged.prefix}loadstone_lease WHERE load_id LIKE ?", [f"{load_id}.%"]
        )
    reach("orphan_forgotten")
    session.commit()
    reach("orphan_dropped")


def _stage(row: tuple[Any, ...], schema: str | None) -> TableInfo:
    return TableInfo(schema=schema, name=row[1], columns=())
