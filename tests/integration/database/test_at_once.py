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
from loadstone.database.durable import make_durable
from loadstone.database.open import Database, open_database
from loadstone.errors import Retry
from loadstone.jobs import registry
from loadstone.jobs.definition import parse_definition
from loadstone.jobs.repository import definitions
from loadstone.targets.sqlite import target
from loadstone.targets.sqlite.target import SqliteTarget, connect
from tests.repository import Doing, open_repository

NUMBER = 8

T = TypeVar("T")

JOB = """
name: nightly
steps:
  work: {handler: work}
"""


def at_once(act: Callable[[], T]) -> list[T]:
    """What each of ``NUMBER`` threads got that called ``act`` at the same moment."""
    gate = threading.Barrier(NUMBER)

    def one(_: int) -> T:
        gate.wait()
        return act()

    with ThreadPoolExecutor(NUMBER) as pool:
        return list(pool.map(one, range(NUMBER)))


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


def _versions(database: Database, name: str) -> int:
    with database.read() as connection:
        return len(definitions.versions(connection, name))
