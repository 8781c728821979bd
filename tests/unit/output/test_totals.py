"""Totals: exact over batches, of one type, restored after a crash."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.errors import FixFile, FixSpec
from loadstone.output.batches import Batch, SourceColumn
from loadstone.output.templates import Total
from loadstone.output.totals import Totals

COLUMNS = (
    SourceColumn("kind", "text"),
    SourceColumn("amount", "decimal"),
    SourceColumn("account", "text"),
    SourceColumn("booked", "date"),
)
WANTED = (
    Total("count"),
    Total("count", None, "PAY"),
    Total("sum", "amount"),
    Total("sum", "amount", "PAY"),
    Total("hash", "account"),
    Total("min", "amount"),
    Total("max", "booked"),
)
AMOUNTS = st.decimals(-(10**12), 10**12, places=4)


def batches(rows: list[tuple[str | None, ...]], size: int) -> list[Batch]:
    """Rows in batches of ``size``."""
    return [
        Batch(
            record0=n,
            columns=[pa.array(values, pa.string()) for values in zip(*rows[n : n + size], strict=True)],
        )
        for n in range(0, len(rows), size)
    ]


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["PAY", "FEE", None]), st.none() | AMOUNTS, st.none() | st.from_regex(r"[A-Z]{0,2}[0-9]{0,9}", fullmatch=True)),
        max_size=12,
    ),
    size=st.integers(1, 5),
)  # fmt: skip
def test_totals_are_those_of_exact_arithmetic(
    rows: list[tuple[str | None, Decimal | None, str | None]], size: int
) -> None:
    """Sums over batches of any size equal a plain loop; NULL counts as a record and adds nothing."""
    totals = Totals(WANTED, COLUMNS, "kind")
    texts = [(kind, None if a is None else f"{a:f}", account, None) for kind, a, account in rows]
    for batch in batches(texts, size):
        totals.add(batch)
    amounts = [a for _, a, _ in rows if a is not None]
    digits = ["".join(c for c in account or "" if c.isdigit()) for _, _, account in rows]
    assert len(rows) == totals.values[Total("count")]
    assert sum(kind == "PAY" for kind, _, _ in rows) == totals.values[Total("count", None, "PAY")]
    assert sum(amounts) == totals.values[Total("sum", "amount")]
    assert sum(a for kind, a, _ in rows if kind == "PAY" and a is not None) == totals.values[WANTED[3]]
    assert sum(int(one) for one in digits if one) == totals.values[Total("hash", "account")]
    assert min(amounts, default=None) == totals.values[Total("min", "amount")]


def test_totals_go_on_from_what_was_stored() -> None:
    """Stored as text under the names that templates write; figures have no zeros behind."""
    rows: list[tuple[str | None, ...]] = [
        ("PAY", "1.50", "A1", "2026-01-02"),
        ("FEE", "2.50", "B20", "2026-01-01"),
    ]
    first, second = Totals(WANTED, COLUMNS, "kind"), Totals(WANTED, COLUMNS, "kind")
    one, other = batches(rows, 1)
    first.add(one)
    second.restored(first.stored())
    second.add(other)
    assert {
        "count": "2", "count(PAY)": "1", "hash(account)": "21", "max(booked)": "2026-01-02",
        "min(amount)": "1.5", "sum(amount)": "4", "sum(amount, PAY)": "1.5",
    } == second.stored()  # fmt: skip
    assert Decimal("4") == second.figures()["sum(amount)"]
    assert "max(booked)" not in second.figures()


def test_what_cannot_be_summed_is_refused_with_its_record() -> None:
    """LS-8011 names record and column, and not the value."""
    totals = Totals([Total("sum", "account")], COLUMNS, None)
    with pytest.raises(FixFile, match="LS-8011") as told:
        totals.add(
            Batch(record0=10, columns=[pa.array([None] * 3, pa.string())] * 2 + [pa.array(["1", "2", "x77"])])
        )
    assert (13, "account") == (told.value.place.record_no, told.value.place.field)
    assert "x77" not in str(told.value)


def test_an_unknown_column_and_a_type_without_its_column_are_refused() -> None:
    """LS-8004, with the name that was meant."""
    with pytest.raises(FixSpec, match="did you mean amount"):
        Totals([Total("sum", "amounts")], COLUMNS, None)
    with pytest.raises(FixSpec, match="LS-8004"):
        Totals([Total("count", None, "PAY")], COLUMNS, None)


@pytest.mark.parametrize(
    ("total", "values", "record", "why"),
    [
        pytest.param(Total("sum", "amount"), ["1", "x"], 12, "no number", id="no number"),
        pytest.param(Total("sum", "amount"), ["1", "NaN"], 12, "no number", id="not a number"),
        pytest.param(Total("min", "amount"), ["NaN", "1"], 11, "no number", id="least"),
        pytest.param(Total("max", "amount"), ["1", "2", "3", "?"], 14, "no number", id="greatest"),
        pytest.param(
            Total("sum", "amount"), ["1", "1." + "0" * 30 + "1"], 12, "at most 46 digits", id="decimals"
        ),
        pytest.param(Total("sum", "amount"), ["1" * 47, "1"], 11, "at most 46 digits", id="digits"),
        pytest.param(
            Total("hash", "account"), ["1", "", "9" * 77], 13, "at most 76 digits", id="digits of a hash"
        ),
    ],
)
def test_the_record_whose_value_cannot_be_added_up_is_named(
    total: Total, values: list[str], record: int, why: str
) -> None:
    """For sums, hash totals and extremes; and whether it is no number at all, or one that is too long."""
    rows = [("PAY", one, one, None) for one in values]
    batch = Batch(record0=10, columns=[pa.array(one, pa.string()) for one in zip(*rows, strict=True)])
    with pytest.raises(FixFile, match=why) as told:
        Totals([total], COLUMNS, "kind").add(batch)
    place = told.value.place
    assert ("LS-8011", record, total.column) == (told.value.code, place.record_no, place.field)


def test_a_value_of_another_type_may_be_anything() -> None:
    """A total of one type does not look at the values of others, and names the right record of its own."""
    total = Total("sum", "amount", "PAY")
    columns = [["FEE", "PAY", "FEE", "PAY"], ["x", "2", "NaN", "y"], [None] * 4, [None] * 4]
    batch = Batch(record0=0, columns=[pa.array(one, pa.string()) for one in columns])
    with pytest.raises(FixFile) as told:
        Totals([total], COLUMNS, "kind").add(batch)
    assert 4 == told.value.place.record_no
    found = Totals([total, Total("max", "amount", "PAY")], COLUMNS, "kind")
    found.add(Batch(record0=0, columns=[one[:3] for one in batch.columns]))
    assert [Decimal(2), Decimal(2)] == [found.values[one] for one in (total, Total("max", "amount", "PAY"))]
