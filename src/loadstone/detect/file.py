"""
The story of detection: container, character set, format by name, dialect, table, columns; each answer with its evidence.

Nothing here raises for what a file holds: a file that cannot be understood is ``unknown``, with the reason.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

from .charset import Charset, find_charset
from .containers import Unpacked, unpack
from .kinds import binary_kind, text_kind
from .mainframe import framing_of
from .model import Alternative, Detection
from .signatures import find_name
from .text import read_text

HEAD_BYTES = 64 * 1024 * 1024
"""A file up to this size is looked at as a whole; of a larger one, its first part."""


def detect_file(path: str | Path, *, names: Sequence[str] = ()) -> Detection:
    """What the file at ``path`` is; ``names`` as of ``detect_bytes``. Raises OSError where it cannot be read."""
    with Path(path).open("rb") as handle:
        data = handle.read(HEAD_BYTES + 1)
    whole = len(data) <= HEAD_BYTES
    return detect_bytes(data[:HEAD_BYTES], str(path), whole=whole, names=names)


def detect_bytes(data: bytes, path: str = "", *, whole: bool = True, names: Sequence[str] = ()) -> Detection:
    """
    What bytes are.

    Args:
        whole: Whether they are all of the file.
        names: Names of the columns of a file that came before from the same sender: a row that holds them is the header.
    """
    began = time.perf_counter()
    found = Detection(path)
    content = unpack(data, whole=whole)
    found.containers = list(content.chain)
    found.evidence += content.notes
    if content.member:
        found.evidence.append(f"the file inside is {content.member!r}")
        found.member, found.single = content.member, content.single
    _content(found, content, names)
    found.confidence = round(min(max(found.confidence, 0.0), 1.0), 4)
    found.duration_ms = round(1000 * (time.perf_counter() - began), 3)
    return found


# Private functions


def _content(found: Detection, content: Unpacked, names: Sequence[str]) -> None:
    data = content.data
    if not data:
        if content.chain and content.notes:
            found.format, found.confidence = "unknown", 0.5
        else:
            found.format, found.confidence, found.has_header = "empty", 0.99, False
            found.evidence.append("there is not one byte in it")
        return
    kind = binary_kind(data)
    if kind is not None:
        found.format, found.confidence = kind, 0.995
        found.evidence.append(f"its signature is that of {kind}")
        return
    charset = find_charset(data, whole=content.whole)
    found.encoding = charset.name
    found.evidence.append(charset.evidence)
    text = _decode(data, charset)
    if "mainframes" in charset.evidence and (_is_binary_ebcdic(text) or _is_binary(text)):
        _mainframe(found, charset, text)
        return
    if _is_binary(text):
        _binary(found, content, text)
        return
    _text(found, text, charset, whole=content.whole, names=names)


def _decode(data: bytes, charset: Charset) -> str:
    try:
        return data.decode(charset.name, "replace").lstrip("\ufeff")
    except LookupError:
        return data.decode("cp1252", "replace")


def _is_binary_ebcdic(text: str) -> bool:
    """Whether mainframe records hold numbers that are no characters, or have no line ends."""
    head = text[:8192]
    controls = sum(
        letter < " " and letter not in "\r\n\t\x01\x1e\x1f" or "\x80" <= letter < "\xa0" and letter != "\x85"
        for letter in head
    )
    return controls > 0.01 * len(head) or len(text) > 400 and not re.search("[\n\r\x85]", text[:65536])


def _is_binary(text: str) -> bool:
    head = text[:8192]
    controls = sum(
        letter < " "
        and letter not in "\r\n\t\f\v\x1a\x01\x02\x1c\x1d\x1e\x1f\x07\x1b\x08"
        or letter == "\ufffd"
        for letter in head
    )
    return controls > 0.03 * len(head) and controls > 2 or head.count("\0") > max(1, 0.002 * len(head))


def _mainframe(found: Detection, charset: Charset, text: str) -> None:
    named = find_name(text)
    if named is not None:
        found.format, found.variant, found.confidence = named.name, named.variant, 0.9 * named.confidence
        found.evidence.append(named.evidence)
        return
    found.format, found.confidence = "ebcdic_cobol", 0.9
    found.evidence.append("records of a mainframe: a copybook is needed to read their numbers")


def _binary(found: Detection, content: Unpacked, text: str) -> None:
    named = find_name(text)
    if named is not None:
        found.format, found.variant, found.confidence = named.name, named.variant, named.confidence
        found.evidence.append(named.evidence)
        return
    framing = framing_of(content.data, whole=content.whole)
    if framing is not None:
        found.format, found.variant, found.confidence = "ebcdic_cobol", framing, 0.9
        found.evidence.append(
            f"descriptors ({framing}) lead from record to record, whose text is {found.encoding}: a copybook is needed to read their numbers"
        )
        return
    found.format, found.encoding, found.confidence = "unknown", None, 0.6
    found.evidence.append("bytes that are no text, with no signature that we know")


def _text(found: Detection, text: str, charset: Charset, *, whole: bool, names: Sequence[str]) -> None:
    if not text.strip():
        found.format, found.confidence, found.has_header = "empty", 0.95, False
        found.evidence.append("there are blanks and line ends only")
        return
    named = find_name(text)
    if named is not None:
        found.format, found.variant = named.name, named.variant
        found.confidence = named.confidence * charset.confidence
        found.evidence.append(named.evidence)
        read_text(found, text, whole=whole, fixed_only=True)
        return
    kind = text_kind(text)
    if kind is not None:
        found.format, found.confidence = kind, 0.99 * charset.confidence
        found.evidence.append(f"it parses as {kind}")
        return
    read_text(found, text, whole=whole, names=names)
    found.confidence *= charset.confidence
    found.alternatives += [
        Alternative(f"character set {name}", chance) for name, chance in charset.others[:2]
    ]
