"""Chunks in file order over all inputs, with the records that SKIP and LOAD leave."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from loadstone.books import Checkpoint
from loadstone.formats.inputs import read_fully
from loadstone.formats.model import Chunk
from loadstone.formats.reader import CHUNK_SIZE_MAX_BYTES, open_records, skip_to
from loadstone.formats.sources import open_source, source_size_bytes
from loadstone.load.inputs import LoadInput, stamp_of
from loadstone.load.plan.model import Limits, LoadPlan
from loadstone.load.resume import Progress, add_range, changed
from loadstone.spec import Partition

BEYOND_SIZE_BYTES = 64 << 10
"""What is read behind a range at first, to see that its last record ends there."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """
    A chunk with its place in the load.

    Attributes:
        number: 0-based ticket. first, stop: half-open range of the records that are read; those
            before ``first`` are skipped. ended: whether LOAD ends the load here.
        digest_before, digest_after: Running SHA-256 of the input before the chunk, and with it.
        stamp: Size and time of the input's last change before it was opened.
    """

    number: int
    chunk: Chunk
    first: int
    stop: int
    ended: bool
    digest_before: Any
    digest_after: Any
    stamp: str

    def pieces(self, size_bytes: int) -> Iterator[tuple[int, Read]]:
        """The chunk in parts of whole records and about so many bytes, each behind its first record's place."""
        chunk = self.chunk
        if len(chunk.text) <= size_bytes:
            yield 0, self
            return
        marks = np.arange(size_bytes, len(chunk.text), size_bytes)
        stops = np.unique(np.append(np.searchsorted(chunk.end, marks), len(chunk)))
        stops = stops[stops > 0]
        if len(stops) < 2:
            yield 0, self
            return
        for first, stop in zip([0, *stops[:-1].tolist()], stops.tolist(), strict=True):
            yield first, self._piece(first, stop)

    def unit1(self, stop: int) -> int:
        """End of the chunk's range in the input when only ``stop`` of its records are consumed."""
        if stop >= len(self.chunk):
            return self.chunk.unit1
        return self.chunk.unit0 + (int(self.chunk.raw_end[stop - 1]) if stop else 0)

    def sha256(self, unit1: int) -> str:
        """Digest of the input from its start to ``unit1``; within the chunk it takes the data."""
        if unit1 == self.chunk.unit1:
            return str(self.digest_after.hexdigest())
        return str(self._digest(unit1).hexdigest())

    def recall(self, one: LoadInput) -> None:
        """
        Have the data of the chunk again that it has forgotten.

        Raises:
            FixFile: LS-4002 the file holds others by now.
        """
        chunk = self.chunk
        if chunk.data or not chunk.plain:
            return
        with open_source(one.source) as stream:
            skip_to(stream, chunk.unit0)
            chunk.data = read_fully(stream, chunk.size_bytes, name=one.name)
        if self._digest(chunk.unit1).digest() != self.digest_after.digest():
            raise changed(one, "was written to while it was loaded")

    def _digest(self, unit1: int) -> Any:
        digest = self.digest_before.copy()
        digest.update(memoryview(self.chunk.data)[: unit1 - self.chunk.unit0])
        return digest

    def _piece(self, first: int, stop: int) -> Read:
        within = [min(max(place - first, 0), stop - first) for place in (self.first, self.stop)]
        return replace(self, chunk=self.chunk.part(first, stop), first=within[0], stop=within[1])


SizeOfNext = Callable[[], int]
"""Bytes of the chunk that is read next."""


class ChunkSource:
    """Hands out chunks, one caller at a time."""

    def __init__(
        self, plan: LoadPlan, progress: Progress, digests: Mapping[int, Any], size_of_next: SizeOfNext
    ) -> None:
        self._lock = threading.Lock()
        self._reads = _reads(plan, progress, digests, size_of_next)
        self._closed = False
        self.bytes_done = sum(size - progress.base for size, _ in progress.digests.values())
        self.bytes_total = bytes_of(plan)

    def next(self) -> Read | None:
        """The next chunk, or None at the end of the load."""
        with self._lock:
            if self._closed:
                return None
            read = next(self._reads, None)
            if read is not None:
                self.bytes_done += read.chunk.size_bytes
            return read

    @property
    def bytes_left(self) -> int | None:
        """Bytes that no chunk has yet; None where an input does not tell its size."""
        return None if self.bytes_total is None else self.bytes_total - self.bytes_done

    def close(self) -> None:
        """Give no more chunks."""
        with self._lock:
            self._closed = True
            self._reads.close()


def read_range(plan: LoadPlan, part: Partition) -> Read:
    """
    One range of an input, which begins and ends where chunks of the planning pass did, as one chunk.

    Raises:
        FixFile: LS-4002 no record ends where the range does: the file is another one by now.
    """
    one = plan.inputs[part.input_no]
    stamp = stamp_of(one)
    chunk = _whole(plan, one, (part.unit0, part.unit1), part.record0)
    if len(chunk) != part.records:
        raise changed(one, f"has {len(chunk)} records in {_told(part.unit0, part.unit1)}, and had {part.records}")
    return _read(plan.limits, chunk, hashlib.sha256(), stamp)


