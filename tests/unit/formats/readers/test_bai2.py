"""BAI2 files: transactions and balances of accounts, continuations, and the totals that the file states."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import FixFile
from loadstone.formats.readers.bai2 import Bai2Reader
from loadstone.formats.readers.bai2.layout import direction_of
from tests.bank_files import BaiAccount, BaiTransaction, bai_file

WORDS = st.text("ABC 12,/x", min_size=1, max_size=12).map(lambda text: f"T{text.strip()}.")
TRANSACTIONS = st.builds(
    BaiTransaction,
    code=st.sampled_from(["142", "475", "399", "699"]),
    units=st.integers(0, 10**12),
    funds=st.sampled_from(["Z", "0", "", "S,100,200,300", "V,040622,1500", "D,2,0,100,1,50"]),
    bank=st.sampled_from(["", "REF1"]),
    text=st.lists(WORDS, max_size=3),
)
ACCOUNTS = st.builds(
    BaiAccount,
    balances=st.lists(st.tuples(st.sampled_from(["010", "015"]), st.integers(-(10**9), 10**9)), max_size=3),
    transactions=st.lists(TRANSACTIONS, max_size=4),
)


def read(records: list[str] | bytes, **how: str) -> Bai2Reader:
    """A reader of records."""
    raw = records if isinstance(records, bytes) else "\n".join(records).encode()
    return Bai2Reader(io.BytesIO(raw), name="day.bai", **how)


def named(reader: Bai2Reader) -> list[dict[str, str | None]]:
    """The rows with their columns' names."""
    return [dict(zip(reader.columns, row.values)) for row in reader]


@given(groups=st.lists(st.lists(ACCOUNTS, max_size=3), max_size=3), slashes=st.booleans())
def test_what_was_written_is_read_and_balances(groups: list[list[BaiAccount]], slashes: bool) -> None:
    """Every transaction comes back with its amount, funds and text, with or without trailing slashes, and all totals agree."""
    records = bai_file(groups, slashes=slashes)
    reader = read(records)
    expected = [
        (one.code, Decimal(one.units).scaleb(-2), one.funds[:1] or None, one.bank or None, "\n".join(one.text) or None)
        for accounts in groups for account in accounts for one in account.transactions
    ]  # fmt: skip
    found = [
        (row["type_code"], Decimal(row["amount"] or "NaN"), row["funds_type"], row["bank_reference"], row["text"])
        for row in named(reader)
    ]  # fmt: skip
    assert expected == found
    assert [] == [total for total in reader.controls() if not total.agrees]
    accounts = sum(len(group) for group in groups)
    assert 3 + 3 * len(groups) + 2 * accounts == len(reader.controls())
    balances = sum(len(account.balances) for group in groups for account in group)
    assert balances == len(list(read(records, rows="balances")))


def test_funds_are_told_apart() -> None:
    """Each funds type fills its own columns."""
    kinds = ["S,100,200,300", "V,040622,1500", "D,2,0,100,1,50", "1"]
    account = BaiAccount(transactions=[BaiTransaction(units=300, funds=funds) for funds in kinds])
    rows = named(read(bai_file([[account]])))
    assert ("1.00", "2.00", "3.00") == tuple(
        rows[0][name] for name in ("available_immediately", "available_in_one_day", "available_later")
    )
    assert ("2004-06-22", "15:00") == (rows[1]["value_date"], rows[1]["value_time"])
    assert "0:1.00 1:0.50" == rows[2]["distribution"]
    assert "1" == rows[3]["funds_type"]


def test_amounts_have_the_decimals_and_the_sign_of_their_account_and_code() -> None:
    """Yen have none, dinars three; debits are below zero."""
    accounts = [
        BaiAccount(currency=currency, transactions=[BaiTransaction("475", units=1234)])
        for currency in ("JPY", "KWD", "")
    ]
    rows = named(read(bai_file([accounts])))
    assert [("JPY", "-1234"), ("KWD", "-1.234"), ("USD", "-12.34")] == [
        (row["currency"], row["signed_amount"]) for row in rows
    ]
    assert ["C", "D", "C", "D", "C", "D", None, None] == [
        direction_of(code) for code in ("100", "400", "720", "760", "920", "960", "890", "010")
    ]


