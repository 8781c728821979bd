"""Mainframe and binary numbers: every sign, every byte that is none, scales, byte orders."""

from __future__ import annotations

import struct
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conversions import BOTH
from tests.tokens import records_of


def read(kind: str, data: bytes, *, head: str = "", **options: Any) -> Any:
    """The one field of a record of that many bytes, as text; or the fault."""
    clauses = f"{head} INFILE 'x' \"fix {len(data)}\" INTO TABLE t (n {kind})"
    found = records_of(clauses, data, **options)[0]
    return found if isinstance(found, str) else found[0]


def packed(number: int, digits: int, sign: int = 0xC) -> bytes:
    """A packed decimal of so many digits."""
    text = f"{abs(number):0{digits}}{sign:X}"
    return bytes.fromhex(text.zfill(len(text) + len(text) % 2))


@BOTH
@pytest.mark.parametrize(
    ("sign", "expected"),
    [(0xA, "123"), (0xB, "-123"), (0xC, "123"), (0xD, "-123"), (0xE, "123"), (0xF, "123"), *((n, "BAD_PACKED") for n in range(10))],
)  # fmt: skip
def test_packed_signs(sign: int, expected: str, compiled: bool) -> None:
    """A, C, E and F are plus, B and D minus; a digit in the sign's place is refused."""
    assert expected == read("DECIMAL(3)", packed(123, 3, sign), compiled=compiled)


@BOTH
@pytest.mark.parametrize("data", [b"\xa2\x3c", b"\x1b\x3c", b"\x12\xfc", b"\xff\xff"], ids=bytes.hex)
def test_a_packed_nibble_beyond_nine_is_refused(data: bytes, compiled: bool) -> None:
    """Every nibble but the last is a digit."""
    assert "BAD_PACKED" == read("DECIMAL(3)", data, compiled=compiled)


@BOTH
@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("DECIMAL(5,2)", packed(12345, 5), "123.45"), ("DECIMAL(5,2)", packed(-1, 5, 0xD), "-0.01"), ("DECIMAL(5,5)", packed(12345, 5), "0.12345"),
        ("DECIMAL(4,2)", packed(1234, 5), "12.34"), ("DECIMAL(1)", b"\x7c", "7"), ("DECIMAL(3,5)", packed(123, 3), "0.00123"),
        ("DECIMAL(3,-2)", packed(123, 3), "12300"), ("DECIMAL(3,-2)", packed(-5, 3, 0xD), "-500"), ("DECIMAL(38)", packed(10**38 - 1, 39), "9" * 38),
        ("DECIMAL(38,38)", packed(10**38 - 1, 39, 0xD), "-0." + "9" * 38), ("DECIMAL(3)", packed(0, 3, 0xD), "0"),
        ("POSITION(1:3) DECIMAL", packed(12345, 5), "12345"),
        ("ZONED(5,2)", b"12345", "123.45"), ("ZONED(3,-2)", b"123", "12300"), ("ZONED(3,5)", b"12s", "-0.00123"), ("POSITION(1:3) ZONED", b"12s", "-123"),
        ("ZONED(3,3)", b"123", "0.123"), ("ZONED(1)", b"0", "0"),
    ],
)  # fmt: skip
def test_scales_move_the_point(kind: str, data: bytes, expected: str, compiled: bool) -> None:
    """Scale digits stand behind the point, also more than there are; a negative scale adds zeros."""
    assert Decimal(expected) == Decimal(read(kind, data, compiled=compiled))


EBCDIC = {
    **{bytes([0xF0 + n]): n for n in range(10)}, **{bytes([0xC0 + n]): n for n in range(10)}, **{bytes([0xD0 + n]): -n for n in range(10)},
}  # fmt: skip
ASCII = {
    **{str(n).encode(): n for n in range(10)}, **{bytes([0x70 + n]): -n for n in range(10)}, b"{": 0, **{bytes([0x40 + n]): n for n in range(1, 10)},
    b"}": 0, **{bytes([0x49 + n]): -n for n in range(1, 10)},
}  # fmt: skip


@BOTH
@pytest.mark.parametrize("last", sorted(EBCDIC), ids=bytes.hex)
def test_zoned_signs_of_ebcdic(last: bytes, compiled: bool) -> None:
    """Zone F and C are plus, D is minus."""
    negative = last[0] & 0xF0 == 0xD0
    found = read("ZONED(3)", b"\xf1\xf2" + last, compiled=compiled, charset="WE8EBCDIC500")
    assert (-1 if negative else 1) * (120 + last[0] % 16) == int(found)


