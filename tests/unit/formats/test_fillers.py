"""Fillers: their bytes may be anything, unless something reads their text."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conversions import BOTH
from tests.tokens import records_of

HEAD = "INFILE 'x' \"fix 5\" INTO TABLE t"


@BOTH
@pytest.mark.parametrize(
    ("fields", "data", "expected"),
    [
        ("(a CHAR(1), f FILLER CHAR(4))", b"A\xff\xfe\xc3\x00", ["A", b"\xff\xfe\xc3"]),
        ("(a CHAR(1), f FILLER ZONED(4))", b"A    ", ["A", "    "]),
        ("(a CHAR(1), f FILLER DECIMAL(7))", b"A\xaa\xaa\xaa\xaa", ["A", b"\xaa\xaa\xaa\xaa"]),
        ("(a CHAR(1) NULLIF f = X'FFFF', f FILLER CHAR(4))", b"A\xff\xff  ", [None, b"\xff\xff"]),
        ("(a CHAR(1), f BOUNDFILLER CHAR(4))", b"A\xff   ", "BAD_ENCODING"),
        ("(a CHAR(1), f BOUNDFILLER ZONED(4))", b"A    ", "BAD_ZONED"),
        ("(a CHAR(1), f BOUNDFILLER DECIMAL(7))", b"A    ", "BAD_PACKED"),
        ("(f FILLER CHAR(4), a LOBFILE(f) TERMINATED BY EOF)", b"A\xff   ", "BAD_ENCODING"),
    ],
)
def test_a_filler_refuses_a_record_only_where_its_text_is_read(
    fields: str, data: bytes, expected: Any, compiled: bool
) -> None:
    """Mainframes leave any bytes between fields; SQL and LOBFILE need text, conditions compare bytes."""
    assert [expected] == records_of(f"{HEAD} {fields}", data, compiled=compiled)


@BOTH
def test_a_filler_of_ebcdic_keeps_its_bytes(compiled: bool) -> None:
    """What nobody reads is not translated either; what is bound is."""
    clauses = "INFILE 'x' \"fix 3\" INTO TABLE t (a CHAR(1), f FILLER CHAR(1), g BOUNDFILLER CHAR(1))"
    expected = [["A", b"\xc2", "C"]]
    assert expected == records_of(clauses, b"\xc1\xc2\xc3", charset="WE8EBCDIC500", compiled=compiled)
