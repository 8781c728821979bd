"""Masks of outgoing dates: one moment and a whole column give the same text."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.output.masks import MaskFault, compile_mask

MASKS = (
    "YYYYMMDD",
    "DD.MM.YYYY HH24:MI:SS",
    "YY-DDD",
    "DD-MON-YY",
    'Mon DD "at" HH24MI',
    "mon",
    "YYYY-MM-DDHH24:MI:SS.FF6",
    "SS.FF3",
    '"constant"',
)


@pytest.mark.parametrize("mask", MASKS)
@settings(max_examples=25, deadline=None)
@given(moments=st.lists(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)), min_size=1, max_size=9))
def test_a_column_is_written_as_each_moment_alone(mask: str, moments: list[datetime]) -> None:
    """With nulls among them, and behind a slice."""
    compiled = compile_mask(mask)
    texts = ["0001-01-01 00:00:00.000000"]
    texts += [f"{moment:%m-%d %H:%M:%S.%f}".join([f"{moment.year:04}-", ""]) for moment in moments]
    column = pa.array([*texts, None])[1:]
    assert [*(compiled.text(moment) for moment in moments), None] == compiled.column(column).to_pylist()


def test_days_and_seconds_have_the_clock_that_they_lack() -> None:
    """A date is its midnight; a moment without a fraction has zeros there."""
    mask = compile_mask("YYYYMMDDHH24MISSFF3")
    assert "20240229000000000" == mask.text(date(2024, 2, 29))
    assert ["20240229000000000"] == mask.column(pa.array(["2024-02-29"])).to_pylist()
    assert ["20240229010203000"] == mask.column(pa.array(["2024-02-29 01:02:03"])).to_pylist()
    assert [] == mask.column(pa.array([], pa.string())).to_pylist()
    assert [None] == mask.column(pa.array([None], pa.string())).to_pylist()


def test_the_day_of_the_year_counts_leap_days() -> None:
    """Every day of a leap year, of a plain one, and of 1900, which is none."""
    days = [date(year, 1, 1) + timedelta(n) for year in (1900, 2024, 2025) for n in range(365)]
    made = compile_mask("DDD").column(pa.array([day.isoformat() for day in days]))
    assert [f"{day:%j}" for day in days] == made.to_pylist()


@pytest.mark.parametrize(("mask", "column"), [("YYYYQ", 5), ("HH12", 1), ('DD"open', 3), ("Dd", 1)])
def test_what_no_element_is_is_refused_at_its_place(mask: str, column: int) -> None:
    """The message lists the elements."""
    with pytest.raises(MaskFault, match="YYYY YY MM") as told:
        compile_mask(mask)
    assert column == told.value.column
