"""Typed trees into SQL of DuckDB. Every function is on a whitelist; what has no exact SQL is declined by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from loadstone.datatypes.model import Nls
from loadstone.expressions.duckdb import decimals, moments, numbers, texts
from loadstone.expressions.duckdb.model import Declined, Emitted, Emitter, Sql, TooWide, quoted, text_literal
from loadstone.expressions.duckdb.shown import shown
from loadstone.expressions.model import MOMENTS, Compiled, OraError, ResultType, Term
from loadstone.expressions.operators import like_pattern
from loadstone.expressions.values import session_mask

SQL_SIZE_MAX = 40_000
"""Characters of an expression's SQL; longer ones are declined."""

LEAVES = ((24, 10), (18, 6), (13, 6), (9, 3), (6, 2))
"""Digits left and right of the point that texts are read with as numbers, the widest that all sums fit in."""

_T, _N, _NULL = ResultType.TEXT, ResultType.NUMBER, ResultType.NULL
_DECLINED_TYPES = {
    ResultType.TIMESTAMPTZ: "times with a zone",
    ResultType.INTERVAL_DS: "intervals",
    ResultType.INTERVAL_YM: "intervals",
}


def emit(compiled: Compiled, *, for_number: bool = False) -> Emitted:
    """
    The SQL of an expression over a table whose columns are the binds, and ``name.NEXTVAL`` for sequences.

    ``for_number``: the column takes numbers, so that zeros behind the last digit may stay.

    Raises:
        Declined: With what it cannot translate.
    """
    wide: TooWide | None = None
    for leaf in LEAVES:
        try:
            return _emitted(Terms(compiled.nls, leaf), compiled.term, for_number=for_number)
        except TooWide as error:
            wide = error
    assert wide is not None
    raise wide


def emitted_names() -> frozenset[str]:
    """Functions and operators that have SQL, at least for some of their arguments."""
    return frozenset(
        (*_CONDITIONS, *_CHOICES, "DECODE", *texts.EMITTERS, *numbers.EMITTERS, *moments.EMITTERS)
    )


