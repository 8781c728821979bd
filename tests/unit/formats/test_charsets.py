"""Character sets: Oracle's names, EBCDIC code pages, sets of several bytes, bytes that mean nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.errors import FixSpec
from loadstone.formats.charsets import charset
from loadstone.spec.charsets import CODECS
from tests.conversions import BOTH
from tests.tokens import into, records_of

COMMA = "FIELDS TERMINATED BY ',' (a, b)"


@pytest.mark.parametrize("name", sorted(CODECS))
def test_every_name_has_a_codec(name: str) -> None:
    """Each of Oracle's names, in any case, gives a set that writes and reads digits."""
    found = charset(name.lower())
    data = found.encode("0123")
    if found.table is not None:
        assert "0123" == "".join(found.table[byte] or "" for byte in data)
    else:
        assert b"0123" == data


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("AL32UTF8", "utf-8"), ("UTF8", "utf-8"), ("WE8ISO8859P1", "iso8859-1"), ("WE8ISO8859P15", "iso8859-15"), ("EE8ISO8859P2", "iso8859-2"),
        ("WE8MSWIN1252", "cp1252"), ("CL8MSWIN1251", "cp1251"), ("WE8EBCDIC500", "cp500"), ("WE8EBCDIC37", "cp037"), ("D8EBCDIC273", "cp273"),
        ("WE8PC850", "cp850"), ("US8PC437", "cp437"), ("JA16SJIS", "cp932"), ("ZHS16GBK", "gbk"), ("KO16KSC5601", "euc-kr"), ("latin-1", "iso8859-1"),
    ],
)  # fmt: skip
def test_names_mean_what_oracle_means(name: str, codec: str) -> None:
    """The sets that banks use, and Python's own names too."""
    assert codec == charset(name).codec


def test_an_unknown_name_is_an_error() -> None:
    """LS-2010 names it and the common ones."""
    with pytest.raises(FixSpec) as caught:
        charset("WE8KLINGON1")
    assert ("LS-2010", True) == (caught.value.code, "AL32UTF8" in caught.value.hints[0])


@pytest.mark.parametrize(
    "codec", ["cp037", "cp500", "cp1140", "cp273", "cp875", "cp1026", "iso8859-2", "cp1251"]
)
def test_tables_are_those_of_the_codec(codec: str) -> None:
    """All 256 bytes."""
    table = charset(codec).table
    assert table is not None
    assert [bytes([n]).decode(codec, "replace") for n in range(256)] == [char or "\ufffd" for char in table]


@pytest.mark.parametrize(
    ("byte", "char"),
    [(0xAD, "["), (0xBD, "]"), (0x5F, "^"), (0xB0, "¬"), (0xBA, "Ý"), (0xBB, "¨"), (0x4A, "¢"), (0x9F, "¤"), (0x4F, "|"), (0x5A, "!"), (0x15, "\n"), (0xE0, "\\"), (0xC0, "{"), (0xD0, "}"), (0x79, "`"), (0xA1, "~"), (0x7B, "#"), (0x7C, "@"), (0x40, " "), (0xF0, "0"), (0xC1, "A"), (0x81, "a")],
)  # fmt: skip
def test_code_page_1047_of_open_systems(byte: int, char: str) -> None:
    """Python lacks it: brackets and the caret stand where z/OS has them."""
    table = charset("WE8EBCDIC1047").table
    assert table is not None
    assert char == table[byte]
    assert 256 == len({char for char in table})


@pytest.mark.parametrize(
    ("name", "signs"),
    [
        ("UK8EBCDIC285", {0x4A: "$", 0x5B: "£", 0xB1: "[", 0xBB: "]", 0x4F: "|", 0x5A: "!", 0xBC: "~"}),
        ("DK8EBCDIC277", {0x5B: "Å", 0x7B: "Æ", 0x7C: "Ø", 0xC0: "æ", 0xD0: "å", 0x6A: "ø", 0x4A: "#"}),
        ("S8EBCDIC278", {0x5B: "Å", 0x7B: "Ä", 0x7C: "Ö", 0xC0: "ä", 0x6A: "ö", 0xD0: "å", 0x63: "#"}),
        ("I8EBCDIC280", {0xC0: "à", 0xD0: "è", 0x5A: "é", 0x7B: "£", 0x7C: "§", 0xE0: "ç"}),
        ("F8EBCDIC297", {0x7C: "à", 0xC0: "é", 0xD0: "è", 0x6A: "ù", 0xE0: "ç", 0x7B: "£"}),
        ("WE8EBCDIC1148", {0x9F: "€", 0x4F: "!", 0x5A: "]", 0x4A: "["}),
        ("EE8EBCDIC870", {0x9C: "š", 0x9A: "ł", 0xBA: "Ł", 0xB1: "Ą", 0x49: "ć", 0xA0: "ą"}),
        ("CL8EBCDIC1025", {0x77: "а", 0x78: "б", 0xB9: "А", 0xDF: "С", 0xB8: "Ю"}),
    ],
)  # fmt: skip
def test_national_code_pages(name: str, signs: dict[int, str]) -> None:
    """What each page has where others have brackets; every byte means another character."""
    table = charset(name).table
    assert table is not None
    assert 256 == len(set(table))
    assert signs == {byte: table[byte] for byte in signs}


def test_windows_1252_gives_every_byte_a_character() -> None:
    """The five holes are control characters, as Windows reads them."""
    table = charset("WE8MSWIN1252").table
    assert table is not None
    assert ("€", "\x81", "\x9d", "ÿ") == (table[0x80], table[0x81], table[0x9D], table[0xFF])


