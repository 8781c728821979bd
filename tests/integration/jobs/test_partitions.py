"""Partitions of one load over several workers: in any order, killed, changed in number, always the same result."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from loadstone.audit import trail
from loadstone.bootstrap.handlers import handlers
from loadstone.database.open import Database
from loadstone.jobs import launch
from loadstone.jobs.engine import Engine
from loadstone.jobs.model import Status, StepExecution
from loadstone.jobs.repository import executions, tasks
from loadstone.jobs.worker import Worker
from tests.repository import define, open_repository
from tests.runs import load, rows_of

LEASE_S = 2.0
ROWS = 3000
CONTROL = "LOAD DATA INFILE 'x.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a, b CHAR(20), n RECNUM)"
DDL = "CREATE TABLE t (a NUMBER(9), b VARCHAR2(20), n NUMBER(9));"
JOB = """
name: parts
parameters: {{data: {{type: file}}}}
steps:
  load:
    handler: load
    config:
      {{control: load.ctl, ddl: tables.sql, target: "{target}", data: "{{data}}", errors: -1,
       partitions: {partitions}, {more}}}
    retry: {{pause_s: 0.05}}
  audit: {{handler: audit, needs: [load], config: {{target: "{target}"}}}}
"""


def write_data(path: str = "x.dat") -> None:
    """Records with a bad number now and then."""
    lines = [b"%s,row %d\n" % (b"bad" if n % 37 == 5 else b"%d" % n, n) for n in range(ROWS)]
    Path(path).write_bytes(b"".join(lines))


def state(url: str) -> tuple[list[Any], list[Any], bytes]:
    """Rows, rejects and the bad file."""
    rejects = rows_of(
        url, "SELECT record_no, byte_offset, raw_bytes, reason FROM loadstone_reject ORDER BY record_no"
    )
    return sorted(rows_of(url, "SELECT a, b, n FROM t")), rejects, Path("x.bad").read_bytes()


def undisturbed(url: str, **options: Any) -> tuple[tuple[list[Any], list[Any], bytes], Any]:
    """What one process makes of the file; the target is empty again afterwards."""
    receipt = load(CONTROL, url, ddl=DDL, errors=-1, **options)
    found = state(url)
    with psycopg.connect(url) as connection:
        connection.execute(
            "DROP TABLE t, loadstone_load, loadstone_chunk, loadstone_reject, loadstone_fence, loadstone_claim"
        )
    Path("x.bad").unlink()
    return found, receipt


def start_job(url: str, partitions: int, more: str = "order: free") -> tuple[Database, int]:
    """A repository with the job approved and launched; its execution."""
    database = open_repository(os.environ["LOADSTONE_REPOSITORY"])
    define(database, JOB.format(target=url, partitions=partitions, more=more), handlers(database))
    return database, launch.launch(database, "parts", {"data": "x.dat"}, actor="ann").execution_id or 0


def work(database: Database, threads: int = 2) -> None:
    """Work in this process until nothing is left."""
    Worker(Engine(database, handlers(database)), threads=threads).run(until_idle=True)


def steps_of(database: Database, execution: int) -> list[StepExecution]:
    """The steps as they stand."""
    with database.read() as connection:
        return executions.steps(connection, execution)


def plans_of(database: Database, step: StepExecution) -> list[Any]:
    """The plans of a step's tasks."""
    with database.read() as connection:
        return [dict(task.plan or {}) for task in tasks.of_step(connection, step.id)]


