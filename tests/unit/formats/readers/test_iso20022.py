"""ISO 20022: entries, transactions and balances of statements; payments; their totals; and XML that means harm."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import FixFile
from loadstone.formats.readers.iso20022 import PaymentReader, StatementReader, statements
from tests.bank_files import CamtEntry, camt_file, camt_statement, pain_file

TEXTS = st.text("ABC 1-é", min_size=1, max_size=12).map(lambda text: f"T{text}.")
CENTS = st.integers(0, 10**12)
ENTRIES = st.builds(
    CamtEntry,
    cents=CENTS,
    credit=st.booleans(),
    status=st.sampled_from(["BOOK", "PDNG"]),
    reversal=st.booleans(),
    transactions=st.lists(st.tuples(CENTS, TEXTS), max_size=3),
)
VERSIONS = st.sampled_from([2, 4, 8, 13])


def read(text: str | bytes, **how: str) -> StatementReader:
    """A reader of statements."""
    raw = text.encode() if isinstance(text, str) else text
    return StatementReader(io.BytesIO(raw), name="day.xml", **how)


def named(reader: StatementReader | PaymentReader) -> list[dict[str, str | None]]:
    """The rows with their columns' names."""
    rows = list(reader)
    assert all(len(row.values) == len(reader.columns) for row in rows if row.fault is None)
    return [dict(zip(reader.columns, row.values)) for row in rows]


def one(inner: str, **how: str) -> StatementReader:
    """A statement with a single element in it."""
    return read(camt_file([f"<Stmt><Id>S</Id>{inner}</Stmt>"]), **how)


@given(st.lists(st.tuples(st.lists(ENTRIES, max_size=3), st.integers(-(10**9), 10**9)), min_size=1, max_size=3), VERSIONS)
def test_what_was_written_is_read_and_balances(
    written: list[tuple[list[CamtEntry], int]], version: int
) -> None:
    """Every entry and transaction comes back with its amount and sign, in every version, and all totals agree."""
    text = camt_file(
        [camt_statement(entries, opening=opening, version=version) for entries, opening in written], version=version
    )
    reader = read(text)
    entries = [entry for of_statement, _ in written for entry in of_statement]
    assert [
        (Decimal(entry.signed_cents).scaleb(-2), entry.status, "Y" if entry.reversal else "N", str(len(entry.transactions)))
        for entry in entries
    ] == [
        (Decimal(row["signed_amount"] or "NaN"), row["status"], row["reversal"], row["transaction_count"])
        for row in named(reader)
    ]  # fmt: skip
    assert [] == [total for total in reader.controls() if not total.agrees]
    batches = sum(bool(entry.transactions) for entry in entries)
    assert 8 * len(written) + 2 * batches == len(reader.controls())
    rows = named(read(text, rows="transactions"))
    assert [
        (Decimal(cents).scaleb(-2), f"{text}\nsecond") for entry in entries for cents, text in entry.transactions
    ] == [
        (Decimal(row["transaction_amount"] or "NaN"), row["remittance"]) for row in rows if row["transaction_number"]
    ]  # fmt: skip
    assert sum(max(1, len(entry.transactions)) for entry in entries) == len(rows)
    assert 2 * len(written) == len(named(read(text, rows="balances")))


def test_a_row_has_its_message_statement_and_transaction() -> None:
    """An entry with one transaction has its columns too; days are ISO, moments are kept beside them."""
    entry = CamtEntry(cents=105, credit=False, transactions=[(105, "rent")])
    (row,) = named(read(camt_file([camt_statement([entry], version=8)], version=8)))
    expected = {
        "message_id": "M1", "statement_id": "S1", "account": "DE89370400440532013000", "account_owner": "ACME",
        "direction": "D", "amount": "1.05", "currency": "EUR", "signed_amount": "-1.05", "booking_date": "2024-01-31",
        "booked_at": None, "value_date": "2024-02-01", "valued_at": "2024-02-01T10:00:00+01:00",
        "transaction_number": "1", "end_to_end_id": "E1", "debtor_name": "Payer 1", "remittance": "rent\nsecond",
        "additional_entry_information": "words",
    }  # fmt: skip
    assert expected == {name: row[name] for name in expected}


