"""Keep, enable and disable schedules and calendars; what could not fire is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from loadstone.audit import trail
from loadstone.database import outbox
from loadstone.database.open import Database, now
from loadstone.errors import FixSpec
from loadstone.jobs.graph import Cycle, levels
from loadstone.jobs.parameters import refuse_passwords
from loadstone.schedule import repository
from loadstone.schedule.calendar import EVERY_DAY, Calendar, check_calendar
from loadstone.schedule.cron import check_cron, zone_of
from loadstone.schedule.model import Schedule
from loadstone.schedule.plan import look_at
from loadstone.schedule.repository import StoredSchedule
from loadstone.spec.documents import Document, parse_document, placed
from loadstone.spec.fields import Part


def read_schedules(text: str, file: str | None = None) -> tuple[list[Calendar], list[Schedule]]:
    """
    What a YAML file says: one schedule, or lists under ``calendars`` and ``schedules``.

    Raises:
        FixSpec: LS-7205 it is no YAML, or names every fault of its form; LS-7201, LS-7202 and LS-7204 what could
            not fire; each with its place.
    """
    document = parse_document(text, file, "LS-7205")
    if not isinstance(document.values, dict):
        raise FixSpec(
            "LS-7205",
            "the file must be a mapping of names to values",
            document.place(),
            hints=[_FORM],
        )
    if "name" in document.values:
        return [], [_schedule(document)]
    document.valid(_File, "LS-7205", _HINT)
    calendars = [_calendar(one) for one in _parts(document, "calendars")]
    schedules = [_schedule(one) for one in _parts(document, "schedules")]
    if not calendars and not schedules:
        told = "the file names no schedule and no calendar"
        raise FixSpec("LS-7205", told, document.place(), hints=[_FORM, _HINT])
    return calendars, schedules


def store(database: Database, schedule: Schedule, *, actor: str) -> StoredSchedule:
    """
    Keep a schedule. A new one fires from now on; a changed one goes on where it stood.

    Raises:
        FixSpec: LS-7201 cron, LS-7202 time zone, LS-7206 no such calendar, LS-7207 jobs wait for each
            other, LS-7131 a password among the parameters.
    """
    zone_of(schedule.timezone)
    if schedule.cron is not None:
        check_cron(schedule.cron, schedule.timezone)
    refuse_passwords(dict(schedule.parameters), f"schedule {schedule.name}")
    with database.write() as connection:
        calendar = repository.calendar(connection, schedule.calendar)
        if calendar is None:
            raise FixSpec(
                "LS-7206",
                f"schedule {schedule.name}: there is no calendar {schedule.calendar}",
                hints=["`loadstone schedules calendars` lists them."],
            )
        _refuse_cycle(connection, schedule)
        old = repository.find(connection, schedule.name, lock=True)
        stands = _decided_until(old, now(connection))
        stored = repository.put(connection, schedule, stands, look_at(schedule, calendar, stands), actor)
        if schedule.topic is not None and (old is None or old.schedule.topic != schedule.topic):
            outbox.stand_at_end(connection, schedule.reader)
        told = schedule.model_dump(mode="json", exclude_defaults=True)
        trail.record(connection, actor, "schedule.store", f"schedule:{schedule.name}", told)
        return stored


def store_calendar(database: Database, calendar: Calendar, *, actor: str) -> None:
    """Keep a calendar; ``FixSpec`` LS-7204 when its country or market is unknown."""
    check_calendar(calendar)
    with database.write() as connection:
        repository.put_calendar(connection, calendar)
        for one in repository.listed(connection):
            if one.schedule.calendar == calendar.name:
                _go_on(connection, one, _decided_until(one, now(connection)))
        told = calendar.model_dump(mode="json", exclude_defaults=True)
        trail.record(connection, actor, "calendar.store", f"calendar:{calendar.name}", told)


def enable(database: Database, name: str, enabled: bool, *, actor: str) -> None:
    """
    Let a schedule fire, or not. Ticks due while it is disabled do not come later.

    Raises:
        FixSpec: LS-7208 there is no such schedule.
    """
    with database.write() as connection:
        stored = repository.find(connection, name, lock=True)
        if stored is None:
            raise FixSpec(
                "LS-7208", f"there is no schedule {name}", hints=["`loadstone schedules list` lists all."]
            )
        values: dict[str, Any] = {"enabled": enabled, "changed_by": actor}
        repository.change(connection, stored.id, **values)
        if enabled and not stored.enabled:
            _go_on(connection, stored, now(connection))
            if stored.schedule.topic is not None:
                outbox.stand_at_end(connection, stored.schedule.reader)
        verb = "schedule.enable" if enabled else "schedule.disable"
        trail.record(connection, actor, verb, f"schedule:{name}", {})


# Private functions


def _decided_until(stored: StoredSchedule | None, moment: datetime) -> datetime:
    """Up to where a schedule is decided: to ``moment``, unless a tick of it is due that no worker has decided yet."""
    if stored is None or stored.look_at is None or stored.look_at > moment:
        return moment
    return max(stored.planned_until, stored.look_at - timedelta(microseconds=1))


def _go_on(connection: Connection, stored: StoredSchedule, stands: datetime) -> None:
    """Let a schedule that is decided up to ``stands`` be looked at from there on."""
    calendar = repository.calendar(connection, stored.schedule.calendar) or EVERY_DAY
    place = {"planned_until": stands, "look_at": look_at(stored.schedule, calendar, stands)}
    repository.change(connection, stored.id, **place)


_FORM = "give one schedule, or lists under calendars: and schedules:."
_HINT = "docs/howto/run-jobs.md shows schedules and calendars."


class _File(Part):
    """The lists of a file; what they hold is read one by one, for places within each."""

    calendars: list[dict[str, Any]] = []
    schedules: list[dict[str, Any]] = []


def _parts(document: Document, name: str) -> list[Document]:
    return [document.at(name, number) for number in range(len(document.values.get(name, [])))]


def _schedule(document: Document) -> Schedule:
    schedule = document.valid(Schedule, "LS-7205", _HINT)
    with placed(document, ("timezone",)):
        zone_of(schedule.timezone)
    if schedule.cron is not None:
        with placed(document, ("cron",)):
            check_cron(schedule.cron, schedule.timezone)
    return schedule


def _calendar(document: Document) -> Calendar:
    calendar = document.valid(Calendar, "LS-7205", _HINT)
    with placed(document):
        check_calendar(calendar)
    return calendar


def _refuse_cycle(connection: Connection, schedule: Schedule) -> None:
    others = [one.schedule for one in repository.listed(connection) if one.schedule.name != schedule.name]
    needs: dict[str, list[str]] = {}
    for one in [*others, schedule]:
        if one.after is not None:
            needs.setdefault(one.job, []).extend(one.after.jobs)
    try:
        levels(needs)
    except Cycle as cycle:
        raise FixSpec(
            "LS-7207",
            f"schedule {schedule.name}: jobs would wait for each other: {cycle}",
            hints=["take one of these out of after:."],
        ) from cycle
