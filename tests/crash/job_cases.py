"""A job to disturb: its files, and all that it leaves in repository, target and folder."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from loadstone.audit import trail
from loadstone.bootstrap import loads
from loadstone.bootstrap.handlers import handlers
from loadstone.database import outbox
from loadstone.database.open import Database
from loadstone.jobs import launch
from loadstone.jobs.engine import Engine
from loadstone.jobs.model import Execution, Status, StepExecution
from loadstone.jobs.repository import executions
from loadstone.jobs.worker import Worker
from tests.repository import define, open_repository
from tests.runs import rows_of
from tests.targets import execute

RECORDS = 60
"""Records of a file, of which ``REJECTS`` are refused and some are discarded."""

REJECTS = 5

CONTROL = """LOAD DATA
APPEND INTO TABLE payments
WHEN kind <> 'X'
FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(kind FILLER CHAR(1), id INTEGER EXTERNAL, amount INTEGER EXTERNAL, note, record RECNUM)
"""
TABLE = "CREATE TABLE payments (id {number} PRIMARY KEY, amount {number} NOT NULL, note VARCHAR(40), record {number})"
JOB = """
name: daily
parameters: {{data: {{type: file}}}}
steps:
  validate: {{handler: validate, config: {load}, retry: {retry}}}
  load: {{handler: load, needs: [validate], config: {load}, retry: {retry}{limits}}}
  audit: {{handler: audit, needs: [load], config: {{target: "{target}"}}, retry: {retry}}}
  letters: {{handler: deadletters, needs: [audit], config: {load}, retry: {retry}}}
"""
_LOAD = '{{control: t.ctl, target: "{target}", data: "{{data}}", bad: "{{data}}.bad", discard: "{{data}}.dsc", errors: -1}}'
_RETRY = "{attempts: 1000, pause_s: 0.05, pause_max_s: 1}"
COUNTS = ("read", "loaded", "rejected", "discarded", "skipped")


def records_of(number: int, count: int = RECORDS) -> bytes:
    """The records of file ``number``: with bad numbers, a key that comes twice, an amount that is missing, and discards."""
    lines = []
    for n in range(count):
        kind = "X" if n % 20 == 7 else "P"
        key = number * 100_000 + (n - 1 if n % 60 == 31 else n)
        amount = {5: "abc", 25: "1x", 45: "", 50: "?"}.get(n % 60, str(n * 7 % 1000))
        lines.append(f"{kind}|{key}|{amount}|note {n % 13}\n")
    return "".join(lines).encode()


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A folder with a repository and a target, and the job defined."""

    folder: Path
    database: Database
    repository: str
    target: str

    @staticmethod
    def make(folder: Path, repository: str, target: str, *, limits: str = "") -> Bench:
        """All of it; relative files are in ``folder``, which becomes the working directory."""
        folder.mkdir(exist_ok=True)
        os.chdir(folder)
        Path("t.ctl").write_text(CONTROL)
        number = "NUMERIC" if target.startswith("postgresql") else "INTEGER"
        execute(target, TABLE.format(number=number))
        database = open_repository(repository)
        define(database, job_text(target, limits=limits), handlers(database))
        return Bench(folder=folder, database=database, repository=repository, target=target)

    @property
    def title(self) -> str:
        """Its row in the summary."""
        return f"jobs on {self.database.kind}"

    def put(self, numbers: range, count: int = RECORDS) -> list[str]:
        """Files, which are not launched yet; their names."""
        names = []
        for number in numbers:
            path = self.folder / f"{number}.dat"
            path.write_bytes(records_of(number, count))
            names.append(path.name)
        return names

    def launch(self, *names: str) -> list[int]:
        """Launch an instance for each file; the executions."""
        made = [launch.launch(self.database, "daily", {"data": name}, actor="ann") for name in names]
        return [one.execution_id or 0 for one in made]

    def steps(self, execution_id: int) -> dict[str, StepExecution]:
        """The steps of an execution by name."""
        with self.database.read() as connection:
            return {step.name: step for step in executions.steps(connection, execution_id)}

    def status(self, execution_id: int) -> Status:
        """How an execution stands."""
        with self.database.read() as connection:
            found = executions.by_id(connection, execution_id)
        assert found is not None
        return found.status

    def open(self) -> list[Execution]:
        """Executions that have not ended."""
        with self.database.read() as connection:
            return executions.listed(connection, active=True)

    def events(self, topic: str) -> list[outbox.Event]:
        """All events of a topic, in order."""
        with self.database.read() as connection:
            return [event for event in _events(connection) if event.topic == topic]

    def retries(self) -> int:
        """Tasks that were run again after a fault."""
        return len(self.events("fault.retried"))

    def quarantined(self) -> list[str]:
        """Files whose newest execution failed because too many workers died with one task of it."""
        with self.database.read() as connection:
            newest = {
                one.parameters["data"]: one for one in reversed(executions.listed(connection, limit=100_000))
            }
        return [str(name) for name, one in newest.items() if (one.error or {}).get("code") == "LS-7109"]

    def state(self) -> dict[str, Any]:
        """All that jobs leave, without ids, times and attempts."""
        with self.database.read() as connection:
            newest = {
                one.parameters["data"]: one for one in reversed(executions.listed(connection, limit=100_000))
            }
            ended = Counter(
                event.key for event in _events(connection) if event.topic == "execution.completed"
            )
            broken = trail.broken(connection)
            letters = connection.execute(text("SELECT record_no, rule FROM dead_letter")).all()
        runs, refused = {}, {}
        for name, one in sorted(newest.items()):
            steps = self.steps(one.id)
            runs[name] = {
                "status": str(one.status),
                "error": (one.error or {}).get("message"),
                "completed": ended[str(one.id)],
                "steps": {step.name: str(step.status) for step in steps.values()},
                "counts": {key: getattr(steps["load"], key) for key in COUNTS},
            }
            load_id = (steps["load"].result or {}).get("load_id")
            found = loads.rejects(self.target, load_id)[1] if load_id else []
            refused[name] = [(r.record_no, r.byte_offset, r.length_bytes, r.rule, r.raw) for r in found]
        return {
            "runs": runs,
            "rows": sorted(rows_of(self.target, "SELECT id, amount, note, record FROM payments")),
            "rejects": refused,
            "letters": sorted((int(record), str(rule)) for record, rule in letters),
            "files": {path.name: path.read_bytes() for path in sorted(self.folder.glob("*.dat.*"))},
            "left": sorted(path.name for path in self.folder.glob("*.part")),
            "broken": broken,
        }


def job_text(target: str, *, limits: str = "") -> str:
    """The job's definition for a target; ``limits`` are those of its load step."""
    more = f", limits: {limits}" if limits else ""
    return JOB.format(load=_LOAD.format(target=target), retry=_RETRY, limits=more, target=target)


def undisturbed(folder: Path, numbers: range, *, count: int = RECORDS, limits: str = "") -> dict[str, Any]:
    """What the same files leave, on SQLite, when nothing disturbs."""
    before = Path.cwd()
    bench = Bench.make(folder, "repository.db", "bank.db", limits=limits)
    try:
        bench.launch(*bench.put(numbers, count))
        Worker(Engine(bench.database, handlers(bench.database)), threads=2).run(until_idle=True)
        return bench.state()
    finally:
        bench.database.close()
        os.chdir(before)


# Private functions


def _events(connection: Any) -> list[outbox.Event]:
    found: list[outbox.Event] = []
    while more := outbox.read(connection, after=found[-1].place if found else (0, 0)):
        found.extend(more)
    return found
