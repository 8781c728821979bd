"""Names, strings and literals as a control file writes them, and reads them again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone import spec as s
from loadstone.errors import FixSpec
from loadstone.sqlldr import write_text as t
from loadstone.sqlldr.lexer import Lexer, unescaped

LINE = st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0\x1a"), max_size=20)


@pytest.mark.parametrize(
    ("text", "expected"), [("a", "'a'"), ("it's", "'it''s'"), ("", "''"), ("a\\", "'a\\\\'"), ("a\\b", "'a\\b'"), ("a\\'b", "'a\\\\''b'"), ('"', "'\"'")]
)  # fmt: skip
def test_strings_are_quoted(text: str, expected: str) -> None:
    """Quotes are doubled; backslashes before a quote and at the end too."""
    assert expected == t.quoted(text)


@given(LINE, st.sampled_from("'\""))
@settings(max_examples=300, deadline=None)
def test_any_line_in_quotes_reads_as_itself(text: str, quote: str) -> None:
    """In either quote, also as a file name."""
    written = t.quoted(text, quote)
    assert text == Lexer(written, "x").token(0).text
    assert len(written) == Lexer(written, "x").token(0).stop


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\x1a"), min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_any_delimiter_reads_as_itself(text: str) -> None:
    """Control characters are escaped."""
    written = t.delimiter_literal(s.Literal(text=text))
    token = Lexer(written, "x").token(0)
    assert text == unescaped(token.raw, token.quote)


@pytest.mark.parametrize(
    ("name", "quoted", "expected"), [("EMP", False, "EMP"), ("EMP", True, '"EMP"'), ("emp", False, '"emp"'), ("A B", False, '"A B"'), ("1A", False, '"1A"'), ("A$#_1", False, "A$#_1"), ("É", False, "É"), ('A"B', True, '"A\\"B"')]
)  # fmt: skip
def test_names_are_quoted_where_folding_would_change_them(name: str, quoted: bool, expected: str) -> None:
    """Or where they were quoted."""
    assert expected == t.name(name, is_quoted=quoted)


@pytest.mark.parametrize(
    ("text", "expected"), [("A", "A"), ("A.B", "A.B"), ("a.B", '"a"."B"'), (".A", '".A"'), ("A.", '"A."')]
)
def test_references_may_have_dots(text: str, expected: str) -> None:
    """Each part for itself; a dot at an end belongs to the name."""
    assert expected == t.reference(text)


@pytest.mark.parametrize(
    ("position", "expected"),
    [(s.Position(start=1, end=5), "(1:5)"), (s.Position(start=3), "(3)"), (s.Position(relative=True), "(*)"), (s.Position(start=2, relative=True), "(*+2)"), (s.Position(start=2, relative=True, end=9), "(*+2:9)"), (s.Position(relative=True, end=9), "(*:9)")],
)  # fmt: skip
def test_positions(position: s.Position, expected: str) -> None:
    """All forms of POSITION."""
    assert expected == t.position(position)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (s.Test(field="A", literal=s.Literal(text="x")), "A = 'x'"), (s.Test(field="A", equal=False, blanks=True), "A != BLANKS"), (s.Test(position=s.Position(start=1, end=2), literal=s.Literal(hex="20")), "(1:2) = X'20'"),
        (s.Test(blanks=True), "= BLANKS"), (s.Test(field="a b", literal=s.Literal(text="it's")), "\"a b\" = 'it''s'"),
    ],
)  # fmt: skip
def test_tests_of_conditions(test: s.Test, expected: str) -> None:
    """By field, by position, or of the field itself."""
    assert expected == t.test(test)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("AL32UTF8", "AL32UTF8"), ("a b", "'a b'"), ("a--b", "'a--b'"), ("/a/b.dat", "/a/b.dat"), ("", "''")],
)
def test_bare_words(text: str, expected: str) -> None:
    """Without quotes where nothing in them could be misread."""
    assert expected == t.bare(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", "5"),
        ("-1.5", "-1.5"),
        ("a,b", "'a,b'"),
        ("--x", "'--x'"),
        ("${x}", "'${x}'"),
        ("it's", "'it''s'"),
    ],
)
def test_bare_constants(text: str, expected: str) -> None:
    """Constants stand bare unless a comment, a comma or a placeholder would show."""
    assert expected == t.bare_value(text)


def test_text_over_several_lines_cannot_be_written() -> None:
    """LS-1035 names the text."""
    with pytest.raises(FixSpec) as caught:
        t.quoted("a\nb")
    assert ("LS-1035", True) == (caught.value.code, "'a\\nb'" in caught.value.message)