@pytest.mark.parametrize("prefix", ["", "ns:"], ids=["no namespace", "a prefix"])
def test_namespaces_do_not_matter(prefix: str) -> None:
    """Elements count by their local names."""
    text = camt_file([camt_statement([CamtEntry(cents=5)])]).partition("?>")[2]
    text = text.replace(" xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'", "")
    if prefix:
        text = text.replace("</", "\0").replace("<", f"<{prefix}").replace("\0", f"</{prefix}")
        text = text.replace("ns:Document", "ns:Document xmlns:ns='urn:x'", 1)
    assert ["0.05"] == [row["amount"] for row in named(read(text))]


def test_a_statement_of_several_currencies_is_balanced_in_each() -> None:
    """Balances and entries of one currency are compared; those without an opening or closing are not."""
    balance = "<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy='{}'>{}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"
    entry = "<Ntry><Amt Ccy='{}'>{}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>"
    inner = "".join(balance.format(*values) for values in [("PRCD", "EUR", 1), ("CLBD", "EUR", 4), ("OPBD", "USD", 1), ("ITBD", "USD", 3), ("OPBD", "CHF", 1), ("ITBD", "GBP", 1), ("ITBD", "GBP", 1)])  # fmt: skip
    inner += entry.format("EUR", 2) + entry.format("USD", 2)
    reader = one(inner)
    list(reader)
    assert [
        ("closing balance EUR", Decimal(4), Decimal(3)),
        ("closing balance USD", Decimal(3), Decimal(3)),
        ("closing balance GBP", Decimal(1), Decimal(1)),
    ] == [(total.name, total.stated, total.counted) for total in reader.controls()]


def test_an_exchange_is_read() -> None:
    """Currencies and rate of a transaction's exchange have their columns."""
    inner = (
        "<Ntry><Amt Ccy='EUR'>9.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><NtryDtls><TxDtls><AmtDtls>"
        "<InstdAmt><Amt Ccy='USD'>10.00</Amt></InstdAmt><TxAmt><Amt Ccy='EUR'>9.00</Amt><CcyXchg><SrcCcy>USD</SrcCcy>"
        "<TrgtCcy>EUR</TrgtCcy><XchgRate>0.9</XchgRate></CcyXchg></TxAmt></AmtDtls></TxDtls></NtryDtls></Ntry>"
    )
    (row,) = named(one(inner, rows="transactions"))
    assert ("10.00", "USD", "USD", "EUR", "0.9", "9.00", "EUR", "D") == tuple(
        row[name]
        for name in (
            "instructed_amount", "instructed_currency", "source_currency", "target_currency", "exchange_rate",
            "transaction_amount", "transaction_currency", "transaction_direction",
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("inner", "fault"),
    [
        ("<Amt Ccy='EUR'>1,5</Amt><CdtDbtInd>CRDT</CdtDbtInd>", "Amt '1,5' is no amount"),
        ("<Amt>1.5</Amt><CdtDbtInd>CRDT</CdtDbtInd>", "it has no Amt with a currency"),
        ("<Amt Ccy='EUR'>1</Amt>", "it has no CdtDbtInd"),
        ("<Amt Ccy='EUR'>1</Amt><CdtDbtInd>C</CdtDbtInd>", "CdtDbtInd 'C' is neither CRDT nor DBIT"),
        ("<Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd><ValDt><Dt>2024-02-30</Dt></ValDt>", "ValDt '2024-02-30' is no date"),
        ("<Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd><NtryDtls><TxDtls><Amt Ccy='EUR'>x</Amt></TxDtls></NtryDtls>", "transaction 1: Amt 'x' is no amount"),
    ],
    ids=["comma", "currency", "no sign", "sign", "day", "transaction"],
)  # fmt: skip
def test_a_malformed_entry_is_one_bad_row(inner: str, fault: str) -> None:
    """The entry alone is refused, with its number and its XML; the one behind it is read."""
    good = "<Ntry><Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>"
    for rows in ("entries", "transactions"):
        bad, fine = list(one(f"<Ntry>{inner}</Ntry>{good}", rows=rows))
        assert (fault, None) == (bad.fault, fine.fault)
        assert "entry 1" in bad.origin and "entry 2" in fine.origin
        assert bad.values[0] is not None and "Ntry" in bad.values[0]


def test_a_malformed_balance_is_one_bad_row() -> None:
    """A balance without an amount is named."""
    rows = list(one("<Bal><Amt Ccy='EUR'>1</Amt></Bal><Bal><Amt Ccy='EUR'>x</Amt></Bal>", rows="balances"))
    assert ["it has no CdtDbtInd", "Amt 'x' is no amount"] == [row.fault for row in rows]


def test_a_batch_of_many_transactions_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry's transactions are not all held: beyond the limit they go, without the words at its end."""
    monkeypatch.setattr(statements, "TRANSACTIONS_HELD", 2)
    entry = CamtEntry(cents=15, transactions=[(5, "a"), (5, "b"), (5, "c")])
    reader = read(camt_file([camt_statement([entry])]), rows="transactions")
    assert [("1", None), ("2", None), ("3", "words")] == [
        (row["transaction_number"], row["additional_entry_information"]) for row in named(reader)
    ]
    assert all(total.agrees for total in reader.controls())


def test_a_total_that_differs_is_named() -> None:
    """A summary that states another number is named with both figures."""
    text = camt_file([camt_statement([CamtEntry(cents=5)])]).replace(
        "<TtlNtries><NbOfNtries>1", "<TtlNtries><NbOfNtries>2"
    )
    reader = read(text)
    list(reader)
    (total,) = [total for total in reader.controls() if not total.agrees]
    assert ("entries", "statement 1", Decimal(2), Decimal(1)) == (total.name, total.scope, total.stated, total.counted)  # fmt: skip


BOMB = "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
OUTSIDE = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (camt_file([camt_statement([])], head=BOMB), "LS-2050"),
        (camt_file([camt_statement([])], head=OUTSIDE), "LS-2050"),
        (camt_file([camt_statement([])])[:-30], "LS-2051"),
        (camt_file([camt_statement([])])[:200], "LS-2051"),
        (camt_file(["<Stmt><Id></Stmt>"]), "LS-2052"),
        (camt_file([]), "LS-2050"),
        ("a,b", "LS-2050"),
        ("", "LS-2050"),
    ],
    ids=["bomb", "outside", "cut off", "cut early", "not well formed", "no statement", "no XML", "empty"],
)
def test_files_that_are_not_fine_are_refused(text: str, code: str) -> None:
    """Entities, cut files and other XML have their codes; nothing outside is read."""
    with pytest.raises(FixFile) as caught:
        list(read(text))
    assert code == caught.value.code


