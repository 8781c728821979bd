"""
Which code page of mainframes a text is written in: by the bytes that the pages read in different ways.

Digits, plain letters and most punctuation are the same in all of them. Where they differ, a page is right when letters stand in words
of its language, and signs do not: ``J}rgen`` is German text in an English page, ``Ü4711Ü`` English text in a Turkish one.
"""

from __future__ import annotations

import io
from functools import cache
from itertools import islice

from loadstone.errors import FixFile

from .alphabets import EBCDIC, LETTERS
from .parting import PARTING, parting_bytes
from .plausible import plausibility

PLACES_MAX = 3000
"""Places with such bytes that are looked at."""

ORDER = 0.01
"""What a page loses for each more common one ahead of it."""

LEAST = 4
"""Places fewer than these prove less."""

RECORDS_LEAST, RECORDS_MAX = 3, 1000
"""So many descriptors must lead from record to record, and no more are followed."""

_SIGNS = {
    "|": 0.6,
    '"': 0.6,
    "#": 0.4,
    "@": 0.4,
    "$": 0.4,
    "~": 0.4,
    "^": 0.3,
    "!": 0.2,
    "'": 0.6,
    "\\": 0.2,
    "_": 0.6,
}
"""How likely signs are outside words, 0 to 1; others have 0.1."""


def rank_mainframe(data: bytes) -> list[tuple[float, str]]:
    """Pages by how likely their text is, best first: about -1 to 1, and the name."""
    import ebcdic  # noqa: F401 - registers the code pages that Python lacks

    different = _different()
    marks = parting_bytes(data, different)
    places = [at for at, byte in enumerate(data) if byte in different and byte not in marks][:PLACES_MAX]
    words = data.translate(bytes(0x40 if byte in marks else byte for byte in range(256)))
    scored = []
    for order, (name, languages) in enumerate(EBCDIC.items()):
        try:
            text, parting = words.decode(name), marks.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        own = frozenset("".join(LETTERS[language] for language in languages))
        worth = sum(_worth(text, at, own) for at in places) / max(len(places), LEAST)
        worth += PARTED * sum(map(_parts, parting)) / max(len(marks), 1)
        scored.append((worth + WORDS * plausibility(text, languages) - ORDER * order, name))
    return sorted(scored, reverse=True)


def framing_of(data: bytes, *, whole: bool = True) -> str | None:
    """How the records of mainframe data are told apart, where descriptors lead from the first to the end; None where none do."""
    # slow to load, and seldom needed
    from loadstone.formats.readers.copybook.frames import Framing, frames_of

    for framing in (Framing.BDW, Framing.RDW, Framing.RDW_EXCLUSIVE, Framing.RDW_LITTLE):
        seen = 0
        try:
            for _ in islice(frames_of(io.BytesIO(data), framing, size=0, name=""), RECORDS_MAX):
                seen += 1
        except FixFile as error:
            if whole or error.code != "LS-2051":
                continue  # what ends within a record is cut off where not all of the file is here
        if seen >= RECORDS_LEAST:
            return framing.value
    return None


# Private functions

WORDS = 0.3
"""What the plausibility of words counts beside that of places."""

PARTED = 0.5
"""What it counts that the byte between fields is a mark that fields are parted by."""


def _parts(letter: str) -> float:
    """How likely a character parts fields, -1 to 1."""
    return 1.0 if letter in PARTING else -1.0 if letter.isalnum() else 0.0


@cache
def _different() -> frozenset[int]:
    """Bytes that the pages read in different ways."""
    import ebcdic  # noqa: F401

    every = bytes(range(256))
    pages = [every.decode(name, "replace") for name in EBCDIC]
    return frozenset(byte for byte in every if len({page[byte] for page in pages}) > 1)


def _worth(text: str, at: int, own: frozenset[str]) -> float:
    """How well the character at a place goes with its neighbours."""
    letter = text[at]
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    inside = before.isalpha() + after.isalpha()
    if letter.isalpha():
        if letter.isascii():
            return 0.5
        if letter.lower() not in own:
            return -1.0
        if not inside:
            return -0.5
        if letter.isupper() and before.isalpha() and before.islower():
            return -1.0
        return 1.0 if inside == 2 or not (before + after).strip(" ").isdigit() else 0.3
    if not letter.isascii():
        return -0.3 if inside < 2 else -1.0
    if letter.isspace() or not letter.isprintable():
        return -0.5
    worth = _SIGNS.get(letter, 0.1)
    return worth if inside < 2 or letter in "'@_" else worth - 0.8
