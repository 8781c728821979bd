"""Templates: places, totals and how they are shown; what is wrong is told with its character."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from loadstone.errors import FixSpec
from loadstone.output.model import Value
from loadstone.output.templates import Total, parse

VARIABLES: dict[str, Value] = {
    "business_date": date(2026, 11, 25),
    "now": datetime(2026, 11, 25, 6, 7, 8),
    "sequence": "7",
    "bank": "ACME",
    "none": None,
    "count_of": 12,
}
TOTALS: dict[Total, Value] = {
    Total("count"): Decimal(42),
    Total("count", None, "PAY"): Decimal(3),
    Total("sum", "amount"): Decimal("-1234.50"),
    Total("sum", "fee", "PAY"): Decimal(0),
    Total("hash", "account"): Decimal(98765432109876),
    Total("max", "booked"): "2026-11-25",
    Total("sum", "huge"): Decimal("-" + "1234567890" * 3 + "1234.50"),
    Total("hash", "huge"): Decimal("1234567890" * 3 + "1"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain {{text}}", "plain {text}"),
        ("{business_date:YYYYMMDD}", "20261125"),
        ("{business_date}", "2026-11-25"),
        ("{now:HH24MISS}", "060708"),
        ("{sequence:03}|{sequence}|{sequence:4}", "007|7|   7"),
        ("{bank:<6}|{bank:>6}|{bank}", "ACME  |  ACME|ACME"),
        ("{none}|", "|"),
        ("{count}|{count:06}|{count( PAY )}", "42|000042|3"),
        ("{sum(amount)}|{sum(amount):010.2}|{sum(amount):12.3}", "-1234.50|-001234.50|   -1234.500"),
        ("{sum(amount):09.2v}", "-00123450"),
        ("{sum(fee, PAY):.2}", "0.00"),
        ("{hash(account):010}", "5432109876"),
        ("{hash(account)}", "98765432109876"),
        ("{max(booked)}", "2026-11-25"),
        ("{count_of:04}", "0012"),
        ("{none:08.2}|{none:<3}|{none:YYYY}|", "        |   ||"),
        ("{sum(huge):040.2}", "-00" + "1234567890" * 3 + "1234.50"),
        ("{sum(huge)}", "-" + "1234567890" * 3 + "1234.50"),
        ("{hash(huge):012}|{hash(huge):040}", "012345678901|" + "0" * 9 + "1234567890" * 3 + "1"),
        ("", ""),
    ],
)
def test_a_template_is_filled(text: str, expected: str) -> None:
    """Variables and totals, each in its form; doubled braces are text."""
    assert expected == parse(text).filled(VARIABLES, TOTALS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a{b", "character 2: this brace is not closed"),
        ("a}b", "character 2: this brace closes nothing"),
        ("{1 2}", "is no variable and no total"),
        ("{mean(x)}", r"there is no mean\(\); there are count, sum, hash, min, max"),
        ("{sum()}", "sum needs a column"),
        ("{count(a, b)}", "count takes a type only"),
    ],
)
def test_a_wrong_template_is_refused_at_its_character(text: str, told: str) -> None:
    """LS-8003."""
    with pytest.raises(FixSpec, match=told) as error:
        parse(text)
    assert "LS-8003" == error.value.code


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("{unknown}", "LS-8005", "variable unknown"),
        ("{business_date:QQ}", "LS-8003", "the elements are"),
        ("{bank:010}", "LS-8003", "its value is text"),
        ("{bank:<2}", "LS-8003", "4 characters, more than 2"),
        ("{count:<5}", "LS-8003", "a number is shown as"),
        ("{count:01}", "LS-8003", "wider than 1"),
        ("{sum(amount):.1}", "LS-8003", None),
        ("{sum(amount):5.2}", "LS-8003", "wider than 5"),
    ],
)
def test_a_value_that_its_place_cannot_show_is_refused(text: str, code: str, told: str | None) -> None:
    """Never cut, never rounded: a sum whose last digits are lost is a wrong total."""
    totals = {**TOTALS, Total("sum", "amount"): Decimal("-1234.56")}
    with pytest.raises(FixSpec, match=told or "more than 1 decimal") as error:
        parse(text).filled(VARIABLES, totals)
    assert code == error.value.code


def test_a_template_knows_its_totals() -> None:
    """By function, column and type."""
    found = set(parse("{count} {sum(a)} {sum(a, X)} {bank}").totals())
    assert {Total("count"), Total("sum", "a"), Total("sum", "a", "X")} == found
    assert ["count", "sum(a)", "sum(a, X)"] == sorted(map(str, found))
