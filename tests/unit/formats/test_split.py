"""Bytes into physical records: lines, own terminators, fixed and variable lengths, embedded record ends, UTF-16."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.errors import FixFile
from tests.conversions import BOTH
from tests.tokens import raw_of, records_of, texts_of

PLAIN = "INTO TABLE t (a CHAR(99))"


def clause(form: str) -> str:
    """An INFILE with a record format, and a table."""
    return f"INFILE 'x' {form} {PLAIN}"


@BOTH
@pytest.mark.parametrize(
    ("form", "data", "expected"),
    [
        ("", b"a\nb\n", [b"a", b"b"]), ("", b"a\nb", [b"a", b"b"]), ("", b"", []), ("", b"\n", [b""]), ("", b"\n\n", [b"", b""]), ("", b"a\n\nb\n", [b"a", b"", b"b"]),
        ("", b"a\r\nb\r\n", [b"a", b"b"]), ("", b"a\nb\r\n", [b"a", b"b\r"]), ("", b"a\r\nb\nc\r\n", [b"a", b"b\nc"]), ("", b"\r\na\r\n", [b"", b"a"]), ("", b"\r", [b"\r"]),
        ("\"str '|'\"", b"a|b|", [b"a", b"b"]), ("\"str '|\\n'\"", b"a|b|\nc|\n", [b"a|b", b"c"]), ("\"str X'0d0a'\"", b"a\r\nb\nc\r\n", [b"a", b"b\nc"]),
        ("\"str '||'\"", b"a|||b||", [b"a", b"|b"]), ("\"str '||'\"", b"a||||", [b"a", b""]), ("\"str 'END'\"", b"aENDbENDc", [b"a", b"b", b"c"]), ("\"str '\\t'\"", b"a\tb", [b"a", b"b"]),
        ("\"str 'aa'\"", b"xaaay", [b"x", b"ay"]), ('"fix 3"', b"abcdef", [b"abc", b"def"]), ('"fix 3"', b"abcde", [b"abc", b"de"]), ('"fix 4"', b"abc\ndef\n", [b"abc\n", b"def\n"]),
        ('"fix 3"', b"", []), ('"var 2"', b"03abc02de", [b"abc", b"de"]), ('"var"', b"00003abc00000", [b"abc", b""]), ('"var 3"', b"  3abc", [b"abc"]), ('"var 1"', b"3a\nb", [b"a\nb"]),
    ],
)  # fmt: skip
def test_records_end_as_the_format_says(
    form: str, data: bytes, expected: list[bytes], compiled: bool
) -> None:
    """Each format, with and without an end behind the last record."""
    assert expected == texts_of(clause(form), data, compiled=compiled)


@BOTH
@pytest.mark.parametrize(
    ("form", "data", "expected"),
    [
        ("", b"a\nb", [b"a\n", b"b"]), ("", b"a\r\nb\r\n", [b"a\r\n", b"b\r\n"]), ("\"str '|'\"", b"a|b|", [b"a|", b"b|"]), ('"fix 2"', b"abcd", [b"ab", b"cd"]),
        ('"var 2"', b"01a00", [b"01a", b"00"]),
    ],
)  # fmt: skip
def test_bad_files_get_the_bytes_as_they_came(
    form: str, data: bytes, expected: list[bytes], compiled: bool
) -> None:
    """Terminators and lengths belong to the physical bytes of a record."""
    assert expected == raw_of(clause(form), data, compiled=compiled)


@BOTH
@pytest.mark.parametrize(
    ("data", "record"),
    [(b"02ab0xcd", 2), (b"ab", 1), (b"02ab03cd", 2), (b"02ab0", 2), (b"-1a", 1), (b"02ab05", 2)],
)
def test_a_length_that_is_none_stops_the_load(data: bytes, record: int, compiled: bool) -> None:
    """LS-2005 names the record: from there on nothing could be told apart."""
    with pytest.raises(FixFile) as caught:
        texts_of(clause('"var 2"'), data, compiled=compiled)
    assert "LS-2005" == caught.value.code
    assert f"record {record}:" in caught.value.message


FORMS = {
    "": b"\n", "\"str '|'\"": b"|", "\"str '#!#'\"": b"#!#", "\"str X'0D0A'\"": b"\r\n",
}  # fmt: skip


@given(
    st.sampled_from(sorted(FORMS)),
    st.lists(st.binary(max_size=12), max_size=8),
    st.booleans(),
    st.integers(1, 20),
)
@settings(max_examples=150, deadline=None)
def test_records_do_not_depend_on_the_chunk(form: str, lines: list[bytes], ended: bool, chunk: int) -> None:
    """Any records, pieces of any size, both ways of kernels; the bytes together are the file."""
    ending = FORMS[form]
    data = ending.join(lines) + (ending if ended and lines else b"")
    whole = raw_of(clause(form), data)
    assert data == b"".join(whole)
    assert whole == raw_of(clause(form), data, chunk=chunk)
    assert texts_of(clause(form), data) == texts_of(clause(form), data, chunk=chunk, compiled=True)


@given(st.lists(st.binary(max_size=20), max_size=6), st.integers(1, 30), st.integers(2, 4))
@settings(max_examples=80, deadline=None)
def test_variable_records_round_trip(records: list[bytes], chunk: int, digits: int) -> None:
    """What is written with lengths is read with lengths, whatever bytes it holds."""
    data = b"".join(f"{len(one):0{digits}}".encode() + one for one in records)
    assert records == texts_of(clause(f'"var {digits}"'), data, chunk=chunk)


CSV = "INFILE 'x' INTO TABLE t FIELDS CSV WITH EMBEDDED TRAILING NULLCOLS (a, b)"


@BOTH
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'"x\ny",b\nc,d\n', [["x\ny", "b"], ["c", "d"]]), (b'a,"x\n\ny"\n', [["a", "x\n\ny"]]), (b'"a""\n",b\n', [['a"\n', "b"]]), (b'a"b\nc,d\n', [['a"b', None], ["c", "d"]]),
        (b' "x\ny",b\n', [["x\ny", "b"]]), (b'"x,y\nz",b\n', [["x,y\nz", "b"]]), (b'a,b\n"unclosed,c\nd,e\n', [["a", "b"], "NO_CLOSE"]), (b'"a\r\nb",c\r\nd,e\r\n', [["a\r\nb", "c"], ["d", "e"]]),
        (b'"",""\n', [[None, None]]), (b"a,b", [["a", "b"]]), (b'"a"\n"b"\n', [["a", None], ["b", None]]),
    ],
)  # fmt: skip
def test_csv_with_embedded_record_ends(data: bytes, expected: list[object], compiled: bool) -> None:
    """A record end counts as data only within an enclosure that opened where a field begins."""
    found = records_of(CSV, data, compiled=compiled)
    assert expected == found


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="ascii", exclude_characters="\r\0"), max_size=8),
            min_size=2,
            max_size=2,
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(1, 40),
)
@settings(max_examples=120, deadline=None)
def test_csv_of_any_text_reads_back(rows: list[list[str]], chunk: int) -> None:
    """What a writer of RFC 4180 quotes is read as it was, record ends and quotes too, in pieces of any size."""
    data = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows) + "\n"
    expected = [[cell or None for cell in row] for row in rows]
    assert expected == records_of(CSV, data.encode(), chunk=chunk)


WIDE = "INFILE 'x' INTO TABLE t FIELDS TERMINATED BY ',' (a, b)"


@pytest.mark.parametrize(
    ("name", "codec", "mark"),
    [
        ("UTF16", "utf-16-le", b"\xff\xfe"), ("UTF16", "utf-16-be", b"\xfe\xff"), ("AL16UTF16", "utf-16-be", b""), ("AL16UTF16", "utf-16-le", b"\xff\xfe"),
        ("AL16UTF16LE", "utf-16-le", b""), ("UTF16", "utf-16-le", b""),
    ],
)  # fmt: skip
def test_utf16_is_cut_in_code_units(name: str, codec: str, mark: bytes) -> None:
    """A byte order mark decides, else the name; signs whose halves look like line ends are no line ends."""
    data = mark + "aĊ,\u0a0d\n東,京😀\n\u0a05\u4e00,\u4e00\u0a05\n".encode(codec)
    for chunk in (1 << 20, 7, 4, 2):
        assert [["aĊ", "\u0a0d"], ["東", "京😀"], ["\u0a05\u4e00", "\u4e00\u0a05"]] == records_of(
            WIDE, data, charset=name, chunk=chunk
        )


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_goes_on_from_the_middle_in_the_same_order(codec: str) -> None:
    """A resume reads behind the byte order mark, and the mark decides all the same."""
    mark = "\ufeff".encode(codec)
    data = mark + "a,b\nc,d\n".encode(codec)
    start = len(mark) + len("a,b\n".encode(codec))
    assert [["c", "d"]] == records_of(WIDE, data, charset="UTF16", unit0=start, record0=1)


def test_utf16_without_a_mark_follows_the_byte_order() -> None:
    """BYTEORDER BIG ENDIAN is that of UTF-16 data without a mark, too."""
    clauses = "BYTEORDER BIG ENDIAN " + WIDE
    assert [["a", "b"]] == records_of(clauses, "a,b\n".encode("utf-16-be"), charset="UTF16")


@pytest.mark.parametrize("bad", [b"\x00\xd8", b"\x00\xdc"], ids=["high", "low"])
def test_lone_surrogates_are_refused(bad: bytes) -> None:
    """Half of a pair is no character; the record is rejected, not mended."""
    data = "a,b\nx".encode("utf-16-le") + bad + ",c\nd,e\n".encode("utf-16-le")
    assert [["a", "b"], "BAD_ENCODING", ["d", "e"]] == records_of(WIDE, data, charset="AL16UTF16LE")


def test_half_a_code_unit_at_the_end_is_refused() -> None:
    """A file that was cut in the middle of a sign."""
    data = "a,b\nc,d".encode("utf-16-le") + b"\x41"
    assert [["a", "b"], "BAD_ENCODING"] == records_of(WIDE, data, charset="AL16UTF16LE")
