"""Scripts as they are: statements between commands of SQL*Plus, prose, and blocks that run DDL from literals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A quote that nobody closed, in prose or a shell script, ends before the next statement.
_TOKEN = re.compile(
    r"""
      (?P<space>\s+|--[^\n]*|/\*.*?\*/)
    | (?P<quoted>"[^"\n]*"|`[^`\n]*`|\[[A-Za-z_][\w ]*\])
    | (?P<text>[nN]?[qQ]'(?:\[.*?\]|\{.*?\}|\(.*?\)|<.*?>|(?P<mark>[^\s\w\[{(<']).*?(?P=mark))'
        | [nN]?'(?:[^'\n]|''|\n(?!\s*(?:CREATE|ALTER|DROP|INSERT|COMMENT|GRANT)\s))*')
    | (?P<word>[A-Za-z_\x80-\uffff][\w$\#\x80-\uffff]*)
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<sign>.)
    """,
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_REMARK = re.compile(r"[ \t]*(?:(?:rem|remark|prompt|spool|whenever)\b|@)[^\n]*", re.IGNORECASE)
"""Commands that no statement goes on over."""

_COMMAND = re.compile(
    r"[ \t]*(?:set|conn|connect|accept|def|define|undef|undefine|col|column|ttitle|btitle|break|show|host|pause|var|variable)\b[^\n]*",
    re.IGNORECASE,
)
"""Commands that are one only where no statement is open: SET also begins a line of an UPDATE."""

_SLASH = re.compile(r"[ \t]*/[ \t\r]*(?=\n|$)")
_IMMEDIATE = re.compile(
    r"execute\s+immediate\s*\(?\s*(?P<texts>'(?:[^']|'')*'(?:\s*\|\|\s*'(?:[^']|'')*')*)(?!\s*\|\|)",
    re.IGNORECASE,
)
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_BEGINS = ("CREATE", "ALTER", "DROP", "INSERT")


@dataclass(frozen=True)
class Token:
    """A piece of a statement; ``kind`` is ``quoted``, ``text``, ``word``, ``number`` or ``sign``."""

    kind: str
    text: str

    @property
    def upper(self) -> str:
        """A word in upper case, a sign or number as it is; empty for names in quotes and for literals."""
        if self.kind == "word":
            return self.text.upper()
        return "" if self.kind in ("quoted", "text") else self.text


def statements(script: str) -> Iterator[list[Token]]:
    """
    Statements end at ``;``, at ``/`` alone on a line, or where the next one begins a line.

    Commands of SQL*Plus are passed over where a statement may begin: within parentheses REMARKS is a column.
    """
    script = script.replace("\r\n", "\n")
    found: list[Token] = []
    at, depth, fresh = 0, 0, True
    while at < len(script):
        if fresh and depth <= 0:
            passed = _REMARK.match(script, at) or (None if found else _COMMAND.match(script, at))
            if passed:
                at = passed.end()
                continue
        slash = _SLASH.match(script, at) if fresh else None
        match = slash or _TOKEN.match(script, at)
        assert match is not None  # a sign is any character
        at = match.end()
        if slash or match.group() == ";":
            yield from _ended(found)
            found, depth, fresh = [], 0, bool(slash)
            continue
        kind = str(match.lastgroup) if match.lastgroup != "mark" else "text"
        if kind == "space":
            fresh = fresh or "\n" in match.group()
            continue
        token = Token(kind, match.group())
        if token.upper == "EXECUTE" and (block := _IMMEDIATE.match(script, match.start())):
            yield from _ended(found)
            yield from statements(_unquoted(block["texts"]))
            found, depth, fresh, at = [], 0, False, block.end()
            continue
        begins = fresh and token.kind == "word" and token.upper in _BEGINS
        if begins and (depth <= 0 or token.upper == "CREATE"):
            yield from _ended(found)
            found, depth = [], 0
        depth += {"(": 1, ")": -1}.get(token.text, 0) if kind == "sign" else 0
        found.append(token)
        fresh = False
    yield from _ended(found)


class Cursor:
    """A place in a statement."""

    def __init__(self, tokens: list[Token], at: int) -> None:
        self.tokens, self.at = tokens, at

    @property
    def ended(self) -> bool:
        """Whether nothing follows."""
        return self.at >= len(self.tokens)

    @property
    def here(self) -> str:
        """The word or sign that comes next in upper case; empty for names in quotes and for literals."""
        return self.tokens[self.at].upper if self.at < len(self.tokens) else ""

    def take(self) -> Token:
        """The next token; ``IndexError`` at the end."""
        self.at += 1
        return self.tokens[self.at - 1]

    def accept(self, *words: str) -> bool:
        """Take these words if they come next."""
        if [token.upper for token in self.tokens[self.at : self.at + len(words)]] == list(words):
            self.at += len(words)
            return True
        return False

    def name(self) -> tuple[str, bool]:
        """A name, and whether it is quoted so that its case counts; ``ValueError`` where none stands."""
        token = self.take()
        if token.kind == "quoted":
            inner = token.text[1:-1]
            return inner, inner != inner.upper() and token.text[0] == '"'
        if token.kind != "word":
            raise ValueError(f"a name was expected before {token.text!r}")
        return token.text.upper(), False

    def qualified(self) -> tuple[str | None, str, bool]:
        """Owner, name and whether it is quoted; the signs of a variable (&owner..t, ${owner}.t) are passed over."""
        schema: str | None = None
        name, quoted = self._of_variable()
        while self.accept("."):
            while self.accept("."):
                pass
            schema = name
            name, quoted = self._of_variable()
        return schema, name, quoted

    def names(self) -> list[str]:
        """Names in parentheses; anything after a name (DESC, a length) is passed over."""
        if not self.accept("("):
            return []
        found = [self.name()[0]]
        depth = 1
        while depth:
            token = self.take()
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if token.text == "," and depth == 1:
                found.append(self.name()[0])
        return found

    def skip_parentheses(self) -> None:
        """Past the parenthesis that closes the one here."""
        depth = 0
        while self.at < len(self.tokens):
            depth += {"(": 1, ")": -1}.get(self.take().text, 0)
            if depth == 0:
                return

    def skip_item(self, *stops: str) -> None:
        """To the comma, closing parenthesis or one of the words ``stops`` that ends this item of a list."""
        depth = 0
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if depth == 0 and (token.text in (",", ")") or token.upper in stops):
                return
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            self.at += 1

    # Private methods

    def _of_variable(self) -> tuple[str, bool]:
        while self.here in _VARIABLE_SIGNS:
            self.at += 1
        found = self.name()
        while self.here in ("}", "%"):
            self.at += 1
        return found


# Private functions

_VARIABLE_SIGNS = ("&", "$", "{", ":", "@", "%")


def _ended(tokens: list[Token]) -> Iterator[list[Token]]:
    if tokens:
        yield tokens


def _unquoted(texts: str) -> str:
    """Literals, joined by ``||``, as what they say."""
    return "".join(text.replace("''", "'") for text in _LITERAL.findall(texts))
