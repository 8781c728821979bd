"""Trees into callables, with static types; what is not on the whitelist is refused with its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, DecimalException, localcontext

from loadstone.expressions.functions import FUNCTIONS, Function
from loadstone.expressions.model import BindType, Compiled, Compute, Context, OraError, ResultType, Row, Value
from loadstone.expressions.parse import Node, parse_expression, wrong
from loadstone.expressions.values import PRECISION, rounded, to_date, to_number, to_text

_FROZEN = {"SYSDATE", "SYSTIMESTAMP", "CURRENT_DATE", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP"}
_UNITS = {"DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}
_T, _N, _D, _NULL = ResultType.TEXT, ResultType.NUMBER, ResultType.DATE, ResultType.NULL

_CAST_NUMBERS = (
    "NUMBER",
    "NUMERIC",
    "DECIMAL",
    "DEC",
    "INTEGER",
    "INT",
    "SMALLINT",
    "FLOAT",
    "BINARY_DOUBLE",
    "BINARY_FLOAT",
)
_CAST_TEXTS = ("VARCHAR2", "NVARCHAR2", "VARCHAR", "CHAR", "NCHAR", "CLOB", "NCLOB", "RAW")

Typed = tuple[Compute, ResultType]


def compile_expression(text: str, *, binds: Mapping[str, BindType], context: Context) -> Compiled:
    """
    Compile one expression; binds are found whatever their case.

    Raises:
        FixSpec: LS-5001 grammar, LS-5002 an unknown function, LS-5003 an unknown name, LS-5004 a wrong
            number of arguments, LS-5010 a sub-SELECT; each with line and column within the expression.
    """
    compiler = _Compiler(text, {name.upper(): (name, kind) for name, kind in binds.items()}, context)
    tree = parse_expression(text)
    compute, result = compiler.build(tree)
    return Compiled(
        text=text,
        sql=" ".join(text.split()),
        result=result,
        binds=tuple(sorted(compiler.used)),
        sequences=tuple(sorted(compiler.sequences)),
        compute=compute,
    )


# Private functions


class _Compiler:
    def __init__(self, text: str, binds: Mapping[str, tuple[str, BindType]], context: Context) -> None:
        self.text, self.binds, self.nls = text, binds, context.nls
        self.used: set[str] = set()
        self.sequences: set[str] = set()

    def build(self, node: Node) -> Typed:
        """The callable of a node, and its static type."""
        builder: Callable[[Node], Typed] = getattr(self, f"_{node.kind}")
        return builder(node)

    def _text(self, node: Node) -> Typed:
        value = node.value or None
        return (lambda row: value), _T if value else _NULL

    def _number(self, node: Node) -> Typed:
        number = rounded(Decimal(node.value))
        return (lambda row: number), _N

    def _null(self, node: Node) -> Typed:
        return (lambda row: None), _NULL

    def _date(self, node: Node) -> Typed:
        mask = "YYYY-MM-DD" if len(node.value.strip()) <= 10 else "YYYY-MM-DD HH24:MI:SS.FF"
        moment = to_date(node.value, self.nls, mask)
        return (lambda row: moment), _D

    def _bind(self, node: Node) -> Typed:
        found = self.binds.get(node.value.upper())
        if found is None:
            near = difflib.get_close_matches(node.value.upper(), list(self.binds), 1)
            hints = (f"did you mean :{near[0]}?",) if near else ()
            raise wrong(self.text, node.at, f"there is no field {node.value}", code="LS-5003", hints=hints)
        name, kind = found
        self.used.add(name)
        if kind is BindType.NUMBER:
            return (lambda row: to_number(row[name], self.nls)), _N
        return (lambda row: row[name]), _T

    def _name(self, node: Node) -> Typed:
        name = node.value
        if name in _FROZEN:
            now = self.nls.now if "TIMESTAMP" in name else self.nls.now.replace(microsecond=0)
            return (lambda row: now), _D
        if name.endswith((".NEXTVAL", ".CURRVAL")):
            sequence = name.rpartition(".")[0]
            self.sequences.add(sequence)
            key = f"{sequence}.NEXTVAL"
            return (lambda row: row[key]), _N
        hints = (
            ("a field is written with a colon.",)
            if name.upper() in self.binds
            else ("package variables and pseudo-columns of Oracle do not exist here; write a constant.",)
        )
        raise wrong(self.text, node.at, f"{name} is not known", code="LS-5003", hints=hints)

    def _interval(self, node: Node) -> Typed:
        raise wrong(self.text, node.at, "an interval can only be added to a date")

    def _case(self, node: Node) -> Typed:
        built = [self.build(part) for part in node.parts]
        tests = [compute for compute, _ in built[:-1:2]]
        results = [*built[1:-1:2], built[-1]]
        kind = next((kind for _, kind in results if kind is not _NULL), _NULL)
        values = [self.cast(typed, kind) for typed in results]

        def compute(row: Row) -> Value:
            for test, value in zip(tests, values, strict=False):
                if test(row):
                    return value(row)
            return values[-1](row)

        return compute, kind

    def _call(self, node: Node) -> Typed:
        if node.value == "DECODE":
            return self._decode(node)
        if node.value == "CAST":
            return self._cast(node)
        name = node.value.rpartition(".")[2] if node.value.startswith(("SYS.", "STANDARD.")) else node.value
        function = FUNCTIONS.get(name)
        if function is None:
            near = difflib.get_close_matches(name, [*FUNCTIONS, "DECODE"], 1)
            hints = (
                (f"did you mean {near[0]}?",) if near else ("user functions of Oracle do not exist here.",)
            )
            raise wrong(
                self.text, node.at, f"function {node.value} is not known", code="LS-5002", hints=hints
            )
        self._check_count(node, function)
        typed = [self.build(part) for part in node.parts]
        kind = function.result
        if kind is None:
            kind = next((k for _, k in typed if k is not _NULL), _NULL)
        wanted = [function.argument(number, kind) for number in range(len(typed))]
        parts = [
            self.cast(one, want) if want is not None else one[0]
            for one, want in zip(typed, wanted, strict=True)
        ]
        if function.result is None and function.same is False and any(k is _D for _, k in typed[:1]):
            kind = _D
        nls, call = self.nls, function.call
        return (lambda row: _blank(call(nls, *[part(row) for part in parts]))), kind

    def _check_count(self, node: Node, function: Function) -> None:
        low, high = function.arguments
        if not low <= len(node.parts) <= high:
            raise wrong(self.text, node.at, f"{node.value} takes {function.signature}", code="LS-5004")

    def _cast(self, node: Node) -> Typed:
        """CAST: the type's limits round numbers and cut texts."""
        source, target = node.parts
        kind, limits = target.value, [int(part.value) for part in target.parts]
        typed = self.build(source)
        if kind in ("DATE", "TIMESTAMP"):
            return self.cast(typed, _D), _D
        if kind in _CAST_NUMBERS:
            number = self.cast(typed, _N)
            whole = kind not in ("NUMBER", "FLOAT", "BINARY_DOUBLE", "BINARY_FLOAT") and not limits
            if kind in ("FLOAT", "BINARY_DOUBLE", "BINARY_FLOAT") or not (limits or whole):
                return number, _N
            precision, scale = limits[0] if limits else 38, limits[1] if len(limits) > 1 else 0
            return (lambda row: _limited(number(row), precision, scale)), _N
        if kind not in _CAST_TEXTS:
            raise wrong(self.text, target.at, f"CAST AS {kind} is not known", code="LS-5002")
        text, length = self.cast(typed, _T), limits[0] if limits else None
        return (lambda row: _shortened(text(row), length)), _T

    def _decode(self, node: Node) -> Typed:
        """DECODE: NULL equals NULL, the first search tells the type of the comparison, the first result that of all."""
        if len(node.parts) < 3:
            raise wrong(
                self.text,
                node.at,
                "DECODE takes an expression and pairs of search and result",
                code="LS-5004",
            )
        typed = [self.build(part) for part in node.parts]
        pairs = typed[1:]
        otherwise = pairs.pop() if len(pairs) % 2 else ((lambda row: None), _NULL)
        searches, results = pairs[::2], [*pairs[1::2], otherwise]
        key = searches[0][1] if searches[0][1] is not _NULL else typed[0][1]
        subject = self.cast(typed[0], key)
        tests = [self.cast(one, key) for one in searches]
        kind = next((k for _, k in results if k is not _NULL), _NULL)
        values = [self.cast(one, kind) for one in results]

        def compute(row: Row) -> Value:
            wanted = subject(row)
            for test, value in zip(tests, values, strict=False):
                if test(row) == wanted:
                    return value(row)
            return values[-1](row)

        return compute, kind

    def _operator(self, node: Node) -> Typed:
        word = node.value
        if word in ("+", "-") and "interval" in (part.kind for part in node.parts):
            return self._shift(node)
        typed = [self.build(part) for part in node.parts]
        if word == "||":
            left, right = (self.cast(one, _T) for one in typed)
            return (lambda row: _blank(_joined(left(row), right(row)))), _T
        if word in ("+", "-", "*", "/", "NEGATE"):
            return self._arithmetic(word, typed)
        if word in ("AND", "OR", "NOT"):
            return _logic(word, [compute for compute, _ in typed]), _N
        if word == "IS NULL":
            inner = typed[0][0]
            return (lambda row: Decimal(inner(row) is None)), _N
        return self._compared(word, typed), _N

    def _compared(self, word: str, typed: list[Typed]) -> Compute:
        """Comparisons; a number beside a text makes numbers of both, a date makes dates."""
        kinds = {kind for _, kind in typed}
        kind = _D if _D in kinds else _N if _N in kinds else _T
        if word == "LIKE":
            kind = _T
        parts = [self.cast(one, kind) for one in typed]
        return _comparison(word, parts)

    def _shift(self, node: Node) -> Typed:
        date, interval = node.parts
        if date.kind == "interval":
            date, interval = interval, date
        moment = self.cast(self.build(date), _D)
        amount = Decimal(interval.parts[0].value) * (-1 if node.value == "-" else 1)
        if interval.value in ("MONTH", "YEAR"):
            months = Decimal(int(amount) * (12 if interval.value == "YEAR" else 1))
            call, nls = FUNCTIONS["ADD_MONTHS"].call, self.nls
            return (lambda row: call(nls, moment(row), months)), _D
        seconds = float(amount) * _UNITS[interval.value]
        return (lambda row: _added(moment(row), timedelta(seconds=seconds))), _D

    def _arithmetic(self, word: str, typed: list[Typed]) -> Typed:
        kinds = [kind for _, kind in typed]
        if word in ("+", "-") and _D in kinds:
            if kinds == [_D, _D]:
                left, right = typed[0][0], typed[1][0]
                return (lambda row: _days_between(left(row), right(row))), _N
            if kinds[0] is not _D:
                typed = typed[::-1]
            date, days = typed[0][0], self.cast(typed[1], _N)
            sign = -1 if word == "-" else 1
            return (lambda row: _plus_days(date(row), days(row), sign)), _D
        parts = [self.cast(one, _N) for one in typed]
        return _calculation(word, parts), _N

    def cast(self, typed: Typed, kind: ResultType) -> Compute:
        """The callable with its value as ``kind``."""
        compute, own = typed
        nls = self.nls
        if kind is own or own is _NULL or kind is _NULL:
            return compute
        if kind is _T:
            return lambda row: to_text(compute(row), nls)
        if kind is _N:
            return lambda row: to_number(compute(row), nls)
        return lambda row: to_date(compute(row), nls)


