"""ACH entries of each standard entry class: where each has its fields, by the NACHA Operating Rules, appendix three; and batches of advices."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from loadstone.errors import FixFile
from loadstone.formats.readers.nacha import NachaReader

HEADER = "101 0910000191234567890" + "241231" + "2359" + "B094101" + f"{'DESTINATION':23}{'ORIGIN':23}{'REF00001':8}"


def fields(*parts: tuple[int, str]) -> str:
    """A record of 94 characters: texts at 1-based places, as the rules count them."""
    text = [" "] * 94
    for first, part in parts:
        text[first - 1 : first - 1 + len(part)] = part
    return "".join(text)


def batch(sec_code: str, *entries: str, totals: str = "", code: str = "200", header: tuple[tuple[int, str], ...] = ()) -> list[str]:
    """A file of one batch; ``totals`` is the middle of its control record, which is not compared here unless it is given."""
    control = fields((1, "8"), (2, code), (5, totals or "000001" + "0" * 10 + "0" * 24), (80, "09100001"), (88, "0000042"))
    opened = fields(
        (1, "5"), (2, code), (5, "PAYER INC"), (41, "1234567890"), (51, sec_code), (54, "BILLS"), (70, "250102"), (79, "1"),
        (80, "09100001"), (88, "0000042"), *header,
    )  # fmt: skip
    return [HEADER, opened, *entries, control, fields((1, "9"), (2, "000001"), (8, "000001"), (14, "0" * 8), (22, "0" * 58))]


def rows_of(records: list[str], rows: str = "entries") -> list[dict[str, str]]:
    """The columns of each row that have a value."""
    reader = NachaReader(io.BytesIO("\n".join(records).encode()), name="pay.ach", rows=rows)  # type: ignore[arg-type]
    found = list(reader)
    assert all(row.fault is None for row in found), found
    return [{name: value for name, value in zip(reader.columns, row.values, strict=True) if value is not None} for row in found]


COMMON = ((1, "6"), (2, "27"), (4, "091000019"), (13, "ACCOUNT-0123456"), (30, "0000012345"), (80, "091000010000007"))
OF_COMMON = {
    "transaction_code": "27", "receiving_bank": "091000019", "account_number": "ACCOUNT-0123456", "direction": "D", "amount": "123.45",
    "trace_number": "091000010000007",
}  # fmt: skip
NAMED = {"individual_id": "ID-000000000015", "individual_name": "NAME OF 22 CHARACTERS."}


@pytest.mark.parametrize(
    ("sec_code", "parts", "expected"),
    [
        *((code, ((40, "ID-000000000015"), (55, "NAME OF 22 CHARACTERS."), (77, "S ")), {**NAMED, "discretionary_data": "S"})
          for code in ("PPD", "CCD", "WEB", "TEL", "DNE", "COR")),
        *((code, ((40, "CHECK0000000015"), (55, "NAME OF 22 CHARACTERS."), (77, "DD")),
           {"check_serial_number": "CHECK0000000015", "individual_name": "NAME OF 22 CHARACTERS.", "discretionary_data": "DD"})
          for code in ("ARC", "BOC", "RCK")),
        ("POP", ((40, "CHECK0009"), (49, "DENV"), (53, "CO"), (55, "NAME OF 22 CHARACTERS.")),
         {"check_serial_number": "CHECK0009", "terminal_city": "DENV", "terminal_state": "CO", "individual_name": "NAME OF 22 CHARACTERS."}),
        ("SHR", ((40, "1227"), (44, "DOC00000011"), (55, "CARD ACCOUNT NUMBER 22"), (77, "01")),
         {"card_expiration": "1227", "document_reference": "DOC00000011", "individual_id": "CARD ACCOUNT NUMBER 22", "discretionary_data": "01"}),
        *((code, ((40, "CHECK0000000015"), (55, "PROC06"), (61, "RESEARCH00000016"), (77, "IT")),
           {"check_serial_number": "CHECK0000000015", "process_control": "PROC06", "item_research_number": "RESEARCH00000016",
            "discretionary_data": "IT"})
          for code in ("TRC", "XCK")),
        ("CIE", ((40, "NAME OF 15 CHAR"), (55, "IDENTIFICATION OF 22 C")),
         {"individual_name": "NAME OF 15 CHAR", "individual_id": "IDENTIFICATION OF 22 C"}),
        ("MTE", ((40, "NAME OF 22 CHARACTERS."), (62, "ID-000000000015")), NAMED),
        *((code, ((40, "ID-000000000015"), (55, "0003"), (59, "NAME OF 16 CHARS"), (77, "DD")),
           {"individual_id": "ID-000000000015", "addenda_stated": "0003", "individual_name": "NAME OF 16 CHARS", "discretionary_data": "DD"})
          for code in ("CTX", "ATX", "ENR", "TRX")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_each_class_has_its_fields_at_its_places(sec_code: str, parts: tuple[tuple[int, str], ...], expected: dict[str, str]) -> None:
    """The columns of other classes are NULL."""
    (row,) = rows_of(batch(sec_code, fields(*COMMON, *parts)))
    of_entry = set(row) - set(rows_of(batch(sec_code), rows="batches")[0]) - {"addenda_count"}
    assert {**OF_COMMON, **expected} == {name: row[name] for name in of_entry}
    assert (sec_code, "0000042", "2025-01-02", "2024-12-31", "23:59") == tuple(
        row[name] for name in ("sec_code", "batch_number", "effective_date", "file_created_date", "file_created_time")
    )


def test_an_international_batch_has_other_places() -> None:
    """IAT: currencies and the rate in its header, the account where others have a name, two results of screening."""
    header = ((5, " " * 16), (21, "FF"), (24, "RATE-REFERENCE"), (39, "DE"), (64, "USD"), (67, "EUR"))
    entry = fields(
        (1, "6"), (2, "22"), (4, "091000019"), (13, "0007"), (30, "0000000100"), (40, "DE89370400440532013000"), (77, "0"), (78, "1"), (79, "1"),
        (80, "091000010000001"),
    )  # fmt: skip
    (row,) = rows_of(batch("IAT", entry, header=header))
    expected = {
        "fx_indicator": "FF", "fx_reference": "RATE-REFERENCE", "destination_country": "DE", "origin_currency": "USD",
        "destination_currency": "EUR", "company_id": "1234567890", "entry_description": "BILLS", "addenda_stated": "0007",
        "account_number": "DE89370400440532013000", "ofac_indicator": "0", "secondary_ofac_indicator": "1", "amount": "1.00", "direction": "C",
    }  # fmt: skip
    assert expected == {name: row[name] for name in expected}
    assert not {"company_data", "descriptive_date", "individual_name", "individual_id"} & set(row)


ADVICE = fields(
    (1, "6"), (2, "81"), (4, "091000019"), (13, "ACCOUNT-0123456"), (28, "123456789012"), (40, "091000022"), (49, "FILE5"), (54, "O"),
    (55, "NAME OF 22 CHARACTERS."), (77, "DD"), (79, "0"), (80, "09100001"), (88, "366"), (91, "0001"),
)  # fmt: skip


def advices(debit: str, credit: str, *, code: str = "81") -> list[str]:
    """A file of one advice with its totals of 20 digits."""
    records = batch("ADV", ADVICE[:1] + code + ADVICE[3:], code="280", totals="000001" + "0009100001" + debit + credit)
    records[-1] = fields((1, "9"), (2, "000001"), (8, "000001"), (14, "00000001"), (22, "0009100001"), (32, debit), (52, credit))
    return records


def test_advices_have_amounts_of_twelve_digits_and_totals_of_twenty() -> None:
    """The entry, its batch, and the totals of both controls, which agree."""
    records = advices("0" * 20, "123456789012".zfill(20))
    (row,) = rows_of(records)
    expected = {
        "amount": "1234567890.12", "direction": "C", "account_number": "ACCOUNT-0123456", "advice_routing_number": "091000022",
        "individual_id": "FILE5", "individual_name": "NAME OF 22 CHARACTERS.", "discretionary_data": "DD", "trace_number": "091000013660001",
    }  # fmt: skip
    assert expected == {name: row[name] for name in expected}
    (of_batch,) = rows_of(records, rows="batches")
    assert ("0.00", "1234567890.12", "1", "0009100001", "000001") == tuple(
        of_batch[name] for name in ("total_debit", "total_credit", "entries", "entry_hash", "entry_addenda_count")
    )
    reader = NachaReader(io.BytesIO("\n".join(records).encode()), name="adv.ach")
    list(reader)
    assert [] == [total for total in reader.controls() if not total.agrees]
    assert 10 == len(reader.controls())


@pytest.mark.parametrize(
    ("code", "direction"),
    [("81", "C"), ("82", "D"), ("83", "C"), ("84", "D"), ("85", "C"), ("86", "D"), ("87", "C"), ("88", "D")],
    ids=lambda value: value if len(value) == 2 else "",
)
def test_advices_alternate(code: str, direction: str) -> None:
    """Odd codes are credits, even ones debits."""
    (row,) = rows_of(advices("0" * 20, "0" * 20, code=code))
    assert direction == row["direction"]


@pytest.mark.parametrize(
    ("codes", "direction"),
    [
        ("21 22 23 24 31 32 33 34 41 42 43 44 51 52 53 54", "C"),
        ("26 27 28 29 36 37 38 39 46 47 48 49 55 56", "D"),
    ],
    ids=["credits", "debits"],
)
def test_transaction_codes_have_their_direction(codes: str, direction: str) -> None:
    """Of checking, savings, ledger and loan accounts: returns, payments, prenotes and zero dollars."""
    for code in codes.split():
        (row,) = rows_of(batch("PPD", fields(*COMMON, (2, code))))
        assert (code, direction) == (code, row["direction"])


@pytest.mark.parametrize("code", ["20", "30", "2 ", "A2", "2²"], ids=str)
def test_codes_without_a_direction_are_refused(code: str) -> None:
    """The entry alone."""
    reader = NachaReader(io.BytesIO("\n".join(batch("PPD", fields(*COMMON, (2, code)))).encode()), name="x")
    (row,) = list(reader)
    assert f"the transaction code {code!r} is none" == row.fault


@pytest.mark.parametrize(
    ("place", "figure", "name", "stated", "counted"),
    [
        ((5, "000002"), 0, "entries and addenda", "2", "1"),
        ((11, "0009100002"), 0, "entry hash", "9100002", "9100001"),
        ((21, "000000012346"), 0, "debits", "123.46", "123.45"),
        ((33, "000000000001"), 0, "credits", "0.01", "0.00"),
    ],
    ids=["count", "hash", "debits", "credits"],
)
def test_each_figure_of_a_batch_control_is_compared(
    place: tuple[int, str], figure: int, name: str, stated: str, counted: str
) -> None:
    """One that differs is told with both figures; the others agree."""
    records = batch("PPD", fields(*COMMON), totals="000001" + "0009100001" + "000000012345" + "0" * 12)
    control = list(records[3])
    control[place[0] - 1 : place[0] - 1 + len(place[1])] = place[1]
    records[3] = "".join(control)
    reader = NachaReader(io.BytesIO("\n".join(records).encode()), name="x")
    list(reader)
    (total,) = [one for one in reader.controls() if one.scope == "batch 42" and not one.agrees]
    assert (name, Decimal(stated), Decimal(counted), "line 4") == (total.name, total.stated, total.counted, total.origin)


@pytest.mark.parametrize(
    ("at", "text", "told"),
    [
        (slice(-1, None), [], "the file ends without the file control, record 9"),
        (slice(1, 2), [], "expected a batch header, record 5, before a batch control"),
        (slice(3, 4), [], "expected the batch control, record 8, before the file control"),
        (slice(1, 1), [HEADER], "expected the file control, record 9, before another file header"),
        (slice(0, 1), [HEADER[:34] + "09520" + HEADER[39:]], "expected record size 094 and blocking factor 10 at positions 35 to 39"),
        (slice(-1, None), [fields((1, "9"), (2, "00000X"))], "expected digits in the counts and totals of the file control"),
    ],
    ids=["no end", "no batch", "no batch end", "two headers", "size", "figures"],
)  # fmt: skip
def test_what_is_missing_is_said(at: slice, text: list[str], told: str) -> None:
    """The record that should stand there, by its name and number."""
    records = batch("PPD", fields(*COMMON))
    records[at] = text
    with pytest.raises(FixFile) as caught:
        list(NachaReader(io.BytesIO("\n".join(records).encode()), name="x"))
    assert told in caught.value.message
