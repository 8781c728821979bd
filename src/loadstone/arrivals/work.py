"""Take files on: claim one, do its next step, record where it stands; safe to run in any number of processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from loadstone.arrivals import repository
from loadstone.arrivals.check import check
from loadstone.arrivals.fetch import land
from loadstone.arrivals.launch import launch
from loadstone.arrivals.model import Arrival, Hold, Lost, State, Step
from loadstone.arrivals.recognise import recognise
from loadstone.arrivals.record import move, note, quarantined
from loadstone.arrivals.settle import archive, settle
from loadstone.arrivals.surroundings import Surroundings
from loadstone.errors import LoadstoneError
from loadstone.telemetry.points import reach

PAUSE_MIN, PAUSE_MAX = timedelta(seconds=30), timedelta(hours=1)
"""How long a file waits after trouble that is none of its own, as a place that does not answer: as long as it has waited."""

log = structlog.get_logger("loadstone.arrivals")


def take_on(around: Surroundings) -> bool:
    """Do the next step of one file; whether there was one."""
    with around.database.write() as connection:
        arrival = repository.claim(connection, around.worker, tuple(_STEPS), around.lease)
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
            if not repository.renew(connection, arrival, around.lease):
                raise Lost(f"file {arrival.id} was taken over by another worker")

    try:
        _record(around, arrival, _STEPS[arrival.state](around, arrival, renew))
    except Hold as held:
        _record(around, arrival, _quarantined(around, arrival, held))
    reach("arrival_moved_on")


def _record(around: Surroundings, arrival: Arrival, step: Step) -> None:
    with around.database.write() as connection:
        moved = move(connection, arrival, step, actor=around.worker, at=around.now())
        repository.let_go(connection, moved)


def _quarantined(around: Surroundings, arrival: Arrival, held: Hold) -> Step:
    values = {**held.values, "kept_at": str(around.store.quarantine(replace(arrival, **held.values)))}
    reach("arrival_quarantined")
    return quarantined(arrival, held.findings, values)


def _wait(around: Surroundings, arrival: Arrival, error: LoadstoneError) -> None:
    """Trouble on the way is no fault of the file: it waits, people are told, and it is tried again."""
    told = {"code": error.code, "message": error.message, "hints": list(error.hints)}
    pause = min(PAUSE_MAX, max(PAUSE_MIN, around.now() - arrival.changed_at))
    with around.database.write() as connection:
        note(connection, arrival, "delayed", told, actor=around.worker)
        repository.let_go(connection, arrival, pause)


_STEPS: dict[State, Callable[[Surroundings, Arrival, Callable[[], None]], Step]] = {
    State.COMPLETE: land,
    State.LANDED: recognise,
    State.RECOGNISED: check,
    State.CHECKED: launch,
    State.LAUNCHED: settle,
    State.LOADED: archive,
}
