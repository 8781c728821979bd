"""Sums of columns over the rows that a load has written: exact, without what was refused, on every target, through resumes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loadstone.books import LoadReceipt
from loadstone.bootstrap import loads
from loadstone.errors import FixSpec
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import read_control
from tests.runs import Undisturbed

CONTROL = """LOAD DATA INFILE 'day.csv' APPEND INTO TABLE pay FIELDS TERMINATED BY ','
(id INTEGER EXTERNAL, amount DECIMAL EXTERNAL, who CHAR)
"""
DDL = "CREATE TABLE pay (id NUMBER(20) PRIMARY KEY, amount NUMBER(20,2), who VARCHAR2(40));"
ROWS = [(n, Decimal(n) * Decimal("1234567.01") * (-1 if n % 7 == 0 else 1)) for n in range(1, 400)]
TOTAL = sum((amount for _, amount in ROWS), Decimal(0))


def load(target: str, **options: Any) -> LoadReceipt:
    """Load in chunks of some dozens of records."""
    Path("pay.ctl").write_text(CONTROL)
    Path("pay.sql").write_text(DDL)
    request = LoadRequest(
        spec=read_control("pay.ctl"),
        spec_path="pay.ctl",
        target=target,
        ddl=("pay.sql",),
        chunk_size_bytes=1000,
        adapt=False,
        **{"summed": ("amount",), **options},
    )
    return loads.load(request, Undisturbed())


def day(*more: str) -> None:
    """The file: rows, one without an amount, and more."""
    lines = [f"{key},{amount},x" for key, amount in ROWS]
    lines[200:200] = ["9001,,nothing", *more]
    Path("day.csv").write_text("\n".join([*lines, ""]))


def test_a_sum_is_of_the_rows_that_are_in(target_url: str, here: Path) -> None:
    """What the file has wrong, and what the target refuses, counts nothing; asked again, the finished load tells the same."""
    day("9002,ten,x", "1,5.00,again")
    receipt = load(target_url)
    assert (len(ROWS) + 1, 2) == (receipt.counts.loaded, receipt.counts.rejected)
    assert TOTAL == Decimal(receipt.sums["amount"])
    again = load(target_url)
    assert (True, receipt.sums) == (again.repeated, again.sums)


def test_a_sum_goes_on_behind_the_checkpoints(here: Path) -> None:
    """A load that ended early knows what it wrote."""
    day("9002,ten,x")
    first = load("bank.db", errors=0)
    assert "errors" == first.outcome
    assert 0 < Decimal(first.sums["amount"]) != TOTAL
    assert TOTAL == Decimal(load("bank.db", errors=1).sums["amount"])


def test_a_sum_of_all_or_nothing(here: Path) -> None:
    """Is of what was published."""
    day("1,5.00,again")
    assert TOTAL == Decimal(load("bank.db", atomic=True).sums["amount"])


def test_nothing_is_summed_unless_asked_for(here: Path) -> None:
    """And a load that began without goes on without."""
    day("9002,ten,x")
    assert {} == load("bank.db", errors=0, summed=()).sums
    assert {} == load("bank.db", errors=1).sums


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("fee", "fills no column fee"),
        ("other.amount", "fills no column other.amount"),
        ("who", "is text|is VARCHAR|cannot"),
    ],
    ids=["no column", "no table", "text"],
)
def test_what_has_no_sum_is_refused(here: Path, name: str, told: str) -> None:
    """Before a row moves."""
    day()
    with pytest.raises(FixSpec, match=f"LS-8310.*({told})"):
        load("bank.db", summed=("pay.amount", name))
    assert TOTAL == Decimal(load("bank.db", summed=("PAY.AMOUNT",)).sums["PAY.AMOUNT"])
