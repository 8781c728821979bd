"""When a schedule by cron fires: due times, rolled to business days, and what its parameters are then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from loadstone.jobs.parameters import filled
from loadstone.schedule.calendar import SEARCH_DAYS_MAX, Calendar, Roll
from loadstone.schedule.cron import due_times, zone_of
from loadstone.schedule.model import Schedule


def due_between(schedule: Schedule, calendar: Calendar, after: datetime, until: datetime) -> list[datetime]:
    """
    Due times in ``(after, until]``, ascending, in UTC, each once.

    A day that is no business day rolls with its time of day; several days may roll to one, which fires once.
    """
    assert schedule.cron is not None
    margin = timedelta(0) if schedule.roll in (Roll.NONE, Roll.SKIP) else timedelta(days=SEARCH_DAYS_MAX)
    found = set()
    for moment in due_times(schedule.cron, schedule.timezone, after - margin, until + margin):
        rolled = _rolled(moment, schedule, calendar)
        if rolled is not None and after < rolled <= until:
            found.add(rolled)
    return sorted(found)


def parameters_at(schedule: Schedule, calendar: Calendar, due_at: datetime) -> dict[str, Any]:
    """The parameters of the tick due at that moment: dates are those of the schedule's time zone."""
    local = due_at.astimezone(zone_of(schedule.timezone))
    business_date = calendar.shifted(local.date(), schedule.business_date_offset)
    places: Mapping[str, Any] = {
        "due_date": local.date().isoformat(),
        "due_time": local.isoformat(),
        "business_date": business_date.isoformat(),
    }
    return dict(filled(schedule.parameters, places))


# Private functions


def _rolled(moment: datetime, schedule: Schedule, calendar: Calendar) -> datetime | None:
    zone = zone_of(schedule.timezone)
    local = moment.astimezone(zone)
    day = calendar.rolled(local.date(), schedule.roll)
    if day is None or day == local.date():
        return moment if day is not None else None
    clock: time = local.timetz().replace(fold=0)
    return datetime.combine(day, clock, tzinfo=zone).astimezone(moment.tzinfo)
