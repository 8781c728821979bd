"""A dead letter, where it came from, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class LetterState(StrEnum):
    """``OPEN`` needs a person, ``REPLAYING`` is in a load, ``REPLAYED`` and ``DROPPED`` are ends."""

    OPEN = "open"
    REPLAYING = "replaying"
    REPLAYED = "replayed"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """
    The load whose rejects these are.

    Attributes:
        request: What its load was asked, as JSON: the spec itself, its path, the target and its options.
        execution_id: The execution that collected them, where a job did.
    """

    load_id: str
    target: str
    request: Mapping[str, Any]
    execution_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class FoundRecord:
    """A rejected record as the target tells it, with all of its bytes (terminator included)."""

    input_no: int
    input_name: str
    record_no: int
    byte_offset: int
    raw: bytes
    table_name: str
    field: str | None
    value: str | None
    rule: str
    code: str | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Letter(FoundRecord):
    """
    A dead letter.

    Attributes:
        attempts: Replays so far. corrected: what will be loaded instead of ``raw``; None when nothing was corrected.
        replay_id: The last replay it was in, and ``replay_no``: its record there, 1-based.
        load_id: The load that refused it first.
    """

    id: int
    origin_id: int
    load_id: str
    target: str
    state: LetterState
    attempts: int
    corrected: bytes | None
    replay_id: int | None
    replay_no: int | None
    changed_at: datetime

    @property
    def content(self) -> bytes:
        """What a replay loads."""
        return self.raw if self.corrected is None else self.corrected


@dataclass(frozen=True, kw_only=True)
class Replay:
    """
    One load of corrected letters.

    Attributes:
        path: The landed file that holds them, in order of ``replay_no``. state: ``running`` or ``ended``.
    """

    id: int
    origin_id: int
    state: str
    path: str
    load_id: str | None
    loaded: int | None
