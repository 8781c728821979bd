"""
Characters of a control file to tokens.

Tokens are cut on demand, because the language is not regular: a bare file name after
INFILE may hold characters that mean something elsewhere. Comments begin with two
hyphens anywhere outside strings and end with the line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal, NoReturn

from loadstone.errors import FixSpec, Place
from loadstone.sqlldr.placeholders import placeholder_at, placeholder_of_path

Kind = Literal["word", "number", "string", "hex", "symbol", "path", "end"]

_BLANK = re.compile(r"(?:[ \t\r\n\f\v\x1a\x00\ufeff]+|--[^\n]*)*")
_WORD = re.compile(r"[^\W\d][\w$#]*")
_NUMBER = re.compile(r"\d+(?![\w$#])")
_SYMBOL = re.compile(r"!=|<>|\u00ac=|\^=|[<>]=|>|<(?=\s*['\"0-9])|[()=,:+\-*.;/]")
_BAD_NAME = re.compile(r"\d[\w$#]*")
# x"..." with other characters than digits is a field named x with its SQL expression.
_HEX_START = re.compile(r"""[xX](?:'|"[0-9A-Fa-f]*")""")
_HEX_DIGITS = re.compile(r"[0-9A-Fa-f]*")
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_ESCAPE = re.compile(r"\\([tnrfv\\'\"])")
_TYPOGRAPHIC = "\u2018\u2019\u201c\u201d\u00b4\u0060\u00ab\u00bb"


@dataclass(frozen=True, slots=True)
class Token:
    """
    A token with its place.

    Attributes:
        kind: What it is; ``end`` stands after the last one.
        text: A word as written, a string without its quotes, hexadecimal digits in upper case.
        raw: A string as written between its quotes.
        quote: The quote character of a string.
        start, stop: Offsets in the text, stop exclusive.
        line, column: 1-based place of the first character.
    """

    kind: Kind
    text: str
    start: int
    stop: int
    line: int
    column: int
    raw: str = ""
    quote: str = ""

    def is_word(self, *words: str) -> bool:
        """Whether the token is one of ``words`` (upper case), unquoted."""
        return self.kind == "word" and self.text.upper() in words

    def is_symbol(self, *symbols: str) -> bool:
        """Whether the token is one of ``symbols``."""
        return self.kind == "symbol" and self.text in symbols

    @property
    def several_lines(self) -> bool:
        """Whether a string runs over the end of a line."""
        return "\n" in self.raw

    def __str__(self) -> str:
        """The token as a message shows it."""
        if self.kind == "end":
            return "the end of the file"
        if self.kind == "string":
            return f"the string {self.quote}{_shortened(self.raw)}{self.quote}"
        if self.kind == "hex":
            return f"X'{self.text}'"
        return f'"{_shortened(self.text)}"'


class Lexer:
    """Cuts tokens out of a text, one at a time."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def token(self, offset: int) -> Token:
        """The first token at or after ``offset``."""
        start = self._skip(offset)
        if start >= len(self.text):
            return self._make("end", "", start, start)
        character = self.text[start]
        if character in "'\"":
            return self._string(start)
        if _HEX_START.match(self.text, start):
            return self._hex(start)
        return self._plain(start)

    def bare(self, offset: int, stops: str) -> Token:
        """A file name or value at ``offset``, quoted, or bare up to white space or one of ``stops``."""
        start = self._skip(offset)
        if start < len(self.text) and self.text[start] in "'\"":
            return self._directory(start) or self._string(start)
        stop = start
        while stop < len(self.text) and not self.text[stop].isspace() and self.text[stop] not in stops:
            stop += 1
        found = placeholder_of_path(self.text[start:stop])
        if found:
            self._placeholder(found, start)
        return self._make("path", self.text[start:stop], start, stop)

    def place(self, offset: int) -> Place:
        """File, line and column of ``offset``."""
        line = bisect_right(self._lines, offset)
        return Place(file=self.path, line=line, column=offset - self._lines[line - 1] + 1)

    # Private methods

    def _make(self, kind: Kind, text: str, start: int, stop: int, **more: str) -> Token:
        place = self.place(start)
        return Token(kind, text, start, stop, place.line or 0, place.column or 0, **more)

    def _skip(self, offset: int) -> int:
        found = _BLANK.match(self.text, offset)
        return found.end() if found else offset

    def _plain(self, start: int) -> Token:
        patterns: tuple[tuple[Kind, re.Pattern[str]], ...] = (("word", _WORD), ("number", _NUMBER))
        for kind, pattern in patterns:
            found = pattern.match(self.text, start)
            if found:
                return self._make(kind, found.group(), start, found.end())
        symbol = _SYMBOL.match(self.text, start)
        if symbol:
            return self._make("symbol", symbol.group(), start, symbol.end())
        self._illegal(start)

    def _string(self, start: int) -> Token:
        quote = self.text[start]
        stop = _string_stop(self.text, start, escapes=True)
        escapes = True
        if stop is None or (quote == "'" and "\n" in self.text[start:stop]):
            # A backslash before the last quote was no escape: 'C:\data\' or '\'.
            plain = _string_stop(self.text, start, escapes=False)
            if plain is not None and "\n" not in self.text[start:plain]:
                stop, escapes = plain, False
        if stop is None or (quote == "'" and "\n" in self.text[start:stop]):
            raise self.unterminated(start)
        raw = self.text[start + 1 : stop - 1].replace("\r\n", "\n")
        return self._make("string", _unquoted(raw, quote, escapes), start, stop, raw=raw, quote=quote)

    def _directory(self, start: int) -> Token | None:
        """A quoted path that ends with a backslash, which escapes nothing (a directory of Windows)."""
        quote = self.text[start]
        found = re.compile(rf"{quote}([^{quote}\n]*[^{quote}\n\\]\\){quote}(?=\s|\Z)").match(self.text, start)
        if found is None:
            return None
        return self._make("string", found.group(1), start, found.end(), raw=found.group(1), quote=quote)

    def unterminated(self, start: int) -> FixSpec:
        """The error on a string that begins at ``start`` and does not end."""
        quote = self.text[start]
        message = f"the string that begins here with {quote} is not ended"
        hints = [f"write {quote} at the end of the string, on the same line"]
        return FixSpec("LS-1005", message, self.place(start), hints=hints)

    def _hex(self, start: int) -> Token:
        quote = self.text[start + 1]
        found = _HEX_DIGITS.match(self.text, start + 2)
        digits = found.group() if found else ""
        stop = start + 2 + len(digits)
        if self.text[stop : stop + 1] != quote:
            line_end = self.text.find("\n", stop)
            closed = quote in self.text[stop : line_end if line_end >= 0 else len(self.text)]
            if not closed:
                raise self.unterminated(start + 1)
            message = f"{self.text[stop]!r} is no hexadecimal digit"
            raise FixSpec(
                "LS-1012", message, self.place(stop), hints=["write pairs of the digits 0-9 and A-F"]
            )
        even = digits.upper() if len(digits) % 2 == 0 else "0" + digits.upper()
        return self._make("hex", even, start, stop + 1, quote=quote)

    def _illegal(self, start: int) -> NoReturn:
        found = placeholder_at(self.text, start)
        if found:
            self._placeholder(found, start)
        place = self.place(start)
        name = _BAD_NAME.match(self.text, start)
        if name:
            hint = f'names begin with a letter; quote others: "{name.group()}"'
            raise FixSpec("LS-1006", f'"{name.group()}" is neither a name nor a number', place, hints=[hint])
        character = self.text[start]
        hints = []
        if character in _TYPOGRAPHIC:
            hints = ["this is a typographic quote; write ' or \""]
        raise FixSpec(
            "LS-1006", f"unexpected character {character!r} (U+{ord(character):04X})", place, hints=hints
        )

    def _placeholder(self, found: str, start: int) -> NoReturn:
        raise FixSpec(
            "LS-1007",
            f"the placeholder {found} is not filled in: this file is a template",
            self.place(start),
            hints=[f"replace {found} by its value, as the program does that uses this template"],
        )


def unescaped(raw: str, quote: str) -> str:
    r"""The characters of a delimiter: \t, \n, \r, \f, \v, \\ and escaped or doubled quotes are understood."""
    parts = []
    stop = 0
    for found in _ESCAPE.finditer(raw):
        parts.append(raw[stop : found.start()].replace(quote * 2, quote))
        parts.append(_CONTROLS.get(found.group(1), found.group(1)))
        stop = found.end()
    parts.append(raw[stop:].replace(quote * 2, quote))
    return "".join(parts)


# Private functions


def _string_stop(text: str, start: int, *, escapes: bool) -> int | None:
    """Offset behind the closing quote of the string at ``start``; None if there is none."""
    quote = text[start]
    offset = text.find(quote, start + 1)
    while offset >= 0:
        if text[offset + 1 : offset + 2] == quote and not _escaped(text, offset, start, escapes):
            offset = text.find(quote, offset + 2)
        elif _escaped(text, offset, start, escapes):
            offset = text.find(quote, offset + 1)
        else:
            return offset + 1
    return None


def _escaped(text: str, offset: int, start: int, escapes: bool) -> bool:
    """Whether an odd number of backslashes stands before ``offset``."""
    if not escapes:
        return False
    first = offset
    while first > start + 1 and text[first - 1] == "\\":
        first -= 1
    return (offset - first) % 2 == 1


def _unquoted(raw: str, quote: str, escapes: bool) -> str:
    if not escapes:
        return raw.replace(quote * 2, quote)
    pattern = re.compile(rf"((?:\\\\)*)\\({quote})|((?:\\\\)*)(?:({quote}){quote}|({quote})|\Z)")
    return pattern.sub(_collapsed, raw)


def _collapsed(found: re.Match[str]) -> str:
    """Half of the backslashes before a quote or before the end; an odd one escapes the quote."""
    odd, escaped, even, doubled, single = found.groups()
    slashes = odd if escaped else even
    return slashes[: len(slashes) // 2] + (escaped or doubled or single or "")


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 40 else flat[:37] + "..."
