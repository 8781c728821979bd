"""Setting fields: the manual's table of white space, enclosures, delimiters, positions, lengths."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conversions import BOTH
from tests.tokens import into, records_of

COMMA = "FIELDS TERMINATED BY ','"
MAYBE = COMMA + " OPTIONALLY ENCLOSED BY '\"'"
ALWAYS = COMMA + " ENCLOSED BY '\"'"


@BOTH
@pytest.mark.parametrize(
    ("fields", "data", "expected"),
    [
        ("(a POSITION(1:6), b POSITION(7:8))", b"  aa  bb", ["  aa", "bb"]),
        ("(a CHAR(6), b CHAR(2))", b"  aa  bb", ["  aa", "bb"]),
        (f"{COMMA} (a, b)", b"  aa  ,bb", ["  aa  ", "bb"]),
        (f"{MAYBE} (a, b)", b"  aa  ,bb", ["aa  ", "bb"]),
        (f"{MAYBE} (a, b)", b'"  aa  ",bb', ["  aa  ", "bb"]),
        (f"{MAYBE} (a, b)", b'  "  aa  "  ,bb', ["  aa  ", "bb"]),
        (f"{ALWAYS} (a, b)", b'"  aa  ","bb"', ["  aa  ", "bb"]),
        ("(a ENCLOSED BY '\"', b CHAR(2))", b'"  aa  "bb', ["  aa  ", "bb"]),
        ("FIELDS TERMINATED BY WHITESPACE (a, b)", b"aa    bb  ", ["aa", "bb"]),
        ("FIELDS TERMINATED BY WHITESPACE (a, b)", b"aa \t bb\tcc", ["aa", "bb"]),
        ("FIELDS TERMINATED BY WHITESPACE OPTIONALLY ENCLOSED BY '\"' (a, b)", b'  aa  "b b"', ["aa", "b b"]),
        ("FIELDS TERMINATED BY WHITESPACE OPTIONALLY ENCLOSED BY '\"' (a, b)", b' "a a" bb', ["a a", "bb"]),
        (f"{COMMA} (a TERMINATED BY WHITESPACE, b)", b"aa    bb  ,x", ["aa", "bb  "]),
        (f"{COMMA} (a TERMINATED BY WHITESPACE, b CHAR(2) TERMINATED BY WHITESPACE)", b"aa\t  bb", ["aa", "bb"]),
        ("(a TERMINATED BY WHITESPACE, b POSITION(4) CHAR(4) TERMINATED BY ',')", b"aa   b,", ["aa", "  b"]),
        ("(a TERMINATED BY WHITESPACE, b CHAR(2))", b"aa   bb", ["aa", "bb"]),
    ],
)  # fmt: skip
def test_white_space_follows_the_table_of_the_manual(
    fields: str, data: bytes, expected: list[str], compiled: bool
) -> None:
    """Leading and trailing blanks by kind of field (Utilities, "How SQL*Loader trims")."""
    assert [expected] == into(fields, data + b"\n", compiled=compiled)


@BOTH
@pytest.mark.parametrize(
    ("fields", "data", "expected"),
    [
        (f"{COMMA} (a, b OPTIONALLY ENCLOSED BY '\"', c)", b'1,"x,y",3', ["1", "x,y", "3"]),
        (f"{COMMA} (a, b OPTIONALLY ENCLOSED BY '\"', c)", b'1,x,"3"', ["1", "x", '"3"']),
        (f"{COMMA} (a, b ENCLOSED BY '(' AND ')', c)", b"1,(x,y) ,3", ["1", "x,y", "3"]),
        (f"{COMMA} (a, b ENCLOSED BY '(' AND ')', c)", b"1,x,3", "NO_OPEN"),
        (f"{MAYBE} (a, b TERMINATED BY ':', c)", b'1,"x:y":3', ["1", "x:y", "3"]),
        (f"{MAYBE} (a, b TERMINATED BY ':', c)", b"1,x,y:3", ["1", "x,y", "3"]),
        (f"{MAYBE} (a, b TERMINATED BY ';' ENCLOSED BY '<' AND '>', c)", b'1,<"x">;3', ["1", '"x"', "3"]),
        ("FIELDS CSV (a, b)", b'"1,2",3', ["1,2", "3"]),
        ("FIELDS CSV TERMINATED BY ';' (a, b)", b'"1;2";3', ["1;2", "3"]),
    ],
)  # fmt: skip
def test_a_field_takes_from_the_table_the_delimiter_that_it_does_not_name(
    fields: str, data: bytes, expected: Any, compiled: bool
) -> None:
    """Terminator and enclosure each: "either locally in the field definition or globally in the FIELDS clause"."""
    assert [expected] == into(fields, data + b"\n", compiled=compiled)


@BOTH
@pytest.mark.parametrize(
    ("head", "field", "data", "expected"),
    [
        ("PRESERVE BLANKS", "a POSITION(1:6), b POSITION(7:8)", b"  aa  bb", ["  aa  ", "bb"]),
        ("PRESERVE BLANKS", "a POSITION(1:4), b POSITION(5:6)", b"    bb", ["    ", "bb"]),
        ("PRESERVE BLANKS", "a POSITION(1:6) NO PRESERVE BLANKS, b POSITION(7:8)", b"  aa  bb", ["  aa", "bb"]),
        ("", "a POSITION(1:6) PRESERVE BLANKS, b POSITION(7:8)", b"  aa  b ", ["  aa  ", "b"]),
        ("PRESERVE BLANKS", "a TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"', b CHAR(2)", b"  aa ,bb", ["  aa ", "bb"]),
        ("PRESERVE BLANKS", "a TERMINATED BY ',', b CHAR(2)", b"   ,bb", ["   ", "bb"]),
        ("PRESERVE BLANKS", "a TERMINATED BY WHITESPACE, b TERMINATED BY ','", b"aa   bb ,", ["aa", "bb "]),
    ],
)  # fmt: skip
def test_preserve_blanks_keeps_both_ends(
    head: str, field: str, data: bytes, expected: list[str], compiled: bool
) -> None:
    """For the load or for a field; the skip behind a WHITESPACE terminator stays."""
    clauses = f"INFILE 'x' {head} INTO TABLE t ({field})"
    assert [expected] == records_of(clauses, data + b"\n", compiled=compiled)


@BOTH
@pytest.mark.parametrize(
    ("fields", "data", "expected"),
    [
        (f"{COMMA} (a, b)", b"   ,bb", [None, "bb"]), (f"{COMMA} (a, b)", b"\t,bb", [None, "bb"]), (f"{COMMA} (a, b)", b",bb", [None, "bb"]),
        (f"{MAYBE} (a, b)", b'"",bb', [None, "bb"]), (f"{MAYBE} (a, b)", b'" ",bb', [" ", "bb"]), (f"{MAYBE} (a, b)", b"  ,bb", [None, "bb"]),
        ("(a POSITION(1:2), b POSITION(3:4))", b"  bb", [None, "bb"]), (f"{COMMA} (a, b)", b"aa,", "MISSING"),
        (f"{COMMA} TRAILING NULLCOLS (a, b)", b"aa,", ["aa", None]), (f"{COMMA} TRAILING NULLCOLS (a, b)", b"aa", ["aa", None]),
        (f"{COMMA} (a, b)", b"aa,bb", ["aa", "bb"]), (f"{COMMA} (a, b)", b"aa,bb,cc", ["aa", "bb"]),
    ],
)  # fmt: skip
def test_nothing_is_null(fields: str, data: bytes, expected: Any, compiled: bool) -> None:
    """Empty and all-blank fields are NULL, blanks in an enclosure are not; the last terminator may be missing."""
    assert [expected] == into(fields, data + b"\n", compiled=compiled)


@BOTH
@pytest.mark.parametrize(
    ("fields", "data", "expected"),
    [
        (f"{MAYBE} (a, b)", b'"a""b",c', ['a"b', "c"]), (f"{MAYBE} (a, b)", b'"""",c', ['"', "c"]), (f"{MAYBE} (a, b)", b'"a""","""c"', ['a"', '"c']),
        (f"{MAYBE} (a, b)", b'"a""""b",c', ['a""b', "c"]), (f"{MAYBE} (a, b)", b'a"b",c', ['a"b"', "c"]), (f"{MAYBE} (a, b)", b'"a,b",c', ["a,b", "c"]),
        (f"{MAYBE} (a, b)", b'"a" ,c', ["a", "c"]), (f"{MAYBE} (a, b)", b'"a"\t\t,c', ["a", "c"]), (f"{MAYBE} (a, b)", b'"a"x,c', "NO_TERMINATOR"),
        (f"{MAYBE} (a, b)", b'"a,c', "NO_CLOSE"), (f"{MAYBE} (a, b)", b'"a""', "NO_CLOSE"), (f"{MAYBE} (a)", b'"a"', ["a"]), (f"{MAYBE} (a)", b'"a"  ', ["a"]),
        (f"{ALWAYS} (a, b)", b"a,b", "NO_OPEN"), (f"{ALWAYS} (a, b)", b' "a","b"', ["a", "b"]), (f"{ALWAYS} (a, b)", b'"a",', "MISSING"),
        ("FIELDS TERMINATED BY ',' ENCLOSED BY '(' AND ')' (a, b)", b"(a),(b)", ["a", "b"]),
        ("FIELDS TERMINATED BY ',' ENCLOSED BY '(' AND ')' (a, b)", b"(a(b),(c))d)", ["a(b", "c)d"]),
        ("FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '<<' AND '>>' (a, b)", b"<<a,>>,b", ["a,", "b"]),
        ("FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '<<' AND '>>' (a, b)", b"<<a>>>>b>>,c", ["a>>b", "c"]),
        ("FIELDS TERMINATED BY WHITESPACE OPTIONALLY ENCLOSED BY '\"' (a, b)", b'"a b" c', ["a b", "c"]),
        ("FIELDS TERMINATED BY WHITESPACE OPTIONALLY ENCLOSED BY '\"' (a, b)", b'"a"x c', "NO_TERMINATOR"),
        ("(a ENCLOSED BY \"'\", b ENCLOSED BY \"'\")", b"'a''b''c'", "MISSING"), ("(a ENCLOSED BY '[' AND ']', b ENCLOSED BY '[' AND ']')", b"[a][b]", ["a", "b"]),
    ],
)  # fmt: skip
def test_enclosures_are_read_as_documented(fields: str, data: bytes, expected: Any, compiled: bool) -> None:
    """Two adjacent closing ones are one; behind a closing one only white space, the terminator or the end."""
    assert [expected] == into(fields, data + b"\n", compiled=compiled)


