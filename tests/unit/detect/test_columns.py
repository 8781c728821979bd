"""The types of columns, and the masks of their dates."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from loadstone.detect.columns import Column, Judge, name_columns
from loadstone.detect.masks import MASKS, Mask

THE_26 = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y%m%d", "%d%m%Y", "%d-%b-%Y", "%y%m%d", "%Y/%m/%d", "%d-%m-%y", "%d%b%Y", "%m/%d/%y", "%Y-%m-%dT%H:%M:%S",
    "%d/%m/%Y %H:%M:%S", "%Y-%m-%d-%H.%M.%S.%f", "%Y%m%d%H%M%S", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y%j", "%m/%d/%Y %I:%M:%S %p", "%b %d, %Y", "%d %B %Y", "%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ", "%d-%m-%Y", "1%y%m%d",
)  # fmt: skip


def values(mask: str, count: int = 200, seed: int = 7) -> list[str]:
    """Random days of three years under a mask."""
    source = random.Random(seed)
    start = datetime(2023, 1, 1)
    return [
        (start + timedelta(seconds=source.randrange(3 * 365 * 86400))).strftime(mask) for _ in range(count)
    ]


def column(given: list[str]) -> Column:
    """What a judge says of values."""
    judge = Judge()
    for at in range(0, len(given), 50):
        judge.take(given[at : at + 50])
    return judge.column("c")


@pytest.mark.parametrize("mask", THE_26)
def test_every_mask_of_banks_is_found(mask: str) -> None:
    """200 random dates tell their mask; only years of two digits leave another reading, and it is said."""
    found = column(values(mask))
    assert mask == found.mask
    if mask not in ("%y%m%d", "%d-%m-%y"):
        assert () == found.ambiguous


@pytest.mark.parametrize(
    ("mask", "other"), [("%d/%m/%Y", "%m/%d/%Y"), ("%d-%m-%y", "%m-%d-%y"), ("%d.%m.%Y", None)]
)
def test_what_stays_ambiguous_is_said(mask: str, other: str | None) -> None:
    """Days up to the twelfth leave two readings, unless only one is ever written so."""
    given = [datetime(2024, month, day).strftime(mask) for month, day in [(1, 2), (3, 4), (11, 12), (5, 1)]]
    found = column(given)
    said = {found.mask, *found.ambiguous}
    assert mask in said
    assert other is None or other in said


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["1", "-2", "300"], ("integer", None)),
        (["0012", "0345"], ("string", None)),
        (["1.5", "2", "-3.25"], ("decimal", ".")),
        (["1,50", "2,25"], ("decimal", ",")),
        (["1.234,50", "12,00"], ("decimal", ",")),
        (["1,234.50", "12.00"], ("decimal", ".")),
        (["1 250 581.40", "2.00"], ("decimal", ".")),
        (["(12.50)", "3.00"], ("decimal", ".")),
        (["1e5", "2.5E-3"], ("decimal", ".")),
        (["Y", "N", ""], ("boolean", None)),
        (["true", "FALSE"], ("boolean", None)),
        (["C", "D"], ("string", None)),
        (["a", "1"], ("string", None)),
        (["", ""], ("string", None)),
        (["2026-02-30", "2026-01-01"], ("string", None)),
        (["12345678901234567890123456789012345678901"], ("decimal", ".")),
    ],
)
def test_types(given: list[str], wanted: tuple[str, str | None]) -> None:
    """One value of another kind changes the type."""
    found = column(given)
    assert wanted == (found.type, found.decimal)


def test_empty_values_do_not_count() -> None:
    """Blanks and the usual words for nothing leave the type alone, and are told."""
    found = column(["1", "", "NULL", "\\N", "3"])
    assert ("integer", True) == (found.type, found.nullable)


def test_small_numbers_are_no_dates() -> None:
    """Six digits that happen to be days are numbers while there are few of them."""
    assert "integer" == column(["100101", "990131", "500505"]).type


@pytest.mark.parametrize("mask", MASKS, ids=lambda mask: mask.text)
def test_masks_know_their_own_values(mask: Mask) -> None:
    """Every mask reads the day of what it wrote."""
    moment = datetime(2024, 12, 25, 13, 14, 15, 123456)
    text = moment.strftime(mask.text.replace("%z", "+00:00"))
    assert mask.day_of(text) is not None
    if mask.kind != "time":
        assert moment.date() == mask.day_of(text)
    assert mask.oracle


@pytest.mark.parametrize(
    ("mask", "value"),
    [("%Y-%m-%d", "2023-02-29"), ("%Y%j", "2023366"), ("%d/%m/%Y", "31/04/2024"), ("%Y-%m-%d", "x")],
)
def test_the_calendar_is_asked(mask: str, value: str) -> None:
    """Days that do not exist are none."""
    assert Mask(mask, "date").day_of(value) is None


@pytest.mark.parametrize(("mask", "oracle"), [("%d/%m/%Y", "DD/MM/YYYY"), ("%Y-%m-%dT%H:%M:%S", 'YYYY-MM-DD"T"HH24:MI:SS'), ("%y%m%d", "RRMMDD"), ("1%y%m%d", '"1"RRMMDD'), ("%m/%d/%Y %I:%M:%S %p", "MM/DD/YYYY HH12:MI:SS AM")])  # fmt: skip
def test_masks_in_terms_of_oracle(mask: str, oracle: str) -> None:
    """A mask is given in Oracle's terms, too."""
    assert oracle == Mask(mask, "date").oracle


def test_columns_have_names() -> None:
    """Unnamed columns and names that come again get a number."""
    assert ["a", "column_2", "a_3", "column_4"] == name_columns(["a", " ", "a"], 4)
    assert ["column_1", "column_2"] == name_columns(None, 2)
