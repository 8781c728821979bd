"""Rows as an Arrow batch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class ArrowRows:
    """
    Rows of one INTO TABLE clause in a ``pa.RecordBatch``.

    Attributes:
        record: Index in the chunk of each row's record; ascending.
    """

    def __init__(self, batch: Any, record: NDArray[np.int64]) -> None:
        self.batch, self.record = batch, record

    def __len__(self) -> int:
        return len(self.record)

    def select(self, keep: NDArray[np.bool_]) -> ArrowRows:
        """The rows whose flag is set."""
        if keep.all():
            return self
        import pyarrow as pa

        return ArrowRows(self.batch.filter(pa.array(keep)), self.record[keep])

    def slice(self, start: int, stop: int) -> ArrowRows:
        """Rows start to stop, without copying."""
        return ArrowRows(self.batch.slice(start, stop - start), self.record[start:stop])
