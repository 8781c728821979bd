"""Oracle's expression grammar as far as control files use it, into a small tree."""

from __future__ import annotations

import re
from dataclasses import dataclass

from loadstone.errors import FixSpec, Place

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)|(?P<text>[nN]?'(?:[^']|'')*')|(?P<quoted>"[^"]*")|(?P<bind>:\s*(?:"[^"]+"|[\w$\#]+))"""
    r"""|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<word>[^\W\d][\w$\#]*)|(?P<sign>\|\||<=|>=|<>|!=|\^=|:=|=>|[-+*/(),.=<>])""",
    re.DOTALL | re.VERBOSE,
)
_COMPARISONS = {"=", "<>", "!=", "^=", "<", ">", "<=", ">="}
_DATE_PARTS = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")


@dataclass(frozen=True)
class Node:
    """
    A node of the tree.

    Attributes:
        kind: ``text``, ``number``, ``bind``, ``name``, ``call``, ``operator``, ``case``, ``null``, ``date``, ...
        value: Text, name or operator. parts: children. at: 0-based offset in the expression.
    """

    kind: str
    value: str = ""
    parts: tuple[Node, ...] = ()
    at: int = 0


@dataclass(frozen=True)
class Token:
    """A token with its offset."""

    kind: str
    text: str
    at: int

    @property
    def upper(self) -> str:
        """Upper case of words and signs; nothing for quoted things."""
        return self.text.upper() if self.kind in ("word", "sign") else ""


def parse_expression(text: str) -> Node:
    """
    The tree of an expression.

    Raises:
        FixSpec: LS-5001 what does not belong there, with line and column within the expression.
    """
    parser = _Parser(text, tokens_of(text))
    node = parser.condition()
    if parser.here.kind != "end":
        raise wrong(text, parser.here.at, f"{parser.here.text!r} does not belong there")
    return node


def tokens_of(text: str) -> list[Token]:
    """All tokens and an end token."""
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise wrong(text, at, f"{text[at]!r} does not belong in an expression")
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match.group(), at))
        at = match.end()
    return [*found, Token("end", "the end", len(text))]


def wrong(text: str, at: int, why: str, *, code: str = "LS-5001", hints: tuple[str, ...] = ()) -> FixSpec:
    """An error at offset ``at`` of ``text``."""
    before = text[:at]
    line, column = before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
    return FixSpec(code, f"expression {text[:60]!r}: {why}", Place(line=line, column=column), hints=hints)


# Private functions


