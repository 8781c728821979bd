"""Rows and keys that are longer than PostgreSQL keeps, where the other targets and Oracle keep them."""

from __future__ import annotations

import random
import string
from pathlib import Path

from loadstone.bootstrap import loads
from tests.runs import load, rows_of
from tests.targets import execute


def test_a_row_past_a_page_is_refused_alone(postgres_url: str, here: Path) -> None:
    """A row of 900 columns that fills more than a page of 8 kB is a reject; its neighbours are loaded."""
    names = [f"c{number}" for number in range(900)]
    execute(postgres_url, f"CREATE TABLE t ({', '.join(f'{name} VARCHAR(20)' for name in names)})")
    lines = [",".join([text] * 900) for text in ("a", "much too long", "b")]
    Path("in.dat").write_text("\n".join(lines) + "\n")
    control = f"LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' ({', '.join(names)})"
    counts = load(control, postgres_url).counts
    assert (3, 2, 1) == (counts.read, counts.loaded, counts.rejected)
    [reject] = loads.rejects(postgres_url)[1]
    assert (2, "value") == (reject.record_no, reject.rule)
    assert reject.reason.startswith("row is too big: size ")
    assert [("a",), ("b",)] == rows_of(postgres_url, "SELECT c899 FROM t ORDER BY c0")


def test_a_key_past_a_third_of_a_page_is_refused_alone(postgres_url: str, here: Path) -> None:
    """An index of PostgreSQL takes 2,704 bytes; a value is not shown by the reason."""
    execute(postgres_url, "CREATE TABLE t (k VARCHAR(4000) PRIMARY KEY)")
    draw = random.Random(1)  # what can be compressed would fit
    long = "".join(draw.choices(string.ascii_letters + string.digits, k=4000))
    Path("in.dat").write_text(f"a\n{long}\nb\n")
    control = "LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (k CHAR(4000))"
    counts = load(control, postgres_url).counts
    assert (3, 2, 1) == (counts.read, counts.loaded, counts.rejected)
    [reject] = loads.rejects(postgres_url)[1]
    assert 2 == reject.record_no and "index row size" in reject.reason and long[:20] not in reject.reason