@BOTH
@pytest.mark.parametrize("last", sorted(ASCII), ids=lambda last: last.decode())
def test_zoned_signs_of_ascii(last: bytes, compiled: bool) -> None:
    """Digits are plus, p to y minus; the overpunched letters { A-I and } J-R too."""
    negative = last in b"pqrstuvwxy}JKLMNOPQR"
    found = read("ZONED(3)", b"12" + last, compiled=compiled)
    assert (-1 if negative else 1) * (120 + abs(ASCII[last])) == int(found)


@BOTH
@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"1x3", "BAD_ZONED"), (b" 12", "BAD_ZONED"), (b"12 ", "BAD_ZONED"), (b"12z", "BAD_ZONED"), (b"12S", "BAD_ZONED"), (b"1-2", "BAD_ZONED"), (b"12\x0c", "BAD_ZONED"), (b"   ", "BAD_ZONED")],
)  # fmt: skip
def test_zoned_bytes_that_are_none(data: bytes, expected: str, compiled: bool) -> None:
    """Each byte but the last is a plain digit; blanks are no zeros."""
    assert expected == read("ZONED(3)", data, compiled=compiled)


@BOTH
@pytest.mark.parametrize("order", ["big", "little"])
@pytest.mark.parametrize(
    ("kind", "size", "signed"),
    [
        ("INTEGER", 4, True), ("INTEGER(1)", 1, True), ("INTEGER(2)", 2, True), ("INTEGER(8)", 8, True), ("SMALLINT", 2, True), ("BYTEINT", 1, True),
        ("INTEGER UNSIGNED", 4, False), ("INTEGER(8) UNSIGNED", 8, False), ("SMALLINT UNSIGNED", 2, False), ("BYTEINT UNSIGNED", 1, False),
    ],
)  # fmt: skip
def test_binary_integers_at_their_bounds(
    kind: str, size: int, signed: bool, order: Any, compiled: bool
) -> None:
    """The least, the greatest, zero and minus one, in both byte orders."""
    low, high = (-(1 << (8 * size - 1)), (1 << (8 * size - 1)) - 1) if signed else (0, (1 << (8 * size)) - 1)
    for number in {low, high, 0, 1, *([-1] if signed else [])}:
        data = number.to_bytes(size, order, signed=signed)
        assert str(number) == read(kind, data, head=f"BYTEORDER {order}", compiled=compiled)


@given(st.integers(-(1 << 63), (1 << 63) - 1))
@settings(max_examples=60, deadline=None)
def test_any_binary_integer(number: int) -> None:
    """Eight bytes, all values."""
    assert str(number) == read("INTEGER(8)", number.to_bytes(8, "little", signed=True))


@pytest.mark.parametrize("order", ["big", "little"])
@pytest.mark.parametrize("number", [0.0, -0.5, 1.5, 1e30, 123456.75, -1e-30])
def test_binary_floats(number: float, order: str) -> None:
    """FLOAT has four bytes, DOUBLE eight; the text reads as the same number."""
    sign = ">" if order == "big" else "<"
    head = f"BYTEORDER {order}"
    assert number == float(read("DOUBLE", struct.pack(sign + "d", number), head=head))
    single = struct.unpack(sign + "f", struct.pack(sign + "f", number))[0]
    assert single == float(read("FLOAT", struct.pack(sign + "f", number), head=head))


@given(st.integers(0, 10**15 - 1), st.booleans(), st.integers(0, 15))
@settings(max_examples=100, deadline=None)
def test_packed_and_zoned_round_trip(number: int, negative: bool, scale: int) -> None:
    """Any 15 digits, either sign, any scale."""
    value = Decimal(-number if negative else number).scaleb(-scale)
    assert value == Decimal(read(f"DECIMAL(15,{scale})", packed(number, 15, 0xD if negative else 0xC)))
    digits = f"{number:015}".encode()
    zoned = digits[:-1] + bytes([digits[-1] + (0x40 if negative else 0)])
    assert value == Decimal(read(f"ZONED(15,{scale})", zoned))


@BOTH
def test_a_number_cut_off_by_the_record_is_missing(compiled: bool) -> None:
    """Binary fields are whole or not there."""
    clauses = "INFILE 'x' INTO TABLE t (a CHAR(1), n INTEGER(4))"
    assert ["MISSING"] == records_of(clauses, b"abc\n", compiled=compiled)


@BOTH
def test_conditions_of_numbers(compiled: bool) -> None:
    """DEFAULTIF makes zero of a number, NULLIF makes NULL; both see the bytes before they are decoded."""
    data = b"  \x05\x00" + b"A \x05\x00" + b"B \x05\x00"
    clauses = "INFILE 'x' \"fix 4\" INTO TABLE t (c POSITION(1:1), n POSITION(3) SMALLINT NULLIF c='A' DEFAULTIF c='B')"
    assert [[None, "5"], ["A", None], ["B", "0"]] == records_of(clauses, data, compiled=compiled)
