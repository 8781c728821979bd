"""
The tags of OFX with the text behind each, from SGML without end tags as well as from XML; nothing is expanded but characters.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from loadstone.errors import FixFile, Place

from ..lines import LINE_BYTES_MAX, peek
from ..model import Readable

BLOCK_BYTES = 1 << 18
HEAD_BYTES = 4096

_TOKEN = re.compile(
    r"<(/?)([A-Za-z][A-Za-z0-9_.:]*)(?:\s[^<>]*)?(/?)>((?:[^<]+|<!\[CDATA\[.*?\]\]>|<!--.*?-->|<(?![A-Za-z/!?]))*)",
    re.DOTALL,
)
"""A tag and its text: a ``<`` that begins no tag is of the text, as programs write it that escape nothing."""

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
"""An entity with its end: a bare & before letters is a bare &, though HTML takes ``&REG`` for a sign."""

_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_COMMENT = re.compile(r"(<!\[CDATA\[.*?\]\]>)|<!--.*?-->", re.DOTALL)
_OPENINGS = (("<![CDATA[", "]]>"), ("<!--", "-->"))
_BODY = re.compile(rb"<(?:[A-Za-z]\w*:)?OFX\b", re.IGNORECASE)
_CHARSETS = {"1252": "cp1252", "ISO-8859-1": "iso8859-1", "8859-1": "iso8859-1", "NONE": "ascii", "": "ascii"}


class Tag(NamedTuple):
    """A tag: its name in capitals, the text behind it, the line it begins on, and whether it ends an element."""

    name: str
    text: str
    line: int
    ends: bool


def tags_of(stream: Readable, *, name: str, encoding: str | None) -> tuple[str, Iterator[Tag]]:
    """
    The character set that the head names, unless ``encoding`` does, and the tags.

    Raises:
        FixFile: LS-2050 there is no OFX element near the start, a document type, or an unknown character set; LS-2053 a tag without end.
    """
    head, stream = peek(stream, HEAD_BYTES)
    body = _BODY.search(head)
    if body is None:
        raise FixFile("LS-2050", "there is no element OFX near its start", Place(file=name))
    if b"<!DOCTYPE" in head[: body.start()].upper():
        raise FixFile("LS-2050", "it has a document type, which no OFX file has", Place(file=name))
    charset = encoding or _charset(head[: body.start()].decode("ascii", "replace"))
    try:
        "<OFX>".encode(charset)
    except (LookupError, UnicodeError):  # of bytes into bytes, such as hex, too
        raise FixFile("LS-2050", f"its head names the character set {charset!r}", Place(file=name)) from None
    if "\0" in "<".encode(charset).decode(
        "latin-1"
    ):  # the head, read as bytes, cannot be in a set that it says so wide
        charset = "utf-8"
    return charset, _tags(stream, name=name, charset=charset)


# Private functions


def _charset(head: str) -> str:
    """OFX 1 has ENCODING and CHARSET lines, OFX 2 what XML says."""
    if "OFXHEADER:" in head.upper():
        found = {
            key.strip().upper(): value.strip().upper()
            for key, _, value in (line.partition(":") for line in head.replace("\r", "\n").split("\n"))
        }
        if found.get("ENCODING") in ("UNICODE", "UTF-8"):
            return "utf-8"
        charset = found.get("CHARSET", "")
        return _CHARSETS.get(charset, charset)
    named = re.search(r"encoding\s*=\s*[\"']([\w.-]+)", head)
    return named[1] if named else "utf-8"


def _tags(stream: Readable, *, name: str, charset: str) -> Iterator[Tag]:
    decoder = codecs.getincrementaldecoder(charset)("surrogateescape")
    text, line, ended = "", 1, False
    while not ended:
        block = stream.read(BLOCK_BYTES)
        ended = not block
        text += decoder.decode(block, ended)
        at = 0
        limit = len(text) + 1 if ended else _whole(text)
        while (found := _TOKEN.search(text, at)) and found.end() < limit:
            line += text.count("\n", at, found.start())
            yield Tag(found[2].upper(), _plain(found[4]), line, found[1] == "/")
            line += text.count("\n", found.start(), found.end())
            at = found.end()
        text = text[at:]
        if len(text) > LINE_BYTES_MAX + BLOCK_BYTES:
            raise FixFile("LS-2053", f"a tag has no end within {LINE_BYTES_MAX:,} characters", Place(file=name, line=line))  # fmt: skip


def _whole(text: str) -> int:
    """Up to where a block is understood: its last tag, and a comment or a CDATA that is open, may go on in the next one."""
    limit = text.rfind("<")
    for opening, closing in _OPENINGS:
        begun = text.rfind(opening)
        if begun >= 0 and text.find(closing, begun) < 0:
            limit = min(limit, begun)
    return limit


def _plain(text: str) -> str:
    if "<" in text:
        text = _COMMENT.sub(lambda found: found[1] or "", text)
        text = _CDATA.sub(lambda found: found[1].replace("&", "&amp;"), text)
    text = text.strip()
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text
