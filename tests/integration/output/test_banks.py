"""NACHA and BAI2 files: golden bytes, totals that our own readers agree with, refusals, and going on after a cut."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from loadstone.books import ControlTotal
from loadstone.errors import FixFile, FixSpec, LoadstoneError
from loadstone.formats.readers.bai2 import Bai2Reader
from loadstone.formats.readers.nacha import NachaReader
from loadstone.output import write as writing
from tests.integration.output.rows import fill, to_parquet, write, written

ACH_COLUMNS = """id integer, company_name varchar(20), sec_code varchar(3), effective_date date, transaction_code varchar(2),
receiving_bank varchar(9), account_number varchar(20), amount decimal(12,2), individual_id varchar(20), individual_name varchar(30),
payment_information varchar(300)"""
ACH_ROWS: tuple[tuple[object, ...], ...] = (
    (1, "ACME CORP", "PPD", "2026-11-27", "22", "231380104", "12345678", "1250.50", "E-1", "JANE DOE", None),
    (2, "ACME CORP", "PPD", "2026-11-27", "27", "121042882", "77-1", "0.07", "E-2", "JOHN ROE", "INV 17 / MAY"),
    (3, "ACME CORP", "CTX", "2026-11-27", "32", "061000104", "998", "99999999.99", "V-9", "VENDOR INC", "ONE\nTWO"),
    (4, "OTHER LLC", "CCD", None, "23", "091000019", "5", "0.00", None, None, None),
)
ACH: dict[str, Any] = {
    "file": "out.txt",
    "rows": {"table": "payments", "order": ["id"]},
    "layout": {
        "kind": "nacha",
        "file": {
            "file_destination": "231380104",
            "file_origin": "1210428821",
            "file_created_date": "{business_date:YYMMDD}",
            "file_created_time": "1055",
            "destination_name": "FEDERAL RESERVE BANK",
            "origin_name": "MY BANK",
            "file_reference": "REF{sequence:05}",
        },
        "batch": {"company_id": "1234567890", "entry_description": "PAYROLL", "odfi": "12104288"},
    },
}
ACH_GOLDEN = """\
101 23138010412104288212611251055A094101FEDERAL RESERVE BANK   MY BANK                REF00007
5200ACME CORP                           1234567890PPDPAYROLL         261127   1121042880000001
62223138010412345678         0000125050E-1            JANE DOE                0121042880000001
62712104288277-1             0000000007E-2            JOHN ROE                1121042880000002
705INV 17 / MAY                                                                    00010000002
820000000300352422980000000000070000001250501234567890                         121042880000001
5200ACME CORP                           1234567890CTXPAYROLL         261127   1121042880000002
632061000104998              9999999999V-9            0002VENDOR INC          1121042880000003
705ONE                                                                             00010000003
705TWO                                                                             00020000003
820000000300061000100000000000000099999999991234567890                         121042880000002
5200OTHER LLC                           1234567890CCDPAYROLL                  1121042880000003
6230910000195                0000000000                                       0121042880000004
820000000100091000010000000000000000000000001234567890                         121042880000003
9000003000002000000070050442309000000000007010000125049                                       
9999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999
9999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999
9999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999
9999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999
9999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999
"""

BAI_COLUMNS = """id integer, account varchar(20), currency varchar(3), opening decimal(14,2), closing decimal(14,2),
type_code varchar(3), amount decimal(14,2), funds_type varchar(1), value_date date, bank_reference varchar(20),
customer_reference varchar(20), text varchar(200)"""
BAI_ROWS: tuple[tuple[object, ...], ...] = (
    (1, "0004", "USD", "500.00", "-2.50", "115", "450.00", "Z", None, "B1", "C1", "LOCK BOX, DEPOSIT\nNO. 68751"),
    (2, "0004", "USD", "500.00", "-2.50", "495", "952.50", None, None, "B2", None, None),
    (3, "0005", "JPY", None, "77.00", None, None, None, None, None, None, None),
    (4, "0006", None, None, None, "108", "-1.25", "V", "2026-11-26", None, None, "fix"),
)
BAI: dict[str, Any] = {
    "file": "out.txt",
    "rows": {"table": "payments", "order": ["id"]},
    "layout": {
        "kind": "bai2",
        "file": {"file_sender": "122099999", "file_receiver": "123456789", "file_date": "{business_date:YYMMDD}",
                 "file_time": "0200", "file_id": "{sequence}"},
        "group": {"group_receiver": "031001234", "group_originator": "122099999", "as_of_date": "261124", "as_of_date_modifier": "2"},
        "balances": {"010": "opening", "015": "closing"},
    },
}  # fmt: skip
BAI_GOLDEN = """\
01,122099999,123456789,261125,0200,7,,,2/
02,031001234,122099999,1,261124,,,2/
03,0004,USD,010,50000,,,015,-250,,/
16,115,45000,Z,B1,C1,LOCK BOX, DEPOSIT
88,NO. 68751
16,495,95250,,B2,/
49,190000,5/
03,0005,JPY,015,77,,/
49,77,2/
03,0006,USD/
16,108,-125,V,261126,,,,fix
49,-125,3/
98,189952,3,12/
99,189952,1,14/
"""


def totals(name: str, data: bytes) -> list[ControlTotal]:
    """What the file states of itself, as our reader counts it too."""
    reader = {"nacha": NachaReader, "bai2": Bai2Reader}[name](io.BytesIO(data), name="out.txt")
    rows = list(reader)
    assert [] == [row.fault for row in rows if row.fault]
    return list(reader.controls())


def rows_read(reader: Any) -> list[dict[str, str | None]]:
    """The rows of a reader, by column."""
    return [dict(zip(reader.columns, row.values, strict=True)) for row in reader]


@pytest.fixture(params=["sqlite", "duckdb", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return str(tmp_path / {"sqlite": "bank.db", "duckdb": "bank.duckdb"}[request.param])


def test_an_ach_file_byte_for_byte(url: str, tmp_path: Path) -> None:
    """Batches where the class or company changes, addenda, controls, the hash without its first digits, whole blocks of ten."""
    fill(url, ACH_ROWS, ACH_COLUMNS)
    receipt = write(ACH, url, tmp_path, business_date=date(2026, 11, 25), sequence=7)
    data = written(tmp_path)
    assert ACH_GOLDEN == data.decode()
    assert (20, {94}) == (len(data.splitlines()), {len(line) for line in data.splitlines()})
    found = totals("nacha", data)
    assert found and all(one.agrees for one in found) and 4 == receipt.records


def test_a_bai2_file_byte_for_byte(url: str, tmp_path: Path) -> None:
    """Accounts with balances, without transactions, in a currency without decimals; texts over several records; signs."""
    fill(url, BAI_ROWS, BAI_COLUMNS)
    write(BAI, url, tmp_path, business_date=date(2026, 11, 25), sequence=7)
    assert BAI_GOLDEN == written(tmp_path).decode()
    found = totals("bai2", written(tmp_path))
    assert found and all(one.agrees for one in found)
    again = rows_read(Bai2Reader(io.BytesIO(written(tmp_path)), name="x"))
    assert [("115", "450.00", "LOCK BOX, DEPOSIT\nNO. 68751"), ("495", "952.50", None), ("108", "-1.25", "fix")] == [
        (one["type_code"], one["amount"], one["text"]) for one in again
    ]
    assert ("2026-11-26", "0006", "USD") == (again[2]["value_date"], again[2]["account"], again[2]["currency"])


def test_what_our_reader_gives_is_written_and_read_as_the_same(tmp_path: Path) -> None:
    """The rows of a file, with their addenda as they stand, make a file of the same rows."""
    fill(str(tmp_path / "bank.db"), ACH_ROWS, ACH_COLUMNS)
    write(ACH, str(tmp_path / "bank.db"), tmp_path, business_date=date(2026, 11, 25), sequence=7)
    first = written(tmp_path)
    names = [
        "company_name", "company_id", "sec_code", "entry_description", "effective_date", "odfi", "transaction_code",
        "receiving_bank", "account_number", "amount", "individual_id", "individual_name", "trace_number", "addenda",
    ]  # fmt: skip
    read = rows_read(NachaReader(io.BytesIO(first), name="x"))
    rows = tuple((n, *(one[name] for name in names)) for n, one in enumerate(read))
    again = tmp_path / "again"
    again.mkdir()
    fill(str(again / "bank.db"), rows, "n integer, " + ", ".join(f"{name} varchar(400)" for name in names))
    spec = {**ACH, "rows": {"table": "payments", "order": ["n"]}, "columns": [{"name": name} for name in names]}
    write(spec, str(again / "bank.db"), again, business_date=date(2026, 11, 25), sequence=7)
    assert first == written(again)


def test_parquet_and_titles(tmp_path: Path) -> None:
    """A column has the file's name as its title; rows of Parquet need no database."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"konto": ["0004"], "typ": ["115"], "betrag": ["1.5"]})
    pq.write_table(table, tmp_path / "rows.parquet")
    columns = [{"name": n, "title": t} for n, t in (("konto", "account"), ("typ", "type_code"), ("betrag", "amount"))]
    layout = {**BAI["layout"], "balances": {}}
    spec = {**BAI, "rows": {"parquet": [str(tmp_path / "rows.parquet")]}, "columns": columns, "layout": layout}
    write(spec, None, tmp_path, business_date=date(2026, 11, 25), sequence=1)
    assert b"03,0004,USD/\n16,115,150,,,/\n49,150,3/\n" in written(tmp_path)
    assert to_parquet(tmp_path)


