"""The handlers on real targets: a load as a job, its validation, its audit, and commands beside it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loadstone.bootstrap.handlers import handlers
from loadstone.database.open import Database
from loadstone.errors import FixSpec
from loadstone.jobs import launch, operate
from loadstone.jobs.engine import Engine
from loadstone.jobs.model import Answer, Status, StepExecution
from loadstone.jobs.repository import executions
from loadstone.jobs.worker import Worker
from loadstone.targets.postgresql import target as postgresql
from tests.crash.processes import is_stopped, wait_for
from tests.crash.test_job_workers import LEASE_S, worker
from tests.repository import define, open_repository
from tests.runs import rows_of

CONTROL = "LOAD DATA APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a INTEGER EXTERNAL, b CHAR(20))\n"
DDL = "CREATE TABLE t (a NUMBER(9) NOT NULL, b VARCHAR2(20));\n"
JOB = """
name: daily
parameters: {{data: {{type: file}}}}
steps:
  validate: {{handler: validate, config: {{control: t.ctl, target: "{target}", data: "{{data}}"}}}}
  load:
    handler: load
    needs: [validate]
    config: {{control: t.ctl, ddl: t.sql, target: "{target}", data: "{{data}}", errors: {errors}}}
  audit: {{handler: audit, needs: [load], config: {{target: "{target}"}}}}
"""


@pytest.fixture
def database(here: Path) -> Iterator[Database]:
    """A SQLite repository beside a control file and its DDL."""
    Path("t.ctl").write_text(CONTROL)
    Path("t.sql").write_text(DDL)
    opened = open_repository("repository.db")
    yield opened
    opened.close()


def run_job(database: Database, job: str, **given: Any) -> list[StepExecution]:
    """Launch, work until idle, and the steps as they ended."""
    started = launch.launch(database, job, given, actor="ann")
    Worker(Engine(database, handlers(database)), threads=2).run(until_idle=True)
    with database.read() as connection:
        return executions.steps(connection, started.execution_id or 0)


def test_a_load_is_validated_loaded_and_audited(database: Database, target_url: str) -> None:
    """On every target: the rows are there once, the receipt is the step's result, and the books agree."""
    Path("loadstone.toml").write_text(f'[targets.bank]\nurl = "{target_url}"\n')
    define(database, JOB.format(target="bank", errors=50), handlers(database))
    Path("t.dat").write_text("1,one\nx,bad\n3,three\n")
    steps = run_job(database, "daily", data="t.dat")
    assert [step.status for step in steps] == [Status.COMPLETED] * 3
    assert (steps[1].read, steps[1].loaded, steps[1].rejected) == (3, 2, 1)
    assert {"rows_read": 3, "rows_loaded": 2, "rows_rejected": 1}.items() <= (steps[2].result or {}).items()
    assert rows_of(target_url, "SELECT a, b FROM t ORDER BY a") == [(1, "one"), (3, "three")]
    assert Answer.CACHED is launch.launch(database, "daily", {"data": "t.dat"}, actor="ann").answer


def test_a_load_past_its_limit_fails_and_a_mended_file_loads(database: Database) -> None:
    """The error says how to see the rejects; the mended file is another instance."""
    define(database, JOB.format(target="bank.db", errors=0), handlers(database))
    Path("t.dat").write_text("x,bad\n2,two\n")
    load = run_job(database, "daily", data="t.dat")[1]
    assert load.error is not None
    assert (load.status, load.error["code"], load.error["kind"]) == (Status.FAILED, "LS-7119", "data_quality")
    Path("t.dat").write_text("1,good\n2,two\n")
    assert Status.COMPLETED is run_job(database, "daily", data="t.dat")[1].status
    assert rows_of("bank.db", "SELECT a FROM t ORDER BY a") == [(1,), (2,)]


TYPES = """load: day.ctl
types:
  one: {tables: [t]}
  two: {tables: [u], parents: [{columns: [a], type: one, references: [a]}], errors: 0}
"""
DAY = """LOAD DATA INFILE 'x' APPEND
INTO TABLE t WHEN (1) = 'T' (a POSITION(2:3) INTEGER EXTERNAL)
INTO TABLE u WHEN (1) = 'U' (a POSITION(2:3) INTEGER EXTERNAL)
"""


