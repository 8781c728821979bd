"""Workers that die with a task count against it only while it makes no progress, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from loadstone.books import Contribution
from loadstone.database.open import Database, open_database
from loadstone.errors import Retry
from loadstone.jobs import launch
from loadstone.jobs.engine import LOST_MAX, Engine, EngineSettings
from loadstone.jobs.handlers import TaskRun
from loadstone.jobs.model import Outcome, Status, Task
from loadstone.jobs.repository import executions, tasks
from loadstone.jobs.tables import TASK
from loadstone.jobs.worker import Worker
from tests.repository import Doing, define, open_repository

JOB = "name: long\nsteps: {a: {handler: h, retry: {attempts: 2, pause_s: 0.01}}}\n"
GONE = timedelta(seconds=-1)
BEAT_NEVER = timedelta(hours=3)
WAIT_S = 20.0


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty repository of each kind."""
    postgres = request.param == "postgresql"
    made = str(request.getfixturevalue("postgres_url")) if postgres else str(tmp_path / "r.db")
    open_repository(made).close()
    yield made


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """It, open."""
    opened = open_database(url)
    yield opened
    opened.close()


def begin(database: Database, handler: Doing) -> int:
    """Launch the job; its execution."""
    define(database, JOB, {"h": handler})
    return launch.launch(database, "long", {}, actor="ann").execution_id or 0


def die(url: str, counts: Mapping[str, int] | None) -> None:
    """A worker claims the task, reports these counts, and is never heard of again."""
    database = open_database(url)
    with database.write() as connection:
        found = tasks.claim(connection, "dead", GONE)
        assert found is not None
        tasks.beat(connection, found[0].id, found[0].fence, GONE, counts)
    database.close()


def work(database: Database, handler: Doing, ttl: timedelta = timedelta(seconds=30)) -> None:
    """Run all that there is to run."""
    Worker(Engine(database, {"h": handler}, settings=EngineSettings(ttl=ttl)), threads=1).run(until_idle=True)


def ended(database: Database, execution_id: int) -> tuple[Status, str | None]:
    """How it ended: status, and the code of its error."""
    with database.read() as connection:
        found = executions.by_id(connection, execution_id)
    assert found is not None
    return found.status, (found.error or {}).get("code")


def test_a_long_load_outlives_any_number_of_workers(url: str, database: Database) -> None:
    """Each of them got a chunk further, whether it read or passed over what was loaded before."""
    execution = begin(database, handler := Doing())
    for number in range(1, 3 * LOST_MAX):
        die(url, {"read": 100 * number, "skipped": 7})
    die(url, {"read": 100 * 3 * LOST_MAX, "skipped": 7})
    work(database, handler)
    assert (Status.COMPLETED, None) == ended(database, execution)
    assert (1, 100 * 3 * LOST_MAX + 7) == (handler.ran[0].lost, handler.ran[0].progress)


@pytest.mark.parametrize(
    "counts",
    [[{"read": 500}], [{"read": 500}, {"read": 300}, {"read": 499, "skipped": 1}], [None]],
    ids=["to the same record", "not as far as before", "before the first chunk"],
)
def test_deaths_without_progress_add_up(
    url: str, database: Database, counts: list[Mapping[str, int] | None]
) -> None:
    """As many as may be do no harm; one more, and the task is given up."""
    execution = begin(database, handler := Doing())
    die(url, counts[0])
    for number in range(LOST_MAX - 1):
        die(url, counts[number % len(counts)])
    with database.read() as connection:
        assert LOST_MAX - 1 == connection.execute(select(TASK.c.lost)).scalar_one()
    die(url, counts[0])
    work(database, handler)
    assert ((Status.FAILED, "LS-7109"), []) == (ended(database, execution), handler.ran)


def test_progress_behind_a_death_is_stored_at_once(url: str, database: Database) -> None:
    """The next death may come before the next beat, which is an hour away here."""
    stored = threading.Event()

    def act(task: Task, run: TaskRun) -> Outcome:
        run.report(Contribution(read=5, loaded=5), 0, None)
        for _ in range(int(WAIT_S / 0.02)):
            with database.read() as connection:
                row = connection.execute(select(TASK.c.lost, TASK.c.progress)).one()
            if (0, 5) == tuple(row):
                stored.set()
                break
            threading.Event().wait(0.02)
        return Outcome()

    execution = begin(database, handler := Doing(act))
    die(url, {"read": 4})
    die(url, {"read": 4})
    work(database, handler, ttl=BEAT_NEVER)
    assert stored.is_set() and (Status.COMPLETED, None) == ended(database, execution)


def test_attempts_are_those_without_progress(database: Database) -> None:
    """A step of two attempts meets six faults: it gets further each time, but for the last two."""
    come = iter([1, 2, 3, 4, 5, 5])

    def act(task: Task, run: TaskRun) -> Outcome:
        run.report(Contribution(read=next(come)), 0, None)
        raise Retry("LS-3020", "away")

    execution = begin(database, handler := Doing(act))
    work(database, handler)
    assert (Status.FAILED, "LS-3020") == ended(database, execution)
    assert 6 == len(handler.ran)
