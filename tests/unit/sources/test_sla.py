"""Moments of a business date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from loadstone.schedule.calendar import EVERY_DAY, Calendar
from loadstone.sources.policies import Sla
from loadstone.sources.sla import window_of

WORKDAYS = Calendar(name="w")


def at(text: str) -> datetime:
    """A moment of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "day", "calendar", "moments"),
    [
        (
            {"expected_from": "22:00", "expected_until": "23:30", "cutoff": "02:00"},
            date(2026, 11, 24),
            EVERY_DAY,
            ("2026-11-24 21:00", "2026-11-24 22:30", "2026-11-25 01:00"),
        ),
        (
            {"expected_from": "05:00", "expected_until": "07:00", "day_offset": 1},
            date(2026, 11, 27),
            WORKDAYS,
            ("2026-11-30 04:00", "2026-11-30 06:00", None),
        ),
        (
            {"cutoff": "06:00", "timezone": "UTC"},
            date(2026, 7, 1),
            EVERY_DAY,
            (None, None, "2026-07-01 06:00"),
        ),
        ({"expected_until": "02:30"}, date(2026, 3, 29), EVERY_DAY, (None, "2026-03-29 01:30", None)),
        ({"expected_until": "02:30"}, date(2026, 10, 25), EVERY_DAY, (None, "2026-10-25 00:30", None)),
    ],
    ids=["over midnight", "over a weekend", "own zone", "skipped hour", "repeated hour"],
)
def test_the_window_of_a_business_date(
    values: dict[str, Any], day: date, calendar: Calendar, moments: tuple[str | None, ...]
) -> None:
    """By the clock of the feed, over midnight, weekends and changes of the clock."""
    found = window_of(Sla.model_validate(values), day, calendar, "Europe/Berlin")
    assert tuple(at(one) if one else None for one in moments) == (
        found.opens_at,
        found.late_at,
        found.closes_at,
    )


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("22:30", time(22, 30)),
        (1350, time(22, 30)),
        (81015, time(22, 30, 15)),
        (60, time(1)),
        ("06:30", time(6, 30)),
    ],
    ids=["text", "YAML minutes", "YAML seconds", "YAML hour", "early"],
)
def test_a_time_is_what_was_meant(written: object, clock: time) -> None:
    """Also where YAML reads an unquoted 22:30 as a number."""
    assert clock == Sla.model_validate({"cutoff": written}).cutoff