def _limited(value: Value, precision: int, scale: int) -> Value:
    """A number as NUMBER(precision, scale) holds it."""
    if not isinstance(value, Decimal):
        return value
    with localcontext() as context:
        context.prec = 200
        rounded_value = value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
        if abs(rounded_value) >= Decimal(1).scaleb(precision - scale):
            raise OraError(1438, "value larger than specified precision allowed for this column")
    return rounded_value


def _shortened(value: Value, length: int | None) -> Value:
    return value[:length] if isinstance(value, str) else value


def _blank(value: Value) -> Value:
    return None if value == "" else value


def _joined(left: Value, right: Value) -> str:
    return f"{left if left is not None else ''}{right if right is not None else ''}"


def _logic(word: str, parts: list[Compute]) -> Compute:
    """Three values: 1, 0, and None for unknown."""
    if word == "NOT":
        return lambda row: _negated(parts[0](row))
    decisive = word == "OR"
    left, right = parts

    def compute(row: Row) -> Value:
        first = left(row)
        if first is not None and bool(first) is decisive:
            return Decimal(decisive)
        second = right(row)
        if second is not None and bool(second) is decisive:
            return Decimal(decisive)
        return None if first is None or second is None else Decimal(not decisive)

    return compute


def _negated(value: Value) -> Value:
    return None if value is None else Decimal(not value)


