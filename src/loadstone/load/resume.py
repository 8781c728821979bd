"""What a restart skips: the committed prefix of the inputs, verified by its digests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from loadstone.books import Checkpoint, Contribution, Reconciled, TableCount
from loadstone.errors import FixFile, Place
from loadstone.formats.inputs import read_fully
from loadstone.formats.reader import skip_to
from loadstone.formats.sources import open_source
from loadstone.load.inputs import LoadInput, stamp_of
from loadstone.spec import Partition

_READ_SIZE_BYTES = 4 << 20

PUBLISHED, SKIPPED = "published", "skipped"
"""Marks: by itself ``published`` is for all rows; either one before clauses (0-based, with commas) is for those only."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """
    What is committed.

    Attributes:
        base: Byte where the digests of the first input begin: 0, or where the partition does.
        input_no, unit: Where to go on. record_no: logical records before that place, over the load.
        counts: Sums of all chunks. sequences: what they stepped. discarded: discards by input.
        digests: Length in bytes and digest of each input's committed prefix. stamps: size and time of its last change.
        ended: Inputs that DISCARDMAX ended before their end.
        ahead: Committed chunks beyond that place, of a load whose chunks commit in any order; their sums count.
        stopped: Why the last chunk ended early: ``errors``, ``load`` or None.
        published: Sums of what is published of an all-or-nothing load; published_at: the last record of what is
            published as a whole; None before. published_tables: INTO TABLE clauses (0-based) published apart;
            skipped_tables: those of them of which nothing was to be published.
        marks: One more than the number of the last mark. reconciled: figures of the clauses that are published apart.
    """

    base: int = 0
    input_no: int = 0
    unit: int = 0
    record_no: int = 0
    counts: Contribution = field(default_factory=Contribution)
    sequences: tuple[int, ...] = ()
    discarded: dict[int, int] = field(default_factory=dict)
    digests: dict[int, tuple[int, str]] = field(default_factory=dict)
    stamps: dict[int, str] = field(default_factory=dict)
    ended: frozenset[int] = frozenset()
    ahead: tuple[Checkpoint, ...] = ()
    stopped: str | None = None
    published: Contribution | None = None
    published_at: int | None = None
    published_tables: frozenset[int] = frozenset()
    skipped_tables: frozenset[int] = frozenset()
    marks: int = 0
    reconciled: tuple[Reconciled, ...] = ()

    def after(self, checkpoint: Checkpoint) -> Progress:
        """The progress when ``checkpoint`` is committed too."""
        if checkpoint.input_no < 0:
            return self._after_mark(checkpoint)
        number = checkpoint.input_no
        ended = checkpoint.stopped == "discardmax"
        before = self.sequences or (0,) * len(checkpoint.sequences)
        return replace(
            self,
            input_no=number + 1 if ended else number,
            unit=0 if ended else checkpoint.unit1,
            record_no=checkpoint.record0 + checkpoint.records,
            counts=self.counts + checkpoint.counts,
            sequences=tuple(a + b for a, b in zip(before, checkpoint.sequences, strict=True)),
            discarded={**self.discarded, number: self.discarded.get(number, 0) + checkpoint.counts.discarded},
            digests={**self.digests, number: (checkpoint.unit1, checkpoint.sha256)},
            stamps={**self.stamps, number: checkpoint.stamp},
            ended=self.ended | {number} if ended else self.ended,
            stopped=None if ended else checkpoint.stopped,
        )

    def with_ahead(self, checkpoint: Checkpoint) -> Progress:
        """The progress when a chunk is committed and one before it is not."""
        after = self.after(checkpoint)
        return replace(
            after,
            input_no=self.input_no,
            unit=self.unit,
            record_no=self.record_no,
            ahead=(*self.ahead, checkpoint),
            stopped=None,
        )

    def _after_mark(self, mark: Checkpoint) -> Progress:
        counts, marks = self.counts + mark.counts, max(self.marks, mark.unit0 + 1)
        if mark.stopped == PUBLISHED:
            return replace(self, counts=counts, marks=marks, published=counts, published_at=mark.record0)
        kind, _, numbers = (mark.stopped or "").partition(" ")
        if kind not in (PUBLISHED, SKIPPED):
            return replace(self, counts=counts, marks=marks)
        apart = {int(number) for number in numbers.split(",")}
        rows = [table.loaded if number in apart else 0 for number, table in enumerate(counts.tables)]
        more = Contribution(loaded=mark.records, tables=tuple(TableCount(loaded=loaded) for loaded in rows))
        tables = self.published_tables | apart
        return replace(
            self,
            counts=counts,
            marks=marks,
            published=more if self.published is None else self.published + more,
            published_at=mark.record0 if len(tables) == len(counts.tables) else None,
            published_tables=tables,
            reconciled=self.reconciled + mark.reconciled,
            skipped_tables=self.skipped_tables | apart if kind == SKIPPED else self.skipped_tables,
        )


def progress_of(checkpoints: Sequence[Checkpoint], partition: Partition | None = None) -> Progress:
    """The sums of committed chunks: a prefix of the inputs, or of one partition, and what stands ahead of it."""
    progress = Progress()
    if partition is not None:
        start = partition.unit0
        progress = Progress(base=start, input_no=partition.input_no, unit=start, record_no=partition.record0)
        checkpoints = [one for one in checkpoints if partition.has(one.input_no, one.unit0)]
    for checkpoint in sorted(checkpoints, key=lambda c: (c.record0, c.input_no < 0, c.input_no, c.unit0)):
        follows = checkpoint.input_no < 0 or checkpoint.record0 == progress.record_no
        progress = progress.after(checkpoint) if follows else progress.with_ahead(checkpoint)
    return progress


def verify_inputs(inputs: Sequence[LoadInput], progress: Progress) -> dict[int, Any]:
    """
    Compare what was committed with the inputs as they are now.

    Returns:
        The running SHA-256 of each input at the end of its committed prefix.

    Raises:
        FixFile: LS-4002 an input is shorter or other than what was loaded from it.
    """
    hashers = {}
    for number, (size_bytes, digest) in progress.digests.items():
        _refuse_written(inputs[number], progress.stamps[number], size_bytes)
        hasher, seen = prefix_digest(inputs[number], size_bytes, progress.base)
        if seen != size_bytes or hasher.hexdigest() != digest:
            now = f"; it has {seen} bytes now" if seen != size_bytes else ""
            raise changed(inputs[number], f"is not the file whose first {size_bytes} bytes are loaded{now}")
        if any(one.input_no == number for one in progress.ahead):
            unit = progress.unit if number == progress.input_no else 0
            hasher, _ = prefix_digest(inputs[number], unit, progress.base)
        hashers[number] = hasher
    return hashers


def prefix_digest(one: LoadInput, size_bytes: int | None = None, base: int = 0) -> tuple[Any, int]:
    """SHA-256 from ``base`` to ``size_bytes`` of the decompressed input (its end when None), and where that ended."""
    hasher, seen = hashlib.sha256(), base
    with open_source(one.source) as stream:
        skip_to(stream, base)
        while size_bytes is None or seen < size_bytes:
            wanted = _READ_SIZE_BYTES if size_bytes is None else min(_READ_SIZE_BYTES, size_bytes - seen)
            data = read_fully(stream, wanted, name=one.name)
            if not data:
                break
            hasher.update(data)
            seen += len(data)
    return hasher, seen


def add_range(hasher: Any, one: LoadInput, unit0: int, unit1: int) -> Any:
    """A copy of ``hasher`` with the bytes [unit0, unit1) of an input."""
    after, left = hasher.copy(), unit1 - unit0
    with open_source(one.source) as stream:
        skip_to(stream, unit0)
        while left > 0 and (data := stream.read(min(_READ_SIZE_BYTES, left))):
            after.update(data)
            left -= len(data)
    return after


def changed(one: LoadInput, fact: str, *hints: str) -> FixFile:
    """The refusal of an input that is not what was loaded, or computed, from it."""
    return FixFile(
        "LS-4002",
        f"{one.name} {fact}",
        Place(file=one.name),
        hints=[
            "put the original file back, then start the load again.",
            *hints,
            "to load the new file as a load of its own: --again.",
        ],
    )


# Private functions


def _refuse_written(one: LoadInput, stamp: str, size_bytes: int) -> None:
    """
    What is not loaded yet has no digest: its size and time must be those of the beginning.

    Where all of the file is loaded, the digest says it all, and a copy with another time will do. Checkpoints of a
    version that kept no stamps leave it at that too.
    """
    now = stamp_of(one)
    size, _, time_ns = stamp.partition(" ")
    if now == stamp or not stamp or now.startswith(f"{size} ") and int(size) == size_bytes:
        return
    if not now.startswith(f"{size} "):
        raise changed(one, f"has {now.partition(' ')[0]} bytes, and had {size} when its load began")
    seconds, rest = divmod(int(time_ns), 10**9)
    raise changed(
        one,
        f"changed since its load began; only its first {size_bytes} bytes are known to be the same",
        f"to vouch for the rest: touch -d @{seconds}.{rest:09} {one.path}",
    )
