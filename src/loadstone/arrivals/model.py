"""The nouns of arrivals: a file on its way, the states that it passes, and what was found about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from loadstone.sources.policies import Policy


class State(StrEnum):
    """
    How far a file has come. From ``COMPLETE`` on it goes from one to the next; the last five are ends.

    ``QUARANTINED`` is an end until a person releases or rejects the file.
    """

    SEEN = "seen"
    COMPLETE = "complete"
    LANDED = "landed"
    RECOGNISED = "recognised"
    CHECKED = "checked"
    LAUNCHED = "launched"
    LOADED = "loaded"
    ARCHIVED = "archived"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    GONE = "gone"
    EXPIRED = "expired"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in (State.ARCHIVED, State.QUARANTINED, State.REJECTED, State.GONE, State.EXPIRED)


class Reason(StrEnum):
    """Why a file is in quarantine: the reason code that people, alerts and reports go by."""

    UNKNOWN_FEED = "unknown_feed"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    DUPLICATE_NAME = "duplicate_name"
    DUPLICATE_CHECKSUM = "duplicate_checksum"
    DUPLICATE_CONTENT = "duplicate_content"
    SURPLUS = "surplus"
    MANIFEST = "manifest"
    FORMAT = "format"
    DRIFT = "drift"
    TOTALS = "totals"
    TOTALS_MISSING = "totals_missing"
    SPEC = "spec"
    LAUNCH = "launch"
    LOAD = "load"
    TOTALS_AFTER = "totals_after"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """
    Something about a file that is not as agreed.

    Attributes:
        kind: Its kind, such as ``duplicate_checksum`` or ``drift.renamed``. told: what was found, in a sentence.
        policy: What it leads to. hints: what to do, in the order of checking. code: of an error behind it.
    """

    kind: str
    told: str
    policy: Policy
    hints: tuple[str, ...] = ()
    code: str | None = None

    @property
    def reason(self) -> Reason:
        """The reason code of a file that is held for it."""
        return Reason(self.kind.partition(".")[0])

    def values(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "kind": self.kind,
            "told": self.told,
            "policy": str(self.policy),
            "hints": list(self.hints),
            "code": self.code,
        }


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """
    One file on its way, as the repository holds it.

    Attributes:
        place: Where it came: a connection of the configuration and a folder, or ``upload``.
        path: Its path there. version: what tells other bytes under the same path apart.
        name: Its name, without folders. source, feed: None until they are known.
        expected_digest: ``sha256:`` or ``md5:`` and hex digits, where a manifest states them.
        kept_at: Where our copy is; None before it landed, and when it has expired.
        shape: What detection found. totals: control totals. findings: all that was found amiss.
        held_from: The state that a file in quarantine goes on from when it is released.
        waived: Kinds of findings that a person has let pass.
        stable_since, seen_at, ...: by the clock of arrivals, UTC.
        told_incomplete: Whether people were told that it does not become whole. fence: counts claims.
    """

    id: int
    place: str
    path: str
    version: str
    name: str
    state: State
    source: str | None = None
    feed: str | None = None
    size_bytes: int | None = None
    sha256: str | None = None
    expected_digest: str | None = None
    content_sha256: str | None = None
    business_date: date | None = None
    kept_at: str | None = None
    shape: Mapping[str, Any] | None = None
    totals: Sequence[Mapping[str, Any]] = ()
    findings: Sequence[Mapping[str, Any]] = ()
    execution_id: int | None = None
    receipt: Mapping[str, Any] | None = None
    held_from: State | None = None
    reason: str | None = None
    waived: Sequence[str] = ()
    seen_at: datetime
    stable_since: datetime
    changed_at: datetime
    landed_at: datetime | None = None
    settled_at: datetime | None = None
    keep_until: datetime | None = None
    told_incomplete: bool = False
    fence: int = 0

    @property
    def retired_version(self) -> str:
        """
        What its version becomes when what it names is no longer there to be taken.

        A file that is sent again under the same path, were it the same to the second, is then a new one.
        """
        mark = f";{self.id}"
        return self.version if self.version.endswith(mark) else self.version + mark


@dataclass(frozen=True)
class Content:
    """
    What only one file of a feed should have.

    Attributes:
        kind: ``name``, ``checksum`` or ``content``. digest: the name, or a SHA-256.
    """

    feed: str
    kind: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """
    What a step leads to.

    Attributes:
        state: The next one. values: columns that change. told: more for its event and the audit trail.
        verb: How its event is called where it is not called as the state.
        within: Done in the transaction of the step; gives more columns, and may raise ``Hold``.
    """

    state: State
    values: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    verb: str | None = None
    within: Callable[[Connection], Mapping[str, Any]] | None = None


class Hold(Exception):
    """A step found what quarantines the file."""

    def __init__(self, *findings: Finding, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(findings[0].told)
        self.findings, self.values = findings, dict(values or {})


class Lost(Exception):
    """Another worker has taken the file over; what this one did is not recorded."""
