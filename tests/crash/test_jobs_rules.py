"""What must hold across deaths of workers: one launch, one content, one version, exact limits, the database's clock."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from loadstone.bootstrap.handlers import handlers
from loadstone.errors import LoadstoneError, Refused
from loadstone.jobs import launch
from loadstone.jobs.model import Answer, Status
from tests.crash.conftest import SLOW_ON_SQLITE, Calm, Tally
from tests.crash.crew import Crew, Start, crew_of
from tests.crash.job_cases import REJECTS, Bench, job_text, records_of
from tests.crash.processes import KILLED, wait_for
from tests.repository import define
from tests.runs import rows_of
from tests.targets import execute

SLOW = pytest.mark.slow

TTL_S = 6.0
"""Lease where a take-over is measured: long beside what a busy machine adds."""

BEFORE_DST = datetime(2026, 10, 25, 0, 59, 50, tzinfo=UTC)
"""Ten seconds before clocks go back in Berlin."""


@pytest.fixture
def wide(postgres_url: str, here: Path) -> Iterator[Bench]:
    """Repository and target in one database of PostgreSQL."""
    made = Bench.make(here, postgres_url, postgres_url)
    yield made
    made.database.close()


def die_in_load(crew: Crew, bench: Bench, point: str, **changes: object) -> None:
    """A worker that dies with its load at ``point``."""
    one = crew.hire(crash_at=point, threads=1, **changes)
    if bench.database.kind == "postgresql":
        assert [KILLED] == crew.end(one), crew.said(one)
        return
    # The load's own process dies, and so does each one that the worker begins after it.
    assert wait_for(lambda: bench.retries() >= 1, at_most_s=60), crew.said(one)
    crew.kill(one)


def test_of_many_launches_at_once_one_starts(
    bench: Bench, crew: Crew, tally: Tally, calm_of: Calm, pytestconfig: pytest.Config
) -> None:
    """Fifty processes (ten in ``make test``) launch one instance at the same moment; the others join it."""
    number = 50 if pytestconfig.getoption("--kills") >= 100 else 10
    (name,) = bench.put(range(1))
    at = time.time() + 0.1 * number
    crowd = [crew.launch_at(name, at) for _ in range(number)]
    assert [0] * number == crew.end(*crowd)
    said = Counter((bench.folder / f"launch-{one.pid}.out").read_text().split()[-1] for one in crowd)
    assert {"started": 1, "joined": number - 1} == said
    crew.finish()
    tally.same(bench.title, calm_of(1), bench.state())


def test_a_killed_worker_is_taken_over_within_one_and_a_half_leases(bench: Bench, crew: Crew) -> None:
    """Measured from the kill to the take-over, by the same machine's clock; the first claim was just renewed."""
    bench.launch(*bench.put(range(1)))
    first = crew.hire(crash_at="task_claimed:1", threads=1, lease_s=TTL_S)
    second_from = bench.events("task.taken_over")
    second = crew.hire(lease_s=TTL_S, until_idle=False) if crew.end(first) == [KILLED] else None
    killed = datetime.now(UTC)
    assert second is not None and not second_from

    def at_work() -> bool:
        return rows_of(bench.repository, "SELECT count(*) > 1 FROM worker") in ([(1,)], [(True,)]) or bool(bench.events("task.taken_over"))

    assert wait_for(at_work), crew.said(second)
    ready = datetime.now(UTC)  # what the second one takes to start is none of the lease's affair
    assert wait_for(lambda: bool(bench.events("task.taken_over")), at_most_s=60), crew.said(second)
    took = (bench.events("task.taken_over")[0].written_at - max(killed, ready - timedelta(seconds=TTL_S))).total_seconds()
    print(f"{bench.title}: taken over after {took:.2f} s, lease {TTL_S} s")
    assert took < 1.5 * TTL_S


def test_two_processes_share_the_work(wide: Bench, tally: Tally, calm_of: Calm) -> None:
    """On one repository on PostgreSQL both run tasks, and together they do each once."""
    files = 12
    with crew_of(Start(folder=wide.folder, repository=wide.repository, lease_s=30.0)) as crew:
        pair = [crew.hire(until_idle=False, threads=1) for _ in range(2)]
        count = "SELECT count(*) FROM worker"
        assert wait_for(lambda: rows_of(wide.repository, count) == [(2,)], at_most_s=60)
        seen: set[str] = set()
        with psycopg.connect(wide.repository, autocommit=True) as watch:

            def over() -> bool:
                seen.update(
                    one
                    for (one,) in watch.execute("SELECT worker_id FROM step_task WHERE status = 'running'")
                )
                return not wide.open()

            wide.launch(*wide.put(range(files)))
            assert wait_for(over, at_most_s=120), [crew.said(one) for one in pair]
        assert 2 == len(seen)
    tally.same(wide.title, calm_of(files), wide.state())