def _comparison(word: str, parts: list[Compute]) -> Compute:
    signs: dict[str, Callable[..., bool]] = {
        "=": lambda a, b: a == b,
        "<>": lambda a, b: a != b,
        "<": lambda a, b: a < b,
        ">": lambda a, b: a > b,
        "<=": lambda a, b: a <= b,
        ">=": lambda a, b: a >= b,
        "BETWEEN": lambda a, low, high: low <= a <= high,
        "LIKE": _like,
        "IN": lambda a, *others: a in others,
    }
    test = signs[word]

    def compute(row: Row) -> Value:
        values = [part(row) for part in parts]
        if word == "IN":
            if values[0] is None:
                return None
            if any(value == values[0] for value in values[1:]):
                return Decimal(1)
            return None if None in values else Decimal(0)
        if any(value is None for value in values):
            return None
        return Decimal(1) if test(*values) else Decimal(0)

    return compute


def _like(text: str, pattern: str, escape: str = "") -> bool:
    parts, at = [], 0
    while at < len(pattern):
        char = pattern[at]
        if escape and char == escape and at + 1 < len(pattern):
            at += 1
            parts.append(re.escape(pattern[at]))
        else:
            parts.append({"%": ".*", "_": "."}.get(char, re.escape(char)))
        at += 1
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _calculation(word: str, parts: list[Compute]) -> Compute:
    def compute(row: Row) -> Value:
        values = [part(row) for part in parts]
        if any(value is None for value in values):
            return None
        with localcontext() as context:
            context.prec = PRECISION
            try:
                return _result(word, *values)  # type: ignore[arg-type]
            except DecimalException as error:
                raise OraError(1426, "numeric overflow") from error

    return compute


def _result(word: str, left: Decimal, right: Decimal = Decimal(0)) -> Decimal:
    if word == "+":
        return left + right
    if word == "-":
        return left - right
    if word == "*":
        return left * right
    if word == "NEGATE":
        return -left
    if right == 0:
        raise OraError(1476, "divisor is equal to zero")
    return left / right


def _days_between(left: Value, right: Value) -> Value:
    if not isinstance(left, datetime) or not isinstance(right, datetime):
        return None
    apart = left - right
    seconds = Decimal(apart.days * 86400 + apart.seconds) + Decimal(apart.microseconds) / 1_000_000
    return rounded(seconds / 86400)


def _plus_days(date: Value, days: Value, sign: int) -> Value:
    if not isinstance(date, datetime) or not isinstance(days, Decimal):
        return None
    seconds = (days * sign * 86400).quantize(Decimal(1))
    return _added(date, timedelta(seconds=int(seconds)))


def _added(date: Value, apart: timedelta) -> Value:
    if not isinstance(date, datetime):
        return None
    try:
        return date + apart
    except OverflowError as error:
        raise OraError(1841, "(full) year must be between -4713 and +9999, and not be 0") from error