@BOTH
@pytest.mark.parametrize(
    ("terminator", "data", "expected"),
    [
        ("'|'", b"a|b", ["a", "b"]), ("'||'", b"a||b", ["a", "b"]), ("'||'", b"a|||b", ["a", "|b"]), ("'#!#'", b"a#!#b", ["a", "b"]),
        ("'#!#'", b"a#!!#!#b", ["a#!!", "b"]), ("X'09'", b"a\tb", ["a", "b"]), ("'\\t'", b"a\tb", ["a", "b"]), ("X'C3BC'", "aüb".encode(), ["a", "b"]),
        ("' '", b"a b", ["a", "b"]), ("' '", b"a  b", ["a", None]), ("';'", b"a;b;", ["a", "b"]), ("' | '", b"a | b", ["a", "b"]), ("X'00'", b"a\0b", ["a", "b"]),
    ],
)  # fmt: skip
def test_terminators_of_any_length(terminator: str, data: bytes, expected: list[str], compiled: bool) -> None:
    """Characters, bytes in hexadecimal, control characters; the first place from the left counts."""
    assert [expected] == into(f"FIELDS TERMINATED BY {terminator} (a, b)", data + b"\n", compiled=compiled)


@BOTH
@pytest.mark.parametrize(
    ("fields", "data", "expected"),
    [
        (f"{COMMA} (a)", b"x" * 255, ["x" * 255]), (f"{COMMA} (a)", b"x" * 256, "TOO_LONG"), (f"{COMMA} (a CHAR(256))", b"x" * 256, ["x" * 256]),
        (f"{COMMA} (a CHAR(3))", b"abcd", "TOO_LONG"), (f"{COMMA} (a CHAR(3))", b"abc", ["abc"]), (f"{MAYBE} (a CHAR(3))", b'"abcd"', "TOO_LONG"),
        (f"{MAYBE} (a CHAR(3))", b'"a""b"', ['a"b']), (f"{MAYBE} (a CHAR(3))", b'"a""bc"', "TOO_LONG"), ("(a)", b"abc", ["a"]), ("(a CHAR)", b"abc", ["a"]),
        ("(a CHAR(2), b CHAR(2))", b"abc", ["ab", "c"]), ("(a DATE 'YYYYMMDD', b CHAR(1))", b"20230212x", ["20230212", "x"]),
        ("(a DATE(6) 'YYYYMMDD', b CHAR(1))", b"20230212x", ["202302", "1"]), ("(a POSITION(1:4) CHAR(2), b CHAR(2))", b"abcdef", ["ab", "cd"]),
        (f"{COMMA} (a POSITION(1:3), b POSITION(4:6))", b"a,b,cd", ["a,b", ",cd"]), (f"{COMMA} (a INTEGER EXTERNAL(2))", b"123", "TOO_LONG"),
    ],
)  # fmt: skip
def test_lengths_are_the_fields_own_then_the_positions(
    fields: str, data: bytes, expected: Any, compiled: bool
) -> None:
    """255 bytes where nothing is said of a delimited field, 1 of another; POSITION(n:m) ignores delimiters."""
    assert [expected] == into(fields, data + b"\n", compiled=compiled)


