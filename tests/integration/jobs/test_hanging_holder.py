"""A load that a process holds and never ends is taken from it, by the job's own remedy, and nobody's rows are lost or double."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import psycopg
import pytest

from loadstone.bootstrap.handlers import handlers, healing
from loadstone.database import outbox
from loadstone.database.open import Database
from loadstone.jobs import healing as rules
from loadstone.jobs import launch
from loadstone.jobs.engine import Engine
from loadstone.jobs.model import Status
from loadstone.jobs.repository import executions
from loadstone.jobs.worker import Worker
from loadstone.targets.postgresql import target
from tests.repository import define, open_repository

WAITS = 3
JOB = """
name: paid
parameters: {data: {type: file}}
steps: {load: {handler: load, config: {control: t.ctl, target: "URL", data: "{data}", log: t.log, bad: t.bad}}}
"""
CONTROL = "LOAD DATA INFILE 'x' APPEND INTO TABLE paid FIELDS TERMINATED BY ',' (id INTEGER EXTERNAL)\n"
WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%paid%'"


def worker_of(name: str, url: str) -> tuple[Database, Worker, int]:
    """A repository of its own with the job launched, and a worker: two of them do not know of each other."""
    database = open_repository(name)
    known = handlers(database)
    define(database, JOB.replace("URL", url), known)
    launched = launch.launch(database, "paid", {"data": "t.csv"}, actor="ann")
    return database, Worker(Engine(database, known), threads=1), launched.execution_id or 0


def test_a_load_is_taken_from_a_holder_that_hangs(
    here: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The holder waits for ever behind a lock on the table; the other one waits its turns, and then ends it."""
    for room in (rules, healing):
        monkeypatch.setattr(room, "LOCK_WAITS_MAX", WAITS)
    monkeypatch.setattr(rules, "PATIENT_S", 0.05)
    monkeypatch.setattr(target, "GRACE_S", 0.2)
    Path("t.ctl").write_text(CONTROL)
    Path("t.csv").write_text("".join(f"{n}\n" for n in range(50)))
    with psycopg.connect(postgres_url) as blocker, psycopg.connect(postgres_url, autocommit=True) as looker:
        looker.execute("CREATE TABLE paid (id integer)")
        blocker.execute("LOCK TABLE paid IN SHARE MODE")
        first, hanging, _ = worker_of("first.db", postgres_url)
        second, patient, execution = worker_of("second.db", postgres_url)
        holder = threading.Thread(target=hanging.run, kwargs={"until_idle": True})
        holder.start()
        while not looker.execute(WAITING).fetchall():
            time.sleep(0.02)
        taker = threading.Thread(target=patient.run, kwargs={"until_idle": True})
        taker.start()
        while "task.healed" not in topics(second):
            time.sleep(0.02)
        hanging.stop()
        blocker.rollback()
        taker.join()
        holder.join()
        rows = looker.execute("SELECT count(*), count(DISTINCT id) FROM paid").fetchone()
    with second.read() as connection:
        found = executions.by_id(connection, execution)
    assert found is not None and Status.COMPLETED is found.status
    assert (50, 50) == rows
    assert WAITS == topics(second).count("fault.retried")
    first.close()
    second.close()


def topics(database: Database) -> list[str]:
    """Topics of all events, in order."""
    with database.read() as connection:
        return [event.topic for event in outbox.read(connection)]
