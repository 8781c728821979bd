"""Arrivals, put together: places behind their breakers, our folder, and what the command line and workers do with files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from loadstone.arrivals import decide, expected, repository, settle
from loadstone.arrivals.expected import Expectation
from loadstone.arrivals.launch import keep_built_in
from loadstone.arrivals.model import Arrival, State
from loadstone.arrivals.rounds import Rounds
from loadstone.arrivals.store import Store
from loadstone.arrivals.surroundings import Surroundings
from loadstone.arrivals.watch import Look
from loadstone.arrivals.work import take_on
from loadstone.audit import trail
from loadstone.bootstrap.breakers import breakers
from loadstone.bootstrap.configured import configured
from loadstone.bootstrap.connections import unknown
from loadstone.bootstrap.handlers import handlers
from loadstone.bootstrap.places import open_place
from loadstone.bootstrap.repository import open_repository
from loadstone.config import fault_rules
from loadstone.connections.transports.model import Transport
from loadstone.database.open import Database
from loadstone.jobs.engine import Engine, EngineSettings
from loadstone.jobs.faults import rules_of
from loadstone.jobs.worker import Worker

LOADS_AT_ONCE = 2
"""Loads that ``files poll`` and ``files watch`` run at the same time."""


TOLD_S = 30.0
"""Seconds between two looks of ``files watch`` at which files should have come."""


class Places:
    """Connections of the configuration (``arrivals.surroundings.Outside``)."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database, self._owner = database, owner

    def open(self, connection: str) -> Transport:
        """Behind its breaker; ``FixSpec`` LS-7404 the configuration does not name it."""
        found = configured().get(connection.lower())
        if found is None:
            raise unknown(connection)
        return open_place(found, self._database, owner=self._owner)

    def is_local(self, connection: str) -> bool:
        """Folders of this machine."""
        found = configured().get(connection.lower())
        return found is not None and found.kind == "directory"


@dataclass(frozen=True)
class Polled:
    """What a round came to: each place that was looked at, and each file that went on, as it stands now."""

    looks: Sequence[Look]
    files: Sequence[Arrival]


class Files:
    """The files of a repository, as one person (``actor``) sees them and decides about them."""

    def __init__(self, database: Database, actor: str) -> None:
        self._database, self._actor = database, actor
        self._around = surroundings(database, f"files:{actor}")
        self._rounds = Rounds(self._around)
        self._handlers = handlers(database)
        self._told_s = -TOLD_S

    def listed(
        self, *, state: str | None, feed: str | None, source: str | None, limit: int
    ) -> list[dict[str, Any]]:
        """Files, the newest last; at most the newest ``limit``."""
        with self._database.read() as connection:
            found = repository.newest(
                connection, state=State(state) if state else None, feed=feed, source=source, limit=limit
            )
        return [row(one) for one in found]

    def show(self, arrival_id: int) -> dict[str, Any]:
        """One with all that is known of it, and its history; ``FixSpec`` LS-7701 when there is none."""
        with self._database.read() as connection:
            one = decide.found(connection, arrival_id)
            history = trail.entries(connection, object_=f"file:{arrival_id}")
        values = {
            **row(one),
            "place": one.place,
            "path": one.path,
            "seen_at": one.seen_at,
            "landed_at": one.landed_at,
            "sha256": one.sha256,
            "content_sha256": one.content_sha256,
            "kept_at": one.kept_at,
            "keep_until": one.keep_until,
            "execution_id": one.execution_id,
            "held_from": str(one.held_from) if one.held_from else None,
            "waived": list(one.waived),
            "receipt": one.receipt,
            "totals": list(one.totals),
            "findings": list(one.findings),
            "history": [
                {"at": entry.at, "actor": entry.actor, "action": entry.action, **_more(entry)}
                for entry in history
            ],
        }
        return {name: value for name, value in values.items() if value not in (None, [], "")}

    def release(self, arrival_id: int, because: str | None) -> dict[str, Any]:
        """Let one in quarantine go on; what ``decide.release`` raises."""
        return row(decide.release(self._around, arrival_id, actor=self._actor, because=because))

    def reject(self, arrival_id: int, because: str) -> dict[str, Any]:
        """Take one in quarantine out; what ``decide.reject`` raises."""
        return row(decide.reject(self._around, arrival_id, actor=self._actor, because=because))

    def expected(self, *, feed: str | None, overdue: bool) -> list[dict[str, Any]]:
        """What is due and how it stands, by feed and business date; with ``overdue`` only what is late or missing."""
        return [
            due_row(one)
            for one in expected.expectations(self._around)
            if (feed is None or one.feed == feed) and (one.state.overdue or not overdue)
        ]

    def excuse(self, feed: str, day: date, because: str) -> dict[str, Any]:
        """Say that no file of a feed will come for a day; what ``expected.excuse`` raises."""
        return due_row(expected.excuse(self._around, feed, day, actor=self._actor, because=because))

    def poll(self, *, all_places: bool = True, run_loads: bool = True) -> Polled:
        """
        Look, and take every file on as far as it goes.

        Args:
            all_places: Else those whose time has come. run_loads: In this process, and wait for them; else workers do.
        """
        begun = self._around.now()
        looks = self._rounds.make(all_places=all_places)
        while True:
            while take_on(self._around):
                pass
            if not run_loads or not self._loading():
                break
            self._run_loads()
        settle.expire(self._around)
        self._tell_overdue()
        with self._database.read() as connection:
            return Polled(looks, repository.changed_since(connection, begun))

    def close(self) -> None:
        """Close the repository."""
        self._database.close()

    # Private methods

    def _tell_overdue(self) -> None:
        """As often as a worker looks, however often this is asked."""
        now_s = self._around.clock.monotonic()
        if now_s >= self._told_s + TOLD_S:
            self._told_s = now_s
            expected.tell_overdue(self._around)

    def _loading(self) -> int:
        with self._database.read() as connection:
            return repository.loading(connection)

    def _run_loads(self) -> None:
        engine = Engine(
            self._database,
            self._handlers,
            settings=EngineSettings(rules=rules_of(fault_rules())),
            breakers=breakers(self._database),
        )
        Worker(engine, threads=LOADS_AT_ONCE).run(until=lambda: not self._loading())