@BOTH
@pytest.mark.parametrize(
    ("fields", "data", "expected"),
    [
        ("(a POSITION(1:3), b POSITION(2:4))", b"abcd", ["abc", "bcd"]), ("(a POSITION(3:4), b POSITION(1:2))", b"abcd", ["cd", "ab"]),
        ("(a POSITION(1-2), b POSITION(*) CHAR(2))", b"abcd", ["ab", "cd"]), ("(a POSITION(1:2), b POSITION(*+1) CHAR(1))", b"abcd", ["ab", "d"]),
        ("(a POSITION(1:2), b POSITION(*:4))", b"abcdef", ["ab", "cd"]), ("(a POSITION(1:2), b POSITION(*+1:5))", b"abcdef", ["ab", "de"]),
        ("(a POSITION(1:2), b POSITION(9:10))", b"ab", ["ab", None]), ("(a POSITION(1:2), b POSITION(*) CHAR(2))", b"ab", "MISSING"),
        ("TRAILING NULLCOLS (a POSITION(1:2), b POSITION(*) CHAR(2))", b"ab", ["ab", None]), ("(a POSITION(3) CHAR(2), b CHAR(1))", b"abcde", ["cd", "e"]),
        (f"{COMMA} (a, b POSITION(3))", b"a,b,c", ["a", "b"]), (f"{COMMA} (a POSITION(3), b POSITION(1))", b"a,b,c", ["b", "a"]),
        ("(a POSITION(1:4), b POSITION(*) CHAR(1))", b"abc", "MISSING"), ("(a POSITION(01:02), b POSITION(03:04))", b"abcd", ["ab", "cd"]),
    ],
)  # fmt: skip
def test_positions_count_from_the_record_or_the_field_before(
    fields: str, data: bytes, expected: Any, compiled: bool
) -> None:
    """Absolute ones are NULL beyond the record, relative ones missing; an end is a column of the record."""
    assert [expected] == into(fields, data + b"\n", compiled=compiled)


