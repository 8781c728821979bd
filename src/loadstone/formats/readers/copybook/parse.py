"""Reads a copybook: sentences of clauses, in the columns 7 to 72 of cards or free, into items."""

from __future__ import annotations

import re
from collections.abc import Callable

from loadstone.errors import FixSpec, Place

from .items import Item, Sign, Usage, picture_of

ITEMS_MAX = 20_000
OCCURS_MAX = 100_000
RECORD_BYTES_MAX = 16 << 20
"""The longest record: beyond it a copybook is surely wrong."""

_USAGES = {
    "DISPLAY": Usage.DISPLAY, "COMP": Usage.BINARY, "COMPUTATIONAL": Usage.BINARY, "BINARY": Usage.BINARY,
    "COMP-1": Usage.FLOAT, "COMPUTATIONAL-1": Usage.FLOAT, "COMP-2": Usage.DOUBLE, "COMPUTATIONAL-2": Usage.DOUBLE,
    "COMP-3": Usage.PACKED, "COMPUTATIONAL-3": Usage.PACKED, "PACKED-DECIMAL": Usage.PACKED,
    "COMP-4": Usage.BINARY, "COMPUTATIONAL-4": Usage.BINARY, "COMP-5": Usage.BINARY, "COMPUTATIONAL-5": Usage.BINARY,
    "COMP-6": Usage.PACKED_UNSIGNED, "NATIONAL": Usage.NATIONAL,
}  # fmt: skip
_WORD = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s\"']+")
_DIGITS = re.compile(r"\d{1,9}")


def parse_copybook(text: str, *, name: str = "copybook") -> list[Item]:
    """
    The records of a copybook: its items of the lowest level, each with all below it.

    Raises:
        FixSpec: LS-1120 what cannot be read, with its line.
    """
    items: list[Item] = []
    for line, words in _sentences(text):
        if not _DIGITS.fullmatch(words[0]):
            raise _error(name, line, f"expected a level number, found {words[0]!r}")
        level = int(words[0])
        if level in (66, 88):
            continue
        items.append(_Clauses(level, words[1:], line, name).item())
        if len(items) > ITEMS_MAX:
            raise _error(name, line, f"it has more than {ITEMS_MAX:,} items")
    if not items:
        raise _error(name, 1, "it declares nothing")
    return _nested(items, name)


# Private functions


def _sentences(text: str) -> list[tuple[int, list[str]]]:
    """The words of each sentence, with the line that it begins on."""
    sentences: list[tuple[int, list[str]]] = []
    words: list[str] = []
    began = 0
    for line, content in _lines(text):
        for word in _WORD.findall(content):
            if not words:
                began = line
            ends = word.endswith(".") and word[0] not in "\"'"
            plain = word[:-1] if ends else word
            if plain and plain not in (",", ";"):
                words.append(plain if plain[0] in "\"'" else plain.rstrip(",;"))
            if ends or word == ".":
                if words:
                    sentences.append((began, words))
                words = []
    if words:
        sentences.append((began, words))
    return sentences


def _lines(text: str) -> list[tuple[int, str]]:
    """What counts of each line: columns 8 to 72 where all lines are cards, and no comments."""
    rows = [line.rstrip("\r\x1a").expandtabs(8) for line in text.split("\n")]
    full = [line for line in rows if line.strip()]
    cards = all(
        not line[:6].strip() or line[:6].strip().isdigit() or line[6:7] in ("*", "/") for line in full
    ) and not any(line[6:7].strip() not in ("", "*", "/", "-", "D", "d") for line in full)
    found = []
    for number, line in enumerate(rows, 1):
        if cards and line[6:7] in ("*", "/", "D", "d"):
            continue
        content = line[7:72] if cards else line
        if not cards and content.lstrip().startswith("*"):
            continue
        content = content.partition("*>")[0]
        if content.strip().upper() in ("EJECT", "SKIP1", "SKIP2", "SKIP3"):
            continue
        found.append((number, content))
    return found


