"""
How fast jobs go: partitions of one file over two workers, and many small jobs.

Each series makes a repository of its own. PostgreSQL is that of ``load.py``; the repository has a database of its
own there. Workers are processes, started before the clock; a job's time is from its launch to its end.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import data
import psycopg
from load import Bench, open_bench
from measure import server_cpu_s

from loadstone.bootstrap.handlers import handlers
from loadstone.bootstrap.repository import open_repository
from loadstone.database.open import Database
from loadstone.jobs import launch, registry
from loadstone.jobs.definition import parse_definition
from loadstone.jobs.engine import Engine
from loadstone.jobs.handlers import Handler, TaskRun, WholeStep
from loadstone.jobs.model import Outcome, Status, Task
from loadstone.jobs.repository import executions

DATABASE = "loadstone_jobs_bench"

PARTITIONED = """
name: partitions
parameters: {{run: {{type: text}}}}
steps:
  load:
    handler: load
    config: {{control: "{control}", target: "{target}", data: "{dat}", errors: -1, order: free,
      partitions: {partitions}, log: "{log}", run_id: "{{run}}"}}
"""

SMALL = """
name: small
parameters: {{data: {{type: file}}}}
steps:
  load: {{handler: load, config: {{control: small.ctl, target: "{target}", data: "{{data}}", log: "{{data}}.log"}}}}
"""


NOTHING = "name: nothing\nparameters: {n: {type: integer}}\nsteps: {work: {handler: nothing}}\n"


class Nothing(WholeStep):
    """Work that costs nothing."""

    def run(self, task: Task, run: TaskRun) -> Outcome:
        """Done."""
        return Outcome()


def main() -> int:
    """Print the figures of the series named; 1 if one misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000, help="rows of the file in partitions")
    parser.add_argument("--pairs", type=int, default=5, help="rounds of partitions")
    parser.add_argument("--jobs", type=int, default=200, help="small jobs")
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    parser.add_argument("series", nargs="*", metavar="SERIES", help=f"{', '.join(SERIES)}; all when absent")
    arguments = parser.parse_args()
    results = [SERIES[name](arguments) for name in arguments.series or SERIES]
    return int(not all(results))


