"""A worker process: threads that run tasks, beats that say it lives, ticks that other rooms give it."""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, delete, insert, select, update

from loadstone.database import guard
from loadstone.database.open import Database, now
from loadstone.errors import LoadstoneError, Retry
from loadstone.jobs import operate
from loadstone.jobs.engine import Engine
from loadstone.jobs.tables import WORKER

BEAT_S = 10.0
"""Seconds between two signs of life."""

GONE = timedelta(minutes=5)
"""A worker without a sign of life for so long is forgotten; its tasks are taken over long before."""

IDLE_S = 0.2
"""Pause of a thread that finds nothing to do; with many idle threads the repository sees few queries."""

LEAVE_S = 2.0
"""How long a worker that ends waits for ticks that have a thread of their own; what they began is safe to repeat."""

TROUBLE_S_MAX = 30.0
"""Longest pause while the repository does not answer."""

log = structlog.get_logger("loadstone.jobs")


@dataclass(frozen=True)
class Tick:
    """
    Something to be done again and again: ``act`` is called every ``every_s`` seconds, errors are logged.

    Attributes:
        apart: Whether it has a thread of its own, since it may wait for others (a mail server), or others for it.
        at_start: Whether a worker does it before it looks for tasks.
    """

    name: str
    every_s: float
    act: Callable[[], object]
    apart: bool = False
    at_start: bool = True


class Worker:
    """
    Runs tasks until it is told to stop, or until there are none.

    Attributes:
        id: Unique to this process and start.
    """

    def __init__(self, engine: Engine, *, threads: int = 2, ticks: Sequence[Tick] = ()) -> None:
        self.id = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._engine, self._threads = engine, threads
        own = [Tick("beat", BEAT_S, self._beat), Tick("heal", 60.0, self._heal)]
        self._ticks = [*own, *ticks]
        self._stop = threading.Event()

    def run(self, *, until_idle: bool = False, until: Callable[[], bool] | None = None) -> None:
        """
        Work until ``stop``; with ``until_idle`` also end when no task is ready, running or due later, and with
        ``until`` when that is so.

        Raises:
            Refused: LS-7006 another host works on this SQLite repository.
        """
        self._sign_on()
        for tick in self._ticks:
            if tick.at_start:
                self._act(tick)
        log.info("worker.started", worker=self.id, threads=self._threads)
        crew = [
            threading.Thread(
                target=self._work,
                args=(until or (self._engine.idle if until_idle else None),),
                name=f"task-{n}",
            )
            for n in range(self._threads)
        ]
        groups = [[tick for tick in self._ticks if not tick.apart]]
        groups += [[tick] for tick in self._ticks if tick.apart]
        ticking = [threading.Thread(target=self._tick, args=(group,), daemon=True) for group in groups]
        for thread in (*crew, *ticking):
            thread.start()
        for thread in crew:
            while thread.is_alive():
                thread.join(0.2)
        self._stop.set()
        ticking[0].join()
        for thread in ticking[1:]:
            thread.join(LEAVE_S)
        self._engine.close()
        self._act(Tick("unregister", 0.0, self._unregister))
        log.info("worker.stopped", worker=self.id)

    def stop(self) -> None:
        """Claim no more; running tasks go on to their end. Safe in a signal handler."""
        self._stop.set()

    # Private methods

    def _work(self, over: Callable[[], bool] | None) -> None:
        trouble_s = IDLE_S
        while not self._stop.is_set():
            try:
                if not self._engine.run_next(self.id, self._goes_on):
                    if over is not None and over():
                        return
                    self._stop.wait(IDLE_S)
                trouble_s = IDLE_S
            except Exception as error:
                # Whatever it was, the thread lives on: a worker that seems to live and does nothing is the worst.
                code = error.code if isinstance(error, LoadstoneError) else type(error).__name__
                log.warning("worker.trouble", worker=self.id, code=code, error=str(error))
                self._stop.wait(trouble_s)
                trouble_s = min(2 * trouble_s, TROUBLE_S_MAX)

    def _goes_on(self) -> bool:
        return not self._stop.is_set()

    def _tick(self, ticks: Sequence[Tick]) -> None:
        due = {tick.name: time.monotonic() + tick.every_s for tick in ticks}
        while not self._stop.wait(max(0.0, min(due.values()) - time.monotonic())):
            for tick in ticks:
                if due[tick.name] <= time.monotonic():
                    due[tick.name] = max(due[tick.name] + tick.every_s, time.monotonic())
                    self._act(tick)

    def _act(self, tick: Tick) -> None:
        try:
            tick.act()
        except Exception as error:
            log.warning("tick.failed", worker=self.id, tick=tick.name, error=str(error))

    def _heal(self) -> None:
        operate.heal(self._engine.database, actor=f"worker:{self.id}")

    def _sign_on(self) -> None:
        """Register, as soon as the repository answers."""
        trouble_s = IDLE_S
        while not self._stop.is_set():
            try:
                return self._register()
            except Retry as error:
                log.warning("worker.trouble", worker=self.id, code=error.code, error=str(error))
            self._stop.wait(trouble_s)
            trouble_s = min(2 * trouble_s, TROUBLE_S_MAX)

    def _register(self) -> None:
        guard.register_host(self._engine.database)
        with self._engine.database.write() as connection:
            moment = now(connection)
            row = {
                "id": self.id,
                "host": socket.gethostname(),
                "pid": os.getpid(),
                "started_at": moment,
                "beat_at": moment,
            }
            connection.execute(insert(WORKER).values(row))

    def _beat(self) -> None:
        guard.register_host(self._engine.database)
        with self._engine.database.write() as connection:
            moment = now(connection)
            connection.execute(update(WORKER).where(WORKER.c.id == self.id).values(beat_at=moment))
            connection.execute(delete(WORKER).where(WORKER.c.beat_at < moment - GONE))
            if connection.execute(select(WORKER.c.stopping).where(WORKER.c.id == self.id)).scalar():
                self._stop.set()

    def _unregister(self) -> None:
        with self._engine.database.write() as connection:
            connection.execute(delete(WORKER).where(WORKER.c.id == self.id))


def workers(connection: Connection) -> list[dict[str, Any]]:
    """Workers by their start; one that died stands here until it is forgotten."""
    columns = (
        WORKER.c.id,
        WORKER.c.host,
        WORKER.c.pid,
        WORKER.c.started_at,
        WORKER.c.beat_at,
        WORKER.c.stopping,
    )
    found = connection.execute(select(*columns).order_by(WORKER.c.started_at, WORKER.c.id))
    return [{"worker": row.id, **{c.name: row[n] for n, c in enumerate(columns) if n}} for row in found]


def stop_workers(database: Database, worker_id: str | None = None) -> int:
    """Ask a worker, or all, to claim no more and end; how many were asked. They notice at their next beat."""
    with database.write() as connection:
        asked = update(WORKER).values(stopping=True)
        if worker_id is not None:
            asked = asked.where(WORKER.c.id == worker_id)
        return connection.execute(asked).rowcount
