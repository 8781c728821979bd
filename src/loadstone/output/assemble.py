"""Records put together from the fields of their columns: each field is copied once, to its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loadstone.compiler.objects import release_pages
from loadstone.datatypes.kernel import Buffer, Ints, kernel

COMPILED_ROWS_MIN = 1000
"""Fewer rows are put together by plain Python: to load the compiled kernel takes longer."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """
    One column of a batch as it is to stand in the records.

    Attributes:
        texts: An Arrow array of texts without nulls. tail: what follows each: a delimiter, a record's end.
        room: Characters that are filled up with ``pad``; None for texts as they are, and none may have more.
        right: Whether the text stands behind what fills it up.
    """

    texts: Any
    tail: bytes
    room: int | None = None
    pad: str = " "
    right: bool = False


def assembled(fields: Sequence[Field]) -> memoryview:
    """The records of some rows, one behind the other, in UTF-8; ``fields`` are those of each record, in order."""
    parts = [_part(field) for field in fields]
    rows = len(fields[0].texts)
    ends = np.zeros(rows + 1, np.int64)
    for field, part in zip(fields, parts, strict=True):
        ends[1:] += np.diff(part.ends) + len(field.tail)
        if field.room is not None:
            ends[1:] += part.fills * len(field.pad.encode())
    np.cumsum(ends, out=ends)
    out = np.empty(int(ends[-1]), np.uint8)
    put, at = put_texts.pick(rows >= COMPILED_ROWS_MIN), ends[:-1]
    for field, part in zip(fields, parts, strict=True):
        put(part.data, part.ends, part.fills, field.right, field.pad.encode(), field.tail, out, at)
    release_pages()  # the first ones link the kernel
    made: memoryview = out.data
    return made


@kernel
def put_texts(
    data: Buffer, ends: Ints, fills: Ints, right: bool, pad: Buffer, tail: Buffer, out: Buffer, at: Ints
) -> None:
    """Write one field of each record where ``at`` says, and move that behind it; ``fills``: how often ``pad`` fills it."""
    for row in range(len(at)):
        place, fill = int(at[row]), int(fills[row])
        if right:
            place = put_pad(pad, fill, out, place)
        for i in range(int(ends[row]), int(ends[row + 1])):
            out[place] = data[i]
            place += 1
        if not right:
            place = put_pad(pad, fill, out, place)
        for i in range(len(tail)):
            out[place] = tail[i]
            place += 1
        at[row] = place


@kernel
def put_pad(pad: Buffer, times: int, out: Buffer, place: int) -> int:
    """Write ``pad`` some times; gives the place behind it."""
    if len(pad) == 1:
        byte = int(pad[0])
        for i in range(place, place + times):
            out[i] = byte
        return place + times
    for _ in range(times):
        for i in range(len(pad)):
            out[place] = pad[i]
            place += 1
    return place


def characters(texts: Any) -> NDArray[np.int32]:
    """How many each of an Arrow array of texts has; NULL has none."""
    import pyarrow.compute as pc

    data, ends = _buffers(texts)
    if not texts.null_count and int(data[ends[0] : ends[-1]].max(initial=0)) < 0x80:
        return np.diff(ends)
    counted: NDArray[np.int32] = pc.fill_null(pc.utf8_length(texts), 0).to_numpy()
    return counted


# Private functions


@dataclass(frozen=True)
class _Part:
    """Bytes of texts, where each ends (behind where the first begins), and how many characters fill each up."""

    data: NDArray[np.uint8]
    ends: NDArray[np.int32]
    fills: NDArray[np.int32]


def _part(field: Field) -> _Part:
    data, ends = _buffers(field.texts)
    if field.room is None:
        return _Part(data, ends, np.zeros(len(field.texts), np.int32))
    return _Part(data, ends, np.int32(field.room) - characters(field.texts))


def _buffers(texts: Any) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(data if data is not None else b"", np.uint8), ends
