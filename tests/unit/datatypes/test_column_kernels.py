"""Kernels of single columns: lengths, integers, floats, booleans, dates as text; NULL and faulty rows are passed over."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.datatypes.column_kernels import (
    copy_spans,
    count_chars,
    parse_boolean,
    round_nanos,
    store_words,
    text_length,
    write_dates,
)
from loadstone.datatypes.days import civil, days_of
from loadstone.datatypes.model import ColumnType, Kind, Nls
from tests.conversions import BOTH, converted


@pytest.mark.parametrize(
    ("text", "limit", "in_bytes", "padded", "expected"),
    [
        ("abc", 3, False, False, 0), ("abcd", 3, False, False, 4), ("éé", 2, False, False, 0), ("éé", 2, True, False, 4), ("ééé", 2, False, False, 3),
        ("ab ", 2, False, False, 3), ("ab ", 2, False, True, 0), ("ab  c", 4, False, True, 5), ("é  ", 2, True, True, 0), ("東京", 2, False, False, 0),
        ("😀", 1, False, False, 0), ("😀", 3, True, False, 4), ("    ", 2, False, True, 0), ("", 0, False, False, 0), ("a", 0, False, False, 1),
    ],
)  # fmt: skip
def test_a_length_is_told_only_when_it_is_too_much(
    text: str, limit: int, in_bytes: bool, padded: bool, expected: int
) -> None:
    """In characters or bytes; blanks at the end do not count against CHAR(n)."""
    data = text.encode()
    assert expected == text_length(data, 0, len(data), limit, in_bytes, padded)


@given(st.text(max_size=30))
@settings(max_examples=100, deadline=None)
def test_characters_are_those_of_python(text: str) -> None:
    """A character is a code point, of one to four bytes."""
    data = b"\xbf" + text.encode() + b"\x80"
    assert len(text) == count_chars(data, 1, len(data) - 1)


@BOTH
@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.INT2, "32767", 32767), (Kind.INT2, "32768", 1438), (Kind.INT2, "-32768", -32768), (Kind.INT2, "-32769", 1438),
        (Kind.INT4, "2147483647", 2147483647), (Kind.INT4, "2147483648", 1438), (Kind.INT4, "-2147483648", -2147483648),
        (Kind.INT8, "9223372036854775807", 9223372036854775807), (Kind.INT8, "9223372036854775808", 1438),
        (Kind.INT8, "-9223372036854775808", -9223372036854775808), (Kind.INT8, "-9223372036854775809", 1438),
        (Kind.INT8, "99999999999999999999999", 1438), (Kind.INT4, "0.5", 1), (Kind.INT4, "-0.5", -1), (Kind.INT4, "1e3", 1000),
        (Kind.INT4, "2147483647.4", 2147483647), (Kind.INT4, "2147483647.5", 1438), (Kind.INT4, " 7 ", 7), (Kind.INT4, "7x", 1722),
        (Kind.INT2, "1e-9", 0), (Kind.INT8, "9223372036854775807.4", 9223372036854775807),
    ],
)  # fmt: skip
def test_integers_keep_to_their_bits(kind: Kind, text: str, expected: int, compiled: bool) -> None:
    """The bounds of 16, 32 and 64 bits; fractions are rounded half away from zero first."""
    assert [expected] == converted([text], kind, compiled=compiled)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**19), max_value=10**19, places=2))
@settings(max_examples=150, deadline=None)
def test_integers_equal_exact_rounding(number: Decimal) -> None:
    """Any number, in both modes."""
    whole = int(number.quantize(Decimal(1), ROUND_HALF_UP))
    expected = [whole if -(1 << 63) <= whole < 1 << 63 else 1438]
    assert expected == converted([f"{number:f}"], Kind.INT8)
    assert expected == converted([f"{number:f}"], Kind.INT8, compiled=True)


@BOTH
@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.1", 0.1), ("-2.5", -2.5), ("1e22", 1e22), ("1e23", 1e23), ("123456789012345678", 123456789012345680.0), ("-0", 0.0), ("x", 1722), ("4.35", 4.35)],
)  # fmt: skip
def test_doubles_are_rounded_correctly(text: str, expected: float, compiled: bool) -> None:
    """Exact products where digits are few, Python's own reading for the rest; what cannot be shown again is refused."""
    found = converted([text], Kind.FLOAT8, compiled=compiled)[0]
    assert found == expected or (text == "123456789012345678" and found == 9002)


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
@settings(max_examples=200, deadline=None)
def test_any_double_reads_back(number: float) -> None:
    """The shortest text of a double gives that double, in both modes."""
    text = repr(number)
    assert [number] == converted([text], Kind.FLOAT8) == converted([text], Kind.FLOAT8, compiled=True)


def test_floats_beyond_their_range_are_refused() -> None:
    """Infinity is never stored for a number."""
    assert [9002, 9002] == converted(["1e309", "-1e999"], Kind.FLOAT8)
    assert [9002] == converted(["1e39"], Kind.FLOAT4)


@BOTH
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1), ("0", 0), ("t", 1), ("F", 0), ("Y", 1), ("n", 0), ("true", 1), ("FALSE", 0), ("Yes", 1), ("no", 0), ("on", 1), ("Off", 0),
        (" true ", 1), ("tr", -1), ("truth", -1), ("10", -1), ("2", -1), ("yesterday", -1), ("nope", -1), ("falsehood", -1), ("o", -1), (" ", -1),
        ("\x11", -1), ("-1", -1), ("tomato", -1), ("null", -1),
    ],
)  # fmt: skip
def test_booleans_are_whole_words(text: str, expected: int, compiled: bool) -> None:
    """A word that merely begins like one is no boolean, and no value is guessed."""
    assert expected == parse_boolean(text.encode(), 0, len(text))
    found = converted([text], Kind.BOOL, compiled=compiled)[0]
    assert (9003 if expected < 0 else bool(expected)) == found


