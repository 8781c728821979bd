"""SWIFT statements: entries with all their parts, balances, and whether each statement adds up."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import FixFile
from loadstone.formats.readers.mt940 import Mt940Reader
from loadstone.formats.readers.mt940.fields import Malformed, entry_of
from loadstone.formats.readers.mt940.information import parts_of
from loadstone.formats.readers.mt940.layout import PARTS
from tests.bank_files import SwiftEntry, swift_statement

ENTRIES = st.builds(
    SwiftEntry,
    mark=st.sampled_from(["C", "D", "RC", "RD"]),
    cents=st.integers(0, 10**13),
    reference=st.text("AB 1/2", min_size=1, max_size=16).map(
        lambda text: f"R{text.replace('//', '')}".strip("/ ")
    ),
    bank=st.text("XY1", max_size=16),
    information=st.lists(st.text("ab :?+", min_size=1, max_size=65).map(lambda text: f"T{text}."), max_size=6),
)
STATEMENTS = st.tuples(st.lists(ENTRIES, max_size=4), st.integers(-(10**12), 10**12), st.booleans())


def read(lines: list[str] | bytes, **how: str) -> Mt940Reader:
    """A reader of lines."""
    raw = lines if isinstance(lines, bytes) else "\r\n".join(lines).encode()
    return Mt940Reader(io.BytesIO(raw), name="day.sta", **how)


def named(reader: Mt940Reader) -> list[dict[str, str | None]]:
    """The rows with their columns' names."""
    return [dict(zip(reader.columns, row.values)) for row in reader]


@given(st.lists(STATEMENTS, min_size=1, max_size=3))
def test_what_was_written_is_read_and_balances(statements: list[tuple[list[SwiftEntry], int, bool]]) -> None:
    """Every entry comes back with its amount, references and information, and every statement adds up."""
    lines = [
        line
        for entries, opening, envelope in statements
        for line in swift_statement(entries, opening=opening, envelope=envelope)
    ]
    reader = read(lines)
    expected = [
        (Decimal(entry.signed_cents).scaleb(-2), entry.reference, entry.bank or None, "\n".join(entry.information) or None)
        for entries, _, _ in statements for entry in entries
    ]  # fmt: skip
    found = [
        (Decimal(row["signed_amount"] or "NaN"), row["customer_reference"], row["bank_reference"], row["information"])
        for row in named(reader)
    ]  # fmt: skip
    assert expected == found
    assert [(f"statement {number}", True) for number in range(1, len(statements) + 1)] == [
        (total.scope, total.agrees) for total in reader.controls()
    ]


def test_a_row_has_its_statement() -> None:
    """An entry stands with the envelope and the head of its statement, and its place."""
    reader = read(swift_statement([SwiftEntry(cents=105, bank="B1")], envelope=True))
    (row,) = list(reader)
    assert "line 6" == row.origin
    expected = {
        "message_type": "940", "sender": "BANKDEFFXXX", "transaction_reference": "REF1", "account": "DE123/456",
        "statement_number": "7", "sequence_number": "1", "currency": "EUR", "entry_number": "1",
        "value_date": "2024-01-31", "entry_date": "2024-01-31", "mark": "C", "amount": "1.05",
        "transaction_type": "NTRF", "customer_reference": "NONREF", "bank_reference": "B1",
    }  # fmt: skip
    found = dict(zip(reader.columns, row.values))
    assert expected == {name: found[name] for name in expected}


def test_balances_are_rows_too() -> None:
    """Rows of balances give each with its kind, sign and day."""
    lines = swift_statement([SwiftEntry(mark="D", cents=300)], opening=100)
    lines.insert(-1, ":64:C240131EUR1,")
    found = [(row["field"], row["kind"], row["date"], row["signed_amount"]) for row in named(read(lines, rows="balances"))]  # fmt: skip
    assert [
        ("60F", "opening", "2024-01-30", "1.00"),
        ("62F", "closing", "2024-01-31", "-2.00"),
        ("64", "closing available", "2024-01-31", "1"),
    ] == found


