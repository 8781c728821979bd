"""Where the bytes of an input come from: as they stand in its file, or as a reader's rows make them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from loadstone.formats.content import Content
from loadstone.formats.inputs import open_input, size_of
from loadstone.spec import Reading


@dataclass(frozen=True)
class Structured:
    """
    A file whose rows a reader gives, as a stream of framed records.

    Attributes:
        names: Names of the fields that are wanted, in the order of the stream.
    """

    content: Content
    reading: Reading
    names: tuple[str, ...]


Source = str | bytes | Content | Structured
"""A file by path, bytes, a member of an archive, or a file with its reading."""


def open_source(source: Source) -> IO[bytes]:
    """
    The bytes that records are cut from: decompressed, or framed by a reader; the same ones each time.

    Raises:
        FixFile: LS-2001 no such file; LS-2002 it cannot be read; what its reader says.
    """
    if isinstance(source, Content):
        return source.open()
    if not isinstance(source, Structured):
        return open_input(source)
    from loadstone.formats.choose import chosen_columns, lacks_column
    from loadstone.formats.framing import framed
    from loadstone.formats.readers.opening import open_reader

    reader = open_reader(source.content, source.reading)
    widen = getattr(reader, "widen", None)
    if widen is not None and lacks_column(reader.columns, source.names, source.reading):
        widen()
    chosen = chosen_columns(reader.columns, source.names, source.reading, source.content.name)
    quick = getattr(reader, "framed", None)
    blocks = quick(chosen) if quick is not None else framed(reader, chosen)
    return io.BufferedReader(_Blocks(blocks, getattr(reader, "close", None)), 1 << 18)


def source_size_bytes(source: Source) -> int | None:
    """Bytes of the stream, for showing what is left; None where only its end tells."""
    return None if isinstance(source, Content | Structured) else size_of(source)


# Private functions


class _Blocks(io.RawIOBase):
    """A stream over blocks of bytes."""

    def __init__(self, blocks: Iterator[bytes], end: Callable[[], None] | None) -> None:
        self._blocks, self._end = blocks, end
        self._ready, self._at, self._given = memoryview(b""), 0, 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        """Fill ``target`` as far as the block at hand does."""
        while self._at == len(self._ready):
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._ready, self._at = memoryview(block), 0
        size = min(len(target), len(self._ready) - self._at)
        target[:size] = self._ready[self._at : self._at + size]
        self._at += size
        self._given += size
        return size

    def tell(self) -> int:
        """Bytes that were given."""
        return self._given

    def close(self) -> None:
        """End the reader with the stream."""
        if self._end is not None:
            self._end()
        super().close()
