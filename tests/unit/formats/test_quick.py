"""The quick way answers as the tokenizer does, or leaves the record to it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.formats import tokenize as module
from loadstone.formats.layout import compile_layout
from loadstone.formats.quick import compile_quick
from loadstone.sqlldr.control import parse_control
from tests.tokens import into, records_of

LAYOUTS = [
    "FIELDS TERMINATED BY ',' (a, b)",
    "FIELDS TERMINATED BY ',' TRAILING NULLCOLS (a, b, c CHAR(3))",
    "FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' TRAILING NULLCOLS (a, b)",
    "FIELDS TERMINATED BY ',' ENCLOSED BY '\"' (a, b)",
    "FIELDS TERMINATED BY ',' ENCLOSED BY '(' AND ')' (a, b)",
    "(a POSITION(1:3), b POSITION(4:6), c POSITION(2))",
    "(a CHAR(2), b POSITION(*+1) CHAR(2))",
    "FIELDS TERMINATED BY ',' (a, f FILLER, b TERMINATED BY WHITESPACE)",
    "FIELDS TERMINATED BY ',' (a POSITION(1:2), b, n RECNUM, c)",
    "TRAILING NULLCOLS (a CHAR(1), b INTEGER(2), c ZONED(2))",
]


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from(LAYOUTS),
    st.text(alphabet='ab1 ,"()\t\n', max_size=60),
    st.sampled_from(["", "PRESERVE BLANKS"]),
)
def test_both_ways_give_the_same_fields(fields: str, data: str, blanks: str) -> None:
    """Random records through layouts that have a quick program, with it and without it."""
    clauses = f"INFILE 'x' {blanks} INTO TABLE t {fields}"
    quick = records_of(clauses, data.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "compile_quick", lambda *_, **__: None)
        full = records_of(clauses, data.encode())
    assert full == quick


def program_of(fields: str, *, ascii_only: bool = True) -> np.ndarray | None:
    """The quick program of a field list."""
    spec = parse_control(
        f"LOAD DATA LENGTH SEMANTICS CHAR INFILE 'x' INTO TABLE t {fields}".encode(), "x.ctl"
    )
    layout = compile_layout(spec, charset="AL32UTF8", byte_order="little")
    return compile_quick(layout.fields, layout.pool, ascii_only=ascii_only)


@pytest.mark.parametrize(
    ("fields", "quick"),
    [
        ("FIELDS TERMINATED BY ',' (a, b)", True), ("FIELDS TERMINATED BY '||' (a, b)", False), ("FIELDS TERMINATED BY WHITESPACE (a, b)", False), ("FIELDS TERMINATED BY ',' (a, b TERMINATED BY WHITESPACE)", True),
        ("FIELDS TERMINATED BY ',' ENCLOSED BY '<<' AND '>>' (a, b)", False), ("(a POSITION(1:2))", True), ("(a VARCHAR(10))", False), ("(a ENCLOSED BY '\"')", False), ("(a POSITION(*:9))", False), ("(a RECNUM)", False),
    ],
)  # fmt: skip
def test_what_the_quick_way_takes(fields: str, quick: bool) -> None:
    """One byte of terminator and enclosure, fixed sizes, white space only behind the last field."""
    assert quick == (program_of(fields) is not None)


def test_characters_of_several_bytes_are_left_to_the_tokenizer() -> None:
    """Under CHAR semantics sizes are bytes only where all characters are."""
    assert program_of("(a CHAR(3))") is not None
    assert program_of("(a CHAR(3))", ascii_only=False) is None


def test_empty_lines_are_all_null_with_nullcols_and_refused_without() -> None:
    """The manual's two answers to a blank line."""
    assert ["MISSING"] == into("FIELDS TERMINATED BY ',' (a)", b"\n")
    assert [[None]] == into("FIELDS TERMINATED BY ',' TRAILING NULLCOLS (a)", b"\n")
