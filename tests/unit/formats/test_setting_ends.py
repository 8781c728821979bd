"""Fields of each way where the record ends before, within or right behind them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conversions import BOTH
from tests.tokens import into

NULLCOLS = "FIELDS TERMINATED BY ',' TRAILING NULLCOLS"


@BOTH
@pytest.mark.parametrize(
    ("fields", "data", "expected"),
    [
        ("(a CHAR(9) TERMINATED BY WHITESPACE, b CHAR(3))", b"x   \n", "MISSING"), ("(a CHAR(9) TERMINATED BY WHITESPACE, b CHAR(3))", b"x   yz\n", ["x", "yz"]),
        ("TRAILING NULLCOLS (a CHAR(9) TERMINATED BY WHITESPACE, b CHAR(3))", b"x   \n", ["x", None]), ("TRAILING NULLCOLS (a CHAR(9) TERMINATED BY WHITESPACE, b CHAR(3))", b"x\n", ["x", None]),
        ("(a CHAR(9) TERMINATED BY WHITESPACE, b POSITION(2:4))", b"x yz\n", ["x", " yz"]),
        ("(a CHAR(2), b VARCHARC(2,5))", b"ab\n", "MISSING"), ("TRAILING NULLCOLS (a CHAR(2), b VARCHARC(2,5))", b"ab\n", ["ab", None]), ("(a CHAR(2), b VARCHARC(2,5))", b"ab03xyz\n", ["ab", "xyz"]),
        ("(a CHAR(2), b VARCHARC(2,5))", b"ab00\n", ["ab", None]), ("(a CHAR(2), b VARCHARC(2,5))", b"ab04xyz\n", "BAD_LENGTH"), ("(a CHAR(2), b VARCHARC(2,5))", b"ab06xyzxyz\n", "TOO_LONG"),
        ("(a CHAR(2), b VARCHARC(2,5))", b"ab0\n", "BAD_LENGTH"), ("(a CHAR(2), b VARCHARC(2,5))", b"abx3xyz\n", "BAD_LENGTH"), ("(a CHAR(2), b VARCHARC(2,5), c CHAR(1))", b"ab01xy\n", ["ab", "x", "y"]),
        ("(a CHAR(2), b VARCHAR(5))", b"ab\x02\x00xy\n", ["ab", "xy"]), ("(a CHAR(2), b VARCHAR(5))", b"ab\x02\n", "BAD_LENGTH"), ("(a CHAR(2), b VARCHAR(5))", b"ab\x00\x00\n", ["ab", None]),
        ("(a CHAR(2), b CHAR(3))", b"a\n", "MISSING"), ("(a CHAR(2), b CHAR(3))", b"ab\n", "MISSING"), ("(a CHAR(2), b CHAR(3))", b"abc\n", ["ab", "c"]), ("(a CHAR(2), b CHAR(3))", b"abcdef\n", ["ab", "cde"]),
        ("(a POSITION(1:2), b POSITION(5:6))", b"abc\n", ["ab", None]), ("(a POSITION(1:2), b POSITION(5:6))", b"abcde\n", ["ab", "e"]), ("(a POSITION(1:2), b POSITION(*+1:4))", b"abcd\n", ["ab", "d"]),
        (f"{NULLCOLS} (a, b, c)", b"1\n", ["1", None, None]), (f"{NULLCOLS} (a, b, c)", b"1,\n", ["1", None, None]), (f"{NULLCOLS} (a, b, c)", b"1,,3\n", ["1", None, "3"]), (f"{NULLCOLS} (a, b, c)", b"\n", [None, None, None]),
        ("FIELDS TERMINATED BY ',' (a, b)", b"1,\n", "MISSING"), ("FIELDS TERMINATED BY ',' (a, b)", b"1, \n", ["1", None]), ("FIELDS TERMINATED BY ',' (a, b)", b"1,2,3\n", ["1", "2"]), ("FIELDS TERMINATED BY '||' (a, b)", b"1||2|\n", ["1", "2|"]),
    ],
)  # fmt: skip
def test_a_record_ends_anywhere(fields: str, data: bytes, expected: Any, compiled: bool) -> None:
    """NULL with TRAILING NULLCOLS or a position, else missing; a length that leaves the record is refused."""
    assert [expected] == into(fields, data, compiled=compiled)
