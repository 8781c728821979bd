"""Field setting: the table of white space rules, faults, positions, mainframe types; fuzzed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.formats.layout import compile_layout
from loadstone.formats.model import FieldError
from loadstone.formats.reader import open_records
from loadstone.formats.tokenize import tokenize
from loadstone.sqlldr.control import parse_control

BOTH = pytest.mark.parametrize("compiled", [False, True], ids=["plain", "compiled"])


def fields_of(
    clauses: str, data: bytes, *, compiled: bool = False, charset: str = "AL32UTF8", chunk: int = 1 << 20
) -> list[Any]:
    """For each record its values (None = NULL) or the fault's name, by the clauses behind INTO TABLE t."""
    spec = parse_control(f"LOAD DATA INFILE 'x' {clauses}".encode(), "x.ctl")
    layout = compile_layout(spec, charset=charset, byte_order="little")
    found: list[Any] = []
    for one in open_records(
        layout,
        spec.inputs[0],
        data,
        input_no=0,
        unit0=0,
        record0=0,
        chunk_size_bytes=chunk,
        compiled=compiled,
    ):
        tokens = tokenize(layout, one, compiled=compiled)
        for record in range(len(one)):
            error = FieldError(int(tokens.error[record].max()))
            spans = zip(tokens.start[record], tokens.end[record], tokens.state[record], strict=True)
            values = [
                None if state else tokens.buffer[start:end].tobytes().decode() for start, end, state in spans
            ]
            found.append(error.name if (tokens.verdict[record] == 3).any() else values)
    return found


@BOTH
@pytest.mark.parametrize(
    ("fields", "data", "expected"),
    [
        ("FIELDS TERMINATED BY ',' (a, b)", b"  aa  ,b\n", ["  aa  ", "b"]),
        ("FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' (a, b)", b"  aa  ,b\n", ["aa  ", "b"]),
        ("FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' (a, b)", b'"  aa  ",b\n', ["  aa  ", "b"]),
        ("FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' (a, b)", b'"a""b" , x\n', ['a"b', "x"]),
        ("FIELDS TERMINATED BY ',' ENCLOSED BY '\"' (a, b)", b'"a",b\n', "NO_OPEN"),
        ("FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' (a, b)", b'"a,b\n', "NO_CLOSE"),
        ("FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' (a, b)", b'"a"x,b\n', "NO_TERMINATOR"),
        ("FIELDS TERMINATED BY ',' (a, b)", b"a\n", "MISSING"),
        ("FIELDS TERMINATED BY ',' TRAILING NULLCOLS (a, b)", b"a\n", ["a", None]),
        ("FIELDS TERMINATED BY ',' (a CHAR(3), b)", b"abcd,b\n", "TOO_LONG"),
        ("FIELDS TERMINATED BY ',' (a, b)", b"x" * 256 + b",b\n", "TOO_LONG"),
        ("FIELDS TERMINATED BY WHITESPACE (a, b)", b"a  \t b\n", ["a", "b"]),
        ("FIELDS TERMINATED BY '||' (a, b)", b"a|||b\n", ["a", "|b"]),
        ("(a POSITION(1:4), b POSITION(5:8))", b" aa bb\n", [" aa", "bb"]),
        ("(a POSITION(1:4), b POSITION(9:12))", b"aaaa\n", ["aaaa", None]),
        ("(a POSITION(1:2), b POSITION(*+1) CHAR(2))", b"aa-bb\n", ["aa", "bb"]),
        ("FIELDS TERMINATED BY ',' (a NULLIF a='x', b DEFAULTIF b='y')", b"x,y\n", None),
        ("FIELDS TERMINATED BY ',' (a NULLIF a=BLANKS, b)", b"   ,b\n", [None, "b"]),
        ("FIELDS TERMINATED BY ',' ENCLOSED BY '(' AND ')' (a, b)", b"(a),(b))c)\n", ["a", "b)c"]),
        ("FIELDS CSV WITH EMBEDDED (a, b)", b'"x\ny",b\n', ["x\ny", "b"]),
    ],
)  # fmt: skip
def test_fields_are_set_as_documented(fields: str, data: bytes, expected: Any, compiled: bool) -> None:
    """Each row of the manual's table of white space, and each fault by its name."""
    found = fields_of(f"INTO TABLE t {fields}", data, compiled=compiled)
    assert found == ([expected] if expected is not None else [[None, None]])


