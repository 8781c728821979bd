"""Rows that a target's own constraints refuse: exactly those become rejects, and a refused record leaves no trace."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loadstone.books import LoadReceipt, Reject
from loadstone.bootstrap import loads
from tests.runs import load, rows_of
from tests.targets import execute

TWO_KEYS = "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, code INTEGER UNIQUE, amount INTEGER CHECK (amount > 0))"


def run(url: str, lines: list[str], fields: str = "id, code, amount", **options: Any) -> LoadReceipt:
    """Append comma-separated records to table T."""
    Path("in.dat").write_text("".join(f"{line}\n" for line in lines))
    control = f"LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' TRAILING NULLCOLS ({fields})"
    return load(control, url, errors=-1, **options)


def refused(url: str) -> list[tuple[int, str | None]]:
    """Record number and Oracle's code of each reject."""
    return [(one.record_no, one.code) for one in rejects(url)]


def rejects(url: str) -> list[Reject]:
    """All rejects of the latest load."""
    return loads.rejects(url)[1]


def ids(url: str, table: str = "t") -> list[int]:
    """The keys that stand in a table."""
    return sorted(int(row[0]) for row in rows_of(url, f"SELECT id FROM {table}"))


def test_the_first_of_two_duplicates_wins(target_url: str, here: Path) -> None:
    """In the file and against rows that stand there already, with place, code and rule of the refused ones."""
    execute(target_url, TWO_KEYS, "INSERT INTO t VALUES (9, 90, 1)")
    receipt = run(target_url, ["1,10,1", "1,11,2", "2,20,1", "9,91,1", "3,90,1"])
    assert [(2, "ORA-00001"), (4, "ORA-00001"), (5, "ORA-00001")] == refused(target_url)
    assert [(1, 10, 1), (2, 20, 1), (9, 90, 1)] == sorted(rows_of(target_url, "SELECT id, code, amount FROM t"))
    one = rejects(target_url)[0]
    assert (7, 7, "T", "unique", b"1,11,2\n") == (one.byte_offset, one.length_bytes, one.table, one.rule, one.raw)
    assert one.reason.startswith("ORA-00001: unique constraint (")
    assert "1,11,2\n9,91,1\n3,90,1\n" == Path("in.bad").read_text()
    assert (5, 2, 3) == (receipt.counts.read, receipt.counts.loaded, receipt.counts.rejected)


def test_a_refused_record_claims_none_of_its_keys(target_url: str, here: Path) -> None:
    """The second record loses by its code, so its id is free for the third; so is one that a check refuses."""
    execute(target_url, TWO_KEYS)
    run(target_url, ["1,1,1", "2,1,1", "2,3,1", "4,4,-1", "4,5,1", "5,4,1"])
    assert [(2, "ORA-00001"), (4, "ORA-02290")] == refused(target_url)
    assert [1, 2, 4, 5] == ids(target_url)


def test_a_chain_of_duplicates_is_settled_in_record_order(target_url: str, here: Path) -> None:
    """Each record repeats a key of the one before: every second one goes in."""
    execute(target_url, TWO_KEYS)
    run(target_url, ["1,1,1", "1,2,1", "3,2,1", "3,4,1", "5,4,1", "5,6,1"])
    assert [2, 4, 6] == [record for record, _ in refused(target_url)]
    assert [1, 3, 5] == ids(target_url)


def test_null_keys_repeat(target_url: str, here: Path) -> None:
    """NULL in a unique column is no duplicate of NULL."""
    execute(target_url, TWO_KEYS)
    run(target_url, ["1,,1", "2,,1", "3,,"])
    assert [] == refused(target_url)
    assert [1, 2, 3] == ids(target_url)


def test_null_into_a_column_with_a_default_is_refused(target_url: str, here: Path) -> None:
    """A column that is NOT NULL DEFAULT takes its default only where the spec leaves it out."""
    execute(target_url, "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, code INTEGER DEFAULT 7 NOT NULL)")
    run(target_url, ["1,1", "2,", "3,3"], "id, code")
    assert [(2, "ORA-01400")] == refused(target_url)
    assert "not_null" == rejects(target_url)[0].rule and "CODE" in rejects(target_url)[0].reason
    run(target_url, ["4"], "id")
    assert [(1, 1), (3, 3), (4, 7)] == sorted(rows_of(target_url, "SELECT id, code FROM t"))


def test_a_row_without_its_parent_is_refused(target_url: str, here: Path) -> None:
    """The parent may stand in the target; a missing one is ORA-02291."""
    execute(
        target_url,
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "INSERT INTO parent VALUES (1), (2)",
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, code INTEGER REFERENCES parent (id))",
    )
    run(target_url, ["1,1", "2,3", "3,", "4,2"], "id, code")
    assert [(2, "ORA-02291")] == refused(target_url)
    assert "foreign_key" == rejects(target_url)[0].rule
    assert [1, 3, 4] == ids(target_url)


def test_a_key_freed_by_a_missing_parent_is_taken(target_url: str, here: Path) -> None:
    """A record without its parent claims no key."""
    execute(
        target_url,
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "INSERT INTO parent VALUES (1)",
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, code INTEGER REFERENCES parent (id))",
    )
    run(target_url, ["1,9", "1,1"], "id, code")
    assert [(1, "ORA-02291")] == refused(target_url)
    assert [(1, 1)] == rows_of(target_url, "SELECT id, code FROM t")


