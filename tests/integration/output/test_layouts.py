"""Outgoing files byte for byte, the same from every source."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loadstone.errors import FixFile, FixSpec
from tests.integration.output.rows import ROWS, fill, to_parquet, write, written

SOURCES = ("sqlite", "duckdb", "postgresql", "parquet")


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str | None, dict[str, object]]:
    """URL and rows of each kind of source."""
    if request.param == "parquet":
        return None, {"parquet": [to_parquet(tmp_path)]}
    url = str(tmp_path / f"bank.{request.param}") if request.param != "postgresql" else ""
    url = url or str(request.getfixturevalue("postgres_url"))
    fill(url.replace(".sqlite", ".db"))
    return url.replace(".sqlite", ".db"), {"query": "SELECT * FROM payments", "order": ["id"]}


def test_a_delimited_file_with_header_and_footer(
    source: tuple[str | None, dict[str, object]], tmp_path: Path
) -> None:
    """Quotes where they are needed, NULL beside the empty text, masks, totals of all and of a type."""
    url, rows = source
    spec = {
        "file": "PAY_{business_date:YYYYMMDD}_{sequence:03}.txt",
        "rows": rows,
        "layout": {"kind": "delimited", "delimiter": ";"},
        "type_column": "kind",
        "columns": [
            {"name": "id"},
            {"name": "KIND", "title": "type"},
            {"name": "account"},
            {"name": "amount", "decimals": 2, "decimal_mark": ","},
            {"name": "booked", "mask": "DD.MM.YYYY"},
            {"name": "stamp", "mask": "YYYYMMDDHH24MISSFF3"},
            {"name": "done"},
            {"name": "note"},
        ],
        "header": ["H;{file_name};{business_date:DD-MON-YY}", {"names": True}],
        "footer": [
            {"fields": [{"value": "T;1"}, {"value": "{count:06}"}, {"value": "{sum(amount):015.2}"}]},
            "{count(PAY)} {sum(amount, FEE)} {hash(account)} {min(booked)} {max(amount)}",
        ],
        "checksum": "sha256",
    }
    receipt = write(spec, url, tmp_path, business_date=date(2026, 11, 25), sequence="7")
    name = "PAY_20261125_007.txt"
    expected = (
        f"H;{name};25-NOV-26\n"
        "id;type;account;amount;booked;stamp;done;note\n"
        "1;PAY;DE-0012;1250,50;24.11.2026;20261124235958500;true;plain\n"
        '2;FEE;DE-0013;-0,07;31.01.2026;20260131000000000;false;"says ""no""; goes"\n'
        "3;PAY;;;;;;\n"
        '4;REV;DE-9;0,00;29.02.2024;20240229120000000;true;""\n'
        '5;PAY;X;999999999,99;31.12.0999;09991231010203000;false;"Zoë\\ 日本\nline two"\n'
        '"T;1";000005;001000001250.42\n'
        "3 -0.07 34 0999-12-31 999999999.99\n"
    ).encode()
    assert expected == written(tmp_path, name)
    assert (5, len(expected), 0) == (receipt.records, receipt.size_bytes, receipt.resumed_at)
    assert hashlib.sha256(expected).hexdigest() == receipt.sha256
    assert f"{receipt.sha256}  {name}\n".encode() == written(tmp_path, f"{name}.sha256")
    assert Decimal("1000001250.42") == receipt.totals["sum(amount)"]
    assert {name, f"{name}.sha256"} == {path.name for path in (tmp_path / "out").iterdir()}


def test_a_fixed_file_whose_header_has_the_totals(
    source: tuple[str | None, dict[str, object]], tmp_path: Path
) -> None:
    """Zeros behind the sign, an implied point, signs of every kind, lines filled up to the size of a record."""
    url, rows = source
    spec = {
        "file": "out.txt",
        "rows": rows,
        "layout": {"kind": "fixed", "record_size": 60, "null": "-"},
        "columns": [
            {"name": "id", "width": 3, "pad": "0"},
            {"name": "account", "width": 8, "null": "NONE"},
            {"name": "amount", "width": 13, "decimals": 2, "implied": True, "pad": "0", "null": "0" * 13},
            {"name": "amount", "width": 13, "decimals": 2, "sign": "trailing"},
            {"name": "amount", "width": 12, "decimals": 2, "sign": "overpunch", "implied": True, "pad": "0"},
            {"name": "booked", "width": 8, "mask": "YYYYMMDD"},
            {"name": "note", "width": 2, "too_long": "cut", "pad": "."},
        ],
        "header": ["H{count:05}{sum(amount):+015.2v}".replace("+", "")],
        "footer": [
            {
                "fields": [
                    {"value": "T", "width": 3, "pad": "*"},
                    {"value": "{count}", "width": 4, "align": "right"},
                ]
            }
        ],
        "record_end": "\r\n",
    }
    write(spec, url, tmp_path)
    lines = written(tmp_path).decode().split("\r\n")
    assert [
        "H00005000100000125042".ljust(60),
        "001DE-0012 0000000125050     1250.50+00000012505{20261124pl ",
        "002DE-0013 -000000000007        0.07-00000000000P20260131sa ",
        "003NONE    0000000000000            -00000000000--       -. ",
        "004DE-9    0000000000000        0.00+00000000000{20240229.. ",
        "005X       0099999999999999999999.99+09999999999I09991231Zo ",
        "T**   5".ljust(60),
        "",
    ] == [line if len(line) in (0, 60) else f"{len(line)}: {line}" for line in lines]


def test_json_lines_hold_exact_numbers(source: tuple[str | None, dict[str, object]], tmp_path: Path) -> None:
    """Numbers and booleans bare, texts escaped; NULL as null, or left out."""
    url, rows = source
    spec: dict[str, Any] = {
        "file": "out.txt",
        "rows": rows,
        "layout": {"kind": "json_lines"},
        "columns": [
            {"name": "id"},
            {"name": "amount", "title": "amt"},
            {"name": "booked", "mask": "YYYYMMDD"},
            {"name": "done"},
            {"name": "note"},
        ],
    }
    write(spec, url, tmp_path)
    lines = written(tmp_path).decode().splitlines()
    amount = "1250.5" if str(url).endswith(".db") else "1250.50"  # SQLite's own numbers have no scale
    assert f'{{"id":1,"amt":{amount},"booked":"20261124","done":true,"note":"plain"}}' == lines[0]
    notes = [row[7] for row in ROWS]
    assert notes == [json.loads(line)["note"] for line in lines]
    assert '{"id":3,"amt":null,"booked":null,"done":null,"note":null}' == lines[2]
    spec["layout"] = {"kind": "json_lines", "skip_null": True}
    write(spec, url, tmp_path, replace=True)
    assert '{"id":3}' == written(tmp_path).decode().splitlines()[2]


def test_a_sheet_has_numbers_and_dates(source: tuple[str | None, dict[str, object]], tmp_path: Path) -> None:
    """Cells that Excel calculates with; a number of more than 15 digits, and a year before 1900, as text."""
    from zipfile import ZipFile

    url, rows = source
    names = ("id", "done", "note", "booked", "stamp")
    spec = {
        "file": "out.xlsx",
        "rows": rows,
        "layout": {"kind": "excel", "sheet": "Payments"},
        "columns": [{"name": "amount", "decimals": 2}, *({"name": name} for name in names)],
        "header": [{"names": True}],
        "footer": [{"fields": [{"value": "total"}, {"value": "{sum(amount)}"}]}],
    }
    receipt = write(spec, url, tmp_path)
    with ZipFile(tmp_path / "out" / "out.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    for cell in (
        ">id<",
        ">total<",
        "<v>1250.50</v>",
        '"E2" s="2"><v>46350</v>',
        '"E6" t="inlineStr" s="2"><is><t>0999-12-31<',
    ):
        assert cell in sheet.replace('s="2" t="inlineStr"', 't="inlineStr" s="2"')
    assert 5 == receipt.records


def test_a_sheet_refuses_what_is_no_date_and_more_lines_than_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LS-8011 with the record; LS-8015."""
    url = str(tmp_path / "bank.db")
    fill(url)
    spec: dict[str, Any] = {"file": "out.xlsx", "rows": {"table": "payments"}, "layout": {"kind": "excel"}}
    with pytest.raises(FixFile, match="LS-8011"):
        write({**spec, "columns": [{"name": "note", "mask": "YYYY"}]}, url, tmp_path)
    monkeypatch.setattr("loadstone.output.excel.LINES_MAX", 4)
    with pytest.raises(FixFile, match="LS-8015"):
        write(spec, url, tmp_path)
    assert not (tmp_path / "out" / "out.xlsx").exists()


