"""Number masks, both ways: signs, groups, currencies, exponents and what they refuse; Oracle SQL Language Reference, format models."""

from __future__ import annotations

import pytest

from tests.unit.expressions.lanes import answer

READ = [
    ("99", "--5", "ORA-01722"), ("99", "5-", "ORA-01722"), ("99", "<5>", "ORA-01722"), ("99", "$5", "ORA-01722"),
    ("99", "- 5", "ORA-01722"), ("99", "-5", "-5"), ("99", "+5", "5"), ("99", " 5", "5"), ("99", ".", "ORA-01722"),
    ("99", "5.", "ORA-01722"), ("99", "٣", "ORA-01722"), ("99", "123", "ORA-01722"), ("99", None, None),
    ("99.9", "5.", "5"), ("99.9", "-.5", "-.5"), ("99.9", "1.25", "ORA-01722"), ("99.9", "1,5", "ORA-01722"),
    ("$99", "5", "5"), ("$99", "-$5", "-5"), ("$99", "$-5", "ORA-01722"), ("$99", "$$5", "ORA-01722"),
    ("$99", "€5", "ORA-01722"), ("99MI", "5-", "-5"), ("99MI", "-5", "ORA-01722"), ("99MI", "5+", "ORA-01722"),
    ("9999D99MI", "1100.00-", "-1100"), ("9999D99MI", "99.00 ", "99"), ("9999D99MI", "99.00", "ORA-01722"),
    ("99PR", "<5>", "-5"), ("99PR", " 5 ", "5"), ("99PR", "-5", "ORA-01722"), ("99PR", "<5", "ORA-01722"),
    ("99PR", "<-5>", "ORA-01722"), ("99S", "5-", "-5"), ("99S", "5+", "5"), ("99S", "-5", "ORA-01722"),
    ("S99", "-5", "-5"), ("S99", "+5", "5"), ("S99", "5-", "ORA-01722"), ("9,999", "1,234", "1234"),
    ("9,999", "1234", "1234"), ("9,999", "234", "234"), ("9,999", "12,34", "ORA-01722"),
    ("9,999", "1,2,3,4", "ORA-01722"), ("9,999", ",123", "ORA-01722"), ("9,999", "123,", "ORA-01722"),
    ("9,999,999", "1,234,567", "1234567"), ("9,999,999", "1,234567", "ORA-01722"),
    ("9,999,999", "1234,567", "ORA-01722"), ("9,999,999", "1,,234567", "ORA-01722"),
    ("9,999,999", "12,345", "12345"), ("9,999.99", "-1,234.5", "-1234.5"), ("9,999.99", "1.234,5", "ORA-01722"),
    ("99,99,999", "12,34,567", "1234567"), ("9G999D99", "1,234.50", "1234.5"), ("9.9EEEE", "1.5E3", "1500"),
    ("9.9EEEE", "-1.5e-3", "-.0015"), ("9.9EEEE", "1.5E+10", "15000000000"), ("9.9EEEE", "1.5E", "ORA-01722"),
    ("9.9EEEE", "15E1", "ORA-01722"), ("9.9EEEE", "1.5E1.5", "ORA-01722"), ("XXX", "7F", "127"),
    ("xxx", "7f", "127"), ("XXX", "7G", "ORA-01722"), ("XX", "123", "ORA-01722"), ("XX", "-1", "ORA-01722"),
    ("9G999.9", "1,234.5", "ORA-01481"), ("9,999D9", "1,234.5", "ORA-01481"), (",999", "1", "ORA-01481"),
    ("Z9", "1", "ORA-01481"), ("9.9.9", "1", "ORA-01481"),
]  # fmt: skip
"""Mask, text, number."""

