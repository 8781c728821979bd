"""Kill workers of jobs anywhere: repository, target and files end as if nothing had been."""

from __future__ import annotations

import random
import time

import pytest

from tests.crash.conftest import SLOW_ON_SQLITE, Calm, Tally
from tests.crash.crew import Crew
from tests.crash.job_cases import Bench
from tests.crash.processes import KILLED, wait_for

WRITES_MAX = 80
"""More transactions of the repository than one worker needs for one job."""


def test_random_kills_lose_and_double_nothing(
    bench: Bench, crew: Crew, tally: Tally, calm_of: Calm, pytestconfig: pytest.Config
) -> None:
    """
    Two workers at a time, with one thread or two; one is killed, another one comes; files come in meanwhile.

    On a slow machine six workers in a row may die with one task, which then waits for a person: the test is that one.
    """
    kills = pytestconfig.getoption("--kills")
    kills = kills if kills >= 100 else max(3, kills // 5)
    files = 2 + kills // 4
    calm = calm_of(files)
    chance, names = random.Random(7), bench.put(range(files))
    pair = [crew.hire(until_idle=False), crew.hire(until_idle=False)]
    for number in range(kills):
        if number % 4 == 0 and names:
            bench.launch(names.pop())
        time.sleep(chance.uniform(0.1, 1.5))
        victim = chance.randrange(2)
        crew.kill(pair[victim])
        pair[victim] = crew.hire(until_idle=False, threads=chance.randint(1, 2))
    bench.launch(*names)
    crew.finish()
    if given_up := bench.quarantined():
        bench.launch(*given_up)
        crew.finish()
    tally.add(bench.title, kills=kills)
    tally.same(bench.title, calm, bench.state())


@SLOW_ON_SQLITE
def test_a_kill_at_every_write_to_the_repository(
    bench: Bench, crew: Crew, tally: Tally, calm_of: Calm, pytestconfig: pytest.Config
) -> None:
    """
    SIGKILL before and behind each COMMIT of a worker's life: start, claim, plan, heartbeat, end, and those of handlers.

    Each place is reached with an instance of its own; ``make test`` takes some of them.
    """
    every, kills, files = 1 if pytestconfig.getoption("--kills") >= 100 else 9, 0, 0
    for point in ("repository_commit", "repository_committed"):
        for number in range(1 if every == 1 else 5, WRITES_MAX, every):
            bench.launch(*bench.put(range(files, files + 1)))
            files += 1
            one = crew.hire(crash_at=f"{point}:{number}", threads=1)
            (code,) = crew.end(one)
            if code != KILLED:
                assert 0 == code, crew.said(one)
                break
            kills += 1
            crew.finish(threads=1)
    assert kills >= 2 * 18 // every
    tally.add(bench.title, kills=kills, points=kills)
    calm = calm_of(files)
    tally.same(bench.title, calm, bench.state())


@SLOW_ON_SQLITE
@pytest.mark.parametrize(
    "point",
    [
        "task_claimed:2",  # before its first heartbeat, and before the load's fence
        "fence_raised",  # the fence is the worker's, nothing is loaded
        "before_commit:1",  # within the only chunk
        "all_loaded",  # behind the last chunk
        "finished",  # the load is complete, its step is not
        "task_done:2",
        "task_stored:2",
    ],
)
def test_a_worker_that_dies_around_a_load_is_taken_over(
    bench: Bench, crew: Crew, tally: Tally, calm_of: Calm, point: str
) -> None:
    """The next worker does what is left of the load, and its counts are those of the whole."""
    calm = calm_of(1)
    bench.launch(*bench.put(range(1)))
    one = crew.hire(crash_at=point, threads=1)
    if bench.database.kind == "sqlite" and not point.startswith("task"):
        # The load's own process dies, and so does each one that the worker begins after it, as long as there is work.
        assert wait_for(lambda: bench.retries() >= 1, at_most_s=60), crew.said(one)
        crew.kill(one)
    else:
        assert [KILLED] == crew.end(one), crew.said(one)
    crew.finish(threads=1)
    tally.add(bench.title, kills=1, points=1)
    tally.same(bench.title, calm, bench.state(), point)
