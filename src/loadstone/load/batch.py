"""A chunk made ready to commit: encoded rows, rejects, discards and their counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loadstone.books import Contribution, Discard, Reject, TableCount
from loadstone.formats.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loadstone.formats.model import Chunk
    from loadstone.load.reading import Read
    from loadstone.targets.model import TableRows

TAKE, WHEN_FAILED, ALL_NULL, REJECT = (one.value for one in Verdict)
"""As plain numbers: beside an enum NumPy makes int64 of all verdicts first, at fourteen times the cost."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """
    Everything of a chunk that goes into its transaction. Record numbers here are indices in the chunk.

    Attributes:
        first, stop: Half-open range of the records that are read; those before ``first`` are skipped.
        verdict: uint8[records, tables], of ``Verdict``.
        rejects: By record. discards: ascending records that no table took and none refused.
    """

    chunk: Chunk
    first: int
    stop: int
    verdict: NDArray[np.uint8]
    tables: tuple[TableRows, ...]
    rejects: dict[int, Reject]
    discards: NDArray[np.int64]

    def cut(self, stop: int) -> Batch:
        """The part of the batch before record ``stop``."""
        return replace(
            self,
            stop=stop,
            tables=tuple(replace(t, rows=t.rows.select(t.rows.record < stop)) for t in self.tables),
            rejects={record: reject for record, reject in self.rejects.items() if record < stop},
            discards=self.discards[self.discards < stop],
        )

    def without(self, refused: dict[int, Reject]) -> Batch:
        """The batch after the target refused records: their rows go from every table."""
        gone = np.fromiter(refused, np.int64, len(refused))
        return replace(
            self,
            tables=tuple(replace(t, rows=t.rows.select(~np.isin(t.rows.record, gone))) for t in self.tables),
            rejects={**self.rejects, **refused},
        )

    @cached_property
    def counts(self) -> Contribution:
        """What the batch adds to the books."""
        read = self.stop - self.first
        rejected, discarded = len(self.rejects), len(self.discards)
        verdict = self.verdict[self.first : self.stop]
        blamed = [reject.table_no for reject in self.rejects.values()]
        return Contribution(
            read=read,
            loaded=read - rejected - discarded,
            rejected=rejected,
            discarded=discarded,
            skipped=self.first,
            tables=tuple(
                TableCount(
                    loaded=len(table.rows),
                    rejected=blamed.count(number),
                    when_failed=int(np.count_nonzero(verdict[:, number] == WHEN_FAILED)),
                    all_null=int(np.count_nonzero(verdict[:, number] == ALL_NULL)),
                    sums=tuple(table.rows.total(one) for one in table.totals),
                )
                for number, table in enumerate(self.tables)
            ),
        )

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """Records of each table that step its SEQUENCE: loaded and rejected ones."""
        verdict = self.verdict[self.first : self.stop]
        return tuple(int(np.count_nonzero(stepping(column))) for column in verdict.T)

    def discard_rows(self) -> list[Discard]:
        """The discards, as the target keeps them."""
        chunk = self.chunk
        return [
            Discard(
                input_no=chunk.input_no,
                record_no=chunk.record_no(record),
                byte_offset=chunk.unit0 + int(chunk.raw_start[record]),
                length_bytes=int(chunk.raw_end[record] - chunk.raw_start[record]),
                reason="all_null" if (self.verdict[record] == ALL_NULL).any() else "when",
            )
            for record in self.discards.tolist()
        ]


def join_batches(read: Read, parts: Sequence[tuple[int, Batch]]) -> Batch:
    """The batch of a chunk from those of its pieces, each behind its first record's place."""
    if len(parts) == 1:
        return parts[0][1]
    starts = [start for start, _ in parts]
    batches = [batch for _, batch in parts]
    tables = []
    for pieces in zip(*(batch.tables for batch in batches), strict=True):
        first = pieces[0]
        tables.append(replace(first, rows=first.rows.joined([piece.rows for piece in pieces], starts)))
    return Batch(
        chunk=read.chunk,
        first=read.first,
        stop=read.stop,
        verdict=np.concatenate([batch.verdict for batch in batches]),
        tables=tuple(tables),
        rejects={start + n: one for start, batch in parts for n, one in batch.rejects.items()},
        discards=np.concatenate([start + batch.discards for start, batch in parts]),
    )


def stepping(verdict: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which records step the sequences of which tables."""
    steps: NDArray[np.bool_] = (verdict == TAKE) | (verdict == REJECT)
    return steps
