"""The queries of workers go by an index, so that a long past costs them nothing (``make bench-history`` times them)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from loadstone.audit import trail
from loadstone.database import outbox
from loadstone.jobs import deadlines, launch, operate
from loadstone.jobs.engine import Engine
from loadstone.jobs.repository import executions, pools, tasks
from loadstone.schedule import fire, store
from loadstone.schedule import repository as schedules
from loadstone.schedule.model import After, Schedule
from tests.repository import Doing, define, open_repository

PAST = {"job_instance", "job_execution", "step_execution", "step_task", "schedule_tick", "audit_entry", "audit_seal", "outbox"}  # fmt: skip
JOB = "name: now\nparameters: {n: {type: integer}}\nsteps: {work: {handler: do}}\n"


def test_no_query_of_a_worker_reads_the_past_from_end_to_end(here: Path) -> None:
    """SQLite plans without counting rows, and takes a partial index only for its own words, so a few rows tell."""
    database = open_repository("r.db")
    handlers = {"do": Doing()}
    define(database, JOB, handlers)
    store.store(database, Schedule(name="yearly", job="now", cron="0 2 1 1 *"), actor="ann")
    store.store(database, Schedule(name="behind", job="now", after=After(jobs=("other",))), actor="ann")
    engine = Engine(database, handlers)
    with database.write() as connection:
        pools.put(connection, "default", 4)
    seen: dict[str, Any] = {}

    @event.listens_for(database.engine, "before_cursor_execute")
    def see(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")) and not many:
            seen.setdefault(statement, parameters)

    launch.launch(database, "now", {"n": 1}, actor="ann")
    assert engine.run_next("w")
    assert not engine.run_next("w")
    assert engine.idle()
    launch.launch(database, "now", {"n": 1}, actor="ann")
    fire.fire(database)
    deadlines.tell_late(database)
    operate.heal(database, actor="ann")
    trail.seal(database)
    with database.write() as connection:
        outbox.take(connection, "reader", topics=["execution.completed", "execution.failed"])
        tasks.depth(connection)
        pools.listed(connection)
        executions.listed(connection, active=True)
        executions.listed(connection, job="now")
        schedules.due(connection, datetime.now(UTC))
        schedules.open_executions(connection, 1)
    engine.close()
    assert len(seen) > 25
    with database.read() as connection:
        for statement, parameters in dict(seen).items():
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            scanned = {row[-1].split()[1] for row in plan if row[-1].startswith("SCAN ")}
            newest_only = "LIMIT" in statement and "WHERE" not in statement
            assert newest_only or not scanned & PAST, statement
    database.close()
