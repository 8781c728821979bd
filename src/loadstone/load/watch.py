"""A watcher ends waits between our own sessions: the chunk whose turn it is never waits for a later one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from loadstone.load.plan.model import LoadPlan
from loadstone.load.tickets import Tickets

if TYPE_CHECKING:
    from loadstone.targets.model import Session

POLL_S = 0.25


@contextmanager
def watch_locks(plan: LoadPlan, tickets: Tickets, sessions: list[Session], *, active: bool) -> Iterator[None]:
    """Watch while the block runs; only tables with unique keys can make sessions wait for each other."""
    blocked = getattr(plan.target, "blocked_by_mine", None)
    if not active or blocked is None or not any(table.info.unique for table in plan.tables):
        yield
        return
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(POLL_S):
            pids = [pid for session in list(sessions) if (pid := getattr(session, "pid", None)) is not None]
            if len(pids) > 1 and blocked(pids):
                tickets.ask_later_to_yield()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
