"""Bytes of control files to text, and places in the text back to bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.bootstrap.control import control_locale
from loadstone.errors import FixSpec
from loadstone.sqlldr.check import check_control
from loadstone.sqlldr.control import filled, parse_control
from loadstone.sqlldr.encoding import Locale, decoded


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
    assert caught.value.message.endswith("at byte 4"), "counted from the start of the file, its mark included"


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


CONTROL = "LOAD DATA{clause} -- {text}\nINTO TABLE t FIELDS TERMINATED BY '|' (a, b CONSTANT '{text}')"


def constant(encoding: str, text: str, *, clause: str = "", nls_lang: str = "") -> str:
    """The constant of a control file as it is read."""
    data = CONTROL.format(clause=clause, text=text).encode(encoding)
    locale = control_locale({"NLS_LANG": nls_lang})
    assert check_control(data, "x.ctl", None, locale).ok
    source = parse_control(data, "x.ctl", locale).tables[0].fields[1].source
    return getattr(source, "value", "")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gbk", "订单号码"), ("gbk", "客户甛"), ("big5", "功能許可"), ("cp932", "表示ソース"), ("euc-jp", "東京"), ("euc-kr", "서울"), ("cp1251", "Москва"), ("koi8-r", "Загрузка клиентов"),
        ("cp1250", "Kraków łódź"), ("cp1252", "Société générale"), ("cp1252", "São Paulo"), ("cp1254", "Türkiye şube değil"), ("utf-8", "客户"), ("utf-16", "客户"), ("utf-8-sig", "Москва"),
    ],
)  # fmt: skip
def test_the_bytes_show_the_set_where_nobody_names_one(encoding: str, text: str) -> None:
    """Later bytes that look like a backslash or a bar are no syntax."""
    assert text == constant(encoding, text)


@pytest.mark.parametrize(
    ("encoding", "text", "nls_lang"),
    [("big5", "功", "TRADITIONAL CHINESE_TAIWAN.ZHT16BIG5"), ("cp1250", "Ł", ".EE8MSWIN1250"), ("iso8859-5", "Да", "RUSSIAN_RUSSIA.CL8ISO8859P5"), ("cp1252", "Ã©", "_.WE8MSWIN1252"), ("utf-8", "é", "AMERICAN_AMERICA.US7ASCII"), ("utf-8", "é", ".NOSUCHSET"), ("utf-8", "é", ".WE8EBCDIC500"), ("utf-8", "é", ".AL16UTF16"), ("utf-8-sig", "é", ".WE8MSWIN1252")],
)  # fmt: skip
def test_nls_lang_rules_where_it_fits(encoding: str, text: str, nls_lang: str) -> None:
    """A mark outweighs it; a set that statements cannot be in is passed over."""
    assert text == constant(encoding, text, nls_lang=nls_lang)


def test_the_clause_of_the_data_stands_before_a_guess() -> None:
    """CHARACTERSET is the data's, and likely the file's own; a comment that has the word names nothing."""
    assert "功" == constant("big5", "功", clause="\nCHARACTERSET ZHT16BIG5\n")
    assert "é" == constant("cp1252", "é", clause=" -- CHARACTERSET ZHT16BIG5\n")


def test_a_constant_is_right_where_the_data_are_in_another_set() -> None:
    """Statements behind a comment that names BEGINDATA are statements; the data's bytes stay as they are."""
    data = (
        "LOAD DATA -- BEGINDATA follows\nINFILE * INTO TABLE t (a CONSTANT '表')\nBEGINDATA\n".encode("cp932")
        + b"\x81\xff\n"
    )
    spec = parse_control(data, "x.ctl", Locale(charset="JA16SJIS"))
    assert "表" == getattr(spec.tables[0].fields[0].source, "value", "")
    assert spec.inline_data is not None and b"\x81\xff\n" == spec.inline_data.bytes()


def test_a_mark_outweighs_nls_lang_though_the_data_are_in_another_set() -> None:
    """The statements stay UTF-8, and the data their bytes."""
    data = "\ufeffLOAD DATA INFILE * INTO TABLE t (a CONSTANT 'é')\nBEGINDATA\n".encode() + b"\xe9\n"
    spec = parse_control(data, "x.ctl", Locale(charset="WE8MSWIN1252"))
    assert "é" == getattr(spec.tables[0].fields[0].source, "value", "")
    assert spec.inline_data is not None and b"\xe9\n" == spec.inline_data.bytes()


def test_nothing_lies_behind_the_last_byte() -> None:
    """The tail of a file without data is empty."""
    source = decoded("é".encode(), "x.ctl")
    assert b"" == source.tail(1)


def test_characters_written_in_two_ways_keep_the_place_of_the_data() -> None:
    """The second code of a character in Shift-JIS is not the one that it is encoded to."""
    data = b"LOAD DATA INFILE * INTO TABLE t (a CONSTANT '\xed\x40\xed\x40\xed\x40')\nBEGINDATA\n\xed\x40\n"
    source = decoded(data, "x.ctl", Locale(charset="JA16SJIS"))
    assert b"\xed\x40\n" == source.tail(source.text.index("BEGINDATA\n") + 10)


def test_values_of_placeholders_need_not_be_in_the_set_of_the_file() -> None:
    """A file in code page 1251 takes a French value; data stay as they are."""
    data = "LOAD DATA INFILE * INTO TABLE t (a CONSTANT 'Москва', b CONSTANT '${b}')\nBEGINDATA\nДа\n".encode(
        "cp1251"
    )
    locale = control_locale({})
    spec = parse_control(filled(data, "x.ctl", {"b": "été"}, locale), "x.ctl", locale)
    assert ["Москва", "été"] == [getattr(one.source, "value", "") for one in spec.tables[0].fields]
    assert spec.inline_data is not None and "Да\n".encode("cp1251") == spec.inline_data.bytes()