class _Clauses:
    """The clauses of one sentence, read from the left."""

    def __init__(self, level: int, words: list[str], line: int, file: str) -> None:
        self._words, self._at, self._file = words, 0, file
        self._item = Item(level, None, line)
        self._readers: dict[str, Callable[[], None]] = {
            "PIC": self._picture, "PICTURE": self._picture, "USAGE": self._usage, "SIGN": self._sign,
            "LEADING": self._side, "TRAILING": self._side, "OCCURS": self._occurs, "REDEFINES": self._redefines,
            "VALUE": self._value, "VALUES": self._value, "BLANK": self._blank,
        }  # fmt: skip

    def item(self) -> Item:
        """The item."""
        first = self._peek()
        if first and first not in self._readers and first not in _USAGES:
            self._at += 1
            self._item.name = None if first == "FILLER" else first
        while word := self._next():
            if word in self._readers:
                self._readers[word]()
            elif word in _USAGES:
                self._item.usage = _USAGES[word]
            elif word in ("SYNC", "SYNCHRONIZED"):
                self._item.synchronized = True
            elif word not in (
                "JUST",
                "JUSTIFIED",
                "RIGHT",
                "LEFT",
                "GLOBAL",
                "EXTERNAL",
            ):
                raise _error(self._file, self._item.line, f"{word!r} is no clause of an item that is known")
        return self._item

    # Private methods

    def _peek(self) -> str:
        return self._words[self._at].upper() if self._at < len(self._words) else ""

    def _next(self) -> str:
        word = self._peek()
        self._at += 1
        return word

    def _skip(self, *words: str) -> None:
        while self._peek() in words:
            self._at += 1

    def _number(self, what: str) -> int:
        word = self._next()
        if not _DIGITS.fullmatch(word) or int(word) > OCCURS_MAX:
            raise _error(self._file, self._item.line, f"{what} {word!r} is no number up to {OCCURS_MAX:,}")
        return int(word)

    def _picture(self) -> None:
        self._skip("IS")
        text = self._next()
        found = picture_of(text)
        if found is None:
            raise _error(self._file, self._item.line, f"PICTURE {text!r} is not known")
        self._item.picture = found
        if set(text) <= set("N()0123456789") and "N" in text:
            self._item.usage = Usage.NATIONAL

    def _usage(self) -> None:
        self._skip("IS")
        word = self._next()
        if word not in _USAGES:
            raise _error(self._file, self._item.line, f"USAGE {word!r} is not known")
        self._item.usage = _USAGES[word]

    def _sign(self) -> None:
        self._skip("IS")
        self._at += 1
        self._side()

    def _side(self) -> None:
        side = self._words[self._at - 1].upper() if self._at <= len(self._words) else ""
        if side not in ("LEADING", "TRAILING"):
            raise _error(self._file, self._item.line, f"SIGN {side!r} is neither LEADING nor TRAILING")
        separate = self._peek() == "SEPARATE"
        self._skip("SEPARATE", "CHARACTER")
        self._item.sign = Sign(f"{side.lower()} separate" if separate else side.lower())

    def _occurs(self) -> None:
        item = self._item
        item.is_array = True
        item.occurs = item.occurs_min = self._number("OCCURS")
        if self._peek() == "TO":
            self._at += 1
            item.occurs = self._number("OCCURS TO")
        self._skip("TIMES")
        if self._peek() == "DEPENDING":
            self._skip("DEPENDING", "ON")
            item.depends_on = self._next()
            if not item.depends_on:
                raise _error(self._file, item.line, "DEPENDING ON names no item")
            while self._peek() in ("OF", "IN"):
                self._at += 2
            if item.occurs_min == item.occurs:
                item.occurs_min = 0
        while self._peek() in ("ASCENDING", "DESCENDING", "INDEXED"):
            self._skip("ASCENDING", "DESCENDING", "INDEXED", "KEY", "IS", "BY")
            while self._peek() and self._peek() not in (
                *self._readers,
                *_USAGES,
                "ASCENDING",
                "DESCENDING",
                "INDEXED",
            ):
                self._at += 1

    def _redefines(self) -> None:
        self._item.redefines = self._next()

    def _value(self) -> None:
        self._skip("IS", "ARE")
        while self._peek() and self._peek() not in self._readers and self._peek() not in _USAGES:
            self._at += 1

    def _blank(self) -> None:
        self._skip("WHEN", "ZERO", "ZEROS", "ZEROES")


def _nested(items: list[Item], name: str) -> list[Item]:
    """Items below those of lower levels; usage and sign are handed down; sizes are checked."""
    roots: list[Item] = []
    above: list[Item] = []
    for item in items:
        while above and (above[-1].level >= item.level or item.level == 77):
            above.pop()
        if above:
            if above[-1].picture is not None:
                raise _error(name, item.line, f"{above[-1].name} has a PICTURE and items below it")
            above[-1].children.append(item)
            item.usage = item.usage or above[-1].usage
            item.sign = item.sign or above[-1].sign
        else:
            roots.append(item)
        above.append(item)
    for root in roots:
        _check(root, name)
    return roots


def _check(root: Item, name: str) -> None:
    seen: set[str] = set()
    for item in root.walk():
        if not item.is_group and item.picture is None and item.usage not in (Usage.FLOAT, Usage.DOUBLE):
            raise _error(name, item.line, f"{item.name or 'FILLER'} has neither a PICTURE nor items below it")
        if item.usage in (Usage.BINARY, Usage.PACKED, Usage.PACKED_UNSIGNED) and item.picture is not None:
            if not item.picture.numeric or item.picture.digits > 38:
                raise _error(
                    name, item.line, f"{item.name} is no number of up to 38 digits, as its USAGE says"
                )
        if item.synchronized and item.usage in (Usage.BINARY, Usage.FLOAT, Usage.DOUBLE):
            fact = f"{item.name} is SYNC: write the bytes that align it as FILLER, and take SYNC away"
            raise _error(name, item.line, fact)
        if item.depends_on is not None and item.depends_on not in seen:
            raise _error(
                name, item.line, f"{item.depends_on}, on which OCCURS depends, does not stand before it"
            )
        if item.name:
            seen.add(item.name)
        for at, child in enumerate(item.children):
            if child.redefines is not None and child.redefines not in {
                one.name for one in item.children[:at]
            }:
                raise _error(
                    name, child.line, f"{child.redefines}, which is redefined, does not stand before it"
                )
    if root.size > RECORD_BYTES_MAX:
        raise _error(name, root.line, f"a record of {root.size:,} bytes is longer than {RECORD_BYTES_MAX:,}")


def _error(file: str, line: int, fact: str) -> FixSpec:
    return FixSpec("LS-1120", fact, Place(file=file, line=line))
