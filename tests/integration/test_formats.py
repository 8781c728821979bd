"""Files of other formats from ``propose`` to rows in a table, with the totals that the files state, on every target."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

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
        main(["load", "day.yaml", "--target", target_url, "--create-tables", "--json", "--rejects-jsonl", "r.jsonl"])
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