@pytest.mark.parametrize(
    ("text", "value", "entry"),
    [
        ("1212310102D5,NTRFX", "2012-12-31", "2013-01-02"),
        ("1301021231D5,NTRFX", "2013-01-02", "2012-12-31"),
        ("1202280229D5,NTRFX", "2012-02-28", "2012-02-29"),
        ("120228D5,NTRFX", "2012-02-28", None),
        ("1303010229D5,NTRFX", "2013-03-01", "2012-02-29"),
    ],
    ids=["into the next year", "into the last year", "leap day", "none", "leap day of the last year"],
)
def test_the_entry_date_is_in_the_nearest_year(text: str, value: str, entry: str | None) -> None:
    """Month and day alone are of the year that brings them next to the value date."""
    found = entry_of(text)
    assert (value, entry) == (found.value_date, found.entry_date)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1710111011DF2402,00S   X", ("D", "F", "2402.00", "S", "X", None, None)),
        ("0408040804RD5,NTRFREF 1//MUL04\n/OCMT/EUR4,5/", ("RD", None, "5", "NTRF", "REF 1", "MUL04", "/OCMT/EUR4,5/")),
        ("170914EC000233,15NMSC", ("EC", None, "233.15", "NMSC", None, None, None)),
        ("100722C,68N", None),
        ("1007C1,68NTRF", None),
        ("1407290729C500NTRF29//B4", ("C", None, "500", "NTRF", "29", "B4", None)),
        ("1407290729C7x64NTRF29//B4", None),
    ],
    ids=["short type", "all parts", "expected", "no digits", "no date", "no comma", "spoilt amount"],
)  # fmt: skip
def test_the_parts_of_an_entry(text: str, expected: tuple[str | None, ...] | None) -> None:
    """Mark, funds code, amount, type, both references and further lines; what is none of it is refused."""
    if expected is None:
        with pytest.raises(Malformed):
            entry_of(text)
        return
    found = entry_of(text)
    assert expected == (
        found.mark, found.funds_code, found.text, found.kind, found.reference, found.bank_reference, found.details,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "166?00GUTSCHRIFT?109075?20EREF+EndToEndId TFNR 22 004?21 00001?22SV\nWZ+Rent?30DRESDEFF?31DE12"
            "?32KARL?33 KAUFMANN?34997?60MREF+M1",
            {
                "business_code": "166", "posting_text": "GUTSCHRIFT", "prima_nota": "9075", "counterparty_bank": "DRESDEFF",
                "counterparty_account": "DE12", "counterparty_name": "KARL KAUFMANN", "text_key": "997",
                "purpose": "EREF+EndToEndId TFNR 22 004 00001 SVWZ+Rent MREF+M1", "mandate_reference": "M1",
                "end_to_end_reference": "EndToEndId TFNR 22 004 00001", "remittance": "Rent",
            },
        ),
        (
            "/EREF/E1/MARF/M2/CSID/C3/CNTP/NL01/BICX/J DOE/CITY/REMI/USTD//hello\nworld/",
            {
                "end_to_end_reference": "E1", "mandate_reference": "M2", "creditor_id": "C3", "counterparty_account": "NL01",
                "counterparty_bank": "BICX", "counterparty_name": "J DOE", "remittance": "USTD//helloworld",
            },
        ),
        ("EREF+E1 SVWZ+x CRED+c", {"end_to_end_reference": "E1", "remittance": "x", "creditor_id": "c"}),
        ("020<00Fee<20a<21b", {"business_code": "020", "posting_text": "Fee", "purpose": "a b"}),
        ("plain text 12/34", {}),
    ],
    ids=["numbered", "words", "sepa", "other mark", "free"],
)  # fmt: skip
def test_information_is_taken_apart(text: str, expected: dict[str, str]) -> None:
    """The structured forms of field 86 fill their columns; free text fills none."""
    found = dict(zip((column.name for column in PARTS), parts_of(text)))
    assert expected == {name: value for name, value in found.items() if value is not None}


def test_an_interim_report_states_numbers_and_sums() -> None:
    """MT942: 90D and 90C are compared with the entries; it has no balances."""
    lines = [
        ":20:R", ":25:ACC", ":28C:1", ":34F:EURD0,", ":13D:2401311200+0100", ":61:240131D1,50NTRFX", ":86:fee",
        ":61:240131C2,NTRFX", ":61:240131RC3,NTRFX", ":90D:2EUR4,50", ":90C:2EUR2,", "-",
    ]  # fmt: skip
    reader = read(lines)
    assert [("942", "EUR", "D"), ("942", "EUR", "C"), ("942", "EUR", "D")] == [
        (row["message_type"], row["currency"], row["direction"]) for row in named(reader)
    ]
    assert [
        ("debit entries", Decimal(2), Decimal(2)), ("debits", Decimal("4.50"), Decimal("4.50")),
        ("credit entries", Decimal(2), Decimal(1)), ("credits", Decimal(2), Decimal(2)),
    ] == [(total.name, total.stated, total.counted) for total in reader.controls()]  # fmt: skip


