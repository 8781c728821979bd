"""Sets whose characters have later bytes that look like ASCII: no delimiter and no record end cuts one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.formats.charsets import charset
from loadstone.formats.setting import step
from tests.conversions import BOTH
from tests.tokens import into, records_of, texts_of

SETS = ("JA16SJIS", "ZHS16GBK", "ZHS32GB18030", "ZHT16BIG5", "ZHT16MSWIN950", "ZHT16HKSCS", "KO16MSWIN949")


def literal(text: str) -> str:
    """A literal of ASCII as control files write it in hexadecimal, where no sign means anything else."""
    return f"X'{text.encode().hex()}'"


def signs_with(name: str, later: int) -> list[str]:
    """Characters of two bytes of a set of which the second is ``later``."""
    codec = charset(name).codec
    found = []
    for lead in range(0x81, 0xFF):
        text = bytes([lead, later]).decode(codec, "ignore")
        if len(text) == 1 and text.encode(codec) == bytes([lead, later]):
            found.append(text)
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [(name, True) for name in SETS]
    + [(name, False) for name in ("AL32UTF8", "WE8ISO8859P1", "JA16EUC", "KO16KSC5601", "ZHS16CGB231280", "AL16UTF16", "WE8EBCDIC500")],
)  # fmt: skip
def test_sets_that_need_a_walk(name: str, expected: bool) -> None:
    """EUC and Unicode keep later bytes above ASCII; the Windows and vendor sets do not."""
    assert expected == bool(charset(name).leads)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("JA16SJIS", b"\x83\x5cx", 2), ("JA16SJIS", b"\xb1x", 1), ("JA16SJIS", b"A", 1), ("JA16SJIS", b"\x83", 1), ("JA16SJIS", b"\x83\n", 1), ("JA16SJIS", b"\xfc|", 2),
        ("ZHS32GB18030", b"\x81\x30\x81\x30", 4), ("ZHS32GB18030", b"\x81\x30\x81", 1), ("ZHS32GB18030", b"\x81\x7c", 2), ("ZHS16GBK", b"\x81\x30\x81\x30", 1),
        ("KO16MSWIN949", b"\x81\x41", 2), ("ZHT16BIG5", b"\xa4\x7c", 2), ("ZHT16BIG5", b"\xa4;", 1),
    ],
)  # fmt: skip
def test_step(name: str, data: bytes, expected: int) -> None:
    """The bytes of the character that a text begins with; one cut off, or followed by no later byte, counts as one."""
    assert expected == step(data, 0, len(data), charset(name).leads)


@BOTH
@pytest.mark.parametrize(
    ("name", "sign", "delimiter"),
    [
        ("JA16SJIS", "ポ", "|"), ("JA16SJIS", "ソ", "\\"), ("JA16SJIS", "ア", "A"), ("JA16SJIS", "ァ", "@"), ("JA16SJIS", "ペ", "y"), ("JA16SJISTILDE", "ポ", "|"),
        ("ZHS16GBK", "亅", "|"), ("ZHS32GB18030", "亅", "|"), ("ZHS32GB18030", "\u0080", "0"), ("ZHT16BIG5", "四", "|"), ("ZHT16BIG5", "功", "\\"), ("KO16MSWIN949", "갂", "A"),
    ],
)  # fmt: skip
def test_a_delimiter_cuts_no_character(name: str, sign: str, delimiter: str, compiled: bool) -> None:
    """Fields between delimiters that the characters' later bytes equal; with and without enclosures."""
    codec = charset(name).codec
    assert delimiter.encode()[0] in sign.encode(codec)[1:]
    data = f"{sign}{delimiter}x{sign}{delimiter}{sign}{sign}\n".encode(codec)
    quoted = f'"{sign}"{delimiter}"{sign}{delimiter}"{delimiter}"""{sign}"\n'.encode(codec)
    clause = f"FIELDS TERMINATED BY {literal(delimiter)}"
    assert [[sign, f"x{sign}", sign * 2]] == into(
        f"{clause} (a, b, c)", data, charset=name, compiled=compiled
    )
    enclosed = f"{clause} OPTIONALLY ENCLOSED BY '\"' (a, b, c)"
    assert [[sign, sign + delimiter, f'"{sign}']] == into(enclosed, quoted, charset=name, compiled=compiled)


