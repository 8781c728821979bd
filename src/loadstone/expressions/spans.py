"""
Expressions that only move, choose or rewrite texts, as programs over spans: the direct lane's part of expressions.

A program takes the spans of fields in the chunk's buffer and gives those of its result in the same buffer,
without Arrow and without a value for each row. What it cannot do exactly it does not take: ``span_plan`` gives None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loadstone.datatypes.masks import FRACTION, ZONE_HOUR, ZONE_MINUTE, ZONE_NAME, compile_mask
from loadstone.datatypes.model import ColumnType, Kind, Nls
from loadstone.expressions import span_kernels as kernels
from loadstone.expressions.functions.texts import lower, upper
from loadstone.expressions.model import MOMENTS, Compiled, ResultType, Term

Span = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Starts and ends; an empty span is NULL."""

PAD_MAX = 256
"""Widths that LPAD and RPAD are taken for."""

_NUMBERS = (Kind.INT2, Kind.INT4, Kind.INT8, Kind.DECIMAL, Kind.FLOAT4, Kind.FLOAT8)
_TIMES = (Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ)
_CASES = 0x1E944
"""Code points beyond have no case."""


@dataclass(frozen=True, kw_only=True)
class SpanPlan:
    """
    An expression as a program of spans and what its texts then are.

    Attributes:
        term: What gives the text. mask: of a date in it, for the column's conversion; None = as the column's.
        literals: Its texts, which stand behind each other in the buffer. pools: their offsets there.
        writes: Bytes of new text at most, as (weight, bind or None): a weight times the bind's bytes, or
            times the rows.
    """

    term: Term
    mask: str | None
    literals: bytes
    pools: Mapping[str, int]
    writes: tuple[tuple[int, str | None], ...]

    def space(self, fields: Callable[[str], Span], rows: int) -> int:
        """Bytes of new text that a run may make."""
        total = 0
        for weight, name in self.writes:
            if name is None:
                total += weight * rows
            else:
                start, end = fields(name)
                total += weight * int(end.sum() - start.sum())
        return total


WEIGHT_MAX = 100_000
"""Times that a bind's bytes may be written; what needs more is left to DuckDB or to the rows."""


def span_plan(compiled: Compiled, column: ColumnType) -> SpanPlan | None:
    """The program of an expression for a column, or None where it is no matter of spans."""
    root = _root(compiled.term, column, compiled.nls)
    if root is None:
        return None
    term, mask = root
    writes = _writes(term, {})
    if writes is None or max(writes.values(), default=0) > WEIGHT_MAX:
        return None
    literals, pools = bytearray(), dict[str, int]()
    for text in dict.fromkeys(_texts(term)):
        pools[text] = len(literals)
        literals += text.encode()
    return SpanPlan(term=term, mask=mask, literals=bytes(literals), pools=pools, writes=tuple((weight, name) for name, weight in writes.items()))


def span_names() -> frozenset[str]:
    """Functions that programs of spans know, at least for some of their arguments."""
    return frozenset((*_TEXTS, "DECODE", "TO_DATE", "TO_TIMESTAMP", "TO_TIMESTAMP_TZ", "TO_NUMBER"))


