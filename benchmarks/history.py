"""
What a long past costs: the queries of the repository over a million finished executions, against a thousand.

The past is written in bulk: instances, executions, steps, tasks, ticks, audit entries with seals, and events. Each
act is timed on both, and its queries are explained on the full one: none may read a table of the past from end to end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import data
from jobs import Nothing, define, repository_in
from load import open_bench
from sqlalchemy import event, text

from loadstone.audit import trail
from loadstone.database import outbox
from loadstone.database.open import Database
from loadstone.jobs import deadlines, launch, operate
from loadstone.jobs.engine import Engine
from loadstone.jobs.model import Status
from loadstone.jobs.repository import executions, tasks
from loadstone.schedule import repository as schedules
from loadstone.schedule import store
from loadstone.schedule.model import After, Schedule

ROUNDS, FEW = 20, 1000
FACTOR_MAX, SLACK_MS = 2.0, 3.0
"""An act over a long past may take twice the time of one over a short one, and a few milliseconds for colder pages."""

SCHEDULES = 10
PAST = ("job_instance", "job_execution", "step_execution", "step_task", "schedule_tick", "audit_entry", "audit_seal", "outbox")  # fmt: skip
JOB = "name: now\nparameters: {n: {type: integer}}\nsteps: {work: {handler: nothing}}\n"

FILL = (
    "INSERT INTO job_instance (definition_id, job, launch_key, content_key, parameters, created_at)"
    " SELECT 1, 'job' || (n % 10), 'key' || n, 'key' || n, {document}, {moment} FROM numbers",
    "INSERT INTO job_execution (instance_id, job, version, attempt, status, request, parameters, priority, pool,"
    " created_at, started_at, ended_at) SELECT n, 'job' || (n % 10), 1, 1, CASE WHEN n % 100 = 0 THEN 'failed'"
    " ELSE 'completed' END, 'none', {document}, 0, 'default', {moment}, {moment}, {moment} FROM numbers",
    "INSERT INTO step_execution (execution_id, name, position, status) SELECT n, 'load', 0, 'completed' FROM numbers",
    'INSERT INTO step_task (step_id, "partition", status, priority, pool, not_before, attempt, fence)'
    " SELECT n, 0, 'completed', 0, 'default', {moment}, 1, 1 FROM numbers",
    "INSERT INTO schedule_tick (schedule_id, due_at, cause, state, decided_at, execution_id, parameters, reason)"
    " SELECT 1 + n % {schedules}, {moment}, 'cron', 'launched', {moment}, n, {document}, '' FROM numbers",
    "INSERT INTO audit_entry (at, actor, action, object, detail)"
    " SELECT {moment}, 'ann', 'job.launch', 'execution:' || n, {document} FROM numbers",
    "INSERT INTO audit_seal (number, entry_id, hash) SELECT id, id, 'x' FROM audit_entry",
    "INSERT INTO outbox (xact, topic, key, body, written_at)"
    " SELECT {xact}, 'execution.started', n, {document}, {moment} FROM numbers"
    " UNION ALL SELECT {xact}, 'execution.completed', n, {document}, {moment} FROM numbers",
)  # fmt: skip
NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) "
WORDS = {
    "postgresql": {
        "document": """jsonb_build_object('n', n)""",
        "xact": "1",
        "moment": "now() - n * interval '30 seconds'",
    },
    "sqlite": {
        "document": """'{"n": ' || n || '}'""",
        "xact": "0",
        "moment": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || (30 * n) || ' seconds')",
    },
}


@dataclass
class Past:
    """A repository with ``count`` finished executions, and the acts that are timed on it."""

    database: Database
    count: int
    engine: Engine = field(init=False)
    launched: int = 0
    seen: dict[str, Any] = field(default_factory=dict)

    def prepare(self) -> None:
        """A job, schedules that are not due, and the past."""
        handlers = {"nothing": Nothing()}
        self.engine = Engine(self.database, handlers)
        define(self.database, JOB, handlers)
        for number in range(SCHEDULES):
            store.store(self.database, Schedule(name=f"s{number}", job="now", cron="0 2 1 1 *"), actor="ann")
        after = After(jobs=("other",))
        store.store(self.database, Schedule(name="behind", job="now", after=after), actor="ann")
        words = {**WORDS[self.database.kind], "schedules": SCHEDULES}
        with self.database.write() as connection:
            for statement in FILL if self.count else ():
                numbers = NUMBERS.format(count=self.count)
                filled = statement.format(**words)
                # Of SQLite and PostgreSQL alike, the numbers may stand before the insertion.
                whole = (numbers if "numbers" in filled else "") + filled
                connection.execute(text(whole.replace(":", "\\:")))
            for reader in ("bench", "schedule:behind"):
                outbox.stand_at_end(connection, reader)
        with self.database.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
        trail.seal(self.database)

    def acts(self) -> Mapping[str, Callable[[], object]]:
        """What workers and people do all day."""
        return {
            "launch": self._launch,
            "claim, run, end": lambda: self.engine.run_next("bench"),
            "launch of a finished instance": lambda: launch.launch(
                self.database, "now", {"n": 0}, actor="ann"
            ),
            "claim where nothing is ready": lambda: self.engine.run_next("bench"),
            "whether idle": self.engine.idle,
            "queue depth": self._reading(tasks.depth),
            "due schedules": self._reading(lambda c: schedules.due(c, datetime.now(UTC))),
            "overlap of a schedule": self._reading(lambda c: schedules.open_executions(c, 1)),
            "list": self._reading(lambda c: executions.listed(c)),
            "list of a job": self._reading(lambda c: executions.listed(c, job="job3")),
            "list of active ones": self._reading(lambda c: executions.listed(c, active=True)),
            "late ones": lambda: deadlines.tell_late(self.database),
            "heal": lambda: operate.heal(self.database, actor="bench"),
            "seal": lambda: trail.seal(self.database),
            "events for a reader": self._take,
            "completed of a job": self._reading(
                lambda c: executions.listed(c, job="now", status=Status.COMPLETED)
            ),
        }

    def time_ms(self) -> dict[str, float]:
        """The fastest of each act: what else a busy machine does is not its cost."""
        found = {}
        with self._watched():
            for name, act in self.acts().items():
                times = []
                for _ in range(ROUNDS):
                    began = time.perf_counter()
                    act()
                    times.append(1000 * (time.perf_counter() - began))
                found[name] = min(times)
        return found

    def scans(self) -> list[str]:
        """The queries that read a table of the past from end to end; a list by id with a limit does not."""
        bad = []
        with self.database.engine.connect() as connection:
            word = "EXPLAIN" if self.database.kind == "postgresql" else "EXPLAIN QUERY PLAN"
            for statement, parameters in self.seen.items():
                plan = [str(row[-1]) for row in connection.exec_driver_sql(f"{word} {statement}", parameters)]
                for line in plan:
                    words = line.replace("->", "").split()
                    table = (
                        words[3]
                        if words[:3] == ["Seq", "Scan", "on"]
                        else words[1]
                        if words[0] == "SCAN"
                        else ""
                    )
                    if table in PAST and not ("LIMIT" in statement and "WHERE" not in statement):
                        bad.append(f"{line.strip()}: {' '.join(statement.split())[:300]}")
        return bad

    # Private methods

    def _launch(self) -> None:
        launch.launch(self.database, "now", {"n": self.launched}, actor="ann")
        self.launched += 1

    def _take(self) -> None:
        with self.database.write() as connection:
            outbox.take(connection, "bench", topics=["execution.completed", "execution.failed"])

    def _reading(self, act: Callable[[Any], object]) -> Callable[[], object]:
        def read() -> object:
            with self.database.read() as connection:
                return act(connection)

        return read

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Keep every kind of query with one set of its parameters."""

        def see(
            connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
        ) -> None:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")) and not many:
                self.seen.setdefault(statement, parameters)

        event.listen(self.database.engine, "before_cursor_execute", see)
        yield
        event.remove(self.database.engine, "before_cursor_execute", see)


