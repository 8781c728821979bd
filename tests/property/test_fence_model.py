"""
Claims, fences and chunks of one load by several starts at once, in any order, on a real PostgreSQL.

What must hold after every step:

  1. The fence never falls, and no two raises give the same number.
  2. A chunk is committed only by a start that held the fence, with no later claim, when the chunk began; and the
     fence is still its own at its COMMIT: nobody raises it under a chunk in flight.
  3. Committed chunks are numbered from 0 without a gap, and none is there twice.
  4. The lease stored for a repository never falls, and a start with a lower one claims nothing.
  5. A start that comes back after a lost connection goes on only if the last claim is its own.
  6. A claim never waits, whatever is in flight.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from loadstone.books import Checkpoint, Contribution
from loadstone.errors import Refused
from loadstone.targets.control import Control
from loadstone.targets.model import Claimant, Redo
from loadstone.targets.postgresql.session import run
from loadstone.targets.postgresql.target import PostgresTarget

LOAD = "c" * 32
STARTS = 3
REPOSITORIES = ("ours", "theirs")


@dataclass(frozen=True)
class Numbered:
    """A lease as a repository counts it."""

    repository_id: str
    number: int


class Start:
    """One start of the load, with a control connection, and one for its chunks."""

    def __init__(self, url: str, lease: Numbered | None) -> None:
        self.claimant = Claimant(token=uuid.uuid4().hex, holder="model", lease=lease)
        self.steering, self.writing = (psycopg.connect(url, autocommit=True) for _ in range(2))
        for one in (self.steering, self.writing):
            one.execute("SET lock_timeout = '50ms'")
        self.claimed: int | None = None
        self.fence: int | None = None
        self.next_chunk = 0
        self.in_flight = False

    def control(self, connection: psycopg.Connection[Any]) -> Control:
        """Control tables over one of the connections."""

        def execute(text: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
            return run(connection, text, parameters)

        return Control(execute)

    def close(self) -> None:
        """End both sessions."""
        self.steering.close()
        self.writing.close()


class Fences(RuleBasedStateMachine):
    """Starts of one load do anything that starts can do."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.starts: list[Start] = []
        self.fence, self.claim, self.last_token = 0, 0, "-"
        self.leases: dict[str, int] = {}
        self.raised: list[int] = []
        self.committed = 0
        self.watch = psycopg.connect(self.url, autocommit=True)
        self.watch.execute("DELETE FROM loadstone_fence; DELETE FROM loadstone_claim; DELETE FROM loadstone_lease;"
                           " DELETE FROM loadstone_chunk; DELETE FROM loadstone_load")  # fmt: skip

    @initialize()
    def begin(self) -> None:
        """One start without a job."""
        self.starts.append(Start(self.url, None))

    @precondition(lambda self: len(self.starts) < STARTS)
    @rule(repository=st.sampled_from(REPOSITORIES), number=st.integers(1, 4))
    def start(self, repository: str, number: int) -> None:
        """A further start, by a worker."""
        self.starts.append(Start(self.url, Numbered(repository, number)))

    @rule(which=st.integers(0, STARTS - 1), again=st.booleans())
    def claims(self, which: int, again: bool) -> None:
        """A start claims; it is refused for a lower lease, and for the claim of another where it comes back."""
        one = self.starts[which % len(self.starts)]
        again = again and one.fence is not None
        lease = one.claimant.lease
        low = lease is not None and self.leases.get(lease.repository_id, 0) > lease.number
        lost = again and self.last_token != one.claimant.token
        try:
            with one.steering.transaction():
                number = one.control(one.steering).claim(LOAD, one.claimant, again=again)
        except Refused as error:
            assert (low or lost) and error.code == "LS-4003"
            return
        assert not low and not lost
        assert self.claim + 1 == number
        self.claim, self.last_token, one.claimed = number, one.claimant.token, number
        self._keep(lease)

    @rule(which=st.integers(0, STARTS - 1))
    def raises(self, which: int) -> None:
        """A start raises the fence to what it claimed; not under a chunk in flight, and not below a later claim."""
        one = self.starts[which % len(self.starts)]
        if one.claimed is None or one.in_flight:
            return
        lease = one.claimant.lease
        low = lease is not None and self.leases.get(lease.repository_id, 0) > lease.number
        blocked = any(other.in_flight for other in self.starts) and one.claimed > self.fence
        try:
            with one.steering.transaction():
                one.control(one.steering).raise_fence(LOAD, one.claimed, one.claimant)
        except Redo:
            assert blocked
            return
        except Refused:
            assert one.claimed < self.claim or one.claimed < self.fence or low
            return
        assert not blocked and not low and one.claimed == self.claim
        assert one.claimed not in self.raised or one.fence == one.claimed
        self.fence, one.fence = one.claimed, one.claimed
        self.raised.append(one.claimed)
        one.next_chunk = len(one.control(one.steering).checkpoints(LOAD))
        self._keep(lease)

    @rule(which=st.integers(0, STARTS - 1))
    def begins_a_chunk(self, which: int) -> None:
        """Whoever has a fence tries; only the one with the highest, and no claim above, may."""
        one = self.starts[which % len(self.starts)]
        if one.fence is None or one.in_flight:
            return
        one.writing.execute("BEGIN")
        control = one.control(one.writing)
        mine = control.holds_fence(LOAD, one.fence, lock=" FOR SHARE")
        assert mine == (one.fence == self.fence == self.claim)
        if not mine:
            one.writing.execute("ROLLBACK")
            return
        number = one.next_chunk
        counts = Contribution(read=1, loaded=1)
        control.add_checkpoint(
            LOAD,
            Checkpoint(input_no=0, unit0=number, unit1=number + 1, record0=number, records=1, sha256="", counts=counts),
        )  # fmt: skip
        one.in_flight = True

    @rule(which=st.integers(0, STARTS - 1), commits=st.booleans())
    def ends_its_chunk(self, which: int, commits: bool) -> None:
        """COMMIT, or the session is lost."""
        one = self.starts[which % len(self.starts)]
        if not one.in_flight:
            return
        one.in_flight = False
        if not commits:
            one.writing.execute("ROLLBACK")
            return
        assert one.fence == self.fence
        one.writing.execute("COMMIT")
        one.next_chunk += 1
        self.committed += 1

    @rule(which=st.integers(0, STARTS - 1))
    def dies(self, which: int) -> None:
        """A start is gone, and with it what it had not committed."""
        if len(self.starts) > 1:
            self.starts.pop(which % len(self.starts)).close()

    @invariant()
    def holds(self) -> None:
        """The tables say what the model says."""
        fences = self.watch.execute("SELECT fence_no FROM loadstone_fence").fetchall()
        assert (fences == [] and self.claim == 0) or [(self.fence,)] == fences
        assert sorted(self.raised) == self.raised
        units = self.watch.execute("SELECT unit0 FROM loadstone_chunk ORDER BY unit0").fetchall()
        assert [(number,) for number in range(self.committed)] == units
        kept = self.watch.execute("SELECT repository, lease_no FROM loadstone_lease").fetchall()
        assert self.leases == dict(kept)

    def teardown(self) -> None:
        """End all sessions."""
        for one in [*self.starts]:
            one.close()
        self.watch.close()

    # Private methods

    def _keep(self, lease: Any) -> None:
        if lease is not None:
            self.leases[lease.repository_id] = max(self.leases.get(lease.repository_id, 0), lease.number)


@pytest.mark.parametrize("examples", [60])
def test_no_order_of_starts_breaks_the_protocol(postgres_url: str, examples: int) -> None:
    """The invariants above, after every step."""
    target = PostgresTarget(postgres_url)
    target.init_control()
    target.close()
    machine = type("FencesHere", (Fences,), {"url": postgres_url})
    with suppress(KeyboardInterrupt):
        run_state_machine_as_test(
            machine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
        )
