"""A worker that goes on: the end of a task is stored with the claim of the next one, and never undone by it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select, update
from structlog.testing import capture_logs

from loadstone.connections.breaker import Breakers, Pass
from loadstone.connections.model import Connection
from loadstone.database import open as opening
from loadstone.database.open import Database, now
from loadstone.errors import FixFile, Retry
from loadstone.jobs import launch, operate
from loadstone.jobs.engine import Engine
from loadstone.jobs.handlers import TaskRun, WholeStep
from loadstone.jobs.model import Outcome, Status, Task
from loadstone.jobs.repository import executions, tasks
from loadstone.jobs.tables import DEFINITION, POOL, TASK
from tests.repository import Doing, define, open_repository

CHAIN = "name: chain\nparameters: {n: {type: integer}}\nsteps:\n  a: {handler: h}\n  b: {handler: h, needs: [a]}\n"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty repository of each kind."""
    postgres = request.param == "postgresql"
    opened = open_repository(
        str(request.getfixturevalue("postgres_url")) if postgres else str(tmp_path / "r.db")
    )
    yield opened
    opened.close()


def launched(database: Database, number: int = 1) -> int:
    """A new execution of the chain."""
    return launch.launch(database, "chain", {"n": number}, actor="ann").execution_id or 0


def steps_of(database: Database, execution_id: int) -> list[Status]:
    """How its steps stand."""
    with database.read() as connection:
        return [one.status for one in executions.steps(connection, execution_id)]


def commits_of(database: Database) -> list[None]:
    """One element for each transaction that commits from now on."""
    found: list[None] = []
    event.listen(database.engine, "commit", lambda connection: found.append(None))
    return found


class Unplanned(Doing):
    """A handler that has nothing to plan."""

    plan = WholeStep.plan


def test_two_executions_of_two_steps_take_five_transactions(database: Database) -> None:
    """A claim, and for each task its end with the next claim; there is nothing to plan, and the last one finds nothing."""
    handler = Unplanned()
    define(database, CHAIN, {"h": handler})
    numbers = [launched(database, n) for n in range(2)]
    engine = Engine(database, {"h": handler})
    commits = commits_of(database)
    assert engine.run_next("w", lambda: True)
    assert (4, 5) == (len(handler.ran), len(commits))
    assert [[Status.COMPLETED] * 2] * 2 == [steps_of(database, one) for one in numbers]
    assert not engine.run_next("w", lambda: True)


def test_one_that_does_not_go_on_claims_nothing_more(database: Database) -> None:
    """Neither at first nor later: ``more`` is asked before each further claim."""
    handler = Doing()
    define(database, CHAIN, {"h": handler})
    number = launched(database)
    engine = Engine(database, {"h": handler})
    assert engine.run_next("w")
    assert [Status.COMPLETED, Status.READY] == steps_of(database, number)
    launched(database, 2)
    answers = iter([True, False])
    assert engine.run_next("w", lambda: next(answers))
    assert 3 == len(handler.ran)


def test_a_claim_that_fails_undoes_no_end(database: Database) -> None:
    """The end stands, the failure is told, the task that could not be described is as it was, and later it runs."""
    handler = Doing()
    define(database, CHAIN, {"h": handler})
    spoilt = define(database, "name: spoilt\nsteps: {a: {handler: h}}\n", {"h": handler})
    number = launched(database)
    launch.launch(database, "spoilt", {}, actor="ann")
    good = {"content": spoilt.definition.model_dump(mode="json"), "content_hash": spoilt.content_hash}
    change_definition(database, spoilt.id, content={"name": 7}, content_hash="?")
    engine = Engine(database, {"h": handler})
    with capture_logs() as logs:
        assert engine.run_next("w", lambda: True)
    assert ["claim.failed"] == [one["event"] for one in logs if one["log_level"] == "warning"]
    assert [Status.COMPLETED, Status.READY] == steps_of(database, number)
    with database.read() as connection:
        fences = list(connection.execute(select(TASK.c.fence).order_by(TASK.c.id)).scalars())
    assert [1, 0, 0] == fences
    change_definition(database, spoilt.id, **good)
    assert engine.run_next("w", lambda: True)
    assert ["chain", "spoilt", "chain"] == [task.job for task in handler.ran]


def change_definition(database: Database, definition_id: int, **values: object) -> None:
    """Change a stored definition behind everybody's back."""
    with database.write() as connection:
        connection.execute(update(DEFINITION).where(DEFINITION.c.id == definition_id).values(values))