class Terms:
    """Emits terms, with texts read as numbers of ``leaf`` digits."""

    def __init__(self, nls: Nls, leaf: tuple[int, int]) -> None:
        self.nls, self.leaf = nls, leaf

    def sql(self, term: Term) -> Sql:
        """The SQL of a term."""
        if term.type in _DECLINED_TYPES:
            raise Declined(_DECLINED_TYPES[term.type])
        maker: Callable[[Term], Sql] = getattr(self, f"_{term.op}")
        return maker(term)

    def parts(self, term: Term) -> list[Sql]:
        """The SQL of a term's parts."""
        return [self.sql(part) for part in term.parts]

    # Private methods: one for each kind of term

    def _literal(self, term: Term) -> Sql:
        value = term.value
        if value is None:
            return _null(term.type)
        if isinstance(value, bool):
            return Sql("TRUE" if value else "FALSE")
        if isinstance(value, Decimal):
            return decimals.literal(value)
        if isinstance(value, datetime):
            return Sql(f"TIMESTAMP '{value.isoformat(sep=' ')}'")
        if isinstance(value, bytes):
            return Sql(text_literal(value.hex().upper()))
        return Sql(text_literal(str(value)))

    def _bind(self, term: Term) -> Sql:
        if term.type is _N:
            return decimals.read(quoted(term.name), self.leaf, ".")
        return Sql(quoted(term.name))

    def _drawn(self, term: Term) -> Sql:
        return Sql(f"CAST({quoted(term.name)} AS DECIMAL(19,0))", (), (19, 0))

    def _column(self, term: Term) -> Sql:
        raise Declined("a column of a lookup")

    def _lookup(self, term: Term) -> Sql:
        raise Declined("a sub-SELECT")

    def _convert(self, term: Term) -> Sql:
        (part,), own = self.parts(term), term.parts[0].type
        if own is _T and term.type is ResultType.RAW:
            return texts.raw_of(part)
        if own is _T and term.type is _N:
            return decimals.read(part.value, self.leaf, self.nls.decimal, part.known)
        if own is _T:
            mask = self.nls.date_format if term.type is ResultType.DATE else self.nls.timestamp_format
            return moments.read(part, mask, self.nls)
        if own is _N:
            return Sql(decimals.shown(part, self.nls.decimal), part.known)
        if term.type is _T:
            return shown(part, session_mask(own, self.nls), self.nls) if own in MOMENTS else part
        if term.type is ResultType.DATE:
            return Sql(f"date_trunc('second', {part.value})", part.known)
        return part

    def _case(self, term: Term) -> Sql:
        parts = self.parts(term)
        tests, values = parts[:-1:2], [*parts[1:-1:2], parts[-1]]
        return self.choice([(test.value, test.known) for test in tests], values, term.type)

    def _decode(self, term: Term) -> Sql:
        subject, *parts = self.parts(term)
        tests = [
            (f"{subject.value} IS NOT DISTINCT FROM {search.value}", search.known) for search in parts[:-1:2]
        ]
        found = self.choice(tests, [*parts[1:-1:2], parts[-1]], term.type)
        return Sql(found.value, subject.known + found.known, found.digits)

    def choice(
        self, tests: Sequence[tuple[str, tuple[str, ...]]], values: Sequence[Sql], kind: ResultType
    ) -> Sql:
        """CASE: a branch that is not taken need not be known."""
        values, digits = decimals.alike(values) if kind is _N else (values, (0, 0))
        whens = [f"WHEN {test} THEN {value.value}" for (test, _), value in zip(tests, values, strict=False)]
        sql = f"CASE {' '.join(whens)} ELSE {values[-1].value} END"
        if not any(known for _, known in tests) and not any(value.known for value in values):
            return Sql(sql, (), digits)
        known = []
        for (test, test_known), value in zip(tests, values, strict=False):
            if test_known:
                known.append(f"WHEN NOT ({' AND '.join(test_known)}) THEN FALSE")
            known.append(f"WHEN {test} THEN {' AND '.join(value.known) or 'TRUE'}")
        otherwise = " AND ".join(values[-1].known) or "TRUE"
        return Sql(sql, (f"(CASE {' '.join(known)} ELSE {otherwise} END)",), digits)

    def _call(self, term: Term) -> Sql:
        if term.name in _CONDITIONS:
            return _CONDITIONS[term.name](self, term)
        if term.name in _CHOICES:
            return _CHOICES[term.name](self, term)
        of_moment = bool(term.parts) and term.parts[0].type in MOMENTS
        for makers in (
            moments.EMITTERS if of_moment else {},
            texts.EMITTERS,
            numbers.EMITTERS,
            moments.EMITTERS,
        ):
            if term.name in makers:
                return makers[term.name](self, term)
        raise Declined(term.name)


# Private functions


def _emitted(emitter: Emitter, term: Term, *, for_number: bool) -> Emitted:
    found = emitter.sql(term)
    if term.type is _N:
        show = decimals.plain if for_number else decimals.shown
        value = show(found, emitter.nls.decimal)
    elif term.type in MOMENTS:
        value = moments.canonical(found.value, whole=term.type is ResultType.DATE)
    else:
        value = found.value
    known = " AND ".join(dict.fromkeys(found.known)) or "TRUE"
    if len(value) + len(known) > SQL_SIZE_MAX:
        raise Declined("an expression whose SQL is too long")
    return Emitted(sql=value, known=known)


def _null(kind: ResultType) -> Sql:
    if kind is _N:
        return Sql("CAST(NULL AS DECIMAL(1,0))", (), (1, 0))
    if kind in MOMENTS:
        return Sql("CAST(NULL AS TIMESTAMP)")
    return Sql("CAST(NULL AS BOOLEAN)" if kind is ResultType.BOOLEAN else "CAST(NULL AS VARCHAR)")


def _compared(emitter: Emitter, term: Term) -> Sql:
    left, right = emitter.parts(term)
    return Sql(f"({left.value} {term.name} {right.value})", left.known + right.known)


def _in(emitter: Emitter, term: Term) -> Sql:
    subject, *others = emitter.parts(term)
    known = tuple(one for part in (subject, *others) for one in part.known)
    return Sql(f"({subject.value} IN ({', '.join(other.value for other in others)}))", known)


def _like(emitter: Emitter, term: Term) -> Sql:
    if any(part.op != "literal" for part in term.parts[1:]):
        raise Declined("LIKE with a pattern that is no literal")
    try:
        like_pattern(*(str(part.value or "") for part in term.parts[1:]))
    except OraError as error:
        raise Declined("LIKE with a wrong pattern") from error
    text, pattern, *escape = emitter.parts(term)
    more = f" ESCAPE {escape[0].value}" if escape else ""
    if escape and len(str(term.parts[2].value)) != 1:
        raise Declined("LIKE with a long escape")
    return Sql(f"({text.value} LIKE {pattern.value}{more})", text.known)