def worker(threads: int = 1, **environment: str) -> subprocess.Popen[bytes]:
    """A worker process that ends when there is nothing left to do."""
    words = [sys.executable, "-m", "loadstone.cli.main", "worker", "--until-idle"]
    return subprocess.Popen(
        [*words, "--threads", str(threads), "--lease", str(LEASE_S)],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def url(postgres_url: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A target, and a file of records beside it."""
    monkeypatch.setenv("LOADSTONE_REPOSITORY", "repository.db")
    write_data()
    return postgres_url


@pytest.mark.parametrize("more", ["order: free", "atomic: true"])
def test_partitions_give_what_one_process_gives(url: str, more: str) -> None:
    """Rows, rejects, bad file, books and digests are the same; one receipt stands for all partitions."""
    expected, alone = undisturbed(url, atomic="atomic" in more)
    database, execution = start_job(url, 4, more)
    work(database)
    step, audit = steps_of(database, execution)
    assert step.error is None and audit.error is None
    assert (step.status, audit.status) == (Status.COMPLETED, Status.COMPLETED)
    assert state(url) == expected
    result = step.result or {}
    assert (step.read, step.loaded, step.rejected) == (ROWS, alone.counts.loaded, alone.counts.rejected)
    assert (result["rows_read"], result["rows_loaded"]) == (ROWS, alone.counts.loaded)
    assert [part["partition"] for part in result["partitions"]] == [1, 2, 3, 4]
    plans = plans_of(database, step)
    assert [plan["number"] for plan in plans] == [1, 2, 3, 4]
    assert sum(plan["records"] for plan in plans) == ROWS
    fences = rows_of(url, "SELECT part, fence_no FROM loadstone_fence WHERE part > 0 ORDER BY part")
    assert fences == [(number, 1) for number in range(1, 5)]
    digests = rows_of(url, "SELECT receipt::json->'inputs' FROM loadstone_load")[0][0]
    assert digests == [list(alone.inputs[0])]
    assert Path("load.log").read_text().count("Rejected - Error on table T") == alone.counts.rejected
    database.close()


def test_a_key_needs_the_staged_set_and_the_first_of_two_wins(url: str) -> None:
    """With order: free a unique key is refused; all or nothing publishes in record order, partition after partition."""
    lines = [b"%d,row %d\n" % (n % (ROWS // 2), n) for n in range(ROWS)]
    Path("x.dat").write_bytes(b"".join(lines))
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE t (a integer PRIMARY KEY, b varchar(20), n integer)")
    Path("load.ctl").write_text(CONTROL)
    Path("tables.sql").write_text(DDL)
    database, execution = start_job(url, 3)
    work(database)
    assert (steps_of(database, execution)[0].error or {})["code"] == "LS-1099"
    define(database, JOB.format(target=url, partitions=3, more="atomic: true"), handlers(database))
    Path("x.dat").write_bytes(b"".join([*lines, b"-1,last\n"]))
    execution = launch.launch(database, "parts", {"data": "x.dat"}, actor="ann").execution_id or 0
    work(database)
    assert steps_of(database, execution)[0].status is Status.COMPLETED
    rows = rows_of(url, "SELECT a, n FROM t ORDER BY a")
    assert rows == [(-1, ROWS + 1), *((n, n + 1) for n in range(ROWS // 2))]
    database.close()


@pytest.mark.parametrize(
    ("partitions", "more", "reason"),
    [(4, "workers: 1", "file order"), (1, "order: free", None), (4, "order: free, atomic: true", "LS-1099")],
)
def test_what_is_one_piece_says_why(url: str, partitions: int, more: str, reason: str | None) -> None:
    """A load that cannot be cut is loaded by one worker, and its plan says why."""
    Path("load.ctl").write_text(CONTROL)
    Path("tables.sql").write_text(DDL)
    database, execution = start_job(url, partitions, more)
    work(database)
    step = steps_of(database, execution)[0]
    if reason == "LS-1099":
        assert (step.error or {})["code"] == reason
        return
    assert (step.status, step.loaded) == (Status.COMPLETED, ROWS - 81)
    plans = plans_of(database, step)
    assert len(plans) == 1
    assert (reason or "") in str(plans[0].get("one_because", ""))
    database.close()


def test_the_number_of_workers_may_change_between_attempts(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at every kind of place, gone on with by more and fewer workers: planned once, loaded once."""
    expected, _ = undisturbed(url)
    database, execution = start_job(url, 5)
    points = ["partitions_cut:1", "after_commit:1", "partition_loaded:1", "files_written:1", "task_done:2"]
    for number, point in enumerate(points):
        died = worker(1 + number % 3, LOADSTONE_CRASH_AT=point)
        assert died.wait(120) in (-signal.SIGKILL, 0)
    assert worker(2).wait(120) == 0
    assert [step.status for step in steps_of(database, execution)] == [Status.COMPLETED] * 2
    assert state(url) == expected
    database.close()


def test_a_killed_worker_s_partition_is_taken_over_in_time(url: str) -> None:
    """One of two workers dies within a partition: the other goes on, and takes it over in less than 1.5 leases."""
    expected, _ = undisturbed(url)
    database, execution = start_job(url, 3)
    died = worker(1, LOADSTONE_CRASH_AT="rows_written:1")
    assert died.wait(120) == -signal.SIGKILL
    killed_at, deadline = datetime.now(UTC), time.monotonic() + 180
    database.close()
    other = open_repository("repository.db")
    engine = Engine(other, handlers(other))
    taken_over: list[datetime] = []
    while not taken_over:
        engine.run_next("survivor")
        with other.read() as connection:
            entries = trail.entries(connection, object_=f"execution:{execution}")
        taken_over = [entry.at for entry in entries if entry.action == "task.take_over"]
        time.sleep(0.02)
        assert time.monotonic() < deadline
    assert (taken_over[0] - killed_at).total_seconds() < 1.5 * LEASE_S
    while engine.run_next("survivor"):
        pass
    engine.close()
    assert [step.status for step in steps_of(other, execution)] == [Status.COMPLETED] * 2
    assert state(url) == expected
    other.close()


def test_a_worker_that_was_stopped_writes_nothing_when_it_wakes(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGSTOP in the midst of a partition, beyond the lease; another one takes it over; SIGCONT: nothing doubles."""
    # A stopped process that writes to a SQLite repository at that moment would keep everybody out of it.
    monkeypatch.setenv("LOADSTONE_REPOSITORY", url)
    expected, _ = undisturbed(url)
    database, execution = start_job(url, 3)
    zombie = worker(1, LOADSTONE_CRASH_AT="before_commit:1:stop")
    try:
        deadline = time.monotonic() + 180
        while Path(f"/proc/{zombie.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert worker(1).wait(120) == 0
        assert state(url) == expected
    finally:
        zombie.send_signal(signal.SIGCONT)
    zombie.wait(60)
    assert [step.status for step in steps_of(database, execution)] == [Status.COMPLETED] * 2
    assert state(url) == expected
    database.close()


def test_a_file_that_changes_amid_the_partitions_is_refused(url: str) -> None:
    """Bytes that are loaded are compared before the receipt is written; nothing is said to be complete."""
    undisturbed(url)
    database, execution = start_job(url, 3)
    assert worker(1, LOADSTONE_CRASH_AT="partition_loaded:2").wait(120) == -signal.SIGKILL
    text = Path("x.dat").read_bytes()
    Path("x.dat").write_bytes(text.replace(b",row 7\n", b",ROW 7\n"))
    work(database)
    step = steps_of(database, execution)[0]
    assert step.status is Status.FAILED
    assert (step.error or {})["code"] == "LS-4002"
    Path("x.dat").write_bytes(text)
    database.close()


def test_a_load_command_goes_on_with_the_partitions(url: str) -> None:
    """What a job began in partitions ``loadstone load`` can finish, one partition after the other."""
    expected, alone = undisturbed(url)
    database, execution = start_job(url, 3)
    assert worker(1, LOADSTONE_CRASH_AT="partition_loaded:1").wait(120) == -signal.SIGKILL
    with database.read() as connection:
        run_id = executions.pinned(connection, 1).content_key
    receipt = load(CONTROL, url, ddl=DDL, errors=-1, run_id=run_id, data=("x.dat",))
    assert receipt.counts == alone.counts
    assert receipt.inputs == alone.inputs
    assert state(url) == expected
    work(database)
    assert [step.status for step in steps_of(database, execution)] == [Status.COMPLETED] * 2
    assert state(url) == expected
    database.close()
