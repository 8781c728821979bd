"""What goes out of a target with time, and what stays for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from loadstone.bootstrap.targets import open_target, prune
from loadstone.cli.main import main
from loadstone.staging import lifetimes
from tests.runs import load, rows_of
from tests.targets import execute

CONTROL = """LOAD DATA INFILE 'in.dat' APPEND INTO TABLE emp FIELDS TERMINATED BY ',' (id INTEGER EXTERNAL)
"""


@pytest.fixture
def emp(here: Path, target_url: str) -> str:
    """A target with a finished load that has a reject."""
    execute(target_url, "CREATE TABLE emp (id INTEGER)")
    Path("in.dat").write_text("1\nx\n")
    load(CONTROL, target_url)
    return target_url


def count(url: str, table: str) -> int:
    """Rows of a control table."""
    return len(rows_of(url, f"SELECT 1 AS one FROM loadstone_{table}"))


def test_chunk_rows_of_finished_loads_go(emp: str) -> None:
    """They go after so many days, rejects only when asked; the load stays known."""
    assert (0, 0) == (prune(emp, None, 1, None).chunks, prune(emp, None, 1, 1).refused)
    done = prune(emp, None, 0, None)
    assert (1, 0) == (done.chunks, done.refused)
    assert (0, 1, 1) == (count(emp, "chunk"), count(emp, "reject"), count(emp, "load"))
    assert load(CONTROL, emp).repeated
    assert 1 == prune(emp, None, 0, 0).refused and 0 == count(emp, "reject")


def test_a_load_that_is_not_finished_keeps_its_chunks(emp: str) -> None:
    """It must resume."""
    Path("in.dat").write_text("1\nx\nx\n2\n")
    load(CONTROL, emp, errors=1)
    prune(emp, None, 0, 0)
    assert load(CONTROL, emp, errors=-1).resumed


def staged(url: str) -> int:
    """Staged tables that are registered."""
    return count(url, "stage")


def test_staged_rows_that_nobody_resumes_go(emp: str) -> None:
    """Their load begins anew; a set that is held, or young, stays."""
    Path("in.dat").write_text("5\nx\n6\n")
    load(CONTROL, emp, atomic=True, errors=0, run_id="a")
    assert 1 == staged(emp)
    assert () == prune(emp, None, 1, None).staged_loads
    dropped = prune(emp, None, 0, None).staged_loads
    assert 1 == len(dropped) and 0 == staged(emp)
    receipt = load(CONTROL, emp, atomic=True, errors=5, run_id="a")
    assert not receipt.resumed and receipt.load_id == dropped[0] and 2 == receipt.counts.loaded


def test_leases_of_partitions_go_with_their_load(emp: str) -> None:
    """Each partition's is kept under a name of its own; those of other loads stay."""
    Path("in.dat").write_text("5\nx\n6\n")
    load_id = load(CONTROL, emp, atomic=True, errors=0, run_id="a").load_id
    for name in (load_id, f"{load_id}.1", f"{load_id}.12", "other.1"):
        execute(emp, f"INSERT INTO loadstone_lease (load_id, repository, lease_no) VALUES ('{name}', 'r', 1)")
    prune(emp, None, 0, None)
    assert [("other.1",)] == rows_of(emp, "SELECT load_id FROM loadstone_lease")


def test_an_orphan_is_dropped_by_the_next_atomic_load(emp: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a week, and its log says so."""
    Path("in.dat").write_text("5\nx\n6\n")
    first = load(CONTROL, emp, atomic=True, errors=0, run_id="a")
    monkeypatch.setattr(lifetimes, "ORPHAN_DAYS", 0)
    second = load(CONTROL, emp, atomic=True, errors=5, run_id="b")
    assert any(first.load_id[:8] in warning for warning in second.warnings)
    assert 0 == staged(emp)


def test_a_set_that_is_held_stays(emp: str) -> None:
    """Another process is at work on it."""
    if emp.endswith(".duckdb"):
        pytest.skip("DuckDB has one process at a time")
    Path("in.dat").write_text("5\nx\n6\n")
    load_id = load(CONTROL, emp, atomic=True, errors=0).load_id
    holder, other = open_target(emp), open_target(emp)
    release = holder.hold(load_id)
    try:
        later = datetime.now(UTC) + timedelta(days=30)
        assert () == lifetimes.drop_orphans(other, None, later)
    finally:
        release()
        holder.close()
        other.close()
    assert 1 == staged(emp)


def test_the_command_says_what_went(emp: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``loadstone target prune``."""
    Path("in.dat").write_text("5\nx\n6\n")
    load_id = load(CONTROL, emp, atomic=True, errors=0, run_id="a").load_id
    capsys.readouterr()
    assert 0 == main(["target", "prune", emp, "--days", "0", "--rejects-days", "0"])
    shown = capsys.readouterr().out
    assert "1 chunk rows, 1 rows of rejects" in shown and load_id in shown
