"""The books: counts add up, and balance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.books import Contribution, TableCount

COUNTS = st.integers(0, 1 << 40)
TABLES = st.builds(TableCount, loaded=COUNTS, rejected=COUNTS, when_failed=COUNTS, all_null=COUNTS)


@st.composite
def contributions(draw: st.DrawFn, tables: int = 2) -> Contribution:
    """Balanced contributions to a load of two INTO TABLE clauses."""
    loaded, rejected, discarded = draw(COUNTS), draw(COUNTS), draw(COUNTS)
    return Contribution(
        read=loaded + rejected + discarded,
        loaded=loaded,
        rejected=rejected,
        discarded=discarded,
        skipped=draw(COUNTS),
        tables=tuple(draw(TABLES) for _ in range(tables)),
    )


@given(contributions(), contributions(), contributions())
def test_sums_do_not_depend_on_their_order(a: Contribution, b: Contribution, c: Contribution) -> None:
    """Chunks may be added in any order and any grouping, and nothing adds nothing."""
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a == a + Contribution() == Contribution() + a


@given(contributions(), contributions())
def test_balanced_parts_give_a_balanced_sum(a: Contribution, b: Contribution) -> None:
    """read = loaded + rejected + discarded holds for sums, too."""
    assert a.balanced and b.balanced and (a + b).balanced


@given(contributions(), contributions())
def test_every_count_is_summed(a: Contribution, b: Contribution) -> None:
    """No count is forgotten or taken for another."""
    total = a + b
    names = ("read", "loaded", "rejected", "discarded", "skipped")
    assert [getattr(a, n) + getattr(b, n) for n in names] == [getattr(total, n) for n in names]
    for one, other, both in zip(a.tables, b.tables, total.tables, strict=True):
        own = ("loaded", "rejected", "when_failed", "all_null")
        assert [getattr(one, n) + getattr(other, n) for n in own] == [getattr(both, n) for n in own]


@pytest.mark.parametrize(
    ("counts", "balanced"),
    [
        (Contribution(), True),
        (Contribution(read=3, loaded=1, rejected=1, discarded=1), True),
        (Contribution(read=3, loaded=1, rejected=1), False),
        (Contribution(read=1, skipped=1), False),
        (Contribution(loaded=1), False),
        (Contribution(skipped=5), True),
    ],
)
def test_unbalanced_books_show(counts: Contribution, balanced: bool) -> None:
    """A record that was read and is nowhere is seen; skipped ones were not read."""
    assert balanced == counts.balanced


def test_contributions_of_different_loads_do_not_add() -> None:
    """Sums of loads with different tables would mean nothing."""
    with pytest.raises(ValueError):
        Contribution(tables=(TableCount(),)) + Contribution(tables=(TableCount(), TableCount()))
