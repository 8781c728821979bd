"""Repository and target go away, are full, or lose answers, under running workers: nothing is lost, nothing double."""

from __future__ import annotations

import itertools
import random
import re
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from loadstone.errors import LoadstoneError
from loadstone.jobs import launch
from loadstone.jobs.model import Status
from tests.crash.conftest import SLOW_ON_SQLITE, Calm, Tally
from tests.crash.crew import LASTS_MAX_S, Crew, Start, crew_of, is_stopped_at
from tests.crash.job_cases import Bench
from tests.crash.processes import wait_for
from tests.crash.servers import Wire, cut_sessions, server_of_its_own, small_disk
from tests.runs import rows_of

HELD = "a stopped process that holds SQLite's write lock stops everybody until it goes on or dies"


@pytest.fixture
def wide(postgres_url: str, here: Path) -> Iterator[Bench]:
    """Repository and target in one database of PostgreSQL."""
    made = Bench.make(here, postgres_url, postgres_url)
    yield made
    made.database.close()


def test_cut_connections_lose_and_double_nothing(
    wide: Bench, tally: Tally, calm_of: Calm, pytestconfig: pytest.Config
) -> None:
    """All sessions of workers end at random times, also in their COMMITs; no worker dies of it."""
    kills = pytestconfig.getoption("--kills")
    wanted = kills // 2 if kills >= 100 else 4
    files, chance, cuts = 3 + wanted // 5, random.Random(3), 0
    names = wide.put(range(files))
    with crew_of(Start(folder=wide.folder, repository=wide.repository)) as crew:
        pair = [crew.hire(until_idle=False), crew.hire(until_idle=False)]
        deadline = time.monotonic() + LASTS_MAX_S + 4 * wanted
        while cuts < wanted and time.monotonic() < deadline:
            if names:
                launch_surely(wide, names.pop())
            time.sleep(chance.uniform(0.05, 0.6))
            cuts += cut_sessions(wide.repository) > 0
        for name in names:
            launch_surely(wide, name)
        crew.finish()
        assert [None, None] == [one.exitcode for one in pair], [crew.said(one) for one in pair]
    tally.add(wide.title, cuts=cuts)
    tally.same(wide.title, calm_of(files), wide.state())


def launch_surely(bench: Bench, name: str) -> None:
    """Launch, and once more when nobody knows whether the first launch was committed."""
    for _ in range(10):
        try:
            launch.launch(bench.database, "daily", {"data": name}, actor="ann")
            return
        except LoadstoneError:
            time.sleep(0.1)
    raise AssertionError("ten launches in a row failed")


