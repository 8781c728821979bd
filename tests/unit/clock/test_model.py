"""Clocks: the machine's, and one that stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from loadstone.clock import FixedClock, SystemClock


def test_the_system_clock_is_now_with_its_offset() -> None:
    """Between two readings of Python's own clock, and aware of its zone."""
    before = datetime.now(UTC)
    found = SystemClock().now()
    assert before <= found <= datetime.now(UTC)
    assert found.utcoffset() == found.replace(tzinfo=None).astimezone().utcoffset()


def test_monotonic_never_goes_back() -> None:
    """Each reading is at least the one before."""
    clock = SystemClock()
    readings = [clock.monotonic() for _ in range(50)]
    assert sorted(readings) == readings


def test_a_fixed_clock_stands_still() -> None:
    """The time that it was made with, again and again; its fields cannot be changed."""
    at = datetime(2024, 2, 29, 13, 5, tzinfo=UTC)
    clock = FixedClock(at)
    assert (at, at, 0.0, 0.0) == (clock.now(), clock.now(), clock.monotonic(), clock.monotonic())
    with pytest.raises(AttributeError):
        clock.at = at + timedelta(1)  # type: ignore[misc]