class SpanRun:
    """One run of a program over the rows of a chunk."""

    def __init__(
        self,
        plan: SpanPlan,
        fields: Callable[[str], Span],
        buffer: NDArray[np.uint8],
        places: tuple[int, int],
        *,
        compiled: bool,
    ) -> None:
        """
        Args:
            fields: Spans of a bind in ``buffer``; they are copied before they are changed.
            places: Where in ``buffer`` the program's literals stand, and where new text goes.
        """
        self._plan, self._fields, self._compiled = plan, fields, compiled
        self._buffer: Any = buffer if compiled else buffer.data
        self._pool, self._at = places

    def result(self, rows: int) -> Span:
        """The spans of the result."""
        self._rows = rows
        return self._text(self._plan.term)

    # Private methods

    def _run(self, kernel: Any, *arguments: Any) -> Any:
        return kernel.pick(self._compiled)(self._buffer, *arguments)

    def _text(self, term: Term) -> Span:
        if term.op == "literal":
            return self._literal(term)
        if term.op == "bind":
            return self._fields(term.name)
        if term.op in ("case", "decode"):
            return self._choice(term)
        maker: Callable[[SpanRun, Term], Span] = _TEXTS[term.name][1]
        return maker(self, term)

    def _literal(self, term: Term) -> Span:
        first, last = self._place(term)
        return np.full(self._rows, first), np.full(self._rows, last)

    def _place(self, term: Term) -> tuple[int, int]:
        if term.value is None:
            return 0, 0
        first = self._pool + self._plan.pools[str(term.value)]
        return first, first + len(str(term.value).encode())

    def _own(self, term: Term) -> Span:
        """Spans that may be changed."""
        start, end = self._text(term)
        return start.copy(), end.copy()

    def _trimmed(self, term: Term) -> Span:
        start, end = self._own(term.parts[0])
        flags = np.zeros(256, np.uint8)
        chars = str(term.parts[1].value) if len(term.parts) > 1 else " "
        flags[list(chars.encode())] = 1
        left, right = term.name != "RTRIM", term.name != "LTRIM"
        self._run(kernels.trim_spans, start, end, flags, left, right)
        return start, end

    def _cut(self, term: Term) -> Span:
        start, end = self._own(term.parts[0])
        first, size = _integer(term.parts[1]), _integer(term.parts[2]) if len(term.parts) > 2 else -1
        if len(term.parts) > 2 and size < 1:
            return start, start
        self._run(kernels.cut_spans, start, end, first, size)
        return start, end

    def _cased(self, term: Term) -> Span:
        start, end = self._own(term.parts[0])
        self._at = self._run(
            kernels.case_spans, start, end, _case_table(term.name.endswith("UPPER")), self._at
        )
        return start, end

    def _joined(self, term: Term) -> Span:
        start, end = self._own(term.parts[0])
        self._at = self._run(kernels.join_spans, start, end, *self._text(term.parts[1]), self._at)
        return start, end

    def _padded(self, term: Term) -> Span:
        start, end = self._own(term.parts[0])
        width = _integer(term.parts[1])
        if width < 1:
            return start, start
        fill = self._place(term.parts[2]) if len(term.parts) > 2 else self._place(_BLANK)
        self._at = self._run(kernels.pad_spans, start, end, width, *fill, term.name == "LPAD", self._at)
        return start, end

    def _replaced(self, term: Term) -> Span:
        start, end = self._own(term.parts[0])
        new = self._place(term.parts[2]) if len(term.parts) > 2 else (0, 0)
        self._at = self._run(kernels.replace_spans, start, end, *self._place(term.parts[1]), *new, self._at)
        return start, end

    def _first(self, term: Term) -> Span:
        """NVL and COALESCE."""
        start, end = self._text(term.parts[0])
        for part in term.parts[1:]:
            start, end = self._where(start == end, self._text(part), (start, end))
        return start, end

    def _by_presence(self, term: Term) -> Span:
        start, end = self._text(term.parts[0])
        return self._where(start < end, self._text(term.parts[1]), self._text(term.parts[2]))

    def _choice(self, term: Term) -> Span:
        """CASE, and DECODE, where NULL equals NULL."""
        parts = term.parts
        if term.op == "decode":
            subject = self._text(parts[0])
            parts = parts[1:]
            tests = [self._equal(subject, search) for search in parts[:-1:2]]
        else:
            tests = [self._condition(test)[0] for test in parts[:-1:2]]
        found = self._text(parts[-1])
        for test, value in zip(reversed(tests), reversed(parts[1:-1:2]), strict=True):
            found = self._where(test, self._text(value), found)
        return found

    def _equal(self, span: Span, other: Term) -> NDArray[np.bool_]:
        equal = np.zeros(self._rows, np.uint8)
        if other.op == "literal":
            first, last = self._place(other)
            self._run(kernels.equal_one, *span, first, last - first, equal)
        else:
            self._run(kernels.equal_spans, *span, *self._text(other), equal)
        return equal.view(np.bool_)

    def _condition(self, term: Term) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Where a condition is true, and where it is false; elsewhere it is unknown."""
        if term.op == "literal":
            return np.full(self._rows, term.value is True), np.full(self._rows, term.value is False)
        if term.name in ("AND", "OR"):
            left, right = (self._condition(part) for part in term.parts)
            if term.name == "AND":
                return left[0] & right[0], left[1] | right[1]
            return left[0] | right[0], left[1] & right[1]
        if term.name == "NOT":
            true, false = self._condition(term.parts[0])
            return false, true
        subject = self._text(term.parts[0])
        given = subject[0] < subject[1]
        if term.name == "IS NULL":
            return ~given, given
        equal, unknown = np.zeros(self._rows, np.bool_), ~given
        for part in term.parts[1:]:
            other = self._text(part)
            equal |= self._equal(subject, part)
            unknown |= other[0] == other[1]
        if term.name == "IN":
            return equal & given, ~equal & ~unknown
        equal &= given
        return (equal, ~equal & ~unknown) if term.name == "=" else (~equal & ~unknown, equal)

    @staticmethod
    def _where(test: NDArray[np.bool_], given: Span, otherwise: Span) -> Span:
        return np.where(test, given[0], otherwise[0]), np.where(test, given[1], otherwise[1])


# Private functions


_BLANK = Term("literal", ResultType.TEXT, value=" ")

Writes = dict[str | None, int]
"""Weights of the bytes of binds, by name; None is a row."""

Sizes = dict[int, Writes]
"""Of terms by identity, so that each is looked at once."""


def _root(term: Term, column: ColumnType, nls: Nls) -> tuple[Term, str | None] | None:
    """The text that a column's own conversion finishes: TO_DATE and TO_NUMBER at the root are that conversion."""
    if term.type in (ResultType.TEXT, ResultType.NULL):
        return term, None
    if term.type is ResultType.NUMBER and column.kind in _NUMBERS:
        inner = term.parts[0] if term.name == "TO_NUMBER" and len(term.parts) == 1 else term
        if inner.op == "convert" and inner.parts[0].type is ResultType.TEXT:
            return inner.parts[0], None
    if term.type in MOMENTS and column.kind in _TIMES:
        return _date_root(term, column, nls)
    return None