@BOTH
def test_a_second_table_goes_on_where_the_first_stopped(compiled: bool) -> None:
    """POSITION(1) begins the record again."""
    data = b"a,b,c\n"
    assert [["a", "b", "c"]] == records_of(
        f"INFILE 'x' INTO TABLE t {COMMA} (a, b) INTO TABLE u {COMMA} (c)", data, compiled=compiled
    )
    assert [["a", "b", "a"]] == records_of(
        f"INFILE 'x' INTO TABLE t {COMMA} (a, b) INTO TABLE u {COMMA} (c POSITION(1))",
        data,
        compiled=compiled,
    )


@BOTH
@pytest.mark.parametrize(
    ("semantics", "expected"),
    [("BYTE", "TOO_LONG"), ("CHAR", ["ééé", "x"])],
)
def test_char_semantics_count_characters(semantics: str, expected: Any, compiled: bool) -> None:
    """CHAR(3) takes three characters or three bytes; a position counts bytes all the same."""
    head = f"LENGTH SEMANTICS {semantics} INFILE 'x' INTO TABLE t"
    assert [expected] == records_of(f"{head} {COMMA} (a CHAR(3), b)", "ééé,x\n".encode(), compiled=compiled)
    fixed = records_of(f"{head} (a POSITION(1:4), b POSITION(5:5))", "ééx\n".encode(), compiled=compiled)
    assert [["éé", "x"]] == fixed


