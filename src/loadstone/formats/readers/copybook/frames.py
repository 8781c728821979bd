"""Records of a stream: of one size, with their length in front (RDW), in blocks (BDW), or lines."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from loadstone.errors import FixFile, Place

from ..lines import read_lines
from ..model import Readable

BLOCK_BYTES = 1 << 18


class Framing(StrEnum):
    """
    How records are told apart.

    ``rdw`` is the record descriptor word of variable records, two bytes with the length of it and the record, two of zeros; in
    ``rdw-exclusive`` the length is the record's alone; in ``rdw-little`` it is that too, in the last two bytes, the lower first; ``bdw`` has
    blocks of ``rdw``.
    """

    FIXED = "fixed"
    RDW = "rdw"
    RDW_EXCLUSIVE = "rdw-exclusive"
    RDW_LITTLE = "rdw-little"
    BDW = "bdw"
    LINES = "lines"


def frames_of(
    stream: Readable, framing: Framing, *, size: int, skip_bytes: int = 0, name: str
) -> Iterator[bytes]:
    """
    Each record's bytes; ``size`` is that of fixed ones; the first ``skip_bytes`` are a header of the file.

    Raises:
        FixFile: LS-2051 the file ends within a record; LS-2052 a length that cannot be.
    """
    source = _Source(stream, name)
    if skip_bytes:
        source.take(skip_bytes)
    if framing is Framing.FIXED:
        while (record := source.take(size, end=True)) is not None:
            yield record
    elif framing is Framing.LINES:
        for _, line in read_lines(source, name=name):
            yield line
    elif framing is Framing.BDW:
        while (word := source.take(4, end=True)) is not None:
            yield from _records_of_block(source, word)
    else:
        while (word := source.take(4, end=True)) is not None:
            yield source.take(_length(word, framing, source)) or b""


# Private functions


class _Source:
    """A stream that gives so many bytes, and knows where it is."""

    def __init__(self, stream: Readable, name: str) -> None:
        self._stream, self._name = stream, name
        self._held, self._at = b"", 0
        self.offset = 0

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes."""
        if self._at < len(self._held):
            found = self._held[self._at :]
            self._at = len(self._held)
            return found
        return self._stream.read(size)

    def take(self, size: int, *, end: bool = False) -> bytes | None:
        """``size`` bytes; None at the end of the file where that is fine."""
        while len(self._held) - self._at < size:
            block = self._stream.read(max(BLOCK_BYTES, size))
            if not block:
                left = len(self._held) - self._at
                if end and not left:
                    return None
                raise self.error("LS-2051", f"the file ends with {left} bytes of {size}")
            self._held, self._at = self._held[self._at :] + block, 0
        found = self._held[self._at : self._at + size]
        self._at += size
        self.offset += size
        return found

    def error(self, code: str, fact: str) -> FixFile:
        """An error at this place."""
        return FixFile(code, f"byte {self.offset:,}: {fact}", Place(file=self._name))


def _length(word: bytes, framing: Framing, source: _Source) -> int:
    if framing is Framing.RDW_LITTLE:
        length, zeros = int.from_bytes(word[2:], "little"), word[:2]
    else:
        length, zeros = int.from_bytes(word[:2], "big"), word[2:]
        length -= 4 if framing is Framing.RDW else 0
    if length <= 0 or zeros != b"\0\0":
        raise source.error("LS-2052", f"x'{word.hex().upper()}' is no descriptor of a whole record")
    return length


def _records_of_block(source: _Source, word: bytes) -> Iterator[bytes]:
    left = int.from_bytes(word, "big") & 0x7FFFFFFF if word[0] & 0x80 else int.from_bytes(word[:2], "big")
    left -= 4
    if left < 5:
        raise source.error("LS-2052", f"x'{word.hex().upper()}' is no descriptor of a block")
    while left:
        length = _length(source.take(4) or b"", Framing.RDW, source)
        left -= 4 + length
        if left < 0:
            raise source.error("LS-2052", "a record is longer than its block")
        yield source.take(length) or b""
