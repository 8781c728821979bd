"""Claims, leases and take-overs: what a second start may do to a first one, by the target's own methods."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from loadstone.books import Fence
from loadstone.errors import Refused, Retry
from loadstone.targets.model import Claimant, Session, Target
from loadstone.targets.postgresql import connection
from loadstone.targets.postgresql import target as postgresql
from tests.crash.processes import wait_for
from tests.integration.targets.test_protocol import LOAD, OTHER, begin, checkpoint
from tests.runs import rows_of
from tests.targets import opened


@dataclass(frozen=True)
class Numbered:
    """A lease as a repository counts it."""

    repository_id: str
    number: int


@pytest.fixture
def target(target_url: str) -> Iterator[Target]:
    """A target with its control tables."""
    with opened(target_url) as made:
        made.init_control()
        yield made


def test_a_lease_is_refused_where_its_repository_has_stored_a_higher_one(target: Target) -> None:
    """A worker whose lease ran out, and who wakes up behind its successor, claims nothing."""
    target.raise_fence(LOAD, Claimant.here(Numbered("ours", 7)))
    fence = target.raise_fence(LOAD, Claimant.here(Numbered("ours", 9)))
    with pytest.raises(Refused, match="LS-4003"):
        target.raise_fence(LOAD, Claimant.here(Numbered("ours", 8)))
    session = target.open()
    begin(session, fence)
    session.rollback()
    session.close()
    assert fence.number < target.raise_fence(LOAD, Claimant.here(Numbered("ours", 9))).number


def test_leases_of_another_repository_or_load_say_nothing(target: Target) -> None:
    """Each repository counts for itself, and so does each load; a start without a job is always heard."""
    target.raise_fence(LOAD, Claimant.here(Numbered("ours", 9)))
    assert 2 == target.raise_fence(LOAD, Claimant.here(Numbered("theirs", 1))).number
    assert 3 == target.raise_fence(LOAD, Claimant.here()).number
    assert 1 == target.raise_fence(OTHER, Claimant.here(Numbered("ours", 1))).number


def test_a_start_that_comes_back_finds_the_claim_of_another(target: Target) -> None:
    """After a lost connection only one's own claims may stand: who was taken over meanwhile leaves."""
    first, second = Claimant.here(), Claimant.here()
    target.raise_fence(LOAD, first)
    assert 2 == target.raise_fence(LOAD, first, again=True).number
    fence = target.raise_fence(LOAD, second)
    with pytest.raises(Refused, match="LS-4003"):
        target.raise_fence(LOAD, first, again=True)
    session = target.open()
    begin(session, fence)
    session.rollback()
    session.close()


class InFlight:
    """A load on PostgreSQL that is held and has a chunk in flight."""

    def __init__(self, target: Target) -> None:
        self.target = target
        target.init_control()
        self.release = target.hold(LOAD)
        self.fence: Fence = target.raise_fence(LOAD, Claimant.here())
        self.session: Session = target.open()
        begin(self.session, self.fence)
        self.session.add_checkpoint(LOAD, checkpoint())


@pytest.fixture
def in_flight(postgres_url: str) -> Iterator[InFlight]:
    """The first of two starts."""
    with opened(postgres_url) as target:
        yield InFlight(target)


