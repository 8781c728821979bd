"""Bytes of a control file to text, and places in the text back to bytes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from loadstone.errors import FixSpec, Place
from loadstone.spec.charsets import CODECS

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_NO_COMMENT = rb"^(?:[^-\n]|-(?!-))*?"
_BEGINDATA = re.compile(_NO_COMMENT + rb"\bBEGINDATA\b", re.IGNORECASE | re.MULTILINE)
_CHARACTERSET = re.compile(_NO_COMMENT + rb"\bCHARACTERSET\s+['\"]?([\w-]+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Locale:
    """
    What the surroundings say about a control file that has no byte order mark.

    Attributes:
        charset: Oracle's name of the client's character set, as NLS_LANG gives it; None where it gives none.
        likely: Oracle's name of the character set that bytes look like, None where they look like code page 1252.
    """

    charset: str | None = None
    likely: Callable[[bytes], str | None] | None = None


PLAIN = Locale()
"""Surroundings that say nothing."""


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
        """The bytes from ``offset`` of the text on; it must not lie behind the start of the data."""
        body = self.data[self.mark_bytes :]
        # Some sets write one character in two ways: only decoding tells how many bytes stood there.
        sizes = range(len(body) + 1)
        size = bisect_left(sizes, offset, key=lambda size: len(body[:size].decode(self.encoding, "ignore")))
        return body[size:]


def decoded(data: bytes, path: str, locale: Locale = PLAIN) -> Source:
    """
    Decode a control file: by its byte order mark; else in the client's character set, as SQL*Loader does.

    Where NLS_LANG names none, or one that does not fit: as UTF-8, else in the set of the CHARACTERSET clause, else in
    the one that the bytes look like, else in Windows code page 1252. Data after BEGINDATA may be in another set.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data, path, encoding, len(mark), locale)
    unmarked = _utf16_without_mark(data)
    if unmarked:
        return _marked(data, path, unmarked, 0, locale)
    return _statements(data, 0, locale)


# Private functions


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 shows as a zero byte beside each of the first ASCII characters."""
    head = data[:8]
    if len(head) < 4:
        return None
    if not any(head[0::2]):
        return "utf-16-be"
    return None if any(head[1::2]) else "utf-16-le"


def _marked(data: bytes, path: str, encoding: str, size: int, locale: Locale) -> Source:
    try:
        return Source(data, data[size:].decode(encoding), encoding, size)
    except UnicodeDecodeError as error:
        if encoding == "utf-8":
            return _statements(data, size, locale, marked=True)
        message = (
            f"the control file is not valid {encoding.upper()}: {error.reason} at byte {size + error.start}"
        )
        raise FixSpec("LS-1032", message, Place(file=path), hints=["save the file as UTF-8"]) from error


def _statements(data: bytes, mark_bytes: int, locale: Locale, *, marked: bool = False) -> Source:
    """The first set that fits all bytes, or else the statements; of data behind those only the length counts."""
    body = data[mark_bytes:]
    found = _BEGINDATA.search(body)
    stop = found.end() if found else len(body)
    for encoding in _candidates(body[:stop], locale, marked=marked):
        for size in (len(body), stop):
            try:
                text = body[:size].decode(encoding)
            except UnicodeDecodeError:
                continue
            return Source(data, text + body[size:].decode("latin-1"), encoding, mark_bytes)
    raise AssertionError("Latin 1 has a character for each byte")


def _candidates(head: bytes, locale: Locale, *, marked: bool) -> Iterator[str]:
    """Codecs to try, the likeliest first; a mark of UTF-8 outweighs NLS_LANG."""
    if head.isascii() or marked:
        yield "utf-8"
    yield from _codec(locale.charset)
    yield "utf-8"
    clause = _CHARACTERSET.search(head)
    if clause is not None:
        yield from _codec(clause.group(1).decode("ascii", "ignore"))
    if locale.likely is not None:
        yield from _codec(locale.likely(head))
    yield "cp1252"
    # Five bytes have no character in code page 1252; every byte has one in Latin 1.
    yield "latin-1"


def _codec(name: str | None) -> Iterator[str]:
    """The codec of Oracle's ``name``; none where statements cannot be in it: EBCDIC, or two bytes a character."""
    codec = CODECS.get((name or "").upper())
    try:
        if codec is not None and b"LOAD DATA".decode(codec, "replace") == "LOAD DATA":
            yield codec
    except LookupError:
        return
