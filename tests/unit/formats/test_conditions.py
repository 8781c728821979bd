"""WHEN, NULLIF and DEFAULTIF: operands, padding, order, NULL."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conversions import BOTH
from tests.tokens import records_of

COMMA = "FIELDS TERMINATED BY ','"


def table(when: str, fields: str = "(a, b)", **options: Any) -> Any:
    """What a record ``x,yy`` (or ``data``) gives a table with this WHEN and these fields."""
    data = options.pop("data", b"x,yy\n")
    return records_of(f"INFILE 'x' INTO TABLE t {when} {COMMA} TRAILING NULLCOLS {fields}", data, **options)[
        0
    ]


@BOTH
@pytest.mark.parametrize(
    ("when", "data", "taken"),
    [
        ("a = 'x'", b"x,yy", True), ("a = 'z'", b"x,yy", False), ("a != 'x'", b"x,yy", False), ("a <> 'z'", b"x,yy", True), ("a = 'x' AND b = 'yy'", b"x,yy", True), ("a = 'x' AND b = 'y'", b"x,yy", False),
        ("a = 'x  '", b"x,yy", True), ("a = 'x'", b"x  ,yy", True), ("a = X'78'", b"x,yy", True), ("a = X'7800'", b"x,yy", True), ("a = X'7820'", b"x,yy", False), ("a = 'X'", b"x,yy", False),
        ("(1:1) = 'x'", b"x,yy", True), ("(1) = 'x,'", b"x,yy", True), ("(3:4) = 'yy'", b"x,yy", True), ("(3:9) = 'yy'", b"x,yy", True), ("(9:9) = 'x'", b"x,yy", False), ("(9:9) != 'x'", b"x,yy", False),
        ("(1:2) = BLANKS", b" x,yy", False), ("(1:2) = BLANKS", b"  zz", True), ("(1:1) != BLANKS", b"x,yy", True), ("(1:1) = BLANKS", b"\t,yy", False), ("b = 'yy'", b"x", False), ("b != 'yy'", b"x", False), ("a = BLANKS", b",yy", False),
        ("a != BLANKS", b",yy", False), ("a != BLANKS", b"x,yy", True), ("a = ''", b"x,yy", False), ("a != ''", b"x,yy", True),
    ],
)  # fmt: skip
def test_when_compares_fields_and_positions(when: str, data: bytes, taken: bool, compiled: bool) -> None:
    """Shorter operands are padded, with blanks or zeros; a NULL field and a place beyond the record are never true."""
    found = table(f"WHEN {when}", data=data + b"\n", compiled=compiled)
    assert taken == (found != "WHEN_FAILED")


@BOTH
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("(a NULLIF a='x', b)", [None, "yy"]), ("(a NULLIF a='z', b)", ["x", "yy"]), ("(a NULLIF b='yy', b NULLIF a='x')", [None, None]), ("(a NULLIF (1:1)='x', b)", [None, "yy"]), ("(a NULLIF a != 'z', b)", [None, "yy"]),
        ("(a DEFAULTIF a='x', b)", [None, "yy"]), ("(a INTEGER EXTERNAL DEFAULTIF a='x', b)", ["0", "yy"]), ("(a NULLIF a='x' DEFAULTIF a='x', b)", [None, "yy"]), ("(a INTEGER EXTERNAL NULLIF a='x' DEFAULTIF a='x', b)", [None, "yy"]),
        ("(a DECIMAL EXTERNAL DEFAULTIF b='yy', b)", ["0", "yy"]), ("(a FLOAT EXTERNAL DEFAULTIF b='z', b)", ["x", "yy"]), ("(a FILLER, b NULLIF a='x')", ["x", None]), ("(a NULLIF a='x' AND b='yy', b)", [None, "yy"]), ("(a NULLIF a='x' AND b='z', b)", ["x", "yy"]),
    ],
)  # fmt: skip
def test_nullif_comes_before_defaultif(fields: str, expected: list[str | None], compiled: bool) -> None:
    """Both see the values before any of them; DEFAULTIF is zero for numbers and NULL for the rest."""
    assert expected == table("", fields, compiled=compiled)


@BOTH
def test_defaultif_is_not_asked_of_an_empty_field(compiled: bool) -> None:
    """A field of length 0 is NULL, even a number whose DEFAULTIF would hold."""
    assert [None, "yy"] == table(
        "", "(a INTEGER EXTERNAL DEFAULTIF b='yy', b)", data=b",yy\n", compiled=compiled
    )


@BOTH
@pytest.mark.parametrize(
    ("clause", "fields", "data", "expected"),
    [
        ("NULLIF = BLANKS", "(a, b)", b'"  ",yy', [None, "yy"]), ("NULLIF = 'NA'", "(a, b)", b"NA,yy", [None, "yy"]), ("NULLIF != 'yy'", "(a, b)", b"x,yy", [None, "yy"]), ("NULLIF = 'NA'", "(a NO NULLIF, b)", b"NA,NA", ["NA", None]),
        ("NULLIF = 'NA'", "(a NULLIF a='x', b)", b"NA,NA", ["NA", None]), ("NULLIF = X'4E41'", "(a, b)", b"NA,yy", [None, "yy"]),
    ],
)  # fmt: skip
def test_nullif_of_a_table_serves_fields_without_one(
    clause: str, fields: str, data: bytes, expected: Any, compiled: bool
) -> None:
    """NO NULLIF, and a field's own, keep it away."""
    text = f"INFILE 'x' INTO TABLE t {COMMA} OPTIONALLY ENCLOSED BY '\"' {clause} {fields}"
    assert [expected] == records_of(text, data + b"\n", compiled=compiled)


@BOTH
def test_when_is_asked_before_faults_are(compiled: bool) -> None:
    """A record that no table wants is a discard, though a field of it cannot be set."""
    text = f"INFILE 'x' INTO TABLE t WHEN a = '1' {COMMA} (a, b CHAR(2))"
    assert ["WHEN_FAILED", "TOO_LONG"] == records_of(text, b"2,xxx\n1,xxx\n", compiled=compiled)


@BOTH
def test_a_doubled_enclosure_is_compared_as_one(compiled: bool) -> None:
    """Conditions see the value, not its bytes in the record."""
    text = f"INFILE 'x' INTO TABLE t WHEN a = 'a\"b' {COMMA} OPTIONALLY ENCLOSED BY '\"' (a, b)"
    assert [['a"b', "c"]] == records_of(text, b'"a""b",c\n', compiled=compiled)


@BOTH
def test_blanks_are_those_of_the_character_set(compiled: bool) -> None:
    """BLANKS and padding are 0x40 in EBCDIC."""
    text = "INFILE 'x' \"fix 4\" PRESERVE BLANKS INTO TABLE t WHEN (1:2) = 'A' (a POSITION(1:2), b POSITION(3:4) NULLIF b=BLANKS)"
    found = records_of(text, "A   B   ".encode("cp500"), charset="WE8EBCDIC500", compiled=compiled)
    assert [["A ", None], "WHEN_FAILED"] == found
