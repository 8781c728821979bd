"""What many processes begin at the same moment: SQLite files and the first rows of a repository."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from loadstone.arrivals.launch import keep_built_in
from loadstone.arrivals.surroundings import LOAD_JOB
from loadstone.bootstrap import targets
from loadstone.bootstrap.jobs import Jobs
from loadstone.bootstrap.sources import Sources
from loadstone.database import guard, outbox
from loadstone.database.durable import make_durable
from loadstone.database.open import Database, open_database
from loadstone.errors import LoadstoneError, Retry
from loadstone.jobs import registry
from loadstone.jobs.definition import parse_definition
from loadstone.jobs.model import Answer
from loadstone.jobs.repository import definitions
from loadstone.schedule import store as schedules
from loadstone.schedule.calendar import Calendar
from loadstone.schedule.model import Schedule
from loadstone.targets.sqlite import target
from loadstone.targets.sqlite.target import SqliteTarget, connect
from tests.repository import Doing, define, open_repository

NUMBER = 8

T = TypeVar("T")

JOB = """
name: nightly
steps:
  work: {handler: work}
"""

SOURCE = """
layouts:
  - {name: wide, columns: [{name: a, start: 1, end: 4}]}
sources:
  - {name: core, feeds: [{name: WIDE, patterns: [{glob: "wide*"}], layout: {fixed: wide}}]}
"""

_ENDS = {"sqlite": "db", "duckdb": "duckdb"}


def at_once(act: Callable[[], T]) -> list[T]:
    """What each of ``NUMBER`` threads got that called ``act`` at the same moment."""
    gate = threading.Barrier(NUMBER)

    def one(_: int) -> T:
        gate.wait()
        return act()

    with ThreadPoolExecutor(NUMBER) as pool:
        return list(pool.map(one, range(NUMBER)))


def answers(act: Callable[[], T]) -> Callable[[], T | str]:
    """What ``act`` gives, or the code that it is refused with; any other error is a defect."""

    def told() -> T | str:
        try:
            return act()
        except LoadstoneError as error:
            return error.code

    return told


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty repository of each kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return str(tmp_path / "r.db")


def test_all_that_open_a_new_sqlite_target_find_it_open(tmp_path: Path) -> None:
    """Each makes the control tables; none is told that the file is locked."""
    for number in range(10):
        path = str(tmp_path / f"{number}.db")

        def begin(path: str = path) -> str:
            opened = SqliteTarget(path)
            opened.init_control()
            mode = opened._execute("PRAGMA journal_mode", [])[0][0]
            opened.close()
            return str(mode)

        assert ["wal"] * NUMBER == at_once(begin)


def test_a_file_that_stays_locked_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be tried again later; it is not taken for one that cannot be written."""
    path = str(tmp_path / "t.db")
    holder = connect(path)
    holder.execute("PRAGMA journal_mode = DELETE")
    holder.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(target, "BUSY_TIMEOUT_S", 0.1)
    with pytest.raises(Retry, match="LS-3022.*is busy: database is locked"):
        connect(path)
    holder.execute("COMMIT")
    again = connect(path)
    make_durable(again, wait_s=0.0)
    assert ("wal",) == again.execute("PRAGMA journal_mode").fetchone()
    again.close()
    holder.close()


def test_many_first_workers_agree_on_the_repository(url: str) -> None:
    """Its name is drawn once, and the built-in job is stored once."""
    open_repository(url).close()

    def begin() -> tuple[str, int]:
        database = open_database(url)
        try:
            keep_built_in(database)
            return registry.repository_id(database), _versions(database, LOAD_JOB)
        finally:
            database.close()

    names, versions = zip(*at_once(begin), strict=True)
    assert 1 == len(set(names)) and (1,) * NUMBER == versions


