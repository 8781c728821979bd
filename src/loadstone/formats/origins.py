"""Where the records of a framed chunk stand in their file, and which of them could not be read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loadstone.formats.framing import FAULT, FIELD, Frame, unframed
from loadstone.formats.model import Chunk


def frame_of(chunk: Chunk, record: int) -> Frame:
    """Record ``record`` (index in the chunk), taken apart."""
    return unframed(chunk.text[int(chunk.start[record]) : int(chunk.end[record])])


def origin_of(chunk: Chunk, record: int) -> str | None:
    """Where a record of a framed chunk stands in its file; None in every other chunk."""
    if not chunk.framed:
        return None
    start, end = int(chunk.start[record]), int(chunk.end[record])
    ends = [at for at in (chunk.text.find(mark, start, end) for mark in (FIELD, FAULT)) if at >= 0]
    return chunk.text[start : min(ends, default=end)].decode("utf-8", "replace")


def unreadable(chunk: Chunk) -> NDArray[np.int64]:
    """Records of a framed chunk that their reader could not read, ascending."""
    found: list[int] = []
    at = chunk.text.find(FAULT) if chunk.framed else -1
    while at >= 0:
        record = int(np.searchsorted(chunk.end, at))
        if record < len(chunk) and chunk.start[record] <= at:
            found.append(record)
        at = chunk.text.find(FAULT, int(chunk.end[record]) if record < len(chunk) else len(chunk.text))
    return np.array(found, np.int64)
