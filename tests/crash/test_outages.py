"""Connections that are cut, disks that are full, and many starts at once: nothing is lost, nothing double."""

from __future__ import annotations

import random
import time
from pathlib import Path

import psycopg
import pytest

from tests.crash.cases import payments
from tests.crash.conftest import Tally
from tests.crash.processes import Case, ended, errors_of, finish, start, state, undisturbed
from tests.runs import rows_of

CASE = payments(6000)
SLOW = payments(15_000)
"""Long enough for several cuts."""

FULL_BYTES = 96 * 1024
"""No file of a load may grow beyond this while its disk is "full"."""


def cut_sessions(url: str) -> int:
    """End all sessions of loads in the database; how many there were."""
    sql = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0


def test_cut_connections_lose_and_double_nothing(
    postgres_url: str, tmp_path: Path, tally: Tally, pytestconfig: pytest.Config
) -> None:
    """All sessions are ended at random times, also while they commit; the load itself goes on to its end."""
    calm, folder = undisturbed(tmp_path / "calm", SLOW), SLOW.lay_out(tmp_path / "cut")
    rng, wanted, cuts = random.Random(11), max(4, pytestconfig.getoption("--kills") // 2 - 8), 0
    process = start(folder, postgres_url, SLOW, chunk_size_bytes=4000)
    for _ in range(50 * wanted):
        time.sleep(rng.uniform(0.02, 0.25))
        if process.exitcode is not None:
            assert ended(process) in (1, 2, 3), errors_of(folder)
            if cuts >= wanted or state_is_complete(postgres_url):
                break
            process = start(folder, postgres_url, SLOW, chunk_size_bytes=4000)
        cuts += cut_sessions(postgres_url)
    if process.exitcode is None:
        ended(process)
    finish(folder, postgres_url, SLOW)
    tally.add("postgresql", cuts=cuts)
    tally.same("postgresql", calm, state(folder, postgres_url, SLOW))
    assert cuts >= 3


def state_is_complete(url: str) -> bool:
    """Whether the load's row in the target says so; on a slow machine the first cuts come before there is a table."""
    if rows_of(url, "SELECT to_regclass('loadstone_load') IS NULL") == [(True,)]:
        return False
    found = rows_of(url, "SELECT count(*) FROM loadstone_load WHERE status = 'complete'")
    return bool(found[0][0])


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_full_disk_under_the_target_stops_a_load_that_resumes(kind: str, tmp_path: Path) -> None:
    """The error says that room is missing; with room the load goes on, and all is as if nothing had been."""
    calm, folder = undisturbed(tmp_path / "calm", CASE), CASE.lay_out(tmp_path / "full")
    url = str(folder / ("bank.db" if kind == "sqlite" else "bank.duckdb"))
    code = ended(start(folder, url, CASE, chunk_size_bytes=8000, file_size_max=FULL_BYTES))
    assert code == 3, errors_of(folder)
    assert "room" in errors_of(folder)
    finish(folder, url, CASE)
    assert state(folder, url, CASE) == calm


def test_a_full_disk_under_the_output_files_stops_a_load_that_resumes(
    postgres_url: str, tmp_path: Path
) -> None:
    """All rows are in when the bad file cannot be written; no half file stands there, and the next start writes it."""
    calm, folder = undisturbed(tmp_path / "calm", CASE), CASE.lay_out(tmp_path / "full")
    code = ended(start(folder, postgres_url, CASE, file_size_max=512))
    assert code in (1, 3), errors_of(folder)
    assert not list(folder.glob("*.bad")) and not list(folder.glob("*.part"))
    finish(folder, postgres_url, CASE)
    assert state(folder, postgres_url, CASE) == calm


@pytest.mark.parametrize("number", [10])
def test_of_many_starts_at_once_one_loads(target_url: str, tmp_path: Path, number: int) -> None:
    """The others are refused or give the same receipt; every row is there once."""
    calm, folder = undisturbed(tmp_path / "calm", CASE), CASE.lay_out(tmp_path / "many")
    crew = [start(folder, target_url, CASE, chunk_size_bytes=8000) for _ in range(number)]
    codes = [ended(process) for process in crew]
    assert 2 in codes and set(codes) <= {1, 2}
    finish(folder, target_url, CASE)
    assert state(folder, target_url, CASE) == calm


def test_the_case_is_one_that_can_fail(tmp_path: Path) -> None:
    """The undisturbed load has rows, rejects and discards, so a comparison with it means something."""
    case: Case = CASE
    calm = undisturbed(tmp_path / "calm", case)
    assert len(calm["rows"][0]) > 5000 and len(calm["rejects"]) > 100
