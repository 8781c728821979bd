"""
Numbers as SQL: DECIMAL with digits enough for every value, so that nothing is rounded that NUMBER would keep.

``digits`` are those left and right of the point that a value may have. Where a text has more, its row is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from loadstone.expressions.duckdb.model import Declined, Sql, decimal_type, text_literal
from loadstone.expressions.model import MOMENTS, Term

if TYPE_CHECKING:
    from loadstone.expressions.duckdb.emit import Emitter

Digits = tuple[int, int]

_PLAIN_MASK = re.compile(r"(?P<fm>FM)?(?P<whole>[09]+)((?P<point>[.D])(?P<fraction>[09]+))?", re.IGNORECASE)


def literal(value: Decimal) -> Sql:
    """A number as written."""
    _, shown, exponent = value.as_tuple()
    scale = max(0, -int(exponent))
    digits = (max(len(shown) + int(exponent), 1), scale)
    return Sql(f"CAST('{value:f}' AS {decimal_type(digits)})", (), digits)


def read(text: str, digits: Digits, decimal: str, known: tuple[str, ...] = ()) -> Sql:
    """A text as a number of so many digits; one with more, or that is none, is not known."""
    whole, fraction = digits
    point = re.escape(decimal)
    pattern = rf" *[+-]?(\d{{1,{whole}}}({point}\d{{0,{fraction}}})?|{point}\d{{1,{fraction}}}) *"
    value = text if decimal == "." else f"replace({text}, {text_literal(decimal)}, '.')"
    shape = f"coalesce(regexp_full_match({text}, {text_literal(pattern)}), TRUE)"
    return Sql(f"TRY_CAST({value} AS {decimal_type(digits)})", (*known, shape), digits)


def shown(number: Sql, decimal: str) -> str:
    """The shortest text of a number, as TO_CHAR gives it."""
    text = f"CAST({number.value} AS VARCHAR)"
    if number.digits[1]:
        short = f"regexp_replace({text}, '\\.?0+$', '')"
        bare = f"regexp_replace({short}, '^(-?)0\\.', '\\1.')"
        text = f"CASE WHEN {number.value} = 0 THEN '0' WHEN {number.value} IS NOT NULL THEN {bare} END"
        if decimal != ".":
            text = f"replace({text}, '.', {text_literal(decimal)})"
    return text


def plain(number: Sql, decimal: str) -> str:
    """A number as text for a column of numbers, which does not mind zeros behind the last digit."""
    text = f"CAST({number.value} AS VARCHAR)"
    return text if decimal == "." else f"replace({text}, '.', {text_literal(decimal)})"


def alike(values: Sequence[Sql]) -> tuple[list[Sql], Digits]:
    """Numbers as ones of the same type."""
    digits = (max(one.digits[0] for one in values), max(one.digits[1] for one in values))
    kind = decimal_type(digits)
    return [
        one if one.digits == digits else Sql(f"CAST({one.value} AS {kind})", one.known, digits)
        for one in values
    ], digits


def at_scale(part: Sql, scale: int) -> Sql:
    """A number rounded to so many digits right of the point."""
    digits = (part.digits[0] + 1, scale)
    kind = decimal_type((digits[0], part.digits[1]))
    value = f"round(CAST({part.value} AS {kind}), {scale})"
    return Sql(f"CAST({value} AS {decimal_type(digits)})", part.known, digits)


# Private functions


def _added(emitter: Emitter, term: Term) -> Sql:
    (left, right), digits = alike(emitter.parts(term))
    wider = (digits[0] + 1, digits[1])
    kind = decimal_type(wider)
    value = f"(CAST({left.value} AS {kind}) {term.name} CAST({right.value} AS {kind}))"
    return Sql(f"CAST({value} AS {kind})", left.known + right.known, wider)


def _multiplied(emitter: Emitter, term: Term) -> Sql:
    return _product(*emitter.parts(term))


def _product(left: Sql, right: Sql) -> Sql:
    digits = (left.digits[0] + right.digits[0], left.digits[1] + right.digits[1])
    kind = decimal_type(digits)
    wide = decimal_type((sum(digits) - left.digits[1], left.digits[1]))
    value = f"CAST(CAST({left.value} AS {wide}) * {right.value} AS {kind})"
    return Sql(value, left.known + right.known, digits)


def _divided(emitter: Emitter, term: Term) -> Sql:
    """By a literal whose reciprocal ends, such as 100, 4 or 0.5."""
    divisor = term.parts[1].value
    if term.parts[1].op != "literal" or not isinstance(divisor, Decimal) or divisor == 0:
        raise Declined("a division by what is no literal")
    reciprocal = (1 / divisor).normalize()
    if reciprocal * divisor != 1 or len(reciprocal.as_tuple().digits) > 12:
        raise Declined(f"a division by {divisor}, which does not end")
    return _product(emitter.sql(term.parts[0]), literal(reciprocal))


def _negated(emitter: Emitter, term: Term) -> Sql:
    (part,) = emitter.parts(term)
    return Sql(f"(-{part.value})", part.known, part.digits)


def _absolute(emitter: Emitter, term: Term) -> Sql:
    (part,) = emitter.parts(term)
    return Sql(f"abs({part.value})", part.known, part.digits)


def _sign(emitter: Emitter, term: Term) -> Sql:
    (part,) = emitter.parts(term)
    return Sql(f"CAST(sign({part.value}) AS DECIMAL(1,0))", part.known, (1, 0))


def _whole(emitter: Emitter, term: Term) -> Sql:
    """CEIL and FLOOR."""
    (part,) = emitter.parts(term)
    digits = (part.digits[0] + 1, 0)
    kind = decimal_type((digits[0], part.digits[1]))
    value = f"{term.name.lower()}(CAST({part.value} AS {kind}))"
    return Sql(f"CAST({value} AS {decimal_type(digits)})", part.known, digits)


def _remainder(emitter: Emitter, term: Term) -> Sql:
    (left, right), digits = alike(emitter.parts(term))
    value = f"CASE WHEN {right.value} = 0 THEN {left.value} ELSE {left.value} % {right.value} END"
    return Sql(value, left.known + right.known, digits)


def _rounded(emitter: Emitter, term: Term) -> Sql:
    """ROUND and TRUNC to digits right of the point."""
    if term.type in MOMENTS:
        from loadstone.expressions.duckdb import moments

        return moments.cut(emitter, term)
    part, scale = emitter.sql(term.parts[0]), _scale(term)
    if scale >= part.digits[1]:
        return part
    if term.name == "ROUND":
        return at_scale(part, scale)
    unit = literal(Decimal(1).scaleb(-scale))
    whole, fraction = part.digits
    kind = decimal_type((whole, fraction))
    cut = f"({part.value} - CAST({part.value} AS {kind}) % CAST({unit.value} AS {kind}))"
    digits = (whole, scale)
    return Sql(f"CAST({cut} AS {decimal_type(digits)})", part.known, digits)


def _scale(term: Term) -> int:
    if len(term.parts) == 1:
        return 0
    scale = term.parts[1]
    if scale.op != "literal" or not isinstance(scale.value, Decimal) or scale.value < 0:
        raise Declined(f"{term.name} to digits that are no literal, or left of the point")
    return min(int(scale.value), 38)


def _cast(emitter: Emitter, term: Term) -> Sql:
    """CAST AS NUMBER(p, s): a row that does not fit is not known, so that it is told why."""
    number, precision, scale = term.parts
    part = emitter.sql(number)
    places, size = int(scale.value), int(precision.value)  # type: ignore[arg-type]
    if places < 0 or size - places < 0:
        raise Declined("CAST to digits left of the point")
    found = part if places >= part.digits[1] else at_scale(part, places)
    if found.digits[0] <= size - places:
        return found
    limit = literal(Decimal(1).scaleb(size - places))
    fits = f"coalesce(abs({found.value}) < {limit.value}, TRUE)"
    return Sql(found.value, (*found.known, fits), found.digits)


def _to_number(emitter: Emitter, term: Term) -> Sql:
    """By a mask of digits and a point; texts of other shapes are not known."""
    if len(term.parts) == 1:
        return emitter.sql(term.parts[0])
    mask = _mask(term)
    text = emitter.sql(term.parts[0])
    point = "." if mask["point"] in (None, ".") else emitter.nls.decimal
    digits = (len(mask["whole"] or ""), len(mask["fraction"] or ""))
    if digits[1]:
        return read(text.value, digits, point, text.known)
    pattern = text_literal(rf" *[+-]?\d{{1,{digits[0]}}} *")
    shape = f"coalesce(regexp_full_match({text.value}, {pattern}), TRUE)"
    return Sql(f"TRY_CAST({text.value} AS {decimal_type(digits)})", (*text.known, shape), digits)


def _mask(term: Term) -> dict[str, str | None]:
    mask = term.parts[1]
    found = _PLAIN_MASK.fullmatch(str(mask.value or "")) if mask.op == "literal" else None
    if found is None or len(term.parts) > 2:
        raise Declined(f"{term.name} by such a mask")
    return found.groupdict()


def _to_char(emitter: Emitter, term: Term) -> Sql:
    """A number by a mask of digits and a point, or the text of anything."""
    if term.parts[0].type in MOMENTS:
        from loadstone.expressions.duckdb import moments

        return moments.by_mask(emitter, term)
    part = emitter.sql(term.parts[0])
    if len(term.parts) == 1:
        is_number = part.digits != (0, 0)
        return Sql(shown(part, emitter.nls.decimal) if is_number else part.value, part.known)
    if term.parts[1].op != "literal" or term.parts[1].value is None or len(term.parts) > 2:
        raise Declined("TO_CHAR by such a mask")
    from loadstone.expressions.duckdb.number_masks import shown_by

    return shown_by(part, str(term.parts[1].value), emitter.nls)


EMITTERS: dict[str, Callable[[Emitter, Term], Sql]] = {
    "+": _added,
    "-": _added,
    "*": _multiplied,
    "/": _divided,
    "NEGATE": _negated,
    "ABS": _absolute,
    "SIGN": _sign,
    "CEIL": _whole,
    "FLOOR": _whole,
    "MOD": _remainder,
    "ROUND": _rounded,
    "TRUNC": _rounded,
    "CAST NUMBER": _cast,
    "TO_NUMBER": _to_number,
    "TO_CHAR": _to_char,
}
