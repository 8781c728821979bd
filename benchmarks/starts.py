"""
How late jobs start: schedules that are due at each full minute, on a machine whose cores are busy.

A start's lag is from the due time to the moment its first step began, both by the repository's clock; that of its launch,
which needs no free worker, is told too. Two worker processes with two threads each run; so many processes as there are
cores do nothing but compute meanwhile.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import data
from jobs import define, repository_in, workers
from load import open_bench
from sqlalchemy import select

from loadstone.database.open import Database
from loadstone.jobs.tables import EXECUTION
from loadstone.schedule import store
from loadstone.schedule.model import Schedule
from loadstone.schedule.tables import TICK

IN_TIME_S, SHARE_MIN = 1.0, 0.99
ENDS_S = 20.0
"""After the last due time, for what is late."""

JOB = """
name: start
parameters: {schedule: {type: text}, due: {type: text}}
steps: {work: {handler: command, config: {run: ["true"]}}}
"""


def main() -> int:
    """Print the lags; 1 if too few start in time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=4, help="due at once, each minute")
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--busy", type=int, default=os.cpu_count(), help="processes that only compute")
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="sqlite, postgresql; both when absent")
    arguments = parser.parse_args()
    return int(not all([_started(arguments, kind) for kind in arguments.kinds or ("sqlite", "postgresql")]))


# Private functions


def _started(arguments: argparse.Namespace, kind: str) -> bool:
    bench = None
    if kind == "postgresql":
        folder = (arguments.folder / "1000").resolve()
        data.make(folder, 1000)
        bench = open_bench(folder)
    with ExitStack() as stack:
        here = stack.enter_context(tempfile.TemporaryDirectory())
        database = stack.enter_context(repository_in(bench, Path(here)))
        define(database, JOB)
        stack.enter_context(workers(2, 2))
        stack.callback(_end, [_busy() for _ in range(arguments.busy)])
        for number in range(arguments.schedules):
            values = {"schedule": str(number), "due": "{due_time}"}
            schedule = Schedule(
                name=f"s{number}", job="start", cron="* * * * *", parameters=values, overlap="allow"
            )
            store.store(database, schedule, actor="ann")
        due = arguments.schedules * arguments.minutes
        until = 60 * (time.time() // 60 + arguments.minutes) + ENDS_S
        time.sleep(until - time.time())
        launches, lags = _lags(database, due)
    share, launched = (sum(lag <= IN_TIME_S for lag in one) / due for one in (lags, launches))
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"starts on {kind}: {share:.1%} of {due} within {IN_TIME_S:g} s (bar {SHARE_MIN:.0%}); {arguments.schedules} due at"
        f" once, median {sorted(lags)[len(lags) // 2]:.2f} s, longest {max(lags):.2f} s, {due - len(lags)} not at all;"
        f" {arguments.busy} busy processes, load {load}; launched within {IN_TIME_S:g} s: {launched:.1%}, longest {max(launches):.2f} s"
    )
    return share >= SHARE_MIN


def _lags(database: Database, limit: int) -> tuple[list[float], list[float]]:
    """Seconds to the launches and to the starts that were due first."""
    query = (
        select(TICK.c.due_at, TICK.c.decided_at, EXECUTION.c.started_at)
        .join_from(TICK, EXECUTION, TICK.c.execution_id == EXECUTION.c.id)
        .where(EXECUTION.c.started_at.is_not(None))
    )
    with database.read() as connection:
        rows = connection.execute(query.order_by(TICK.c.due_at).limit(limit)).all()
    launches = [(row.decided_at - row.due_at).total_seconds() for row in rows]
    return launches, [(row.started_at - row.due_at).total_seconds() for row in rows]


def _busy() -> multiprocessing.Process:
    process = multiprocessing.Process(target=_compute, daemon=True)
    process.start()
    return process


def _compute() -> None:
    while True:
        sum(range(100_000))


def _end(processes: list[multiprocessing.Process]) -> None:
    for one in processes:
        one.kill()


if __name__ == "__main__":
    sys.exit(main())