@given(st.lists(st.lists(st.tuples(CENTS, TEXTS), min_size=1, max_size=3), min_size=1, max_size=3))
def test_payments_are_read_and_balance(payments: list[list[tuple[int, str]]]) -> None:
    """Every transfer comes back with its payment information; numbers and sums agree at both levels."""
    reader = PaymentReader(io.BytesIO(pain_file(payments).encode()), name="pay.xml")
    rows = named(reader)
    assert [
        (f"P{at}", Decimal(cents).scaleb(-2), name)
        for at, transfers in enumerate(payments, 1) for cents, name in transfers
    ] == [(row["payment_information_id"], Decimal(row["amount"] or "NaN"), row["creditor_name"]) for row in rows]  # fmt: skip
    assert {("2024-02-02", "ACME", "FR1420041010050500013M02606")} == {
        (row["requested_date"], row["debtor_name"], row["creditor_account"]) for row in rows
    }
    assert 2 + 2 * len(payments) == len(reader.controls())
    assert all(total.agrees for total in reader.controls())


def test_payments_that_are_wrong_are_named() -> None:
    """A transfer without an amount is a bad row, its sums differ, and another message is refused."""
    text = pain_file([[(5, "A"), (7, "B")]]).replace("0.05", "x", 1).replace(">0.05<", ">y<")
    reader = PaymentReader(io.BytesIO(text.encode()), name="pay.xml")
    rows = list(reader)
    assert ["Amt/InstdAmt 'x' is no amount", None] == [row.fault for row in rows]
    assert {"sum of transactions"} == {total.name for total in reader.controls() if not total.agrees}
    with pytest.raises(FixFile, match="no payment information"):
        list(PaymentReader(io.BytesIO(camt_file([]).encode()), name="pay.xml"))


def test_an_equivalent_amount_is_told_apart() -> None:
    """An amount to be paid in another currency says so."""
    text = pain_file([[(5, "A")]]).replace(
        "<InstdAmt Ccy='EUR'>0.05</InstdAmt>", "<EqvtAmt><Amt Ccy='EUR'>0.05</Amt><CcyOfTrf>USD</CcyOfTrf></EqvtAmt>"
    )
    (row,) = named(PaymentReader(io.BytesIO(text.encode()), name="pay.xml"))
    assert ("Y", "0.05", "EUR", "USD") == tuple(row[name] for name in ("equivalent", "amount", "currency", "transfer_currency"))  # fmt: skip


