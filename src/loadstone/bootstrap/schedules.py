"""Schedules, put together: their store, their ticks, and the queries that they ask targets."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from loadstone.bootstrap.repository import open_repository
from loadstone.config import resolve_target
from loadstone.database.open import Database, now
from loadstone.errors import FixSpec
from loadstone.schedule import fire, repository, store
from loadstone.schedule.calendar import EVERY_DAY
from loadstone.schedule.plan import due_between
from loadstone.schedule.repository import StoredSchedule

AHEAD = timedelta(days=400)
"""How far the next due time is looked for."""


class Schedules:
    """The schedules of a repository, as one person (``actor``) sees and changes them."""

    def __init__(self, database: Database, actor: str) -> None:
        self._database, self._actor = database, actor

    def store(self, text: str, file: str) -> list[str]:
        """Keep what a YAML file says: one schedule, or lists under ``calendars`` and ``schedules``; their names."""
        calendars, schedules = store.read_schedules(text, file)
        for calendar in calendars:
            store.store_calendar(self._database, calendar, actor=self._actor)
        for schedule in schedules:
            store.store(self._database, schedule, actor=self._actor)
        return [calendar.name for calendar in calendars] + [schedule.name for schedule in schedules]

    def listed(self) -> list[dict[str, Any]]:
        """All schedules, with the next due time of those by cron."""
        with self._database.read() as connection:
            moment = now(connection)
            found = repository.listed(connection)
            calendars = {one.name: one for one in repository.calendars(connection)}
        rows = []
        for stored in found:
            one = stored.schedule
            calendar = calendars.get(one.calendar or "", EVERY_DAY)
            due = (
                due_between(one, calendar, moment, moment + AHEAD)[:1] if one.cron and stored.enabled else []
            )
            rows.append(
                {
                    "schedule": one.name,
                    "job": one.job,
                    "when": one.cron or _trigger(stored),
                    "timezone": one.timezone,
                    "calendar": one.calendar,
                    "enabled": stored.enabled,
                    "next_due": due[0] if due else None,
                }
            )
        return rows

    def calendars(self) -> list[dict[str, Any]]:
        """All calendars."""
        with self._database.read() as connection:
            found = repository.calendars(connection)
        return [
            {
                "calendar": one.name,
                "country": one.country,
                "market": one.market,
                "weekend": ", ".join(map(str, one.weekend)),
                "closed": len(one.closed),
                "open": len(one.open),
            }
            for one in found
        ]

    def ticks(self, name: str, limit: int) -> list[dict[str, Any]]:
        """The latest ticks of a schedule."""
        with self._database.read() as connection:
            found = repository.ticks(connection, self._existing(name).id, limit=limit)
        return [
            {
                "due_at": tick.due_at,
                "state": str(tick.state),
                "execution": tick.execution_id,
                "decided_at": tick.decided_at,
                "reason": tick.reason,
            }
            for tick in found
        ]

    def enable(self, name: str, enabled: bool) -> None:
        """Let a schedule fire, or not."""
        store.enable(self._database, name, enabled, actor=self._actor)

    def backfill(self, name: str, start: datetime, end: datetime, *, preview: bool) -> list[datetime]:
        """Launch what never had a tick, or show it."""
        self._existing(name)
        return fire.backfill(self._database, name, start, end, actor=self._actor, preview=preview)

    def close(self) -> None:
        """Close the repository."""
        self._database.close()

    # Private methods

    def _existing(self, name: str) -> StoredSchedule:
        with self._database.read() as connection:
            found = repository.find(connection, name)
        if found is None:
            raise FixSpec(
                "LS-7208", f"there is no schedule {name}", hints=["`loadstone schedules list` lists all."]
            )
        return found


def open_schedules(url: str, *, actor: str) -> Schedules:
    """The schedules of the repository at ``url``."""
    return Schedules(open_repository(url), actor)


def ask_target(target: str, query: str) -> Any:
    """The one value that a query gives on a target."""
    from loadstone.bootstrap.targets import open_target

    opened = open_target(resolve_target(target))
    try:
        return opened.ask(query)
    finally:
        opened.close()


# Private functions


def _trigger(stored: StoredSchedule) -> str:
    one = stored.schedule
    if one.on_event is not None:
        return f"on event {one.on_event.topic}"
    if one.on_change is not None:
        return f"on change in {one.on_change.target}"
    return f"after {', '.join(one.after.jobs)}" if one.after is not None else ""
