"""Due times over changes of daylight saving time, and expressions that are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.errors import FixSpec
from loadstone.schedule.cron import check_cron, due_times

BERLIN = "Europe/Berlin"


def due(expression: str, zone: str, after: str, until: str) -> list[str]:
    """Due times between two UTC moments, as UTC text to the minute."""
    start, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (after, until))
    return [at.strftime("%m-%d %H:%M") for at in due_times(expression, zone, start, end)]


def test_a_time_that_does_not_exist_fires_when_the_clock_has_jumped() -> None:
    """29 March 2026: 02:30 is skipped, and 03:00 summer time is 01:00 UTC."""
    assert ["03-28 01:30", "03-29 01:00", "03-30 00:30"] == due(
        "30 2 * * *", BERLIN, "2026-03-28T00:00", "2026-03-30T12:00"
    )


def test_a_time_that_comes_twice_fires_the_first_time() -> None:
    """25 October 2026: 02:30 comes at 00:30 and at 01:30 UTC."""
    assert ["10-24 00:30", "10-25 00:30", "10-26 01:30"] == due(
        "30 2 * * *", BERLIN, "2026-10-24T00:00", "2026-10-26T12:00"
    )


def test_an_hourly_schedule_follows_elapsed_time() -> None:
    """Neither the skipped hour nor the doubled one makes a gap or a second firing."""
    assert ["03-29 00:15", "03-29 01:15", "03-29 02:15"] == due(
        "15 * * * *", BERLIN, "2026-03-29T00:00", "2026-03-29T03:00"
    )
    assert ["10-25 00:15", "10-25 01:15", "10-25 02:15"] == due(
        "15 * * * *", BERLIN, "2026-10-25T00:00", "2026-10-25T03:00"
    )


def test_half_hour_changes_and_far_zones() -> None:
    """Lord Howe Island moves its clocks by half an hour; 02:15 is skipped on 4 October 2026."""
    assert ["10-03 15:30"] == due("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00", "2026-10-04T12:00")


def test_the_range_is_open_below_and_closed_above() -> None:
    """A moment on the border belongs to one range only."""
    assert ["01-01 01:00"] == due("0 * * * *", "UTC", "2026-01-01T00:00", "2026-01-01T01:00")


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),
    st.lists(st.integers(1, 20_000), min_size=1, max_size=6),
    st.sampled_from(["*/15 * * * *", "30 2 * * *", "0 1,2,3 * * 0", "0 12 1 * *"]),
    st.sampled_from([BERLIN, "America/New_York", "UTC", "Asia/Kolkata"]),
)
def test_however_a_span_is_cut_the_firings_are_the_same(
    start: datetime, minutes: list[int], expression: str, zone: str
) -> None:
    """Ticks decided in many small steps are those of one large step: none missed, none double."""
    cuts = [start.replace(tzinfo=UTC)]
    for step in minutes:
        cuts.append(cuts[-1] + timedelta(minutes=step))
    parts = [at for a, b in zip(cuts, cuts[1:], strict=False) for at in due_times(expression, zone, a, b)]
    assert list(due_times(expression, zone, cuts[0], cuts[-1])) == parts


def test_a_daily_schedule_fires_once_each_local_day_of_a_year() -> None:
    """Whatever the clocks do."""
    start = datetime(2026, 1, 1, tzinfo=ZoneInfo(BERLIN))
    found = list(due_times("30 2 * * *", BERLIN, start, start + timedelta(days=365)))
    days = [at.astimezone(ZoneInfo(BERLIN)).date() for at in found]
    assert 365 == len(days) == len(set(days))


@pytest.mark.parametrize("wrong", ["", "* * * *", "61 * * * *", "* * 31 2 *", "a b c d e", "0 0 * * * *"])
def test_an_impossible_expression_is_refused(wrong: str) -> None:
    """Also one that no date ever fits."""
    with pytest.raises(FixSpec, match="LS-7201"):
        check_cron(wrong, "UTC")


@pytest.mark.parametrize("wrong", ["Mars/Base", "", "../etc/passwd", "Europe"])
def test_an_unknown_time_zone_is_refused(wrong: str) -> None:
    """With names that there are."""
    with pytest.raises(FixSpec, match="LS-7202"):
        check_cron("0 0 * * *", wrong)


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("* * * *", "five fields"),
        ("* * * * * *", "five fields"),
        ("60 * * * *", "out of range"),
        ("* 24 * * *", "out of range"),
        ("a * * * *", "not acceptable"),
        ("0 0 31 2 *", "no date ever fits it"),
        ("", "five fields"),
    ],
)
def test_a_wrong_expression_is_refused_with_its_reason(expression: str, told: str) -> None:
    """LS-7201 with an example of a right one."""
    with pytest.raises(FixSpec, match="LS-7201") as caught:
        check_cron(expression, "UTC")
    assert told in caught.value.message and "30 2 * * 1-5" in caught.value.hints[0]


@pytest.mark.parametrize("zone", ["Mars", "", "../etc/passwd", "Europe"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    """LS-7202, whatever the name looks like."""
    with pytest.raises(FixSpec, match="LS-7202"):
        check_cron("0 0 * * *", zone)


def test_an_expression_that_never_comes_true_fires_never() -> None:
    """One that was stored by an older program does no harm."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert [] == list(due_times("0 0 31 2 *", "UTC", start, start + timedelta(days=800)))