@BOTH
def test_an_enclosure_closes_behind_a_character(compiled: bool) -> None:
    """The closing sign is looked for behind whole characters: here it is the later byte of one."""
    data = "|ポ|,b\n".encode("cp932")
    clause = "FIELDS TERMINATED BY ',' ENCLOSED BY '|' (a, b ENCLOSED BY 'b')"
    assert ["NO_OPEN"] == into(clause, "ポ|,b\n".encode("cp932"), charset="JA16SJIS", compiled=compiled)
    clause = "FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '|' (a, b)"
    assert [["ポ", "b"]] == into(clause, data, charset="JA16SJIS", compiled=compiled)


@BOTH
@pytest.mark.parametrize(
    ("form", "data", "expected"),
    [
        ("\"str '|'\"", "ポ|ソ|", ["ポ", "ソ"]), ("\"str '|\\n'\"", "ポ\nポ|\n", ["ポ\nポ"]), ("\"str '\\\\n'\"", "ソn\\n表\\n", ["ソn", "表"]), ("", "ポ\nソ\n", ["ポ", "ソ"]),
    ],
)  # fmt: skip
def test_records_end_behind_characters(form: str, data: str, expected: list[str], compiled: bool) -> None:
    """A record terminator of one's own begins where a character does."""
    found = texts_of(
        f"INFILE 'x' {form} INTO TABLE t (a CHAR(99))",
        data.encode("cp932"),
        charset="JA16SJIS",
        compiled=compiled,
    )
    assert [text.encode("cp932") for text in expected] == found


@BOTH
def test_embedded_record_ends_know_characters(compiled: bool) -> None:
    """CSV WITH EMBEDDED: the later byte of a character is neither terminator nor enclosure."""
    clauses = "INFILE 'x' INTO TABLE t FIELDS CSV WITH EMBEDDED TERMINATED BY '|' OPTIONALLY ENCLOSED BY X'5C' (a, b)"
    data = "ポ|\\ソ\nx\\\nソ|b\n".encode("cp932")
    found = records_of(clauses, data, charset="JA16SJIS", compiled=compiled)
    assert [["ポ", "ソ\nx"], ["ソ", "b"]] == found


@pytest.mark.parametrize(
    ("lines", "expected"),
    [("aソ\nb\n", ["aソ", "b"]), ("a\\\nb\n", ["a\\b"]), ("ソ\\  \nb\n", ["ソ\\  b"]), ("\nb\n", ["", "b"])],
)
def test_the_last_sign_is_a_whole_character(lines: str, expected: list[str]) -> None:
    """CONTINUEIF LAST looks at the last character, of which the last byte may look like its sign."""
    clauses = "INFILE 'x' CONTINUEIF LAST = X'5C' INTO TABLE t (a CHAR(99))"
    found = texts_of(clauses, lines.encode("cp932"), charset="JA16SJIS")
    assert [text.encode("cp932") for text in expected] == found


@given(name=st.sampled_from(SETS), delimiter=st.sampled_from("|\\^~`{}[]@_aAzZ"), data=st.data())
def test_delimited_texts_come_back(name: str, delimiter: str, data: st.DataObject) -> None:
    """Any characters of a set, of which later bytes equal the delimiter, come back as they were written."""
    signs = signs_with(name, ord(delimiter)) + signs_with(name, 0x80) + ["b", "1"]
    values = data.draw(
        st.lists(st.text(st.sampled_from(signs), min_size=1, max_size=5), min_size=3, max_size=3)
    )
    line = (delimiter.join(values) + "\n").encode(charset(name).codec)
    clause = f"FIELDS TERMINATED BY {literal(delimiter)} (a, b, c)"
    assert [values] == into(clause, line, charset=name, compiled=True)