def _date_root(term: Term, column: ColumnType, nls: Nls) -> tuple[Term, str] | None:
    masks = {
        ResultType.DATE: nls.date_format,
        ResultType.TIMESTAMP: nls.timestamp_format,
        ResultType.TIMESTAMPTZ: nls.timestamp_tz_format,
    }
    mask: Any = masks[term.type]
    if term.op == "call" and term.name in ("TO_DATE", "TO_TIMESTAMP", "TO_TIMESTAMP_TZ"):
        if len(term.parts) > 2 or any(part.op != "literal" for part in term.parts[1:]):
            return None
        mask = term.parts[1].value if len(term.parts) == 2 else mask
    elif term.op != "convert":
        return None
    if term.parts[0].type is not ResultType.TEXT or not mask:
        return None
    kinds = set(compile_mask(mask, nls.date_language).steps[:, 0].tolist())
    if ZONE_NAME in kinds:  # names of zones are no matter of a kernel
        return None
    zoned = bool(kinds & {ZONE_HOUR, ZONE_MINUTE})
    if term.type is ResultType.DATE and (zoned or FRACTION in kinds):
        return None
    if zoned and term.type is ResultType.TIMESTAMP and column.kind is Kind.TIMESTAMPTZ:
        return None
    return term.parts[0], mask


def _texts(term: Term) -> list[str]:
    own = [str(term.value)] if term.op == "literal" and isinstance(term.value, str) else []
    blank = [" "] if term.name in ("LPAD", "RPAD") else []
    return [*own, *blank, *(text for part in term.parts for text in _texts(part))]


def _writes(term: Term, sizes: Sizes) -> Writes | None:
    """What a run of the term may write; None when it is no matter of spans."""
    if term.op == "literal":
        return {} if term.type in (ResultType.TEXT, ResultType.NULL) else None
    if term.op == "bind":
        return {} if term.type is ResultType.TEXT else None
    if term.op == "decode":
        return _all_writes(term.parts, sizes)
    if term.op == "case":
        tests = [_condition_writes(part, sizes) for part in term.parts[:-1:2]]
        return _summed([*tests, _all_writes((*term.parts[1:-1:2], term.parts[-1]), sizes)])
    if term.op != "call" or term.name not in _TEXTS or not _TEXTS[term.name][0](term):
        return None
    texts = [part for part in term.parts if part.op != "literal" or part.type in _TEXTUAL]
    return _summed([_all_writes(texts, sizes), _own_writes(term, sizes)])


_TEXTUAL = (ResultType.TEXT, ResultType.NULL)


def _condition_writes(term: Term, sizes: Sizes) -> Writes | None:
    if term.op == "literal":
        return {}
    if term.op != "call":
        return None
    if term.name in ("AND", "OR", "NOT"):
        return _summed([_condition_writes(part, sizes) for part in term.parts])
    if term.name in ("=", "<>", "IN", "IS NULL"):
        found = _all_writes(term.parts, sizes)
        return None if found is None else _times(found, 2)
    return None


def _all_writes(terms: Any, sizes: Sizes) -> Writes | None:
    if any(term.type not in _TEXTUAL for term in terms):
        return None
    return _summed([_writes(term, sizes) for term in terms])


def _summed(parts: Sequence[Writes | None]) -> Writes | None:
    total: Writes = {}
    for part in parts:
        if part is None:
            return None
        for name, weight in part.items():
            total[name] = total.get(name, 0) + weight
    return total


def _times(size: Writes, factor: int) -> Writes:
    return {name: weight * factor for name, weight in size.items()}