@pytest.mark.parametrize("kind", ["nacha", "bai2"])
def test_a_cut_is_gone_on_with(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was open and summed up stands beside the part; the file is that of a run that nothing disturbed."""
    url = str(tmp_path / "bank.db")
    spec, rows, columns = (ACH, ACH_ROWS, ACH_COLUMNS) if kind == "nacha" else (BAI, BAI_ROWS, BAI_COLUMNS)
    many = tuple((n, *rows[n // 40 % len(rows)][1:]) for n in range(400))
    fill(url, many, columns)
    calm = tmp_path / "calm"
    write(spec, url, calm, business_date=date(2026, 11, 25), sequence=7)
    monkeypatch.setattr(writing, "CHECKPOINT_S", 0.0)
    monkeypatch.setattr("loadstone.output.sources.sqlite.BATCH_ROWS", 64)
    reached: list[str] = []

    def die(point: str) -> None:
        reached.append(point)
        if reached.count("output_saved") == 3:
            raise RuntimeError("cut")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError, match="cut"):
        patched.setattr(writing, "reach", die)
        write(spec, url, tmp_path, business_date=date(2026, 11, 25), sequence=7)
    assert json.loads((tmp_path / "out" / "out.txt.part.json").read_text())["writer"]
    receipt = write(spec, url, tmp_path, business_date=date(2026, 11, 25), sequence=7)
    assert (192, 400) == (receipt.resumed_at, receipt.records)
    assert written(calm) == written(tmp_path)
    assert all(one.agrees for one in totals(kind, written(tmp_path)))


def ach(**values: object) -> tuple[object, ...]:
    """The first row with other values."""
    names = [one.split()[0] for one in ACH_COLUMNS.replace("\n", " ").replace("(12,2)", "").split(", ")]
    return tuple(values.get(name, value) for name, value in zip(names, ACH_ROWS[0], strict=True))


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"amount": "-1.00"}, "amount"),
        ({"amount": None}, "amount"),
        ({"amount": "123456789012.00"}, "amount"),
        ({"receiving_bank": "231380105"}, "receiving_bank"),
        ({"receiving_bank": "23138"}, "receiving_bank"),
        ({"transaction_code": "20"}, "transaction_code"),
        ({"account_number": "123456789012345678"}, "account_number"),
        ({"individual_name": "two\nlines"}, "individual_name"),
        ({"payment_information": "one\ntwo"}, "payment_information"),
        ({"sec_code": "IAT"}, "sec_code"),
    ],
    ids=["negative", "no amount", "too large", "check digit", "short", "code", "too long", "line end", "two addenda", "class"],
)  # fmt: skip
def test_what_cannot_stand_in_an_ach_file_is_refused(values: dict[str, object], column: str, tmp_path: Path) -> None:
    """With record and field; nothing is cut, and no file is there."""
    fill(str(tmp_path / "bank.db"), (ach(**values),), ACH_COLUMNS)
    with pytest.raises(FixFile) as caught:
        write(ACH, str(tmp_path / "bank.db"), tmp_path, business_date=date(2026, 11, 25), sequence=7)
    assert ("LS-8021", 1, column) == (caught.value.code, caught.value.place.record_no, caught.value.place.field)
    assert not (tmp_path / "out" / "out.txt").exists()


@pytest.mark.parametrize(
    ("place", "value", "column"),
    [(1, "a,b", "account"), (1, None, "account"), (5, "1x5", "type_code"), (6, "0.005", "amount"), (7, "S", "funds_type"),
     (7, "V", "value_date"), (11, "a/ 16,115,1", "text"), (11, "end/", "text")],
    ids=["comma", "no account", "type code", "decimals", "funds", "no value date", "record in text", "slash"],
)  # fmt: skip
def test_what_cannot_stand_in_a_bai2_file_is_refused(place: int, value: object, column: str, tmp_path: Path) -> None:
    """With record and field."""
    row = list(BAI_ROWS[0])
    row[place] = value
    text = BAI_COLUMNS.replace("amount decimal(14,2)", "amount varchar(20)")
    fill(str(tmp_path / "bank.db"), (tuple(row),), text)
    with pytest.raises(FixFile) as caught:
        write(BAI, str(tmp_path / "bank.db"), tmp_path, business_date=date(2026, 11, 25), sequence=7)
    assert ("LS-8021", 1, column) == (caught.value.code, caught.value.place.record_no, caught.value.place.field)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"header": ["x"]}, "header"),
        ({"columns": [{"name": "account", "width": 3}]}, "title only"),
        ({"layout": {"kind": "nacha", "file": {"file_origin": "1"}}}, "file needs file_destination"),
        ({"layout": {"kind": "nacha", "file": {"name": "1"}}}, "file has no name"),
        ({"layout": {"kind": "bai2", "file": {}, "balances": {"1": "x"}}}, "file needs"),
        ({"layout": {**BAI["layout"], "balances": {"1": "x"}}}, "three digits"),
    ],
    ids=["header", "width", "missing", "unknown", "bai2", "balances"],
)
def test_specs_that_no_bank_file_has(change: dict[str, Any], code: str, tmp_path: Path) -> None:
    """The form of the spec says so."""
    with pytest.raises(ValueError, match=code):
        write({**ACH, **change}, str(tmp_path / "bank.db"), tmp_path)


def test_rows_that_lack_what_a_file_needs(tmp_path: Path) -> None:
    """Columns, or a template in their place, are named."""
    fill(str(tmp_path / "bank.db"), BAI_ROWS, BAI_COLUMNS)
    faults: list[LoadstoneError] = []
    bare = {**BAI["layout"], "group": {}}
    for spec in (ACH, {**BAI, "layout": bare}, {**BAI, "layout": {**bare, "file": {**bare["file"], "file_id": "{count}"}}}):
        with pytest.raises(FixSpec) as caught:
            write(spec, str(tmp_path / "bank.db"), tmp_path, business_date=date(2026, 11, 25), sequence=7)
        faults.append(caught.value)
    assert ["LS-8004", "LS-8004", "LS-8003"] == [one.code for one in faults]
    assert "transaction_code" in faults[0].message and "group_originator, as_of_date" in faults[1].message
