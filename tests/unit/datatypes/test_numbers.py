"""Numbers as text: Oracle's grammar, exact rounding, and the words of a 128-bit integer."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.datatypes.numbers import (
    DIGITS_MAX,
    NOT_SIMPLE,
    NUMBER,
    PRECISION,
    parse_decimal64,
    parse_int64,
    parse_number,
    parse_plain,
    round_number,
    to_words,
    trim_blanks,
    write_decimal,
)

POINT, COMMA = ord("."), ord(",")

PLAIN_NUMBERS = st.from_regex(
    r"[+-]?([0-9]{1,25}(\.[0-9]{0,12})?|\.[0-9]{1,12})([eE][+-]?[0-9]{1,2})?", fullmatch=True
)


def parsed(text: str, decimal: int = POINT) -> Decimal | int:
    """The exact value of a text, or the number of the fault."""
    digits = np.zeros(DIGITS_MAX, np.uint8)
    data = text.encode()
    status, negative, count, point = parse_number(data, 0, len(data), decimal, digits)
    if status:
        return int(status)
    return value_of(digits, count, point, negative=negative)


def value_of(digits: np.ndarray, count: int, point: int, *, negative: bool = False) -> Decimal:
    """The number that ``digits[:count]`` and ``point`` stand for."""
    return Decimal((int(negative), tuple(digits[:count].tolist()) or (0,), point - count if count else 0))


def rounded(text: str, precision: int, scale: int) -> Decimal | int:
    """A text as NUMBER(precision, scale) keeps it; precision -1 is any."""
    digits = np.zeros(DIGITS_MAX, np.uint8)
    _, negative, count, point = parse_number(text.encode(), 0, len(text), POINT, digits)
    status, count, point = round_number(digits, count, point, precision, scale)
    return int(status) if status else value_of(digits, count, point, negative=negative)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", "0"), ("-0", "0"), ("00", "0"), ("0.000", "0"), ("+7", "7"), ("-7", "-7"), ("007", "7"), ("7.", "7"), (".7", "0.7"),
        ("-.7", "-0.7"), ("+.7", "0.7"), ("100", "100"), ("0.001", "0.001"), ("1e3", "1000"), ("1E3", "1000"), ("1e+3", "1000"),
        ("1e-3", "0.001"), ("12.5e2", "1250"), (".5e1", "5"), ("5.e1", "50"), ("  12  ", "12"), ("1e0", "1"), ("1e003", "1000"),
        ("0e5", "0"), ("123456789012345678901234567890.12345", "123456789012345678901234567890.12345"), ("1e125", "1e125"),
        ("1e-130", "1e-130"),
    ],
)  # fmt: skip
def test_what_oracle_reads_without_a_mask(text: str, expected: str) -> None:
    """Blanks around, one sign, a point anywhere, an exponent of up to three digits."""
    assert Decimal(expected) == parsed(text)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "+", "-", ".", "-.", "e5", "1e", "1e+", "1e1.5", "1e1234", "1ee2", "--1", "+-1", "1-", "1+", "- 1", "1 2", "1,5", "1'000",
        "1.2.3", "x", "1x", "x1", "0x10", "1_000", "$5", "5%", "(5)", "NaN", "Inf", "1d", "1f", "١", "1\t", "\t1", "1\r", "\u00a01",
    ],
)  # fmt: skip
def test_what_oracle_calls_an_invalid_number(text: str) -> None:
    """ORA-01722: nothing is guessed, no thousands, no currency, no trailing sign."""
    assert NUMBER == parsed(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("1,5", Decimal("1.5")), (",5", Decimal("0.5")), ("1.5", NUMBER), ("1.234,56", NUMBER), ("-2,", Decimal(-2))]
)  # fmt: skip
def test_the_decimal_character_is_that_of_the_session(text: str, expected: Decimal | int) -> None:
    """With NLS_NUMERIC_CHARACTERS ',.' the comma is decimal; groups are never read without a mask."""
    assert expected == parsed(text, COMMA)


@given(PLAIN_NUMBERS)
@settings(max_examples=300, deadline=None)
def test_any_number_is_read_exactly(text: str) -> None:
    """The digits and the point are those of exact arithmetic, without zeros at either end."""
    digits = np.zeros(DIGITS_MAX, np.uint8)
    status, negative, count, point = parse_number(text.encode(), 0, len(text), POINT, digits)
    assert (0, Decimal(text)) == (status, value_of(digits, count, point, negative=negative))
    assert count == 0 or (digits[0] != 0 and digits[count - 1] != 0)


@given(st.text(alphabet="0123456789.,+-eE x", max_size=10))
@settings(max_examples=300, deadline=None)
def test_no_text_is_read_that_exact_arithmetic_refuses(text: str) -> None:
    """What is read is what Decimal reads; what Decimal refuses is a fault."""
    found = parsed(text)
    stripped = text.strip(" ")
    plain = stripped.replace(",", "x").replace(" ", "x")
    try:
        expected: Decimal | int = Decimal(plain)
    except ArithmeticError:
        expected = NUMBER
    assert expected == found or (
        expected != NUMBER and found == NUMBER and len(plain.lower().split("e")[-1]) > 3
    )


@pytest.mark.parametrize(
    ("text", "precision", "scale", "expected"),
    [
        ("1.005", 9, 2, "1.01"), ("1.004", 9, 2, "1.00"), ("-1.005", 9, 2, "-1.01"), ("0.5", 9, 0, "1"), ("0.49", 9, 0, "0"),
        ("1.5", 9, 0, "2"), ("2.5", 9, 0, "3"), ("-2.5", 9, 0, "-3"), ("9.995", 9, 2, "10.00"), ("0.005", 9, 2, "0.01"),
        ("0.004", 9, 2, "0"), ("0.0005", 9, 2, "0"), ("99.9", 3, 0, "100"), ("999.4", 3, 0, "999"), ("999.5", 3, 0, PRECISION),
        ("1000", 3, 0, PRECISION), ("0.001", 3, 3, "0.001"), ("1", 3, 3, PRECISION), ("0.9996", 3, 3, PRECISION),
        ("12345", 5, -2, "12300"), ("12350", 5, -2, "12400"), ("49", 5, -2, "0"), ("50", 5, -2, "100"), ("9999950", 5, -2, PRECISION),
        ("0.00123", 2, 5, PRECISION), ("0.00099", 2, 5, "0.00099"), ("0.000994", 2, 5, "0.00099"), ("1e40", -1, 2, "1e40"),
        ("0", 1, 0, "0"), ("0.04", 1, 1, "0"),
    ],
)  # fmt: skip
def test_rounding_is_half_away_from_zero_and_then_checked(
    text: str, precision: int, scale: int, expected: str | int
) -> None:
    """NUMBER(p,s) rounds to s digits, also left of the point, and refuses what then has more than p - s before it."""
    assert (expected if isinstance(expected, int) else Decimal(expected)) == rounded(text, precision, scale)


@given(PLAIN_NUMBERS, st.integers(1, 38), st.integers(-5, 40))
@settings(max_examples=300, deadline=None)
def test_rounding_equals_exact_arithmetic(text: str, precision: int, scale: int) -> None:
    """Any number, any precision, any scale."""
    with localcontext() as context:
        context.prec = 200
        exact = Decimal(text).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
        fits = abs(exact) < Decimal(10) ** (precision - scale)
    assert (exact if fits else PRECISION) == rounded(text, precision, scale)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0), ("-5", -5), ("+5", 5), (" 42 ", 42), ("999999999999999999", 999999999999999999), ("1000000000000000000", None),
        ("1.0", None), ("", None), ("-", None), ("1e3", None), ("12a", None), ("1 2", None), ("000000000000000001", 1),
    ],
)  # fmt: skip
def test_the_fast_way_of_integers_takes_18_digits(text: str, expected: int | None) -> None:
    """Anything else is left to the full parser."""
    status, value = parse_int64(text.encode(), 0, len(text))
    assert expected == (None if status == NOT_SIMPLE else value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.25", (125, 2)), ("-1.25", (-125, 2)), ("7", (7, 0)), ("7.", (7, 0)), (".7", (7, 1)), (".", None), ("-", None), ("-.", None),
        ("+7", None), ("1.2.3", None), (" 7", None), ("1e2", None), ("1234567890.12345678", None), ("12345678901234567.", (12345678901234567, 0)),
    ],
)  # fmt: skip
def test_plain_decimals_have_up_to_18_characters(text: str, expected: tuple[int, int] | None) -> None:
    """All digits as one number, and how many of them stand behind the point."""
    status, value, fraction = parse_plain(text.encode(), 0, len(text), POINT)
    assert expected == (None if status == NOT_SIMPLE else (value, fraction))


@pytest.mark.parametrize(
    ("text", "scale", "expected"),
    [
        ("1.5", 2, 150), ("1.25", 2, 125), ("1.255", 2, None), (" -3 ", 3, -3000), ("", 2, None), ("5", -1, None),
        ("1234567890123456", 2, 123456789012345600), ("12345678901234567", 2, None), ("x", 0, None),
    ],
)  # fmt: skip
def test_scaled_decimals_never_overflow(text: str, scale: int, expected: int | None) -> None:
    """The product with the power of ten keeps to 18 digits, and no fraction is lost."""
    status, value = parse_decimal64(text.encode(), 0, len(text), POINT, scale)
    assert expected == (None if status == NOT_SIMPLE else value)


@given(PLAIN_NUMBERS, st.integers(0, 12))
@settings(max_examples=200, deadline=None)
def test_the_fast_way_equals_the_full_one(text: str, scale: int) -> None:
    """Where the fast way answers, it answers exactly."""
    status, value = parse_decimal64(text.encode(), 0, len(text), POINT, scale)
    if status == 0:
        assert Decimal(text) == Decimal(value).scaleb(-scale)


@given(st.integers(0, (1 << 127) - 1))
@settings(max_examples=200, deadline=None)
def test_words_hold_127_bits(number: int) -> None:
    """Four words of 32 bits, least first."""
    text = str(number)
    digits = np.array([int(c) for c in text] + [0], np.uint8)
    words = np.zeros(4, np.int64)
    assert 0 == to_words(digits, len(text), len(text), words)
    assert number == sum(int(word) << (32 * n) for n, word in enumerate(words))


@pytest.mark.parametrize(
    ("number", "total", "fits"),
    [((1 << 127) - 1, 39, True), (1 << 127, 39, False), (10**38, 39, True), (2 * 10**38, 39, False), (1, 38, True), (1, 40, False), (5, 60, False)],
)  # fmt: skip
def test_numbers_beyond_127_bits_do_not_fit(number: int, total: int, fits: bool) -> None:
    """The top bit is the sign's; zeros behind the digits count."""
    digits = np.array([int(c) for c in str(number)], np.uint8)
    assert fits == (0 == to_words(digits, len(digits), total, np.zeros(4, np.int64)))


