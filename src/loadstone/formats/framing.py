"""
Rows of a reader as the byte stream that the tokenizer splits.

A record is ``origin FF value FF value FF FE``: the bytes FE and FF stand in no UTF-8 text, so no value can hold them and none
needs quotes. A row that cannot be read is ``origin FB reason FB text FE``: it lacks its fields, and the load refuses it with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from loadstone.formats.readers.model import Row

FIELD, RECORD, FAULT = b"\xff", b"\xfe", b"\xfb"
BLOCK_SIZE_BYTES = 1 << 18
"""About how many bytes of records are given at once."""

ORIGIN_CHARS_MAX = 1000
FAULT_TEXT_CHARS_MAX = 64 << 10
"""How much is kept of the text of a row that cannot be read."""


@dataclass(frozen=True)
class Frame:
    """
    One record, taken apart.

    Attributes:
        values: Text of each field, empty for NULL; of a row that cannot be read, its text alone.
        fault: Why it cannot be read; None for a row that can.
    """

    origin: str
    values: tuple[str, ...]
    fault: str | None = None


def framed(rows: Iterable[Row], chosen: Sequence[int | None]) -> Iterator[bytes]:
    """Blocks of whole records, with the ``chosen`` of the rows' columns in that order; None stands for no column."""
    parts: list[bytes] = []
    size = 0
    for row in rows:
        part = _record(row, chosen)
        parts.append(part)
        size += len(part)
        if size >= BLOCK_SIZE_BYTES:
            yield b"".join(parts)
            parts, size = [], 0
    yield b"".join(parts)


def unframed(record: bytes) -> Frame:
    """The parts of one record, with its end or without."""
    body = record.removesuffix(RECORD)
    if FAULT in body:
        origin, reason, text = (part.decode("utf-8", "replace") for part in body.split(FAULT))
        return Frame(origin, (text,), reason)
    origin, *values = (part.decode("utf-8", "replace") for part in body.removesuffix(FIELD).split(FIELD))
    return Frame(origin, tuple(values))


def unframed_rows(blocks: Iterable[bytes]) -> Iterator[Row]:
    """The rows of blocks of framed records, which may be cut anywhere; an empty value is None."""
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(RECORD)
        for record in whole:
            frame = unframed(record)
            yield Row(frame.origin, tuple(value or None for value in frame.values), frame.fault)


# Private functions


def _record(row: Row, chosen: Sequence[int | None]) -> bytes:
    values = row.values
    if row.fault is None:
        try:
            cells = [b"" if n is None or (value := values[n]) is None else value.encode() for n in chosen]
            return b"\xff".join([row.origin[:ORIGIN_CHARS_MAX].encode(), *cells, b"\xfe"])
        except UnicodeEncodeError as error:
            half = f"a value holds half a character (U+{ord(error.object[error.start]):04X})"
            row = Row(row.origin, (" ".join(value or "" for value in values),), half)
    text = (row.values[0] or "")[:FAULT_TEXT_CHARS_MAX] if row.values else ""
    parts = (row.origin[:ORIGIN_CHARS_MAX], row.fault or "", text)
    return FAULT.join(part.encode("utf-8", "replace") for part in parts) + RECORD
