"""A dry run shows rows as they would be loaded, and changes nothing: no byte of a file, no table, no sequence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from loadstone.cli.main import main
from loadstone.errors import FixSpec
from tests.runs import load, rows_of
from tests.targets import execute

CONTROL = """LOAD DATA INFILE 'in.dat' APPEND INTO TABLE emp FIELDS TERMINATED BY ','
(id INTEGER EXTERNAL, name CHAR(10), n SEQUENCE(MAX,1))
"""
DDL = "CREATE TABLE emp (id NUMBER(6), name VARCHAR2(10), n NUMBER(6));"


def is_file(url: str) -> bool:
    """Whether the target is a file."""
    return "://" not in url


@pytest.fixture
def files(here: Path) -> Path:
    """A control file, DDL and data with a reject."""
    Path("emp.ctl").write_text(CONTROL)
    Path("emp.sql").write_text(DDL)
    Path("in.dat").write_text("1,Ada\nx,No\n2,Bob\n")
    return here


def shown(url: str, capsys: pytest.CaptureFixture[str]) -> list[list[object]]:
    """The rows that a dry run shows."""
    capsys.readouterr()
    assert 0 == main(["load", "emp.ctl", "--target", url, "--ddl", "emp.sql", "--dry-run", "--json"])
    (table,) = json.loads(capsys.readouterr().out)["tables"]
    return [[int(row[0]), row[1], int(row[2])] for row in table["rows"]]


def test_missing_tables_are_made_elsewhere(
    files: Path, target_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rows are shown; no file and no table comes to be."""
    if target_url.startswith("oracle"):
        pytest.skip("Oracle has no place for tables that go by themselves: LS-6010")
    assert [[1, "Ada", 1], [2, "Bob", 3]] == shown(target_url, capsys)
    if is_file(target_url):
        assert not Path(target_url).exists()
    else:
        with pytest.raises(Exception, match="emp"):
            rows_of(target_url, "SELECT * FROM public.emp")


def test_a_file_keeps_its_bytes(files: Path, target_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The table that is there is read: SEQUENCE(MAX) goes on behind it; not a byte changes."""
    execute(target_url, "CREATE TABLE emp (id INTEGER, name VARCHAR(10), n INTEGER)", "INSERT INTO emp VALUES (9, 'Old', 40)")
    before = digest(target_url)
    assert [[1, "Ada", 41], [2, "Bob", 43]] == shown(target_url, capsys)
    assert before == digest(target_url)
    assert 1 == len(rows_of(target_url, "SELECT * FROM emp"))


def digest(url: str) -> str | None:
    """Hash of a file target."""
    return hashlib.sha256(Path(url).read_bytes()).hexdigest() if is_file(url) else None


def test_explain_changes_nothing_either(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The plan of a load into a file that does not exist."""
    assert 0 == main(["explain", "emp.ctl", "--target", "new.db", "--create-tables"])
    assert "EMP" in capsys.readouterr().out and not Path("new.db").exists()


def test_continue_load_skips_by_its_tables(here: Path) -> None:
    """One SKIP of all tables is that of the load; different ones are refused, not passed over."""
    two = "CONTINUE_LOAD DATA INFILE 'in.dat' APPEND INTO TABLE a FIELDS TERMINATED BY ',' SKIP {} (x)\n"
    two += "INTO TABLE b FIELDS TERMINATED BY ',' SKIP {} (x POSITION(1))\n"
    Path("in.dat").write_text("1\n2\n3\n")
    execute("b.db", "CREATE TABLE a (x TEXT)", "CREATE TABLE b (x TEXT)")
    receipt = load(two.format(2, 2), "b.db")
    assert (2, 1) == (receipt.counts.skipped, receipt.counts.loaded)
    with pytest.raises(FixSpec, match="LS-1098"):
        load(two.format(1, 2), "b.db")
