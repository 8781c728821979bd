"""Looking ahead, accepting, expecting, and what an error says."""

from __future__ import annotations

import pytest

from loadstone.errors import FixSpec
from loadstone.sqlldr.findings import Findings
from loadstone.sqlldr.reader import Reader, did_you_mean


def reader(text: str) -> Reader:
    """A reader of a text."""
    return Reader(text, "x.ctl", Findings())


def test_words_are_accepted_in_any_case() -> None:
    """Unquoted words only; what does not match stays."""
    one = reader('load "DATA" data')
    assert one.accept("DATA") is None
    assert one.accept("DATA", "LOAD") is not None
    assert not one.at("DATA")
    assert "DATA" == one.take().text
    assert one.at("DATA")


def test_looking_ahead_takes_nothing() -> None:
    """Any number of tokens ahead, and back again."""
    one = reader("a ( b )")
    assert ["a", "(", "b", ")", ""] == [one.peek(n).text for n in range(5)]
    first = one.take()
    assert one.at_symbol("(")
    one.back(first)
    assert "a" == one.peek().text


@pytest.mark.parametrize(
    ("text", "expected", "message", "hints"),
    [
        ("foo", ("TABLE",), 'expected TABLE, found "foo"', ()), ("tabel", ("TABLE",), 'expected TABLE, found "tabel"', ("did you mean TABLE?",)), ("(", ("a", "B"), 'expected a or B, found "("', ()),
        ("'x'", ("a", "b", "c"), "expected a, b or c, found the string 'x'", ()), ("X'0d'", ("a",), "expected a, found X'0D'", ()), ('"' + "y" * 50 + '"', ("a",), 'expected a, found the string "' + "y" * 37 + '..."', ()),
    ],
)  # fmt: skip
def test_what_was_expected_is_said(
    text: str, expected: tuple[str, ...], message: str, hints: tuple[str, ...]
) -> None:
    """The words that could stand here, what stands, and the nearest keyword."""
    with pytest.raises(FixSpec) as caught:
        reader(text).unexpected(*expected)
    assert ("LS-1001", message, hints) == (caught.value.code, caught.value.message, caught.value.hints)
    assert ("x.ctl", 1, 1) == (caught.value.place.file, caught.value.place.line, caught.value.place.column)


def test_the_end_of_the_file_is_an_error_of_its_own() -> None:
    """LS-1002 stands behind the last token."""
    one = reader("LOAD  \n")
    one.take()
    with pytest.raises(FixSpec) as caught:
        one.expect("DATA")
    assert ("LS-1002", 1, 5) == (caught.value.code, caught.value.place.line, caught.value.place.column)


@pytest.mark.parametrize(
    ("text", "least", "value", "error"),
    [("5", 0, 5, False), ("0", 1, 1, True), ("007", 0, 7, False), ("2147483647", 0, 2147483647, False), ("2147483648", 0, 2147483648, True), ("9" * 9000, 0, 99999999999, True)],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
def test_numbers_have_bounds(text: str, least: int, value: int, error: bool) -> None:
    """31 bits; a number out of range is noted, and reading goes on."""
    one = reader(text)
    assert value == one.integer("a length", least)
    assert ["LS-1011"] * error == [found.code for found in one.findings.errors]


def test_findings_are_noted_apart() -> None:
    """Errors, refusals and warnings, each at its token."""
    one = reader("a b")
    token = one.peek(1)
    one.error("E", token, "e", "h")
    one.warn("W", token, "w")
    one.refuse("R", token, "r")
    found = one.findings
    assert [("E", 1, 3, ("h",)), ("W", 1, 3, ()), ("R", 1, 3, ())] == [
        (f.code, f.line, f.column, f.hints) for f in (*found.errors, *found.warnings, *found.refused)
    ]


@pytest.mark.parametrize(
    ("word", "candidates", "expected"),
    [
        ("feilds", ("FIELDS", "INTO"), ["did you mean FIELDS?"]), ("xyz", ("FIELDS", "INTO"), []), ("append", ("APPEND",), ["did you mean APPEND?"]), ("nullcol", ("NULLCOLS", "NULLS"), ["did you mean NULLCOLS?"]), ("a", (), []),
        ("name", ("a field name",), []), ("(", ("(",), []),
    ],
)  # fmt: skip
def test_suggestions_are_keywords_alone(word: str, candidates: tuple[str, ...], expected: list[str]) -> None:
    """Descriptions and symbols are no suggestions."""
    assert expected == did_you_mean(word, candidates)


def test_the_first_word_of_a_file_is_found() -> None:
    """Not in strings and comments; the end where there is none."""
    found = reader("-- CSV\n'CSV' FIELDS x CSV").first_word("CSV")
    assert (2, 16) == (found.line, found.column)
    assert "end" == reader("a b").first_word("CSV").kind
