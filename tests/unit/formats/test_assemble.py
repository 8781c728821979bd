"""CONCATENATE and CONTINUEIF: physical records into logical ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tokens import raw_of, texts_of

TABLE = "INTO TABLE t (a CHAR(99))"


def clause(rule: str, form: str = "") -> str:
    """An INFILE, the rule, and a table."""
    return f"INFILE 'x' {form} {rule} {TABLE}"


@pytest.mark.parametrize(
    ("rule", "lines", "expected"),
    [
        ("CONCATENATE 2", "a b c d", "ab cd"), ("CONCATENATE 2", "a b c", "ab c"), ("CONCATENATE 1", "a b", "a b"), ("CONCATENATE (3)", "a b", "ab"),
        ("CONTINUEIF THIS (1:1) = '+'", "+a -b +c +d -e", "ab cde"), ("CONTINUEIF THIS PRESERVE (1:1) = '+'", "+a b c", "+ab c"),
        ("CONTINUEIF (1) = '+'", "+a xb xc", "ab c"), ("CONTINUEIF THIS (1:1) != '.'", "xa xb .c xd .e", "abc de"),
        ("CONTINUEIF THIS (1:1) <> '.'", "xa .b .c", "ab c"), ("CONTINUEIF NEXT (1:1) = '+'", "-a +b +c -d", "abc d"),
        ("CONTINUEIF NEXT PRESERVE (1:1) = '+'", "-a +b -c", "-a+b -c"), ("CONTINUEIF NEXT (1:2) = '%%'", "--a %%b --c", "ab c"),
        ("CONTINUEIF LAST = ','", "a, b, c d", "a,b,c d"), ("CONTINUEIF LAST != '.'", "a b. c.", "ab. c."), ("CONTINUEIF THIS (1:1) = X'2B'", "+a xb", "ab"),
        ("CONTINUEIF THIS (2:3) = 'ab'", "xab1 yzz2 zzz3", "x1y2 z3"), ("CONTINUEIF THIS (1:3) = '+'", "+", ""),
    ],
)  # fmt: skip
def test_rules_join_physical_records(rule: str, lines: str, expected: str) -> None:
    """THIS tests each record, NEXT the one behind, LAST the last sign; tested columns go from all records."""
    data = "".join(line + "\n" for line in lines.split(" ")).encode()
    found = [text.decode() for text in texts_of(clause(rule), data)]
    assert (expected.split(" ") if expected else [""]) == found


def test_last_is_the_last_sign_that_is_not_blank() -> None:
    """Blanks and a carriage return at the end of a record do not hide the sign."""
    assert [b"a,  b", b"c"] == texts_of(clause("CONTINUEIF LAST = ','"), b"a,  \nb\nc\n")


def test_a_shorter_operand_is_padded() -> None:
    """With blanks for characters, with zeros for hexadecimal."""
    assert [b"b"] == texts_of(clause("CONTINUEIF THIS (1:3) = '+'"), b"+  \nxxxb\n")
    assert [b"a", b"b"] == texts_of(clause("CONTINUEIF THIS (1:2) = X'2B'"), b"+ a\n- b\n")
    assert [b"ab"] == texts_of(clause("CONTINUEIF THIS (1:2) = X'2B'"), b"+\0a\n- b\n")


def test_the_physical_bytes_of_a_logical_record_are_all_of_it() -> None:
    """The bad file gets the records as they came, tested columns and terminators too."""
    assert [b"+a\n b\n", b" c\n"] == raw_of(clause("CONTINUEIF THIS (1:1) = '+'"), b"+a\n b\n c\n")
    assert [b"ab", b"c"] == raw_of(clause("CONCATENATE 2", '"fix 1"'), b"abc")


@pytest.mark.parametrize(
    "rule",
    ["CONTINUEIF THIS (1:1) = '+'", "CONTINUEIF NEXT (1:1) = '+'", "CONTINUEIF LAST = '+'", "CONCATENATE 3"],
)
def test_an_unfinished_record_at_the_end_is_a_record(rule: str) -> None:
    """The last physical record asks for more and there is none."""
    assert 1 == len(texts_of(clause(rule), b"+a+\n+b+\n"))
    assert [] == texts_of(clause(rule), b"")


@given(
    st.sampled_from(
        [
            "CONCATENATE 2",
            "CONTINUEIF THIS (1:1) = '+'",
            "CONTINUEIF NEXT (1:1) = '+'",
            "CONTINUEIF LAST = '+'",
        ]
    ),
    st.lists(st.text("+ ab", max_size=4), max_size=9),
    st.integers(1, 12),
)
@settings(max_examples=120, deadline=None)
def test_logical_records_do_not_depend_on_the_chunk(rule: str, lines: list[str], chunk: int) -> None:
    """Pieces of any size give the same records, and their bytes together are the file."""
    data = "".join(line + "\n" for line in lines).encode()
    assert texts_of(clause(rule), data) == texts_of(clause(rule), data, chunk=chunk)
    assert data == b"".join(raw_of(clause(rule), data, chunk=chunk))


@pytest.mark.parametrize("rule", ["CONCATENATE 1", "CONTINUEIF THIS (1:1) = '+'"])
def test_a_byte_order_mark_is_no_column(rule: str) -> None:
    """Before assembled records, too, the mark is taken off; positions count behind it."""
    assert [b"ab" if "+" in rule else b"+a"] == texts_of(clause(rule), b"\xef\xbb\xbf+a\n-b\n")[:1]