@BOTH
def test_undelimited_characters_move_by_characters(compiled: bool) -> None:
    """Under CHAR semantics CHAR(2) without delimiters is two characters, of any bytes."""
    clauses = "LENGTH SEMANTICS CHAR INFILE 'x' INTO TABLE t (a CHAR(2), b CHAR(2), c CHAR(1))"
    assert [["éa", "東京", "x"]] == records_of(clauses, "éa東京x\n".encode(), compiled=compiled)


@BOTH
@pytest.mark.parametrize(
    ("fields", "data", "expected"),
    [
        ("(a VARCHARC(2,10), b VARCHARC(1,5))", b"03abc2xy", ["abc", "xy"]), ("(a VARCHARC(2), b CHAR(1))", b"00x", [None, "x"]),
        ("(a VARCHARC(2,3))", b"04abcd", "TOO_LONG"), ("(a VARCHARC(2,10))", b"09abc", "BAD_LENGTH"), ("(a VARCHARC(2,10))", b"x3abc", "BAD_LENGTH"),
        ("(a VARCHARC(2,10))", b"3", "BAD_LENGTH"), ("(a VARCHARC(2,9), b CHAR(1))", b"02 a x", [" a", None]),
        ("(a VARCHAR(10), b CHAR(1))", b"\x03\0abcx", ["abc", "x"]), ("(a VARCHAR(2))", b"\x03\0abc", "TOO_LONG"), ("(a VARCHAR)", b"\x09\0abc", "BAD_LENGTH"),
        ("(a LONG VARRAW(9))", b"\x02\0\0\0\xff\xfe", [b"\xff\xfe"]), ("(a VARRAW(9))", b"\x02\0\xff\xfe", [b"\xff\xfe"]), ("(a VARRAWC(1,9))", b"2\xff\xfe", [b"\xff\xfe"]),
        ("(a RAW(2), b CHAR(1))", b"\xff\x20x", [b"\xff ", "x"]), ("(a VARGRAPHIC(9))", b"\x02\0ab", ["ab"]), ("(a GRAPHIC(2), b CHAR(1))", b"abcdx", ["abcd", "x"]),
    ],
)  # fmt: skip
def test_lengths_before_values(fields: str, data: bytes, expected: Any, compiled: bool) -> None:
    """VARCHAR and its kin are never trimmed; a length that is none, or leaves the record, is refused."""
    assert [expected] == into(fields, data + b"\n", compiled=compiled)


@BOTH
def test_lengths_follow_the_byte_order(compiled: bool) -> None:
    """BYTEORDER BIG ENDIAN turns the two bytes before a VARCHAR."""
    clauses = "BYTEORDER BIG ENDIAN INFILE 'x' INTO TABLE t (a VARCHAR(10), b CHAR(1))"
    assert [["abc", "x"]] == records_of(clauses, b"\0\x03abcx\n", compiled=compiled)