@pytest.mark.parametrize(("allowed", "status"), [(REJECTS, Status.COMPLETED), (REJECTS - 1, Status.FAILED)])
def test_a_limit_of_rejects_is_exact_across_deaths(
    here: Path, postgres_url: str, tally: Tally, calm_of: Calm, allowed: int, status: Status
) -> None:
    """A worker dies within the chunk that has the rejects, another one behind the load; the count is of the whole."""
    limits = f"{{rejects_max: {allowed}}}"
    bench = Bench.make(here, postgres_url, postgres_url, limits=limits)
    (execution,) = bench.launch(*bench.put(range(1)))
    with crew_of(Start(folder=here, repository=bench.repository)) as crew:
        for point in ("before_commit:1", "all_loaded", "finished", "task_done:1"):
            die_in_load(crew, bench, point)
        crew.finish()
    load = bench.steps(execution)["load"]
    assert (status, REJECTS) == (load.status, load.rejected)
    assert status is Status.COMPLETED or (load.error or {})["code"] == "LS-7111"
    tally.add(bench.title, kills=4, points=4)
    tally.same(bench.title, calm_of(1, limits=limits), bench.state())
    bench.database.close()


def test_a_constraint_that_fails_at_commit_rejects_its_record(wide: Bench, tally: Tally) -> None:
    """A deferred foreign key: its records are rejects, the others stand, also when the worker dies in the chunk."""
    with psycopg.connect(wide.target, autocommit=True) as connection:
        connection.execute("CREATE TABLE amounts (amount NUMERIC PRIMARY KEY)")
        connection.execute(
            "INSERT INTO amounts SELECT n FROM generate_series(0, 1000) n WHERE n NOT IN (0, 7, 140)"
        )
        connection.execute(
            "ALTER TABLE payments ADD FOREIGN KEY (amount) REFERENCES amounts DEFERRABLE INITIALLY DEFERRED"
        )
    (execution,) = wide.launch(*wide.put(range(1)))
    with crew_of(Start(folder=wide.folder, repository=wide.repository)) as crew:
        die_in_load(crew, wide, "before_commit:1")
        crew.finish()
    load = wide.steps(execution)["load"]
    assert (Status.COMPLETED, REJECTS + 3) == (load.status, load.rejected)
    assert load.read == load.loaded + load.rejected + load.discarded
    assert [(load.loaded,)] == rows_of(wide.target, "SELECT count(*) FROM payments")
    assert [] == rows_of(wide.target, "SELECT id FROM payments WHERE amount IN (0, 7, 140)")
    tally.add(wide.title, kills=1, points=1)


@SLOW_ON_SQLITE
@pytest.mark.parametrize(
    "how", ["changed", *(pytest.param(how, marks=SLOW) for how in ("cut", "delivered again"))]
)
@pytest.mark.parametrize("when", ["prepared", "all_loaded"])
def test_a_file_that_changed_between_attempts_is_refused(
    bench: Bench, crew: Crew, tally: Tally, calm_of: Calm, how: str, when: str
) -> None:
    """Before its first chunk, and behind its last; the file that was launched goes on where it was."""
    (name,) = bench.put(range(1))
    path, data = bench.folder / name, records_of(0)
    (execution,) = bench.launch(name)
    die_in_load(crew, bench, when)
    before = rows_of(bench.target, "SELECT id FROM payments")
    path.write_bytes(
        {"changed": data.replace(b"note 1", b"NOTE 1", 1), "cut": data[:-40]}.get(how, data + data)
    )
    crew.finish()
    load = bench.steps(execution)["load"]
    assert Status.FAILED is load.status and load.error is not None
    assert load.error["code"] in ("LS-7130", "LS-4002") and "data_quality" == load.error["kind"]
    assert before == rows_of(bench.target, "SELECT id FROM payments")
    path.write_bytes(data)
    if when == "prepared":
        again = launch.launch(bench.database, "daily", {"data": name}, actor="ann")
        assert Answer.RESTARTED is again.answer
        crew.finish()
        tally.same(bench.title, calm_of(1), bench.state())
    tally.add(bench.title, kills=1, points=1)


@SLOW_ON_SQLITE
def test_a_file_that_changed_before_its_first_attempt_is_refused(bench: Bench, crew: Crew) -> None:
    """Loaded now, it would be loaded again when it is launched as what it is."""
    (name,) = bench.put(range(1))
    (execution,) = bench.launch(name)
    (bench.folder / name).write_bytes(records_of(7))
    (other,) = bench.launch(name)
    crew.finish()
    first = bench.steps(execution)["load"]
    assert "LS-7130" == (first.error or {})["code"]
    assert [Status.FAILED, Status.COMPLETED] == [bench.status(one) for one in (execution, other)]
    assert [0] == [n for (n,) in rows_of(bench.target, "SELECT count(*) FROM payments WHERE id < 100000")]