@pytest.mark.parametrize(
    ("text", "scale", "expected"),
    [
        ("0", -1, "0"), ("0", 2, "0.00"), ("5", 2, "5.00"), ("-5", 0, "-5"), ("0.5", -1, "0.5"), ("-0.05", -1, "-0.05"), ("12.5", 3, "12.500"),
        ("100", -1, "100"), ("1e5", 1, "100000.0"), ("1e-5", -1, "0.00001"), ("123.456", 0, "123.456"),
    ],
)  # fmt: skip
def test_numbers_are_written_plainly(text: str, scale: int, expected: str) -> None:
    """No exponent, a digit before the point, at least ``scale`` digits behind it."""
    digits = np.zeros(DIGITS_MAX, np.uint8)
    _, negative, count, point = parse_number(text.encode(), 0, len(text), POINT, digits)
    out = np.zeros(200, np.uint8)
    stop = write_decimal(digits, count, point, negative, scale, out, 3)
    assert expected == out[3:stop].tobytes().decode()


@given(PLAIN_NUMBERS)
@settings(max_examples=200, deadline=None)
def test_a_written_number_reads_as_itself(text: str) -> None:
    """Writing and reading again gives the same number."""
    digits = np.zeros(DIGITS_MAX, np.uint8)
    _, negative, count, point = parse_number(text.encode(), 0, len(text), POINT, digits)
    out = np.zeros(400, np.uint8)
    stop = write_decimal(digits, count, point, negative, -1, out, 0)
    assert Decimal(text) == Decimal(out[:stop].tobytes().decode())


@pytest.mark.parametrize(
    ("text", "expected"), [(b"  a ", b"a"), (b"   ", b""), (b"a b", b"a b"), (b"\ta", b"\ta"), (b"", b"")]
)
def test_only_blanks_are_trimmed(text: bytes, expected: bytes) -> None:
    """Blanks at both ends; a tab is no blank."""
    s, e = trim_blanks(text, 0, len(text))
    assert expected == text[s:e]
