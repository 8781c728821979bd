"""The watcher of locks tells when it can watch no more, and a chunk that waits says that it is alive."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from loadstone.errors import Retry
from loadstone.load import tickets as tickets_room
from loadstone.load import watch
from loadstone.load.tickets import Closed, Tickets, Waiting


class Lost:
    """A target whose control connection is lost."""

    def blocked_by_mine(self, pids: list[int]) -> bool:
        raise Retry("LS-3022", "the connection is lost")


def test_a_watcher_that_can_watch_no_more_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else two chunks could wait for each other for ever."""
    monkeypatch.setattr(watch, "POLL_S", 0.01)
    plan: Any = SimpleNamespace(target=Lost(), tables=[SimpleNamespace(info=SimpleNamespace(unique=True))])
    sessions: Any = [SimpleNamespace(pid=1), SimpleNamespace(pid=2)]
    told, errors = threading.Event(), list[BaseException]()

    def failed(error: BaseException) -> None:
        errors.append(error)
        told.set()

    with watch.watch_locks(plan, Tickets(), sessions, failed):
        assert told.wait(60)
    assert ["LS-3022"] == [error.code for error in errors if isinstance(error, Retry)]


def test_a_chunk_that_waits_says_that_it_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Again and again until its turn comes; not after it gave way, for then no transaction is open."""
    monkeypatch.setattr(tickets_room, "STAY_S", 0.01)
    tickets, stayed, gave = Tickets(), threading.Semaphore(0), threading.Event()
    waiting = Waiting(give_way=gave.set, stay=stayed.release)
    told: list[bool] = []
    thread = threading.Thread(target=lambda: told.append(tickets.wait(1, waiting)))
    thread.start()
    assert all(stayed.acquire(timeout=60) for _ in range(3))
    tickets.ask_later_to_yield()
    assert gave.wait(60)
    while stayed.acquire(blocking=False):
        pass
    assert not stayed.acquire(timeout=0.1)
    tickets.done(0)
    thread.join(10)
    assert [True] == told


def test_what_staying_raises_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that the server has ended has nothing left to commit."""
    monkeypatch.setattr(tickets_room, "STAY_S", 0.01)

    def stay() -> None:
        raise Retry("LS-3022", "gone")

    with pytest.raises(Retry, match="gone"):
        Tickets().wait(1, Waiting(give_way=lambda: None, stay=stay))
    closed = Tickets()
    closed.close()
    with pytest.raises(Closed):
        closed.wait(1, Waiting(give_way=lambda: None, stay=stay))
