"""Numbers in words."""

from __future__ import annotations

import pytest

from loadstone.datatypes import spelled


@pytest.mark.parametrize(
    ("number", "words", "ordinal"),
    [
        (0, "ZERO", "ZEROTH"),
        (1, "ONE", "FIRST"),
        (5, "FIVE", "FIFTH"),
        (12, "TWELVE", "TWELFTH"),
        (20, "TWENTY", "TWENTIETH"),
        (21, "TWENTY-ONE", "TWENTY-FIRST"),
        (100, "ONE HUNDRED", "ONE HUNDREDTH"),
        (366, "THREE HUNDRED SIXTY-SIX", "THREE HUNDRED SIXTY-SIXTH"),
        (2024, "TWO THOUSAND TWENTY-FOUR", "TWO THOUSAND TWENTY-FOURTH"),
        (5373484, "FIVE MILLION THREE HUNDRED SEVENTY-THREE THOUSAND FOUR HUNDRED EIGHTY-FOUR", None),
    ],
)
def test_numbers_are_spelled(number: int, words: str, ordinal: str | None) -> None:
    """Cardinals and ordinals."""
    assert words == spelled.cardinal(number)
    assert ordinal in (None, spelled.ordinal(number))


@pytest.mark.parametrize(
    ("year", "words"),
    [
        (1999, "NINETEEN NINETY-NINE"),
        (1900, "NINETEEN HUNDRED"),
        (1905, "NINETEEN OH-FIVE"),
        (2000, "TWO THOUSAND"),
        (2005, "TWO THOUSAND FIVE"),
        (2010, "TWENTY TEN"),
        (70, "SEVENTY"),
    ],
)
def test_years_are_spelled(year: int, words: str) -> None:
    """By centuries."""
    assert words == spelled.year(year)