def test_a_claim_does_not_wait_for_the_chunk_in_flight(
    in_flight: InFlight, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The holder sees it at its next chunk and leaves by itself; the chunk in flight is committed and counts."""
    monkeypatch.setattr(postgresql, "GRACE_S", 60.0)
    with opened(postgres_url) as other:
        held = threading.Thread(target=lambda: other.hold(LOAD, take_over=Claimant.here()))
        held.start()
        claim = "SELECT claim_no FROM loadstone_claim WHERE claim_no > 1"
        assert wait_for(lambda: bool(rows_of(postgres_url, claim)))
        in_flight.session.commit()
        in_flight.session.begin()
        assert not in_flight.session.check_fence(in_flight.fence)
        in_flight.session.rollback()
        assert not in_flight.session.enter(in_flight.fence, checkpoint(100, 200))
        in_flight.session.rollback()
        in_flight.release()
        held.join(20)
        assert not held.is_alive()
        assert 3 == other.raise_fence(LOAD, Claimant.here()).number
        assert [checkpoint()] == other.checkpoints(LOAD)


def test_a_holder_that_hangs_is_ended_and_nobody_else(
    in_flight: InFlight, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its time its sessions end, and with them its chunk; sessions of other loads go on."""
    monkeypatch.setattr(postgresql, "GRACE_S", 0.2)
    with opened(postgres_url) as bystander, opened(postgres_url) as other:
        bystander.hold(OTHER)
        theirs = bystander.raise_fence(OTHER, Claimant.here())
        session = bystander.open()
        begin(session, theirs)
        other.hold(LOAD, take_over=Claimant.here())
        fence = other.raise_fence(LOAD, Claimant.here())
        assert fence.number > in_flight.fence.number and [] == other.checkpoints(LOAD)
        with pytest.raises(Exception, match=r"LS-3022|LS-4003"):
            in_flight.session.commit()
        session.add_checkpoint(OTHER, checkpoint())
        session.commit()
        assert [checkpoint()] == bystander.checkpoints(OTHER)


def test_a_take_over_with_an_older_lease_ends_nobody(in_flight: InFlight, postgres_url: str) -> None:
    """The claim is refused before any session is touched."""
    in_flight.session.rollback()
    in_flight.fence = in_flight.target.raise_fence(LOAD, Claimant.here(Numbered("ours", 2)))
    with opened(postgres_url) as other, pytest.raises(Refused, match="LS-4003"):
        other.hold(LOAD, take_over=Claimant.here(Numbered("ours", 1)))
    session = in_flight.target.open()
    begin(session, in_flight.fence)
    session.close()


@pytest.mark.parametrize("known", [True, False])
def test_a_lost_control_connection_does_not_refuse_its_own_load(postgres_url: str, known: bool) -> None:
    """Whether or not the server knows that the session is gone, its lock is had again."""
    with opened(postgres_url) as target:
        me = Claimant.here()
        target.init_control()
        target.hold(LOAD)
        target.raise_fence(LOAD, me)
        socket = target._connection.fileno()  # type: ignore[attr-defined]
        kept = os.dup(socket)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, socket)  # the client's end is gone, and the server's is not told ...
        if known:
            os.close(kept)  # ... until now
        assert 2 == target.raise_fence(LOAD, me, again=True).number
        with opened(postgres_url) as other, pytest.raises(Refused, match="LS-3006"):
            other.hold(LOAD)
        os.close(null)
        if not known:
            os.close(kept)


def test_the_server_ends_a_session_that_stands_still(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that stands still inside a transaction loses its locks below the lease; one that waits says so."""
    assert int(connection.SERVER_SIDE["idle_in_transaction_session_timeout"]) < 30_000
    monkeypatch.setitem(connection.SERVER_SIDE, "idle_in_transaction_session_timeout", "300")
    with opened(postgres_url) as target:
        target.init_control()
        fence = target.raise_fence(LOAD, Claimant.here())
        session = target.open()
        begin(session, fence)
        for _ in range(4):
            time.sleep(0.15)
            session.stay()
        time.sleep(0.9)
        with pytest.raises(Retry, match="LS-3022"):
            session.commit()
        session.close()
        shown = (
            "SELECT current_setting('client_connection_check_interval'), current_setting('tcp_user_timeout')"
        )
        assert "5s" == target.ask(shown)


def test_a_setting_that_a_server_does_not_have_is_left_out(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older servers, and systems without some of them, are no error."""
    monkeypatch.setitem(connection.SERVER_SIDE, "no_such_setting_of_any_server", "1")
    monkeypatch.setitem(connection.SERVER_SIDE, "client_connection_check_interval", "-7")
    with opened(postgres_url) as target:
        assert "0" == target.ask("SELECT current_setting('client_connection_check_interval')")
