"""Connections that a worker keeps for its next load."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest

from loadstone.targets.postgresql import idle
from loadstone.targets.postgresql.connection import connect
from loadstone.targets.postgresql.idle import SHELF

LOCK = 77


@pytest.fixture
def keeping(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process keeps connections while the test runs."""
    idle.keep()
    yield
    SHELF.close()


def test_a_connection_is_closed_where_nothing_is_kept(postgres_url: str) -> None:
    """A command that loads once leaves no session behind."""
    SHELF.close()  # a worker that ran in this process before may have opened it
    connection = connect(postgres_url, "one")
    SHELF.give(connection)
    assert connection.closed
    assert SHELF.take(postgres_url) is None


def test_the_next_load_has_a_session_as_good_as_new(postgres_url: str, keeping: None) -> None:
    """Settings, temporary tables, locks and the name of the load before are gone; ours are set."""
    first = connect(postgres_url, "first")
    first.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    first.execute("CREATE TEMP TABLE left_behind (a integer)")
    first.execute("SET TIME ZONE 'Europe/Prague'")
    first.execute("SET search_path = pg_temp")
    SHELF.give(first)
    second = connect(postgres_url, "second")
    assert first is second
    shown = second.execute(
        "SELECT current_setting('application_name'), current_setting('timezone'), to_regclass('left_behind'),"
        " current_setting('idle_in_transaction_session_timeout'), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')"
    ).fetchone()
    assert ("second", "UTC", None, "20s", 0) == shown
    second.close()


def test_a_session_within_a_transaction_is_closed(postgres_url: str, keeping: None) -> None:
    """What a failed load left open is rolled back by the server, not met by the next load."""
    connection = connect(postgres_url, "one")
    connection.execute("BEGIN")
    SHELF.give(connection)
    assert connection.closed


def test_a_session_that_the_server_ended_is_not_given_out(postgres_url: str, keeping: None) -> None:
    """A take-over ends sessions by their name, also those that wait for the next load."""
    ended = connect(postgres_url, "ended")
    pid = ended.info.backend_pid
    SHELF.give(ended)
    with psycopg.connect(postgres_url, autocommit=True) as other:
        assert (True,) == other.execute("SELECT pg_terminate_backend(%s, 60000)", [pid]).fetchone()
    after = connect(postgres_url, "after")
    assert pid != after.info.backend_pid
    assert ended.closed
    after.close()


def test_no_session_waits_for_ever_or_gets_old(
    postgres_url: str, keeping: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rights and settings that a role is given later come to hold."""
    waits, old = connect(postgres_url, "waits"), connect(postgres_url, "old")
    SHELF.give(waits)
    monkeypatch.setattr(idle, "AGE_S_MAX", 0.0)
    SHELF.give(old)
    assert (False, True) == (waits.closed, old.closed)
    later = time.monotonic() + idle.IDLE_S + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    SHELF.sweep()
    assert waits.closed


def test_a_session_that_is_lost_between_look_and_use_is_replaced(
    postgres_url: str, keeping: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server may end it at that very moment."""
    lost = connect(postgres_url, "lost")
    SHELF.give(lost)
    monkeypatch.setattr(SHELF, "take", lambda url: lost)
    lost.close()
    fresh = connect(postgres_url, "fresh")
    assert lost is not fresh
    fresh.close()
