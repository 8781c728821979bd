"""A worker's threads and ticks: nothing that fails ends them, and each does its share when it is due."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from loadstone.database.open import Database, now
from loadstone.errors import Retry
from loadstone.jobs import launch
from loadstone.jobs import worker as module
from loadstone.jobs.engine import Engine
from loadstone.jobs.tables import WORKER
from loadstone.jobs.worker import Tick, Worker, stop_workers, workers
from tests.repository import Doing, define, open_repository

JOB = "name: one\nsteps: {a: {handler: h}}\n"
NEVER_S = 10_000.0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty repository."""
    opened = open_repository(str(tmp_path / "r.db"))
    yield opened
    opened.close()


class Troubled(Engine):
    """An engine whose repository does not answer the first times."""

    def __init__(self, database: Database, handler: Doing, faults: list[Exception]) -> None:
        super().__init__(database, {"h": handler})
        self.faults = faults

    def run_next(self, worker_id: str, more: Callable[[], bool] = lambda: False) -> bool:
        if self.faults:
            raise self.faults.pop()
        return super().run_next(worker_id, more)


def events(logs: list[dict[str, object]], name: str) -> list[dict[str, object]]:
    """The log lines of one event."""
    return [one for one in logs if one["event"] == name]


def test_a_worker_without_work_ends_and_signs_off(database: Database) -> None:
    """``until_idle``: it stands among the workers while it runs, and not behind its end."""
    seen: list[str] = []
    look = Tick("look", NEVER_S, lambda: seen.extend(str(one["worker"]) for one in listed(database)))
    worker = Worker(Engine(database, {}), threads=1, ticks=[look])
    worker.run(until_idle=True)
    assert [worker.id] == seen
    assert [] == listed(database)


def listed(database: Database) -> list[dict[str, object]]:
    """The workers of the repository."""
    with database.read() as connection:
        return workers(connection)


@pytest.mark.parametrize(
    ("faults", "codes"),
    [
        ([Retry("LS-7001", "no answer")], ["LS-7001"]),
        ([ValueError("unheard of"), Retry("LS-7001", "no answer")], ["LS-7001", "ValueError"]),
    ],
    ids=["a known error", "two, one of which nobody knows"],
)
def test_trouble_with_the_repository_is_logged_and_outlived(
    database: Database, monkeypatch: pytest.MonkeyPatch, faults: list[Exception], codes: list[str]
) -> None:
    """The thread pauses, longer each time, and then does what there is to do."""
    monkeypatch.setattr(module, "IDLE_S", 0.001)
    handler = Doing()
    define(database, JOB, {"h": handler})
    launch.launch(database, "one", {}, actor="ann")
    with capture_logs() as logs:
        Worker(Troubled(database, handler, faults), threads=1).run(until_idle=True)
    assert codes == [one["code"] for one in events(logs, "worker.trouble")]
    assert 1 == len(handler.ran)


@pytest.mark.parametrize("apart", [False, True], ids=["among the others", "in its own thread"])
def test_a_tick_that_fails_is_logged_and_comes_again(database: Database, apart: bool) -> None:
    """Its fault harms neither the worker nor the next time."""
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        raise OSError("mail server away")

    worker = Worker(Engine(database, {}), threads=1, ticks=[Tick("mail", 0.001, fail, apart=apart)])
    with capture_logs() as logs:
        worker.run(until=lambda: len(calls) >= 3)
    failed = events(logs, "tick.failed")
    assert len(failed) >= 3
    assert ("mail", "mail server away", worker.id) == tuple(failed[0][key] for key in ("tick", "error", "worker"))


def test_a_tick_waits_where_it_must_not_come_at_the_start(database: Database) -> None:
    """``at_start`` false: the first time is one period later."""
    early, late = [], []
    ticks = [
        Tick("early", NEVER_S, lambda: early.append(1)),
        Tick("late", NEVER_S, lambda: late.append(1), at_start=False),
    ]
    Worker(Engine(database, {}), threads=1, ticks=ticks).run(until_idle=True)
    assert ([1], []) == (early, late)


def test_a_tick_apart_holds_up_no_other(database: Database) -> None:
    """One waits for somebody else for as long as the worker lives; the others go on meanwhile."""
    release, calls = threading.Event(), list[int]()
    waits = Tick("waits", 0.001, lambda: release.wait(60), apart=True, at_start=False)
    counts = Tick("counts", 0.001, lambda: calls.append(1))

    def enough() -> bool:
        if len(calls) < 5:
            return False
        release.set()
        return True

    Worker(Engine(database, {}), threads=1, ticks=[waits, counts]).run(until=enough)
    assert len(calls) >= 5


def test_a_worker_that_is_asked_to_stop_does_so_at_its_next_beat(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By anybody who reaches the repository; one by its id, or all."""
    monkeypatch.setattr(module, "BEAT_S", 0.01)
    asked: list[int] = []
    worker = Worker(Engine(database, {}), threads=2)
    ask = Tick("ask", NEVER_S, lambda: asked.append(stop_workers(database, worker.id)))
    worker._ticks.append(ask)
    worker.run()
    assert [1] == asked
    assert 0 == stop_workers(database)


def test_a_worker_can_stop_itself_before_it_begins(database: Database) -> None:
    """A signal may come at any moment; nothing is claimed then."""
    handler = Doing()
    define(database, JOB, {"h": handler})
    launch.launch(database, "one", {}, actor="ann")
    worker = Worker(Engine(database, {"h": handler}), threads=2)
    worker.stop()
    worker.run()
    assert ([], []) == (handler.ran, listed(database))


def test_workers_that_died_are_forgotten_after_a_while(database: Database) -> None:
    """Those that gave no sign of life for five minutes; not those that were seen just now."""
    first, second, third = (Worker(Engine(database, {}), threads=1) for _ in range(3))
    for one in (first, second, third):
        one._register()
    with database.write() as connection:
        past = now(connection) - module.GONE - timedelta(seconds=1)
        connection.execute(update(WORKER).where(WORKER.c.id == first.id).values(beat_at=past))
    third._beat()
    assert {second.id, third.id} == {one["worker"] for one in listed(database)}
