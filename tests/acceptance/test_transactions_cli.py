"""``loadstone transactions``: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.cli import call

Capture = pytest.CaptureFixture[str]
CONTROL = """LOAD DATA INFILE 'day.dat' APPEND
INTO TABLE customers WHEN (1) = 'C' (id POSITION(2:3) INTEGER EXTERNAL)
INTO TABLE accounts WHEN (1) = 'A' (id POSITION(2:3) INTEGER EXTERNAL, customer POSITION(4:5) INTEGER EXTERNAL)
"""
DDL = "CREATE TABLE customers (id NUMBER(6)); CREATE TABLE accounts (id NUMBER(6), customer NUMBER(6));"
SPEC = """load: in/day.ctl
types:
  customers: {tables: [customers]}
  accounts:
    tables: [accounts]
    parents: [{columns: [customer], type: customers, references: [id]}]
    errors: 0
"""


@pytest.fixture(autouse=True)
def files(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec, and the control file that it names beside it."""
    monkeypatch.delenv("LOADSTONE_TARGET", raising=False)
    Path("in").mkdir()
    Path("in/day.ctl").write_text(CONTROL)
    Path("day.sql").write_text(DDL)
    Path("day.yaml").write_text(SPEC)
    Path("day.dat").write_text("A1001\nC01\nA1101\n")
    return here


def test_run_publishes_and_tells_of_each_type(capsys: Capture) -> None:
    """The receipt of the load, and a line for each type."""
    said = call(capsys, "transactions", "run", "day.yaml", "--target", "b.db", "--ddl", "day.sql")
    assert (0, True) == (said.code, "type accounts published: 2 rows in" in said.out)
    again = call(capsys, "transactions", "run", "day.yaml", "--target", "b.db", "--json").json()
    assert (True, 2) == (again["repeated"], again["types"]["accounts"]["rows_published"])


def test_what_was_reconciled_is_shown(capsys: Capture) -> None:
    """A line for each figure; the same in JSON; and `explain` says what will be."""
    spec = SPEC.replace("errors: 0", "reconcile: {sums: [customer], hash_totals: [id]}")
    Path("day.yaml").write_text(spec)
    told = call(capsys, "transactions", "explain", "day.yaml").out
    assert "accounts: the sum of customer is reconciled" in told and "the hash total of id" in told
    said = call(capsys, "transactions", "run", "day.yaml", "--target", "b.db", "--ddl", "day.sql")
    lines = [line.upper().split() for line in said.out.splitlines()]
    assert "RECONCILED TABLE FIGURE FILE STAGED REPLACED TARGET".split() in lines
    assert "ACCOUNTS ACCOUNTS SUM OF CUSTOMER 2 2 0 2".split() in lines
    assert "ACCOUNTS ACCOUNTS HASH OF ID 21 21 0 21".split() in lines
    again = call(capsys, "transactions", "run", "day.yaml", "--target", "b.db", "--json").json()
    assert {"figure": "rows", "column": None, "table": "CUSTOMERS", "agrees": True}.items() <= again["types"]["customers"][
        "reconciled"
    ][0].items()
    Path("day.yaml").write_text(spec.replace("[customer], hash", "[custmer], hash"))
    said = call(capsys, "transactions", "explain", "day.yaml")
    assert (1, True, True) == (said.code, "LS-8310" in said.err, "did you mean CUSTOMER?" in said.err)


def test_what_waits_is_told_with_the_reason(capsys: Capture) -> None:
    """Exit code 2; the same command goes on with it."""
    Path("day.dat").write_text("A1002\nC01\n")
    words = ["transactions", "run", "day.yaml", "--target", "b.db", "--ddl", "day.sql"]
    said = call(capsys, *words)
    assert 2 == said.code and "staged, not all of it published" in said.out
    assert "type accounts failed: 0 rows, 1 records rejected" in said.out and "LS-8308" in said.out
    Path("day.yaml").write_text(SPEC.replace("errors: 0", "errors: 1"))
    said = call(capsys, *words)
    assert 2 == said.code and "type accounts partial: 0 rows, 1 records rejected" in said.out


def test_explain_shows_the_graph_and_needs_no_target(capsys: Capture) -> None:
    """As text, as JSON and as a picture."""
    assert "level 2: accounts" in call(capsys, "transactions", "explain", "day.yaml").out
    values = call(capsys, "transactions", "explain", "day.yaml", "--json").json()
    assert [["customers"], ["accounts"]] == values["levels"]
    assert "" == call(capsys, "transactions", "explain", "day.yaml", "--svg", "day.svg").out
    assert Path("day.svg").read_text().startswith("<svg")


def test_schema_and_faults_of_the_form(capsys: Capture) -> None:
    """Every fault in one error, with its place and the nearest key."""
    assert "types" in json.loads(call(capsys, "transactions", "schema").out)["required"]
    Path("day.yaml").write_text("load: in/day.ctl\ntypes:\n  a: {tables: [customers], require: [b]}\n  b: {tables: []}\n")
    said = call(capsys, "transactions", "explain", "day.yaml")
    assert 1 == said.code and all(word in said.err for word in ("LS-8302", "line 3", "did you mean requires?", "line 4"))
    Path("day.yaml").write_text("load: [\n")
    assert "LS-8301" in call(capsys, "transactions", "explain", "day.yaml").err


@pytest.mark.parametrize("words", [["--load", "3"], ["--no-resume"]])
def test_options_that_a_load_of_types_cannot_have(capsys: Capture, words: list[str]) -> None:
    """A type is published as a whole, from rows that are staged."""
    said = call(capsys, "transactions", "run", "day.yaml", "--target", "b.db", "--ddl", "day.sql", *words)
    assert (1, True) == (said.code, "LS-8306" in said.err or "LS-6008" in said.err)