def test_ebcdic_with_packed_decimals(source: tuple[str | None, dict[str, object]], tmp_path: Path) -> None:
    """Text in code page 500, amounts packed, records without ends: a mainframe's file."""
    url, rows = source
    spec = {
        "file": "out.txt",
        "rows": rows,
        "encoding": "cp500",
        "record_end": "",
        "layout": {"kind": "fixed"},
        "columns": [
            {"name": "kind", "width": 4},
            {"name": "amount", "width": 6, "decimals": 2, "packed": True},
            {"name": "id", "width": 2, "packed": True},
        ],
    }
    write(spec, url, tmp_path)
    data = written(tmp_path)
    records = [data[n : n + 12] for n in range(0, len(data), 12)]
    assert ["PAY ", "FEE ", "PAY ", "REV ", "PAY "] == [record[:4].decode("cp500") for record in records]
    assert ["00000125050c", "00000000007d", "00000000000c", "00000000000c", "99999999999c"] == [
        record[4:10].hex() for record in records
    ]
    assert ["001c", "002c", "003c", "004c", "005c"] == [record[10:].hex() for record in records]


def test_without_columns_all_are_written_as_they_are(
    source: tuple[str | None, dict[str, object]], tmp_path: Path
) -> None:
    """In their order; an escape instead of quotes."""
    url, rows = source
    layout = {"kind": "delimited", "delimiter": "|", "quote": None, "escape": "\\", "null": "\\N"}
    rows = (
        {"query": "SELECT id, kind, amount, 'a|b\\c' AS x, note FROM payments WHERE id IN (2, 3)"}
        if url
        else rows
    )
    if url is None:
        pytest.skip("Parquet files are taken whole")
    write({"file": "out.txt", "rows": rows, "layout": layout}, url, tmp_path)
    assert b'2|FEE|-0.07|a\\|b\\\\c|says "no"; goes\n3|PAY|\\N|a\\|b\\\\c|\\N\n' == written(tmp_path)