@BOTH
def test_mainframe_numbers_become_text(compiled: bool) -> None:
    """Packed, zoned and binary numbers, of EBCDIC records of fixed length."""
    clauses = '"fix 16" INTO TABLE t (p POSITION(1) DECIMAL(5,2), z POSITION(4) ZONED(3), i POSITION(7) INTEGER(4), c POSITION(11:16))'
    record = (
        bytes.fromhex("12345D")
        + bytes.fromhex("F1F2D3")
        + (-7).to_bytes(4, "little", signed=True)
        + "AÖ z ".encode("cp500")
        + b"\x40"
    )
    assert (
        fields_of(clauses, record * 2, compiled=compiled, charset="WE8EBCDIC500")
        == [["-123.45", "-123", "-7", "AÖ z"]] * 2
    )


@BOTH
def test_latin_1_values_become_utf8(compiled: bool) -> None:
    """A single-byte set is transcoded, also where only some values need it."""
    data = "a,é\nü,b\n".encode("latin-1")
    assert fields_of(
        "INTO TABLE t FIELDS TERMINATED BY ',' (a, b)", data, compiled=compiled, charset="WE8ISO8859P1"
    ) == [["a", "é"], ["ü", "b"]]


def test_lines_end_as_the_first_line_does() -> None:
    """CR LF in the first line makes it the terminator; a single LF is data then."""
    clauses = "INTO TABLE t FIELDS TERMINATED BY ',' (a, b)"
    assert fields_of(clauses, b"a,b\r\nc,d\ne\r\n") == [["a", "b"], ["c", "d\ne"]]
    assert fields_of(clauses, b"a,b\nc,d\r\n") == [["a", "b"], ["c", "d\r"]]


@pytest.mark.parametrize(
    "rule",
    ["CONCATENATE 2", "CONTINUEIF THIS (1:1) = '+'", "CONTINUEIF NEXT (1:1) = '+'", "CONTINUEIF LAST = '+'"],
)
def test_logical_records_do_not_depend_on_the_chunk(rule: str) -> None:
    """Chunks of any size give the same records."""
    data = b"+a,b\n c,d+\n+e,f\n g,h\n i,j\n"
    clauses = f"{rule} INTO TABLE t FIELDS TERMINATED BY ',' TRAILING NULLCOLS (a, b, c, d)"
    whole = fields_of(clauses, data)
    assert all(fields_of(clauses, data, chunk=size) == whole for size in range(1, 30))


@given(st.binary(max_size=300), st.integers(0, 5), st.integers(1, 64))
@settings(max_examples=150, deadline=None)
def test_any_bytes_neither_crash_nor_hang(data: bytes, which: int, chunk: int) -> None:
    """Random bytes through every kind of field: an answer, equal in both modes and for all chunk sizes."""
    clauses = [
        "INTO TABLE t FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' TRAILING NULLCOLS (a, b, c)",
        "INTO TABLE t FIELDS TERMINATED BY WHITESPACE (a, b)",
        '"fix 7" INTO TABLE t (a POSITION(1:3), b DECIMAL(3), c ZONED(2))',
        "INTO TABLE t (a VARCHARC(1,9), b CHAR(2))",
        "INTO TABLE t FIELDS CSV WITH EMBEDDED TRAILING NULLCOLS (a, b)",
        "\"str '|'\" INTO TABLE t FIELDS TERMINATED BY '::' ENCLOSED BY '<' AND '>' (a, b)",
    ][which]
    plain = fields_of(clauses, data, charset="WE8ISO8859P1")
    assert plain == fields_of(clauses, data, compiled=True, chunk=chunk, charset="WE8ISO8859P1")
