"""Days since 1970 and the calendar behind them."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.datatypes.days import civil, days_of, days_of_month
from tests.conversions import BOTH


@BOTH
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ((1970, 1, 1), 0), ((1969, 12, 31), -1), ((2000, 1, 1), 10957), ((2000, 2, 29), 11016), ((2000, 3, 1), 11017), ((1, 1, 1), -719162), ((9999, 12, 31), 2932896),
        ((0, 12, 31), -719163), ((0, 2, 29), -719469), ((-4712, 1, 1), -2440550), ((1900, 2, 28), -25509), ((1900, 3, 1), -25508), ((1582, 10, 15), -141427),
    ],
)  # fmt: skip
def test_a_day_counts_from_1970(day: tuple[int, int, int], expected: int, compiled: bool) -> None:
    """Leap years of every kind, the epochs, year 0, and the year before Oracle's first."""
    assert expected == days_of.pick(compiled)(*day)
    assert day == tuple(civil.pick(False)(expected))


@given(st.integers(-1_721_425, 5_000_000))
def test_any_day_comes_back(days: int) -> None:
    """``civil`` undoes ``days_of``, before the year 1 too, and the days of a month follow each other."""
    year, month, day = civil(days)
    assert days == days_of(year, month, day)
    assert 1 <= day <= days_of_month(year, month)
    assert (year, month, day + 1) == civil(days + 1) or day == days_of_month(year, month)


@given(st.dates())
def test_days_agree_with_python(day: date) -> None:
    """The proleptic Gregorian calendar is that of ``datetime``."""
    assert day == date(1970, 1, 1) + timedelta(days=days_of(day.year, day.month, day.day))


@pytest.mark.parametrize("year", [1, 4, 100, 400, 1600, 1700, 1900, 1999, 2000, 2023, 2024, 2100, 9996, 9999])
def test_months_have_their_days(year: int) -> None:
    """As Python's calendar has them."""
    expected = [calendar.monthrange(year, month)[1] for month in range(1, 13)]
    assert expected == [days_of_month(year, month) for month in range(1, 13)]