def test_lost_answers_of_commits_lose_and_double_nothing(
    wide: Bench, tally: Tally, calm_of: Calm, pytestconfig: pytest.Config
) -> None:
    """Each fifth COMMIT of a worker does not arrive, or its answer does not; the worker looks what is true."""
    files = 2 if pytestconfig.getoption("--kills") < 100 else 12
    numbers = itertools.count(1)

    def breaks() -> str | None:
        number = next(numbers)
        return None if number < 12 or number % 5 else ("before", "after")[number // 5 % 2]

    wide.launch(*wide.put(range(files)))
    wire = Wire(wide.repository, breaks)
    with crew_of(Start(folder=wide.folder, repository=wire.url)) as crew:
        one = crew.hire(until_idle=False)
        assert wait_for(lambda: not wide.open(), at_most_s=LASTS_MAX_S), crew.said(one)
        assert one.exitcode is None, crew.said(one)
    wire.close()
    assert wire.broken["before"] >= 1 and wire.broken["after"] >= 1
    tally.add(wide.title, cuts=sum(wire.broken.values()))
    tally.same(wide.title, calm_of(files), wide.state())


@pytest.mark.slow
@pytest.mark.parametrize("which", ["repository", "target"])
def test_a_server_that_restarts_is_waited_for(
    which: str, postgres_url: str, here: Path, tally: Tally, calm_of: Calm
) -> None:
    """Down for 5 to 10 s at once, twice, while loads run: the workers live, and all ends as if nothing had been."""
    chance = random.Random(5)
    with server_of_its_own() as server:
        urls = {"repository": postgres_url, "target": postgres_url, which: server.url}
        bench = Bench.make(here, urls["repository"], urls["target"])
        files = 8
        names = bench.put(range(files), 600)
        with crew_of(Start(folder=here, repository=bench.repository, lease_s=3.0)) as crew:
            pair = [crew.hire(until_idle=False), crew.hire(until_idle=False)]
            for _ in range(2):
                for _ in range(files // 2):
                    launch_surely(bench, names.pop())
                time.sleep(chance.uniform(0.3, 1.0))
                server.restart(chance.uniform(5.0, 10.0))
            assert wait_for(lambda: not answered(bench), at_most_s=LASTS_MAX_S), [
                crew.said(one) for one in pair
            ]
            assert [None, None] == [one.exitcode for one in pair], [crew.said(one) for one in pair]
        tally.add(bench.title, restarts=2)
        tally.same(bench.title, calm_of(files, count=600), bench.state())
        bench.database.close()


def answered(bench: Bench) -> list[Any]:
    """Executions that have not ended, or that nobody knows of, for the repository is away."""
    try:
        return bench.open()
    except LoadstoneError:
        return ["away"]


def test_a_full_disk_under_the_repository_is_waited_out(
    here: Path, tally: Tally, calm_of: Calm, pytestconfig: pytest.Config
) -> None:
    """
    Again and again a small disk is filled to its last byte; workers live, launches are refused whole.

    Where no file system can be mounted, files of the workers may not grow (RLIMIT_FSIZE).
    """
    rounds = 3 if pytestconfig.getoption("--kills") < 100 else 20
    with small_disk(here / "disk", (2 + rounds // 4) << 20) as disk:
        repository = here / "disk" / "repository.db"
        bench = Bench.make(here, str(repository), "bank.db")
        start = Start(folder=here, repository=bench.repository)
        names, filler, chance = bench.put(range(rounds)), here / "disk" / "filler", random.Random(9)
        with crew_of(start) as crew:
            one, refused = crew.hire(until_idle=False), 0
            for _ in range(rounds):
                if names:
                    bench.launch(names.pop())
                time.sleep(chance.uniform(0.1, 1.5))
                if disk is not None:
                    fill(filler)
                    refused += launch_until_refused(bench, names)
                    time.sleep(0.5)
                    filler.unlink()
                else:
                    crew.kill(one)
                    size = repository.stat().st_size
                    full = crew.hire(file_size_max=size, until_idle=False)
                    time.sleep(1.0)
                    crew.kill(full)
                    one = crew.hire(until_idle=False)
            bench.launch(*names)
            assert wait_for(lambda: not bench.open(), at_most_s=LASTS_MAX_S), crew.said(one)
            assert one.exitcode is None, crew.said(one)
        assert disk is None or refused
        tally.add(bench.title, full=rounds)
        tally.same(bench.title, calm_of(rounds), bench.state())
        bench.database.close()


def launch_until_refused(bench: Bench, names: list[str]) -> bool:
    """Launch on a full disk; SQLite's log may have room for some launches. Whether one was refused, whole."""
    while names:
        try:
            bench.launch(names[-1])
        except LoadstoneError as error:
            assert "LS-7003" == error.code
            return True
        names.pop()
    return False


def fill(path: Path) -> None:
    """Write until there is no room left, to the last byte."""
    with open(path, "wb", buffering=0) as file:
        for size in (65_536, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


@pytest.mark.parametrize("what", ["target", "output"])
def test_a_full_disk_under_a_load_fails_its_step_and_a_launch_restarts_it(
    what: str, here: Path, tally: Tally, calm_of: Calm
) -> None:
    """The step says that room is missing, and its rows are as they were committed; with room all of it comes."""
    with small_disk(here / "disk", 1 << 20) as disk:
        if disk is None:
            pytest.skip("this user may not mount a file system")
        target = str(disk / "bank.db") if what == "target" else str(here / "bank.db")
        bench = Bench.make(here if what == "target" else disk, str(here / "repository.db"), target)
        (name,) = bench.put(range(1), 6000 if what == "target" else 600)
        filler = disk / "filler"
        with crew_of(Start(folder=bench.folder, repository=bench.repository)) as crew:
            crew.hire(until_idle=False)
            fill(filler)
            (execution,) = bench.launch(name)
            assert wait_for(lambda: bench.status(execution).ended, at_most_s=120)
            failed = bench.steps(execution)["load"]
            assert Status.FAILED is failed.status and failed.error is not None
            assert "system" == failed.error["kind"]
            assert re.search("No space left|room|disk is full", str(failed.error))
            assert not list(bench.folder.glob("*.part")) and not list(bench.folder.glob("*.bad"))
            filler.unlink()
            (again,) = bench.launch(name)
            assert wait_for(lambda: bench.status(again).ended, at_most_s=120)
        tally.add(bench.title, full=1)
        found, calm = bench.state(), calm_of(1, count=6000 if what == "target" else 600)
        tally.same(bench.title, calm, found)
        bench.database.close()


@SLOW_ON_SQLITE
@pytest.mark.parametrize(
    "point",
    [
        "task_claimed:1",
        "before_commit:1",
        *(
            pytest.param(one, marks=pytest.mark.slow)
            for one in ("repository_commit:10", "task_done:2", "task_stored:2")
        ),
    ],
)
def test_a_worker_that_was_stopped_past_its_lease_changes_nothing(
    bench: Bench, crew: Crew, tally: Tally, calm_of: Calm, point: str
) -> None:
    """SIGSTOP, also within a transaction of repository or target; another one takes over; SIGCONT: it is shut out."""
    if bench.database.kind == "sqlite" and point in ("before_commit:1", "repository_commit:10"):
        pytest.skip(HELD)
    bench.launch(*bench.put(range(2)))
    zombie = crew.hire(crash_at=f"{point}:stop", threads=1, until_idle=False)
    assert is_stopped_at(zombie), crew.said(zombie)
    if bench.database.kind == "sqlite" and is_locked(bench):
        pytest.skip(HELD)  # its beat was within a transaction
    second = crew.hire(until_idle=False)
    assert wait_for(lambda: not bench.open(), at_most_s=120), crew.said(second)
    crew.send(zombie, signal.SIGCONT)
    time.sleep(1.0)
    crew.send(zombie, signal.SIGTERM)
    assert [0] == crew.end(zombie), crew.said(zombie)
    tally.add(bench.title, stops=1)
    tally.same(bench.title, calm_of(2), bench.state())


def is_locked(bench: Bench) -> bool:
    """Whether the write lock of a SQLite repository is held, and not only for a moment."""
    with closing(sqlite3.connect(bench.folder / bench.repository, timeout=5)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        return False


def test_a_stopped_writer_of_a_sqlite_repository_delays_others_and_harms_nothing(
    here: Path, tally: Tally, calm_of: Calm
) -> None:
    """It holds the write lock for longer than a lease; when it goes on, everybody does."""
    bench = Bench.make(here, "repository.db", "bank.db")
    bench.launch(*bench.put(range(2)))
    with crew_of(Start(folder=here, repository="repository.db")) as crew:
        zombie = crew.hire(crash_at="repository_commit:12:stop", threads=1)
        assert is_stopped_at(zombie)
        second = crew.hire()
        time.sleep(3.0)
        crew.send(zombie, signal.SIGCONT)
        assert [0, 0] == crew.end(zombie, second), crew.said(zombie) + crew.said(second)
    tally.add(bench.title, stops=1)
    tally.same(bench.title, calm_of(2), bench.state())
    bench.database.close()


def test_a_commit_that_fails_in_the_repository_is_no_end(wide: Bench, tally: Tally, calm_of: Calm) -> None:
    """A deferred constraint refuses the first ends at COMMIT; the task is not done before one is committed."""
    with psycopg.connect(wide.repository, autocommit=True) as connection:
        connection.execute("CREATE SEQUENCE ends")
        connection.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF nextval('ends') <= 2 THEN RAISE EXCEPTION 'refused at COMMIT'; END IF; RETURN NULL; END $$"
        )
        connection.execute(
            "CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON step_task DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW WHEN (NEW.status = 'completed') EXECUTE FUNCTION refuse()"
        )
    wide.launch(*wide.put(range(1)))
    with crew_of(Start(folder=wide.folder, repository=wide.repository)) as crew:
        one = crew.hire(until_idle=False)
        assert wait_for(lambda: not wide.open(), at_most_s=60), crew.said(one)
        assert one.exitcode is None
    assert 2 < int(rows_of(wide.repository, "SELECT last_value FROM ends")[0][0])
    tally.same(wide.title, calm_of(1), wide.state())
