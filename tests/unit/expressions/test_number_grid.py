"""Functions of numbers over a grid of arguments, against exact fractions."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import product

import pytest

from tests.unit.expressions.lanes import answer, answers

NUMBERS = [
    "0", "1", "-1", "2", "-2", "2.5", "-2.5", "3.5", "0.5", "-0.5", "0.05", "0.049", "1.005", "-1.005", "15.195", "99.995", "-99.995",
    "149", "150", "-150", "1234567.891", "0.000000001", "123456789012345678", "-987654321.123456789",
]  # fmt: skip
ROWS = [(number,) for number in NUMBERS]
PAIRS = list(product(NUMBERS, ["1", "-1", "2", "4", "-4", "0.3", "-2.5", "7", "100"]))
A, B = "TO_NUMBER(:A)", "TO_NUMBER(:B)"


def shown(value: Fraction) -> str:
    """As Oracle shows a number without a mask: no zero before the point, none behind the last digit."""
    sign, size = ("-" if value < 0 else ""), abs(value)
    whole, rest = divmod(size, 1)
    digits = ""
    while rest:
        digit, rest = divmod(rest * 10, 1)
        digits += str(digit)
    return sign + (str(whole) if whole or not digits else "") + (f".{digits}" if digits else "")


def cut(value: Fraction) -> int:
    """The integer towards zero."""
    return math.floor(value) if value >= 0 else math.ceil(value)


def half_up(value: Fraction) -> int:
    """The nearest integer, halves away from zero."""
    return cut(value + Fraction(1, 2)) if value >= 0 else cut(value - Fraction(1, 2))


@pytest.mark.parametrize("digits", [-3, -2, -1, 0, 1, 2, 3, 8])
def test_round_and_trunc_have_digits_on_both_sides(digits: int) -> None:
    """Halves go away from zero; digits below zero are those before the point."""
    scale = Fraction(10) ** digits
    exact = [Fraction(number) * scale for number in NUMBERS]
    assert [shown(half_up(one) / scale) for one in exact] == answers(f"ROUND({A}, {digits})", ROWS)
    assert [shown(cut(one) / scale) for one in exact] == answers(f"TRUNC({A}, {digits})", ROWS)


SINGLE: dict[str, Callable[[Fraction], Fraction | int]] = {
    "ROUND": half_up,
    "TRUNC": cut,
    "CEIL": math.ceil,
    "FLOOR": math.floor,
    "ABS": abs,
    "SIGN": lambda n: (n > 0) - (n < 0),
    "-": lambda n: -n,
}


@pytest.mark.parametrize("name", SINGLE, ids=lambda name: {"-": "minus"}.get(name, name))
def test_functions_of_one_number(name: str) -> None:
    """Exact for integers of 18 digits as for nine decimals."""
    assert [shown(Fraction(SINGLE[name](Fraction(number)))) for number in NUMBERS] == answers(
        f"{name}({A})", ROWS
    )


def test_mod_has_the_sign_of_the_number_and_remainder_is_of_the_nearest_multiple() -> None:
    """MOD cuts the quotient, REMAINDER rounds it, halves to the even one."""
    mod, remainder = [], []
    for number, divisor in PAIRS:
        n, d = Fraction(number), Fraction(divisor)
        mod.append(shown(n - d * cut(n / d)))
        remainder.append(shown(n - d * round(n / d)))
    assert mod == answers(f"MOD({A}, {B})", PAIRS)
    assert remainder == answers(f"REMAINDER({A}, {B})", PAIRS)


@pytest.mark.parametrize("sign", ["+", "-", "*"], ids=["plus", "minus", "times"])
def test_sums_and_products_are_exact(sign: str) -> None:
    """No digit is lost within the 38 to 40 that a NUMBER has."""
    made = {"+": Fraction.__add__, "-": Fraction.__sub__, "*": Fraction.__mul__}[sign]
    expected = [shown(made(Fraction(a), Fraction(b))) for a, b in PAIRS]
    assert expected == answers(f"{A} {sign} {B}", PAIRS)


def test_quotients_that_end_are_exact() -> None:
    """By 2, 4, 5 and their kin."""
    pairs = [
        (number, divisor) for number in NUMBERS for divisor in ("2", "-4", "5", "0.5", "8", "100", "-2.5")
    ]
    assert [shown(Fraction(a) / Fraction(b)) for a, b in pairs] == answers(f"{A} / {B}", pairs)


@pytest.mark.parametrize("sign", ["=", "<>", "<", ">", "<=", ">="], ids=["eq", "ne", "lt", "gt", "le", "ge"])
def test_comparisons_are_of_values(sign: str) -> None:
    """Not of their digits: 2.50 is 2.5, and 10 is more than 9."""
    pairs = [*product(NUMBERS[:14], NUMBERS[:14]), ("2.50", "2.5"), ("10", "9"), ("007", "7"), ("1e1", "10")]
    test = {
        "=": Fraction.__eq__, "<>": Fraction.__ne__, "<": Fraction.__lt__, ">": Fraction.__gt__, "<=": Fraction.__le__, ">=": Fraction.__ge__,
    }[sign]  # fmt: skip
    expected = ["1" if test(Fraction(a), Fraction(b)) else "0" for a, b in pairs]
    assert expected == answers(f"CASE WHEN {A} {sign} {B} THEN 1 ELSE 0 END", pairs)


def test_greatest_and_least_are_of_the_type_of_the_first() -> None:
    """Numbers are compared as numbers, texts as texts."""
    pairs = list(product(NUMBERS[:12], NUMBERS[:12]))
    assert [shown(max(Fraction(a), Fraction(b))) for a, b in pairs] == answers(f"GREATEST({A}, {B})", pairs)
    assert [shown(min(Fraction(a), Fraction(b))) for a, b in pairs] == answers(f"LEAST({A}, {B})", pairs)
    assert [max(a, b) for a, b in pairs] == answers("GREATEST(:A, :B)", pairs)
    assert [min(a, b) for a, b in pairs] == answers("LEAST(:A, :B)", pairs)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        (f"1 / ({A} - {A})", "ORA-01476"), (f"REMAINDER({A}, 0)", "ORA-01476"), (f"SQRT(-{A})", "ORA-01428"), (f"LN({A} - {A})", "ORA-01428"),
        (f"LOG(1, {A})", "ORA-01428"), (f"POWER(-{A}, 0.5)", "ORA-01428"), (f"POWER({A} - {A}, -1)", "ORA-01428"),
        ("TO_NUMBER(:A || 'x')", "ORA-01722"), ("TO_NUMBER('1e' || '200')", "ORA-01426"), (":A + 'x'", "ORA-01722"),
        (f"CAST({A} * 1000 AS NUMBER(3))", "ORA-01438"), (f"POWER(10, {A} * 100)", "ORA-01426"),
    ],
    ids=["zero", "remainder", "root", "ln", "log", "power", "zero power", "text", "too large", "implicit", "cast", "overflow"],
)  # fmt: skip
def test_what_cannot_be_computed_has_its_code(expression: str, code: str) -> None:
    """The code that Oracle gives, for the row alone."""
    assert code == answer(expression, "2")


def test_mod_by_zero_is_the_number() -> None:
    """Oracle's own rule."""
    assert [shown(Fraction(number)) for number in NUMBERS] == answers(f"MOD({A}, 0)", ROWS)