def test_a_definition_stored_by_many_at_once_is_one_version(url: str) -> None:
    """All get the same one."""
    database = open_repository(url)
    definition = parse_definition(JOB)
    stored = at_once(lambda: registry.store(database, definition, {"work": Doing()}, actor="ann"))
    database.close()
    assert {(1, stored[0].id)} == {(one.version, one.id) for one in stored}


def test_a_schedule_stored_by_many_at_once_is_one(url: str) -> None:
    """So are its calendar, and the place from which it reads events."""
    database = open_repository(url)
    define(database, JOB, {"work": Doing()})
    schedule = Schedule.model_validate({"name": "s", "job": "nightly", "on_event": {"topic": "file.arrived"}})
    calendar = Calendar(name="bank")

    def begin() -> int:
        schedules.store_calendar(database, calendar, actor="ann")
        return schedules.store(database, schedule, actor="ann").id

    assert 1 == len(set(at_once(begin)))
    database.close()


def test_a_pool_set_by_many_at_once_has_one_size(url: str) -> None:
    """Whoever was the last."""
    jobs = Jobs(open_repository(url), "ann")
    at_once(lambda: jobs.set_pool("night", 2))
    assert [("night", 2)] == [(one["pool"], one["slots"]) for one in jobs.pools()]
    jobs.close()


def test_the_first_workers_of_a_host_all_sign_on(url: str) -> None:
    """Its row is made once, however many begin at the same moment."""
    database = open_repository(url)
    assert [None] * NUMBER == at_once(lambda: guard.register_host(database))
    database.close()


def test_the_first_readers_of_events_wait_for_each_other(url: str) -> None:
    """Each event is taken once."""
    database = open_repository(url)
    with database.write() as connection:
        outbox.put(connection, "file.arrived", "1", {})

    def take() -> int:
        with database.write() as connection:
            return len(outbox.take(connection, "reader"))

    assert 1 == sum(at_once(take))
    database.close()


def test_a_source_added_by_many_at_once_is_added_by_one(url: str) -> None:
    """The others are told that its name is taken."""
    database = open_repository(url)
    told = at_once(answers(lambda: len(Sources(database, "ann").add(SOURCE, "s.yaml"))))
    assert [3, *["LS-7606"] * (NUMBER - 1)] == sorted(told, key=str)
    database.close()


def test_a_registry_imported_by_many_at_once_is_one(url: str) -> None:
    """One adds it, and the others find it as they would have it."""
    database = open_repository(url)

    def begin() -> tuple[str, ...]:
        return tuple(one.done for one in Sources(database, "ann").take([("s.yaml", SOURCE)], prune=False))

    assert [("added",) * 3, *[("unchanged",) * 3] * (NUMBER - 1)] == sorted(at_once(begin))
    database.close()


def test_a_version_approved_by_many_at_once_is_approved(url: str) -> None:
    """And pruning, which many do at night, is no harm to launches meanwhile."""
    database = open_repository(url)
    registry.store(database, parse_definition(JOB), {"work": Doing()}, actor="ann")
    assert {"approved"} == {one.state for one in at_once(lambda: registry.approve(database, "nightly", None, actor="bob"))}
    jobs = Jobs(database, "ann")

    def begin() -> Answer:
        jobs.prune(days=1, events_days=1)
        return jobs.launch("nightly", {}).answer

    told = at_once(begin)
    assert (1, NUMBER - 1) == (told.count(Answer.STARTED), told.count(Answer.JOINED))
    database.close()


@pytest.mark.parametrize("kind", ["sqlite", "duckdb", "postgresql"])
def test_a_target_that_many_prepare_at_once_is_ready(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Nobody trips over another's tables."""
    target = request.getfixturevalue("postgres_url") if kind == "postgresql" else str(tmp_path / f"t.{_ENDS[kind]}")

    def begin() -> None:
        targets.init(target, None, None)

    assert [None] * NUMBER == at_once(begin)


def _versions(database: Database, name: str) -> int:
    with database.read() as connection:
        return len(definitions.versions(connection, name))