def bytes_of(plan: LoadPlan) -> int | None:
    """Decompressed bytes of all inputs, or of the partition; None where one does not tell."""
    if plan.partition is not None:
        return plan.partition.unit1 - plan.partition.unit0
    sizes = [source_size_bytes(one.source) for one in plan.inputs]
    return sum(size for size in sizes if size is not None) if None not in sizes else None


# Private functions


def _reads(
    plan: LoadPlan, progress: Progress, digests: Mapping[int, Any], size_of_next: SizeOfNext
) -> Generator[Read, None, None]:
    """All chunks from where ``progress`` stands; what is committed ahead of it is passed over."""
    number, record_no = 0, progress.record_no
    end_record = plan.limits.end_record
    end = plan.partition.input_no + 1 if plan.partition is not None else None
    for one in plan.inputs[progress.input_no : end]:
        resumed, stamp = one.input_no == progress.input_no, stamp_of(one)
        digest = digests[one.input_no] if resumed and one.input_no in digests else hashlib.sha256()
        for unit0, unit1, passed in _ranges(plan, progress, one.input_no, progress.unit if resumed else 0):
            if passed is not None:
                digest = add_range(digest, one, passed.unit0, passed.unit1)
                record_no = passed.record0 + passed.records
                continue
            for chunk in _between(plan, one, (unit0, unit1), record_no, size_of_next):
                if end_record is not None and chunk.record0 >= end_record:
                    return
                read = replace(_read(plan.limits, chunk, digest, stamp), number=number)
                digest, number, record_no = read.digest_after, number + 1, chunk.record0 + len(chunk)
                ended = read.ended
                given = [read]
                del chunk, read  # else the next chunk is read beside this one
                yield given.pop()
                if ended:
                    return


def _read(limits: Limits, chunk: Chunk, digest: Any, stamp: str) -> Read:
    """A chunk with what SKIP and LOAD leave of it; ``digest`` is that of the input before it."""
    records, end_record = len(chunk), limits.end_record
    stop = records if end_record is None else min(records, max(end_record - chunk.record0, 0))
    after = digest.copy()
    after.update(memoryview(chunk.data)[: chunk.size_bytes])
    return Read(
        number=0,
        chunk=chunk,
        first=min(max(limits.skip - chunk.record0, 0), stop),
        stop=stop,
        ended=end_record is not None and chunk.record0 + records >= end_record,
        digest_before=digest,
        digest_after=after,
        stamp=stamp,
    )


def _ranges(
    plan: LoadPlan, progress: Progress, input_no: int, unit0: int
) -> Iterator[tuple[int, int | None, Checkpoint | None]]:
    """The input from ``unit0`` on: what is to be read, and the chunks between that are committed ahead."""
    end = plan.partition.unit1 if plan.partition is not None else None
    for one in progress.ahead:
        if one.input_no == input_no:
            if one.unit0 > unit0:
                yield unit0, one.unit0, None
            yield one.unit0, one.unit1, one
            unit0 = one.unit1
    if end is None or unit0 < end:
        yield unit0, end, None


def _between(
    plan: LoadPlan, one: LoadInput, units: tuple[int, int | None], record0: int, size_of_next: SizeOfNext
) -> Iterator[Chunk]:
    """Chunks between two bytes: of the size that suits, or those of the parts that were computed before."""
    if plan.parts is None:
        yield from _chunks(plan, one, units, record0, size_of_next)
        return
    for unit0, unit1 in plan.parts.ranges(one.input_no, units):
        chunk = _whole(plan, one, (unit0, unit1), record0)
        record0 += len(chunk)
        given = [chunk]
        del chunk  # else the next one is read beside it
        yield given.pop()


def _whole(plan: LoadPlan, one: LoadInput, units: tuple[int, int], record0: int) -> Chunk:
    """The range as one chunk: with as much of what follows as tells that its last record ends there."""
    beyond = BEYOND_SIZE_BYTES
    while True:
        size = units[1] - units[0] + beyond
        chunk = next(_chunks(plan, one, units, record0, partial(int, size)), None)
        if chunk is None:
            raise changed(one, f"ends before byte {units[1]}")
        if chunk.unit1 == units[1]:
            return chunk
        if chunk.last or beyond > CHUNK_SIZE_MAX_BYTES:
            raise changed(one, f"has no record that ends with {_told(*units)}")
        beyond *= 16


def _told(unit0: int, unit1: int) -> str:
    return f"its bytes {unit0} to {unit1}"


def _chunks(
    plan: LoadPlan, one: LoadInput, units: tuple[int, int | None], record0: int, size_of_next: SizeOfNext
) -> Iterator[Chunk]:
    """Chunks of one input between two bytes; the second is where a record ends, or None for the end."""
    chunks = open_records(
        plan.layouts[plan.charsets[one.input_no]],
        one.spec,
        one.source,
        input_no=one.input_no,
        unit0=units[0],
        record0=record0,
        chunk_size_bytes=size_of_next,
        compiled=plan.compiled,
    )
    if units[1] is None:
        yield from chunks
        return
    for chunk in chunks:
        if chunk.unit1 < units[1]:
            yield chunk
            continue
        kept = int(np.searchsorted(chunk.raw_end, units[1] - chunk.unit0, "right"))
        yield replace(
            chunk,
            unit1=units[1],
            raw_start=chunk.raw_start[:kept],
            raw_end=chunk.raw_end[:kept],
            start=chunk.start[:kept],
            end=chunk.end[:kept],
        )
        return
