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
    before, behind = _margins(schedule, calendar, after, until)
    found = set()
    for moment in due_times(schedule.cron, schedule.timezone, after - before, until + behind):
        rolled = _rolled(moment, schedule, calendar)
        if rolled is not None and after < rolled <= until:
            found.add(rolled)
    return sorted(found)


def next_due(schedule: Schedule, calendar: Calendar, after: datetime) -> datetime | None:
    """The first due time behind ``after``, in UTC; None where there is none within nine years."""
    for span in _SPANS:
        found = due_between(schedule, calendar, after, after + span)
        if found:
            return found[0]
    return None


def look_at(schedule: Schedule, calendar: Calendar, after: datetime) -> datetime | None:
    """When a schedule is to be looked at that is decided up to ``after``; None where events decide that."""
    if schedule.cron is not None:
        return next_due(schedule, calendar, after) or after + _SPANS[-1]
    if schedule.on_change is not None:
        return after + timedelta(seconds=schedule.on_change.every_s)
    return None


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

_SPANS = tuple(
    timedelta(minutes=minutes) for minutes in (2, 120, 1441, 5 * 1440, 40 * 1440, 400 * 1440, 9 * 527_040)
)
"""How far ``next_due`` looks, step by step: what fires often is found without walking through all that follows."""


def _margins(
    schedule: Schedule, calendar: Calendar, after: datetime, until: datetime
) -> tuple[timedelta, timedelta]:
    """How long before and behind a span the days lie that may roll into it: those of the holidays around it."""
    if schedule.roll in (Roll.NONE, Roll.SKIP):
        return timedelta(0), timedelta(0)
    zone = zone_of(schedule.timezone)
    days = []
    for moment, step in ((after, -1), (until, 1)):
        day, number = moment.astimezone(zone).date(), 1
        while number <= SEARCH_DAYS_MAX and not calendar.is_business_day(day + timedelta(days=step * number)):
            number += 1
        days.append(timedelta(days=number))
    return days[0], days[1]


def _rolled(moment: datetime, schedule: Schedule, calendar: Calendar) -> datetime | None:
    zone = zone_of(schedule.timezone)
    local = moment.astimezone(zone)
    day = calendar.rolled(local.date(), schedule.roll)
    if day is None or day == local.date():
        return moment if day is not None else None
    clock: time = local.timetz().replace(fold=0)
    return datetime.combine(day, clock, tzinfo=zone).astimezone(moment.tzinfo)
