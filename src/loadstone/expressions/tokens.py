"""Texts of expressions into tokens, and errors at a place of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from loadstone.errors import FixSpec, Place

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<text>[nN]?(?:[qQ]'(?:\[.*?\]|\{.*?\}|\(.*?\)|<.*?>|(?P<mark>[^\s\[{(<]).*?(?P=mark))'|'(?:[^']|'')*'))
    |(?P<quoted>"[^"]*")
    |(?P<bind>:\s*(?:"[^"]+"|[\w$\#]+))
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<word>[^\W\d][\w$\#]*)
    |(?P<sign>\|\||<=|>=|<>|!=|\^=|=>|[-+*/(),.=<>])""",
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """A token with its 0-based offset."""

    kind: str
    text: str
    at: int

    @property
    def upper(self) -> str:
        """Upper case of words and signs; nothing for quoted things."""
        return self.text.upper() if self.kind in ("word", "sign") else ""

    @property
    def literal(self) -> str:
        """The characters that a text literal stands for."""
        quote = self.text.index("'")
        if "q" in self.text[:quote].lower():
            return self.text[quote + 2 : -2]
        return self.text[quote + 1 : -1].replace("''", "'")


def tokens_of(text: str) -> list[Token]:
    """
    All tokens and an end token.

    Raises:
        FixSpec: LS-5001 a character that begins no token.
    """
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise wrong(text, at, f"{text[at]!r} does not belong in an expression")
        if match.group("space") is None:
            kind = next(name for name in _KINDS if match.group(name) is not None)
            found.append(Token(kind, match.group(), at))
        at = match.end()
    return [*found, Token("end", "the end", len(text))]


def wrong(text: str, at: int, why: str, *, code: str = "LS-5001", hints: tuple[str, ...] = ()) -> FixSpec:
    """An error at offset ``at`` of ``text``."""
    before = text[:at]
    line, column = before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
    return FixSpec(code, f"expression {text[:60]!r}: {why}", Place(line=line, column=column), hints=hints)


_KINDS = ("text", "quoted", "bind", "number", "word", "sign")
