"""A stream that ends a reader whose records grow without end."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import IO

from loadstone.errors import FixFile, Place
from loadstone.formats.content import Content

RECORD_SIZE_MAX_BYTES = 64 << 20
"""The most that may stand between two records."""


class Guarded:
    """
    Bytes of a content for a parser that reads by itself.

    Raises:
        FixFile: LS-2021 when more than 64 MiB were read since the last ``record()``.
    """

    def __init__(self, content: Content, what: str, *, recodes: bool = True) -> None:
        self._stream, self._name, self._what = content.open(), content.name, what
        self._since = 0
        self._recode = _recoder(self._stream) if recodes else None
        self._head = b""
        if self._recode is None:
            self._head = self._stream.read(3).removeprefix(codecs.BOM_UTF8)

    def read(self, size: int = -1) -> bytes:
        """The next bytes; as UTF-8 where the file is UTF-16 and ``recodes`` asks for that."""
        if self._since > RECORD_SIZE_MAX_BYTES:
            raise FixFile(
                "LS-2021",
                f"{self._name}: no {self._what} ends within {RECORD_SIZE_MAX_BYTES >> 20} MiB",
                Place(file=self._name),
                hints=["is it the right path, in the right file?"],
            )
        if size == 0:
            return b""
        data = self._head or self._stream.read(size)
        self._head = b""
        self._since += len(data)
        return self._recode(data) if self._recode is not None else data

    def record(self) -> None:
        """A record was read."""
        self._since = 0

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


# Private functions


def _recoder(stream: IO[bytes]) -> Callable[[bytes], bytes] | None:
    """What makes UTF-8 of UTF-16, where the byte order mark says that it is."""
    peek = getattr(stream, "peek", None)
    if peek is None or peek(2)[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return None
    decoder = codecs.getincrementaldecoder("utf-16")()
    return lambda data: decoder.decode(data, not data).encode()
