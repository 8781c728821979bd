"""Files of other formats from ``propose`` to rows in a table, with the totals that the files state, on every target."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from loadstone.cli.main import main
from tests.bank_files import (
    AchEntry,
    BaiAccount,
    BaiTransaction,
    CamtEntry,
    OfxTransaction,
    SwiftEntry,
    ach_file,
    bai_file,
    camt_file,
    camt_statement,
    ofx_file,
    pain_file,
    swift_statement,
)
from tests.packed import PACKERS
from tests.runs import rows_of

CENTS = [number * 1037 + 5 for number in range(40)]
BROKEN = 7
"""The row whose amount is spoiled."""


@dataclass
class Case:
    """A file of a bank: its text, what spoils one amount, and the columns that are looked at."""

    text: str
    good: str
    bad: str
    amount: str
    date: str = ""


def lines(records: list[str]) -> str:
    """A file of records."""
    return "\r\n".join(records) + "\r\n"


CASES = {
    "nacha": Case(lines(ach_file([[AchEntry(cents=one, notes=["RMR*IV*1"]) for one in CENTS]])), f"{CENTS[BROKEN]:010}", "00000x7264", "amount", "effective_date"),
    "bai2": Case(lines(bai_file([[BaiAccount(transactions=[BaiTransaction(units=one, text=["a", "b"]) for one in CENTS])]])), f"16,142,{CENTS[BROKEN]},", "16,142,7x,", "amount", "as_of_date"),
    "mt940": Case(lines(swift_statement([SwiftEntry(cents=one, information=["PAY", "MENT"]) for one in CENTS])), "C72,64N", "Cx2,64N", "signed_amount", "value_date"),
    "camt.053": Case(camt_file([camt_statement([CamtEntry(cents=one, transactions=[(one, "Zoë & co".replace("&", "&amp;"))]) for one in CENTS])]), "<Ntry><Amt Ccy='EUR'>72.64<", "<Ntry><Amt Ccy='EUR'>72,64<", "signed_amount", "booking_date"),
    "pain.001": Case(pain_file([[(one, "Bo") for one in CENTS]]), "<InstdAmt Ccy='EUR'>72.64<", "<InstdAmt Ccy='EUR'>x<", "amount", "requested_date"),
    "ofx": Case(ofx_file([OfxTransaction(cents=one, fit_id=str(one)) for one in CENTS]), "<TRNAMT>72.64", "<TRNAMT>x", "amount", "posted_date"),
}  # fmt: skip


@pytest.fixture
def load(target_url: str, here: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """Propose a spec for ``day.bin`` and load it into the table ``day``; gives the receipt."""

    def run(*words: str) -> dict[str, Any]:
        assert 0 == main(["propose", "day.bin", "-o", "day.yaml", *words])
        capsys.readouterr()
        main(
            [
                "load",
                "day.yaml",
                "--target",
                target_url,
                "--create-tables",
                "--json",
                "--rejects-jsonl",
                "r.jsonl",
            ]
        )
        receipt: dict[str, Any] = json.loads(capsys.readouterr().out)
        return receipt

    return run


@pytest.mark.parametrize("target_url", ["sqlite", "duckdb", "postgresql"], indirect=True)
@pytest.mark.parametrize("kind", CASES)
def test_files_of_banks_load_with_their_own_totals(
    kind: str, load: Callable[..., dict[str, Any]], target_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The amounts of all rows are in the table, but the spoiled one, which is a reject with its place."""
    case = CASES[kind]
    assert 1 == case.text.count(case.good)
    Path("day.bin").write_text(case.text, newline="")
    main(["totals", "day.bin", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (True, 40, kind) == (told["agree"], told["rows"], told["format"])
    Path("day.bin").write_text(case.text.replace(case.good, case.bad), newline="")
    receipt = load()
    assert (39, 1) == (receipt["rows_loaded"], receipt["rows_rejected"])
    rows = rows_of(target_url, f"SELECT {case.amount}, {case.date} FROM day")
    assert {one for one in CENTS if one != CENTS[BROKEN]} == {Decimal(amount) * 100 for amount, _ in rows}
    assert {"20"} == {str(day)[:2] for _, day in rows}
    (reject,) = [json.loads(line) for line in Path("r.jsonl").read_text().splitlines()]
    assert "unreadable" == reject["rule"] and "line" in reject["origin"]


@pytest.mark.parametrize("target_url", ["sqlite"], indirect=True)
def test_other_rows_of_a_file_are_asked_for(
    load: Callable[..., dict[str, Any]], target_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its balances, and no kind that it does not have."""
    Path("day.bin").write_text(CASES["mt940"].text, newline="")
    assert 2 == load("--rows", "balances")["rows_loaded"]
    assert {"opening", "closing"} == {kind for (kind,) in rows_of(target_url, "SELECT kind FROM day")}
    for data, rows in ((CASES["mt940"].text, "batches"), ("a,b\n1,2\n", "entries")):
        Path("day.bin").write_text(data, newline="")
        assert 0 != main(["propose", "day.bin", "--rows", rows])
        assert "LS-1113" in capsys.readouterr().err


@pytest.mark.parametrize("target_url", ["sqlite"], indirect=True)
def test_text_that_is_digits_stays_text(load: Callable[..., dict[str, Any]], target_url: str) -> None:
    """JSON says what is a string; names that no column can have are told to the reading."""
    Path("day.bin").write_text('{"id": "17", "n": 5, "Währung": "EUR", "date": "2026-01-02"}\n' * 3)
    assert 3 == load()["rows_loaded"]
    assert "Währung" in Path("day.yaml").read_text()
    assert [("17", "5", "EUR")] * 3 == rows_of(target_url, "SELECT id, n, wahrung FROM day")


ROWS = [(number, Decimal(number) / 4, f"Zoë {number}") for number in range(50)]


def tree(kind: str) -> bytes:
    """A document of ``ROWS``, the eighth of which has no amount that is one."""
    if kind == "json":
        items = [
            f'{{"id": {n}, "amount": {"7x" if n == 7 else amount}, "who": {{"name": "{who}"}}}}'
            for n, amount, who in ROWS
        ]
        return f'{{"made": "2026-01-02", "items": [{",".join(items)}]}}'.replace("7x", '"7x"').encode()
    parts = [
        f'<p id="{n}"><amount>{"7x" if n == 7 else amount}</amount><who><name>{who}</name></who></p>'
        for n, amount, who in ROWS
    ]
    return f"<doc><made/>{''.join(parts)}</doc>".encode()


@pytest.mark.parametrize("target_url", ["sqlite", "duckdb", "postgresql"], indirect=True)
@pytest.mark.parametrize("kind", ["json", "xml"])
def test_documents_load(kind: str, load: Callable[..., dict[str, Any]], target_url: str) -> None:
    """The rows that repeat in it, their parts by path; a value that is no number is a reject with its place."""
    Path("day.bin").write_bytes(tree(kind).replace(b"7x", b"7.25"))
    assert 0 == main(["propose", "day.bin", "-o", "day.yaml", "--table", "day"])
    Path("day.bin").write_bytes(tree(kind))
    main(["load", "day.yaml", "--target", target_url, "--create-tables", "--rejects-jsonl", "r.jsonl"])
    found = rows_of(target_url, "SELECT id, amount, who_name FROM day")
    assert [row for row in ROWS if row[0] != 7] == sorted(
        (int(n), Decimal(amount), who) for n, amount, who in found
    )
    (reject,) = [json.loads(line) for line in Path("r.jsonl").read_text().splitlines()]
    assert ("$.items[7]" if kind == "json" else "p 8, line 1") == reject["origin"]


@pytest.mark.parametrize("target_url", ["sqlite"], indirect=True)
def test_workbooks_load_by_their_header(load: Callable[..., dict[str, Any]], target_url: str) -> None:
    """Its row is found below a title; the first sheet with rows is taken; rejects tell sheet and row."""
    with xlsxwriter.Workbook("day.bin") as book:
        book.add_worksheet("Empty")
        sheet = book.add_worksheet("Pay")
        for number, row in enumerate([["Report of the day"], [], ["Id", "Amount (EUR)", "Who"], *ROWS]):
            sheet.write_row(number, 0, [float(one) if isinstance(one, Decimal) else one for one in row])
    assert 50 == load()["rows_loaded"]
    assert "header_row: 3" in Path("day.yaml").read_text() and "Pay" in Path("day.yaml").read_text()
    found = rows_of(target_url, "SELECT id, amount_eur, who FROM day")
    assert ROWS == sorted((int(n), Decimal(amount), who) for n, amount, who in found)


@pytest.mark.parametrize("target_url", ["duckdb"], indirect=True)
def test_parquet_loads_from_a_container(load: Callable[..., dict[str, Any]], target_url: str) -> None:
    """Types by its values, and digits that it holds as text stay text."""
    columns = dict(zip(("id", "amount", "who"), map(pa.array, zip(*ROWS, strict=True)), strict=True))
    pq.write_table(pa.table({**columns, "code": pa.array([str(n) for n, _, _ in ROWS])}), "plain")
    Path("day.bin").write_bytes(PACKERS["zip"](Path("plain").read_bytes()))
    assert 50 == load()["rows_loaded"]
    found = rows_of(target_url, "SELECT id, amount, who, code FROM day ORDER BY id")
    assert [(*row, str(row[0])) for row in ROWS] == [
        (int(n), Decimal(amount), who, code) for n, amount, who, code in found
    ]


WRONG = {
    "a workbook that is text": ("excel", {}, b"a,b\n1,2\n", "LS-2031"),
    "xml that is half": ("xml", {"row": "p"}, tree("xml")[:900], "LS-2032"),
    "json that is xml": ("json", {}, tree("xml"), "LS-2032"),
    "parquet in a cut zip": ("parquet", {}, PACKERS["zip"](b"PAR1" * 99)[:-40], "LS-2003"),
    "entities": ("xml", {"row": "p"}, b"<!DOCTYPE d [<!ENTITY a 'b'>]>" + tree("xml"), "LS-2034"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_by_code(name: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The load says which and why, and leaves no row of a file that never was one."""
    kind, options, data, code = WRONG[name]
    Path("day.bin").write_bytes(data)
    Path("day.yaml").write_text(
        json.dumps(
            {
                "inputs": [{"path": "day.bin", "reading": {"kind": kind, **options}}],
                "tables": [{"table": {"name": "T"}, "fields": [{"name": "A"}]}],
            }
        )
    )
    assert 0 != main(["load", "day.yaml", "--target", "b.db", "--create-tables"])
    assert code in capsys.readouterr().err
