"""
The circuit breaker of an external system: a state machine over a store that all workers share.

    closed --failures_max outages in a row--> open --cool-down over--> half open --probe good--> closed
                                               ^                          |
                                               +------- probe bad --------+   (the cool-down grows)

A probe that comes back closes the breaker, but the cool-down keeps its growth until real work has
succeeded: a system that accepts logins and fails at work does not get all of it every five seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from loadstone.connections.model import Breaker, BreakerRules, BreakerState, Connection
from loadstone.errors import LoadstoneError


class Cell(Protocol):
    """
    The breaker of one system within a transaction that nobody else changes it in.

    Attributes:
        breaker: As it stands. now: The store's clock.
    """

    breaker: Breaker
    now: datetime

    def put(self, breaker: Breaker, topic: str | None = None) -> None:
        """Store it, and with ``topic`` (``breaker.opened``, ...) tell of the transition in the same transaction."""
        ...


class Store(Protocol):
    """Where breakers are kept; ``bootstrap`` gives one over the repository, ``testing`` one in memory."""

    def changing(self, system: str) -> AbstractContextManager[Cell]:
        """A transaction on one breaker, made closed where it is missing."""
        ...

    def find(self, system: str) -> Breaker:
        """One breaker, closed where it is missing."""
        ...

    def listed(self) -> Sequence[Breaker]:
        """All that are stored, by system."""
        ...


@dataclass(frozen=True)
class Pass:
    """
    Work may begin.

    Attributes:
        changed_at: When the breaker last changed; an outage that this work tells of counts only while that is so.
        clean: Whether no outage was counted when the work began, so that its success has nothing to forget.
    """

    connection: Connection
    changed_at: datetime | None
    clean: bool = False


@dataclass(frozen=True)
class Wait:
    """Work must wait: for how many seconds at least, and why."""

    system: str
    pause_s: float
    reason: str


class Breakers:
    """
    The breakers of all systems.

    ``probe`` reaches out to a system, and raises when it does not answer; it runs outside of any transaction.
    """

    def __init__(self, store: Store, probe: Callable[[Connection], None]) -> None:
        self._store, self._probe = store, probe

    def admit(self, connection: Connection, owner: str) -> Pass | Wait:
        """Whether work on the system may begin. When the cool-down is over, this call itself is the one probe."""
        seen = self._store.find(connection.name)
        if seen.state is BreakerState.CLOSED:
            return Pass(connection, seen.changed_at, clean=seen.clean)
        with self._store.changing(connection.name) as cell:
            if cell.breaker.state is BreakerState.CLOSED:
                return Pass(connection, cell.breaker.changed_at)
            wait = waiting(cell.breaker, cell.now)
            if wait is not None:
                return wait
            begun = probing(cell.breaker, connection.rules, cell.now, owner)
            cell.put(begun, "breaker.half_opened")
        try:
            self._probe(connection)
        except LoadstoneError as error:
            return self._probed(connection, begun, error)
        return self._probed(connection, begun, None)

    def failed(self, admitted: Pass, reason: str) -> None:
        """Count an outage; that of work which began before the breaker last changed tells nothing new."""
        connection = admitted.connection
        with self._store.changing(connection.name) as cell:
            breaker = cell.breaker
            if breaker.state is not BreakerState.CLOSED or breaker.changed_at != admitted.changed_at:
                return
            after = counted(breaker, connection.rules, cell.now, reason)
            cell.put(after, "breaker.opened" if after.state is BreakerState.OPEN else None)

    def succeeded(self, connection: Connection) -> None:
        """Forget outages: work on the system went well."""
        if self._store.find(connection.name).clean:
            return
        with self._store.changing(connection.name) as cell:
            if cell.breaker.state is BreakerState.CLOSED:
                cell.put(replace(cell.breaker, failures=0, trips=0))

    def reset(self, system: str) -> Breaker:
        """Close a breaker by hand."""
        with self._store.changing(system) as cell:
            closed = Breaker(system=system, changed_at=cell.now)
            told = cell.breaker.state is not BreakerState.CLOSED
            cell.put(closed, "breaker.closed" if told else None)
            return closed

    def listed(self) -> Sequence[Breaker]:
        """All breakers that are stored."""
        return self._store.listed()

    # Private methods

    def _probed(self, connection: Connection, begun: Breaker, error: LoadstoneError | None) -> Pass | Wait:
        with self._store.changing(connection.name) as cell:
            after = cell.breaker
            mine = (after.state, after.probe_by) == (BreakerState.HALF_OPEN, begun.probe_by)
            if mine and error is None:
                after = recovered(after, cell.now)
                cell.put(after, "breaker.closed")
            elif mine and error is not None:
                after = opened(after, connection.rules, cell.now, error.message)
                cell.put(after, "breaker.opened")
            # Not mine: the probe took too long, and another one has answered meanwhile.
            return waiting(after, cell.now) or Pass(connection, after.changed_at)


def waiting(breaker: Breaker, now: datetime) -> Wait | None:
    """How long work must wait at least; None when it may go, as work or as the next probe."""
    if breaker.state is BreakerState.CLOSED:
        return None
    until = breaker.retry_at if breaker.state is BreakerState.OPEN else breaker.probe_until
    if until is None or until <= now:
        return None
    pause_s = (until - now).total_seconds()
    if breaker.state is BreakerState.HALF_OPEN:
        pause_s = min(pause_s, 1.0)  # a probe may be back at any moment
    return Wait(breaker.system, pause_s, breaker.reason or "")


def counted(breaker: Breaker, rules: BreakerRules, now: datetime, reason: str) -> Breaker:
    """One outage more; open when it is one too many."""
    more = replace(breaker, failures=breaker.failures + 1, reason=reason)
    return opened(more, rules, now, reason) if more.failures >= rules.failures_max else more


def opened(breaker: Breaker, rules: BreakerRules, now: datetime, reason: str) -> Breaker:
    """Open, for a cool-down that grows with each trip."""
    pause_s = min(rules.cooldown_s_max, rules.cooldown_s * rules.growth ** min(breaker.trips, 100))
    return replace(
        breaker,
        state=BreakerState.OPEN,
        trips=breaker.trips + 1,
        changed_at=now,
        retry_at=now + timedelta(seconds=pause_s),
        probe_by=None,
        probe_until=None,
        reason=reason,
    )


def probing(breaker: Breaker, rules: BreakerRules, now: datetime, owner: str) -> Breaker:
    """Half open, with a probe by ``owner``."""
    until = now + timedelta(seconds=rules.probe_s)
    return replace(
        breaker,
        state=BreakerState.HALF_OPEN,
        changed_at=now,
        probe_by=owner,
        probe_until=until,
        retry_at=None,
    )


def recovered(breaker: Breaker, now: datetime) -> Breaker:
    """Closed after a good probe; ``trips`` stay until work has succeeded."""
    return Breaker(system=breaker.system, trips=breaker.trips, changed_at=now, reason=breaker.reason)


def breaker_values(breaker: Breaker) -> dict[str, Any]:
    """A breaker as JSON values, for events and lists."""
    return {
        "system": breaker.system,
        "state": str(breaker.state),
        "failures": breaker.failures,
        "trips": breaker.trips,
        "retry_at": breaker.retry_at.isoformat() if breaker.retry_at else None,
        "reason": breaker.reason,
    }
