"""Lines of a binary stream in flat memory: their numbers, whatever ends them, and a limit to their length."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from loadstone.errors import FixFile, Place

from .model import Readable

BLOCK_BYTES = 1 << 18
LINE_BYTES_MAX = 1 << 20
"""Longer lines are refused: no format of banks has any."""

_ESCAPED = re.compile("[\udc80-\udcff]")
_MARKS = b"\xef\xbb\xbf"


class Pushed:
    """A stream whose first bytes were read already, and are read again."""

    def __init__(self, head: bytes, stream: Readable) -> None:
        self._head = io.BytesIO(head)
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes."""
        return self._head.read(size) or self._stream.read(size)


def peek(stream: Readable, size: int) -> tuple[bytes, Pushed]:
    """The first ``size`` bytes, fewer where the file ends, without a UTF-8 byte order mark; and the stream from there again."""
    head = b""
    while len(head) < size and (block := stream.read(size - len(head))):
        head += block
    head = head.removeprefix(_MARKS)
    return head, Pushed(head, stream)


def read_lines(stream: Readable, *, name: str) -> Iterator[tuple[int, bytes]]:
    """
    Each line with its 1-based number, without LF, CR LF or CR; a Ctrl-Z at the end of the file is none.

    Raises:
        FixFile: LS-2053 a line is longer than ``LINE_BYTES_MAX``.
    """
    rest = b""
    mark: bytes | None = None
    line = 0
    while block := stream.read(BLOCK_BYTES):
        rest += block
        mark = mark or _line_end(rest)
        if mark is not None:
            *whole, rest = rest.split(mark)
            for text in whole:
                line += 1
                yield line, text.rstrip(b"\r")
        if len(rest) > LINE_BYTES_MAX:
            raise FixFile(
                "LS-2053",
                f"the line is longer than {LINE_BYTES_MAX:,} bytes",
                Place(file=name, line=line + 1),
            )
    for text in rest.rstrip(b"\x1a").splitlines():
        line += 1
        yield line, text


def decode(raw: bytes, encoding: str) -> str:
    """Text of a line; bytes that are none stand in it as surrogates, until ``garbled`` tells of them."""
    return raw.decode(encoding, "surrogateescape")


def garbled(text: str, encoding: str) -> str | None:
    """Why a text that ``decode`` gave cannot be taken; None for a good one."""
    if text.isascii():
        return None
    found = _ESCAPED.search(text)
    if found is None:
        return None
    return f"byte 0x{ord(found[0]) - 0xDC00:02X} is not of character set {encoding}"


def shown(text: str) -> str:
    """A text that ``decode`` gave, with a mark instead of each byte that is no text."""
    return text if text.isascii() else _ESCAPED.sub("\ufffd", text)


# Private functions


def _line_end(text: bytes) -> bytes | None:
    """What ends the lines of a file; None while that cannot be told."""
    if b"\n" in text:
        return b"\n"
    return b"\r" if b"\r" in text[:-1] else None
