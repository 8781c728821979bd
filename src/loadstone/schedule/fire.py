"""
Decide ticks: each once over any number of nodes, for the tick's row is unique and commits with the launch.

A schedule is decided under a lock on its row; ``planned_until`` moves with the decisions, and ``look_at`` says when
the next one is due, so that schedules cost nothing between their ticks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from loadstone.database import outbox
from loadstone.database.open import Database, after_commit, now
from loadstone.database.outbox import Event
from loadstone.errors import FixSpec, LoadstoneError, Retry
from loadstone.jobs import launch, operate
from loadstone.jobs.model import Answer
from loadstone.jobs.parameters import filled, keys_of, typed_parameters
from loadstone.schedule import repository
from loadstone.schedule.calendar import EVERY_DAY, Calendar
from loadstone.schedule.model import Overlap, Schedule, TickState
from loadstone.schedule.plan import due_between, look_at, parameters_at
from loadstone.schedule.repository import StoredSchedule
from loadstone.telemetry import metrics

Ask = Callable[[str, str], Any]
"""Runs a query on a target (URL or name, query) and gives the one value of its answer."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """A firing that is to be decided."""

    at: datetime
    cause: str
    parameters: Mapping[str, Any]


def fire(database: Database, *, at: datetime | None = None) -> int:
    """
    Decide the ticks that are due by the clock, by events, and behind others; how many were decided.

    Call it several times a second, on any number of nodes: where nothing is due it reads three indexes, and
    writes nothing. What is wrong with one schedule does not keep others from firing.

    Args:
        at: The moment, UTC; the repository's clock when None.
    """
    with database.read() as connection:
        names = repository.due(connection, at or now(connection))
    size = BATCH[database.kind]
    return sum(_fire_batch(database, names[start : start + size], at) for start in range(0, len(names), size))


def fire_changed(database: Database, ask: Ask, *, at: datetime | None = None) -> int:
    """
    As ``fire``, for schedules on changed data whose query is due to be asked.

    It waits for targets, so it has a thread of its own; one that does not answer is asked again in its turn.
    """
    with database.read() as connection:
        asked = repository.due_to_ask(connection, at or now(connection))
    decided = 0
    for stored in asked:
        change = stored.schedule.on_change
        assert change is not None
        try:
            answer = str(ask(change.target, change.query))
        except LoadstoneError as error:
            _put_off(database, stored, error, change.every_s, at)
            continue
        decided += _fire_one(database, stored.schedule.name, at, answer)
    return decided


def backfill(
    database: Database, name: str, start: datetime, end: datetime, *, actor: str, preview: bool = False
) -> list[datetime]:
    """
    Due times in ``[start, end]`` that never had a tick, ascending; each is launched unless ``preview``.

    The overlap policy holds for them as well: what may not run at once is buffered, never skipped.
    """
    with database.write() as connection:
        stored = repository.find(connection, name, lock=True)
        if stored is None or stored.schedule.cron is None:
            return []
        calendar = repository.calendar(connection, stored.schedule.calendar) or EVERY_DAY
        had = repository.ticked(connection, stored.id, start, end)
        before = start - timedelta(microseconds=1)
        due = [at for at in due_between(stored.schedule, calendar, before, end) if at not in had]
        if preview:
            return due
        for at in due:
            parameters = parameters_at(stored.schedule, calendar, at)
            tick = Due(at=at, cause="cron", parameters=parameters)
            _add(connection, stored, tick, TickState.BUFFERED, f"backfilled by {actor}", now(connection))
        _release(connection, stored, now(connection))
        return due


# Private functions


BATCH = {"sqlite": 10, "postgresql": 1}
"""
Schedules that are decided in one transaction. On SQLite what is due at once waits for the disk once, not once each; on
PostgreSQL commits do not wait for each other, and no transaction locks rows that another node's may want in another order.
"""

PUT_OFF_S = 60.0
"""Seconds until a schedule is looked at again whose calendar gives no due time."""


def _fire_batch(database: Database, names: Sequence[str], at: datetime | None) -> int:
    """Decide what is due of some schedules in one transaction; one by one where something is wrong with any of them."""
    if len(names) > 1:
        try:
            with database.write() as connection:
                return sum(_fire_within(connection, name, at) for name in names)
        except LoadstoneError as error:
            if isinstance(error, Retry):
                raise
    return sum(_fire_one(database, name, at) for name in names)


def _fire_within(connection: Connection, name: str, at: datetime | None) -> int:
    stored = repository.find(connection, name, lock=True, pass_locked=True)
    return 0 if stored is None else _fire_found(connection, stored, at)


def _fire_found(
    connection: Connection, stored: StoredSchedule, at: datetime | None, answer: str | None = None
) -> int:
    if not stored.enabled:
        return 0
    moment = at or now(connection)
    decided = _release(connection, stored, moment)
    if stored.look_at is None or stored.look_at <= moment:
        decided += _look(connection, stored, moment, answer)
    return decided


def _fire_one(database: Database, name: str, at: datetime | None, answer: str | None = None) -> int:
    """Decide what is due of one schedule, unless another node does so just now."""
    try:
        with database.write() as connection:
            stored = repository.find(connection, name, lock=True, pass_locked=True)
            return 0 if stored is None else _fire_found(connection, stored, at, answer)
    except FixSpec as error:
        if stored is None:
            raise
        _put_off(database, stored, error, PUT_OFF_S, at)
        return 0


def _look(connection: Connection, stored: StoredSchedule, moment: datetime, answer: str | None) -> int:
    """Decide what became due since the last look, and say when the next one is."""
    calendar = repository.calendar(connection, stored.schedule.calendar) or EVERY_DAY
    decided = 0
    for due in _due(connection, stored, calendar, moment, answer):
        decided += _decide(connection, stored, due, moment)
    place = {
        "planned_until": max(moment, stored.planned_until),
        "look_at": look_at(stored.schedule, calendar, moment),
    }
    repository.change(connection, stored.id, **place)
    return decided


def _put_off(
    database: Database, stored: StoredSchedule, error: LoadstoneError, pause_s: float, at: datetime | None
) -> None:
    """Look again later at a schedule that cannot be decided now, and tell why."""
    with database.write() as connection:
        moment = at or now(connection)
        repository.change(connection, stored.id, look_at=moment + timedelta(seconds=pause_s))
        body = {"code": error.code, "message": error.message, "job": stored.schedule.job}
        outbox.put(connection, "schedule.refused", stored.schedule.name, body)


def _due(
    connection: Connection, stored: StoredSchedule, calendar: Calendar, moment: datetime, answer: str | None
) -> list[Due]:
    schedule = stored.schedule
    if schedule.cron is not None:
        times = due_between(schedule, calendar, stored.planned_until, moment)
        return [Due(at=at, cause="cron", parameters=parameters_at(schedule, calendar, at)) for at in times]
    if schedule.on_change is not None:
        if answer is None or answer == stored.watermark:
            return []
        repository.change(connection, stored.id, watermark=answer)
        if stored.watermark is None:
            return []
        values = filled(parameters_at(schedule, calendar, moment), {"value": answer})
        return [Due(at=moment, cause=f"change:{answer}", parameters=values)]
    events = outbox.take(connection, schedule.reader, topics=[schedule.topic or ""])
    return [due for event in events if (due := _of_event(connection, schedule, calendar, event)) is not None]


def _of_event(connection: Connection, schedule: Schedule, calendar: Calendar, event: Event) -> Due | None:
    values = {f"event.{name}": value for name, value in event.body.items()}
    if schedule.on_event is not None:
        if any(str(event.body.get(name)) != value for name, value in schedule.on_event.match.items()):
            return None
    elif (shared := _shared(connection, schedule, event)) is not None:
        values |= shared
    else:
        return None
    parameters = _filled_by_event(parameters_at(schedule, calendar, event.written_at), values)
    if schedule.after is not None:
        parameters = {**{name: values[name] for name in schedule.after.same}, **parameters}
    return Due(at=event.written_at, cause=f"event:{event.place[0]}:{event.place[1]}", parameters=parameters)


def _filled_by_event(parameters: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, value in parameters.items():
        if isinstance(value, str):
            for place, filling in values.items():
                value = value.replace("{" + place + "}", str(filling))
        found[name] = value
    return found


def _shared(connection: Connection, schedule: Schedule, event: Event) -> dict[str, Any] | None:
    """The shared parameters when the execution that completed is the last one awaited; else None."""
    after = schedule.after
    if after is None or event.body.get("job") not in after.jobs:
        return None
    given = event.body.get("parameters", {})
    values = {name: given.get(name) for name in after.same}
    if any(not repository.completed_with(connection, job, values) for job in after.jobs):
        return None
    return values


def _decide(connection: Connection, stored: StoredSchedule, due: Due, moment: datetime) -> int:
    schedule = stored.schedule
    late_s = (moment - due.at).total_seconds()
    if schedule.cutoff_s is not None and late_s > schedule.cutoff_s:
        return _add(
            connection,
            stored,
            due,
            TickState.MISSED,
            f"its cut-off passed {late_s - schedule.cutoff_s:.0f} s ago",
            moment,
        )
    if late_s > schedule.catch_up.window_s or (late_s > 60 and schedule.catch_up.policy == "none"):
        return _add(
            connection, stored, due, TickState.MISSED, f"no worker ran; it is {late_s:.0f} s late", moment
        )
    if schedule.catch_up.policy == "last" and late_s > 60 and _later_due(connection, stored, due, moment):
        return _add(connection, stored, due, TickState.SKIPPED, "a later tick stands for it", moment)
    if schedule.overlap is Overlap.ALLOW:  # nothing waits either: what did is released by now
        return _add(connection, stored, due, None, "", moment)
    running = repository.open_executions(connection, stored.id)
    waiting = repository.first_buffered(connection, stored.id)
    if not running and not waiting:
        return _add(connection, stored, due, None, "", moment)
    if schedule.overlap is Overlap.SKIP:
        return _add(connection, stored, due, TickState.SKIPPED, f"execution {running[0]} goes on", moment)
    if schedule.overlap is Overlap.BUFFER_ONE and waiting:
        return _add(connection, stored, due, TickState.SKIPPED, "one tick waits already", moment)
    if schedule.overlap is Overlap.CANCEL:
        for execution_id in running:
            operate.stop_within(connection, execution_id, actor=f"schedule:{schedule.name}")
    reason = f"execution {running[0]} goes on" if running else "earlier ticks wait"
    return _add(connection, stored, due, TickState.BUFFERED, reason, moment)


def _later_due(connection: Connection, stored: StoredSchedule, due: Due, moment: datetime) -> bool:
    if stored.schedule.cron is None:
        return False
    calendar = repository.calendar(connection, stored.schedule.calendar) or EVERY_DAY
    return bool(due_between(stored.schedule, calendar, due.at, moment))


def _add(
    connection: Connection,
    stored: StoredSchedule,
    due: Due,
    state: TickState | None,
    reason: str,
    moment: datetime,
) -> int:
    """A tick with this state; one that is launched at once for None. 0 when the tick was decided before."""
    row = {
        "schedule_id": stored.id,
        "due_at": due.at,
        "cause": due.cause,
        "state": state or TickState.BUFFERED,
        "decided_at": moment,
        "parameters": dict(due.parameters),
        "reason": reason,
    }
    tick_id = repository.add_tick(connection, **row)
    if tick_id is None:
        return 0
    after_commit(connection, partial(_meter, state, due.at, moment))
    if state is TickState.MISSED:
        body = {"due_at": due.at.isoformat(), "reason": reason}
        outbox.put(connection, "schedule.missed", stored.schedule.name, body)
    if state is None:
        _launch(connection, stored, tick_id, due.parameters, moment)
    return 1


def _launch(
    connection: Connection,
    stored: StoredSchedule,
    tick_id: int,
    parameters: Mapping[str, Any],
    moment: datetime,
) -> None:
    """Launch a tick's job; what cannot be launched is refused with its reason, and told."""
    schedule = stored.schedule
    try:
        definition = launch.runnable(connection, schedule.job)
        values = typed_parameters(definition.definition, parameters)
        keys = keys_of(definition.definition, values)
        answer = launch.launch_within(connection, definition, values, keys, actor=f"schedule:{schedule.name}")
    except LoadstoneError as error:
        body = {"code": error.code, "message": error.message, "job": schedule.job}
        outbox.put(connection, "schedule.refused", schedule.name, body)
        reason = f"[{error.code}] {error.message}"
        repository.change_tick(connection, tick_id, state=TickState.REFUSED, reason=reason, decided_at=moment)
        return
    state = TickState.REFUSED if answer.answer is Answer.REFUSED else TickState.LAUNCHED
    values_ = {
        "state": state,
        "reason": answer.reason,
        "execution_id": answer.execution_id,
        "decided_at": moment,
    }
    repository.change_tick(connection, tick_id, **values_)


def _release(connection: Connection, stored: StoredSchedule, moment: datetime) -> int:
    """Launch buffered ticks, the earliest first, as far as the overlap policy lets them."""
    released = 0
    while (tick := repository.first_buffered(connection, stored.id)) is not None:
        if stored.schedule.overlap is not Overlap.ALLOW and repository.open_executions(connection, stored.id):
            break
        _launch(connection, stored, tick.id, tick.parameters, moment)
        released += 1
    return released


def _meter(state: TickState | None, due_at: datetime, moment: datetime) -> None:
    """Count a tick that was decided; the lag is that of starts."""
    metrics.count("loadstone_schedule_ticks_total", state=str(state or TickState.LAUNCHED))
    if state is None:
        metrics.observe("loadstone_schedule_lag_seconds", max(0.0, (moment - due_at).total_seconds()))
