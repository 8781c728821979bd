"""Correct, drop and replay letters. Each action is audited; a replay loads each letter exactly once."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from loadstone.audit import trail
from loadstone.database import outbox
from loadstone.database.open import Database
from loadstone.deadletters import repository
from loadstone.deadletters.model import Letter, LetterState, Origin, Replay
from loadstone.errors import FixSpec, Refused
from loadstone.filestore.landing import receive

LETTERS_MAX = 10_000
"""Letters of one replay."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a record of a replay was refused again; ``record_no`` is 1-based in the replay."""

    record_no: int
    field: str | None
    value: str | None
    rule: str
    code: str | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a replay's load did."""

    load_id: str
    loaded: int
    refused: Sequence[Refusal]


Load = Callable[[Origin, Replay], Loaded]
"""Loads the file of a replay exactly once, however often it is called for the same replay."""


def correct(database: Database, letter_id: int, content: bytes, *, actor: str) -> Letter:
    """
    Say what a replay loads instead of the record; its terminator is added where it is missing.

    Raises:
        FixSpec: LS-7301 no such letter. Refused: LS-7302 it is not open.
    """
    with database.write() as connection:
        letter = _open(connection, [letter_id])[0]
        repository.change(connection, letter_id, corrected=_terminated(content, letter.raw))
        told = {"bytes_before": len(letter.content), "bytes": len(content)}
        trail.record(connection, actor, "letter.correct", f"letter:{letter_id}", told)
        return repository.by_ids(connection, [letter_id])[0]


def drop(database: Database, ids: Sequence[int], *, actor: str, reason: str) -> int:
    """Give letters up for good; ``FixSpec`` LS-7301, ``Refused`` LS-7302 as ``correct``, then none is dropped."""
    with database.write() as connection:
        letters = _open(connection, ids)
        for letter in letters:
            repository.change(connection, letter.id, state=LetterState.DROPPED)
            trail.record(connection, actor, "letter.drop", f"letter:{letter.id}", {"reason": reason})
        return len(letters)


def begin_replay(database: Database, ids: Sequence[int], folder: Path, *, actor: str) -> list[Replay]:
    """
    Land the content of open letters, one file for each load they come from, and mark them as being replayed.

    Raises:
        FixSpec: LS-7301. Refused: LS-7302, LS-7303 more than 10,000 letters. Stop: LS-4020 the folder is full.
    """
    if len(ids) > LETTERS_MAX:
        raise Refused("LS-7303", f"{len(ids)} letters are too many for one replay; {LETTERS_MAX} are allowed")
    with database.write() as connection:
        by_origin: dict[int, list[Letter]] = {}
        for letter in _open(connection, ids):
            by_origin.setdefault(letter.origin_id, []).append(letter)
        return [_begin(connection, letters, folder, actor) for letters in by_origin.values()]


def run_replay(database: Database, replay: Replay, load: Load, *, actor: str) -> Loaded:
    """
    Load a replay and settle its letters: loaded ones are ``REPLAYED``, refused ones ``OPEN`` with the new reason.

    After a death it is called again: the load gives its receipt again, and letters are settled once.
    """
    with database.read() as connection:
        origin = repository.origin(connection, replay.origin_id)
    loaded = load(origin, replay)
    refused: Mapping[int, Refusal] = {one.record_no: one for one in loaded.refused}
    with database.write() as connection:
        current = repository.replay(connection, replay.id, lock=True)
        if current is None or current.state != "running":
            return loaded
        for letter in repository.of_replay(connection, replay.id):
            _settle(connection, letter, refused.get(letter.replay_no or 0))
        repository.end_replay(connection, replay.id, loaded.load_id, loaded.loaded)
        told = {
            "load_id": loaded.load_id,
            "loaded": loaded.loaded,
            "refused": len(refused),
            "first_load": origin.load_id,
        }
        trail.record(connection, actor, "letter.replay", f"replay:{replay.id}", told)
        outbox.put(connection, "letters.replayed", str(replay.id), told)
    return loaded


# Private functions


def _open(connection: Connection, ids: Sequence[int]) -> list[Letter]:
    letters = repository.by_ids(connection, ids, lock=True)
    missing = sorted(set(ids) - {letter.id for letter in letters})
    if missing:
        told = ", ".join(map(str, missing[:10]))
        raise FixSpec(
            "LS-7301", f"there is no dead letter {told}", hints=["`loadstone deadletters list` lists them."]
        )
    ended = [letter for letter in letters if letter.state is not LetterState.OPEN]
    if ended:
        raise Refused("LS-7302", f"dead letter {ended[0].id} is {ended[0].state}, not open")
    return letters


def _begin(connection: Connection, letters: Sequence[Letter], folder: Path, actor: str) -> Replay:
    landed = receive(io.BytesIO(b"".join(letter.content for letter in letters)), folder)
    replay_id = repository.add_replay(connection, letters[0].origin_id, str(landed.path), actor)
    for number, letter in enumerate(letters, 1):
        values: dict[str, Any] = {"state": LetterState.REPLAYING, "replay_id": replay_id, "replay_no": number}
        repository.change(connection, letter.id, **values, attempts=letter.attempts + 1)
    replay = repository.replay(connection, replay_id)
    assert replay is not None
    return replay


def _settle(connection: Connection, letter: Letter, refusal: Refusal | None) -> None:
    if refusal is None:
        repository.change(connection, letter.id, state=LetterState.REPLAYED)
        return
    why = {name: getattr(refusal, name) for name in ("field", "value", "rule", "code", "reason")}
    repository.change(connection, letter.id, state=LetterState.OPEN, **why)


def _terminated(content: bytes, raw: bytes) -> bytes:
    """``content`` with the line end of the record it stands for."""
    for ending in (b"\r\n", b"\n"):
        if raw.endswith(ending):
            return content if content.endswith(ending) else content + ending
    return content