def test_a_statement_over_two_messages_is_carried_on() -> None:
    """The intermediate closing balance of one message is the opening balance of the next."""
    first = swift_statement([SwiftEntry(cents=100)], pages="FM")
    second = swift_statement([SwiftEntry(cents=5)], opening=90, pages="MF")
    reader = read(first + second)
    assert 2 == len(list(reader))
    (total,) = [total for total in reader.controls() if not total.agrees]
    assert ("opening balance carried on", "statement 2", Decimal("0.90"), Decimal("1.00")) == (
        total.name, total.scope, total.stated, total.counted,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (":61:24013XC5,NTRFX", "field 61 is no value date, mark, amount, type and reference"),
        (":61:240230C0,NTRFX", "the value date '240230' is none"),
        (":61:2401311331C0,NTRFX", "the entry date '1331' is none"),
        (":64:X", "'X' is no balance: C or D, YYMMDD, currency, amount"),
        (":64:C240230EUR1,", "the date '240230' of the balance is none"),
        (":90C:X", "'X' is no sum: number, currency, amount"),
        (":61:240131C0,NTRF\udce9", "byte 0xE9 is not of character set utf-8"),
    ],
    ids=["entry", "value date", "entry date", "balance", "day of balance", "sum", "charset"],
)
def test_a_malformed_field_is_one_bad_row(line: str, fault: str) -> None:
    """The field alone is refused, with its line and text; the entry behind it is read."""
    lines = swift_statement([SwiftEntry(cents=1)])
    lines.insert(4, line)
    rows = list(read("\n".join(lines).encode("utf-8", "surrogateescape")))
    assert [("line 5", fault), ("line 6", None)] == [(row.origin, row.fault) for row in rows]
    assert rows[0].values[0] is not None and rows[0].values[0].startswith(line[:4])


def test_fields_outside_of_a_statement_are_bad_rows() -> None:
    """Entries, balances and sums behind the end of a statement are named."""
    rows = list(read([*swift_statement([]), ":61:240131C1,NTRFX", ":64:C240131EUR1,", ":90D:1EUR1,"]))
    assert [
        "an entry outside of a statement", "a balance outside of a statement", "a sum outside of a statement",
    ] == [row.fault for row in rows]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["nothing here"], "LS-2050"),
        ([], "LS-2050"),
        (["{1:F01BANKDEFFAXXX0000000000}{2:I103BANKDEFFXXXXN}{4:", ":20:X", "-}"], "LS-2050"),
        (swift_statement([])[:4], "LS-2051"),
        (swift_statement([])[:4] + swift_statement([]), "LS-2052"),
        (swift_statement([])[:4] + ["-"], "LS-2052"),
        (swift_statement([])[:3] + [":61:240131C1,NTRFX"], "LS-2052"),
        (swift_statement([])[:3] + swift_statement([])[4:], "LS-2052"),
        ([":20:X", ":60F:C24013EUR1,"], "LS-2052"),
    ],
    ids=["text", "empty", "other message", "cut off", "no closing", "ended", "no opening", "closing alone", "bad opening"],
)  # fmt: skip
def test_statements_that_cannot_be_checked_end_the_reading(lines: list[str], code: str) -> None:
    """A balance that is missing, or another message, is an error with its line."""
    with pytest.raises(FixFile) as caught:
        list(read(lines))
    assert code == caught.value.code
    assert caught.value.place.line


def test_what_looks_like_a_field_in_a_text_is_text() -> None:
    """A line of field 86 that begins with a time in colons stays there."""
    lines = swift_statement([SwiftEntry(information=["PAID 12-09-2014T16", ":26:37 AT SHOP", ":x"])])
    assert ["PAID 12-09-2014T16\n:26:37 AT SHOP\n:x"] == [row["information"] for row in named(read(lines))]


@given(st.data())
def test_garbled_files_end_in_rows_or_an_error(data: st.DataObject) -> None:
    """Bytes cut, doubled or overwritten give rows, bad rows or an error of the catalogue, never anything else."""
    entries = [SwiftEntry(cents=5, information=["166?00x?20EREF+1"])]
    raw = "\n".join(swift_statement(entries, envelope=True)).encode()
    cut = raw[: data.draw(st.integers(0, len(raw)))]
    at = data.draw(st.integers(0, len(cut)))
    garbled = cut[:at] + data.draw(st.binary(max_size=20)) + cut[at + data.draw(st.integers(0, 20)) :]
    try:
        list(read(garbled))
    except FixFile as error:
        assert error.code.startswith("LS-20")