@pytest.mark.parametrize(
    ("nanos", "digits", "expected"),
    [
        (123_456_789, 9, 123_456_789), (123_456_789, 6, 123_457_000), (123_456_500, 6, 123_457_000), (123_456_499, 6, 123_456_000),
        (123_456_789, 3, 123_000_000), (999_999_999, 0, 1_000_000_000), (499_999_999, 0, 0), (999_999_500, 6, 1_000_000_000),
    ],
)  # fmt: skip
def test_fractions_of_seconds_are_rounded(nanos: int, digits: int, expected: int) -> None:
    """Half up, to the digits that the column declares; a carry goes into the second."""
    assert expected == round_nanos(nanos, digits)


@BOTH
def test_a_rounded_second_carries_into_the_day(compiled: bool) -> None:
    """TIMESTAMP(3) of the last half millisecond of a year is the next year."""
    kind = ColumnType(kind=Kind.TIMESTAMP, fraction_digits=3)
    found = converted(["2023-12-31 23:59:59.9996"], kind, mask="YYYY-MM-DD HH24:MI:SS.FF", compiled=compiled)
    assert [datetime(2024, 1, 1)] == found


@given(st.integers(-719162, 2932896))
@settings(max_examples=200, deadline=None)
def test_days_and_dates_are_inverse(days: int) -> None:
    """``civil`` gives the date that ``days_of`` counts, as Python's calendar does."""
    date = datetime(1970, 1, 1) + timedelta(days=days)
    assert (date.year, date.month, date.day) == civil(days)
    assert days == days_of(date.year, date.month, date.day)


@BOTH
@pytest.mark.parametrize(
    ("kind", "digits", "text", "expected"),
    [
        (Kind.DATE, 0, "2023-02-12 00:00:00", "2023-02-12"), (Kind.TIMESTAMP, 0, "2023-02-12 10:20:30", "2023-02-12 10:20:30"),
        (Kind.TIMESTAMP, 6, "2023-02-12 10:20:30.5", "2023-02-12 10:20:30.500000"), (Kind.TIMESTAMPTZ, 0, "2023-02-12 10:20:30", "2023-02-12 08:20:30+00:00"),
        (Kind.DATE, 0, "2023-02-12 00:00:01", 9002), (Kind.TIMESTAMP, 0, "0001-01-01 00:00:00", "0001-01-01 00:00:00"),
        (Kind.TIMESTAMP, 0, "9999-12-31 23:59:59", "9999-12-31 23:59:59"), (Kind.TIMESTAMP, 0, "1969-12-31 23:59:59", "1969-12-31 23:59:59"),
    ],
)  # fmt: skip
def test_dates_as_text_are_iso_8601(
    kind: Kind, digits: int, text: str, expected: str | int, compiled: bool
) -> None:
    """As SQLite keeps them; a time of day in a DATE column is refused, never cut off."""
    column = ColumnType(kind=kind, fraction_digits=digits, as_text=True)
    nls = Nls(time_zone_minutes=120)
    assert [expected] == converted(
        [text], column, mask="YYYY-MM-DD HH24:MI:SS.FF", nls=nls, compiled=compiled
    )


def test_dates_are_written_side_by_side() -> None:
    """Each row has a slot of its own, as wide as the text."""
    out = np.zeros(2 * 25, np.uint8)
    write_dates(np.array([0, 86_400_000_000 - 1_000_000]), 19, True, out)
    assert b"1970-01-01 00:00:00+00:001970-01-01 23:59:59+00:00" == out.tobytes()


@given(st.integers(-(1 << 127) + 1, (1 << 127) - 1))
@settings(max_examples=100, deadline=None)
def test_words_become_twos_complement(number: int) -> None:
    """A sign and four words give the two halves of Arrow's decimals."""
    words = np.array([(abs(number) >> (32 * n)) & 0xFFFFFFFF for n in range(4)], np.int64)
    data = np.zeros((1, 2), np.int64)
    store_words(words, number < 0, data, 0)
    assert number == (int(data[0, 1]) << 64) + (int(data[0, 0]) & ((1 << 64) - 1))


def test_spans_are_copied_in_their_order() -> None:
    """Texts from anywhere in the buffer, one behind the other."""
    data = np.zeros(5, np.uint8)
    copy_spans(b"abcdef", np.array([4, 0, 2]), np.array([0, 2, 4, 5]), data)
    assert b"efabc" == data.tobytes()


@BOTH
def test_null_rows_are_passed_over(compiled: bool) -> None:
    """NULL and empty texts are NULL in every kind of column, whatever stands beside them."""
    kinds = (Kind.TEXT, Kind.INT4, Kind.FLOAT8, Kind.BOOL, Kind.BYTES)
    for kind in (*kinds, ColumnType(kind=Kind.DECIMAL, precision=9, scale=2), ColumnType(kind=Kind.DECIMAL)):
        assert [None, None] == converted([None, ""], kind, compiled=compiled)
    assert [None, None] == converted([None, ""], Kind.TIMESTAMP, mask="YYYY", compiled=compiled)
