"""
Disturb jobs for as long as one likes: ``python -m tests.crash.soak --minutes 10`` (``make soak MINUTES=10``).

Workers are killed, stopped, cut off, given full disks, wrong clocks and other versions; servers restart; definitions are
edited; instances are launched by crowds. Invariants are checked every minute, and everything at the end.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import text

from loadstone.audit import trail
from loadstone.bootstrap.handlers import handlers
from loadstone.errors import LoadstoneError
from tests.crash.crew import LEASE_S, Crew, Start, crew_of
from tests.crash.job_cases import RECORDS, Bench, job_text, records_of
from tests.crash.servers import Server, cut_sessions, server_of_its_own
from tests.repository import define
from tests.runs import rows_of

WORKERS = 3
"""Workers that run at a time, besides those that are stopped."""

CHECK_S = 60.0
"""Seconds between two checks; three checks at least in a short run."""

ROUNDS_MAX = 10
"""Launches of an instance that failed for good reasons (a full disk, too many deaths) until it must be complete."""

TASK_STANDS = text("SELECT id, fence, status, worker_id, lease_until FROM step_task")
EXECUTIONS = text("SELECT id, instance_id, status, parameters FROM job_execution")
COMPLETED = text("SELECT key, count(*) FROM outbox WHERE topic = 'execution.completed' GROUP BY key")


@dataclass
class Soak:
    """
    One run.

    Attributes:
        servers: PostgreSQL servers that may restart. done: disturbances by name. wrong: violated invariants.
        fences: the highest fence seen of each task. stopped: members under SIGSTOP, and when they go on.
    """

    bench: Bench
    crew: Crew
    chance: random.Random
    servers: tuple[Server, ...] = ()
    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    checks: int = 0
    files: int = 0
    edits: int = 0
    members: list[BaseProcess] = field(default_factory=list)
    stopped: list[tuple[BaseProcess, float]] = field(default_factory=list)
    fences: dict[int, int] = field(default_factory=dict)

    def run(self, minutes: float) -> None:
        """Disturb for so long, then let all come to its end, and check everything."""
        ends = time.monotonic() + 60 * minutes
        every = min(CHECK_S, 60 * minutes / 3)
        next_check = time.monotonic() + every
        while time.monotonic() < ends and not self.wrong:
            self._surely(self._launch)
            self._man()
            self._disturb()
            if time.monotonic() >= next_check:
                next_check = time.monotonic() + every
                self._surely(self.check)
            time.sleep(self.chance.uniform(0.1, 1.2))
        self._settle()

    def check(self) -> None:
        """What must be true at any time."""
        self.checks += 1
        with self.bench.database.read() as connection:
            tasks = connection.execute(TASK_STANDS).all()
            runs = connection.execute(EXECUTIONS).all()
            completed = {str(key): count for key, count in connection.execute(COMPLETED)}
            self._expect(not trail.broken(connection), "the audit trail is unbroken")
        for id_, fence, status, worker, lease in tasks:
            self._expect(fence >= self.fences.get(id_, 0), f"the fence of task {id_} falls")
            self.fences[id_] = fence
            self._expect(status != "running" or (worker and lease), f"task {id_} runs without a lease")
        active = Counter(
            one.instance_id for one in runs if one.status in ("waiting", "ready", "running", "paused")
        )
        self._expect(
            all(count == 1 for count in active.values()), "two executions of one instance are active"
        )
        for one in runs:
            count = completed.get(str(one.id), 0)
            self._expect(count == (one.status == "completed"), f"execution {one.id}: {count} times completed")
        there = self._rows_by_file()
        for one in runs:
            if one.status == "completed":
                number = int(_parameters(one)["data"].partition(".")[0])
                self._expect(
                    there.get(number) == expected(number), f"the rows of file {number} are not those of it"
                )
        for number, rows in there.items():
            self._expect(rows <= expected(number), f"file {number} has rows that are not its own")

    # Private methods

    def _launch(self) -> None:
        (name,) = self.bench.put(range(self.files, self.files + 1))
        if self.chance.random() < 0.1:
            for _ in range(5):
                self.crew.launch_at(name, time.time() + 0.3)
            self.done["crowd"] += 1
        else:
            self.bench.launch(name)
        self.files += 1

    def _man(self) -> None:
        """Let stopped members go on that were stopped for long enough, and fill up the crew."""
        now = time.monotonic()
        for member, until in list(self.stopped):
            if until <= now:
                self.crew.send(member, signal.SIGCONT)
                self.stopped.remove((member, until))
                self.members.append(member)
        self.members = [one for one in self.members if one.exitcode is None]
        while len(self.members) < WORKERS:
            changes: dict[str, object] = {"threads": self.chance.randint(1, 2)}
            kind = self.chance.random()
            if kind < 0.15:
                changes["skew_s"] = self.chance.choice((-3600.0, 3600.0))
            elif kind < 0.3:
                changes["version"] = "99.0.0"
            self.members.append(self.crew.hire(until_idle=False, **changes))

    def _disturb(self) -> None:
        acts: list[tuple[Callable[[], None], int]] = [(self._kill, 10), (self._stop, 3), (self._edit, 1)]
        if self.servers:
            acts += [(self._cut, 6), (self._restart, 1)]
        else:
            acts += [(self._full, 2)]
        (act,) = self.chance.choices([act for act, _ in acts], [weight for _, weight in acts])
        act()
        self.done[act.__name__.strip("_")] += 1

    def _kill(self) -> None:
        self.crew.kill(self.members.pop(self.chance.randrange(len(self.members))))

    def _stop(self) -> None:
        member = self.members.pop(self.chance.randrange(len(self.members)))
        self.crew.send(member, signal.SIGSTOP)
        self.stopped.append((member, time.monotonic() + self.chance.uniform(0.5, 3 * LEASE_S)))

    def _edit(self) -> None:
        self.edits += 1
        edited = job_text(self.bench.target) + f"description: edit {self.edits}\n"
        self._surely(lambda: define(self.bench.database, edited, handlers(self.bench.database)))

    def _cut(self) -> None:
        for url in {self.bench.repository, self.bench.target}:
            cut_sessions(url)

    def _restart(self) -> None:
        self.chance.choice(self.servers).restart(self.chance.uniform(1.0, 5.0))

    def _full(self) -> None:
        """A worker whose files may not grow: its disk is full, until it is killed."""
        size = (self.bench.folder / self.bench.repository).stat().st_size
        member = self.crew.hire(until_idle=False, file_size_max=size)
        time.sleep(1.0)
        self.crew.kill(member)

    def _settle(self) -> None:
        for member, _ in self.stopped:
            self.crew.send(member, signal.SIGCONT)
        names = [f"{number}.dat" for number in range(self.files)]
        for _ in range(ROUNDS_MAX):
            self._surely(lambda: self.bench.launch(*names))
            self.crew.finish()
            with self.bench.database.read() as connection:
                found = connection.execute(EXECUTIONS).all()
            good = {_parameters(one)["data"] for one in found if one.status == "completed"}
            if good >= set(names):
                break
        self._expect(good >= set(names), f"{sorted(set(names) - good)} never completed")
        self.check()
        there = self._rows_by_file()
        for number in range(self.files):
            self._expect(there.get(number) == expected(number), f"at the end, file {number} is not whole")

    def _rows_by_file(self) -> dict[int, set[tuple[Any, ...]]]:
        """What the target holds of each file; its primary key lets no row be there twice, so a double one is a reject."""
        by_file: dict[int, set[tuple[Any, ...]]] = {}
        for row in self._rows():
            by_file.setdefault(int(row[0]) // 100_000, set()).add(
                (int(row[0]), int(row[1]), row[2], int(row[3]))
            )
        return by_file

    def _rows(self) -> list[tuple[Any, ...]]:
        return rows_of(self.bench.target, "SELECT id, amount, note, record FROM payments")

    def _surely(self, act: Callable[[], object]) -> None:
        """Do it, also when the repository is away or locked for a while."""
        for _ in range(60):
            try:
                act()
                return
            except LoadstoneError:
                time.sleep(0.5)
        self.wrong.append("the repository did not answer for half a minute")

    def _expect(self, truth: object, told: str) -> None:
        if not truth:
            self.wrong.append(told)


def expected(number: int) -> set[tuple[Any, ...]]:
    """The rows of file ``number``, by the rules of the job in a few plain lines."""
    rows: dict[int, tuple[Any, ...]] = {}
    for record, line in enumerate(records_of(number).decode().splitlines(), 1):
        kind, key, amount, note = line.split("|")
        if kind != "X" and amount.isdigit() and int(key) not in rows:
            rows[int(key)] = (int(key), int(amount), note, record)
    return set(rows.values())


@contextmanager
def soak_on(kind: str, folder: Path, seed: int) -> Iterator[Soak]:
    """A run on a SQLite repository and target, or on two PostgreSQL servers of its own."""
    with ExitStack() as stack:
        servers: tuple[Server, ...] = ()
        urls = ("repository.db", "bank.db")
        if kind == "postgresql":
            servers = (stack.enter_context(server_of_its_own()), stack.enter_context(server_of_its_own()))
            urls = (servers[0].url, servers[1].url)
        bench = Bench.make(folder, *urls)
        crew = stack.enter_context(crew_of(Start(folder=folder, repository=bench.repository)))
        yield Soak(bench=bench, crew=crew, chance=random.Random(seed), servers=servers)
        bench.database.close()


def main() -> int:
    """Soak each kind for half of the time; 1 when an invariant was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--on", choices=("sqlite", "postgresql", "both"), default="both")
    given = parser.parse_args()
    kinds = ("sqlite", "postgresql") if given.on == "both" else (given.on,)
    bad = 0
    for kind in kinds:
        before = os.getcwd()
        with tempfile.TemporaryDirectory(prefix="soak-") as folder:
            with soak_on(kind, Path(folder), given.seed) as soak:
                soak.run(given.minutes / len(kinds))
                bad += len(soak.wrong)
                print(told(kind, given, soak), flush=True)
            os.chdir(before)
    return int(bad > 0)


def told(kind: str, given: argparse.Namespace, soak: Soak) -> str:
    """The summary of a run."""
    done = ", ".join(f"{count} {name}" for name, count in sorted(soak.done.items()))
    lines = [
        f"soak on {kind}: {given.minutes:g} minutes, seed {given.seed}",
        f"  {soak.files} files of {RECORDS} records, {len(soak.crew.members)} processes, {soak.checks} checks",
        f"  disturbances: {done}",
        f"  violated invariants: {len(soak.wrong)}",
        *[f"    {one}" for one in soak.wrong],
    ]
    return "\n".join(lines)


# Private functions


def _parameters(row: Any) -> dict[str, Any]:
    import json

    return json.loads(row.parameters) if isinstance(row.parameters, str) else dict(row.parameters)


if __name__ == "__main__":
    sys.exit(main())
