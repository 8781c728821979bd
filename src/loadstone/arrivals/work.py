"""Take files on: claim one, do its next step, record where it stands; safe to run in any number of processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from loadstone.arrivals import repository
from loadstone.arrivals.fetch import land
from loadstone.arrivals.model import Arrival, Hold, Lost, State, Step
from loadstone.arrivals.record import move, note, quarantined
from loadstone.arrivals.surroundings import LEASE, Surroundings
from loadstone.errors import LoadstoneError
from loadstone.telemetry.points import reach

PAUSE = timedelta(seconds=30)
"""How long a file waits after trouble that is none of its own: a place that does not answer, a full disk."""

log = structlog.get_logger("loadstone.arrivals")


def take_on(around: Surroundings) -> bool:
    """Do the next step of one file; whether there was one."""
    with around.database.write() as connection:
        arrival = repository.claim(connection, around.worker, tuple(_STEPS), LEASE)
    if arrival is None:
        return False
    reach("arrival_claimed")
    try:
        _step(around, arrival)
    except Lost as lost:
        log.warning("arrival.lost", file=arrival.id, message=str(lost))
    except LoadstoneError as error:
        _wait(around, arrival, error)
    return True


# Private functions


def _step(around: Surroundings, arrival: Arrival) -> None:
    def renew() -> None:
        with around.database.write() as connection:
            if not repository.renew(connection, arrival, LEASE):
                raise Lost(f"file {arrival.id} was taken over by another worker")

    try:
        step = _STEPS[arrival.state](around, arrival, renew)
    except Hold as held:
        step = _quarantined(around, arrival, held)
    with around.database.write() as connection:
        moved = move(connection, arrival, step, actor=around.worker, at=around.now())
        repository.let_go(connection, moved)
    reach("arrival_moved_on")


def _quarantined(around: Surroundings, arrival: Arrival, held: Hold) -> Step:
    values = {**held.values, "kept_at": str(around.store.quarantine(replace(arrival, **held.values)))}
    reach("arrival_quarantined")
    return quarantined(arrival, held.findings, values)


def _wait(around: Surroundings, arrival: Arrival, error: LoadstoneError) -> None:
    """Trouble on the way is no fault of the file: it waits, people are told, and it is tried again."""
    told = {"code": error.code, "message": error.message, "hints": list(error.hints)}
    with around.database.write() as connection:
        note(connection, arrival, "delayed", told, actor=around.worker)
        repository.let_go(connection, arrival, PAUSE)


_STEPS: dict[State, Callable[[Surroundings, Arrival, Callable[[], None]], Step]] = {State.COMPLETE: land}
