"""A small bank for tests of arrivals: folders where files come, a registry, our store, and a clock to be set."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from loadstone.arrivals import repository, watch, work
from loadstone.arrivals.launch import keep_built_in
from loadstone.arrivals.model import Arrival
from loadstone.arrivals.store import Store
from loadstone.arrivals.surroundings import Surroundings
from loadstone.arrivals.tables import ARRIVAL
from loadstone.arrivals.watch import Look
from loadstone.audit import trail
from loadstone.bootstrap.sources import Sources
from loadstone.connections.transports.directory import DirectoryTransport
from loadstone.connections.transports.model import Transport
from loadstone.database.open import Database
from loadstone.jobs.engine import Engine
from loadstone.jobs.handlers import TaskRun
from loadstone.jobs.model import Outcome, Task
from tests.repository import Doing


def loaded(task: Task, run: TaskRun) -> Outcome:
    """A load of as many rows as the file has lines."""
    with open(task.config["data"], "rb") as file:
        lines = len(file.read().splitlines())
    counts = {"rows_read": lines, "rows_loaded": lines, "rows_rejected": 0, "rows_discarded": 0}
    return Outcome(result={"load_id": f"load{task.parameters['arrival']}", "outcome": "complete", **counts})


class MovedClock:
    """The machine's clock, and so much later."""

    def __init__(self) -> None:
        self.later = timedelta()

    def now(self) -> datetime:
        return datetime.now().astimezone() + self.later

    def monotonic(self) -> float:
        return self.later.total_seconds()


class Folders:
    """Each connection is a folder below one; ``wrap`` may put something around its transport."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.wrap: Callable[[Transport], Transport] = lambda transport: transport

    def open(self, connection: str) -> Transport:
        return self.wrap(DirectoryTransport(self.base / connection))

    def is_local(self, connection: str) -> bool:
        return True


class Bank:
    """All of it; files come in the connection ``in``. Without a registry it is one that was begun before."""

    def __init__(self, database: Database, folder: Path, registry: str | None) -> None:
        self.database, self.folder = database, folder
        self.inbox = folder / "in"
        self.inbox.mkdir(parents=True, exist_ok=True)
        self.clock, self.folders = MovedClock(), Folders(folder)
        self.around = Surroundings(
            database=database, outside=self.folders, store=Store(folder / "store"), clock=self.clock
        )
        self.loads = Doing(loaded)
        if registry is not None:
            Sources(database, "ann").take([("registry.yaml", registry)], prune=False)
        keep_built_in(database)

    def put(self, name: str, text: str | bytes = "1,a\n", folder: str = "") -> Path:
        """A file comes."""
        path = self.inbox / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        os.utime(path, (self.clock.now().timestamp(),) * 2)
        return path

    def wait(self, seconds: float) -> None:
        """Time goes on."""
        self.clock.later += timedelta(seconds=seconds)

    def look(self) -> Look:
        """Look once at the only place."""
        known = self.around.registry()
        ((connection, folder), feeds), *_ = watch.places(known).items()
        return watch.look(self.around, known, connection, folder, feeds)

    def work(self) -> int:
        """Take files on until there is nothing to be done; how many steps that took."""
        steps = 0
        while work.take_on(self.around):
            steps += 1
        return steps

    def run_jobs(self) -> int:
        """Run the tasks of all jobs, whose loads do as ``loads`` says; how many there were."""
        engine = Engine(self.database, {"load": self.loads, "deadletters": Doing()})
        tasks = 0
        while engine.run_next("w"):
            tasks += 1
        engine.close()
        return tasks

    def settle(self) -> None:
        """Work and run jobs until nothing is to be done."""
        while self.work() + self.run_jobs():
            pass

    def come(self, name: str, text: str | bytes = "1,a\n") -> Arrival:
        """A file comes, is looked at when it is stable, and is taken as far as it goes, its load run."""
        self.put(name, text)
        self.wait(60)
        self.look()
        self.settle()
        return self.all()[-1]

    def all(self) -> list[Arrival]:
        """All files by id."""
        with self.database.read() as connection:
            return repository.newest(connection)

    def states(self) -> dict[str, list[str]]:
        """States by the name of the file, in the order of their coming."""
        found: dict[str, list[str]] = {}
        for one in self.all():
            found.setdefault(one.name, []).append(str(one.state))
        return found

    def told(self, arrival: Arrival) -> list[str]:
        """What the audit trail says of a file."""
        with self.database.read() as connection:
            return [one.action for one in trail.entries(connection, object_=f"file:{arrival.id}")]

    def column(self, name: str) -> list[Any]:
        """A column of the table of arrivals, by id."""
        with self.database.read() as connection:
            return list(connection.execute(select(ARRIVAL.c[name]).order_by(ARRIVAL.c.id)).scalars())
