"""What is long past may go; what a launch still answers by stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from loadstone.arrivals import repository as arriving
from loadstone.audit import trail
from loadstone.bootstrap.jobs import Jobs
from loadstone.database import outbox
from loadstone.database.open import Database, now
from loadstone.database.outbox import OUTBOX
from loadstone.errors import Stop
from loadstone.jobs import launch, operate, registry
from loadstone.jobs.engine import Engine
from loadstone.jobs.model import Answer, Outcome, Status, Task
from loadstone.jobs.repository import executions
from loadstone.jobs.tables import EXECUTION, INSTANCE, STEP, TASK
from loadstone.output import runs
from loadstone.output.tables import NUMBER
from loadstone.schedule import repository as schedules
from loadstone.schedule import store
from loadstone.schedule.model import Schedule, TickState
from loadstone.schedule.tables import TICK
from tests.repository import Doing, define, open_repository

JOB = "name: daily\nparameters: {n: {type: integer}}\nsteps: {work: {handler: do, retry: {attempts: 1}}}\n"
LONG_AGO = timedelta(days=500)


def work(task: Task, run: Any) -> Outcome:
    """Odd ones fail."""
    if task.parameters["n"] % 2:
        raise Stop("LS-7109", "broken")
    return Outcome()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, here: Any) -> Any:
    """Executions 1 to 4: completed, failed, completed, abandoned; all long ago."""
    url = "r.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = open_repository(url)
    handlers = {"do": Doing(work)}
    define(made, JOB, handlers)
    engine = Engine(made, handlers)
    for number in (0, 1, 2, 3):
        launch.launch(made, "daily", {"n": number}, actor="ann")
        assert engine.run_next("w")
    engine.close()
    operate.abandon(made, 4, actor="ann", reason="test")
    with made.write() as connection:
        past = now(connection) - LONG_AGO
        connection.execute(update(EXECUTION).values(ended_at=past))
        connection.execute(update(OUTBOX).values(written_at=past))
    yield made
    made.close()


def counts(database: Database) -> list[int]:
    """Rows of instances, executions, steps and tasks."""
    with database.read() as connection:
        tables = (INSTANCE, EXECUTION, STEP, TASK)
        return [connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables]


def test_completed_instances_go_with_all_that_is_theirs(database: Database) -> None:
    """A failed one may be restarted, and an abandoned one is refused for ever, so both stay."""
    told = Jobs(database, "ann").prune(days=400, events_days=30)
    assert 2 == told["instances"]
    assert [2, 2, 2, 2] == counts(database)
    assert Answer.STARTED is launch.launch(database, "daily", {"n": 0}, actor="ann").answer
    assert Answer.RESTARTED is launch.launch(database, "daily", {"n": 1}, actor="ann").answer
    assert Answer.REFUSED is launch.launch(database, "daily", {"n": 3}, actor="ann").answer
    with database.read() as connection:
        assert ["jobs.prune"] == [e.action for e in trail.entries(connection, object_="repository")]


def test_what_completed_later_stays(database: Database) -> None:
    """Days count from the end of the last execution."""
    told = Jobs(database, "ann").prune(days=501, events_days=501)
    assert {"instances": 0, "ticks": 0, "events": 0} == told
    assert [4, 4, 4, 4] == counts(database)


def test_an_instance_that_a_tick_names_stays_while_the_tick_does(database: Database) -> None:
    """A tick of yesterday may have been answered with an execution of long ago."""
    schedule = store.store(database, Schedule(name="s", job="daily", cron="0 2 1 1 *"), actor="ann")
    with database.write() as connection:
        moment = now(connection)
        for due_at, execution in ((moment - LONG_AGO, 1), (moment, 3)):
            row = {
                "schedule_id": schedule.id,
                "due_at": due_at,
                "cause": "cron",
                "state": TickState.LAUNCHED,
                "decided_at": due_at,
                "execution_id": execution,
                "parameters": {},
                "reason": "",
            }
            connection.execute(insert(TICK).values(row))
        late = {"state": TickState.BUFFERED, "execution_id": None, "cause": "backfill"}
        connection.execute(
            insert(TICK).values({**row, "due_at": moment - LONG_AGO, "decided_at": moment - LONG_AGO, **late})
        )
    told = Jobs(database, "ann").prune(days=400, events_days=30)
    assert (1, 1) == (told["instances"], told["ticks"])
    with database.read() as connection:
        states = [tick.state for tick in schedules.ticks(connection, schedule.id)]
    assert [TickState.LAUNCHED, TickState.BUFFERED] == states


def test_events_stay_until_every_reader_has_seen_them(database: Database) -> None:
    """A reader that is behind, a schedule or the notifications, misses nothing."""
    with database.write() as connection:
        first = outbox.take(connection, "slow", limit=1)
    assert 1 == Jobs(database, "ann").prune(days=400, events_days=30)["events"]
    with database.write() as connection:
        rest = outbox.take(connection, "slow")
    assert 1 == len(first) and Status.COMPLETED in {event.topic.partition(".")[2] for event in rest}
    with database.write() as connection:
        connection.execute(update(OUTBOX).values(written_at=now(connection)))
    assert 0 == Jobs(database, "ann").prune(days=400, events_days=30)["events"]


def test_numbers_are_never_given_again(here: Any) -> None:
    """Were all to go, SQLite would count from one; trail, receipts and arrivals name executions by number."""
    database = open_repository("r.db")
    handlers = {"do": Doing()}
    define(database, JOB, handlers)
    engine = Engine(database, handlers)
    for number in (0, 1):
        launch.launch(database, "daily", {"n": number}, actor="ann")
        assert engine.run_next("w")
    with database.write() as connection:
        connection.execute(update(EXECUTION).values(ended_at=now(connection) - LONG_AGO))
    assert 1 == Jobs(database, "ann").prune(days=400, events_days=30)["instances"]
    assert 3 == launch.launch(database, "daily", {"n": 2}, actor="ann").execution_id
    engine.close()
    database.close()


def test_receipts_of_written_files_go_with_their_instance_and_numbers_stay(database: Database) -> None:
    """A number that a file has drawn is proof for good that no other file has it."""
    repository = registry.repository_id(database)
    with database.write() as connection:
        for instance in (1, 3, 10):
            runs.keep(connection, runs.name(repository, instance, "work"), {"path": f"{instance}.txt"})
        number = {"file_id": "pay", "period": "", "number": 1, "drawn_for": "x", "drawn_at": now(connection)}
        connection.execute(insert(NUMBER).values(number))
    assert 2 == Jobs(database, "ann").prune(days=400, events_days=30)["instances"]
    kept = [runs.find(database, runs.name(repository, instance, "work")) for instance in (1, 3, 10)]
    with database.read() as connection:
        drawn = connection.execute(select(NUMBER.c.number)).scalars().all()
    assert ([None, None, {"path": "10.txt"}], [1]) == (kept, drawn)


@pytest.mark.parametrize(
    ("state", "gone"), [("launched", 1), ("quarantined", 1), ("archived", 2)], ids=lambda value: str(value)
)
def test_an_instance_stays_until_its_file_is_settled(database: Database, state: str, gone: int) -> None:
    """What the load came to is read from it; the file itself is known for good, so that it is not loaded twice."""
    with database.write() as connection:
        moment = now(connection)
        row = {"place": "in", "path": "a.csv", "version": "1", "name": "a.csv", "state": state, "execution_id": 1}
        row |= {"seen_at": moment, "stable_since": moment, "changed_at": moment}
        assert arriving.add(connection, row) is not None
    assert gone == Jobs(database, "ann").prune(days=400, events_days=30)["instances"]
    with database.read() as connection:
        assert arriving.by_id(connection, 1) is not None
        assert (executions.by_id(connection, 1) is None) is (gone == 2)