def test_several_records_on_a_line_and_one_over_several() -> None:
    """Senders put records behind each other, and break texts: both are read as they were meant."""
    records = [
        "01,1,2,040621,0200,1,,,2/   02,1,2,1,040620,9999,,2/",
        "03,77,,010,5,,,/ 16,475,100,,,,CHECK 1/2",
        "of three/ 49,105,3/",
        "98,105,1,5/",
        "99,105,1,7/",
    ]
    reader = read(records)
    (row,) = named(reader)
    assert ("CHECK 1/2 of three", "24:00", "77") == (row["text"], row["as_of_time"], row["account"])
    assert all(total.agrees for total in reader.controls())


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ("16,142,1O0,Z,,,x/", "the amount '1O0' is no digits"),
        ("16,14,100,Z,,,x/", "the type code '14' is no three digits"),
        ("16,142,100,Q,,,x/", "the funds type 'Q' is none of 0, 1, 2, S, V, D, Z"),
        ("16,142,100,D,x,,,x/", "the number of distributions 'x' is no digits"),
        ("16,142,100,V,040631,,,x/", "the value date '040631' is no date"),
        ("16,142,100,S,1/", "the record ends within its funds type"),
        ("17,142/", "it begins with no code of a record: 01, 02, 03, 16, 49, 88, 98, 99"),
        ("16,142,100,Z,,,\udce9/", "byte 0xE9 is not of character set utf-8"),
    ],
    ids=["amount", "code", "funds", "distribution", "value date", "short", "no record", "charset"],
)
def test_a_malformed_record_is_one_bad_row(record: str, fault: str) -> None:
    """The record alone is refused, with its line; the transaction behind it is read."""
    records = bai_file([[BaiAccount(transactions=[BaiTransaction(units=1)])]])
    records.insert(3, record)
    rows = list(read("\n".join(records).encode("utf-8", "surrogateescape")))
    assert [("line 4", fault), ("line 5", None)] == [(row.origin, row.fault) for row in rows]


def test_malformed_accounts_and_trailers_are_bad_rows() -> None:
    """An account whose balances cannot be read, its trailer, and a transaction outside of any are named with their lines."""
    records = bai_file([[BaiAccount(balances=[("010", 5)])]])
    records[2:5] = ["03,1,,010,x,,/", "49,x,2/", "16,142,1,Z,,,/"]
    assert [
        ("line 3", "the amount 'x' is no digits"),
        ("line 4", "the figures of the account trailer are no digits"),
        ("line 5", "a transaction outside of an account"),
    ] == [(row.origin, row.fault) for row in read(records)][:3]


def test_a_total_that_differs_is_named() -> None:
    """An account whose trailer states another sum is named with both figures and its line."""
    records = bai_file([[BaiAccount(transactions=[BaiTransaction(units=500)])]])
    records[4] = "49,400,3/"
    reader = read(records)
    list(reader)
    (total,) = [total for total in reader.controls() if not total.agrees]
    assert ("control total", "account 1 of group 1", Decimal("4.00"), Decimal("5.00"), "line 5") == (
        total.name, total.scope, total.stated, total.counted, total.origin,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("at", "lines", "code"),
    [
        (0, [], "LS-2050"),
        (0, ["01,1,2,040621,0200,1,,,7/"], "LS-2050"),
        (0, ["01,1,2,049921,0200,1,,,2/"], "LS-2052"),
        (1, [], "LS-2052"),
        (4, [], "LS-2052"),
        (5, [], "LS-2052"),
        (5, ["98,x,1,1/"], "LS-2052"),
        (6, ["99,x,1,1/"], "LS-2052"),
        (6, [], "LS-2051"),
        (2, ["49,0,1/"], "LS-2052"),
        (2, ["98,0,0,1/", "98,0,0,1/"], "LS-2052"),
        (4, ["03,1,/"], "LS-2052"),
        (6, ["99,1,1,7/", "16,1/"], "LS-2052"),
    ],
    ids=[
        "file header", "version", "day", "group header", "account trailer", "group trailer", "group figures", "file figures",
        "file trailer", "trailer alone", "group trailer twice", "account in account", "behind the end",
    ],
)  # fmt: skip
def test_records_out_of_order_end_the_reading(at: int, lines: list[str], code: str) -> None:
    """A header or trailer that is missing or wrong is an error with its line."""
    records = bai_file([[BaiAccount(transactions=[BaiTransaction(units=1)])]])
    records[at : at + 1] = lines
    with pytest.raises(FixFile) as caught:
        list(read(records))
    assert code == caught.value.code
    assert caught.value.place.line


