"""Rows as Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loadstone.targets.totals import Total, arrow_total


class ArrowRows:
    """
    Rows of one INTO TABLE clause.

    Attributes:
        batch: A ``pa.Table``; of several chunks where the rows were made in pieces.
        record: Index in the chunk of each row's record; ascending.
    """

    def __init__(self, batch: Any, record: NDArray[np.int64]) -> None:
        self.batch, self.record = batch, record

    def __len__(self) -> int:
        return len(self.record)

    def total(self, total: Total) -> Decimal:
        """A total over the rows."""
        return arrow_total(self.batch.column(total.place), total)

    def select(self, keep: NDArray[np.bool_]) -> ArrowRows:
        """The rows whose flag is set."""
        if keep.all():
            return self
        import pyarrow as pa

        return ArrowRows(self.batch.filter(pa.array(keep)), self.record[keep])

    def slice(self, start: int, stop: int) -> ArrowRows:
        """Rows start to stop, without copying."""
        return ArrowRows(self.batch.slice(start, stop - start), self.record[start:stop])

    def joined(self, parts: Sequence[ArrowRows], starts: Sequence[int]) -> ArrowRows:
        """The rows of ``parts``, without copying."""
        import pyarrow as pa

        record = np.concatenate([part.record + start for part, start in zip(parts, starts, strict=True)])
        return ArrowRows(pa.concat_tables([part.batch for part in parts]), record)
