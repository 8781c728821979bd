"""Functions of numbers as SQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from loadstone.expressions.duckdb.decimals import alike, at_scale, literal, read, shown
from loadstone.expressions.duckdb.model import Declined, Emitter, Sql, decimal_type, text_literal
from loadstone.expressions.duckdb.number_masks import shown_by
from loadstone.expressions.model import Term

_PLAIN_MASK = re.compile(r"(?P<fm>FM)?(?P<whole>[09]+)((?P<point>[.D])(?P<fraction>[09]+))?", re.IGNORECASE)


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
    part = emitter.sql(term.parts[0])
    if len(term.parts) == 1:
        is_number = part.digits != (0, 0)
        return Sql(shown(part, emitter.nls.decimal) if is_number else part.value, part.known)
    if term.parts[1].op != "literal" or term.parts[1].value is None or len(term.parts) > 2:
        raise Declined("TO_CHAR by such a mask")
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
