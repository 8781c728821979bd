"""Chunks in file order over all inputs, with the records that SKIP and LOAD leave."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from loadstone.formats.inputs import size_of
from loadstone.formats.model import Chunk
from loadstone.formats.reader import open_records
from loadstone.load.plan.model import LoadPlan
from loadstone.load.resume import Progress


@dataclass(frozen=True, kw_only=True)
class Read:
    """
    A chunk with its place in the load.

    Attributes:
        number: 0-based ticket. first, stop: half-open range of the records that are read; those
            before ``first`` are skipped. ended: whether LOAD ends the load here.
        digest_before, digest_after: Running SHA-256 of the input before the chunk, and with it.
    """

    number: int
    chunk: Chunk
    first: int
    stop: int
    ended: bool
    digest_before: Any
    digest_after: Any

    def unit1(self, stop: int) -> int:
        """End of the chunk's range in the input when only ``stop`` of its records are consumed."""
        if stop >= len(self.chunk):
            return self.chunk.unit1
        return self.chunk.unit0 + (int(self.chunk.raw_end[stop - 1]) if stop else 0)

    def sha256(self, unit1: int) -> str:
        """Digest of the input from its start to ``unit1``."""
        if unit1 == self.chunk.unit1:
            return str(self.digest_after.hexdigest())
        digest = self.digest_before.copy()
        digest.update(memoryview(self.chunk.data)[: unit1 - self.chunk.unit0])
        return str(digest.hexdigest())


class ChunkSource:
    """Hands out chunks, one caller at a time."""

    def __init__(self, plan: LoadPlan, progress: Progress, digests: Mapping[int, Any]) -> None:
        self._lock = threading.Lock()
        self._reads = _reads(plan, progress, digests)
        self._closed = False
        self.bytes_done = sum(size for size, _ in progress.digests.values())
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

    def close(self) -> None:
        """Give no more chunks."""
        with self._lock:
            self._closed = True
            self._reads.close()


def bytes_of(plan: LoadPlan) -> int | None:
    """Decompressed bytes of all inputs; None where one does not tell."""
    sizes = [size_of(one.path if one.path is not None else one.data or b"") for one in plan.inputs]
    return sum(size for size in sizes if size is not None) if None not in sizes else None


# Private functions


def _reads(plan: LoadPlan, progress: Progress, digests: Mapping[int, Any]) -> Generator[Read, None, None]:
    """All chunks from where ``progress`` stands."""
    number, record_no = 0, progress.record_no
    skip, load = plan.limits.skip, plan.limits.load
    end_record = None if load is None else skip + load
    for one in plan.inputs[progress.input_no :]:
        resumed = one.input_no == progress.input_no
        digest = digests[one.input_no] if resumed and one.input_no in digests else hashlib.sha256()
        layout = plan.layouts[plan.charsets[one.input_no]]
        source = one.path if one.path is not None else one.data or b""
        for chunk in open_records(
            layout,
            one.spec,
            source,
            input_no=one.input_no,
            unit0=progress.unit if resumed else 0,
            record0=record_no,
            chunk_size_bytes=plan.request.chunk_size_bytes or plan.target.chunk_size_bytes,
            compiled=plan.compiled,
        ):
            if end_record is not None and chunk.record0 >= end_record:
                return
            records = len(chunk)
            stop = records if end_record is None else min(records, end_record - chunk.record0)
            ended = end_record is not None and chunk.record0 + records >= end_record
            first = min(max(skip - chunk.record0, 0), stop)
            after = digest.copy()
            after.update(memoryview(chunk.data)[: chunk.size_bytes])
            yield Read(
                number=number,
                chunk=chunk,
                first=first,
                stop=stop,
                ended=ended,
                digest_before=digest,
                digest_after=after,
            )
            if ended:
                return
            digest, number, record_no = after, number + 1, chunk.record0 + records
