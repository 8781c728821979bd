"""Rows of the binary COPY format in one buffer."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from loadstone.targets.postgresql.totals import pgcopy_total
from loadstone.targets.totals import Total


class PgRows:
    """
    Encoded rows.

    Attributes:
        buffer: The rows, one after the other. offsets: int64[rows + 1], where each begins and the last ends.
        record: Index in the chunk of each row's record; ascending.
    """

    def __init__(
        self, buffer: NDArray[np.uint8], offsets: NDArray[np.int64], record: NDArray[np.int64]
    ) -> None:
        self.buffer, self.offsets, self.record = buffer, offsets, record

    def __len__(self) -> int:
        return len(self.record)

    def total(self, total: Total) -> Decimal:
        """A total over the rows."""
        return pgcopy_total(self.buffer, self.offsets, total)

    def data(self) -> memoryview:
        """The bytes of all rows."""
        return self.buffer[int(self.offsets[0]) : int(self.offsets[-1])].data

    def slice(self, start: int, stop: int) -> PgRows:
        """Rows start to stop, without copying."""
        return PgRows(self.buffer, self.offsets[start : stop + 1], self.record[start:stop])

    def select(self, keep: NDArray[np.bool_]) -> PgRows:
        """The rows whose flag is set; a copy unless they are all or a prefix."""
        if keep.all():
            return self
        kept = np.flatnonzero(keep)
        if not len(kept) or len(kept) == int(kept[-1]) + 1:
            return self.slice(0, len(kept))
        flags = np.repeat(keep, np.diff(self.offsets))
        base = self.buffer[int(self.offsets[0]) : int(self.offsets[-1])]
        sizes = np.diff(self.offsets)[kept]
        offsets = np.zeros(len(kept) + 1, np.int64)
        np.cumsum(sizes, out=offsets[1:])
        return PgRows(base[flags], offsets, self.record[kept])

    def joined(self, parts: Sequence[PgRows], starts: Sequence[int]) -> PgRows:
        """The rows of ``parts`` in one buffer."""
        sizes = [int(part.offsets[-1] - part.offsets[0]) for part in parts]
        offsets = [np.zeros(1, np.int64)]
        for part, at in zip(parts, np.cumsum([0, *sizes[:-1]]), strict=True):
            offsets.append(part.offsets[1:] - part.offsets[0] + at)
        return PgRows(
            np.concatenate([np.frombuffer(part.data(), np.uint8) for part in parts]),
            np.concatenate(offsets),
            np.concatenate([part.record + start for part, start in zip(parts, starts, strict=True)]),
        )
