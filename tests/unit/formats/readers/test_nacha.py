"""ACH files: entries with their addenda, batches, and the totals that the file states."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import FixFile
from loadstone.formats.readers.nacha import NachaReader
from tests.bank_files import AchEntry, ach_file

ENTRIES = st.builds(
    AchEntry,
    code=st.sampled_from(["22", "27", "32", "37", "21", "26"]),
    bank=st.integers(0, 99_999_999).map("{:08}".format),
    cents=st.integers(0, 9_999_999_999),
    name=st.text("ABCDEFGH &-", max_size=22),
    notes=st.lists(st.text("abc*\\ 123", max_size=80), max_size=3),
)
MARKS = st.sampled_from(["\n", "\r\n", "\r", ""])


def read(text: str | bytes, **how: str) -> NachaReader:
    """A reader of a text."""
    raw = text.encode() if isinstance(text, str) else text
    return NachaReader(io.BytesIO(raw), name="pay.ach", **how)


def named(reader: NachaReader) -> list[dict[str, str | None]]:
    """The rows with their columns' names."""
    return [dict(zip(reader.columns, row.values)) for row in reader]


@given(batches=st.lists(st.lists(ENTRIES, max_size=5), max_size=4), mark=MARKS, blocked=st.booleans())
def test_what_was_written_is_read_and_balances(
    batches: list[list[AchEntry]], mark: str, blocked: bool
) -> None:
    """Every entry comes back with its amount, name and addenda, and all totals agree, whatever ends the lines."""
    reader = read(mark.join(ach_file(batches, blocked=blocked)) + mark)
    found = [
        (row["transaction_code"], row["receiving_bank"], row["amount"], row["individual_name"], row["payment_information"])
        for row in named(reader)
    ]  # fmt: skip
    expected = [
        (
            entry.code, entry.bank + "4", f"{entry.cents // 100}.{entry.cents % 100:02}", entry.name.strip() or None,
            "\n".join(note.rstrip() for note in entry.notes) or None,
        )
        for batch in batches for entry in batch
    ]  # fmt: skip
    assert expected == found
    assert 6 + 4 * len(batches) == len(reader.controls())
    assert [] == [total for total in reader.controls() if not total.agrees]


def test_a_row_has_its_batch_and_its_file() -> None:
    """An entry stands with its headers, dates as ISO writes them, the amount in dollars, and its place."""
    reader = read("\n".join(ach_file([[AchEntry("27", cents=105, notes=["INV 7"])]])))
    (row,) = list(reader)
    found = dict(zip(reader.columns, row.values))
    expected = {
        "file_origin": "121042882", "file_created_date": "2019-08-16", "file_created_time": "10:55",
        "company_name": "ACME", "sec_code": "PPD", "effective_date": "2019-08-16", "batch_number": "0000001",
        "direction": "D", "amount": "1.05", "trace_number": "121042880000001", "addenda_count": "1",
    }  # fmt: skip
    assert ("line 3", None) == (row.origin, row.fault)
    assert expected == {name: found[name] for name in expected}


def test_batches_are_rows_too() -> None:
    """Rows of batches give what their control records state."""
    reader = read("\n".join(ach_file([[AchEntry(cents=5)], [AchEntry("27", cents=7)]])), rows="batches")
    assert [("1", "0.00", "0.05"), ("1", "0.07", "0.00")] == [
        (row["entries"], row["total_debit"], row["total_credit"]) for row in named(reader)
    ]


def test_a_total_that_differs_is_named() -> None:
    """A batch whose control states another sum is named with both figures and its line."""
    records = ach_file([[AchEntry(cents=500)]])
    records[3] = records[3][:32] + "000000000400" + records[3][44:]
    reader = read("\n".join(records))
    list(reader)
    (total,) = [total for total in reader.controls() if not total.agrees]
    assert ("credits", "batch 1", Decimal("4.00"), Decimal("5.00"), "line 4") == (
        total.name, total.scope, total.stated, total.counted, total.origin,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ("622X31380104{:<17}0000000100{:<40}121042880000001", "the receiving bank 'X3138010' is no digits"),
        ("622231380104{:<17}00000O0100{:<40}121042880000001", "the amount '00000O0100' is no digits"),
        ("6AA231380104{:<17}0000000100{:<40}121042880000001", "the transaction code 'AA' is none"),
        ("622231380104", "the record has 12 characters of 94"),
        ("4XX", "record type '4' is none of 1, 5, 6, 7, 8, 9"),
        ("705" + "x" * 91, "an addenda record without an entry before it"),
        ("6" * 95, "the record has 95 characters, and 94 is their number"),
        ("6é" + "2" * 92 + "\udce9", "byte 0xE9 is not of character set utf-8"),
    ],
    ids=["bank", "amount", "code", "short", "kind", "addenda", "long", "charset"],
)
def test_a_malformed_record_is_one_bad_row(record: str, fault: str) -> None:
    """The record alone is refused, with its line; the entry behind it is read."""
    records = ach_file([[AchEntry(cents=1)]])
    records.insert(2, record.format("", ""))
    rows = list(read("\n".join(records).encode("utf-8", "surrogateescape")))
    assert [("line 3", fault), ("line 4", None)] == [(row.origin, row.fault) for row in rows]


def test_a_day_that_is_none_refuses_the_rows_of_its_batch() -> None:
    """An effective date that is no date makes the entries of the batch bad rows that say so; the totals still count them."""
    records = ach_file([[AchEntry(cents=1)]])
    records[1] = records[1][:69] + "190231" + records[1][75:]
    reader = read("\n".join(records))
    assert ["the batch's effective date '190231' is no date"] == [row.fault for row in reader]
    assert all(total.agrees for total in reader.controls())


@pytest.mark.parametrize(
    ("drop", "code"), [(0, "LS-2050"), (1, "LS-2052"), (3, "LS-2052"), (-1, "LS-2051")],
    ids=["file header", "batch header", "batch control", "file control"],
)  # fmt: skip
def test_records_out_of_order_end_the_reading(drop: int, code: str) -> None:
    """A header or a control that is missing is an error with its line."""
    records = ach_file([[AchEntry(cents=1)]], blocked=False)
    del records[drop]
    with pytest.raises(FixFile) as caught:
        list(read("\n".join(records)))
    assert code == caught.value.code
    assert caught.value.place.line


def test_several_files_in_one_each_have_their_totals() -> None:
    """Files put one behind the other are read, and each states its own."""
    one = ach_file([[AchEntry(cents=1)]])
    reader = read("\n".join(one + one))
    assert 2 == len(list(reader))
    assert {"file", "batch 1", "file 2", "batch 1 of file 2"} == {total.scope for total in reader.controls()}


def test_an_ebcdic_file_is_read() -> None:
    """Records of a mainframe, without lines and in its code page."""
    reader = read("".join(ach_file([[AchEntry(cents=12)]])).encode("cp037"), encoding="cp037")
    assert ["0.12"] == [row["amount"] for row in named(reader)]


@given(st.data())
def test_garbled_files_end_in_rows_or_an_error(data: st.DataObject) -> None:
    """Bytes cut, doubled or overwritten give rows, bad rows or an error of the catalogue, never anything else."""
    raw = "\n".join(ach_file([[AchEntry(cents=3, notes=["x"])]])).encode()
    cut = raw[: data.draw(st.integers(0, len(raw)))]
    at = data.draw(st.integers(0, len(cut)))
    garbled = cut[:at] + data.draw(st.binary(max_size=20)) + cut[at + data.draw(st.integers(0, 20)) :]
    try:
        list(read(garbled))
    except FixFile as error:
        assert error.code.startswith("LS-20")
