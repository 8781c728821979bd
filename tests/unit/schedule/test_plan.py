"""The next due time, and days that roll into a span."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.schedule.calendar import Calendar, Roll
from loadstone.schedule.model import Schedule
from loadstone.schedule.plan import due_between, look_at, next_due

CALENDAR = Calendar(name="c", closed=("2026-06-03", "2026-06-04", "2026-06-05"))


def schedule(**values: object) -> Schedule:
    """A schedule of job ``j`` by cron."""
    return Schedule.model_validate({"name": "s", "job": "j", "cron": "30 2 * * *", "calendar": "c", **values})


@settings(max_examples=40)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),
    st.sampled_from(["30 2 * * *", "0 */6 * * *", "0 0 31 * *", "15 1 * * 1", "59 23 29 2 *"]),
    st.sampled_from(["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe"]),
    st.sampled_from(list(Roll)),
)
def test_the_next_due_time_is_the_first_of_a_long_span(
    after: datetime, cron: str, zone: str, roll: Roll
) -> None:
    """Nothing is due before it, and it is due itself, however far the days lie that roll to it."""
    one, start = schedule(cron=cron, timezone=zone, roll=roll), after.replace(tzinfo=UTC)
    found = next_due(one, CALENDAR, start)
    assert found is not None
    assert [found] == due_between(one, CALENDAR, start, found)
    assert [] == due_between(one, CALENDAR, start, found - timedelta(microseconds=1))


@pytest.mark.parametrize("roll", [Roll.PRECEDING, Roll.FOLLOWING, Roll.MODIFIED_FOLLOWING])
def test_a_span_cut_anywhere_has_the_same_rolled_ticks(roll: Roll) -> None:
    """Cut at each midnight and each due time of a month with holidays, and in one piece."""
    one = schedule(timezone="Europe/Berlin", roll=roll)
    start, end = datetime(2026, 5, 20, tzinfo=UTC), datetime(2026, 6, 20, tzinfo=UTC)
    whole = due_between(one, CALENDAR, start, end)
    cuts = [start + timedelta(minutes=30 * number) for number in range(31 * 48 + 1)]
    parts = [at for a, b in zip(cuts, cuts[1:], strict=False) for at in due_between(one, CALENDAR, a, b)]
    assert whole == parts
    assert whole


def test_what_never_comes_again_is_looked_at_in_years() -> None:
    """And events have no moment at all."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    closed = Calendar(name="c", weekend=(1, 2, 3, 4, 5, 6, 7))
    later = look_at(schedule(cron="0 0 29 2 *", roll="skip"), closed, at)
    assert later is not None
    assert later > at + timedelta(days=8 * 365)
    assert look_at(schedule(cron=None, on_event={"topic": "t"}), closed, at) is None
    change = {"target": "t", "query": "q", "every_s": 5}
    assert at + timedelta(seconds=5) == look_at(schedule(cron=None, on_change=change), closed, at)
