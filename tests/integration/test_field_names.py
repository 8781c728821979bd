"""FIELD NAMES: the data say in which order their fields stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.errors import FixFile, FixSpec
from tests.runs import load, rows_of

CONTROL = """LOAD DATA FIELD NAMES {names} INFILE 'a.dat' INFILE 'b.dat' APPEND INTO TABLE t
FIELDS TERMINATED BY {comma} {quotes} TRAILING NULLCOLS (a, b INTEGER EXTERNAL, n RECNUM)
"""
DDL = "CREATE TABLE t (a VARCHAR2(10), b NUMBER(6), n NUMBER(6));"


def loaded(names: str, *, comma: str = "','", quotes: str = "") -> list[tuple[object, ...]]:
    """The rows after a load of a.dat and b.dat."""
    receipt = load(CONTROL.format(names=names, comma=comma, quotes=quotes), "bank.db", ddl=DDL)
    assert receipt.counts.rejected == 0
    return [(a, int(b), int(n)) for a, b, n in rows_of("bank.db", "SELECT a, b, n FROM t ORDER BY n")]


def test_first_file_orders_the_fields_of_all(here: Path) -> None:
    """The names of the first file hold for the second, which has none; a name of no field is passed over."""
    Path("a.dat").write_text("B,other,A\n1,?,x\n")
    Path("b.dat").write_text("2,?,y\n")
    assert loaded("FIRST FILE") == [("x", 1, 1), ("y", 2, 2)]


def test_all_files_have_names(here: Path) -> None:
    """Each file begins with names, quoted ones too, in one order."""
    Path("a.dat").write_text('"b"|"a"\n1|x\n')
    Path("b.dat").write_text("B|A\n2|y\n")
    assert loaded("ALL FILES", comma="'|'", quotes="OPTIONALLY ENCLOSED BY '\"'") == [
        ("x", 1, 1),
        ("y", 2, 2),
    ]


def test_ignored_names_change_nothing(here: Path) -> None:
    """IGNORE passes the record over, whatever it says."""
    Path("a.dat").write_text("whatever\nx,1\n")
    Path("b.dat").write_text("y,2\n")
    assert loaded("FIRST FILE IGNORE") == [("x", 1, 1), ("y", 2, 2)]


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("b,c\n", "b,a\n", "does not name A"),
        ("b,a,b\n", "b,a\n", "names b twice"),
        ("b,a\n", "a,b\n", "another order"),
    ],
)
def test_names_that_do_not_fit_are_refused(here: Path, first: str, second: str, told: str) -> None:
    """A missing name, a repeated one, and files that disagree; no row is loaded."""
    Path("a.dat").write_text(first + "1,x\n")
    Path("b.dat").write_text(second + "2,y\n")
    with pytest.raises(FixFile, match=told):
        loaded("ALL FILES")
    assert rows_of("bank.db", "SELECT 1 FROM t") == []


def test_names_need_delimited_fields(here: Path) -> None:
    """Fields by position cannot be reordered."""
    Path("a.dat").write_text("b,a\n")
    Path("b.dat").write_text("")
    control = CONTROL.replace("(a, b INTEGER EXTERNAL, n RECNUM)", "(a POSITION(1:2))")
    with pytest.raises(FixSpec, match="LS-1096"):
        load(control.format(names="FIRST FILE", comma="','", quotes=""), "bank.db", ddl=DDL)
