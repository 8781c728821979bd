"""Regular expressions over a grid of patterns, texts, places and occurrences, against Python's own, which has another engine and other classes."""

from __future__ import annotations

import re

import pytest

from tests.unit.expressions.lanes import answer, answers

TEXTS = ["", "abc", "aaa", "ab12cd345", "A b\tC", "x-1,y-22;z", "[a]^b$", "a.b.c", "é€1", "foo foo bar", "(555) 123-4567", "aXbXc", "_a1 "]
ROWS = [(text or None,) for text in TEXTS]

PATTERNS = [
    ("abc", "abc"), ("a", "a"), ("[0-9]+", "[0-9]+"), ("[[:digit:]]+", "[0-9]+"), ("[[:alpha:]]+", r"[^\W\d_]+"), ("[[:alnum:]_]+", r"\w+"),
    ("[[:space:]]", r"[ \t\n\r\f\v]"), ("[[:blank:]]", r"[ \t]"), ("[^[:digit:]]+", "[^0-9]+"), ("[[:upper:]]", "[A-Z]"),
    ("[[:lower:]]+", "[a-zé]+"), ("[[:punct:]]", r"[!-/:-@\[-`{-~]"), ("[[:xdigit:]]{2}", "[0-9A-Fa-f]{2}"), (r"\d{2,}", "[0-9]{2,}"),
    (r"\D", "[^0-9]"), (r"\w+", r"\w+"), (r"\W", r"\W"), (r"\s", r"[ \t\n\r\f\v]"), (r"\S+", r"[^ \t\n\r\f\v]+"), ("^a", "^a"), ("c$", r"c\Z"),
    (".", "."), ("a.c", "a.c"), ("a.*c", "a.*c"), ("a.*?b", "a.*?b"), ("(a|x)-?", "(a|x)-?"), ("(o)\\1", "(o)\\1"), ("([a-z])\\1", "([a-z])\\1"),
    ("[a-c]{2}", "[a-c]{2}"), ("[]a]+", r"[\]a]+"), ("[a-]", r"[a\-]"), ("[.$^]", "[.$^]"), (r"[\]+", r"[\\]+"), (r"\.", r"\."), (r"\(\d+\)", r"\([0-9]+\)"),
    ("ab|bc", "ab|bc"), ("b?", "b?"), ("x*", "x*"), (",|;", ",|;"), ("[^,;]+", "[^,;]+"),
]  # fmt: skip
"""Oracle's pattern, Python's."""

IDS = [pattern for pattern, _ in PATTERNS]


def matches(pattern: str, text: str, start: int = 1, flags: int = 0) -> list[re.Match[str]]:
    """All matches from a place on, 1-based."""
    return list(re.compile(pattern, flags).finditer(text, start - 1))


@pytest.mark.parametrize(("pattern", "plain"), PATTERNS, ids=IDS)
def test_matches_are_counted_found_and_shown(pattern: str, plain: str) -> None:
    """REGEXP_LIKE, COUNT, SUBSTR and INSTR agree on where a pattern matches; NULL for a text that is NULL, 0 and NULL for none."""
    found = [matches(plain, text) for text in TEXTS]
    assert [None if not t else str(len(m)) for t, m in zip(TEXTS, found)] == answers(f"REGEXP_COUNT(:A, '{pattern}')", ROWS)
    like = f"CASE WHEN REGEXP_LIKE(:A, '{pattern}') THEN 1 ELSE 0 END"
    assert ["1" if t and m else "0" for t, m in zip(TEXTS, found)] == answers(like, ROWS)
    for occurrence in (1, 2):
        chosen = [m[occurrence - 1] if len(m) >= occurrence else None for m in found]
        assert [(one[0] or None) if one and t else None for t, one in zip(TEXTS, chosen)] == answers(
            f"REGEXP_SUBSTR(:A, '{pattern}', 1, {occurrence})", ROWS
        )
        assert [None if not t else str(one.start() + 1 if one else 0) for t, one in zip(TEXTS, chosen)] == answers(
            f"REGEXP_INSTR(:A, '{pattern}', 1, {occurrence})", ROWS
        )
        assert [None if not t else str(one.end() + 1 if one else 0) for t, one in zip(TEXTS, chosen)] == answers(
            f"REGEXP_INSTR(:A, '{pattern}', 1, {occurrence}, 1)", ROWS
        )


