"""Kill -9 at each step of the way: no file is lost, none is loaded twice, whatever the next process finds."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import update

import loadstone.load.pipeline
import loadstone.targets.sqlite.target  # noqa: F401  imported before the fork, so that a start costs milliseconds
from loadstone.arrivals.tables import ARRIVAL
from loadstone.books import LoadReceipt
from loadstone.bootstrap import loads
from loadstone.bootstrap.handlers.load import LoadHandler
from loadstone.jobs.handlers import TaskRun
from loadstone.jobs.tables import TASK
from loadstone.spec import LoadRequest
from loadstone.telemetry.points import VARIABLE
from tests.arrivals import Bank
from tests.repository import open_repository

REGISTRY = """
sources:
  - name: core
    feeds:
      - {name: GL, connection: in, patterns: [{glob: "gl_*"}], complete: {stable_s: 0}, target: "%s", pickup: {after: move, folder: done}}
"""
FILES = {
    "gl_1.csv": "id,amount\n1,1.50\n2,2.50\n",
    "gl_2.csv": "id,amount\n1,1.50\n2,2.50\n",
    "gl_3.csv": "id,amount\n3,3.50\n",
    "other.txt": "what is this\n",
}
"""A good file, the same again, another good one, and one that nobody knows."""

QUICK = [
    "arrival_copied:2",
    "arrival_picked_up:1",
    "arrival_quarantined:1",
    "arrival_launching:1",
    "after_commit:1",
    "arrival_moved_on:14",
]
"""Where it is most easily done wrong."""

POINTS = [
    "arrivals_listed:1",
    "arrival_claimed:1",
    "landing_synced:1",
    "arrival_picked_up:2",
    "arrival_moved:1",
    "arrival_launching:2",
    "arrival_moved_on:5",
    "before_commit:1",
    "repository_commit:4",
    "repository_committed:9",
    "repository_commit:31",
    "repository_committed:52",
]


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Ground:
    """Where a bank is: a folder, and the URL of its repository."""

    folder: Path
    repository: str


Grounds = Callable[[str, Path], Ground]
"""Gives a folder an empty repository of a kind."""


@pytest.fixture
def grounds(request: pytest.FixtureRequest) -> Iterator[Grounds]:
    """Each on a database of its own."""
    made: list[str] = []

    def run(statement: str) -> None:
        server = str(request.getfixturevalue("postgres_server"))
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def ground(kind: str, folder: Path) -> Ground:
        folder.mkdir(exist_ok=True)
        if kind == "sqlite":
            return Ground(folder, str(folder / "r.db"))
        name = f"k{uuid.uuid4().hex[:12]}"
        run(f'CREATE DATABASE "{name}"')
        made.append(name)
        head, _, tail = str(request.getfixturevalue("postgres_server")).partition("?")
        return Ground(folder, f"{head.rpartition('/')[0]}/{name}" + (f"?{tail}" if tail else ""))

    yield ground
    for name in made:
        run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class InProcess(LoadHandler):
    """Loads without a child, so that a kill takes the load with it."""

    def _load(self, request: LoadRequest, run: TaskRun) -> LoadReceipt:
        return loads.load(request, run)


def in_a_process(ground: Ground, act: Callable[[Bank], None], crash_at: str = "") -> int:
    """Do something in a process of its own; the signal that killed it, 0 for none."""
    process = os.fork()
    if process:
        return os.waitpid(process, 0)[1] & 0x7F
    try:
        if crash_at:
            os.environ[VARIABLE] = crash_at
        database = open_repository(ground.repository)
        bank = Bank(database, ground.folder / "bank", None)
        bank.loads = InProcess()  # type: ignore[assignment]
        act(bank)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def all_of_it(bank: Bank) -> None:
    """A whole round: look, take, load, settle."""
    bank.wait(60)
    bank.look()
    bank.settle()


def time_passes(ground: Ground) -> None:
    """Leases and pauses run out, and a server has noticed that the process is gone."""
    database = open_repository(ground.repository)
    with database.write() as connection:
        connection.execute(update(ARRIVAL).values(claimed_until=None, not_before=None))
        connection.execute(update(TASK).where(TASK.c.lease_until.isnot(None)).values(lease_until=LONG_AGO))
    database.close()


def noticed(ground: Ground) -> None:
    """A server keeps the locks of a session until it has seen that nobody is there any more."""
    if not ground.repository.startswith("postgresql"):
        return
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    deadline = time.monotonic() + 60
    with psycopg.connect(ground.repository, autocommit=True) as connection:
        while connection.execute(end).fetchone():
            assert time.monotonic() < deadline, "a session of the process that died is still there"
            time.sleep(0.01)


def begun(ground: Ground) -> Ground:
    """A bank with files to be taken."""
    database = open_repository(ground.repository)
    bank = Bank(database, ground.folder / "bank", REGISTRY % (ground.folder / "target.db"))
    for name, text in FILES.items():
        bank.put(name, text)
    database.close()
    return ground


def killed_and_gone_on_with(ground: Ground, point: str) -> int:
    """The process dies at ``point``, and the next one brings every file to its right place; the signal."""
    begun(ground)
    killed = in_a_process(ground, all_of_it, point)
    noticed(ground)
    time_passes(ground)
    assert 0 == in_a_process(ground, all_of_it)
    settled_well(ground)
    return killed


def settled_well(ground: Ground) -> None:
    """Each file is in one right place, and each good one in the table once."""
    folder = ground.folder
    database = open_repository(ground.repository)
    bank = Bank(database, folder / "bank", None)
    states = bank.states()
    kept = [Path(path) for path in bank.column("kept_at")]
    database.close()
    good = {name: found for name, found in states.items() if name in ("gl_1.csv", "gl_3.csv")}
    assert {"gl_1.csv": ["archived"], "gl_3.csv": ["archived"]} == good
    assert {"gl_2.csv": ["quarantined"], "other.txt": ["quarantined"]}.items() <= states.items()
    assert len(FILES) == len(kept) and all(path.is_file() for path in kept)
    with sqlite3.connect(folder / "target.db") as connection:
        rows = connection.execute("SELECT CAST(id AS INTEGER) FROM gl ORDER BY 1").fetchall()
    assert [(1,), (2,), (3,)] == rows
    store = [path for path in (folder / "bank" / "store").rglob("*") if path.is_file()]
    assert len(FILES) == len([path for path in store if "results" not in path.parts])
    outside = {path.name for path in (folder / "bank" / "in").rglob("*") if path.is_file()}
    assert set(FILES) == outside


SMALL = {"sqlite": QUICK, "postgresql": ["arrival_launching:1", "arrival_moved_on:14"]}
"""Points that every run of the tests tries; ``make crash`` tries all."""

WHERE = [
    pytest.param(kind, point, marks=() if point in small else pytest.mark.slow, id=f"{kind} {point}")
    for kind, small in SMALL.items()
    for point in [*QUICK, *POINTS]
]


@pytest.mark.parametrize(("kind", "point"), WHERE)
def test_a_kill_loses_nothing_and_doubles_nothing(
    grounds: Grounds, tmp_path: Path, kind: str, point: str
) -> None:
    """The process dies there; the next one, when the leases have run out, brings every file to its right place."""
    ground = grounds(kind, tmp_path)
    assert signal.SIGKILL == killed_and_gone_on_with(ground, point), "the point was reached"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_kill_at_every_commit(grounds: Grounds, tmp_path: Path, kind: str) -> None:
    """Before and after each of them, one folder for each."""
    for point in ("repository_commit", "repository_committed", "arrival_moved", "arrival_moved_on"):
        number = 0
        while True:
            number += 1
            ground = grounds(kind, tmp_path / f"{point}{number}")
            if not killed_and_gone_on_with(ground, f"{point}:{number}"):
                break
        assert number > 4