def surroundings(database: Database, worker: str) -> Surroundings:
    """What arrivals are given here; the built-in job is there afterwards."""
    keep_built_in(database)
    return Surroundings(
        database=database,
        outside=Places(database, worker),
        store=Store(landing() / "arrivals"),
        worker=worker,
    )


def ticking(database: Database, worker: str) -> Callable[[], None]:
    """What a worker does again and again: look where it is time, and take files on; the loads are tasks like any others."""
    around = surroundings(database, worker)
    rounds = Rounds(around)

    def tick() -> None:
        rounds.make()
        while take_on(around):
            pass

    return tick


def telling(database: Database, worker: str) -> Callable[[], int]:
    """Tells which files should have come, and have not."""
    around = surroundings(database, worker)
    return lambda: expected.tell_overdue(around)


def expiring(database: Database, worker: str) -> Callable[[], int]:
    """Removes copies of files that need not be kept any longer."""
    around = surroundings(database, worker)
    return lambda: settle.expire(around)


def open_files(url: str, *, actor: str) -> Files:
    """The files of the repository at ``url``."""
    return Files(open_repository(url), actor)


def landing() -> Path:
    """The folder of our copies."""
    named = os.environ.get("LOADSTONE_LANDING")
    return Path(named).absolute() if named else Path.home() / ".local" / "state" / "loadstone" / "landing"


def row(one: Arrival) -> dict[str, Any]:
    """A file as a line of a list."""
    receipt = one.receipt or {}
    return {
        "file": one.id,
        "name": one.name,
        "state": str(one.state),
        "reason": one.reason,
        "source": one.source,
        "feed": one.feed,
        "business_date": one.business_date,
        "size_bytes": one.size_bytes,
        "loaded": receipt.get("rows_loaded"),
        "rejected": receipt.get("rows_rejected"),
        "changed_at": one.changed_at,
    }


def due_row(one: Expectation) -> dict[str, Any]:
    """What is due as a line of a list."""
    return {
        "feed": one.feed,
        "source": one.source,
        "business_date": one.business_date,
        "state": str(one.state),
        "files": one.files,
        "files_min": one.files_min,
        "late_at": one.late_at,
        "closes_at": one.closes_at,
        "because": one.because,
    }


# Private functions


def _more(entry: trail.Entry) -> dict[str, Any]:
    return {name: entry.detail[name] for name in ("message", "because", "waived") if entry.detail.get(name)}
