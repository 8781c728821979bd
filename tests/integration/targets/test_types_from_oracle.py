"""Every row of docs/reference/types.md: boundary values of an Oracle type read back equal, or are rejects."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.columns import HEX, LENGTH, NUMBER, PRECISION, Refused, check, outcomes

D = Decimal
STAMP = 'v TIMESTAMP "YYYY-MM-DD HH24:MI:SS.FF"'
ZONED = 'v TIMESTAMP WITH TIME ZONE "YYYY-MM-DD HH24:MI:SS.FF TZH:TZM"'

Cases = list[tuple[str | bytes, Any]]


def made(kind: str) -> str:
    """The DDL of table T whose column V has this type."""
    return f"CREATE TABLE t (id NUMBER(6) PRIMARY KEY, v {kind});"


@pytest.mark.parametrize(
    ("kind", "cases"),
    [
        (
            "NUMBER(5,2)",
            [
                ("0", D(0)),
                ("999.99", D("999.99")),
                ("-999.99", D("-999.99")),
                ("999.994", D("999.99")),
                ("999.995", PRECISION),
                ("1000", PRECISION),
                ("-1000", PRECISION),
                ("0.005", D("0.01")),
                ("-0.005", D("-0.01")),
                ("1e2", D(100)),
                (" 12.5 ", D("12.5")),
                (".5", D("0.5")),
                ("5.", D(5)),
                ("", None),
                ("1,000", NUMBER),
                ("abc", NUMBER),
                ("1.2.3", NUMBER),
                ("--1", NUMBER),
                ("0x1F", NUMBER),
            ],
        ),
        ("NUMBER(5)", [("2.5", D(3)), ("-2.5", D(-3)), ("99999.4", D(99999)), ("99999.5", PRECISION)]),
        ("NUMBER(18)", [("9" * 18, D("9" * 18)), ("-" + "9" * 18, D("-" + "9" * 18)), ("1" + "0" * 18, PRECISION)]),
        ("NUMBER(19)", [("9" * 19, D("9" * 19)), ("1" + "0" * 19, PRECISION)]),
        ("NUMBER(38)", [("9" * 38, D("9" * 38)), ("-" + "9" * 38, D("-" + "9" * 38)), ("1" + "0" * 38, PRECISION)]),
        ("NUMBER(38,10)", [("9" * 28 + ".0000000001", D("9" * 28 + ".0000000001")), ("1" + "0" * 28, PRECISION)]),
        ("NUMBER(*,2)", [("12345678901234567890.12", D("12345678901234567890.12")), ("0.125", D("0.13"))]),
        ("NUMBER(5,-2)", [("1234500", D(1234500)), ("-9999900", D(-9999900)), ("10000000", PRECISION)]),
        ("NUMBER(2,4)", [("0.0099", D("0.0099")), ("-0.00994", D("-0.0099")), ("1", PRECISION)]),
        ("NUMBER", [("0.1", D("0.1")), ("-123456789012345.0625", D("-123456789012345.0625")), ("x", NUMBER)]),
        ("INTEGER", [("2.5", D(3)), ("9" * 38, D("9" * 38)), ("1" + "0" * 38, PRECISION)]),
        ("SMALLINT", [("70000", D(70000))]),
        ("FLOAT(126)", [("0.1", D("0.1")), ("12345.678", D("12345.678"))]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_numbers_are_exact_or_refused(kind: str, cases: Cases, target_url: str, here: Path) -> None:
    """Digits up to the precision are kept, digits beyond the scale are rounded as Oracle does, the rest is refused."""
    check(target_url, "v DECIMAL EXTERNAL", cases, ddl=made(kind))


@pytest.mark.parametrize("kind", ["BINARY_DOUBLE", "DOUBLE PRECISION"])
def test_doubles_keep_every_bit(kind: str, target_url: str, here: Path) -> None:
    """The shortest text of a double gives that double; what lies beyond its range is refused."""
    texts = [
        "0.1",
        "1.7976931348623157e308",
        "-1.7976931348623157E308",
        "5e-324",
        "2.2250738585072014e-308",
        "1e0",
    ]
    cases: Cases = [(text, float(text)) for text in texts]
    check(
        target_url, "v FLOAT EXTERNAL", [*cases, ("", None), ("1e", NUMBER), ("ten", NUMBER)], ddl=made(kind)
    )


@pytest.mark.parametrize(
    ("kind", "cases"),
    [
        ("VARCHAR2(5)", [("abcde", "abcde"), ("abcdef", LENGTH), ("äö", "äö"), ("äöü", LENGTH), ("", None), ("a'b\\", "a'b\\")]),
        ("VARCHAR2(5 BYTE)", [("abcd€", LENGTH), ("ab€", "ab€")]),
        ("VARCHAR2(5 CHAR)", [("äöüß€", "äöüß€"), ("äöüß€!", LENGTH), ("😀😀😀😀😀", "😀😀😀😀😀"), ("abcdef", LENGTH)]),
        ("NVARCHAR2(3)", [("äöü", "äöü"), ("äöüß", LENGTH)]),
        ("CLOB", [("x" * 5000, "x" * 5000), ("ünï\t", "ünï\t")]),
        ("LONG", [("y" * 300, "y" * 300)]),
        ("XMLTYPE", [("<a b='c'/>", "<a b='c'/>")]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_texts_are_kept_or_refused_by_their_length(
    kind: str, cases: Cases, target_url: str, here: Path
) -> None:
    """Lengths count bytes or characters as the DDL says; text is stored as it came."""
    check(target_url, "v CHAR(10000)", cases, ddl=made(kind))


@pytest.mark.parametrize(
    ("kind", "wide", "long"), [("CHAR(3)", "abc", "abcd"), ("CHAR(3 CHAR)", "äöü", "äöüß"), ("NCHAR(3)", "äöü", "abcd")]
)  # fmt: skip
def test_fixed_text_is_refused_past_its_width(
    kind: str, wide: str, long: str, target_url: str, here: Path
) -> None:
    """CHAR(n) takes n; a shorter text may be padded, which is no other text."""
    check(target_url, "v CHAR(10)", [(wide, wide), (long, LENGTH)], ddl=made(kind))


def test_char_without_a_length_is_one_wide(target_url: str, here: Path) -> None:
    """CHAR is CHAR(1)."""
    check(target_url, "v CHAR(10)", [("a", "a"), ("ab", LENGTH)], ddl=made("CHAR"))


def test_dates_hold_seconds(target_url: str, here: Path) -> None:
    """DATE is a moment to the second, from year 1 to 9999; impossible days are refused in Oracle's words."""
    cases: Cases = [
        ("2024-02-29 23:59:59", datetime(2024, 2, 29, 23, 59, 59)),
        ("0001-01-01 00:00:00", datetime(1, 1, 1)),
        ("9999-12-31 23:59:59", datetime(9999, 12, 31, 23, 59, 59)),
        ("1582-10-15 00:00:00", datetime(1582, 10, 15)),
        ("2024-03-01", datetime(2024, 3, 1)),
        ("", None),
        ("2023-02-29 00:00:00", Refused("ORA-01839")),
        ("2024-13-01 00:00:00", Refused("ORA-01843")),
        ("2024-01-32 00:00:00", Refused("ORA-01847")),
        ("2024-01-01 24:00:00", Refused("ORA-01850")),
        ("2024-01-01 00:00:00 x", Refused("ORA-01830")),
        ("someday", Refused("ORA-01858")),
    ]
    check(target_url, 'v DATE "YYYY-MM-DD HH24:MI:SS"', cases, ddl=made("DATE"))