def test_a_parent_earlier_in_the_file_counts(target_url: str, here: Path) -> None:
    """A table that refers to itself: a row finds its parent before it, in the same chunk or an earlier one."""
    execute(target_url, "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, code INTEGER REFERENCES t (id))")
    run(target_url, ["1,", "2,1", "3,7", "4,2", "5,3"], "id, code", chunk_size_bytes=8)
    assert [(3, "ORA-02291"), (5, "ORA-02291")] == refused(target_url)
    assert [1, 2, 4] == ids(target_url)


TWO_TABLES = """LOAD DATA INFILE 'in.dat' APPEND
INTO TABLE t WHEN kind <> 'B' FIELDS TERMINATED BY ',' TRAILING NULLCOLS (kind FILLER CHAR(1), id, code)
INTO TABLE u WHEN kind <> 'A' FIELDS TERMINATED BY ',' TRAILING NULLCOLS (kind FILLER POSITION(1) CHAR(1), id, code)
"""


def test_a_record_refused_by_one_table_stands_in_no_table(target_url: str, here: Path) -> None:
    """Records of both tables, of the first alone (A) and of the second alone (B)."""
    execute(
        target_url,
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, code INTEGER)",
        "CREATE TABLE u (id INTEGER NOT NULL, code INTEGER NOT NULL UNIQUE)",
    )
    lines = ["C,1,1", "C,2,1", "A,2,9", "B,7,2", "C,3,2", "C,3,3", "A,3,0", "B,8,"]
    Path("in.dat").write_text("\n".join(lines) + "\n")
    receipt = load(TWO_TABLES, target_url, errors=-1)
    assert [(1, 1), (2, 9), (3, 3)] == sorted(rows_of(target_url, "SELECT id, code FROM t"))
    assert [(1, 1), (3, 3), (7, 2)] == sorted(rows_of(target_url, "SELECT id, code FROM u"))
    told = [(one.record_no, one.table, one.code) for one in rejects(target_url)]
    assert [(2, "U", "ORA-00001"), (5, "U", "ORA-00001"), (7, "T", "ORA-00001"), (8, "U", "ORA-01400")] == told
    assert {"T": 3, "U": 3} == receipt.tables
    assert [1, 3] == [count.rejected for count in receipt.counts.tables]


def simulate(rows: list[tuple[int, int, int]]) -> tuple[list[int], list[int]]:
    """Ids of the rows that go in, and 1-based numbers of those that do not, by the plain rules."""
    ids, codes, refused = set[int](), set[int](), []
    for number, (key, code, amount) in enumerate(rows, 1):
        if amount <= 0 or key in ids or code in codes:
            refused.append(number)
        else:
            ids.add(key)
            codes.add(code)
    return sorted(ids), refused


@pytest.mark.parametrize("chunk", [40, 1 << 20], ids=["small chunks", "one chunk"])
def test_any_mixture_of_refusals_is_settled_as_one_by_one(chunk: int, target_url: str, here: Path) -> None:
    """Random duplicates of two keys and broken checks: the same rows and rejects as an obvious loop gives."""
    rng = random.Random(chunk)
    rows = [(rng.randint(1, 60), rng.randint(1, 60), rng.choice([1, 1, 1, 0])) for _ in range(120)]
    execute(target_url, TWO_KEYS)
    run(target_url, [",".join(map(str, row)) for row in rows], chunk_size_bytes=chunk)
    wanted, numbers = simulate(rows)
    assert numbers == [record for record, _ in refused(target_url)]
    assert wanted == ids(target_url)


def test_many_duplicates_in_one_chunk_take_seconds_not_minutes(target_url: str, here: Path) -> None:
    """Every third record repeats the one before it."""
    lines = [f"{n - n % 3 // 2},{n},1" for n in range(3000)]
    execute(target_url, TWO_KEYS)
    receipt = run(target_url, lines)
    assert (2000, 1000) == (receipt.counts.loaded, receipt.counts.rejected)
    assert receipt.duration_s < 30


def test_limits_count_refused_rows_in_their_order(target_url: str, here: Path) -> None:
    """ERRORS=1 stops at the second reject, be it a bad number or a duplicate; nothing after it is loaded."""
    execute(target_url, TWO_KEYS)
    Path("in.dat").write_text("1,1,1\n1,2,1\n2,x,1\n3,3,1\n3,4,1\n")
    control = "OPTIONS (ERRORS=1) LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (id, code, amount)"
    receipt = load(control, target_url)
    assert ("errors", 3, 1, 2) == (receipt.outcome, receipt.counts.read, receipt.counts.loaded, receipt.counts.rejected)
    assert [1] == ids(target_url)
    assert [(2, "ORA-00001"), (3, "ORA-01722")] == refused(target_url)


def test_decimals_with_a_check_on_money(target_url: str, here: Path) -> None:
    """A check over two columns of decimals."""
    execute(target_url, "CREATE TABLE t (id INTEGER, low DECIMAL(9,2), high DECIMAL(9,2), CHECK (low <= high))")
    run(target_url, ["1,1.10,1.10", "2,1.11,1.10", "3,0.99,100"], "id, low, high")
    assert [(2, "ORA-02290")] == refused(target_url)
    found = rows_of(target_url, "SELECT id, low FROM t")
    assert [(1, Decimal("1.1")), (3, Decimal("0.99"))] == sorted((int(a), Decimal(str(b))) for a, b in found)