def test_transaction_types_that_wait_fail_the_step_and_a_restart_ends_it(database: Database) -> None:
    """What is published stays; with the parent there, the rows that wait go in."""
    Path("day.ctl").write_text(DAY)
    Path("day.yaml").write_text(TYPES)
    Path("t.sql").write_text("CREATE TABLE t (a NUMBER(9)); CREATE TABLE u (a NUMBER(9) PRIMARY KEY);")
    config = '{transactions: day.yaml, ddl: t.sql, target: bank.db, data: "{data}"}'
    define(
        database,
        f"name: typed\nparameters: {{data: {{type: file}}}}\nsteps: {{load: {{handler: load, config: {config}}}}}",
        handlers(database),
    )
    Path("t.dat").write_text("T01\nU01\nU01\n")
    (load,) = run_job(database, "typed", data="t.dat")
    assert load.error is not None
    assert (Status.FAILED, "LS-7132", "data_quality") == (load.status, load.error["code"], load.error["kind"])
    assert "two is failed" in load.error["message"] and [(1,)] == rows_of("bank.db", "SELECT a FROM t")
    Path("day.yaml").write_text(TYPES.replace("errors: 0", "errors: 1"))
    (load,) = run_job(database, "typed", data="t.dat")
    assert (Status.COMPLETED, [(1,)]) == (load.status, rows_of("bank.db", "SELECT a FROM u"))
    assert [(1,)] == rows_of("bank.db", "SELECT a FROM t")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("control: t.ctl, transactions: day.yaml", "control or transactions must be there"),
        ("target: bank.db", "control or transactions must be there"),
    ],
    ids=["both", "neither"],
)
def test_a_load_step_names_one_load(database: Database, more: str, told: str) -> None:
    """A control file, or a transaction spec."""
    with pytest.raises(FixSpec, match=told) as caught:
        define(
            database, f"name: j\nsteps: {{load: {{handler: load, config: {{{more}}}}}}}", handlers(database)
        )
    assert "LS-7121" == caught.value.code


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "LS-7123"), (b"\x1f\x8b\x08\x00broken", "LS-2003")], ids=["empty", "damaged"]
)
def test_a_file_that_cannot_be_loaded_stops_at_its_validation(
    database: Database, content: bytes, code: str
) -> None:
    """Nothing of the target exists yet."""
    define(database, JOB.format(target="bank.db", errors=50), handlers(database))
    Path("t.dat.gz").write_bytes(content)
    steps = run_job(database, "daily", data="t.dat.gz")
    assert steps[0].error is not None
    assert (code, Status.SKIPPED, False) == (
        steps[0].error["code"],
        steps[1].status,
        Path("bank.db").exists(),
    )


def test_an_audit_finds_what_was_changed(database: Database) -> None:
    """A step between load and audit removes reject rows: a difference, named with both numbers."""
    Path("tamper.py").write_text(
        "import sqlite3; c = sqlite3.connect('bank.db'); c.execute('DELETE FROM loadstone_reject'); c.commit()"
    )
    job = f"""
name: check
steps:
  load: {{handler: load, config: {{control: t.ctl, ddl: t.sql, target: bank.db, data: t.dat}}}}
  tamper: {{handler: command, needs: [load], config: {{run: [{sys.executable}, tamper.py]}}}}
  audit: {{handler: audit, needs: [tamper, load], config: {{target: bank.db}}}}
"""
    define(database, job, handlers(database))
    Path("t.dat").write_text("1,one\nx,bad\n")
    audit = run_job(database, "check")[2]
    assert audit.error is not None
    assert "LS-7125" == audit.error["code"]
    assert "rows_rejected is 1, the target holds 0" in audit.error["message"]


def test_a_killed_load_goes_on_by_itself(database: Database) -> None:
    """The child dies in the middle; the retry goes on behind the last checkpoint, and no row is lost or double."""
    job = JOB.format(target="bank.db", errors=50).replace(
        "errors: 50}", "errors: 50}\n    retry: {pause_s: 0.01}"
    )
    define(database, job, handlers(database))
    rows = 400_000
    Path("t.dat").write_text("".join(f"{n},{'x' * 18}\n" for n in range(rows)))
    killed = threading.Event()

    def kill() -> None:
        while not killed.is_set():
            pids = [int(path.name) for path in Path("/proc").glob("[0-9]*") if _is_child(path, os.getpid())]
            if Path("bank.db-wal").exists() and pids:
                os.kill(pids[0], signal.SIGKILL)
                killed.set()
            time.sleep(0.01)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    steps = run_job(database, "daily", data="t.dat")
    assert killed.is_set()
    assert [step.status for step in steps] == [Status.COMPLETED] * 3
    assert [(rows, rows)] == rows_of("bank.db", "SELECT count(*), count(DISTINCT a) FROM t")


