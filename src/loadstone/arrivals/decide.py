"""What a person decides about a file in quarantine: release it, or take it out for good."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from loadstone.arrivals import repository
from loadstone.arrivals.model import Arrival, State, Step
from loadstone.arrivals.record import move
from loadstone.arrivals.settle import archive_of
from loadstone.arrivals.surroundings import Surroundings
from loadstone.errors import FixSpec, Refused
from loadstone.sources.policies import Policy

DUPLICATES = {"duplicate_name", "duplicate_checksum", "duplicate_content"}
"""Kinds of findings about a file that came before."""


def release(around: Surroundings, arrival_id: int, *, actor: str, because: str | None = None) -> Arrival:
    """
    Let a file go on from where it was held; what it was held for is waived, or, as an unknown feed, looked at again.

    Raises:
        FixSpec: LS-7701 there is no such file. Refused: LS-7702 it is not in quarantine.
    """
    with around.database.write() as connection:
        arrival = _held(connection, arrival_id, "released")
        waived = [*arrival.waived, *_held_for(arrival)]
        step = Step(
            state=arrival.held_from or State.LANDED,
            values={"waived": sorted(set(waived)), "reason": None, "settled_at": None, "not_before": None},
            verb="released",
            told={"from": "quarantine", "waived": _held_for(arrival), "because": because},
        )
        return move(connection, arrival, step, actor=actor, at=around.now(), fenced=False)


def reject(around: Surroundings, arrival_id: int, *, actor: str, because: str) -> Arrival:
    """
    Take a file out: it is not loaded, and is kept as long as files of its feed are. A later one like it counts as new.

    Raises:
        FixSpec: LS-7701 there is no such file. Refused: LS-7702 it is not in quarantine.
    """
    with around.database.write() as connection:
        arrival = _held(connection, arrival_id, "rejected")
    until = around.now() + timedelta(days=archive_of(around, arrival).retention_days)
    with around.database.write() as connection:
        arrival = _held(connection, arrival_id, "rejected")
        path = around.store.reject(arrival)
        step = Step(
            state=State.REJECTED,
            values={"kept_at": str(path), "keep_until": until},
            told={"because": because},
        )
        return move(connection, arrival, step, actor=actor, at=around.now(), fenced=False)


def found(connection: Connection, arrival_id: int, *, lock: bool = False) -> Arrival:
    """A file by its number; ``FixSpec`` LS-7701 when there is none."""
    arrival = repository.by_id(connection, arrival_id, lock=lock)
    if arrival is None:
        raise FixSpec(
            "LS-7701", f"there is no file {arrival_id}", hints=["`loadstone files list` lists them."]
        )
    return arrival


# Private functions


def _held(connection: Connection, arrival_id: int, verb: str) -> Arrival:
    arrival = found(connection, arrival_id, lock=True)
    if arrival.state is not State.QUARANTINED:
        raise Refused(
            "LS-7702",
            f"file {arrival_id} is {arrival.state}; only one in quarantine can be {verb}",
            hints=[f"`loadstone files show {arrival_id}` shows how it came there."],
        )
    return arrival


def _held_for(arrival: Arrival) -> list[str]:
    """Kinds of findings that are waived; who says that a file is no duplicate means it of its records, too."""
    kinds = {one["kind"] for one in arrival.findings if one["policy"] == Policy.HOLD}
    return sorted(kinds | DUPLICATES if kinds & DUPLICATES else kinds)
