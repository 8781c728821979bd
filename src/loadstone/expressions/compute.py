"""Typed trees into callables that compute one row."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DecimalException

from loadstone.datatypes.model import Nls
from loadstone.expressions.model import MOMENTS, Compute, OraError, ResultType, Row, Term, Value
from loadstone.expressions.operators import function_of
from loadstone.expressions.values import converted, moment_text, session_mask


def callable_of(term: Term, nls: Nls) -> Compute:
    """The callable of a tree; it raises ``OraError`` for a row that fails."""
    maker = _LAZY.get(term.name) if term.op == "call" else _MAKERS[term.op]
    return (maker or _call)(term, nls)


# Private functions


def _literal(term: Term, nls: Nls) -> Compute:
    value = term.value
    return lambda row: value


def _input(term: Term, nls: Nls) -> Compute:
    name = term.name
    return lambda row: row[name]


def _lookup(term: Term, nls: Nls) -> Compute:
    assert term.lookup is not None
    lookup = term.lookup
    parts = [callable_of(part, nls) for part in term.parts]
    return lambda row: lookup.find(tuple(part(row) for part in parts))


def _convert(term: Term, nls: Nls) -> Compute:
    part, to, own = callable_of(term.parts[0], nls), term.type, term.parts[0].type
    if to is ResultType.TEXT and own in MOMENTS:
        mask = session_mask(own, nls)
        return lambda row: moment_text(part(row), mask, nls)
    return lambda row: converted(part(row), to, nls)


def _call(term: Term, nls: Nls) -> Compute:
    function = function_of(term.name)
    parts, call, strict = [callable_of(part, nls) for part in term.parts], function.call, function.strict

    def compute(row: Row) -> Value:
        values = [part(row) for part in parts]
        if strict and None in values:
            return None
        try:
            found: Value = call(nls, *values)
        except (DecimalException, OverflowError) as error:
            raise OraError(1426, "numeric overflow") from error
        return None if found == "" or found == b"" else found

    return compute


def _case(term: Term, nls: Nls) -> Compute:
    parts = [callable_of(part, nls) for part in term.parts]
    tests, values = parts[:-1:2], [*parts[1:-1:2], parts[-1]]

    def compute(row: Row) -> Value:
        for test, value in zip(tests, values, strict=False):
            if test(row):
                return value(row)
        return values[-1](row)

    return compute


def _decode(term: Term, nls: Nls) -> Compute:
    """NULL equals NULL."""
    subject, *parts = [callable_of(part, nls) for part in term.parts]
    searches, values = parts[:-1:2], [*parts[1:-1:2], parts[-1]]

    def compute(row: Row) -> Value:
        wanted = subject(row)
        for search, value in zip(searches, values, strict=False):
            if search(row) == wanted:
                return value(row)
        return values[-1](row)

    return compute


def _coalesce(term: Term, nls: Nls) -> Compute:
    """Arguments behind the first one that is not NULL are not computed."""
    parts = [callable_of(part, nls) for part in term.parts]

    def compute(row: Row) -> Value:
        for part in parts:
            value = part(row)
            if value is not None:
                return value
        return None

    return compute


def _on_error(term: Term, nls: Nls) -> Compute:
    """DEFAULT ... ON CONVERSION ERROR."""
    part, other = (callable_of(part, nls) for part in term.parts)

    def compute(row: Row) -> Value:
        try:
            return part(row)
        except OraError:
            return other(row)

    return compute


def _validated(term: Term, nls: Nls) -> Compute:
    """VALIDATE_CONVERSION: 1 or 0."""
    part = callable_of(term.parts[0], nls)

    def compute(row: Row) -> Value:
        try:
            part(row)
        except OraError:
            return Decimal(0)
        return Decimal(1)

    return compute


def _logic(term: Term, nls: Nls) -> Compute:
    """AND and OR of three values."""
    decisive = term.name == "OR"
    left, right = (callable_of(part, nls) for part in term.parts)

    def compute(row: Row) -> Value:
        first = left(row)
        if first is decisive:
            return decisive
        second = right(row)
        if second is decisive:
            return decisive
        return None if first is None or second is None else not decisive

    return compute


_MAKERS: dict[str, Callable[[Term, Nls], Compute]] = {
    "literal": _literal,
    "bind": _input,
    "drawn": _input,
    "column": _input,
    "lookup": _lookup,
    "convert": _convert,
    "case": _case,
    "decode": _decode,
}
_LAZY = {
    "COALESCE": _coalesce,
    "AND": _logic,
    "OR": _logic,
    "ON ERROR": _on_error,
    "VALIDATE_CONVERSION": _validated,
}