SHOWN = [
    ("990.9", "-0.04", "  -0.0"), ("999.9", "-0.04", "   -.0"), ("9.99", "-0.004", " -.00"),
    ("0.00", "-0.004", "-0.00"), ("FM990.00", "-0.001", "-0.00"), ("999", "-0.4", "  -0"),
    ("999PR", "-0.4", "  <0>"), ("999MI", "-0.4", "  0-"), ("S999", "-0.4", "  -0"), ("999", "0.4", "   0"),
    ("99G990.0", "12345.678", "ORA-01481"), ("99,990D0", "12345.678", "ORA-01481"), (",999", "5", "ORA-01481"),
    ("9999999999S", "-1234567890", "1234567890-"), ("9999999999S", "1234567890", "1234567890+"),
    ("99.99", "0", "   .00"), ("99.99", "0.1", "   .10"), ("99.99", "-0.2", "  -.20"), ("90.99", "0", "  0.00"),
    ("90.99", "0.1", "  0.10"), ("90.99", "-0.2", " -0.20"), ("9999", "0", "    0"), ("9999", "1", "    1"),
    ("B9999", "0", "     "), ("B9999", "1", "    1"), ("B90.99", "0", "      "), ("999.999", "123.456", " 123.456"),
    ("999.999", "-123.456", "-123.456"), ("FM999.009", "123.456", "123.456"), ("FM999.009", "123.45", "123.45"),
    ("FM999.009", "123", "123.00"), ("FM9.9EEEE", "123.456", "1.2E+02"), ("9.9EEEE", "1E123", " 1.0E+123"),
    ("FML999.99", "123.45", "$123.45"), ("99", "99.4", " 99"), ("99", "99.5", "###"), ("99", "-99.5", "###"),
    ("9.9", "9.95", "####"), ("FM99", "100", "###"), ("0999", "12", " 0012"), ("0,000", "12", " 0,012"),
    ("9,999", "12", "    12"), ("9,999", "1234", " 1,234"), ("$9,999.99", "-12.5", "   -$12.50"),
    ("99MI", "5", " 5 "), ("99MI", "-5", " 5-"), ("FM99MI", "5", "5"), ("FM99MI", "-5", "5-"), ("99PR", "5", "  5 "),
    ("99PR", "-5", " <5>"), ("FM99PR", "5", "5"), ("FM99PR", "-5", "<5>"), ("S99", "5", " +5"), ("99S", "5", " 5+"),
    ("FMS99", "0", "+0"), ("9V99", "1.234", " 123"), ("99V9", "-1.25", " -13"), ("RN", "1994", "        MCMXCIV"),
    ("FMRN", "1994", "MCMXCIV"), ("fmrn", "1994", "mcmxciv"), ("FMRN", "3999", "MMMCMXCIX"),
    ("RN", "0", "###############"), ("RN", "3999.5", "###############"), ("FMXXXX", "255", "FF"),
    ("FMxxxx", "255", "ff"), ("XXXX", "255", "   FF"), ("FM0XXX", "255", "00FF"), ("XX", "256", "###"),
    ("XX", "-1", "###"), ("TM9", "1234.5", "1234.5"), ("TME", "1234.5", "1.2345E+03"), ("TME", "0.00012", "1.2E-04"),
    ("C999", "12", "      USD12"), ("FMC999", "12", "USD12"),
]  # fmt: skip
"""Mask, number, text."""


@pytest.mark.parametrize(("mask", "text", "number"), READ, ids=[f"{mask}|{text}" for mask, text, _ in READ])
def test_texts_are_numbers_where_the_mask_says_so(mask: str, text: str | None, number: str | None) -> None:
    """A sign, a group or a currency counts only where an element of the mask stands for it; all else is refused, never guessed."""
    assert number == answer(f"TO_NUMBER(:A, '{mask}')", text)


@pytest.mark.parametrize(
    ("mask", "number", "text"), SHOWN, ids=[f"{mask}|{number}" for mask, number, _ in SHOWN]
)
def test_numbers_are_texts_as_the_mask_says(mask: str, number: str, text: str) -> None:
    """Blanks, zeros and signs in their places; the sign of a number that is rounded to zero stays, as Oracle shows it."""
    assert text == answer(f"TO_CHAR(TO_NUMBER(:A), '{mask}')", number)


COMMA = "NLS_NUMERIC_CHARACTERS = '',.'' NLS_CURRENCY = ''AusDollars'' "


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        (f"TO_NUMBER(:A, 'L9G999D99', '{COMMA}')", "-AusDollars1.234,5", "-1234.5"),
        (f"TO_NUMBER(:A, 'L9G999D99', '{COMMA}')", "-AusDollars100", "-100"),
        (f"TO_NUMBER(:A, 'L9G999D99', '{COMMA}')", "100", "100"),
        (f"TO_NUMBER(:A, 'L9G999D99', '{COMMA}')", "$100", "ORA-01722"),
        (f"TO_CHAR(TO_NUMBER(:A), 'L99G999D99MI', '{COMMA}')", "-10000", "AusDollars10.000,00-"),
        ("TO_NUMBER(:A, 'L99', 'NLS_CURRENCY=EUR')", "EUR5", "5"),
        ("TO_NUMBER(:A, 'L99')", "EUR5", "ORA-01722"),
        ("TO_CHAR(TO_NUMBER(:A), 'FML99', 'NLS_CURRENCY=''Fr. ''  ')", "5", "Fr. 5"),
        ("TO_NUMBER(:A, '$99', 'NLS_CURRENCY=EUR')", "$5", "5"),
    ],
    ids=["read", "read no decimals", "read without it", "other", "shown", "bare word", "none said", "with a blank", "dollar"],
)  # fmt: skip
def test_the_third_argument_tells_characters_and_currency(expression: str, value: str, expected: str) -> None:
    """NLS_NUMERIC_CHARACTERS is for D and G, NLS_CURRENCY for L; a dollar sign stays one."""
    assert expected == answer(expression, value)
