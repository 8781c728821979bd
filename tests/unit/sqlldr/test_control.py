"""Bytes to specs: character sets, BEGINDATA, files."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.errors import FixSpec
from loadstone.sqlldr.control import parse_control, read_control
from loadstone.sqlldr.testing import HEAD, error_of, report_on, spec_of

INLINE = "LOAD DATA INFILE * INTO TABLE t FIELDS TERMINATED BY ',' (a)\nBEGINDATA"


@pytest.mark.parametrize(
    "data",
    [
        (HEAD + "(é)").encode(),
        b"\xef\xbb\xbf" + (HEAD + "(é)").encode(),
        (HEAD + "(é)").encode("utf-16"),
        "\ufeff".encode("utf-16-be") + (HEAD + "(é)").encode("utf-16-be"),
        (HEAD + "(é)").encode("cp1252"),
        (HEAD + "(é)").replace("\n", "\r\n").encode("latin-1"),
    ],
)
def test_character_sets_of_control_files(data: bytes) -> None:
    """A byte order mark decides, else UTF-8, else code page 1252."""
    assert spec_of(data).tables[0].fields[0].name == "É"


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        (b"\n1\n2\n", b"1\n2\n"),
        (b"\r\n1\r\n", b"1\r\n"),
        (b"  \n\n1\n", b"\n1\n"),
        (b"\n-- no comment\n'", b"-- no comment\n'"),
        (b"\n\xe9\xff,\x00\n", b"\xe9\xff,\x00\n"),
        (b"", b""),
    ],
)
def test_inline_data_are_kept_byte_for_byte(tail: bytes, expected: bytes) -> None:
    """The data begin behind the line of BEGINDATA, whatever their character set."""
    found = spec_of(INLINE.encode() + tail).inline_data
    assert found is not None
    assert found.bytes() == expected


def test_statements_in_utf8_and_data_in_another_set() -> None:
    """Places in the text lead back to the right byte."""
    found = spec_of(INLINE.replace("(a)", "(é)").encode() + b"\n\xe9\n")
    assert found.tables[0].fields[0].name == "É"
    assert found.inline_data is not None
    assert found.inline_data.bytes() == b"\xe9\n"


def test_inline_data_of_utf16_files() -> None:
    """The bytes stay in the file's own encoding."""
    found = spec_of((INLINE + "\n1\n").encode("utf-16")).inline_data
    assert found is not None
    assert found.bytes() == "1\n".encode("utf-16-le")


def test_begindata_stands_alone() -> None:
    """Text on its line makes the line data; data without INFILE * are doubtful."""
    assert [("LS-1031", 2, 1)] == [
        (one.code, one.line, one.column) for one in report_on(INLINE + " 1,2\n3\n").warnings
    ]
    found = spec_of(INLINE + " 1,2\n3\n").inline_data
    assert found is not None and b"BEGINDATA 1,2\n3\n" == found.bytes()
    assert [finding.code for finding in report_on(HEAD + "(a)\nBEGINDATA\n1\n").warnings] == ["LS-1066"]
    assert [finding.code for finding in report_on(INLINE.replace("BEGINDATA", "")).warnings] == ["LS-1065"]


def test_broken_utf16_is_named() -> None:
    """Half a character at the end of a UTF-16 file is an error, not a crash."""
    assert error_of(b"\xff\xfeL\x00O")[0] == "LS-1032"


def test_errors_carry_path_and_place() -> None:
    """``parse_control`` raises the first error with file, line and column."""
    with pytest.raises(FixSpec) as caught:
        parse_control(b"LOAD DATA\nFOO", "dir/x.ctl")
    assert str(caught.value.place) == "dir/x.ctl:2:1"


def test_reading_a_file(tmp_path: Path) -> None:
    """``read_control`` reads the file, or says why it cannot."""
    path = tmp_path / "x.ctl"
    path.write_text(HEAD + "(a)")
    assert read_control(str(path)).tables[0].table.name == "T"
    with pytest.raises(FixSpec) as caught:
        read_control(str(tmp_path / "missing.ctl"))
    assert caught.value.code == "LS-1033"


def test_reports_are_plain_values() -> None:
    """``to_json`` gives the form that ``loadstone check --json`` prints."""
    assert report_on("LOAD DATA\nFOO").to_json() == {
        "ok": False,
        "errors": [
            {
                "code": "LS-1001",
                "line": 2,
                "column": 1,
                "message": 'expected INFILE or INTO TABLE after LOAD DATA, found "FOO"',
                "hints": [],
            }
        ],
        "refused": [],
        "warnings": [],
    }