def main() -> int:
    """Print the acts with their times; 1 if one is not flat, or reads a table from end to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--executions", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="sqlite, postgresql; both when absent")
    arguments = parser.parse_args()
    return int(not all([_flat(arguments, kind) for kind in arguments.kinds or ("sqlite", "postgresql")]))


# Private functions


def _flat(arguments: argparse.Namespace, kind: str) -> bool:
    bench = None
    if kind == "postgresql":
        folder = (arguments.folder / "1000").resolve()
        data.make(folder, 1000)
        bench = open_bench(folder)
    found, scans, filled_s = {}, [], 0.0
    for count in (FEW, arguments.executions):
        with tempfile.TemporaryDirectory() as here, repository_in(bench, Path(here)) as database:
            past = Past(database, count)
            began = time.perf_counter()
            past.prepare()
            filled_s = time.perf_counter() - began
            found[count] = past.time_ms()
            scans = past.scans()
            past.engine.close()
    empty, full = found.values()
    slow = [name for name in full if full[name] > FACTOR_MAX * empty[name] + SLACK_MS]
    span = timedelta(seconds=round(filled_s))
    print(
        f"{kind}: milliseconds over {FEW:,} and over {arguments.executions:,} executions (written in {span})"
    )
    for name in full:
        print(f"  {name:32} {empty[name]:8.2f} {full[name]:8.2f}{'  not flat' if name in slow else ''}")
    for one in scans:
        print(f"  reads from end to end: {one}")
    return not slow and not scans


if __name__ == "__main__":
    sys.exit(main())