def test_several_files_in_one_each_have_their_totals() -> None:
    """Files put one behind the other are read, and each states its own."""
    one = bai_file([[BaiAccount(transactions=[BaiTransaction(units=1)])]])
    reader = read(one + one)
    assert 2 == len(list(reader))
    assert {"file", "file 2"} < {total.scope for total in reader.controls()}


@given(st.data())
def test_garbled_files_end_in_rows_or_an_error(data: st.DataObject) -> None:
    """Bytes cut, doubled or overwritten give rows, bad rows or an error of the catalogue, never anything else."""
    account = BaiAccount(balances=[("010", 5)], transactions=[BaiTransaction(units=1, text=["a", "b"])])
    raw = "\n".join(bai_file([[account]])).encode()
    cut = raw[: data.draw(st.integers(0, len(raw)))]
    at = data.draw(st.integers(0, len(cut)))
    garbled = cut[:at] + data.draw(st.binary(max_size=20)) + cut[at + data.draw(st.integers(0, 20)) :]
    try:
        list(read(garbled))
    except FixFile as error:
        assert error.code.startswith("LS-20")


HEADERS = ["01,S,R,240131,2359,1,80,1,2/", "02,R,O,1,240131,9999,USD,2/"]


def balances_of(record: str) -> list[tuple[str | None, ...]]:
    """Type code, amount, items and fault of the summaries of one record 03."""
    reader = read([*HEADERS, record, "49,0,2/", "98,0,1,4/", "99,0,1,6/"], rows="balances")
    places = [reader.columns.index(name) for name in ("type_code", "amount", "item_count")]
    return [
        (*((row.values[place] for place in places) if row.fault is None else ()), row.fault) for row in reader
    ]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("03,7,,010,500,,/", [("010", "5.00", None, None)]),
        ("03,7,,010,-500,,/", [("010", "-5.00", None, None)]),
        ("03,7,,010,+500,,/", [("010", "5.00", None, None)]),
        ("03,7,JPY,010,500,,/", [("010", "500", None, None)]),
        ("03,7,,100,700,2,0,400,9,1,/", [("100", "7.00", "2", None), ("400", "0.09", "1", None)]),
        ("03,7,,010,,,/", [("010", None, None, None)]),
        ("03,7,,,,,,/", []),
        ("03,7/", []),
        ("03,7,,010,500,,,,700,2,/", [("010", "5.00", None, None), ("the type code '' is no three digits",)]),
        ("03,7,,,500,,/", [("the type code '' is no three digits",)]),
        ("03,7,,01,500,,/", [("the type code '01' is no three digits",)]),
        ("03,7,,010,5.00,,/", [("the amount '5.00' is no digits",)]),
        ("03,7,,010,500,,Q/", [("the funds type 'Q' is none of 0, 1, 2, S, V, D, Z",)]),
        ("03,7,,010,500,,S,1,2/", [("the record ends within its funds type",)]),
        ("03,7,,010,500,,D,x/", [("the number of distributions 'x' is no digits",)]),
        ("03,7,,010,500,,V,240231,/", [("the value date '240231' is no date",)]),
    ],
    ids=[
        "plain", "minus", "plus", "yen", "two", "no amount", "nothing", "bare", "amount without type behind one",
        "amount without type", "short type", "point", "funds", "cut funds", "count", "day",
    ],
)  # fmt: skip
def test_summaries_of_an_account(record: str, expected: list[tuple[str | None, ...]]) -> None:
    """Each of them is a row, or the record a bad one that says why; an amount without a type is never passed over."""
    assert expected == balances_of(record)


@pytest.mark.parametrize(
    ("code", "direction"),
    [
        ("100", "C"), ("399", "C"), ("400", "D"), ("699", "D"), ("700", None), ("719", None), ("720", "C"), ("759", "C"),
        ("760", "D"), ("799", "D"), ("890", None), ("900", None), ("919", None), ("920", "C"), ("959", "C"), ("960", "D"),
        ("999", "D"), ("099", None), ("010", None),
    ],
    ids=str,
)  # fmt: skip
def test_directions_have_their_ranges(code: str, direction: str | None) -> None:
    """Detail and summary codes, loans, and what a bank's customer may use: the ends of each range."""
    assert direction == direction_of(code)


