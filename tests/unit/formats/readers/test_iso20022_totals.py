"""What a camt statement states of itself, figure by figure, and which entries and balances count."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loadstone.formats.readers.iso20022.controls import Batch, Statement
from loadstone.formats.readers.iso20022.values import (
    Malformed,
    Texts,
    amount_of,
    first_of,
    moment_of,
    number_of,
    signed,
)
from loadstone.formats.readers.ledger import Ledger

ENTRIES = [("10.00", "EUR", "C", "BOOK"), ("2.50", "EUR", "D", "BOOK"), ("4.00", "EUR", "C", "PDNG"), ("1.25", "EUR", "D", "")]
RIGHT = {
    "TtlNtries/NbOfNtries": "4", "TtlNtries/Sum": "17.75", "TtlCdtNtries/NbOfNtries": "2", "TtlCdtNtries/Sum": "14.00",
    "TtlDbtNtries/NbOfNtries": "2", "TtlDbtNtries/Sum": "3.75", "TtlNtries/TtlNetNtryAmt": "10.25", "TtlNtries/CdtDbtInd": "CRDT",
}  # fmt: skip


def totals(summary: dict[str, str], balances: list[tuple[str, str, str]] | None = None) -> dict[str, tuple[Decimal, Decimal]]:
    """Stated and counted by name, of a statement with ENTRIES."""
    ledger, statement = Ledger(), Statement("statement 1")
    for entry in ENTRIES:
        statement.add(*entry)
    for kind, currency, amount in balances or []:
        statement.balance(kind, currency, amount, "line 9")
    statement.summary(summary, "line 5")
    statement.settle(ledger)
    return {one.name: (one.stated, one.counted) for one in ledger.totals()}


def test_a_right_summary_agrees_in_each_figure() -> None:
    """Pending entries count in a summary, for it is of all entries."""
    found = totals(RIGHT)
    assert {name: stated for name, (stated, _) in found.items()} == {name: counted for name, (_, counted) in found.items()}
    assert ["entries", "sum of entries", "credit entries", "credits", "debit entries", "debits", "net of entries"] == list(found)


@pytest.mark.parametrize(
    ("path", "wrong", "name", "counted"),
    [
        ("TtlNtries/NbOfNtries", "5", "entries", "4"), ("TtlNtries/Sum", "17.74", "sum of entries", "17.75"),
        ("TtlCdtNtries/NbOfNtries", "1", "credit entries", "2"), ("TtlCdtNtries/Sum", "14.01", "credits", "14.00"),
        ("TtlDbtNtries/NbOfNtries", "0", "debit entries", "2"), ("TtlDbtNtries/Sum", "-3.75", "debits", "3.75"),
        ("TtlNtries/TtlNetNtryAmt", "10.24", "net of entries", "10.25"),
    ],
    ids=lambda value: value if "/" in value else "",
)  # fmt: skip
def test_each_figure_of_a_summary_is_compared(path: str, wrong: str, name: str, counted: str) -> None:
    """One that differs is told, the others agree."""
    found = totals({**RIGHT, path: wrong})
    assert {name: (Decimal(wrong), Decimal(counted))} == {key: pair for key, pair in found.items() if pair[0] != pair[1]}


@pytest.mark.parametrize(
    ("summary", "stated"),
    [
        ({"TtlNtries/TtlNetNtryAmt": "5", "TtlNtries/CdtDbtInd": "DBIT"}, "-5"),
        ({"TtlNtries/TtlNetNtryAmt": "5"}, "5"),
        ({"TtlNtries/TtlNetNtry/Amt": "5", "TtlNtries/TtlNetNtry/CdtDbtInd": "DBIT"}, "-5"),
        ({"TtlNtries/TtlNetNtry/Amt": "5", "TtlNtries/TtlNetNtry/CdtDbtInd": "CRDT"}, "5"),
    ],
    ids=["debit", "no sign", "later versions debit", "later versions credit"],
)
def test_the_net_has_its_sign_beside_it(summary: dict[str, str], stated: str) -> None:
    """In both forms that versions of the message have."""
    assert (Decimal(stated), Decimal("10.25")) == totals(summary)["net of entries"]


@pytest.mark.parametrize(
    ("balances", "counted"),
    [
        ([("OPBD", "EUR", "1.00"), ("CLBD", "EUR", "7.25")], "7.25"),
        ([("PRCD", "EUR", "1.00"), ("CLBD", "EUR", "7.25")], "7.25"),
        ([("PRCD", "EUR", "9.00"), ("OPBD", "EUR", "1.00"), ("CLBD", "EUR", "7.25")], "7.25"),
        ([("ITBD", "EUR", "1.00"), ("ITBD", "EUR", "7.25")], "7.25"),
        ([("OPBD", "EUR", "1.00"), ("ITBD", "EUR", "7.25")], "7.25"),
        ([("ITBD", "EUR", "1.00"), ("CLBD", "EUR", "7.25")], "7.25"),
        ([("OPBD", "EUR", "-10.00"), ("CLBD", "EUR", "-3.75"), ("CLAV", "EUR", "0")], "-3.75"),
        ([("OPBD", "EUR", "1.00")], None),
        ([("CLBD", "EUR", "1.00")], None),
        ([("OPAV", "EUR", "1.00"), ("CLAV", "EUR", "7.25")], None),
        ([("OPBD", "EUR", "1.00"), ("CLBD", "USD", "7.25")], None),
    ],
    ids=["open", "previous", "both", "interim", "first page", "last page", "below zero", "no closing", "no opening", "available", "currencies"],
)  # fmt: skip
def test_a_closing_balance_is_the_opening_one_and_what_was_booked(balances: list[tuple[str, str, str]], counted: str | None) -> None:
    """Pending entries do not count; pages of a statement have interim balances; available balances say nothing of entries."""
    found = totals({}, balances).get("closing balance EUR")
    assert counted == (str(found[1]) if found else None)


@pytest.mark.parametrize(
    ("texts", "moves", "expected"),
    [
        ({"NbOfTxs": "2", "TtlAmt": "3.00", "TtlAmt@Ccy": "EUR"}, [("1.00", "EUR"), ("2.00", "EUR")],
         {"transactions": ("2", "2"), "sum of transactions": ("3.00", "3.00")}),
        ({"NbOfTxs": "3", "TtlAmt": "3.50", "TtlAmt@Ccy": "EUR"}, [("1.00", "EUR"), ("2.00", "EUR")],
         {"transactions": ("3", "2"), "sum of transactions": ("3.50", "3.00")}),
        ({"NbOfTxs": "2", "TtlAmt": "3.00", "TtlAmt@Ccy": "EUR"}, [("1.00", "EUR"), ("2.00", "USD")], {"transactions": ("2", "2")}),
        ({"NbOfTxs": "2", "TtlAmt": "3.00", "TtlAmt@Ccy": "EUR"}, [("1.00", "EUR"), (None, None)], {"transactions": ("2", "2")}),
        ({"NbOfTxs": "2"}, [("1.00", "EUR")], {"transactions": ("2", "1")}),
        ({"NbOfTxs": "2", "TtlAmt": "3.00", "TtlAmt@Ccy": "EUR"}, [], {}),
        ({"NbOfTxs": "x"}, [("1.00", "EUR")], {}),
    ],
    ids=["right", "wrong", "other currency", "no amount", "no sum", "no transactions", "no number"],
)  # fmt: skip
def test_a_batch_is_compared_where_its_transactions_are_there(
    texts: dict[str, str], moves: list[tuple[str | None, str | None]], expected: dict[str, tuple[str, str]]
) -> None:
    """And its sum where all of them have an amount in its currency."""
    ledger, batch = Ledger(), Batch(texts, "entry 1, batch 1", "line 7")
    for amount, currency in moves:
        batch.add(amount, currency)
    batch.settle(ledger)
    assert expected == {one.name: (str(one.stated), str(one.counted)) for one in ledger.totals()}


@pytest.mark.parametrize(
    ("text", "number"),
    [("5", "5"), ("-5.5", "-5.5"), (".5", "0.5"), ("", None), ("-", None), (".", None), ("5,0", None), ("--5", None), ("1e5", None), ("٣", None)],
    ids=str,
)  # fmt: skip
def test_counts_and_sums_are_figures_or_nothing(text: str, number: str | None) -> None:
    """A figure that is none is not compared."""
    found = number_of({"Sum": text}, "Sum")
    assert (None if number is None else Decimal(number)) == found


def test_the_first_path_that_has_a_text_counts() -> None:
    """Whatever the order in the file; an empty text is none."""
    columns = Texts([("A/New", "A/Old"), ("B",)])
    assert ("new", None) == columns.of({"A/Old": "old", "A/New": "new"}) == columns.of({"A/New": "new", "A/Old": "old"})
    assert ("old", "b") == columns.of({"A/New": "", "A/Old": "old", "B": "b", "C": "c"})
    assert "old" == first_of({"A/New": "", "A/Old": "old"}, "A/New", "A/Old")
    assert first_of({}, "A") is None


def test_signs_and_moments() -> None:
    """A debit is below zero; without a sign nothing is said; a day that is none is refused."""
    assert ("-5.00", "5.00", None) == (signed("5.00", "D"), signed("5.00", "C"), signed("5.00", None))
    assert (None, None) == moment_of({}, "ValDt")
    assert ("2024-02-29", None) == moment_of({"ReqdExctnDt": "2024-02-29"}, "ReqdExctnDt")
    with pytest.raises(Malformed, match="is no date"):
        moment_of({"ValDt/Dt": "2023-02-29"}, "ValDt")
    assert amount_of({}, "Amt") is None