@pytest.mark.parametrize(("pattern", "plain"), PATTERNS, ids=IDS)
def test_replacements_are_of_all_matches_or_of_one(pattern: str, plain: str) -> None:
    """All for occurrence 0, which is the usual; what stands before the place is kept."""
    for start, occurrence in ((1, 0), (1, 1), (1, 2), (2, 0)):
        expected = []
        for text in TEXTS:
            out, at = "", 0
            for number, one in enumerate(matches(plain, text, start), 1):
                if occurrence in (0, number):
                    out += text[at : one.start()] + "<>"
                    at = one.end()
            expected.append(text and (out + text[at:]) or None)
        call = f"REGEXP_REPLACE(:A, '{pattern}', '<>', {start}, {occurrence})"
        assert expected == answers(call, [(text or None,) for text in TEXTS]), (start, occurrence)


@pytest.mark.parametrize(
    ("call", "text", "expected"),
    [
        ("REGEXP_SUBSTR(:A, '([a-z]+)-([0-9]+)', 1, 1, NULL, 1)", "x-1,y-22", "x"),
        ("REGEXP_SUBSTR(:A, '([a-z]+)-([0-9]+)', 1, 2, NULL, 2)", "x-1,y-22", "22"),
        ("REGEXP_SUBSTR(:A, '([a-z]+)-([0-9]+)', 1, 1, NULL, 3)", "x-1,y-22", None),
        ("REGEXP_SUBSTR(:A, '[^,]+', 1, 3)", "a,,b", None),
        ("REGEXP_SUBSTR(:A, '[^,]*', 1, 3)", "a,,b", None),
        ("REGEXP_INSTR(:A, '([a-z])([0-9])', 1, 1, 0, 'i', 2)", "..X7", "4"),
        ("REGEXP_REPLACE(:A, '([a-z]+) ([a-z]+)', '\\2 \\1')", "foo bar", "bar foo"),
        ("REGEXP_REPLACE(:A, '(.)(.)', '\\2\\1')", "abcde", "badce"),
        ("REGEXP_REPLACE(:A, 'a', '\\\\')", "ab", "\\b"),
        ("REGEXP_REPLACE(:A, '[0-9]')", "a1b2", "ab"),
        ("REGEXP_REPLACE(:A, 'A', 'x', 1, 0, 'i')", "aAb", "xxb"),
        ("REGEXP_REPLACE(:A, 'A', 'x', 1, 0, 'c')", "aAb", "axb"),
        ("REGEXP_REPLACE(:A, 'A', 'x', 1, 0, 'ic')", "aAb", "axb"),
        ("REGEXP_COUNT(:A, 'a.c', 1, 'n')", "a\nc", "1"),
        ("REGEXP_COUNT(:A, 'a.c')", "a\nc", "0"),
        ("REGEXP_COUNT(:A, '^b', 1, 'm')", "a\nb\nb", "2"),
        ("REGEXP_COUNT(:A, '^b')", "a\nb\nb", "0"),
        ("REGEXP_COUNT(:A, 'a$', 1, 'm')", "a\na\nb", "2"),
        ("REGEXP_COUNT(:A, 'a $')", "a ", "1"),
        ("REGEXP_COUNT(:A, 'a b', 1, 'x')", "ab", "1"),
        ("REGEXP_COUNT(:A, 'b', 3)", "bbb", "1"),
        ("REGEXP_COUNT(:A, 'b', 9)", "bbb", "0"),
        ("REGEXP_COUNT(:A, 'b', 0)", "bbb", "ORA-01428"),
        ("REGEXP_SUBSTR(:A, 'b', 1, 0)", "bbb", "ORA-01428"),
        ("REGEXP_COUNT(:A, '[a')", "a", "ORA-12726"),
        ("REGEXP_COUNT(:A, 'b', 1, 'q')", "b", "ORA-01760"),
    ],
    ids=[
        "group", "group of the second", "no such group", "lacking occurrence", "between", "place of a group", "exchanged", "pairs", "backslash",
        "nothing", "any case", "its case", "last flag", "point and line", "no point and line", "lines", "no lines", "ends of lines", "end",
        "blanks left out", "from a place", "beyond", "place 0", "occurrence 0", "bracket", "flag",
    ],
)  # fmt: skip
def test_groups_flags_and_places(call: str, text: str, expected: str | None) -> None:
    """References in the replacement, the last of i and c, n, m and x, and what is out of range."""
    assert expected == answer(call, text)