@given(st.data())
def test_garbled_files_end_in_rows_or_an_error(data: st.DataObject) -> None:
    """Bytes cut, doubled or overwritten give rows, bad rows or an error of the catalogue, never anything else."""
    raw = camt_file([camt_statement([CamtEntry(cents=5, transactions=[(5, "x")])])]).encode()
    cut = raw[: data.draw(st.integers(0, len(raw)))]
    at = data.draw(st.integers(0, len(cut)))
    garbled = cut[:at] + data.draw(st.binary(max_size=20)) + cut[at + data.draw(st.integers(0, 20)) :]
    try:
        list(read(garbled, rows="transactions"))
    except FixFile as error:
        assert error.code.startswith("LS-20")


COMMENTED = (
    '<Ntry><Amt Ccy="EUR"><!-- net -->12.<!-- cents -->50</Amt><CdtDbtInd>DB<?x?>IT</CdtDbtInd><Sts><!--s-->BOOK</Sts>'
    "<BookgDt><Dt>2024-<!-- -->01-31</Dt></BookgDt><NtryRef>re<?pi x?>f</NtryRef></Ntry>"
)


def test_comments_within_a_value_are_not_of_it() -> None:
    """Comments and instructions part no text: amount, sign, day and reference are read as if they were not there."""
    (row,) = named(one(COMMENTED))
    expected = {"amount": "12.50", "direction": "D", "status": "BOOK", "booking_date": "2024-01-31", "entry_reference": "ref"}
    assert expected == {name: row[name] for name in expected}


@pytest.mark.parametrize(
    ("written", "amount"),
    [("12.50", "12.50"), ("0", "0"), (".5", ".5"), ("12.", "12."), (" 7.1 ", "7.1"), ("000012.30", "000012.30")],
    ids=["plain", "zero", "no digit first", "no digit last", "blanks", "zeros"],
)
def test_amounts_are_as_written(written: str, amount: str) -> None:
    """Decimals that the file has, no more and no fewer."""
    (row,) = named(one(COMMENTED.replace("<!-- net -->12.<!-- cents -->50", written)))
    assert (amount, f"-{amount}") == (row["amount"], row["signed_amount"])


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<!-- net -->12.<!-- cents -->50", "1,5", "Amt '1,5' is no amount"),
        ("<!-- net -->12.<!-- cents -->50", "", "Amt '' is no amount"),
        ("<!-- net -->12.<!-- cents -->50", ".", "Amt '.' is no amount"),
        ("<!-- net -->12.<!-- cents -->50", "-5", "Amt '-5' is no amount"),
        (' Ccy="EUR"', "", "it has no Amt with a currency"),
        ("DB<?x?>IT", "DEBIT", "CdtDbtInd 'DEBIT' is neither CRDT nor DBIT"),
        ("2024-<!-- -->01-31", "2024-01-32", "BookgDt '2024-01-32' is no date"),
        ("2024-<!-- -->01-31", "20240131", "BookgDt '20240131' is no date"),
    ],
    ids=["comma", "empty", "point", "negative", "currency", "sign", "day", "form of day"],
)
def test_values_that_are_none_make_a_bad_row(old: str, new: str, fault: str) -> None:
    """Each is named with its element and its text."""
    (row,) = one(COMMENTED.replace(old, new))
    assert fault == row.fault


@pytest.mark.parametrize(
    ("element", "day", "moment"),
    [
        ("<Dt>2024-02-29</Dt>", "2024-02-29", None),
        ("<Dt>2024-02-29+01:00</Dt>", "2024-02-29", None),
        ("<Dt>2024-02-29Z</Dt>", "2024-02-29", None),
        ("<DtTm>2024-02-29T23:59:59.999+02:00</DtTm>", "2024-02-29", "2024-02-29T23:59:59.999+02:00"),
    ],
    ids=["day", "offset", "utc", "moment"],
)
def test_days_are_told_from_moments(element: str, day: str, moment: str | None) -> None:
    """A day may have a zone, which it loses; a moment is kept whole beside its day."""
    (row,) = named(one(COMMENTED.replace("<Dt>2024-<!-- -->01-31</Dt>", element)))
    assert (day, moment) == (row["booking_date"], row["booked_at"])
