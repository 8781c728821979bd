"""Loads without control tables: the same rows and files, no trace in the target, and no resume."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from loadstone.cli.main import main
from loadstone.errors import Refused, Stop
from loadstone.targets.model import Claimant
from loadstone.targets.unrecorded import UnrecordedTarget
from tests.runs import load, rows_of
from tests.targets import execute, opened

CONTROL = """LOAD DATA INFILE 'in.dat' REPLACE INTO TABLE emp FIELDS TERMINATED BY ','
(id INTEGER EXTERNAL, name CHAR(10))
"""
TABLE = "CREATE TABLE emp (id INTEGER PRIMARY KEY, name VARCHAR(10))"


@pytest.fixture
def emp(here: Path, target_url: str) -> str:
    """A table with a row, and data with a bad number and a duplicate."""
    execute(target_url, TABLE, "INSERT INTO emp VALUES (9, 'Old')")
    Path("in.dat").write_text("1,Ada\nx,No\n1,Again\n2,Bob\n")
    return target_url


def test_rows_and_files_are_those_of_any_load(emp: str) -> None:
    """Rejects of both kinds, bad file, log; and no control table is left behind."""
    receipt = load(CONTROL, emp, resume=False, chunk_size_bytes=8, rejects_jsonl="r.jsonl")
    assert (2, 2, 2) == (receipt.counts.loaded, receipt.counts.rejected, receipt.exit_code)
    assert "x,No\n1,Again\n" == Path("in.bad").read_text()
    log = Path("load.log").read_text()
    assert "Record 2: Rejected" in log and "Record 3: Rejected" in log and "no control tables" in log
    assert 2 == len(Path("r.jsonl").read_text().splitlines())
    assert [1, 2] == [int(one) for (one,) in rows_of(emp, "SELECT id FROM emp ORDER BY id")]
    with pytest.raises(Exception, match=r"(?i)loadstone_load"):
        rows_of(emp, "SELECT * FROM loadstone_load")


def test_a_second_start_loads_again(emp: str) -> None:
    """Nothing is known of the first one."""
    load(CONTROL, emp, resume=False)
    assert not load(CONTROL, emp, resume=False).repeated


def test_a_lost_connection_ends_the_load(emp: str) -> None:
    """Nobody can tell what was committed, so nothing is guessed."""
    with opened(emp) as inner:
        target = UnrecordedTarget(inner)
        target.raise_fence("a" * 32, Claimant.here())
        with pytest.raises(Stop, match="LS-3026"):
            target.raise_fence("a" * 32, Claimant.here())


def test_insert_into_a_table_with_rows_is_refused(emp: str) -> None:
    """The emptiness check needs no control table."""
    with pytest.raises(Refused, match="LS-3005"):
        load(CONTROL.replace("REPLACE", "INSERT"), emp, resume=False)


@pytest.mark.parametrize("option", ["--atomic", "--take-over"])
def test_what_needs_a_record_is_refused(emp: str, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """All or nothing and taking over need the control tables."""
    Path("e.ctl").write_text(CONTROL)
    assert 1 == main(["load", "e.ctl", "--target", emp, "--no-resume", option])
    assert "LS-6008" in capsys.readouterr().err


@pytest.fixture
def clerk(postgres_url: str, here: Path) -> str:
    """A role that may write one table and make none."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS clerk")
        connection.execute("CREATE ROLE clerk LOGIN")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        connection.execute(TABLE)
        connection.execute("INSERT INTO emp VALUES (9, 'Old')")
        connection.execute("GRANT SELECT, INSERT, DELETE ON emp TO clerk")
    Path("in.dat").write_text("1,Ada\n")
    return postgres_url.replace("postgres:@", "clerk@").replace("postgres@", "clerk@")


def test_a_role_that_may_make_no_table(clerk: str, postgres_url: str) -> None:
    """The missing right is named before a row moves; --no-resume loads; so do grants by the owner."""
    with pytest.raises(Refused, match="LS-3008") as caught:
        load(CONTROL, clerk)
    assert any("--no-resume" in hint for hint in caught.value.hints)
    assert 1 == load(CONTROL, clerk, resume=False).counts.loaded
    assert 0 == main(["target", "init", postgres_url, "--role", "clerk"])
    assert 1 == load(CONTROL, clerk).counts.loaded
    assert 1 == load(CONTROL, clerk, atomic=True, run_id="2").counts.loaded


@pytest.mark.parametrize(
    ("method", "right"), [("TRUNCATE", "TRUNCATE"), ("REPLACE", "DELETE"), ("INSERT", "INSERT")]
)
def test_a_missing_right_on_the_table_is_named_before_it_is_emptied(
    clerk: str, postgres_url: str, method: str, right: str
) -> None:
    """The table keeps its rows."""
    main(["target", "init", postgres_url, "--role", "clerk"])
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("REVOKE ALL ON emp FROM clerk")
        rest = {"SELECT", "INSERT", "DELETE", "TRUNCATE"} - {right}
        connection.execute(f"GRANT {', '.join(sorted(rest))} ON emp TO clerk")  # type: ignore[arg-type]
    with pytest.raises(Refused, match=f"LS-3008.*{right} on"):
        load(CONTROL.replace("REPLACE", method), clerk)
    assert [(9,)] == [(int(one),) for (one,) in rows_of(postgres_url, "SELECT id FROM emp")]


def test_the_grants_are_printed(clerk: str, postgres_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``target init --sql --role`` prints tables and grants and runs nothing."""
    assert 0 == main(["target", "init", postgres_url, "--sql", "--role", "clerk"])
    shown = capsys.readouterr().out
    assert "CREATE TABLE" in shown and 'TO "clerk"' in shown
    with pytest.raises(psycopg.errors.UndefinedTable):
        rows_of(postgres_url, "SELECT * FROM loadstone_load")
