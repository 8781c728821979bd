"""Conditions of three values, and functions that choose, over all combinations of NULL, equal and other values."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from tests.unit.expressions.lanes import answers

VALUES = [None, "a", "b", "ab"]
PAIRS = list(product(VALUES, VALUES))
Truth = bool | None


def no(one: Truth) -> Truth:
    """NOT of three values."""
    return None if one is None else not one


def both(one: Truth, two: Truth) -> Truth:
    """AND of three values."""
    return False if one is False or two is False else None if one is None or two is None else True


def either(one: Truth, two: Truth) -> Truth:
    """OR of three values."""
    return no(both(no(one), no(two)))


Condition = Callable[[str | None, str | None], Truth]

SIMPLE: dict[str, Condition] = {
    ":A = :B": lambda a, b: None if a is None or b is None else a == b,
    ":A <> 'a'": lambda a, b: None if a is None else a != "a",
    ":A < :B": lambda a, b: None if a is None or b is None else a < b,
    ":B >= 'ab'": lambda a, b: None if b is None else b >= "ab",
    ":A IS NULL": lambda a, b: a is None,
    ":B IS NOT NULL": lambda a, b: b is not None,
    ":A IN ('a', :B)": lambda a, b: None if a is None else a == "a" or (None if b is None else a == b),
    ":A NOT IN ('a', :B)": lambda a, b: (
        None if a is None else False if a == "a" else (None if b is None else a != b)
    ),
    ":A BETWEEN 'a' AND :B": lambda a, b: (
        None if a is None else both(a >= "a", None if b is None else a <= b)
    ),
    ":A NOT BETWEEN 'a' AND :B": lambda a, b: (
        None if a is None else no(both(a >= "a", None if b is None else a <= b))
    ),
    ":A LIKE 'a%'": lambda a, b: None if a is None else a.startswith("a"),
    ":B NOT LIKE '_'": lambda a, b: None if b is None else len(b) != 1,
    "REGEXP_LIKE(:A, 'b$')": lambda a, b: None if a is None else a.endswith("b"),
}


OTHERS = (":A = :B", ":B >= 'ab'", ":A NOT IN ('a', :B)", ":B IS NOT NULL")


def told(truth: Truth) -> str:
    """What CASE takes: a condition that is unknown is not true."""
    return "1" if truth else "0"


@pytest.mark.parametrize("condition", SIMPLE)
def test_a_condition_and_its_opposite(condition: str) -> None:
    """Unknown where a NULL leaves it open; NOT of it is unknown too, so neither of both is taken then."""
    truths = [SIMPLE[condition](a, b) for a, b in PAIRS]
    assert [told(one) for one in truths] == answers(f"CASE WHEN {condition} THEN 1 ELSE 0 END", PAIRS)
    assert [told(no(one)) for one in truths] == answers(
        f"CASE WHEN NOT ({condition}) THEN 1 ELSE 0 END", PAIRS
    )
    assert [told(no(one) or one is None) for one in truths] == answers(
        f"CASE WHEN LNNVL({condition}) THEN 1 ELSE 0 END", PAIRS
    )


@pytest.mark.parametrize("first", SIMPLE)
def test_conditions_joined(first: str) -> None:
    """AND and OR with others, and NOT around them."""
    for second in OTHERS:
        one = [SIMPLE[first](a, b) for a, b in PAIRS]
        two = [SIMPLE[second](a, b) for a, b in PAIRS]
        expected = [
            told(both(x, y)) + told(either(x, y)) + told(no(both(x, y))) + told(no(either(x, y)))
            for x, y in zip(one, two, strict=True)
        ]
        joined = " || ".join(
            f"CASE WHEN {text} THEN 1 ELSE 0 END"
            for text in (
                f"{first} AND {second}", f"{first} OR {second}", f"NOT ({first} AND {second})", f"NOT ({first} OR {second})",
            )
        )  # fmt: skip
        assert expected == answers(joined, PAIRS), second


def test_and_binds_more_than_or() -> None:
    """And NOT more than both."""
    call = "CASE WHEN :A = 'a' OR :A = 'b' AND :B = 'a' THEN 1 ELSE 0 END"
    assert [told(a == "a" or (a == "b" and b == "a")) for a, b in PAIRS] == answers(call, PAIRS)
    call = "CASE WHEN NOT :A = 'a' AND :B = 'a' THEN 1 ELSE 0 END"
    assert [told(a is not None and a != "a" and b == "a") for a, b in PAIRS] == answers(call, PAIRS)


CHOICES: dict[str, Callable[[str | None, str | None], str | None]] = {
    "NVL(:A, :B)": lambda a, b: a or b,
    "NVL2(:A, :B, 'z')": lambda a, b: b if a else "z",
    "COALESCE(:A, NULL, :B, 'z')": lambda a, b: a or b or "z",
    "NULLIF(:A, :B)": lambda a, b: None if a == b else a,
    "DECODE(:A, :B, 'same', 'other')": lambda a, b: "same" if a == b else "other",
    "DECODE(:A, :B, 'same')": lambda a, b: "same" if a == b else None,
    "DECODE(:A, 'a', 1, NULL, 2, :B, 3, 4)": lambda a, b: (
        "1" if a == "a" else "2" if a is None else "3" if a == b else "4"
    ),
    "DECODE(:A, 'a', NULL, :B)": lambda a, b: None if a == "a" else b,
    "CASE :A WHEN :B THEN 'same' WHEN 'a' THEN 'a' ELSE 'other' END": lambda a, b: (
        "same" if a and a == b else "a" if a == "a" else "other"
    ),
    "CASE :A WHEN NULL THEN 'null' END": lambda a, b: None,
    "CASE WHEN :A = 'a' THEN :B WHEN :B IS NULL THEN 'none' END": lambda a, b: (
        b if a == "a" else "none" if b is None else None
    ),
    "GREATEST(:A, :B, 'aa')": lambda a, b: max(a, b, "aa") if a and b else None,
    "LEAST(:A, :B)": lambda a, b: min(a, b) if a and b else None,
    ":A || :B": lambda a, b: (a or "") + (b or "") or None,
    "CONCAT(:A, CONCAT(:B, '-'))": lambda a, b: (a or "") + (b or "") + "-",
    "REPLACE(:A, :B, 'x')": lambda a, b: a.replace(b, "x") if a and b else a,
    "NVL(NULLIF(:A, 'a'), DECODE(:B, NULL, 'n', :B))": lambda a, b: a if a and a != "a" else b or "n",
}


@pytest.mark.parametrize("call", CHOICES)
def test_functions_choose_by_null_and_equality(call: str) -> None:
    """DECODE takes NULL for equal to NULL, CASE and NULLIF do not."""
    assert [CHOICES[call](a, b) for a, b in PAIRS] == answers(call, PAIRS)


def test_only_what_is_chosen_is_computed() -> None:
    """A branch that is not taken has no error."""
    rows = [("5", None), ("x", None), (None, None)]
    assert ["5", "0", "0"] == answers(
        "CASE WHEN REGEXP_LIKE(:A, '^[0-9]+$') THEN TO_NUMBER(:A) ELSE 0 END", rows
    )
    assert ["5", "-1", None] == answers("DECODE(:A, 'x', -1, TO_NUMBER(:A))", rows)
    assert ["5", "x", "1"] == answers("COALESCE(:A, TO_CHAR(1 / 1))", rows)
