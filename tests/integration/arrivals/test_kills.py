"""Kill -9 at each step of the way: no file is lost, none is loaded twice, whatever the next process finds."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

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


class InProcess(LoadHandler):
    """Loads without a child, so that a kill takes the load with it."""

    def _load(self, request: LoadRequest, run: TaskRun) -> LoadReceipt:
        return loads.load(request, run)


def in_a_process(folder: Path, act: Callable[[Bank], None], crash_at: str = "") -> int:
    """Do something in a process of its own; the signal that killed it, 0 for none."""
    process = os.fork()
    if process:
        return os.waitpid(process, 0)[1] & 0x7F
    try:
        if crash_at:
            os.environ[VARIABLE] = crash_at
        database = open_repository(str(folder / "r.db"))
        bank = Bank(database, folder / "bank", None)
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


def time_passes(folder: Path) -> None:
    """Leases and pauses run out."""
    database = open_repository(str(folder / "r.db"))
    with database.write() as connection:
        connection.execute(update(ARRIVAL).values(claimed_until=None, not_before=None))
        connection.execute(update(TASK).where(TASK.c.lease_until.isnot(None)).values(lease_until=LONG_AGO))
    database.close()


def begun(folder: Path) -> Path:
    """A bank with files to be taken."""
    database = open_repository(str(folder / "r.db"))
    bank = Bank(database, folder / "bank", REGISTRY % (folder / "target.db"))
    for name, text in FILES.items():
        bank.put(name, text)
    database.close()
    return folder


def settled_well(folder: Path) -> None:
    """Each file is in one right place, and each good one in the table once."""
    database = open_repository(str(folder / "r.db"))
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


@pytest.mark.parametrize(
    "point",
    [*QUICK, *(pytest.param(point, marks=pytest.mark.slow) for point in POINTS)],
    ids=[*QUICK, *POINTS],
)
def test_a_kill_loses_nothing_and_doubles_nothing(tmp_path: Path, point: str) -> None:
    """The process dies there; the next one, when the leases have run out, brings every file to its right place."""
    folder = begun(tmp_path)
    assert signal.SIGKILL == in_a_process(folder, all_of_it, point), "the point was reached"
    time_passes(folder)
    assert 0 == in_a_process(folder, all_of_it)
    settled_well(folder)


@pytest.mark.slow
def test_a_kill_at_every_commit(tmp_path: Path) -> None:
    """Before and after each of them, one folder for each."""
    for point in ("repository_commit", "repository_committed", "arrival_moved", "arrival_moved_on"):
        number = 0
        while True:
            number += 1
            folder = tmp_path / f"{point}{number}"
            folder.mkdir()
            begun(folder)
            killed = in_a_process(folder, all_of_it, f"{point}:{number}")
            time_passes(folder)
            assert 0 == in_a_process(folder, all_of_it)
            settled_well(folder)
            if not killed:
                break
        assert number > 4
