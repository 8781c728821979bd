"""Every query of schedules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from loadstone.jobs.model import Status
from loadstone.jobs.tables import EXECUTION
from loadstone.schedule.calendar import EVERY_DAY, Calendar
from loadstone.schedule.model import Schedule, TickState
from loadstone.schedule.tables import CALENDAR, SCHEDULE, TICK

_OPEN = (Status.WAITING, Status.READY, Status.RUNNING, Status.PAUSED)


@dataclass(frozen=True, kw_only=True)
class StoredSchedule:
    """
    A schedule as the repository holds it.

    Attributes:
        planned_until: Ticks due up to here are decided, UTC. watermark: the last answer of its query.
    """

    id: int
    schedule: Schedule
    enabled: bool
    planned_until: datetime
    watermark: str | None


@dataclass(frozen=True, kw_only=True)
class Tick:
    """One firing; ``cause`` tells firings of the same moment apart (``cron``, ``backfill``, an event's place)."""

    id: int
    schedule_id: int
    due_at: datetime
    cause: str
    state: TickState
    decided_at: datetime
    execution_id: int | None
    parameters: Mapping[str, Any]
    reason: str


def put(connection: Connection, schedule: Schedule, planned_until: datetime, actor: str) -> StoredSchedule:
    """Store a schedule, new or changed; a changed one keeps its place in time."""
    row = {"content": schedule.model_dump(mode="json"), "enabled": schedule.enabled, "changed_by": actor}
    if not connection.execute(update(SCHEDULE).where(SCHEDULE.c.name == schedule.name).values(row)).rowcount:
        more = {"name": schedule.name, "planned_until": planned_until}
        connection.execute(insert(SCHEDULE).values({**row, **more}))
    found = find(connection, schedule.name)
    assert found is not None
    return found


def find(connection: Connection, name: str, *, lock: bool = False) -> StoredSchedule | None:
    """A schedule; with ``lock`` nobody else decides its ticks until this transaction ends."""
    query = select(SCHEDULE).where(SCHEDULE.c.name == name)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return _stored(row) if row else None


def listed(connection: Connection, *, enabled: bool = False) -> list[StoredSchedule]:
    """All schedules by name, or those that are enabled."""
    query = select(SCHEDULE).order_by(SCHEDULE.c.name)
    rows = connection.execute(query.where(SCHEDULE.c.enabled) if enabled else query)
    return [_stored(row) for row in rows]


def change(connection: Connection, schedule_id: int, **values: Any) -> None:
    """Set columns of a schedule."""
    connection.execute(update(SCHEDULE).where(SCHEDULE.c.id == schedule_id).values(values))


def put_calendar(connection: Connection, calendar: Calendar) -> None:
    """Store a calendar, new or changed."""
    content = calendar.model_dump(mode="json")
    where = CALENDAR.c.name == calendar.name
    if not connection.execute(update(CALENDAR).where(where).values(content=content)).rowcount:
        connection.execute(insert(CALENDAR).values(name=calendar.name, content=content))


def calendar(connection: Connection, name: str | None) -> Calendar | None:
    """The calendar with this name; the one of every day for None."""
    if name is None:
        return EVERY_DAY
    content = connection.execute(select(CALENDAR.c.content).where(CALENDAR.c.name == name)).scalar()
    return Calendar.model_validate(content) if content is not None else None


def calendars(connection: Connection) -> list[Calendar]:
    """All calendars by name."""
    rows = connection.execute(select(CALENDAR.c.content).order_by(CALENDAR.c.name)).scalars()
    return [Calendar.model_validate(content) for content in rows]


def add_tick(connection: Connection, **values: Any) -> int | None:
    """A new tick's id; None when this tick is there already, whoever made it."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    made = dialect.insert(TICK).values(values).on_conflict_do_nothing().returning(TICK.c.id)
    row = connection.execute(made).first()
    return int(row.id) if row else None


def change_tick(connection: Connection, tick_id: int, **values: Any) -> None:
    """Set columns of a tick."""
    connection.execute(update(TICK).where(TICK.c.id == tick_id).values(values))


def ticks(
    connection: Connection, schedule_id: int, *, limit: int = 50, state: TickState | None = None
) -> list[Tick]:
    """Ticks of a schedule, the latest due first; buffered ones the earliest first."""
    query = select(TICK).where(TICK.c.schedule_id == schedule_id).limit(limit)
    if state is not None:
        query = query.where(TICK.c.state == state)
    query = query.order_by(TICK.c.due_at if state is TickState.BUFFERED else TICK.c.due_at.desc())
    return [_tick(row) for row in connection.execute(query)]


def ticked(connection: Connection, schedule_id: int, start: datetime, end: datetime) -> set[datetime]:
    """Due times in ``[start, end]`` that have a tick."""
    query = select(TICK.c.due_at).where(
        TICK.c.schedule_id == schedule_id, TICK.c.due_at >= start, TICK.c.due_at <= end
    )
    return set(connection.execute(query).scalars())


def open_executions(connection: Connection, schedule_id: int) -> list[int]:
    """Executions that this schedule launched and that have not ended."""
    query = (
        select(EXECUTION.c.id)
        .join_from(TICK, EXECUTION, TICK.c.execution_id == EXECUTION.c.id)
        .where(TICK.c.schedule_id == schedule_id, EXECUTION.c.status.in_(_OPEN))
    )
    return sorted(set(connection.execute(query).scalars()))


def completed_with(connection: Connection, job: str, values: Mapping[str, Any]) -> bool:
    """Whether an execution of ``job`` completed with these parameters."""
    query = select(EXECUTION.c.parameters).where(
        EXECUTION.c.job == job, EXECUTION.c.status == Status.COMPLETED
    )
    rows = connection.execute(query.order_by(EXECUTION.c.id.desc()).limit(1000)).scalars()
    return any(all(row.get(name) == value for name, value in values.items()) for row in rows)


# Private functions


def _stored(row: Row[Any]) -> StoredSchedule:
    return StoredSchedule(
        id=row.id,
        schedule=Schedule.model_validate(row.content),
        enabled=row.enabled,
        planned_until=row.planned_until,
        watermark=row.watermark,
    )


def _tick(row: Row[Any]) -> Tick:
    return Tick(**{**dict(row._mapping), "state": TickState(row.state)})
