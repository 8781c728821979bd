"""Oracle's expression grammar as far as control files use it, into a small tree."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from loadstone.expressions.tokens import Token, tokens_of, wrong

COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", "^=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
INTERVAL_PARTS = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")
CONVERSIONS = (
    *("TO_NUMBER", "TO_DATE", "TO_TIMESTAMP", "TO_TIMESTAMP_TZ", "TO_DSINTERVAL", "TO_YMINTERVAL"),
    *("TO_BINARY_DOUBLE", "TO_BINARY_FLOAT"),
)
"""Functions that take DEFAULT ... ON CONVERSION ERROR."""

_BY_MASK = {
    "NUMBER": "TO_NUMBER",
    "DATE": "TO_DATE",
    "TIMESTAMP": "TO_TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE": "TO_TIMESTAMP_TZ",
}
"""What CAST with a mask is."""

DEPTH_MAX = 100
"""Levels of nesting, so that no text can exhaust the stack."""

FRAMES_MAX = 10_000
"""Frames of Python that a tree may take: one of 100 levels, or of 1,000 operators in a row, needs some 5,000."""

_AFTER_TABLE = ("WHERE", "JOIN", "INNER", "ON", "CROSS", "LEFT", "RIGHT", "FULL", "NATURAL", "GROUP", "ORDER")
_UNSUPPORTED = ("GROUP", "ORDER", "HAVING", "UNION", "CONNECT", "START", "LEFT", "RIGHT", "FULL", "NATURAL")


@dataclass(frozen=True)
class Node:
    """
    A node of the tree.

    Attributes:
        kind: ``text``, ``number``, ``bind``, ``name``, ``call``, ``operator``, ``case``, ``null``, ``date``,
            ``timestamp``, ``interval``, ``select``.
        value: Text, name or operator. parts: children. at: 0-based offset in the expression.
        tables: Of a select: schema, name and alias of each.
    """

    kind: str
    value: str = ""
    parts: tuple[Node, ...] = ()
    at: int = 0
    tables: tuple[tuple[str | None, str, str], ...] = ()


def parse_expression(text: str) -> Node:
    """
    The tree of an expression.

    Raises:
        FixSpec: LS-5001 what does not belong there, with line and column within the expression.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), FRAMES_MAX))
    parser = _Parser(text, tokens_of(text))
    node = parser.condition()
    if parser.here.kind != "end":
        raise wrong(text, parser.here.at, f"{parser.here.text!r} does not belong there")
    return node


# Private functions


