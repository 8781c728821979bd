"""When the file of a business date is expected: moments, from the wall clock of the feed's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loadstone.schedule.calendar import Calendar
from loadstone.sources.policies import Sla


@dataclass(frozen=True, kw_only=True)
class Window:
    """
    The moments of one business date, in UTC; None where the feed does not say one.

    Attributes:
        opens_at: Not expected before. late_at: late after it. closes_at: the cut-off.
    """

    opens_at: datetime | None
    late_at: datetime | None
    closes_at: datetime | None


def window_of(sla: Sla, business_date: date, calendar: Calendar, timezone: str) -> Window:
    """
    The window of a business date. A time that is earlier than the one before it belongs to the next day.

    Args:
        calendar: Of the feed; ``day_offset`` counts its business days. timezone: where ``sla`` names none.
    """
    day = calendar.shifted(business_date, sla.day_offset)
    zone = ZoneInfo(sla.timezone or timezone)
    moments: list[datetime | None] = []
    before: time | None = None
    for clock in (sla.expected_from, sla.expected_until, sla.cutoff):
        if clock is not None and before is not None and clock < before:
            day += timedelta(days=1)
        moments.append(_moment(day, clock, zone) if clock is not None else None)
        before = clock if clock is not None else before
    return Window(opens_at=moments[0], late_at=moments[1], closes_at=moments[2])


# Private functions


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The first of two; what the clocks skip is taken by the offset before, which is that much later."""
    return datetime.combine(day, clock, zone).astimezone(UTC)
