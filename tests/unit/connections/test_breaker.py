"""The breaker's states over a store in memory with a clock that tests set."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from loadstone.connections.breaker import Breakers, Pass, Wait
from loadstone.connections.model import BreakerRules, BreakerState, Connection
from loadstone.connections.testing import MemoryStore
from loadstone.errors import Retry

BANK = Connection(
    name="bank",
    kind="database",
    url="postgresql://bank/x",
    rules=BreakerRules(failures_max=3, cooldown_s=10, growth=2, cooldown_s_max=30, probe_s=60),
)


class System:
    """An external system that is up or down; ``asked`` counts its probes."""

    def __init__(self) -> None:
        self.up, self.asked = True, 0
        self.meanwhile: Callable[[], object] = lambda: None

    def probe(self, connection: Connection) -> None:
        self.asked += 1
        self.meanwhile()
        if not self.up:
            raise Retry("LS-3022", "the connection is refused")


@pytest.fixture
def store() -> MemoryStore:
    """No breaker has ever been touched."""
    return MemoryStore()


@pytest.fixture
def system() -> System:
    """It is up."""
    return System()


@pytest.fixture
def breakers(store: MemoryStore, system: System) -> Breakers:
    """Over both."""
    return Breakers(store, system.probe)


def admitted(breakers: Breakers) -> Pass:
    """A pass, which must be given."""
    answer = breakers.admit(BANK, "t")
    assert isinstance(answer, Pass)
    return answer


def trip(breakers: Breakers) -> None:
    """As many outages as open it."""
    for _ in range(3):
        breakers.failed(admitted(breakers), "refused")


def test_it_opens_after_outages_in_a_row(breakers: Breakers, store: MemoryStore) -> None:
    """Work that goes well in between begins the count anew."""
    for _ in range(2):
        breakers.failed(admitted(breakers), "refused")
    breakers.succeeded(BANK)
    assert 0 == store.find("bank").failures
    trip(breakers)
    answer = breakers.admit(BANK, "t")
    assert answer == Wait("bank", 10.0, "refused")
    assert ["breaker.opened"] == [topic for topic, _ in store.told]


def test_a_probe_is_sent_when_the_cool_down_is_over(
    breakers: Breakers, store: MemoryStore, system: System
) -> None:
    """Not before; a good one closes it for all."""
    trip(breakers)
    store.pass_s(9.9)
    assert isinstance(breakers.admit(BANK, "t"), Wait) and system.asked == 0
    store.pass_s(0.2)
    admitted(breakers)
    admitted(breakers)
    assert 1 == system.asked
    assert ["breaker.opened", "breaker.half_opened", "breaker.closed"] == [topic for topic, _ in store.told]


def test_the_cool_down_grows_up_to_a_bound(breakers: Breakers, store: MemoryStore, system: System) -> None:
    """10, 20, 30, 30 s while probes fail."""
    system.up = False
    trip(breakers)
    pauses = []
    for _ in range(4):
        answer = breakers.admit(BANK, "t")
        assert isinstance(answer, Wait)
        pauses.append(answer.pause_s)
        store.pass_s(answer.pause_s)
        breakers.admit(BANK, "t")
    assert [10, 20, 30, 30] == pauses
    assert 4 == system.asked


def test_a_login_is_no_proof_that_work_succeeds(breakers: Breakers, store: MemoryStore) -> None:
    """The cool-down keeps its growth over a good probe, and loses it with good work."""
    trip(breakers)
    store.pass_s(11)
    trip(breakers)
    assert breakers.admit(BANK, "t") == Wait("bank", 20.0, "refused")
    store.pass_s(21)
    admitted(breakers)
    breakers.succeeded(BANK)
    trip(breakers)
    assert breakers.admit(BANK, "t") == Wait("bank", 10.0, "refused")


def test_one_probe_at_a_time(breakers: Breakers, store: MemoryStore, system: System) -> None:
    """Whoever comes while it is under way waits about a second."""
    trip(breakers)
    store.pass_s(11)
    others: list[Pass | Wait] = []
    system.meanwhile = lambda: others.append(breakers.admit(BANK, "u"))
    admitted(breakers)
    assert [Wait("bank", 1.0, "refused")] == others
    assert 1 == system.asked


def test_a_probe_that_never_comes_back_is_replaced(
    breakers: Breakers, store: MemoryStore, system: System
) -> None:
    """After ``probe_s`` another one goes, and the late answer of the first changes nothing."""
    trip(breakers)
    store.pass_s(11)
    system.up = False

    def slow() -> None:
        system.meanwhile, system.up = (lambda: None), True
        store.pass_s(61)
        admitted_by_second = breakers.admit(BANK, "second")
        assert isinstance(admitted_by_second, Pass)
        system.up = False

    system.meanwhile = slow
    assert isinstance(breakers.admit(BANK, "first"), Pass)
    assert BreakerState.CLOSED is store.find("bank").state
    assert 2 == system.asked


def test_old_outages_do_not_count_against_a_closed_breaker(breakers: Breakers, store: MemoryStore) -> None:
    """Work that began before the outage was over reports it late."""
    old = admitted(breakers)
    trip(breakers)
    breakers.failed(old, "refused")
    assert 3 == store.find("bank").failures
    store.pass_s(11)
    admitted(breakers)
    for _ in range(5):
        breakers.failed(old, "refused")
    assert BreakerState.CLOSED is store.find("bank").state


def test_it_is_reset_by_hand(breakers: Breakers, store: MemoryStore) -> None:
    """An event tells it, and only when it was not closed."""
    trip(breakers)
    breakers.reset("bank")
    breakers.reset("bank")
    admitted(breakers)
    assert ["breaker.opened", "breaker.closed"] == [topic for topic, _ in store.told]
    assert [BreakerState.CLOSED] == [one.state for one in breakers.listed()]


def test_many_threads_send_one_probe(breakers: Breakers, store: MemoryStore, system: System) -> None:
    """Twenty at the same moment."""
    trip(breakers)
    store.pass_s(11)
    gate = threading.Barrier(20)
    held = threading.Event()
    system.meanwhile = lambda: held.wait(0.05)

    def come() -> None:
        gate.wait()
        breakers.admit(BANK, threading.current_thread().name)

    crew = [threading.Thread(target=come) for _ in range(20)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert 1 == system.asked
