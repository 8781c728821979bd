"""Bytes of control files to text, and places in the text back to bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.errors import FixSpec
from loadstone.sqlldr.encoding import decoded


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (b"LOAD", "LOAD", "utf-8"), (b"", "", "utf-8"), ("é".encode(), "é", "utf-8"), (b"\xef\xbb\xbfL", "L", "utf-8"), (b"\xe9", "é", "cp1252"), (b"\x93a\x94", "“a”", "cp1252"),
        (b"\x81", "\x81", "latin-1"), ("\ufeffLé".encode("utf-16-le"), "Lé", "utf-16-le"), ("\ufeffLé".encode("utf-16-be"), "Lé", "utf-16-be"), ("LOAD".encode("utf-16-le"), "LOAD", "utf-16-le"),
        ("LOAD".encode("utf-16-be"), "LOAD", "utf-16-be"), (b"\xef\xbb\xbf\xe9", "é", "cp1252"), (b"ab", "ab", "utf-8"),
    ],
)  # fmt: skip
def test_a_mark_decides_else_utf8_else_1252(data: bytes, text: str, encoding: str) -> None:
    """UTF-16 without a mark shows by its zero bytes; five bytes that 1252 lacks make it Latin 1."""
    found = decoded(data, "x.ctl")
    assert (text, encoding) == (found.text, found.encoding)


@pytest.mark.parametrize(
    ("head", "mark"), [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("cp1252", b""), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")]
)  # fmt: skip
def test_places_lead_back_to_bytes(head: str, mark: bytes) -> None:
    """The tail from an offset of the text is the bytes behind it, whatever the mark and the encoding."""
    data = mark + "é BEGINDATA\n".encode(head) + "ü1\n".encode(head)
    source = decoded(data, "x.ctl")
    assert "ü1\n".encode(head) == source.tail(source.text.index("\n") + 1)


def test_data_may_be_in_another_set_than_the_statements() -> None:
    """Statements in UTF-8 stay so when the bytes behind BEGINDATA are none."""
    source = decoded("(é)\nBEGINDATA\n".encode() + b"\xe9\xff\n", "x.ctl")
    assert ("utf-8", True) == (source.encoding, source.text.startswith("(é)"))
    assert b"\xe9\xff\n" == source.tail(source.text.index("BEGINDATA\n") + 10)


def test_broken_utf16_is_an_error() -> None:
    """Half a unit cannot be read past."""
    with pytest.raises(FixSpec) as caught:
        decoded(b"\xff\xfeL\x00O", "x.ctl")
    assert ("LS-1032", "x.ctl") == (caught.value.code, caught.value.place.file)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No bytes crash; the tail from the start is all but the mark."""
    try:
        source = decoded(data, "x.ctl")
    except FixSpec as error:
        assert "LS-1032" == error.code
        return
    assert data[source.mark_bytes :] == source.tail(0)