def _own_writes(term: Term, sizes: Sizes) -> Writes:
    """New text of the term itself, at most."""
    if term.name.endswith(("UPPER", "LOWER")):
        return _times(_size(term.parts[0], sizes), 2)
    if term.name in ("||", "CONCAT"):
        return _sizes(term.parts, sizes)
    if term.name in ("LPAD", "RPAD"):
        return {None: 4 * max(_integer(term.parts[1]), 0)}
    if term.name == "REPLACE":
        return _times(_size(term.parts[0], sizes), _growth(term))
    return {}


def _growth(term: Term) -> int:
    """Times that a text grows at most: each place of the search text becomes the new one, and all else stays."""
    search = len(str(term.parts[1].value).encode())
    new = len(str(term.parts[2].value or "").encode()) if len(term.parts) > 2 else 0
    return max(-(-new // search), 1)


def _size(term: Term, sizes: Sizes) -> Writes:
    """Bytes of a term's text, at most, for all rows; ``sizes`` are those of terms that were looked at."""
    if id(term) not in sizes:
        sizes[id(term)] = _size_anew(term, sizes)
    return sizes[id(term)]


def _size_anew(term: Term, sizes: Sizes) -> Writes:
    if term.op == "literal":
        return {None: len(str(term.value or "").encode())}
    if term.op == "bind":
        return {term.name: 1}
    if term.op == "decode":
        return _sizes((*term.parts[2:-1:2], term.parts[-1]), sizes)
    if term.op == "case":
        return _sizes((*term.parts[1:-1:2], term.parts[-1]), sizes)
    if term.name in ("TRIM", "LTRIM", "RTRIM", "SUBSTR"):
        return _size(term.parts[0], sizes)
    if term.name in ("NVL", "COALESCE", "NVL2"):
        return _sizes(term.parts, sizes)
    own = _own_writes(term, sizes)
    return _sizes(term.parts[:1], sizes, own) if term.name in ("LPAD", "RPAD") else own


def _sizes(terms: Sequence[Term], sizes: Sizes, own: Writes | None = None) -> Writes:
    return _summed([own or {}, *(_size(term, sizes) for term in terms)]) or {}


def _integer(term: Term) -> int:
    return int(term.value)  # type: ignore[arg-type]


def _literals(term: Term, kinds: tuple[type, ...]) -> bool:
    """Whether the arguments behind the first are literals of these types."""
    given = term.parts[1:]
    wanted = [Decimal if kind is int else kind for kind in kinds]
    return len(given) <= len(wanted) and all(
        part.op == "literal" and isinstance(part.value, kind)
        for part, kind in zip(given, wanted, strict=False)
    )


def _trims(term: Term) -> bool:
    chars = str(term.parts[1].value) if len(term.parts) > 1 else " "
    single = term.name != "TRIM" or len(chars) == 1
    return _literals(term, (str,)) and chars.isascii() and single


def _cuts(term: Term) -> bool:
    return _literals(term, (int, int)) and all(abs(_integer(part)) < 1 << 31 for part in term.parts[1:])


def _pads(term: Term) -> bool:
    return _literals(term, (int, str)) and _integer(term.parts[1]) <= PAD_MAX


def _replaces(term: Term) -> bool:
    """With a text to search for; NULL in place of it is a case of its own."""
    new = term.parts[2] if len(term.parts) > 2 else None
    return (
        term.parts[1].op == "literal"
        and bool(term.parts[1].value)
        and (new is None or new.op == "literal")
        and _growth(term) <= 16
    )


def _always(term: Term) -> bool:
    return True


def _alone(term: Term) -> bool:
    return len(term.parts) == 1


_TEXTS: dict[str, tuple[Callable[[Term], bool], Any]] = {
    **dict.fromkeys(("TRIM", "LTRIM", "RTRIM"), (_trims, SpanRun._trimmed)),
    "SUBSTR": (_cuts, SpanRun._cut),
    **dict.fromkeys(("UPPER", "LOWER", "NLS_UPPER", "NLS_LOWER"), (_alone, SpanRun._cased)),
    **dict.fromkeys(("||", "CONCAT"), (_always, SpanRun._joined)),
    **dict.fromkeys(("LPAD", "RPAD"), (_pads, SpanRun._padded)),
    "REPLACE": (_replaces, SpanRun._replaced),
    **dict.fromkeys(("NVL", "COALESCE"), (_always, SpanRun._first)),
    "NVL2": (_always, SpanRun._by_presence),
}
"""Functions of texts: whether a call can be taken, and how it runs."""


@lru_cache(maxsize=2)
def _case_table(to_upper: bool) -> NDArray[np.int32]:
    change = upper if to_upper else lower
    return np.array(
        [code if 0xD800 <= code < 0xE000 else ord(change(chr(code))) for code in range(_CASES)], np.int32
    )