@SLOW_ON_SQLITE
def test_another_number_of_workers_and_a_new_version_go_on_with_the_pinned_definition(
    bench: Bench, crew: Crew, tally: Tally, calm_of: Calm
) -> None:
    """The definition is edited between attempts, the software is newer, and more threads run: the old one counts."""
    names = bench.put(range(3))
    made = bench.launch(*names)
    die_in_load(crew, bench, "all_loaded")
    edited = job_text(bench.target, limits="{rejects_max: 0}").replace("errors: -1", "errors: 0")
    stored = define(bench.database, edited, handlers(bench.database))
    pair = [crew.hire(version="99.0.0", threads=3) for _ in range(2)]
    assert [0, 0] == crew.end(*pair), [crew.said(one) for one in pair]
    assert 2 == stored.version and [Status.COMPLETED] * 3 == [bench.status(one) for one in made]
    tally.add(bench.title, kills=1, points=1)
    tally.same(bench.title, calm_of(3), bench.state())
    assert Answer.CACHED is launch.launch(bench.database, "daily", {"data": names[0]}, actor="ann").answer
    (newer,) = bench.launch(*bench.put(range(3, 4)))
    crew.finish(threads=1)
    assert Status.FAILED is bench.status(newer)


@SLOW_ON_SQLITE
def test_workers_whose_clocks_are_wrong_take_nothing_from_each_other(
    bench: Bench, crew: Crew, tally: Tally, calm_of: Calm
) -> None:
    """An hour ahead, an hour behind, and across the end of summer time: leases are by the database's clock."""
    dst = (BEFORE_DST - datetime.now(UTC)).total_seconds()
    bench.launch(*bench.put(range(3)))
    workers = [
        crew.hire(skew_s=3600.0, lease_s=20.0),
        crew.hire(skew_s=-3600.0, lease_s=20.0),
        crew.hire(skew_s=dst, zone="Europe/Berlin", lease_s=20.0),
    ]
    assert [0, 0, 0] == crew.end(*workers), [crew.said(one) for one in workers]
    assert [] == bench.events("task.taken_over")
    tally.same(bench.title, calm_of(3), bench.state())


def test_a_load_keeps_the_time_of_its_begin_whatever_clock_ends_it(wide: Bench) -> None:
    """SYSDATE is frozen with the first chunk: the worker that goes on is two hours behind, in another zone."""
    execute(wide.target, "ALTER TABLE payments ADD COLUMN at TIMESTAMP")
    control = wide.folder / "t.ctl"
    control.write_text(control.read_text().replace("record RECNUM)", "record RECNUM, at SYSDATE)"))
    wide.launch(*wide.put(range(1)))
    with crew_of(Start(folder=wide.folder, repository=wide.repository)) as crew:
        die_in_load(crew, wide, "prepared", skew_s=3600.0, zone="UTC")
        crew.finish(skew_s=-3600.0, zone="UTC")
    moments = [at for (at,) in rows_of(wide.target, "SELECT DISTINCT at FROM payments")]
    ahead = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1)
    assert 1 == len(moments) and abs(moments[0] - ahead) < timedelta(minutes=10)


def test_the_repository_is_no_target(here: Path) -> None:
    """Neither by its name nor through a link; nothing is loaded, and the step says why."""
    bench = Bench.make(here, "repository.db", "bank.db")
    (here / "link.db").symlink_to(here / "repository.db")
    define(bench.database, job_text("link.db"), handlers(bench.database))
    (execution,) = bench.launch(*bench.put(range(1)))
    with crew_of(Start(folder=here, repository="repository.db")) as crew:
        crew.finish()
    load = bench.steps(execution)["load"]
    assert ("LS-7007", "configuration") == ((load.error or {})["code"], (load.error or {})["kind"])
    bench.database.close()


def test_a_second_host_starts_no_worker_on_a_sqlite_repository(here: Path) -> None:
    """While the first one lives its worker leaves at once, told who is there; and nothing of the job has run."""
    from loadstone.database import guard
    from loadstone.database.guard import Host

    bench = Bench.make(here, "repository.db", "bank.db")
    guard.register_host(bench.database, Host("elsewhere", "the other host"))
    (execution,) = bench.launch(*bench.put(range(1)))
    with crew_of(Start(folder=here, repository="repository.db")) as crew:
        one = crew.hire()
        assert [0] != crew.end(one) and "LS-7006" in crew.said(one) and "the other host" in crew.said(one)
    assert Status.READY is bench.steps(execution)["validate"].status
    assert issubclass(Refused, LoadstoneError)
    bench.database.close()
