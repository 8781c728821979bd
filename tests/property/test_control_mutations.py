"""Broken control files: never a crash, always a place, and what is still valid is written and read alike."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from loadstone.sqlldr.check import check_control
from loadstone.sqlldr.control import parse_control
from loadstone.sqlldr.write import control_bytes
from tests.unit.sqlldr.grammar import controls

TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|\w+|\s+|.", re.DOTALL)
WORDS = (
    "INTO",
    "TABLE",
    "(",
    ")",
    ",",
    "'",
    '"',
    "=",
    "FIELDS",
    "CHAR",
    "POSITION",
    "X'",
    ":",
    "--",
    "é",
    "\n",
)


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """A valid control file with up to three tokens dropped, doubled, misspelt, exchanged or put in."""
    tokens = TOKEN.findall(draw(st.sampled_from(controls())))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(tokens) - 1))
        kind = draw(st.sampled_from(["drop", "double", "misspell", "exchange", "insert", "cut"]))
        if kind == "drop" and len(tokens) > 1:
            del tokens[at]
        elif kind == "double":
            tokens.insert(at, tokens[at])
        elif kind == "misspell":
            place = draw(st.integers(0, len(tokens[at])))
            tokens[at] = tokens[at][:place] + draw(st.sampled_from("XQ_#'9")) + tokens[at][place + 1 :]
        elif kind == "exchange":
            other = draw(st.integers(0, len(tokens) - 1))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif kind == "insert":
            tokens.insert(at, draw(st.sampled_from(WORDS)))
        else:
            tokens = tokens[: at + 1]
    return "".join(tokens)


@settings(max_examples=1200)
@given(mutations())
@example("LOAD DATA INFILE a.dat INTO TABLE t FIELDS TERMINATED BY ',' (a CLOB)")
def test_a_broken_control_file_is_told_where(text: str) -> None:
    """Every finding has its place in the file and its words."""
    report = check_control(text.encode(), "x.ctl")
    lines = text.split("\n")
    for found in (*report.errors, *report.refused, *report.warnings):
        assert 1 <= found.line <= len(lines), (text, found)
        assert 1 <= found.column <= len(lines[found.line - 1]) + 1, (text, found)
        assert found.message
        assert found.code.startswith("LS-10")
    assert report.ok is not bool(report.errors)
    if report.ok:
        spec = parse_control(text.encode(), "x.ctl")
        assert spec == parse_control(control_bytes(spec), "x.ctl")
