"""A watcher ends waits between our own sessions: the chunk whose turn it is never waits for a later one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from loadstone.load.plan.model import LoadPlan
from loadstone.load.tickets import Tickets

if TYPE_CHECKING:
    from loadstone.targets.model import Session

POLL_S = 0.25


@contextmanager
def watch_locks(
    plan: LoadPlan, tickets: Tickets, sessions: list[Session], failed: Callable[[BaseException], None]
) -> Iterator[None]:
    """
    Watch while the block runs; only tables with unique keys can make sessions wait for each other.

    Args:
        failed: Told why nobody watches any more: chunks could wait for each other for ever, and a control
            connection that is lost has lost the load's lock too.
    """
    blocked = getattr(plan.target, "blocked_by_mine", None)
    if blocked is None or not any(table.info.unique for table in plan.tables):
        yield
        return
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(POLL_S):
            pids = [pid for session in list(sessions) if (pid := getattr(session, "pid", None)) is not None]
            try:
                if len(pids) > 1 and blocked(pids):
                    tickets.ask_later_to_yield()
            except BaseException as error:
                failed(error)
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
