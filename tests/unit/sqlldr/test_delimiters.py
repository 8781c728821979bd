"""TERMINATED BY, ENCLOSED BY, FIELDS CSV."""

from __future__ import annotations

import pytest

from loadstone import spec as s
from loadstone.sqlldr.testing import HEAD, OPEN, error_of, report_on, table_of


def literal(text: str) -> s.Delimiter:
    """A terminator of characters."""
    return s.Delimiter(literal=s.Literal(text=text))


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("TERMINATED BY ','", literal(",")), ("TERMINATED ','", literal(",")), ('terminated by "|"', literal("|")), ("TERMINATED BY '\\t'", literal("\t")), ("TERMINATED BY '\\n'", literal("\n")),
        ("TERMINATED BY '\\\\'", literal("\\")), ("TERMINATED BY '^*'", literal("^*")), ("TERMINATED BY ''''", literal("'")), ("TERMINATED BY '\\''", literal("'")), ("TERMINATED BY '\t'", literal("\t")),
        ("TERMINATED BY X'09'", s.Delimiter(literal=s.Literal(hex="09"))), ("TERMINATED BY x'7c7C'", s.Delimiter(literal=s.Literal(hex="7C7C"))), ("TERMINATED BY WHITESPACE", s.Delimiter(whitespace=True)),
        ("TERMINATED WHITESPACE", s.Delimiter(whitespace=True)), ("TERMINATED BY '\\x'", literal("\\x")), ("TERMINATED BY '--'", literal("--")), ("TERMINATED BY ' '", literal(" ")), ("TERMINATED BY 'ü'", literal("ü")),
    ],
)  # fmt: skip
def test_terminators(clause: str, expected: s.Delimiter) -> None:
    """Either quote, control characters, hexadecimal digits, WHITESPACE; BY may be left out."""
    assert expected == table_of(f"{OPEN}FIELDS {clause} (a)").terminated


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("ENCLOSED BY '\"'", s.Enclosure(left=s.Literal(text='"'))), ("ENCLOSED '\"'", s.Enclosure(left=s.Literal(text='"'))), ("OPTIONALLY ENCLOSED BY \"'\"", s.Enclosure(left=s.Literal(text="'"), optional=True)),
        ("ENCLOSED BY '<' AND '>'", s.Enclosure(left=s.Literal(text="<"), right=s.Literal(text=">"))), ("OPTIONALLY ENCLOSED BY X'22' AND X'22'", s.Enclosure(left=s.Literal(hex="22"), right=s.Literal(hex="22"), optional=True)),
    ],
)  # fmt: skip
def test_enclosures(clause: str, expected: s.Enclosure) -> None:
    """One sign for both ends, or two; perhaps optional."""
    assert expected == table_of(f"{OPEN}FIELDS TERMINATED BY ',' {clause} (a)").enclosed


@pytest.mark.parametrize(
    ("clause", "code", "column"),
    [
        ("TERMINATED BY ',' TERMINATED BY ';'", "LS-1010", 26), ("ENCLOSED BY '\"' ENCLOSED BY '<'", "LS-1010", 24), ("TERMINATED BY X''", "LS-1014", 22), ("ENCLOSED BY X''", "LS-1014", 20), ("TERMINATED BY comma", "LS-1001", 22),
        ("ENCLOSED BY '<' AND", "LS-1001", 28), ("OPTIONALLY TERMINATED BY ','", "LS-1001", 19), ("CSV WITH", "LS-1001", 17), ("CSV WITHOUT EMBEDED", "LS-1001", 20), ("TERMINATED BY '", "LS-1005", 22),
    ],
)  # fmt: skip
def test_broken_delimiters_have_a_place(clause: str, code: str, column: int) -> None:
    """The error stands at the word or sign that is wrong."""
    found = error_of(f"{OPEN}FIELDS {clause} (a)")
    assert (code, 4) == found[:2]
    assert column == found[2] or code == "LS-1001"


def test_an_empty_enclosure_of_a_field_is_none() -> None:
    """Read with a warning, as for tables."""
    text = HEAD + "(a ENCLOSED BY '')"
    assert (True, ["LS-1014"]) == (report_on(text).ok, [w.code for w in report_on(text).warnings])
    assert table_of(text).fields[0].enclosed is None


@pytest.mark.parametrize("word", ["TERMINATED", "ENCLOSED"])
def test_eof_ends_lob_files_alone(word: str) -> None:
    """TERMINATED BY EOF is read where it stands; ENCLOSED BY EOF is nothing."""
    text = HEAD + f"(f FILLER, a LOBFILE(f) {word} BY EOF)"
    assert (word == "TERMINATED") == report_on(text).ok
