"""Business days, rolls and shifts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from loadstone.errors import FixSpec
from loadstone.schedule.calendar import Calendar, Roll, check_calendar
from loadstone.schedule.model import Schedule
from loadstone.schedule.plan import due_between, parameters_at

TARGET2 = Calendar(name="target2", market="ECB")
GERMAN = Calendar(name="de", country="DE", subdivision="BY")


@pytest.mark.parametrize(
    ("calendar", "day", "business"),
    [
        (TARGET2, "2026-04-03", False),
        (TARGET2, "2026-04-06", False),
        (TARGET2, "2026-05-01", False),
        (TARGET2, "2026-10-03", False),
        (TARGET2, "2026-06-04", True),
        (GERMAN, "2026-06-04", False),
        (GERMAN, "2026-11-24", True),
        (Calendar(name="x", closed=(date(2026, 11, 24),)), "2026-11-24", False),
        (Calendar(name="x", open=(date(2026, 11, 28),)), "2026-11-28", True),
        (Calendar(name="gulf", weekend=(5, 6)), "2026-11-29", True),
    ],
)
def test_business_days(calendar: Calendar, day: str, business: bool) -> None:
    """Good Friday, Easter Monday and May Day are no TARGET2 days; Corpus Christi is none in Bavaria."""
    assert business is calendar.is_business_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "roll", "expected"),
    [
        ("2026-10-31", Roll.FOLLOWING, "2026-11-02"),
        ("2026-10-31", Roll.MODIFIED_FOLLOWING, "2026-10-30"),
        ("2026-10-24", Roll.MODIFIED_FOLLOWING, "2026-10-26"),
        ("2026-10-31", Roll.PRECEDING, "2026-10-30"),
        ("2026-10-31", Roll.NONE, "2026-10-31"),
        ("2026-10-31", Roll.SKIP, None),
        ("2026-10-30", Roll.SKIP, "2026-10-30"),
    ],
)
def test_rolls(day: str, roll: Roll, expected: str | None) -> None:
    """31 October 2026 is a Saturday at the end of a month."""
    found = TARGET2.rolled(date.fromisoformat(day), roll)
    assert expected == (found.isoformat() if found else None)


def test_shifts_count_business_days() -> None:
    """Over Easter 2026, from Thursday to Wednesday and back."""
    assert date(2026, 4, 8) == TARGET2.shifted(date(2026, 4, 2), 2)
    assert date(2026, 4, 2) == TARGET2.shifted(date(2026, 4, 8), -2)


def test_a_calendar_without_business_days_is_refused() -> None:
    """The search is bounded."""
    with pytest.raises(FixSpec, match="LS-7203"):
        Calendar(name="x", weekend=(1, 2, 3, 4, 5, 6, 7)).shifted(date(2026, 1, 1), 1)


@pytest.mark.parametrize(
    "wrong", [{"country": "XX"}, {"market": "NOPE"}, {"country": "DE", "subdivision": "ZZ"}]
)
def test_unknown_places_are_refused(wrong: dict[str, str]) -> None:
    """By name."""
    with pytest.raises(FixSpec, match="LS-7204"):
        check_calendar(Calendar(name="x", **wrong))  # type: ignore[arg-type]


def schedule(**more: object) -> Schedule:
    """A daily schedule at 02:00 in Berlin with more of its own."""
    return Schedule.model_validate(
        {"name": "s", "job": "j", "cron": "0 2 * * *", "timezone": "Europe/Berlin", **more}
    )


def days_of(one: Schedule, start: str, end: str) -> list[str]:
    """Local dates of the due times of a schedule on TARGET2 days."""
    span = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end))
    return [at.strftime("%d") for at in due_between(one, TARGET2, *span)]


def test_days_that_roll_to_one_day_fire_once() -> None:
    """Friday 3 to Monday 6 April 2026 are Easter."""
    assert ["02", "07", "08"] == days_of(schedule(roll="following"), "2026-04-01T12:00", "2026-04-08T12:00")
    assert ["02", "07", "08"] == days_of(schedule(roll="preceding"), "2026-04-01T12:00", "2026-04-08T12:00")
    assert ["02", "07", "08"] == days_of(schedule(roll="skip"), "2026-04-01T12:00", "2026-04-08T12:00")


def test_the_business_date_counts_back_from_the_due_date() -> None:
    """On the Tuesday after Easter the business day before is Maundy Thursday."""
    one = schedule(parameters={"day": "{business_date}", "at": "{due_date}", "n": 5}, business_date_offset=-1)
    found = parameters_at(one, TARGET2, datetime(2026, 4, 7, 0, 0, tzinfo=UTC))
    assert {"day": "2026-04-02", "at": "2026-04-07", "n": 5} == found


@pytest.mark.parametrize("more", [{"cron": None}, {"on_event": {"topic": "x"}}])
def test_a_schedule_has_one_trigger(more: dict[str, object]) -> None:
    """None, or two, are refused."""
    with pytest.raises(ValueError, match="give one of"):
        schedule(**more)
