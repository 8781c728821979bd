"""What happens to rows that stand in the table already: INSERT, APPEND, REPLACE, TRUNCATE, upsert."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.books import LoadReceipt
from loadstone.bootstrap import loads
from loadstone.errors import FixSpec, Refused
from loadstone.spec import LoadRequest, Method
from loadstone.sqlldr.control import parse_control
from tests.runs import Undisturbed, load, rows_of
from tests.targets import execute

TABLE = "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, code INTEGER UNIQUE, note VARCHAR(9))"
FIELDS = "FIELDS TERMINATED BY ',' TRAILING NULLCOLS (id, code, note)"


def control(head: str, tail: str = "") -> str:
    """A control file whose methods stand before and after INTO TABLE."""
    return f"LOAD DATA INFILE 'in.dat' {head} INTO TABLE t {tail} {FIELDS}"


def rows(url: str) -> list[tuple[int, ...]]:
    """The table, in order of its key."""
    return rows_of(url, "SELECT id, code FROM t ORDER BY id")


@pytest.fixture
def url(target_url: str, here: Path) -> str:
    """A target whose table T holds the rows 8 and 9; the data file has 1 and 2."""
    execute(target_url, TABLE, "INSERT INTO t VALUES (8, 80, 'old'), (9, 90, 'old')")
    Path("in.dat").write_text("1,10,new\n2,20,new\n")
    return target_url


@pytest.mark.parametrize(("head", "tail"), [("", ""), ("INSERT", ""), ("APPEND", "INSERT")])
def test_insert_wants_an_empty_table(head: str, tail: str, url: str) -> None:
    """INSERT, the default, refuses a table with rows as SQL*Loader-601; nothing moves, and nothing is half done."""
    with pytest.raises(Refused, match=r"LS-3005.*SQL\*Loader-601.*table T") as caught:
        load(control(head, tail), url)
    assert ["the table is not empty: say APPEND, REPLACE or TRUNCATE in the control file."] == list(
        caught.value.hints
    )
    assert [(8, 80), (9, 90)] == rows(url)
    execute(url, "DELETE FROM t")
    assert 2 == load(control(head, tail), url).counts.loaded
    assert [(1, 10), (2, 20)] == rows(url)


def test_append_adds(url: str) -> None:
    """APPEND leaves what is there."""
    load(control("APPEND"), url)
    assert [(1, 10), (2, 20), (8, 80), (9, 90)] == rows(url)


@pytest.mark.parametrize(
    ("head", "tail"), [("REPLACE", ""), ("TRUNCATE", ""), ("APPEND", "REPLACE"), ("INSERT", "TRUNCATE")]
)
def test_replace_and_truncate_empty_the_table_first(head: str, tail: str, url: str) -> None:
    """The method after INTO TABLE beats the one before; keys of the old rows are free."""
    Path("in.dat").write_text("9,80,new\n")
    load(control(head, tail), url)
    assert [(9, 80)] == rows(url)


def test_a_load_of_nothing_replaces_all_the_same(url: str) -> None:
    """REPLACE by an empty file leaves an empty table."""
    Path("in.dat").write_text("")
    receipt = load(control("REPLACE"), url)
    assert (0, "complete", 0) == (receipt.counts.read, receipt.outcome, receipt.exit_code)
    assert [] == rows(url)


@pytest.mark.parametrize("method", ["INSERT", "REPLACE", "TRUNCATE"])
def test_a_load_that_goes_on_does_not_empty_the_table_again(method: str, url: str) -> None:
    """LOAD stops it after two records; the second start prepares nothing and adds the rest."""
    execute(url, "DELETE FROM t")
    Path("in.dat").write_text("1,10,a\n2,20,b\n3,30,c\n")
    first = load(control(method), url, load=2)
    assert ("limit", [(1, 10), (2, 20)]) == (first.outcome, rows(url))
    second = load(control(method), url)
    assert (True, "complete", 3) == (second.resumed, second.outcome, second.counts.read)
    assert [(1, 10), (2, 20), (3, 30)] == rows(url)


def test_several_clauses_prepare_one_table_once(url: str) -> None:
    """The second INTO TABLE T does not empty what the first one loads."""
    Path("in.dat").write_text("1,10\n2,20\n")
    two = (
        "LOAD DATA INFILE 'in.dat' REPLACE"
        " INTO TABLE t WHEN id = '1' FIELDS TERMINATED BY ',' (id, code)"
        " INTO TABLE t WHEN id = '2' FIELDS TERMINATED BY ',' (id POSITION(1), code)"
    )
    receipt = load(two, url)
    assert {"T": 2} == receipt.tables
    assert [(1, 10), (2, 20)] == rows(url)


def test_a_name_in_another_case_is_the_same_table(url: str) -> None:
    """T and "T" prepare one table once, whatever the case that the target keeps."""
    Path("in.dat").write_text("1,10\n2,20\n")
    two = (
        "LOAD DATA INFILE 'in.dat' TRUNCATE"
        " INTO TABLE t WHEN id = '1' FIELDS TERMINATED BY ',' (id, code)"
        " INTO TABLE \"T\" WHEN id = '2' FIELDS TERMINATED BY ',' (id POSITION(1), code)"
    )
    load(two, url)
    assert [(1, 10), (2, 20)] == rows(url)


def upsert(url: str, *key: str, fields: str = FIELDS, chunk: int = 1 << 20) -> LoadReceipt:
    """Load with method upsert by ``key``."""
    spec = parse_control(f"LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t {fields}".encode(), "load.ctl")
    table = spec.tables[0].model_copy(update={"method": Method.UPSERT, "key": key})
    spec = spec.model_copy(update={"tables": (table,)})
    request = LoadRequest(spec=spec, spec_path="load.ctl", target=url, errors=-1, chunk_size_bytes=chunk)
    return loads.load(request, Undisturbed())


@pytest.mark.parametrize("chunk", [6, 1 << 20], ids=["chunks", "one chunk"])
def test_upsert_changes_rows_that_are_there_and_adds_the_others(chunk: int, url: str) -> None:
    """The last record of a key wins, within a chunk and over chunks; columns of the spec alone are changed."""
    Path("in.dat").write_text("8,81\n1,10\n8,82\n1,11\n")
    receipt = upsert(url, "ID", fields="FIELDS TERMINATED BY ',' (id, code)", chunk=chunk)
    assert 4 == receipt.counts.loaded
    assert [(1, 11), (8, 82), (9, 90)] == rows(url)
    assert [("old",)] == rows_of(url, "SELECT note FROM t WHERE id = 8")


def test_upsert_with_nothing_but_the_key_adds_what_is_missing(url: str) -> None:
    """There is nothing to change in a row that is there."""
    Path("in.dat").write_text("8\n7\n")
    upsert(url, "ID", fields="FIELDS TERMINATED BY ',' (id)")
    assert [(7, None), (8, 80), (9, 90)] == rows(url)


def test_upsert_by_another_unique_key(url: str) -> None:
    """Any unique key tells rows apart; its case does not matter."""
    Path("in.dat").write_text("5,80,new\n")
    upsert(url, "code")
    assert [(5, 80), (9, 90)] == rows(url)


def test_upsert_keeps_the_other_constraints(url: str) -> None:
    """A record that breaks another key is refused, and its row stays as it was."""
    Path("in.dat").write_text("8,90,x\n7,70,y\n")
    receipt = upsert(url, "ID")
    assert (1, 1) == (receipt.counts.loaded, receipt.counts.rejected)
    assert [(7, 70), (8, 80), (9, 90)] == rows(url)


@pytest.mark.parametrize("key", [(), ("NOTHING",), ("ID", "NOTHING")])
def test_upsert_needs_its_key_among_the_fields(key: tuple[str, ...], url: str) -> None:
    """Without key columns, or with one that the spec does not load, no row moves."""
    with pytest.raises(FixSpec, match="LS-1092"):
        upsert(url, *key)
    assert [(8, 80), (9, 90)] == rows(url)


def test_upsert_needs_a_unique_key_in_the_target(url: str) -> None:
    """Columns that are not unique tell no rows apart: the target says so, and no row moves."""
    with pytest.raises(FixSpec, match="LS-"):
        upsert(url, "NOTE")
    assert [(8, 80), (9, 90)] == rows(url)