def test_literals_must_exist_in_the_set() -> None:
    """LS-2011: a delimiter that the data cannot hold."""
    with pytest.raises(FixSpec) as caught:
        charset("WE8ISO8859P1").encode("€")
    assert "LS-2011" == caught.value.code


@BOTH
@pytest.mark.parametrize(
    ("name", "codec", "text"),
    [
        ("WE8ISO8859P1", "latin-1", "Müller"), ("WE8ISO8859P15", "iso8859-15", "5 €"), ("WE8MSWIN1252", "cp1252", "“€”"), ("EE8ISO8859P2", "iso8859-2", "Łódź"),
        ("CL8MSWIN1251", "cp1251", "Москва"), ("EL8ISO8859P7", "iso8859-7", "Αθήνα"), ("TR8MSWIN1254", "cp1254", "İstanbul"), ("WE8EBCDIC500", "cp500", "Zürich ÄÖ"),
        ("WE8EBCDIC37", "cp037", "A|B"), ("D8EBCDIC273", "cp273", "Größe"), ("JA16SJIS", "cp932", "東京 ソ"), ("JA16EUC", "euc-jp", "東京"), ("ZHS16GBK", "gbk", "北京"),
        ("ZHS32GB18030", "gb18030", "北京€"), ("ZHT16BIG5", "big5", "台北"), ("KO16KSC5601", "euc-kr", "서울"), ("AL32UTF8", "utf-8", "東京 Müller 😀"), ("WE8PC850", "cp850", "façade"),
    ],
)  # fmt: skip
def test_values_become_utf8(name: str, codec: str, text: str, compiled: bool) -> None:
    """Delimiters, blanks and values are of the set; what is loaded is UTF-8."""
    data = f"{text},b\nx, {text}\n".encode(codec)
    assert [[text, "b"], ["x", " " + text]] == into(COMMA, data, charset=name, compiled=compiled)


@BOTH
def test_white_space_of_ebcdic_is_trimmed(compiled: bool) -> None:
    """The blank is 0x40 there; fields of fixed size lose it at their end."""
    data = "  ab  cd".encode("cp500")
    assert [["  ab", "cd"]] == records_of(
        "INFILE 'x' \"fix 8\" INTO TABLE t (a POSITION(1:6), b POSITION(7:8))",
        data,
        charset="WE8EBCDIC500",
        compiled=compiled,
    )
    assert [[None, "cd"]] == records_of(
        "INFILE 'x' \"fix 8\" INTO TABLE t (a POSITION(1:6) NULLIF a=BLANKS, b POSITION(7:8))",
        "      cd".encode("cp500"), charset="WE8EBCDIC500", compiled=compiled,
    )  # fmt: skip


@BOTH
@pytest.mark.parametrize(
    "bad",
    [b"\xff", b"\xc3", b"\xc3(", b"\x80", b"\xe2\x82", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80"],
    ids=bytes.hex,
)  # fmt: skip
def test_bytes_that_are_no_utf8_are_refused(bad: bytes, compiled: bool) -> None:
    """Overlong forms, surrogates, halves of characters: the record is rejected, its neighbours are loaded."""
    data = b"a,b\nx" + bad + b",c\n\xc3\xa9,d\n"
    assert [["a", "b"], "BAD_ENCODING", ["é", "d"]] == into(COMMA, data, compiled=compiled)


@pytest.mark.parametrize(
    ("name", "bad"), [("JA16SJIS", b"\x83"), ("ZHS16GBK", b"\x81"), ("KO16KSC5601", b"\xb0")]
)
def test_halves_of_characters_are_refused(name: str, bad: bytes) -> None:
    """A set of several bytes whose second byte is missing."""
    assert ["BAD_ENCODING", ["a", "b"]] == into(COMMA, bad + b",b\na,b\n", charset=name)


@BOTH
@pytest.mark.parametrize(
    ("name", "bad"),
    [("US7ASCII", b"\xe9"), ("TR8MSWIN1254", b"\x81"), ("EL8ISO8859P7", b"\xff"), ("IW8ISO8859P8", b"\xc0")],
)
def test_bytes_without_a_character_are_refused(name: str, bad: bytes, compiled: bool) -> None:
    """A byte that the set does not define is no replacement character: the value would not be the sender's."""
    data = b"a,b\nx" + bad + b",c\ny,d\n"
    assert [["a", "b"], "BAD_ENCODING", ["y", "d"]] == into(COMMA, data, charset=name, compiled=compiled)


@BOTH
def test_a_byte_without_a_character_in_a_filler_or_a_lost_table_does_no_harm(compiled: bool) -> None:
    """Only values that are loaded must be readable."""
    clauses = "INFILE 'x' INTO TABLE t WHEN a='1' FIELDS TERMINATED BY ',' (a, b)"
    assert ["WHEN_FAILED"] == records_of(clauses, b"2,\xe9\n", charset="US7ASCII", compiled=compiled)


@given(st.text(st.characters(codec="cp500", exclude_characters="\n\r\x85,"), max_size=20))
@settings(max_examples=80, deadline=None)
def test_any_text_of_ebcdic_is_kept(text: str) -> None:
    """What the code page can write, a fixed record gives back."""
    data = text.encode("cp500").ljust(21, b"\x4b")
    found = records_of(
        "INFILE 'x' \"fix 21\" PRESERVE BLANKS INTO TABLE t (a POSITION(1:21))", data, charset="WE8EBCDIC500"
    )
    assert [[text.ljust(21, ".")]] == found