@pytest.mark.parametrize(
    ("kind", "text", "micros"),
    [
        ("TIMESTAMP", "12:00:00.123456", 123456),
        ("TIMESTAMP(6)", "12:00:00.000001", 1),
        ("TIMESTAMP(3)", "12:00:00.1235", None),
        ("TIMESTAMP(0)", "12:00:00.4", 0),
    ],
)
def test_timestamps_keep_the_digits_that_are_declared(
    kind: str, text: str, micros: int | None, target_url: str, here: Path
) -> None:
    """Fractions of seconds up to the declared digits; further ones are rounded, as Oracle does."""
    expected = datetime(2024, 2, 29, 12, 0, 0, 124000 if micros is None else micros)
    check(target_url, STAMP, [(f"2024-02-29 {text}", expected), ("", None)], ddl=made(kind))


@pytest.mark.parametrize("kind", ["TIMESTAMP WITH TIME ZONE", "TIMESTAMP(6) WITH LOCAL TIME ZONE"])
def test_zoned_timestamps_are_moments(kind: str, target_url: str, here: Path) -> None:
    """The offset counts: the moment in UTC is what is stored."""
    cases: Cases = [
        ("2024-01-31 12:00:00.123456 +02:00", datetime(2024, 1, 31, 10, 0, 0, 123456)),
        ("2024-01-01 00:30:00.0 +05:30", datetime(2023, 12, 31, 19, 0, 0)),
        ("2024-01-01 00:00:00.0 -08:00", datetime(2024, 1, 1, 8, 0, 0)),
        ("2024-01-01 00:00:00.0 +99:00", Refused("ORA-01874")),
    ]
    check(target_url, ZONED, cases, ddl=made(kind))


@pytest.mark.parametrize("kind", ["RAW(3)", "BLOB", "LONG RAW"])
def test_bytes_come_as_hexadecimal_text(kind: str, target_url: str, here: Path) -> None:
    """Character data for a binary column is hexadecimal; what is not, or is too long, is refused."""
    cases: Cases = [("cafe00", b"\xca\xfe\x00"), ("FF", b"\xff"), ("", None), ("xy", HEX)]
    if kind == "RAW(3)":
        cases.append(("00112233", LENGTH))
    check(target_url, "v CHAR(100)", cases, ddl=made(kind))


@pytest.mark.parametrize("kind", ["RAW(4)", "BLOB"])
def test_raw_fields_are_bytes_as_they_are(kind: str, target_url: str, here: Path) -> None:
    """RAW(n) takes n bytes of the record, whatever they are."""
    check(target_url, "v RAW(4)", [(b"\x00\xff\x80|", b"\x00\xff\x80|")], ddl=made(kind))


@pytest.mark.parametrize("target_url", ["sqlite", "postgresql"], indirect=True)
def test_scales_outside_of_the_precision_are_kept_where_the_target_has_them(
    target_url: str, here: Path
) -> None:
    """A negative scale rounds to hundreds, and one beyond the precision bounds the value; DuckDB has neither."""
    hundreds: Cases = [("1234549", D(1234500)), ("1234550", D(1234600)), ("9999950", PRECISION)]
    check(target_url, "v DECIMAL EXTERNAL", hundreds, ddl=made("NUMBER(5,-2)"))
    small: Cases = [("0.01", PRECISION), ("0.00994", D("0.0099"))]
    check(target_url, "v DECIMAL EXTERNAL", small, ddl=made("NUMBER(2,4)").replace(" t ", " u "), into="u")


def test_blanks_that_pad_are_not_counted(target_url: str, here: Path) -> None:
    """CHAR(3) takes a character of two bytes, though a target may pad it to three characters."""
    found = outcomes(target_url, "v CHAR(10)", ["ä", "äb", "äbc"], ddl=made("CHAR(3)"))
    assert ["ä", "äb", LENGTH] == [value.rstrip(" ") if isinstance(value, str) else value for value in found]