def test_a_failed_task_hands_on_as_well(database: Database) -> None:
    """The next execution runs though the one before failed."""

    def act(task: Task, run: TaskRun) -> Outcome:
        if task.parameters["n"] == 1:
            raise FixFile("LS-2003", "damaged")
        return Outcome()

    handler = Doing(act)
    define(database, CHAIN, {"h": handler})
    numbers = [launched(database, n) for n in (1, 2)]
    assert Engine(database, {"h": handler}).run_next("w", lambda: True)
    assert [Status.FAILED, Status.SKIPPED] == steps_of(database, numbers[0])
    assert [Status.COMPLETED, Status.COMPLETED] == steps_of(database, numbers[1])


def test_the_slot_that_ends_is_free_for_the_next_claim(database: Database) -> None:
    """A pool of one slot: both tasks run one after the other in one go."""
    handler = Doing()
    define(database, "pool: small\n" + CHAIN, {"h": handler})
    with database.write() as connection:
        connection.execute(insert(POOL).values(name="small", slots=1))
    number = launched(database)
    assert Engine(database, {"h": handler}).run_next("w", lambda: True)
    assert [Status.COMPLETED, Status.COMPLETED] == steps_of(database, number)


def test_a_stop_that_comes_while_a_step_runs_lets_no_other_be_claimed(database: Database) -> None:
    """The step that runs completes; the next one is not begun."""
    handler = Doing(lambda task, run: stopped(database, task))
    define(database, CHAIN, {"h": handler})
    number = launched(database)
    assert Engine(database, {"h": handler}).run_next("w", lambda: True)
    assert 1 == len(handler.ran)
    with database.read() as connection:
        found = executions.by_id(connection, number)
    assert found is not None and Status.STOPPED is found.status


def stopped(database: Database, task: Task) -> Outcome:
    """What a handler does whose execution is stopped meanwhile."""
    operate.stop(database, task.execution_id, actor="ann")
    return Outcome()


def test_who_lost_a_task_stores_nothing_and_claims_nothing(database: Database) -> None:
    """Another has it by now: its end is that one's, and so is what comes next."""
    taken: list[int] = []

    def act(task: Task, run: TaskRun) -> Outcome:
        with database.write() as connection:
            past = now(connection) - timedelta(seconds=1)
            connection.execute(update(TASK).where(TASK.c.id == task.id).values(lease_until=past))
            found = tasks.claim(connection, "thief", timedelta(hours=1))
        assert found is not None
        taken.append(found[0].fence)
        return Outcome()

    handler = Doing(act)
    define(database, CHAIN, {"h": handler})
    number = launched(database)
    engine = Engine(database, {"h": handler})
    assert engine.run_next("w", lambda: True)
    assert ([2], 1) == (taken, len(handler.ran))
    assert [Status.RUNNING, Status.WAITING] == steps_of(database, number)


class Deaf(Breakers):
    """Breakers whose repository does not answer when work went well."""

    def __init__(self) -> None:
        """Nothing is kept."""

    def admit(self, connection: Connection, owner: str) -> Pass:
        """All is well, since an outage."""
        return Pass(connection, None)

    def succeeded(self, connection: Connection) -> None:
        """No answer."""
        raise Retry("LS-7002", "away")


class Reaching(Doing):
    """A handler that works on a system outside."""

    def systems(self, task: Task) -> Sequence[Connection]:
        """One."""
        return [Connection(name="bank", kind="folder", url="/nowhere")]


def test_a_breaker_that_cannot_be_told_keeps_nobody_from_the_next_task(database: Database) -> None:
    """It was claimed with the end of the last one, so it must run."""
    handler = Reaching()
    define(database, CHAIN, {"h": handler})
    number = launched(database)
    engine = Engine(database, {"h": handler}, breakers=Deaf())
    with capture_logs() as logs:
        assert engine.run_next("w", lambda: True)
    assert ["breaker.unstored"] * 2 == [one["event"] for one in logs if one["log_level"] == "warning"]
    assert [Status.COMPLETED, Status.COMPLETED] == steps_of(database, number)


def test_a_writer_takes_the_lock_when_it_is_free(tmp_path: Path) -> None:
    """However long the other one had it within the time-out; SQLite's own wait is set again behind it."""
    database = open_repository(str(tmp_path / "r.db"))
    other = sqlite3.connect(tmp_path / "r.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    ended = threading.Timer(0.05, other.execute, ["COMMIT"])
    ended.start()
    with database.write() as connection:
        assert not other.in_transaction
        assert opening.BUSY_TIMEOUT_MS == connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    ended.join()
    other.close()
    database.close()