@contextmanager
def repository_in(bench: Bench | None, folder: Path) -> Iterator[Database]:
    """An empty repository: a database beside the bench's, or a SQLite file in ``folder``."""
    url = str(folder / "repository.db")
    if bench is not None:
        server = bench.url.partition("?")
        url = f"{server[0].rpartition('/')[0]}/{DATABASE}" + (f"?{server[2]}" if server[2] else "")
        with psycopg.connect(bench.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {DATABASE}")
    os.environ["LOADSTONE_REPOSITORY"] = url
    database = open_repository(url)
    yield database
    database.close()


@contextmanager
def workers(count: int, threads: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many worker processes, up and idle."""
    words = [sys.executable, "-m", "loadstone.cli.main", "worker", "--threads", str(threads)]
    started = [
        subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(count)
    ]
    try:
        time.sleep(3)
        yield started
    finally:
        for one in started:
            one.terminate()
        for one in started:
            one.wait(60)


def define(database: Database, text: str, known: Mapping[str, Handler] | None = None) -> None:
    """Store a job by one person and approve it by another."""
    stored = registry.store(database, parse_definition(text), known or handlers(database), actor="ann")
    registry.approve(database, stored.name, None, actor="bob")


def ended(database: Database, launched: list[int], *, poll_s: float = 0.02) -> None:
    """Wait until all executions have ended; raises RuntimeError where one did not complete."""
    for number in launched:
        while True:
            with database.read() as connection:
                found = executions.by_id(connection, number)
            if found is not None and found.status.ended:
                break
            time.sleep(poll_s)
        if found.status is not Status.COMPLETED:
            raise RuntimeError(f"execution {number} is {found.status}: {found.error}")


# Private functions


def _partitions(arguments: argparse.Namespace) -> bool:
    """Two workers with a partition each, one connection, and the default load, interleaved."""
    folder = (arguments.folder / str(arguments.rows)).resolve()
    data.make(folder, arguments.rows)
    bench = open_bench(folder)
    control = data.control_file(bench.folder, "delimited", data.delimited())
    job = PARTITIONED.format(
        control=control,
        target=bench.url,
        dat=bench.folder / "dirty.dat",
        partitions=2,
        log=bench.folder / "bench.log",
    )
    ours, ones, defaults = [], [], []
    with tempfile.TemporaryDirectory() as here, repository_in(None, Path(here)) as database, workers(2, 1):
        define(database, job)
        for number in range(arguments.pairs + 1):
            bench.empty()
            began = time.perf_counter()
            answer = launch.launch(database, "partitions", {"run": str(number)}, actor="ann")
            ended(database, [answer.execution_id or 0])
            ours.append(time.perf_counter() - began)
            bench.compare("rows that are not spoilt", bench.digest())
            ones.append(bench.load(control, "dirty.dat", "--workers", "1").wall_s)
            defaults.append(bench.load(control, "dirty.dat").wall_s)
    # The first round warms the workers.
    one = statistics.median(a / b for a, b in zip(ours[1:], ones[1:], strict=True))
    default = statistics.median(a / b for a, b in zip(ours[1:], defaults[1:], strict=True))
    print(
        f"partitions: {arguments.rows:,} rows, {len(ours) - 1} rounds: {statistics.median(ours[1:]):.2f} s; against one"
        f" connection {one:.2f} (bar 0.90), against the default load {default:.2f} (bar 1.10); content identical"
    )
    return one <= 0.9 and default <= 1.1


def _rate_sqlite(arguments: argparse.Namespace) -> bool:
    return _rate(arguments, None, 200)


def _rate_postgresql(arguments: argparse.Namespace) -> bool:
    folder = (arguments.folder / "1000").resolve()
    data.make(folder, 1000)
    return _rate(arguments, open_bench(folder), 1000)


def _rate(arguments: argparse.Namespace, bench: Bench | None, bar: int) -> bool:
    """Small jobs a minute with two worker processes, launches included."""
    kind = "PostgreSQL" if bench else "SQLite"
    count, rows = arguments.jobs, 20
    with tempfile.TemporaryDirectory() as here, repository_in(bench, Path(here)) as database:
        folder = Path(here)
        os.chdir(folder)
        target = bench.url if bench else str(folder / "bank.db")
        Path("small.ctl").write_text(
            "LOAD DATA APPEND INTO TABLE small FIELDS TERMINATED BY ',' (a INTEGER EXTERNAL, b CHAR(20))\n"
        )
        if bench:
            bench.empty()
            bench.sql("DROP TABLE IF EXISTS small", "CREATE TABLE small (a integer, b varchar(20))")
        else:
            import sqlite3

            with sqlite3.connect(target) as connection:
                connection.execute("CREATE TABLE small (a INTEGER, b TEXT)")
            connection.close()
        define(database, SMALL.format(target=target))
        for number in range(count + 2):
            lines = [f"{number * rows + n},row {n}\n" for n in range(rows)]
            Path(f"{number}.dat").write_text("".join(lines))
        with workers(2, 2):
            warm = [_launched(database, number) for number in (count, count + 1)]
            ended(database, warm)
            began = time.perf_counter()
            launched = [_launched(database, number) for number in range(count)]
            ended(database, launched)
            minute = count / (time.perf_counter() - began) * 60
        os.chdir("/")
    print(
        f"rate: {minute:,.0f} small jobs a minute on {kind}, {count} jobs of {rows} rows, two workers (bar {bar})"
    )
    return minute >= bar


def _cost(arguments: argparse.Namespace) -> bool:
    """CPU of what a job costs beside its work: launch, claim, lease, and end of a step that does nothing."""
    folder = (arguments.folder / "1000").resolve()
    data.make(folder, 1000)
    bench = open_bench(folder)
    with tempfile.TemporaryDirectory() as here, repository_in(bench, Path(here)) as database:
        known = {"nothing": Nothing()}
        define(database, NOTHING, known)
        engine = Engine(database, known)
        spent = []
        for first in (0, arguments.jobs):  # the first round warms both sides
            began_s = time.process_time() + server_cpu_s(bench.postmaster)
            for number in range(first, first + arguments.jobs):
                launch.launch(database, "nothing", {"n": number}, actor="ann")
                engine.run_next("bench")
            spent.append(time.process_time() + server_cpu_s(bench.postmaster) - began_s)
        engine.close()
    each_ms = 1000 * spent[-1] / arguments.jobs
    print(f"cost: {each_ms:.1f} ms CPU a job without work on PostgreSQL, client and server, {arguments.jobs} jobs")
    return True


def _launched(database: Database, number: int) -> int:
    return launch.launch(database, "small", {"data": f"{number}.dat"}, actor="ann").execution_id or 0


SERIES: dict[str, Callable[[argparse.Namespace], bool]] = {
    "partitions": _partitions,
    "rate-sqlite": _rate_sqlite,
    "rate-postgresql": _rate_postgresql,
    "cost": _cost,
}


if __name__ == "__main__":
    sys.exit(main())
