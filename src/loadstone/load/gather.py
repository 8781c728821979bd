"""Spans of a buffer become an Arrow text column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loadstone.datatypes.kernel import Buffer, Ints, kernel

if TYPE_CHECKING:
    from loadstone.load.values import Spans


def gather_texts(buffer: NDArray[np.uint8], spans: Spans, *, compiled: bool) -> Any:
    """The spans as a ``pa.StringArray`` (``LargeStringArray`` past 2 GiB); NULL where flagged."""
    import pyarrow as pa

    start, end, null = spans
    length = np.where(null, 0, end - start)
    offsets = np.zeros(len(start) + 1, np.int64)
    np.cumsum(length, out=offsets[1:])
    data = np.empty(int(offsets[-1]), np.uint8)
    copy_spans.pick(compiled)(buffer, np.ascontiguousarray(start), offsets, data)
    wide = int(offsets[-1]) >= 1 << 31
    valid = pa.py_buffer(np.packbits(~null, bitorder="little"))
    return pa.Array.from_buffers(
        pa.large_string() if wide else pa.string(),
        len(start),
        [valid, pa.py_buffer(offsets if wide else offsets.astype(np.int32)), pa.py_buffer(data)],
        null_count=int(np.count_nonzero(null)),
    )


@kernel
def copy_spans(buffer: Buffer, start: Ints, offsets: Ints, data: Buffer) -> None:
    """Copy the text of each row to its place in ``data``."""
    for row in range(len(start)):
        source = start[row]
        first = offsets[row]
        for i in range(offsets[row + 1] - first):
            data[first + i] = buffer[source + i]
