"""Workers that die: each task is taken over, each load happens once, each execution comes to its end."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loadstone.bootstrap.handlers import handlers
from loadstone.database.open import Database
from loadstone.jobs import launch
from loadstone.jobs.model import Status
from loadstone.jobs.repository import executions
from tests.crash.processes import is_stopped, wait_for
from tests.repository import define, open_repository
from tests.runs import rows_of

LEASE_S = 2.0
ROWS = 50
JOB = """
name: daily
parameters: {data: {type: file}}
steps:
  load: {handler: load, config: {control: t.ctl, target: bank.db, data: "{data}"}, retry: {pause_s: 0.05}}
  audit: {handler: audit, needs: [load], config: {target: bank.db}}
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def repository(request: pytest.FixtureRequest, here: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A repository of each kind, a job, and its target's table."""
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else "repository.db"
    monkeypatch.setenv("LOADSTONE_REPOSITORY", url)
    Path("t.ctl").write_text(
        "LOAD DATA APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a INTEGER EXTERNAL, b CHAR(20))\n"
    )
    import sqlite3

    with sqlite3.connect("bank.db") as connection:
        connection.execute("CREATE TABLE t (a INTEGER, b TEXT)")
    database = open_repository(url)
    define(database, JOB, handlers(database))
    return database


def worker(**environment: str) -> subprocess.Popen[bytes]:
    """A worker process that ends when there is nothing left to do."""
    words = [sys.executable, "-m", "loadstone.cli.main", "worker", "--until-idle", "--threads", "2"]
    return subprocess.Popen(
        [*words, "--lease", str(LEASE_S)],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def put_files(database: Database, count: int) -> list[int]:
    """So many files, each launched as an instance; their executions."""
    launched = []
    for number in range(count):
        lines = [f"{number * ROWS + n},row {n}\n" for n in range(ROWS)]
        Path(f"{number}.dat").write_text("".join(lines))
        answer = launch.launch(database, "daily", {"data": f"{number}.dat"}, actor="ann")
        launched.append(answer.execution_id or 0)
    return launched


def assert_all_loaded_once(database: Database, launched: list[int]) -> None:
    """Every execution completed, every row is there once."""
    with database.read() as connection:
        stands = {number: executions.by_id(connection, number) for number in launched}
    assert {Status.COMPLETED} == {one.status for one in stands.values() if one}
    total = len(launched) * ROWS
    assert [(total, total)] == rows_of("bank.db", "SELECT count(*), count(DISTINCT a) FROM t")


@pytest.mark.parametrize(
    "point",
    ["task_done:1", *(pytest.param(one, marks=pytest.mark.slow) for one in ("task_claimed:1", "task_stored:1", "task_claimed:2"))],
)
def test_a_worker_that_dies_at_a_point_is_taken_over(repository: Database, point: str) -> None:
    """Before its work, behind it, and behind its end; the second worker finishes in time."""
    launched = put_files(repository, 2)
    died = worker(LOADSTONE_CRASH_AT=point)
    assert -signal.SIGKILL == died.wait(120)
    second = worker()
    assert 0 == second.wait(180)
    assert_all_loaded_once(repository, launched)


def test_random_kills_of_workers_lose_and_double_nothing(
    repository: Database, request: pytest.FixtureRequest
) -> None:
    """Two workers at a time; one is killed, another one comes, until all is done."""
    kills = max(2, int(request.config.getoption("--kills")) // 10)
    launched, chance = put_files(repository, 6 + kills), random.Random(7)
    crew = [worker(), worker()]
    try:
        for _ in range(kills):
            time.sleep(chance.uniform(0.5, 2.5))
            victim = chance.randrange(2)
            os.killpg(crew[victim].pid, signal.SIGKILL)
            crew[victim].wait()
            crew[victim] = worker()
        for one in crew:
            assert 0 == one.wait(300)
    finally:
        for one in crew:
            if one.poll() is None:
                os.killpg(one.pid, signal.SIGKILL)
    assert_all_loaded_once(repository, launched)


@pytest.mark.parametrize("repository", ["postgresql"], indirect=True)  # one that stops in SQLite may hold it for all
def test_a_worker_that_was_stopped_and_wakes_up_stores_nothing(repository: Database) -> None:
    """SIGSTOP past the lease: another worker takes over; SIGCONT: the first one's ends are ignored."""
    launched = put_files(repository, 3)
    zombie = worker(LOADSTONE_CRASH_AT="task_claimed:1:stop")
    assert wait_for(lambda: is_stopped(zombie))
    os.killpg(zombie.pid, signal.SIGSTOP)
    try:
        second = worker()
        assert 0 == second.wait(180)
    finally:
        os.killpg(zombie.pid, signal.SIGCONT)
    zombie.wait(180)
    assert_all_loaded_once(repository, launched)