def test_a_load_whose_worker_hangs_is_taken_over(
    database: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGSTOP past the lease, inside a chunk: the next worker ends its sessions; its lease stands in the target."""
    monkeypatch.setattr(postgresql, "GRACE_S", 0.2)
    monkeypatch.setenv("LOADSTONE_REPOSITORY", "repository.db")
    define(database, JOB.format(target=postgres_url, errors=50), handlers(database))
    Path("t.dat").write_text("1,one\n2,two\n")
    started = launch.launch(database, "daily", {"data": "t.dat"}, actor="ann")
    zombie = worker(LOADSTONE_CRASH_AT="rows_written:1:stop")
    try:
        assert wait_for(lambda: is_stopped(zombie), at_most_s=60)
        assert 1 == len(rows_of(postgres_url, "SELECT lease_no FROM loadstone_lease"))
        time.sleep(LEASE_S)
        Worker(Engine(database, handlers(database)), threads=2).run(until_idle=True)
    finally:
        os.killpg(zombie.pid, signal.SIGCONT)
    zombie.wait(60)
    with database.read() as connection:
        steps = executions.steps(connection, started.execution_id or 0)
    assert [Status.COMPLETED] * 3 == [step.status for step in steps]
    assert [(1, "one"), (2, "two")] == rows_of(postgres_url, "SELECT a, b FROM t ORDER BY a")
    assert [(2,)] == rows_of(postgres_url, "SELECT lease_no FROM loadstone_lease")


def _is_child(path: Path, parent: int) -> bool:
    try:
        fields = (path / "stat").read_text().rpartition(")")[2].split()
        return int(fields[1]) == parent and b"spawn_main" in (path / "cmdline").read_bytes()
    except OSError:
        return False


def test_a_command_tells_its_verdict(database: Database) -> None:
    """Exit code 0 is good; another one fails the step with the end of the output."""
    define(
        database,
        "name: good\nsteps: {a: {handler: command, config: {run: [echo, hello]}}}\n",
        handlers(database),
    )
    assert run_job(database, "good")[0].result == {"output": "hello\n"}
    define(
        database,
        "name: bad\nsteps: {a: {handler: command, config: {run: [sh, -c, 'echo no; exit 3']}}}\n",
        handlers(database),
    )
    error = run_job(database, "bad")[0].error
    assert error is not None
    assert (error["code"], error["message"]) == ("LS-7127", "sh ended with exit code 3: no")
    define(
        database, "name: none\nsteps: {a: {handler: command, config: {run: [no-such-program]}}}\n", handlers(database)
    )
    error = run_job(database, "none")[0].error
    assert error is not None and error["code"] == "LS-7126"


def test_a_command_is_stopped_with_its_execution(database: Database) -> None:
    """A program that would run for a minute ends at once."""
    define(
        database,
        "name: long\nsteps: {a: {handler: command, config: {run: [sleep, '60']}}}\n",
        handlers(database),
    )
    started = launch.launch(database, "long", {}, actor="ann")
    engine = Engine(database, handlers(database), settings=_quick())
    worker = threading.Thread(target=Worker(engine, threads=1).run, kwargs={"until_idle": True})
    worker.start()
    time.sleep(1)
    begun = time.monotonic()
    operate.stop(database, started.execution_id or 0, actor="ann")
    worker.join(90)
    assert time.monotonic() - begun < 45
    with database.read() as connection:
        assert Status.STOPPED is executions.steps(connection, started.execution_id or 0)[0].status


def _quick() -> Any:
    from datetime import timedelta

    from loadstone.jobs.engine import EngineSettings

    return EngineSettings(ttl=timedelta(seconds=1))


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("{target: bank.db}", "control or transactions must be there"),
        ("{control: t.ctl, errors: many}", "errors"),
        ("{control: t.ctl, eror: 1}", "eror"),
    ],
)
def test_a_wrong_configuration_is_refused_when_it_is_stored(
    database: Database, config: str, told: str
) -> None:
    """Before anything runs."""
    with pytest.raises(FixSpec, match="LS-7121") as caught:
        define(database, f"name: x\nsteps: {{a: {{handler: load, config: {config}}}}}\n", handlers(database))
    assert told in caught.value.message


def test_a_wrong_control_file_is_refused_when_it_is_stored(database: Database) -> None:
    """With its own code and place."""
    Path("t.ctl").write_text("LOAD DATA INTO TABEL t (a)")
    with pytest.raises(FixSpec) as caught:
        define(
            database, "name: x\nsteps: {a: {handler: load, config: {control: t.ctl}}}\n", handlers(database)
        )
    assert (caught.value.place.file, caught.value.place.line) == ("t.ctl", 1)