@pytest.mark.parametrize(
    ("changes", "code", "record", "field"),
    [
        ({"layout": {"kind": "delimited", "quote": None}}, "LS-8013", 5, "note"),
        ({"layout": {"kind": "delimited", "quote": None, "delimiter": ";"}}, "LS-8013", 2, "note"),
        ({"encoding": "cp1252"}, "LS-8012", 5, "note"),
        ({"columns": [{"name": "amount", "decimals": 1}]}, "LS-8011", 2, "amount"),
        ({"columns": [{"name": "note", "decimals": 1}]}, "LS-8011", 1, "note"),
        ({"columns": [{"name": "note", "mask": "YYYY"}]}, "LS-8011", 1, "note"),
        ({"columns": [{"name": "note", "implied": True}]}, "LS-8011", 1, "note"),
        ({"columns": [{"name": "note", "width": 14}]}, "LS-8010", 2, "note"),
        ({"encoding": "cp500", "layout": {"kind": "fixed"}, "columns": [{"name": "amount", "width": 3, "packed": True, "decimals": 2}]}, "LS-8010", 1, "amount"),
        ({"footer": ["{sum(note)}"]}, "LS-8011", 1, "note"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_stand_in_the_file_is_named_and_nothing_is_written(
    source: tuple[str | None, dict[str, object]],
    tmp_path: Path,
    changes: dict[str, object],
    code: str,
    record: int,
    field: str,
) -> None:
    """Record and field, never the value."""
    url, rows = source
    with pytest.raises(FixFile) as told:
        write({"file": "out.txt", "rows": rows, "layout": {"kind": "delimited"}, **changes}, url, tmp_path)
    place = told.value.place
    assert (code, record, field) == (told.value.code, place.record_no, place.field)
    assert not (tmp_path / "out" / "out.txt").exists()
    assert "says" not in str(told.value)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"columns": [{"name": "amont"}]}, "LS-8004"),
        ({"file": "{count}.txt"}, "LS-8003"),
        ({"file": "../out.txt"}, "LS-8003"),
        ({"file": "{who}.txt"}, "LS-8005"),
        ({"header": ["{who}"]}, "LS-8005"),
        ({"header": ["日本"], "encoding": "cp1252"}, "LS-8003"),
        ({"footer": ["{sum(amont)}"]}, "LS-8004"),
        ({"columns": [{"name": "booked", "mask": "YYYYQ"}]}, "LS-8002"),
        ({"layout": {"kind": "excel"}, "header": ["{count}"]}, "LS-8003"),
        ({"layout": {"kind": "delimited", "quote": None}, "header": [{"fields": [{"value": "a,b"}]}]}, "LS-8003"),
        ({"layout": {"kind": "fixed", "record_size": 3}, "columns": [{"name": "kind", "width": 3}], "header": ["long"]}, "LS-8003"),
        ({"layout": {"kind": "fixed"}, "encoding": "utf-16", "columns": [{"name": "id", "width": 3, "packed": True}]}, "LS-8002"),
    ],
)  # fmt: skip
def test_a_spec_that_does_not_fit_the_rows_is_refused(
    tmp_path: Path, changes: dict[str, object], code: str
) -> None:
    """Before, or at the latest when the line is written; no file is left under its name."""
    url = str(tmp_path / "bank.db")
    fill(url)
    with pytest.raises(FixSpec) as told:
        write(
            {"file": "out.txt", "rows": {"table": "payments"}, "layout": {"kind": "delimited"}, **changes},
            url,
            tmp_path,
        )
    assert code == told.value.code
    assert not (tmp_path / "out" / "out.txt").exists()
