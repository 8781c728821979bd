"""
How late jobs start: schedules that are due at each full minute, on a machine whose cores are busy.

Three lags are told, each from the due time on: to the launch, which needs no free worker; to the start, which is the
moment at which the transaction began by which a worker has claimed the first step (``started_at`` of the execution, by the
repository's clock, as the two due times are); and to the work, which is the modification time of the file that the step's
program touches, so the transaction is committed and a program runs by then. The bar is for starts; a due tick without a
start counts as late. Two worker processes with two threads each run; so many processes as there are cores do nothing
but compute meanwhile.
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

LOOK_S = 0.5
"""Between two looks at whether all have ended, from the last due time and ``IN_TIME_S`` on."""

JOB = """
name: start
parameters: {{schedule: {{type: text}}, due: {{type: text}}}}
steps: {{work: {{handler: command, config: {{run: ["touch", "{folder}/{{schedule}} {{due}}"]}}}}}}
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
        define(database, JOB.format(folder=here))
        stack.enter_context(workers(2, 2))
        stack.callback(_end, [_busy() for _ in range(arguments.busy)])
        for number in range(arguments.schedules):
            values = {"schedule": str(number), "due": "{due_time}"}
            schedule = Schedule(
                name=f"s{number}", job="start", cron="* * * * *", parameters=values, overlap="allow"
            )
            store.store(database, schedule, actor="ann")
        due = arguments.schedules * arguments.minutes
        last = 60 * (time.time() // 60 + arguments.minutes)
        time.sleep(last + IN_TIME_S - time.time())
        while len(lags := _lags(database, due, Path(here))) < due and time.time() < last + ENDS_S:
            time.sleep(LOOK_S)
    launches, starts, works = (sorted(one) for one in zip(*lags, strict=True))
    share, launched, worked = (
        sum(lag <= IN_TIME_S for lag in one) / due for one in (starts, launches, works)
    )
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"starts on {kind}: {share:.1%} of {due} within {IN_TIME_S:g} s (bar {SHARE_MIN:.0%}); {arguments.schedules} due at"
        f" once, median {starts[len(starts) // 2]:.2f} s, longest {starts[-1]:.2f} s, {due - len(starts)} not at all;"
        f" launched {launched:.1%}, longest {launches[-1]:.2f} s; working {worked:.1%}, longest {works[-1]:.2f} s;"
        f" {arguments.busy} busy processes, load {load}"
    )
    return share >= SHARE_MIN


def _lags(database: Database, limit: int, folder: Path) -> list[tuple[float, float, float]]:
    """Seconds to launch, start and work of the ticks that were due first and whose program has run."""
    query = (
        select(TICK.c.due_at, TICK.c.decided_at, EXECUTION.c.started_at, EXECUTION.c.parameters)
        .join_from(TICK, EXECUTION, TICK.c.execution_id == EXECUTION.c.id)
        .order_by(TICK.c.due_at)
        .limit(limit)
    )
    with database.read() as connection:
        rows = connection.execute(query).all()
    lags = []
    for row in rows:
        touched = folder / f"{row.parameters['schedule']} {row.parameters['due']}"
        if row.started_at is not None and touched.exists():
            due_s = row.due_at.timestamp()
            moments = (row.decided_at.timestamp(), row.started_at.timestamp(), touched.stat().st_mtime)
            lags.append((moments[0] - due_s, moments[1] - due_s, moments[2] - due_s))
    return lags


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
