"""
Numbers as SQL: DECIMAL with digits enough for every value, so that nothing is rounded that NUMBER would keep.

``digits`` are those left and right of the point that a value may have. Where a text has more, its row is not known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from loadstone.expressions.duckdb.model import Sql, decimal_type, text_literal

Digits = tuple[int, int]


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
