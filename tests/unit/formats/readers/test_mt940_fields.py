"""Fields of SWIFT statements one by one: balances, sums, and lines of field 61 as banks write them; SWIFT User Handbook, category 9."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loadstone.formats.readers.mt940.fields import Malformed, amount_text, balance_of, entry_of, sum_of
from loadstone.formats.readers.mt940.messages import END, START, envelope_parts, fields_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C240131EUR1234,56", ("C", "2024-01-31", "EUR", "1234.56", "1234.56")),
        ("D240131EUR1234,56", ("D", "2024-01-31", "EUR", "1234.56", "-1234.56")),
        ("C240131JPY500,", ("C", "2024-01-31", "JPY", "500", "500")),
        ("C991231USD0,00", ("C", "1999-12-31", "USD", "0.00", "0.00")),
        ("C800101USD000012,3", ("C", "1980-01-01", "USD", "12.3", "12.3")),
        ("D791231USD1,", ("D", "2079-12-31", "USD", "1", "-1")),
        ("C2401311,5", ("C", "2024-01-31", None, "1.5", "1.5")),
        ("C240131BHD1,234", ("C", "2024-01-31", "BHD", "1.234", "1.234")),
    ],
    ids=["credit", "debit", "bare comma", "last century", "pivot", "before it", "no currency", "three decimals"],
)
def test_balances(text: str, expected: tuple[str | None, ...]) -> None:
    """Mark, day, currency, amount as its decimals stand, and the same with its sign."""
    found = balance_of(text)
    assert expected == (found.mark, found.day, found.currency, found.text, str(found.signed))


@pytest.mark.parametrize(
    "text",
    ["", "X240131EUR1,", "C240131EUR", "C24013EUR1,", "C240131EU1,", "C240131EUR1.50", "C240131EUR1,5x", "C241301EUR1,", "C240131eur1,", "CR240131EUR1,"],
)  # fmt: skip
def test_what_is_no_balance_is_refused(text: str) -> None:
    """Another mark, no amount, a day that is none, a point."""
    with pytest.raises(Malformed):
        balance_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2EUR5,50", (2, "5.50")), ("0EUR0,", (0, "0")), ("00012USD1", (12, "1")), ("X", None), ("EUR5,", None), ("2EUR", None), ("-1EUR5,", None)],
    ids=["plain", "none", "zeros", "text", "no number", "no amount", "minus"],
)  # fmt: skip
def test_sums(text: str, expected: tuple[int, str] | None) -> None:
    """How many entries, and their sum; anything else is refused."""
    if expected is None:
        with pytest.raises(Malformed):
            sum_of(text)
        return
    assert (expected[0], Decimal(expected[1])) == sum_of(text)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("1,5", "1.5"), ("0001,50", "1.50"), ("0,", "0"), ("000", "0"), ("100", "100"), (",5", "0.5"), ("1,", "1"), ("10,00", "10.00")],
    ids=str,
)  # fmt: skip
def test_amounts_have_a_point_and_no_zeros_in_front(written: str, expected: str) -> None:
    """Decimals stay as they are; a comma with nothing behind it goes."""
    assert expected == amount_text(written)


@pytest.mark.parametrize(
    ("text", "mark", "funds", "direction", "signed"),
    [
        ("240131C5,NTRFX", "C", None, "C", "5"),
        ("240131D5,NTRFX", "D", None, "D", "-5"),
        ("240131RC5,NTRFX", "RC", None, "D", "-5"),
        ("240131RD5,NTRFX", "RD", None, "C", "5"),
        ("240131EC5,NTRFX", "EC", None, "C", "5"),
        ("240131ED5,NTRFX", "ED", None, "D", "-5"),
        ("240131CR5,NTRFX", "C", "R", "C", "5"),
        ("240131DR5,NTRFX", "D", "R", "D", "-5"),
        ("240131RCR5,NTRFX", "RC", "R", "D", "-5"),
        ("2401310131CF5,NTRFX", "C", "F", "C", "5"),
    ],
    ids=["C", "D", "RC", "RD", "EC", "ED", "C funds", "D funds", "RC funds", "booked"],
)
def test_marks_say_what_the_entry_does(text: str, mark: str, funds: str | None, direction: str, signed: str) -> None:
    """A reversal of a credit lessens the balance, one of a debit adds to it; the third letter of the currency may follow."""
    found = entry_of(text)
    assert (mark, funds, direction, Decimal(signed)) == (found.mark, found.funds_code, found.direction, found.signed)


@pytest.mark.parametrize(
    ("text", "kind", "own", "bank", "details"),
    [
        ("240131C5,NTRFNONREF", "NTRF", "NONREF", None, None),
        ("240131C5,NTRFNONREF//", "NTRF", "NONREF", None, None),
        ("240131C5,NTRF//B1", "NTRF", None, "B1", None),
        ("240131C5,N123REF 1//B/2\nmore\nwords", "N123", "REF 1", "B/2", "more\nwords"),
        ("240131C5,S103REF", "S103", "REF", None, None),
        ("240131C5,FCHK1234567", "FCHK", "1234567", None, None),
        ("240131C5,NTRF", "NTRF", None, None, None),
        ("240131C5,NTRFA//B//C", "NTRF", "A", "B//C", None),
    ],
    ids=["own", "empty bank", "bank alone", "all", "swift", "advice", "nothing", "twice"],
)
def test_references_stand_on_both_sides_of_two_strokes(
    text: str, kind: str, own: str | None, bank: str | None, details: str | None
) -> None:
    """The owner's in front, the bank's behind; further lines are details."""
    found = entry_of(text)
    assert (kind, own, bank, details) == (found.kind, found.reference, found.bank_reference, found.details)


def parts(text: str) -> list[tuple[str, int, str]]:
    """The fields of a text."""
    return [tuple(one) for one in fields_of(enumerate(text.split("\n"), 1))]  # type: ignore[misc]


HEAD = "{1:F01BANKDEFFAXXX0000000000}{2:O9401200240131BANKDEFFAXXX00000000002401311200N}{4:"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":20:A\n:25:B", [("20", 1, "A"), ("25", 2, "B")]),
        (f"{HEAD}\n:20:A\n-}}", [(START, 1, "940 BANKDEFFXXX"), ("20", 2, "A"), (END, 3, "")]),
        (f"{HEAD}:20:A\n-", [(START, 1, "940 BANKDEFFXXX"), ("20", 1, "A"), (END, 2, "")]),
        (f":20:A\n-}}{HEAD}\n:20:B", [("20", 1, "A"), (START, 2, "940 BANKDEFFXXX"), ("20", 3, "B")]),
        (f"\x01{HEAD}\n:20:A\n-}}\x03", [(START, 1, "940 BANKDEFFXXX"), ("20", 2, "A"), (END, 3, "")]),
        (":86:a\nb\n:99:c\n:61X:d", [("86", 1, "a\nb\n:99:c\n:61X:d")]),
        (":86:a\n- b\n-c", [("86", 1, "a\n- b\n-c")]),
        ("noise\n:20:A", [("20", 2, "A")]),
        ("", []),
    ],
    ids=["bare", "envelope", "on its line", "end and envelope", "control characters", "no fields", "dashes", "before", "empty"],
)
def test_fields_of_messages(text: str, expected: list[tuple[str, int, str]]) -> None:
    """Tags at the begin of a line, with the lines behind them; envelopes and ends stand on lines of their own or not."""
    assert expected == parts(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("940 BIC", ("940", "BIC")), (" BIC", (None, "BIC")), ("942 ", ("942", None)), (" ", (None, None))],
    ids=["both", "sender", "type", "neither"],
)  # fmt: skip
def test_what_an_envelope_says(text: str, expected: tuple[str | None, str | None]) -> None:
    """Type and sender, each if it is there."""
    assert expected == envelope_parts(text)