def _is_null(emitter: Emitter, term: Term) -> Sql:
    (part,) = emitter.parts(term)
    return Sql(f"({part.value} IS NULL)", part.known)


def _not(emitter: Emitter, term: Term) -> Sql:
    (part,) = emitter.parts(term)
    return Sql(f"(NOT {part.value})", part.known)


def _lnnvl(emitter: Emitter, term: Term) -> Sql:
    (part,) = emitter.parts(term)
    return Sql(f"({part.value} IS NOT TRUE)", part.known)


def _logic(emitter: Emitter, term: Term) -> Sql:
    """The right side need not be known where the left one decides."""
    left, right = emitter.parts(term)
    known = left.known
    if right.known:
        decided = "IS NOT DISTINCT FROM " + ("TRUE" if term.name == "OR" else "FALSE")
        known += (f"({left.value} {decided} OR ({' AND '.join(right.known)}))",)
    return Sql(f"({left.value} {term.name} {right.value})", known)


_CONDITIONS: dict[str, Callable[[Emitter, Term], Sql]] = {
    **dict.fromkeys(("=", "<>", "<", ">", "<=", ">="), _compared),
    "IN": _in,
    "LIKE": _like,
    "IS NULL": _is_null,
    "NOT": _not,
    "AND": _logic,
    "OR": _logic,
    "LNNVL": _lnnvl,
}


def _made_alike(emitter: Emitter, term: Term) -> tuple[list[Sql], tuple[int, int], tuple[str, ...]]:
    parts = emitter.parts(term)
    digits = (0, 0)
    if term.type is _N:
        parts, digits = decimals.alike(parts)
    return parts, digits, tuple(one for part in parts for one in part.known)


def _nvl(emitter: Emitter, term: Term) -> Sql:
    parts, digits, known = _made_alike(emitter, term)
    return Sql(f"coalesce({', '.join(part.value for part in parts)})", known, digits)


def _coalesce(emitter: Emitter, term: Term) -> Sql:
    parts, digits, known = _made_alike(emitter, term)
    if known:
        known = parts[0].known
        for number, part in enumerate(parts[1:], 1):
            if part.known:
                before = " OR ".join(f"{one.value} IS NOT NULL" for one in parts[:number])
                known += (f"({before} OR ({' AND '.join(part.known)}))",)
    return Sql(f"coalesce({', '.join(part.value for part in parts)})", known, digits)


def _nvl2(emitter: Emitter, term: Term) -> Sql:
    value, given, missing = emitter.parts(term)
    digits = (0, 0)
    if term.type is _N:
        (given, missing), digits = decimals.alike([given, missing])
    sql = f"CASE WHEN {value.value} IS NOT NULL THEN {given.value} ELSE {missing.value} END"
    return Sql(sql, value.known + given.known + missing.known, digits)


def _nullif(emitter: Emitter, term: Term) -> Sql:
    (left, right), digits, known = _made_alike(emitter, term)
    return Sql(f"nullif({left.value}, {right.value})", known, digits)


def _extreme(emitter: Emitter, term: Term) -> Sql:
    """GREATEST and LEAST: NULL if any is."""
    parts, digits, known = _made_alike(emitter, term)
    given = " AND ".join(f"{part.value} IS NOT NULL" for part in parts)
    values = ", ".join(part.value for part in parts)
    return Sql(f"CASE WHEN {given} THEN {term.name.lower()}({values}) END", known, digits)


def _on_error(emitter: Emitter, term: Term) -> Sql:
    """DEFAULT ... ON CONVERSION ERROR: what DuckDB knows has no error; other rows are computed one by one."""
    found, _ = emitter.parts(term)
    return found


def _validated(emitter: Emitter, term: Term) -> Sql:
    """VALIDATE_CONVERSION: 1 where the value is known."""
    (found,) = emitter.parts(term)
    return Sql("CAST(1 AS DECIMAL(1,0))", found.known, (1, 0))


_CHOICES: dict[str, Callable[[Emitter, Term], Sql]] = {
    "NVL": _nvl,
    "COALESCE": _coalesce,
    "NVL2": _nvl2,
    "NULLIF": _nullif,
    "GREATEST": _extreme,
    "LEAST": _extreme,
    "ON ERROR": _on_error,
    "VALIDATE_CONVERSION": _validated,
}