@pytest.mark.parametrize(
    ("records", "code", "told"),
    [
        ([], "LS-2050", "the file ends without its header, record 01"),
        (["02,R,O,1,240131,,USD,2/"], "LS-2050", "expected a file header, record 01"),
        ([HEADERS[0][:-2] + "4/"], "LS-2050", "version '4' of BAI is not 2 or 3"),
        ([HEADERS[0]], "LS-2051", "the file ends without its trailer, record 99"),
        ([*HEADERS, "03,7,,,,,/", "03,8,,,,,/"], "LS-2052", "expected the account trailer, record 49, before another account"),
        ([*HEADERS, HEADERS[1]], "LS-2052", "expected the group trailer, record 98, before another group"),
        ([HEADERS[0], HEADERS[0]], "LS-2052", "expected the file trailer, record 99, before another file"),
        ([HEADERS[0], "03,7,,,,,/"], "LS-2052", "expected a group header, record 02, before an account"),
        ([*HEADERS, "49,0,2/"], "LS-2052", "expected an account, record 03, before its trailer"),
        ([*HEADERS, "03,7/", "98,0,1,3/"], "LS-2052", "expected an account trailer, record 49, before a group trailer"),
        ([HEADERS[0], "98,0,1,3/"], "LS-2052", "expected a group header, record 02, before a group trailer"),
        ([*HEADERS, "99,0,1,3/"], "LS-2052", "expected the group trailer, record 98, before the file trailer"),
        ([*HEADERS, "98,x,1,3/"], "LS-2052", "expected digits in the figures of the group trailer"),
        ([HEADERS[0], "99,0,1,x/"], "LS-2052", "expected digits in the figures of the file trailer"),
        ([HEADERS[0].replace("240131", "241331")], "LS-2052", "the file's date '241331' is no date"),
        ([HEADERS[0], HEADERS[1].replace("240131", "x")], "LS-2052", "the group's date 'x' is no date"),
    ],
    ids=[
        "empty", "no header", "version", "no trailer", "account in account", "group in group", "file in file", "no group", "no account",
        "open account", "no group to end", "open group", "group figures", "file figures", "file date", "group date",
    ],
)  # fmt: skip
def test_what_is_missing_is_said(records: list[str], code: str, told: str) -> None:
    """The record that should stand there, by its name and number, with its line."""
    with pytest.raises(FixFile) as caught:
        list(read(records))
    assert (code, told) == (caught.value.code, caught.value.message)
    assert max(len(records), 1) == caught.value.place.line


def test_each_total_is_compared_at_its_level() -> None:
    """Control totals with the currency's decimals, counts of records with continuations, of accounts and of groups; those of two files apart."""
    one = [
        *HEADERS, "03,7,JPY,010,500,,/", "16,142,30,0,,,text/", "88,more/", "49,530,4/", "98,530,1,6/", "99,530,1,8/",
    ]  # fmt: skip
    reader = read([*one, *one[:-1], "99,531,2,9/"])
    list(reader)
    totals = [(total.scope, total.name, str(total.stated), str(total.counted), total.origin) for total in reader.controls()]
    assert [
        ("account 1 of group 1", "control total", "530", "530", "line 6"),
        ("account 1 of group 1", "records", "4", "4", "line 6"),
        ("group 1", "control total", "5.30", "5.30", "line 7"),
        ("group 1", "accounts", "1", "1", "line 7"),
        ("group 1", "records", "6", "6", "line 7"),
        ("file", "control total", "5.30", "5.30", "line 8"),
        ("file", "groups", "1", "1", "line 8"),
        ("file", "records", "8", "8", "line 8"),
        ("account 1 of group 1 of file 2", "control total", "530", "530", "line 14"),
        ("account 1 of group 1 of file 2", "records", "4", "4", "line 14"),
        ("group 1 of file 2", "control total", "5.30", "5.30", "line 15"),
        ("group 1 of file 2", "accounts", "1", "1", "line 15"),
        ("group 1 of file 2", "records", "6", "6", "line 15"),
        ("file 2", "control total", "5.31", "5.30", "line 16"),
        ("file 2", "groups", "2", "1", "line 16"),
        ("file 2", "records", "9", "8", "line 16"),
    ] == totals


def test_a_record_of_no_code_is_shown_as_it_stands() -> None:
    """Text behind a closed record, and a record of another format; continuations are lines."""
    rows = list(read([*HEADERS, "03,7/", "stray text", "16,1x2,5,0/", "88,and more/", "49,5,3/", "98,5,1,5/", "99,5,1,7/"]))
    assert [
        ("line 4", ("stray text",), "it begins with no code of a record: 01, 02, 03, 16, 49, 88, 98, 99"),
        ("line 5", ("16,1x2,5,0\nand more",), "the type code '1x2' is no three digits"),
    ] == [(row.origin, row.values, row.fault) for row in rows]
