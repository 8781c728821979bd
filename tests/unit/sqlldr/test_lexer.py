"""Tokens of control files."""

from __future__ import annotations

import pytest

from loadstone.errors import FixSpec
from loadstone.sqlldr.lexer import Lexer, Token, unescaped


def tokens(text: str) -> list[Token]:
    """All tokens of a text, without the end."""
    lexer = Lexer(text, "x.ctl")
    found = []
    offset = 0
    while (token := lexer.token(offset)).kind != "end":
        found.append(token)
        offset = token.stop
    return found


def test_comments_end_with_the_line_and_are_text_in_strings() -> None:
    """Two hyphens begin a comment anywhere outside strings."""
    found = tokens("a --b 'c\n'd--e' -- f\ng")
    assert [token.text for token in found] == ["a", "d--e", "g"]


def test_places_count_from_one_in_characters() -> None:
    """Line and column are those of the token's first character, after tabs and CRLF too."""
    found = tokens("é\r\n\tb")
    assert [(token.line, token.column) for token in found] == [(1, 1), (2, 2)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'it''s'", "it's"),
        (r"'it\'s'", "it's"),
        (r"'\''", "'"),
        ("''''", "'"),
        (r'"say \"x\""', 'say "x"'),
        ('"say ""x"""', 'say "x"'),
        (r"'C:\new\table'", r"C:\new\table"),
        (r"'\\server\x'", r"\\server\x"),
        ("'C:\\data\\'\n", "C:\\data\\"),
        ("'\\'\n", "\\"),
        (r"'a\\'", "a\\"),
        ("''", ""),
        ('"a\nb"', "a\nb"),
        ('"a\r\nb"', "a\nb"),
    ],
)
def test_strings_know_doubled_and_escaped_quotes(text: str, expected: str) -> None:
    """A quote inside is doubled or escaped; other backslashes are characters."""
    assert [token.text for token in tokens(text)] == [expected]


@pytest.mark.parametrize(
    ("text", "digits"), [("X'09'", "09"), ("x'9'", "09"), ('x"0d0A"', "0D0A"), ("X'ABC'", "0ABC")]
)
def test_hexadecimal_digits_become_upper_case_pairs(text: str, digits: str) -> None:
    """An odd number of digits gets a zero in front."""
    assert [(token.kind, token.text) for token in tokens(text)] == [("hex", digits)]


def test_a_field_named_x_may_touch_its_expression() -> None:
    """x"TRIM(:x)" is a name and a string, for T is no digit."""
    assert [token.kind for token in tokens('x"TRIM(:x)"')] == ["word", "string"]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a\n  'b\nc", "LS-1005", 2, 3),
        ('a "b\nc', "LS-1005", 1, 3),
        ("a |", "LS-1006", 1, 3),
        ("‘a’", "LS-1006", 1, 1),
        ("1a", "LS-1006", 1, 1),
        ("X'0G'", "LS-1012", 1, 4),
        ("X'09\n", "LS-1005", 1, 2),
    ],
)
def test_bad_characters_have_a_place(text: str, code: str, line: int, column: int) -> None:
    """An error of the lexer says where the token begins, or the bad digit stands."""
    with pytest.raises(FixSpec) as caught:
        tokens(text)
    assert (caught.value.code, caught.value.place.line, caught.value.place.column) == (code, line, column)


@pytest.mark.parametrize(
    "placeholder",
    ["${x}", "$x", "&1", "&&name", "%(x)s", "%NAME%", "<name>", "@x@", "{{ x }}", "{x}", "#x#", "%s", "$(x)"],
)
def test_placeholders_are_named(placeholder: str) -> None:
    """A placeholder of a template is an error of its own, whose hint names it."""
    with pytest.raises(FixSpec) as caught:
        tokens(f"INTO TABLE {placeholder}")
    assert caught.value.code == "LS-1007"
    assert placeholder.rstrip(".") in caught.value.hints[0]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (r"\t", "\t"),
        (r"\r\n", "\r\n"),
        (r"\\", "\\"),
        (r"\'", "'"),
        ("''", "'"),
        (r"\|", r"\|"),
        ("^*", "^*"),
    ],
)
def test_delimiters_know_control_characters(raw: str, expected: str) -> None:
    r"""\t, \n, \r, \f, \v and \\ stand for one character; other backslashes are characters."""
    assert unescaped(raw, "'") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"C:\data\x.dat BADFILE", r"C:\data\x.dat"),
        ("../a/b-1.dat\n", "../a/b-1.dat"),
        ("$HOME/x.dat --c", "$HOME/x.dat"),
        ("*.dat", "*.dat"),
        (r"'C:\data\' INTO TABLE t FIELDS TERMINATED BY '|'", "C:\\data\\"),
    ],
)
def test_bare_file_names_end_at_white_space(text: str, expected: str) -> None:
    """After INFILE and its like the file name needs no quotes."""
    assert Lexer(text, "x.ctl").bare(0, "'\"").text == expected
