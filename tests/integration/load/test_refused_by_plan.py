"""What a spec asks for that a target or a table has not: every reason at once, and no row moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.bootstrap import loads
from loadstone.errors import LoadstoneError
from loadstone.sqlldr.control import parse_control
from tests.runs import load, rows_of
from tests.targets import execute

HEAD = "LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' "


@pytest.fixture
def url(tmp_path: Path, here: Path) -> str:
    """A SQLite file with table T, and one record."""
    Path("in.dat").write_text("1,2\n")
    made = str(tmp_path / "bank.db")
    execute(made, "CREATE TABLE t (id INTEGER, amount INTEGER, note TEXT)")
    return made


@pytest.mark.parametrize(
    ("fields", "code", "told"),
    [
        ("(id, ammount)", "LS-3003", ["column AMMOUNT does not exist in table T", "did you mean AMOUNT?"]),
        ("(x1, y2)", "LS-3003", ["column X1", "column Y2"]),
        ("(id, note LOBFILE(nofield) TERMINATED BY EOF)", "LS-1021", ["NOFIELD"]),
        ('(id, note "nosuch(:id)")', "LS-5", ["NOSUCH"]),
        ('(id, note "upper(:nofield)")', "LS-1022", ["NOFIELD"]),
        ('(id, "amount" CHAR)', "", []),
        ('(id, "AMOUNT" CHAR)', "", []),
        ('(id, "Amount" CHAR)', "LS-3003", ["Amount"]),
    ],
)
def test_fields_that_have_no_column(fields: str, code: str, told: list[str], url: str) -> None:
    """All of them are named, with what they may mean."""
    if not code:
        assert 1 == load(HEAD + fields, url).counts.loaded
        return
    with pytest.raises(LoadstoneError) as caught:
        load(HEAD + fields, url)
    assert caught.value.code.startswith(code)
    assert all(text in str(caught.value) for text in told)
    assert [] == rows_of(url, "SELECT * FROM t")


@pytest.mark.parametrize("kind", ["postgresql", "duckdb", "sqlite"])
@pytest.mark.parametrize(
    ("clause", "told"),
    [
        ("INTO TABLE t FIELDS TERMINATED BY ',' (id, b BFILE(CONSTANT 'd', id))", "BFILE"),
        ("INTO TABLE t FIELDS TERMINATED BY ',' (o COLUMN OBJECT (a CHAR(1)))", "COLUMN OBJECT"),
        ("INTO TABLE t FIELDS TERMINATED BY ',' (id, r REF(CONSTANT 'x', id))", "REF"),
    ],
)
def test_what_has_no_meaning_on_a_target_is_named(clause: str, told: str, kind: str) -> None:
    """By ``check --target`` too, without a database."""
    spec = parse_control(f"LOAD DATA INFILE 'x' APPEND {clause}".encode(), "x.ctl")
    [finding] = loads.refusals(spec, "x.ctl", kind)
    assert "LS-1093" == finding.code and told in finding.message and kind in finding.message


def test_files_of_several_lobs_are_named() -> None:
    """On every target."""
    control = (
        "LOAD DATA INFILE 'x' INTO TABLE t FIELDS TERMINATED BY ',' (id, b LOBFILE(id) TERMINATED BY '|')"
    )
    [finding] = loads.refusals(parse_control(control.encode(), "x.ctl"), "x.ctl", "sqlite")
    assert "LS-1083" == finding.code and "field B" in finding.message


def test_a_column_that_two_fields_load_is_an_error_of_ours(url: str) -> None:
    """Not a failure of the database in the middle of the load."""
    with pytest.raises(LoadstoneError, match="LS-"):
        load(HEAD + "(id, amount, id)", url)
    assert [] == rows_of(url, "SELECT * FROM t")


def test_what_the_plan_refuses_leaves_no_load_behind(url: str) -> None:
    """The mended control file is a first load, not a resumed one."""
    with pytest.raises(LoadstoneError):
        load(HEAD + "(id, ammount)", url)
    receipt = load(HEAD + "(id, amount)", url)
    assert (False, False, 1) == (receipt.resumed, receipt.repeated, receipt.counts.loaded)
