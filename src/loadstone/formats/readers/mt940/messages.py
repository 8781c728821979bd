"""Fields of messages, one behind the other: within the SWIFT envelope or bare, with what banks' mailers put between."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .layout import TAGS

FIELD_LINES_MAX = 10_000

START, END = "{", "}"
"""In the place of a tag: an envelope begins (its text is type and sender), and a message ends."""

_TAG = re.compile(r":([0-9]{2}[A-Z]?|NS):")
_ENVELOPE = re.compile(r"\{1:[A-Z]\d\d([A-Z0-9]{8,12})[^}]*\}")
_TYPE = re.compile(r"\{2:[IO](\d{3})")


class Field(NamedTuple):
    """A field: its tag, the line it begins on, its text with its further lines; START and END have no tag."""

    tag: str
    line: int
    text: str


def fields_of(lines: Iterable[tuple[int, str]]) -> Iterator[Field]:
    """All fields, in order; lines outside of a message are left out, as are messages' other blocks."""
    tag, began, texts = "", 0, list[str]()
    for line, text in lines:
        at = text.find("{1:") if "{" in text else -1
        if at >= 0 and text[:at].strip("\x01\x03$ -}\x00") == "":
            if tag:
                yield Field(tag, began, "\n".join(texts))
                tag = ""
            yield Field(START, line, _envelope(text))
            _, block, text = text.partition("{4:")
            if not block or not text:
                continue
        if text.startswith("-"):
            ending = text.rstrip()
            if ending == "-" or ending.startswith("-}"):
                if tag:
                    yield Field(tag, began, "\n".join(texts))
                    tag = ""
                yield Field(END, line, "")
                continue
        found = _TAG.match(text) if text.startswith(":") else None
        if found is not None and found[1] in TAGS:
            if tag:
                yield Field(tag, began, "\n".join(texts))
            tag, began, texts = found[1], line, [text[found.end() :]]
        elif tag and len(texts) < FIELD_LINES_MAX:
            texts.append(text)
    if tag:
        yield Field(tag, began, "\n".join(texts))


def envelope_parts(text: str) -> tuple[str | None, str | None]:
    """Type and sender of a START."""
    kind, _, sender = text.partition(" ")
    return kind or None, sender or None


# Private functions


def _envelope(text: str) -> str:
    kind, sender = _TYPE.search(text), _ENVELOPE.search(text)
    bic = sender[1][:8] + sender[1][9:12] if sender and len(sender[1]) == 12 else sender[1] if sender else ""
    return f"{kind[1] if kind else ''} {bic}"
