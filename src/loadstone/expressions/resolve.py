"""Trees into typed trees: names found, arguments counted, conversions made visible, constants computed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from loadstone.errors import FixSpec
from loadstone.expressions.compute import callable_of
from loadstone.expressions.fractions import CLOCK_DIGITS, masked_text, session_text
from loadstone.expressions.functions import FUNCTIONS, Function
from loadstone.expressions.intervals import literal_interval
from loadstone.expressions.model import (
    GUID,
    MOMENTS,
    BindType,
    Context,
    OraError,
    ResultType,
    Term,
    Value,
)
from loadstone.expressions.parse import Node, parse_expression
from loadstone.expressions.select import Scope, is_aggregate, lookup_condition, lookup_term
from loadstone.expressions.session import UNANSWERED, session_value
from loadstone.expressions.tokens import wrong
from loadstone.expressions.values import rounded, to_date, to_moment, zone

_X = ResultType
_T, _N, _D, _NULL, _B = _X.TEXT, _X.NUMBER, _X.DATE, _X.NULL, _X.BOOLEAN
_TIMESTAMPS = (_X.TIMESTAMP, _X.TIMESTAMPTZ)
_INTERVALS = (_X.INTERVAL_DS, _X.INTERVAL_YM)

_CAST_NUMBERS = (
    "NUMBER",
    "NUMERIC",
    "DECIMAL",
    "DEC",
    "INTEGER",
    "INT",
    "SMALLINT",
    "FLOAT",
    "REAL",
    "DOUBLE",
    "BINARY_DOUBLE",
    "BINARY_FLOAT",
)
_CAST_FREE = ("FLOAT", "REAL", "DOUBLE", "BINARY_DOUBLE", "BINARY_FLOAT")
_CAST_TEXTS = ("VARCHAR2", "NVARCHAR2", "VARCHAR", "CHAR", "NCHAR", "CLOB", "NCLOB")
_CAST_MOMENTS = {
    "DATE": _D,
    "TIMESTAMP": _X.TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": _X.TIMESTAMPTZ,
}
_CONVERSIONS: dict[ResultType, tuple[ResultType, ...]] = {
    _T: (_N, *MOMENTS, _X.RAW),
    _N: (_T,),
    _D: (_T, *MOMENTS),
    _X.TIMESTAMP: (_T, *MOMENTS),
    _X.TIMESTAMPTZ: (_T, *MOMENTS),
    _X.INTERVAL_DS: (_T,),
    _X.INTERVAL_YM: (_T,),
    _X.RAW: (_T,),
}
"""What a value of each type is converted to without being asked."""

_EXPANSIONS_MAX = 10
"""User functions that call user functions, deep at most."""


class Resolver:
    """
    Builds the typed tree of one expression.

    Attributes:
        used: Names of the binds in it. sequences: sequences that it draws from.
    """

    def __init__(self, text: str, binds: Mapping[str, tuple[str, BindType]], context: Context) -> None:
        self.text, self.binds, self.context, self.nls = text, binds, context, context.nls
        self.used: set[str] = set()
        self.sequences: set[str] = set()
        self.arguments: Sequence[Term] = ()
        self.expansions = 0
        self.scope: Scope | None = None

    def build(self, node: Node) -> Term:
        """The term of a node; literals alone are computed at once."""
        maker: Callable[[Node], Term] = getattr(self, f"_{node.kind}")
        return self.folded(replace(maker(node), at=node.at))

    def value(self, node: Node) -> Term:
        """The term of a node that must not be a condition."""
        term = self.build(node)
        if term.type is _B:
            raise wrong(self.text, node.at, "a condition is no value; write CASE WHEN ... THEN ... END")
        return term

    def condition(self, node: Node) -> Term:
        """The term of a node that must be a condition."""
        term = self.build(node)
        if term.type is not _B:
            raise wrong(self.text, node.at, "a condition is expected, such as :x = 1")
        return term

    def to(self, term: Term, kind: ResultType | None) -> Term:
        """The term with its value as ``kind``; FixSpec LS-5005 where that cannot be."""
        if kind is None or kind in (term.type, _NULL):
            return term
        if term.type is _NULL:
            return replace(term, type=kind)
        if kind not in _CONVERSIONS.get(term.type, ()):
            why = f"inconsistent datatypes: expected {kind.value}, got {term.type.value} (ORA-00932)"
            raise wrong(self.text, term.at, why, code="LS-5005")
        if kind is _T and term.type in _TIMESTAMPS:
            return self.folded(replace(session_text(term, self.nls), at=term.at))
        return self.folded(Term("convert", kind, (term,), at=term.at))

    def folded(self, term: Term) -> Term:
        """A term of literals as one literal; one that fails is left to fail for each row."""
        if term.op not in ("call", "convert", "case", "decode") or any(p.op != "literal" for p in term.parts):
            return term
        try:
            value = callable_of(term, self.nls)({})
        except OraError:
            return term
        return Term("literal", term.type, value=value, at=term.at)

    # Private methods: one for each kind of node

    def _text(self, node: Node) -> Term:
        return Term("literal", _T if node.value else _NULL, value=node.value or None)

    def _number(self, node: Node) -> Term:
        return Term("literal", _N, value=self._checked(node, lambda: rounded(Decimal(node.value))))

    def _null(self, node: Node) -> Term:
        return Term("literal", _NULL)

    def _date(self, node: Node) -> Term:
        return Term(
            "literal", _D, value=self._checked(node, lambda: to_date(node.value, self.nls, "YYYY-MM-DD"))
        )

    def _timestamp(self, node: Node) -> Term:
        fraction = ".FF" if "." in node.value else ""

        def read() -> Value:
            return to_moment(node.value, self.nls, f"YYYY-MM-DD HH24:MI:SS{fraction} TZH:TZM")

        moment = self._checked(node, read)
        zoned = isinstance(moment, datetime) and moment.tzinfo is not None
        return Term("literal", _X.TIMESTAMPTZ if zoned else _X.TIMESTAMP, value=moment)

    def _interval(self, node: Node) -> Term:
        value = self._checked(node, lambda: literal_interval(node.parts[0].value, node.value))
        months = node.value.startswith(("YEAR", "MONTH"))
        return Term("literal", _X.INTERVAL_YM if months else _X.INTERVAL_DS, value=value)

    def _bind(self, node: Node) -> Term:
        if node.value.isdigit() and self.expansions:
            return self._argument(node)
        found = self.binds.get(node.value.upper())
        if found is None:
            near = difflib.get_close_matches(node.value.upper(), list(self.binds), 1)
            hints = (f"did you mean :{near[0]}?",) if near else ()
            raise wrong(self.text, node.at, f"there is no field {node.value}", code="LS-5003", hints=hints)
        name, kind = found
        self.used.add(name)
        return Term("bind", _N if kind is BindType.NUMBER else _T, name=name)

    def _argument(self, node: Node) -> Term:
        number = int(node.value)
        if not 1 <= number <= len(self.arguments):
            raise wrong(self.text, node.at, f"the function is called without argument :{number}")
        return self.arguments[number - 1]

    def _name(self, node: Node) -> Term:
        name = node.value
        column = self.scope.column(self, node) if self.scope is not None else None
        if column is not None:
            return column
        pseudo = self._pseudo(name)
        if pseudo is not None:
            return pseudo
        if name.endswith((".NEXTVAL", ".CURRVAL")):
            sequence = name.rpartition(".")[0]
            self.sequences.add(sequence)
            return Term("drawn", _N, name=f"{sequence}.NEXTVAL")
        if name in self.context.functions:
            return self._expanded(name, [], node)
        if name in FUNCTIONS and FUNCTIONS[name].arguments[0] == 0:
            return Term("call", FUNCTIONS[name].typing([])[1], name=name)
        hints = (
            ("a field is written with a colon.",)
            if name.upper() in self.binds
            else (
                "package variables and pseudo-columns of Oracle do not exist here; write a constant, or give "
                "its value under [functions] in loadstone.toml.",
            )
        )
        raise wrong(self.text, node.at, f"{name} is not known", code="LS-5003", hints=hints)

    def _pseudo(self, name: str) -> Term | None:
        now, minutes = self.nls.now, self.nls.time_zone_minutes
        if name in ("SYSDATE", "CURRENT_DATE"):
            return Term("literal", _D, value=now.replace(microsecond=0))
        if name in ("SYSTIMESTAMP", "CURRENT_TIMESTAMP"):
            return Term("literal", _X.TIMESTAMPTZ, value=now.replace(tzinfo=zone(minutes)), digits=CLOCK_DIGITS)
        if name == "LOCALTIMESTAMP":
            return Term("literal", _X.TIMESTAMP, value=now, digits=CLOCK_DIGITS)
        if name == "USER":
            return Term("literal", _T, value=self.context.user.upper() or None)
        if name in ("SESSIONTIMEZONE", "DBTIMEZONE"):
            sign, apart = "-" if minutes < 0 else "+", abs(minutes)
            return Term("literal", _T, value=f"{sign}{apart // 60:02}:{apart % 60:02}")
        return None

    def _case(self, node: Node) -> Term:
        tests = [self.condition(part) for part in node.parts[:-1:2]]
        results = [self.value(part) for part in (*node.parts[1:-1:2], node.parts[-1])]
        kind = next((one.type for one in results if one.type is not _NULL), _NULL)
        parts = [part for pair in zip(tests, results, strict=False) for part in pair]
        made = [self.to(part, kind) if n % 2 else part for n, part in enumerate(parts)]
        return Term("case", kind, (*made, self.to(results[-1], kind)))

    def _select(self, node: Node) -> Term:
        if node.tables == ((None, "DUAL", "DUAL"),):
            if len(node.parts) == 1:
                return self.value(node.parts[0])
            value = self.value(node.parts[0])
            return Term(
                "case", value.type, (self.condition(node.parts[1]), value, Term("literal", value.type))
            )
        return lookup_term(self, node)

    def _call(self, node: Node) -> Term:
        name = node.value.rpartition(".")[2] if node.value.startswith(("SYS.", "STANDARD.")) else node.value
        if self.scope is not None and is_aggregate(name):
            return self.scope.aggregate(self, node)
        if name in self.context.functions:
            return self._expanded(name, [self.value(part) for part in node.parts], node)
        if name == "DECODE":
            return self._decode(node)
        if name == "CAST":
            return self._cast(node)
        if name == "ON ERROR":
            found, other = (self.value(part) for part in node.parts)
            return Term("call", found.type, (found, self.to(other, found.type)), name)
        if name == "VALIDATE_CONVERSION":
            return Term("call", _N, (self.value(node.parts[0]),), name)
        if name == "SYS_GUID" and not node.parts:
            self.used.add(GUID)
            return Term("convert", _X.RAW, (Term("bind", _T, name=GUID),))
        if name in ("USERENV", "SYS_CONTEXT"):
            return self._session(node)
        if name == "LNNVL":
            return Term("call", _B, tuple(self.condition(part) for part in node.parts), name)
        function = FUNCTIONS.get(name)
        if function is None:
            raise self._unknown(node, name)
        self._check_count(node, function)
        terms = [self.value(part) for part in node.parts]
        kinds, result = function.typing([term.type for term in terms])
        parts = tuple(self.to(term, kind) for term, kind in zip(terms, kinds, strict=True))
        if name == "TO_CHAR" and parts[0].type in _TIMESTAMPS:
            return masked_text(*parts) if len(parts) > 1 else session_text(parts[0], self.nls)
        return Term("call", result, parts, name)

    def _session(self, node: Node) -> Term:
        """USERENV(name) and SYS_CONTEXT('USERENV', name), as literals."""
        terms = [self.value(part) for part in node.parts]
        names = [str(term.value).strip().upper() if term.op == "literal" else "" for term in terms]
        asked = names[1:2] if node.value == "SYS_CONTEXT" and names[:1] == ["USERENV"] else names
        try:
            (name,) = asked
            return Term("literal", _T, value=session_value(self.context, name))
        except (KeyError, ValueError):
            hint = "give its value under [functions] in loadstone.toml, or write a constant."
            why = f"{node.value}({', '.join(names)}) has no answer here"
            raise wrong(self.text, node.at, why, code="LS-5002", hints=(hint,)) from None

    def _unknown(self, node: Node, name: str) -> FixSpec:
        if name in UNANSWERED or node.value in UNANSWERED:
            why = UNANSWERED.get(name) or UNANSWERED[node.value]
            hint = "say under [functions] in loadstone.toml what it stands for."
            message = f"function {node.value} has no answer here: {why}"
            return wrong(self.text, node.at, message, code="LS-5002", hints=(hint,))
        near = difflib.get_close_matches(name, [*FUNCTIONS, "DECODE"], 1)
        hints = (
            (f"did you mean {near[0]}?",)
            if near
            else ("say under [functions] in loadstone.toml what it stands for.",)
        )
        return wrong(self.text, node.at, f"function {node.value} is not known", code="LS-5002", hints=hints)

    def _check_count(self, node: Node, function: Function) -> None:
        low, high = function.arguments
        if not low <= len(node.parts) <= high:
            raise wrong(self.text, node.at, f"{node.value} takes {function.signature}", code="LS-5004")

    def _expanded(self, name: str, arguments: list[Term], node: Node) -> Term:
        """A user function: its expression, with the arguments in place of ``:1``, ``:2`` ..."""
        if self.expansions >= _EXPANSIONS_MAX:
            raise wrong(self.text, node.at, f"function {name} calls itself without end", code="LS-5006")
        outer = self.text, self.arguments
        definition = self.context.functions[name]
        self.text, self.arguments, self.expansions = definition, arguments, self.expansions + 1
        try:
            return self.value(parse_expression(definition))
        finally:
            self.text, self.arguments = outer
            self.expansions -= 1

    def _cast(self, node: Node) -> Term:
        """CAST: the type's limits round numbers and cut texts."""
        source, target = node.parts
        kind, limits = target.value, [Decimal(part.value) for part in target.parts]
        term = self.value(source)
        if kind in _CAST_MOMENTS:
            digits = int(limits[0]) if limits else CLOCK_DIGITS
            return replace(self.to(term, _CAST_MOMENTS[kind]), digits=digits)
        if kind == "RAW":
            return self.to(term, _X.RAW)
        if kind in _CAST_NUMBERS:
            number = self.to(term, _N)
            if kind in _CAST_FREE or kind == "NUMBER" and not limits:
                return number
            precision, scale = [*limits, Decimal(38)][:1], [*limits[1:], Decimal(0)][:1]
            parts = [Term("literal", _N, value=value) for value in (*precision, *scale)]
            return Term("call", _N, (number, *parts), "CAST NUMBER")
        if kind not in _CAST_TEXTS:
            raise wrong(self.text, target.at, f"CAST AS {kind} is not known", code="LS-5002")
        text = self.to(term, _T)
        length = [Term("literal", _N, value=value) for value in limits[:1]]
        return Term("call", _T, (text, *length), "CAST TEXT") if length else text

    def _decode(self, node: Node) -> Term:
        """DECODE: the first search tells the type of the comparison, the first result (text if NULL) that of all."""
        if len(node.parts) < 3:
            raise wrong(
                self.text,
                node.at,
                "DECODE takes an expression and pairs of search and result",
                code="LS-5004",
            )
        terms = [self.value(part) for part in node.parts]
        if len(terms) % 2:
            terms.append(Term("literal", _NULL, at=node.at))
        key = next((one.type for one in (terms[1], terms[0], *terms[3:-1:2]) if one.type is not _NULL), _NULL)
        kind = terms[2].type if terms[2].type is not _NULL else _T
        parts = [self.to(terms[0], key)]
        for number, term in enumerate(terms[1:-1]):
            parts.append(self.to(term, kind if number % 2 else key))
        return Term("decode", kind, (*parts, self.to(terms[-1], kind)))

    def _operator(self, node: Node) -> Term:
        word = node.value
        if word in ("AND", "OR", "NOT"):
            return Term("call", _B, tuple(self.condition(part) for part in node.parts), word)
        if word in ("EXISTS", "IN SELECT"):
            return lookup_condition(self, node)
        terms = [self.value(part) for part in node.parts]
        if word == "BETWEEN":
            low, high = self.compared(">=", terms[:2]), self.compared("<=", [terms[0], terms[2]])
            return Term("call", _B, (self.folded(low), self.folded(high)), "AND")
        if word == "AT TIME ZONE":
            return Term(
                "call", _X.TIMESTAMPTZ, (self.to(terms[0], _X.TIMESTAMPTZ), self.to(terms[1], _T)), word
            )
        if word == "||":
            return Term("call", _T, tuple(self.to(one, _T) for one in terms), word)
        if word == "IS NULL":
            return Term("call", _B, tuple(terms), word)
        if word in ("+", "-", "*", "/", "NEGATE"):
            return self._arithmetic(word, terms)
        return self.compared(word, terms)

    def compared(self, word: str, terms: Sequence[Term]) -> Term:
        """Comparisons; a moment beside a text makes moments of both, a number makes numbers."""
        kinds = [one.type for one in terms]
        order = (_X.TIMESTAMPTZ, _X.TIMESTAMP, _D, *_INTERVALS, _N, _X.RAW)
        kind = _T if word == "LIKE" else next((one for one in order if one in kinds), _T)
        return Term("call", _B, tuple(self.to(one, kind) for one in terms), word)

    def _arithmetic(self, word: str, terms: list[Term]) -> Term:
        kinds = [one.type for one in terms]
        if any(kind in _INTERVALS for kind in kinds):
            return self._of_intervals(word, terms)
        if word in ("+", "-") and any(kind in MOMENTS for kind in kinds):
            return self._of_moments(word, terms)
        return Term("call", _N, tuple(self.to(one, _N) for one in terms), word)

    def _of_moments(self, word: str, terms: list[Term]) -> Term:
        left, right = terms
        if word == "-" and left.type in MOMENTS and right.type in MOMENTS:
            if left.type is _D and right.type is _D:
                return Term("call", _N, (left, right), "date - date")
            kind = _X.TIMESTAMPTZ if _X.TIMESTAMPTZ in (left.type, right.type) else _X.TIMESTAMP
            parts = (self.to(left, kind), self.to(right, kind))
            return Term("call", _X.INTERVAL_DS, parts, "timestamp - timestamp")
        if word == "+" and right.type in MOMENTS:
            left, right = right, left
        return Term("call", _D, (self.to(left, _D), self.to(right, _N)), f"date {word} days")

    def _of_intervals(self, word: str, terms: list[Term]) -> Term:
        if word == "NEGATE":
            return Term("call", terms[0].type, tuple(terms), "NEGATE interval")
        left, right = terms
        if word in ("+", "*") and left.type not in _INTERVALS:
            left, right = (right, left) if word == "*" or right.type not in _INTERVALS else (left, right)
        if word in ("*", "/") and left.type in _INTERVALS:
            return Term("call", left.type, (left, self.to(right, _N)), f"interval {word} number")
        if word in ("+", "-") and left.type is right.type:
            return Term("call", left.type, (left, right), f"interval {word} interval")
        if word == "+" and left.type in _INTERVALS:
            left, right = right, left
        if word in ("+", "-") and right.type in _INTERVALS:
            moment = left if left.type in MOMENTS else self.to(left, _D)
            return Term("call", moment.type, (moment, right), f"moment {word} interval")
        raise wrong(self.text, left.at, f"an interval cannot stand beside {word} there", code="LS-5005")

    def _checked(self, node: Node, read: Callable[[], Value]) -> Value:
        try:
            return read()
        except OraError as error:
            raise wrong(self.text, node.at, error.message) from error
