"""Rows that a trigger, a rule or a conflict clause takes away without a word are not counted as loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loadstone.bootstrap import loads
from loadstone.targets.urls import PREFIX
from tests.runs import load, rows_of
from tests.targets import execute

CONTROL = (
    "LOAD DATA INFILE 'load.dat' APPEND INTO TABLE t FIELDS TERMINATED BY '|' (id INTEGER EXTERNAL, v CHAR)"
)
DATA = b"1|a\n2|b\n3|c\n4|d\n5|e\n6|f\n"
DROPS = (
    "CREATE FUNCTION drops() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN IF NEW.id % 3 = 0 THEN RETURN NULL; END IF; RETURN NEW; END $$"
)
TRIGGER = "CREATE TRIGGER drops BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION drops()"
WAYS = {
    "trigger": ("CREATE TABLE t (id integer, v text)", DROPS, TRIGGER.format("t")),
    "trigger of a partition": (
        "CREATE TABLE t (id integer, v text) PARTITION BY RANGE (id)",
        "CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (100)",
        DROPS,
        TRIGGER.format("low"),
    ),
}
SQLITE = {
    "trigger": (
        "CREATE TABLE t (id integer, v text)",
        "CREATE TRIGGER drops BEFORE INSERT ON t WHEN NEW.id % 3 = 0 BEGIN SELECT RAISE(IGNORE); END",
    ),
    "conflict clause": (
        "CREATE TABLE t (id integer, v text UNIQUE ON CONFLICT IGNORE)",
        "INSERT INTO t VALUES (30, 'c'), (60, 'f')",
    ),
}


@pytest.fixture(autouse=True)
def data(here: Path) -> None:
    """Six records in the working directory."""
    (here / "load.dat").write_bytes(DATA)


def assert_refused(url: str, *, records: tuple[int, ...] = (3, 6), **options: Any) -> None:
    """The records that were taken away are rejects, and the others are loaded."""
    receipt = load(CONTROL, url, errors=-1, **options)
    assert (6 - len(records), len(records)) == (receipt.counts.loaded, receipt.counts.rejected)
    assert 2 == receipt.exit_code
    found = loads.rejects(url)[1]
    assert [(number, "trigger") for number in records] == [(one.record_no, one.rule) for one in found]
    assert all("trigger" in one.reason for one in found)
    assert [(n,) for n in range(1, 7) if n not in records] == rows_of(
        url, "SELECT id FROM t WHERE id < 10 ORDER BY id"
    )
    assert b"".join(line + b"\n" for line in (b"3|c", b"6|f")) == Path("load.bad").read_bytes()


@pytest.mark.parametrize("atomic", [False, True])
@pytest.mark.parametrize("way", list(WAYS))
def test_what_postgresql_drops_is_refused(postgres_url: str, way: str, atomic: bool) -> None:
    """BEFORE INSERT ... RETURN NULL, of the table or of a partition; by COPY and by INSERT ... SELECT."""
    execute(postgres_url, *WAYS[way])
    assert_refused(postgres_url, atomic=atomic)


@pytest.mark.parametrize("atomic", [False, True])
@pytest.mark.parametrize("way", list(SQLITE))
def test_what_sqlite_drops_is_refused(way: str, atomic: bool) -> None:
    """RAISE(IGNORE), and a table that ignores conflicts by itself."""
    execute("bank.db", *SQLITE[way])
    assert_refused("bank.db", atomic=atomic)


def test_a_rule_that_does_nothing_instead_is_refused(postgres_url: str) -> None:
    """COPY passes rules over; publishing does not."""
    execute(
        postgres_url,
        "CREATE TABLE t (id integer, v text)",
        "CREATE RULE drops AS ON INSERT TO t WHERE NEW.id % 3 = 0 DO INSTEAD NOTHING",
    )
    assert_refused(postgres_url, atomic=True)


def test_upserts_that_are_dropped_are_refused(postgres_url: str) -> None:
    """Rows are counted by key: the last of several for one key is one row, and that is no loss."""
    execute(
        postgres_url,
        "CREATE TABLE t (id integer PRIMARY KEY, v text)",
        DROPS,
        TRIGGER.format("t"),
        "INSERT INTO t VALUES (1, 'old')",
    )
    Path("load.dat").write_bytes(b"1|a\n1|b\n3|c\n4|d\n6|f\n")
    Path("load.ctl").write_text(CONTROL)
    receipt = load_upsert(postgres_url)
    assert (3, 2) == (receipt.counts.loaded, receipt.counts.rejected)
    assert [(1, "b"), (4, "d")] == rows_of(postgres_url, "SELECT id, v FROM t ORDER BY id")


@pytest.mark.parametrize("way", list(WAYS))
def test_what_a_database_by_sqlalchemy_drops_is_refused(postgres_url: str, way: str) -> None:
    """Where the driver counts the rows of many INSERTs, as psycopg does."""
    execute(postgres_url, *WAYS[way])
    url = PREFIX + postgres_url.replace("postgresql://", "postgresql+psycopg://", 1)
    receipt = load(CONTROL, url, errors=-1)
    assert (4, 2, 2) == (receipt.counts.loaded, receipt.counts.rejected, receipt.exit_code)
    assert [(3, "trigger"), (6, "trigger")] == [(one.record_no, one.rule) for one in loads.rejects(url)[1]]
    assert [(1,), (2,), (4,), (5,)] == rows_of(postgres_url, "SELECT id FROM t ORDER BY id")


def test_an_upsert_by_sqlalchemy_that_is_dropped_is_refused(postgres_url: str) -> None:
    """Row by row: those that are there are changed, others are inserted."""
    execute(
        postgres_url,
        "CREATE TABLE t (id integer PRIMARY KEY, v text)",
        DROPS,
        TRIGGER.format("t"),
        "INSERT INTO t VALUES (1, 'old')",
    )
    Path("load.ctl").write_text(CONTROL)
    receipt = load_upsert(PREFIX + postgres_url.replace("postgresql://", "postgresql+psycopg://", 1))
    assert (4, 2) == (receipt.counts.loaded, receipt.counts.rejected)
    assert [(1, "a"), (2, "b"), (4, "d"), (5, "e")] == rows_of(
        postgres_url, "SELECT id, v FROM t ORDER BY id"
    )


def load_upsert(url: str) -> Any:
    """The load as an upsert by id."""

    from loadstone.spec import LoadRequest, Method
    from loadstone.sqlldr.control import parse_control
    from tests.runs import Undisturbed

    spec = parse_control(CONTROL.encode(), "load.ctl")
    table = spec.tables[0].model_copy(update={"method": Method.UPSERT, "key": ("ID",)})
    request = LoadRequest(
        spec=spec.model_copy(update={"tables": (table,)}), spec_path="load.ctl", target=url, errors=-1
    )
    return loads.load(request, Undisturbed())


def test_an_unlogged_table_is_warned_about(postgres_url: str) -> None:
    """A crash of the server would empty it, and no checkpoint would tell."""
    execute(postgres_url, "CREATE UNLOGGED TABLE t (id integer, v text)")
    assert any("UNLOGGED" in warning for warning in load(CONTROL, postgres_url).warnings)
    execute(postgres_url, "ALTER TABLE t SET LOGGED")
    assert () == load(CONTROL, postgres_url, again=True).warnings
