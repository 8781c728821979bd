"""Bytes of a control file to text, and places in the text back to bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from loadstone.errors import FixSpec, Place

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BEGINDATA = re.compile(rb"\bBEGINDATA\b", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """
    A control file, decoded.

    Attributes:
        data: All bytes.
        text: The control statements, decoded, and the data after them in some decoding.
        encoding: Character set of the statements.
        mark_bytes: Bytes of the byte order mark.
    """

    data: bytes
    text: str
    encoding: str
    mark_bytes: int

    def tail(self, offset: int) -> bytes:
        """The bytes from ``offset`` of the text on."""
        return self.data[self.mark_bytes + len(self.text[:offset].encode(self.encoding)) :]


def decoded(data: bytes, path: str) -> Source:
    """
    Decode a control file: by its byte order mark, else as UTF-8, else as Windows code page 1252.

    Data after BEGINDATA may be in another character set than the statements.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data, path, encoding, len(mark))
    unmarked = _utf16_without_mark(data)
    if unmarked:
        return _marked(data, path, unmarked, 0)
    try:
        return Source(data, data.decode(), "utf-8", 0)
    except UnicodeDecodeError:
        return _mixed(data)


# Private functions


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 shows as a zero byte beside each of the first ASCII characters."""
    head = data[:8]
    if len(head) < 4:
        return None
    if not any(head[0::2]):
        return "utf-16-be"
    return None if any(head[1::2]) else "utf-16-le"


def _marked(data: bytes, path: str, encoding: str, size: int) -> Source:
    try:
        return Source(data, data[size:].decode(encoding), encoding, size)
    except UnicodeDecodeError as error:
        if encoding == "utf-8":
            return _with_mark(data, size)
        message = (
            f"the control file is not valid {encoding.upper()}: {error.reason} at byte {size + error.start}"
        )
        raise FixSpec("LS-1032", message, Place(file=path), hints=["save the file as UTF-8"]) from error


def _with_mark(data: bytes, size: int) -> Source:
    mixed = _mixed(data[size:])
    return Source(data, mixed.text, mixed.encoding, size)


def _mixed(data: bytes) -> Source:
    """Statements in UTF-8 or code page 1252, then data of which only the length in bytes counts."""
    found = _BEGINDATA.search(data)
    stop = found.end() if found else len(data)
    try:
        return Source(data, data[:stop].decode() + data[stop:].decode("latin-1"), "utf-8", 0)
    except UnicodeDecodeError:
        return _single_byte(data)


def _single_byte(data: bytes) -> Source:
    encoding = "cp1252"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        # Five bytes have no character in code page 1252; every byte has one in Latin 1.
        encoding = "latin-1"
        text = data.decode(encoding)
    return Source(data, text, encoding, 0)