class _Parser:
    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text, self.tokens, self.number, self.depth = text, tokens, 0, 0

    @property
    def here(self) -> Token:
        return self.tokens[self.number]

    def next(self) -> Token:
        """The token here; go on behind it."""
        token = self.here
        self.number = min(self.number + 1, len(self.tokens) - 1)
        return token

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
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise wrong(self.text, self.here.at, f"more than {DEPTH_MAX} levels of nesting")
        left = self.conjunction()
        while self.accept("OR"):
            left = Node("operator", "OR", (left, self.conjunction()), left.at)
        self.depth -= 1
        return left

    def conjunction(self) -> Node:
        left = self.negation()
        while self.accept("AND"):
            left = Node("operator", "AND", (left, self.negation()), left.at)
        return left

    def negation(self) -> Node:
        at, negative = self.here.at, False
        while self.accept("NOT"):
            negative = not negative
        node = self.comparison()
        return _not(node, at) if negative else node

    def comparison(self) -> Node:
        if self.here.upper == "EXISTS":
            return self._exists()
        left = self.sum()
        word = self.here.upper
        if word in COMPARISONS:
            self.next()
            return Node("operator", COMPARISONS[word], (left, self.sum()), left.at)
        if self.accept("IS", "NOT", "NULL"):
            return _not(Node("operator", "IS NULL", (left,), left.at), left.at)
        if self.accept("IS", "NULL"):
            return Node("operator", "IS NULL", (left,), left.at)
        following = self.tokens[min(self.number + 1, len(self.tokens) - 1)].upper
        if word == "NOT" and following in ("IN", "LIKE", "BETWEEN"):
            self.next()
            return _not(self._membership(left), left.at)
        return self._membership(left)

    def _exists(self) -> Node:
        token = self.next()
        opening = self.here
        self.expect("(")
        if self.here.upper != "SELECT":
            raise wrong(self.text, self.here.at, f"expected SELECT before {self.here.text!r}")
        return Node("operator", "EXISTS", (self._select(opening),), token.at)

    def _membership(self, left: Node) -> Node:
        if self.accept("IN"):
            opening = self.here
            self.expect("(")
            if self.here.upper == "SELECT":
                return Node("operator", "IN SELECT", (left, self._select(opening)), left.at)
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
            word = self.next().upper
            left = Node("operator", word, (left, self.product()), left.at)
        return left

    def product(self) -> Node:
        left = self.factor()
        while self.here.upper in ("*", "/"):
            word = self.next().upper
            left = Node("operator", word, (left, self.factor()), left.at)
        return left

    def factor(self) -> Node:
        at, negative = self.here.at, False
        while self.here.upper in ("-", "+"):
            negative ^= self.next().upper == "-"
        node = self.primary()
        while self.here.upper == "AT" and self.number + 1 < len(self.tokens):
            node = self._at_zone(node)
        return Node("operator", "NEGATE", (node,), at) if negative else node

    def _at_zone(self, moment: Node) -> Node:
        """AT LOCAL, AT TIME ZONE 'zone'."""
        self.expect("AT")
        if self.accept("LOCAL"):
            return Node("operator", "AT TIME ZONE", (moment, Node("name", "SESSIONTIMEZONE")), moment.at)
        self.expect("TIME")
        self.expect("ZONE")
        return Node("operator", "AT TIME ZONE", (moment, self.primary()), moment.at)

    def primary(self) -> Node:
        token = self.next()
        if token.kind == "text":
            return Node("text", token.literal, at=token.at)
        if token.kind == "number":
            return Node("number", token.text, at=token.at)
        if token.kind == "bind":
            return Node("bind", token.text[1:].strip().strip('"'), at=token.at)
        if token.upper == "(":
            if self.here.upper == "SELECT":
                return self._select(token)
            node = self.condition()
            self.expect(")")
            return node
        if token.kind in ("word", "quoted"):
            return self._word(token)
        raise wrong(self.text, token.at, f"expected a value before {token.text!r}")

    def _word(self, token: Token) -> Node:
        word = token.upper
        if word == "CASE":
            return self._case(token)
        if word == "NULL":
            return Node("null", at=token.at)
        if word in ("DATE", "TIMESTAMP") and self.here.kind == "text":
            return Node(word.lower(), self.next().literal, (), token.at)
        if word == "INTERVAL" and self.here.kind == "text":
            return self._interval(token)
        name = self._dotted(token)
        if self.accept("("):
            return self._call(name, token)
        return Node("name", name, at=token.at)

    def _dotted(self, token: Token) -> str:
        names = [token.text.strip('"') if token.kind == "quoted" else token.upper]
        while self.accept("."):
            part = self.next()
            if part.kind not in ("word", "quoted"):
                raise wrong(self.text, part.at, f"expected a name before {part.text!r}")
            names.append(part.text.strip('"') if part.kind == "quoted" else part.upper)
        return ".".join(names)

    def _interval(self, token: Token) -> Node:
        """INTERVAL 'text' UNIT [(digits)] [TO UNIT [(digits)]]; value is ``UNIT`` or ``UNIT TO UNIT``."""
        literal, unit = self.next(), self._unit()
        if self.accept("TO"):
            unit += f" TO {self._unit()}"
        return Node("interval", unit, (Node("text", literal.literal, at=literal.at),), token.at)

    def _unit(self) -> str:
        token = self.next()
        if token.upper not in INTERVAL_PARTS:
            raise wrong(self.text, token.at, "expected DAY, HOUR, MINUTE, SECOND, MONTH or YEAR")
        if self.accept("("):
            self.list_of()
        return token.upper

    def _case(self, token: Token) -> Node:
        subject = None if self.here.upper == "WHEN" else self.condition()
        parts: list[Node] = []
        while self.accept("WHEN"):
            test = self.condition()
            if subject is not None:
                test = Node("operator", "=", (subject, test), test.at)
            self.expect("THEN")
            parts += [test, self.condition()]
        if not parts:
            raise wrong(self.text, self.here.at, f"expected WHEN before {self.here.text!r}")
        parts.append(self.condition() if self.accept("ELSE") else Node("null", at=token.at))
        self.expect("END")
        return Node("case", "CASE", tuple(parts), token.at)

    def _call(self, name: str, token: Token) -> Node:
        if name == "TRIM":
            return self._trim(token)
        if name == "EXTRACT":
            part = self.next()
            self.expect("FROM")
            source = self.condition()
            self.expect(")")
            return Node("call", "EXTRACT", (Node("text", part.upper, at=part.at), source), token.at)
        if name in ("CAST", "VALIDATE_CONVERSION"):
            return self._cast(token, name)
        if name in CONVERSIONS:
            return self._conversion(name, token)
        if name == "COUNT" and self.accept("*", ")"):
            return Node("call", "COUNT", (), token.at)
        return Node("call", name, tuple(self.list_of()), token.at)

    def _conversion(self, name: str, token: Token) -> Node:
        """TO_NUMBER(value [DEFAULT other ON CONVERSION ERROR] [, mask [, nls]]) and its kin."""
        if self.accept(")"):
            return Node("call", name, (), token.at)
        value = self.condition()
        other = self._default()
        more = self._further()
        found = Node("call", name, (value, *more), token.at)
        if other is None:
            return found
        if other.kind == "text":  # it is read by the mask too
            other = Node("call", name, (other, *more), token.at)
        return Node("call", "ON ERROR", (found, other), token.at)

    def _further(self) -> list[Node]:
        """Further arguments up to the closing parenthesis."""
        if self.accept(","):
            return self.list_of()
        self.expect(")")
        return []

    def _default(self) -> Node | None:
        if not self.accept("DEFAULT"):
            return None
        other = self.condition()
        for word in ("ON", "CONVERSION", "ERROR"):
            self.expect(word)
        return other

    def _cast(self, token: Token, function: str) -> Node:
        """CAST(value AS TYPE[(limits)] [WITH [LOCAL] TIME ZONE] [DEFAULT ...] [, mask [, nls]])."""
        source = self.condition()
        self.expect("AS")
        kind = self.next()
        name, limits = kind.upper, []
        if self.accept("("):
            while not self.accept(")"):
                limit = self.next()
                if limit.kind == "number" and limit.text.isdigit():
                    limits.append(Node("number", limit.text, at=limit.at))
                elif limit.upper not in (",", "BYTE", "CHAR", "-", "*"):
                    raise wrong(self.text, limit.at, f"{limit.text!r} does not belong in a type")
        if self.accept("WITH"):
            self.accept("LOCAL")
            self.expect("TIME")
            self.expect("ZONE")
            name += " WITH TIME ZONE"
        elif self.accept("PRECISION") or self.accept("VARYING"):
            limits = limits or []
        other = self._default()
        more = self._further()
        made = Node("call", "CAST", (source, Node("text", name, tuple(limits), kind.at)), token.at)
        if more and name in _BY_MASK:
            made = Node("call", _BY_MASK[name], (source, *more), token.at)
        elif more:
            raise wrong(self.text, token.at, f"{function} AS {name} takes no mask")
        if function == "VALIDATE_CONVERSION":
            return Node("call", "VALIDATE_CONVERSION", (made,), token.at)
        return made if other is None else Node("call", "ON ERROR", (made, other), token.at)

    def _trim(self, token: Token) -> Node:
        side = self.next().upper if self.here.upper in ("LEADING", "TRAILING", "BOTH") else ""
        if self.accept("FROM"):
            parts: tuple[Node, ...] = (self.condition(),)
        else:
            first = self.condition()
            parts = (self.condition(), first) if self.accept("FROM") else (first,)
        self.expect(")")
        name = {"LEADING": "LTRIM", "TRAILING": "RTRIM"}.get(side, "TRIM")
        return Node("call", name, parts, token.at)

    def _select(self, opening: Token) -> Node:
        """SELECT value FROM tables [WHERE condition]); parts are the value and, where there is one, the condition."""
        self.expect("SELECT")
        distinct = self.accept("DISTINCT")
        star = self.here.at
        value = Node("name", "*", at=star) if self.accept("*") else self.condition()
        if self.here.upper == ",":
            raise wrong(self.text, self.here.at, "a sub-SELECT gives one column")
        self.accept("AS")
        if self.here.kind in ("word", "quoted") and self.here.upper != "FROM":
            self.next()
        self.expect("FROM")
        tables, tests = [self._table()], []
        while True:
            if self.accept(",") or self.accept("CROSS", "JOIN"):
                tables.append(self._table())
            elif self.accept("INNER", "JOIN") or self.accept("JOIN"):
                tables.append(self._table())
                self.expect("ON")
                tests.append(self.condition())
            else:
                break
        if self.accept("WHERE"):
            tests.append(self.condition())
        if self.here.upper in _UNSUPPORTED:
            raise wrong(
                self.text,
                self.here.at,
                f"a sub-SELECT with {self.here.upper} cannot be a lookup",
                code="LS-5010",
                hints=("a lookup is SELECT value FROM tables [WHERE conditions].",),
            )
        self.expect(")")
        where = tests[0] if tests else None
        for test in tests[1:]:
            where = Node("operator", "AND", (where, test), test.at)  # type: ignore[arg-type]
        parts = (value,) if where is None else (value, where)
        return Node("select", "DISTINCT" if distinct else "", parts, opening.at, tuple(tables))

    def _table(self) -> tuple[str | None, str, str]:
        token = self.next()
        if token.kind not in ("word", "quoted"):
            raise wrong(
                self.text, token.at, "a sub-SELECT reads tables by name", code="LS-5010", hints=_LOOKUP_HINT
            )
        schema, _, name = self._dotted(token).rpartition(".")
        alias = name
        if self.here.kind in ("word", "quoted") and self.here.upper not in _AFTER_TABLE + _UNSUPPORTED:
            found = self.next()
            alias = found.text.strip('"') if found.kind == "quoted" else found.upper
        return schema or None, name, alias


_LOOKUP_HINT = ("a lookup is SELECT value FROM tables [WHERE conditions].",)


def _not(node: Node, at: int) -> Node:
    return Node("operator", "NOT", (node,), at)
