"""Every query of schedules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, literal, select

from loadstone.database.outbox import OUTBOX, READER, behind, seen
from loadstone.database.put import add_new
from loadstone.database.put import change as change_row
from loadstone.database.put import put as put_row
from loadstone.jobs.model import Status
from loadstone.jobs.tables import ACTIVE, EXECUTION
from loadstone.schedule.calendar import EVERY_DAY, Calendar
from loadstone.schedule.model import Schedule, TickState
from loadstone.schedule.tables import BUFFERED, CALENDAR, SCHEDULE, TICK

_LAUNCHED = TICK.alias("launched")


@dataclass(frozen=True, kw_only=True)
class StoredSchedule:
    """
    A schedule as the repository holds it.

    Attributes:
        planned_until: Ticks due up to here are decided, UTC. watermark: the last answer of its query.
        look_at: When there is something to decide next, UTC; None where an event decides that.
    """

    id: int
    schedule: Schedule
    enabled: bool
    planned_until: datetime
    watermark: str | None
    look_at: datetime | None


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


def put(
    connection: Connection, schedule: Schedule, planned_until: datetime, look_at: datetime | None, actor: str
) -> StoredSchedule:
    """Store a schedule, new or changed, with its place in time."""
    row = {
        "content": schedule.model_dump(mode="json"),
        "enabled": schedule.enabled,
        "changed_by": actor,
        "kind": _kind(schedule),
        "topic": schedule.topic,
        "planned_until": planned_until,
        "look_at": look_at,
    }
    put_row(connection, SCHEDULE, {"name": schedule.name}, row)
    found = find(connection, schedule.name)
    assert found is not None
    return found


def find(
    connection: Connection, name: str, *, lock: bool = False, pass_locked: bool = False
) -> StoredSchedule | None:
    """
    A schedule; with ``lock`` nobody else decides its ticks until this transaction ends.

    With ``pass_locked`` one that another node decides just now is None (PostgreSQL; SQLite has one writer).
    """
    query = (_FIND_PASSING if pass_locked else _FIND_LOCKED) if lock else _FIND
    row = connection.execute(query, {"name": name}).first()
    return _stored(row) if row else None


def due(connection: Connection, moment: datetime) -> list[str]:
    """
    Names of the schedules that have something to decide at ``moment``, those that are due longest first.

    By the clock, for an event behind their reader's place, or for a buffered tick with nothing before it that
    runs. Three look-ups by index, however many schedules and past ticks there are.
    """
    by_clock = select(SCHEDULE.c.name).where(
        SCHEDULE.c.kind == "cron", SCHEDULE.c.look_at <= moment, SCHEDULE.c.enabled
    )
    names = list(connection.execute(by_clock.order_by(SCHEDULE.c.look_at, SCHEDULE.c.name)).scalars())
    place = [func.coalesce(column, 0) for column in (READER.c.last_xact, READER.c.last_id)]
    waits = select(OUTBOX.c.id).where(
        OUTBOX.c.topic == SCHEDULE.c.topic,
        behind(connection, *place),
        seen(connection),
    )
    by_event = (
        select(SCHEDULE.c.name)
        .join_from(SCHEDULE, READER, READER.c.name == literal("schedule:") + SCHEDULE.c.name, isouter=True)
        .where(SCHEDULE.c.kind == "event", SCHEDULE.c.enabled, waits.exists())
    )
    names += connection.execute(by_event.order_by(SCHEDULE.c.name)).scalars()
    goes_on = select(EXECUTION.c.id).join_from(
        EXECUTION, _LAUNCHED, _LAUNCHED.c.execution_id == EXECUTION.c.id
    )
    goes_on = goes_on.where(_LAUNCHED.c.schedule_id == SCHEDULE.c.id, ACTIVE)
    buffered = select(TICK.c.id).where(TICK.c.schedule_id == SCHEDULE.c.id, BUFFERED)
    released = select(SCHEDULE.c.name).where(SCHEDULE.c.enabled, buffered.exists(), ~goes_on.exists())
    names += connection.execute(released.order_by(SCHEDULE.c.name)).scalars()
    return list(dict.fromkeys(names))


def due_to_ask(connection: Connection, moment: datetime) -> list[StoredSchedule]:
    """Schedules on changed data whose query is to be asked again at ``moment``, those due longest first."""
    query = select(SCHEDULE).where(
        SCHEDULE.c.kind == "change", SCHEDULE.c.look_at <= moment, SCHEDULE.c.enabled
    )
    return [_stored(row) for row in connection.execute(query.order_by(SCHEDULE.c.look_at, SCHEDULE.c.name))]


def listed(connection: Connection, *, enabled: bool = False) -> list[StoredSchedule]:
    """All schedules by name, or those that are enabled."""
    query = select(SCHEDULE).order_by(SCHEDULE.c.name)
    rows = connection.execute(query.where(SCHEDULE.c.enabled) if enabled else query)
    return [_stored(row) for row in rows]


def change(connection: Connection, schedule_id: int, **values: Any) -> None:
    """Set columns of a schedule."""
    change_row(connection, SCHEDULE, schedule_id, values)


def put_calendar(connection: Connection, calendar: Calendar) -> None:
    """Store a calendar, new or changed."""
    content = calendar.model_dump(mode="json")
    put_row(connection, CALENDAR, {"name": calendar.name}, {"content": content})


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
    return add_new(connection, TICK, values)


def change_tick(connection: Connection, tick_id: int, **values: Any) -> None:
    """Set columns of a tick."""
    change_row(connection, TICK, tick_id, values)


def first_buffered(connection: Connection, schedule_id: int) -> Tick | None:
    """The tick of a schedule that has waited longest behind another."""
    row = connection.execute(_FIRST_BUFFERED, {"schedule_id": schedule_id}).first()
    return _tick(row) if row else None


def ticks(
    connection: Connection, schedule_id: int, *, limit: int = 50, state: TickState | None = None
) -> list[Tick]:
    """Ticks of a schedule, the latest due first; buffered ones the earliest first."""
    query = select(TICK).where(TICK.c.schedule_id == schedule_id).limit(limit)
    if state is not None:
        query = query.where(BUFFERED if state is TickState.BUFFERED else TICK.c.state == state)
    query = query.order_by(TICK.c.due_at if state is TickState.BUFFERED else TICK.c.due_at.desc())
    return [_tick(row) for row in connection.execute(query)]


def ticked(connection: Connection, schedule_id: int, start: datetime, end: datetime) -> set[datetime]:
    """Due times in ``[start, end]`` that have a tick."""
    query = select(TICK.c.due_at).where(
        TICK.c.schedule_id == schedule_id, TICK.c.due_at >= start, TICK.c.due_at <= end
    )
    return set(connection.execute(query).scalars())


def forget_ticks(connection: Connection, before: datetime) -> int:
    """Remove ticks that were decided before that moment (UTC), but for buffered ones; how many."""
    where = (TICK.c.decided_at < before, TICK.c.state != TickState.BUFFERED)
    return connection.execute(delete(TICK).where(*where)).rowcount


def open_executions(connection: Connection, schedule_id: int) -> list[int]:
    """Executions that this schedule launched and that have not ended."""
    query = (
        select(EXECUTION.c.id)
        .join_from(TICK, EXECUTION, TICK.c.execution_id == EXECUTION.c.id)
        .where(TICK.c.schedule_id == schedule_id, ACTIVE)
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

_FIRST_BUFFERED = (
    select(TICK)
    .where(TICK.c.schedule_id == bindparam("schedule_id"), BUFFERED)
    .order_by(TICK.c.due_at)
    .limit(1)
)
_FIND = select(SCHEDULE).where(SCHEDULE.c.name == bindparam("name"))
_FIND_LOCKED, _FIND_PASSING = _FIND.with_for_update(), _FIND.with_for_update(skip_locked=True)


def _stored(row: Row[Any]) -> StoredSchedule:
    return StoredSchedule(
        id=row.id,
        schedule=Schedule.model_validate(row.content),
        enabled=row.enabled,
        planned_until=row.planned_until,
        watermark=row.watermark,
        look_at=row.look_at,
    )


def _kind(schedule: Schedule) -> str:
    if schedule.cron is not None:
        return "cron"
    return "change" if schedule.on_change is not None else "event"


def _tick(row: Row[Any]) -> Tick:
    return Tick(**{**dict(row._mapping), "state": TickState(row.state)})
