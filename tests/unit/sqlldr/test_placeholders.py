"""Placeholders that someone forgot to fill in."""

from __future__ import annotations

import pytest

from loadstone.sqlldr.placeholders import placeholder_at, placeholder_in_string, placeholder_of_path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${dir}/x", "${dir}"), ("$(dir)", "$(dir)"), ("$dir", "$dir"), ("{{ a.b }}", "{{ a.b }}"), ("{% if x %}", "{% if x %}"), ("{name}", "{name}"), ("[% x %]", "[% x %]"), ("&1", "&1"), ("&&tab.", "&&tab."),
        ("%(name)s", "%(name)s"), ("%NAME%", "%NAME%"), ("%s", "%s"), ("%d,", "%d"), ("@NAME@", "@NAME@"), ("<%= x %>", "<%= x %>"), ("<#if x>", "<#if x>"), ("<name>", "<name>"), ("#NAME#", "#NAME#"), ("#{name}", "#{name}"),
        ("name", None), ("5", None), ("$", None), ("& x", None), ("", None), ("(", None),
    ],
)  # fmt: skip
def test_placeholders_of_template_languages(text: str, expected: str | None) -> None:
    """Shells, SQL*Plus, Jinja, FreeMarker, Python, Ant, and angle brackets of people."""
    assert expected == placeholder_at(text, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("in/${day}.dat", "${day}"), ("&1.dat", "&1"), ("{{ x }}", "{{ x }}"), ("a@b.dat", None), ("x@DAY@", None), ("@DAY@.dat", "@DAY@"), ("%(day)s", "%(day)s"), ("$HOME/a.dat", None), ("a.dat", None), ("<day>.dat", "<day>")],
)  # fmt: skip
def test_placeholders_in_quoted_names(text: str, expected: str | None) -> None:
    """Only what is hardly part of a file's name; variables of the shell are filled by it."""
    assert expected == placeholder_in_string(text)


@pytest.mark.parametrize(
    ("path", "expected"), [("${dir}/a", "${dir}"), ("&1", "&1"), ("$HOME/a", None), ("%TEMP%/a", None), ("a/${x}", None), ("?", "?"), ("<file>", "<file>"), ("a.dat", None)]
)  # fmt: skip
def test_placeholders_of_bare_names(path: str, expected: str | None) -> None:
    """A bare name that begins with one; $NAME and %NAME% are variables."""
    assert expected == placeholder_of_path(path)