class _Parser:
    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text, self.tokens, self.number = text, tokens, 0

    @property
    def here(self) -> Token:
        return self.tokens[self.number]

    def accept(self, *words: str) -> bool:
        upper = [token.upper for token in self.tokens[self.number : self.number + len(words)]]
        if upper == list(words):
            self.number += len(words)
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.accept(word):
            raise wrong(self.text, self.here.at, f"expected {word} before {self.here.text!r}")

    def condition(self) -> Node:
        left = self.conjunction()
        while self.accept("OR"):
            left = Node("operator", "OR", (left, self.conjunction()), left.at)
        return left

    def conjunction(self) -> Node:
        left = self.negation()
        while self.accept("AND"):
            left = Node("operator", "AND", (left, self.negation()), left.at)
        return left

    def negation(self) -> Node:
        at = self.here.at
        if self.accept("NOT"):
            return Node("operator", "NOT", (self.negation(),), at)
        return self.comparison()

    def comparison(self) -> Node:
        left = self.sum()
        word = self.here.upper
        if word in _COMPARISONS:
            self.number += 1
            return Node("operator", {"!=": "<>", "^=": "<>"}.get(word, word), (left, self.sum()), left.at)
        if self.accept("IS", "NOT", "NULL"):
            return Node("operator", "NOT", (Node("operator", "IS NULL", (left,), left.at),), left.at)
        if self.accept("IS", "NULL"):
            return Node("operator", "IS NULL", (left,), left.at)
        negative = self.tokens[self.number + 1].upper if word == "NOT" else ""
        if negative in ("IN", "LIKE", "BETWEEN"):
            self.number += 1
            return Node("operator", "NOT", (self._membership(left),), left.at)
        return self._membership(left)

    def _membership(self, left: Node) -> Node:
        if self.accept("IN"):
            self.expect("(")
            return Node("operator", "IN", (left, *self.list_of()), left.at)
        if self.accept("BETWEEN"):
            low = self.sum()
            self.expect("AND")
            return Node("operator", "BETWEEN", (left, low, self.sum()), left.at)
        if self.accept("LIKE"):
            pattern = self.sum()
            parts = (left, pattern, self.sum()) if self.accept("ESCAPE") else (left, pattern)
            return Node("operator", "LIKE", parts, left.at)
        return left

    def list_of(self) -> list[Node]:
        """Expressions up to the closing parenthesis."""
        if self.accept(")"):
            return []
        found = [self.condition()]
        while self.accept(","):
            found.append(self.condition())
        self.expect(")")
        return found

    def sum(self) -> Node:
        left = self.product()
        while self.here.upper in ("+", "-", "||"):
            word = self.here.upper
            self.number += 1
            left = Node("operator", word, (left, self.product()), left.at)
        return left

    def product(self) -> Node:
        left = self.factor()
        while self.here.upper in ("*", "/"):
            word = self.here.upper
            self.number += 1
            left = Node("operator", word, (left, self.factor()), left.at)
        return left

    def factor(self) -> Node:
        at = self.here.at
        if self.accept("-"):
            return Node("operator", "NEGATE", (self.factor(),), at)
        self.accept("+")
        return self.primary()

    def primary(self) -> Node:
        token = self.here
        self.number += 1
        if token.kind == "text":
            return Node("text", token.text[token.text.index("'") + 1 : -1].replace("''", "'"), at=token.at)
        if token.kind == "number":
            return Node("number", token.text, at=token.at)
        if token.kind == "bind":
            return Node("bind", token.text[1:].strip().strip('"'), at=token.at)
        if token.text == "(" and token.kind == "sign":
            if self.here.upper == "SELECT":
                return self._select(token)
            node = self.condition()
            self.expect(")")
            return node
        if token.kind in ("word", "quoted"):
            return self._word(token)
        raise wrong(self.text, token.at, f"expected a value before {token.text!r}")

    def _select(self, opening: Token) -> Node:
        self.expect("SELECT")
        node = self.condition()
        self.expect("FROM")
        if not self.accept("DUAL"):
            raise wrong(
                self.text,
                opening.at,
                "a sub-SELECT from a table cannot be run",
                code="LS-5010",
                hints=("load into a staging table and join there.",),
            )
        self.expect(")")
        return node

    def _word(self, token: Token) -> Node:
        word = token.upper
        if word == "CASE":
            return self._case(token)
        if word == "NULL":
            return Node("null", at=token.at)
        if word in ("DATE", "TIMESTAMP") and self.here.kind == "text":
            literal = self.primary()
            return Node("date", literal.value, (), token.at)
        if word == "INTERVAL" and self.here.kind == "text":
            return self._interval(token)
        names = [token.text.strip('"') if token.kind == "quoted" else word]
        while self.here.text == "." and self.here.kind == "sign":
            self.number += 1
            following = self.here
            self.number += 1
            names.append(following.text.strip('"') if following.kind == "quoted" else following.upper)
        name = ".".join(names)
        if self.accept("("):
            return self._call(name, token)
        return Node("name", name, at=token.at)

    def _interval(self, token: Token) -> Node:
        literal = self.primary()
        unit = self.here.upper
        if unit not in _DATE_PARTS:
            raise wrong(self.text, self.here.at, "expected DAY, HOUR, MINUTE, SECOND, MONTH or YEAR")
        self.number += 1
        return Node("interval", unit, (Node("number", literal.value, at=literal.at),), token.at)

    def _case(self, token: Token) -> Node:
        subject = None if self.here.upper == "WHEN" else self.condition()
        parts: list[Node] = []
        while self.accept("WHEN"):
            test = self.condition()
            if subject is not None:
                test = Node("operator", "=", (subject, test), test.at)
            self.expect("THEN")
            parts += [test, self.condition()]
        parts.append(self.condition() if self.accept("ELSE") else Node("null", at=token.at))
        self.expect("END")
        return Node("case", "CASE", tuple(parts), token.at)

    def _call(self, name: str, token: Token) -> Node:
        if name == "TRIM":
            return self._trim(token)
        if name == "EXTRACT":
            part = self.here.upper
            self.number += 1
            self.expect("FROM")
            source = self.condition()
            self.expect(")")
            return Node("call", "EXTRACT", (Node("text", part, at=token.at), source), token.at)
        if name == "CAST":
            return self._cast(token)
        return Node("call", name, tuple(self.list_of()), token.at)

    def _cast(self, token: Token) -> Node:
        source = self.condition()
        self.expect("AS")
        kind, limits = self.here, []
        while self.here.kind != "end" and not self.accept(")"):
            if self.here.kind == "number" and self.here.text.isdigit():
                limits.append(Node("number", self.here.text, at=self.here.at))
                if self.tokens[self.number + 1].upper in ("BYTE", "CHAR"):
                    self.number += 1
            elif self.here.upper == "(":
                self.number += 1
                continue
            self.number += 1
            if limits and self.accept(")"):
                self.expect(")")
                return Node(
                    "call", "CAST", (source, Node("text", kind.upper, tuple(limits), kind.at)), token.at
                )
        if self.here.kind == "end" and self.tokens[self.number - 1].text != ")":
            raise wrong(self.text, token.at, "CAST without its closing parenthesis")
        return Node("call", "CAST", (source, Node("text", kind.upper, tuple(limits), kind.at)), token.at)

    def _trim(self, token: Token) -> Node:
        side = self.here.upper if self.here.upper in ("LEADING", "TRAILING", "BOTH") else ""
        if side:
            self.number += 1
        if side and self.accept("FROM"):
            parts: tuple[Node, ...] = (self.condition(),)
        else:
            first = self.condition()
            parts = (self.condition(), first) if self.accept("FROM") else (first,)
        self.expect(")")
        name = {"LEADING": "LTRIM", "TRAILING": "RTRIM"}.get(side, "TRIM")
        return Node("call", name, parts, token.at)
