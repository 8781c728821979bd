"""Positions in bytes that cut a character are refused, whichever way the check takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.bootstrap import loads
from tests.runs import load, rows_of

CONTROL = """LOAD DATA
CHARACTERSET UTF8
INFILE 'load.dat'
APPEND INTO TABLE t
(a POSITION(1:3) CHAR, b POSITION(4:6) CHAR)
"""
DDL = "CREATE TABLE t (a VARCHAR2(3 CHAR), b VARCHAR2(3 CHAR));"
FILLING = 200_000
"""Records that make the file long enough for compiled kernels."""


@pytest.mark.parametrize("filling", [0, FILLING], ids=["plain", "compiled"])
def test_a_cut_character_is_refused(here: Path, filling: int) -> None:
    """``é`` over bytes 3 and 4 belongs to neither field; within a field it is kept."""
    odd = ["aé123", "abé23", "xyzé1"]
    Path("load.dat").write_text("".join(line + "\n" for line in ["abcdef"] * filling + odd), "utf-8")
    receipt = load(CONTROL, "bank.db", ddl=DDL)
    assert (receipt.counts.loaded, receipt.counts.rejected) == (filling + 2, 1)
    assert [(one.record_no, one.field) for one in loads.rejects("bank.db")[1]] == [(filling + 2, "A")]
    assert rows_of("bank.db", "SELECT a, b FROM t WHERE a <> 'abc'") == [("aé", "123"), ("xyz", "é1")]
