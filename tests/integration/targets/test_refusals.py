"""Rows that a target's own constraints refuse: exactly those become rejects, and a refused record leaves no trace."""

from __future__ import annotations

import random
import time
from decimal import Decimal
from pathlib import Path

import pytest

from tests.integration.targets.refused import ids, refused, rejects, run
from tests.runs import load, rows_of
from tests.targets import execute

TWO_KEYS = (
    "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, code INTEGER UNIQUE, amount INTEGER CHECK (amount > 0))"
)


def test_the_first_of_two_duplicates_wins(target_url: str, here: Path) -> None:
    """In the file and against rows that stand there already, with place, code and rule of the refused ones."""
    execute(target_url, TWO_KEYS, "INSERT INTO t VALUES (9, 90, 1)")
    receipt = run(target_url, ["1,10,1", "1,11,2", "2,20,1", "9,91,1", "3,90,1"])
    assert refused(target_url) == [(2, "ORA-00001"), (4, "ORA-00001"), (5, "ORA-00001")]
    assert sorted(rows_of(target_url, "SELECT id, code, amount FROM t")) == [
        (1, 10, 1),
        (2, 20, 1),
        (9, 90, 1),
    ]
    one = rejects(target_url)[0]
    assert (
        one.byte_offset,
        one.length_bytes,
        one.table,
        one.rule,
        one.raw,
    ) == (7, 7, "T", "unique", b"1,11,2\n")
    assert one.reason.startswith("ORA-00001: unique constraint (")
    assert Path("in.bad").read_text() == "1,11,2\n9,91,1\n3,90,1\n"
    assert (receipt.counts.read, receipt.counts.loaded, receipt.counts.rejected) == (5, 2, 3)


def test_a_refused_record_claims_none_of_its_keys(target_url: str, here: Path) -> None:
    """The second record loses by its code, so its id is free for the third; so is one that a check refuses."""
    execute(target_url, TWO_KEYS)
    run(target_url, ["1,1,1", "2,1,1", "2,3,1", "4,4,-1", "4,5,1", "5,4,1"])
    assert refused(target_url) == [(2, "ORA-00001"), (4, "ORA-02290")]
    assert ids(target_url) == [1, 2, 4, 5]


def test_a_chain_of_duplicates_is_settled_in_record_order(target_url: str, here: Path) -> None:
    """Each record repeats a key of the one before: every second one goes in."""
    execute(target_url, TWO_KEYS)
    run(target_url, ["1,1,1", "1,2,1", "3,2,1", "3,4,1", "5,4,1", "5,6,1"])
    assert [record for record, _ in refused(target_url)] == [2, 4, 6]
    assert ids(target_url) == [1, 3, 5]


def test_null_keys_repeat(target_url: str, here: Path) -> None:
    """NULL in a unique column is no duplicate of NULL."""
    execute(target_url, TWO_KEYS)
    run(target_url, ["1,,1", "2,,1", "3,,"])
    assert refused(target_url) == []
    assert ids(target_url) == [1, 2, 3]


def test_null_into_a_column_with_a_default_is_refused(target_url: str, here: Path) -> None:
    """A column that is NOT NULL DEFAULT takes its default only where the spec leaves it out."""
    execute(target_url, "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, code INTEGER DEFAULT 7 NOT NULL)")
    run(target_url, ["1,1", "2,", "3,3"], "id, code")
    assert refused(target_url) == [(2, "ORA-01400")]
    assert rejects(target_url)[0].rule == "not_null" and "CODE" in rejects(target_url)[0].reason
    run(target_url, ["4"], "id")
    assert sorted(rows_of(target_url, "SELECT id, code FROM t")) == [(1, 1), (3, 3), (4, 7)]


def test_a_row_without_its_parent_is_refused(target_url: str, here: Path) -> None:
    """The parent may stand in the target; a missing one is ORA-02291."""
    execute(
        target_url,
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "INSERT INTO parent VALUES (1), (2)",
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, code INTEGER REFERENCES parent (id))",
    )
    run(target_url, ["1,1", "2,3", "3,", "4,2"], "id, code")
    assert refused(target_url) == [(2, "ORA-02291")]
    assert rejects(target_url)[0].rule == "foreign_key"
    assert ids(target_url) == [1, 3, 4]


def test_a_key_freed_by_a_missing_parent_is_taken(target_url: str, here: Path) -> None:
    """A record without its parent claims no key."""
    execute(
        target_url,
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "INSERT INTO parent VALUES (1)",
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, code INTEGER REFERENCES parent (id))",
    )
    run(target_url, ["1,9", "1,1"], "id, code")
    assert refused(target_url) == [(1, "ORA-02291")]
    assert rows_of(target_url, "SELECT id, code FROM t") == [(1, 1)]


def test_a_parent_earlier_in_the_file_counts(target_url: str, here: Path) -> None:
    """A table that refers to itself: a row finds its parent before it, in the same chunk or an earlier one."""
    execute(target_url, "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, code INTEGER REFERENCES t (id))")
    run(target_url, ["1,", "2,1", "3,7", "4,2", "5,3"], "id, code", chunk_size_bytes=8)
    assert refused(target_url) == [(3, "ORA-02291"), (5, "ORA-02291")]
    assert ids(target_url) == [1, 2, 4]


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
    assert sorted(rows_of(target_url, "SELECT id, code FROM t")) == [(1, 1), (2, 9), (3, 3)]
    assert sorted(rows_of(target_url, "SELECT id, code FROM u")) == [(1, 1), (3, 3), (7, 2)]
    told = [(one.record_no, one.table, one.code) for one in rejects(target_url)]
    assert told == [
        (2, "U", "ORA-00001"),
        (5, "U", "ORA-00001"),
        (7, "T", "ORA-00001"),
        (8, "U", "ORA-01400"),
    ]
    assert receipt.tables == {"T": 3, "U": 3}
    assert [count.rejected for count in receipt.counts.tables] == [1, 3]


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
    assert (receipt.counts.loaded, receipt.counts.rejected) == (2000, 1000)
    assert receipt.duration_s < 30


def test_a_column_that_the_load_leaves_empty_refuses_all_in_seconds(target_url: str, here: Path) -> None:
    """The control file names no field for a column that is NOT NULL: each record has that reason, but for those refused before."""
    execute(target_url, "CREATE TABLE t (id INTEGER NOT NULL, code INTEGER, amount INTEGER NOT NULL)")
    begun = time.process_time()
    run(target_url, [*(f"{number},1" for number in range(1, 1500)), ",1"], "id, code")
    assert [(number, "ORA-01400") for number in range(1, 1501)] == refused(target_url)
    assert ["AMOUNT", "ID"] == [one.reason.rpartition('."')[2].rstrip('")') for one in (rejects(target_url)[0], rejects(target_url)[-1])]  # fmt: skip
    assert time.process_time() - begun < 30
    assert [] == ids(target_url)


def test_limits_count_refused_rows_in_their_order(target_url: str, here: Path) -> None:
    """ERRORS=1 stops at the second reject, be it a bad number or a duplicate; nothing after it is loaded."""
    execute(target_url, TWO_KEYS)
    Path("in.dat").write_text("1,1,1\n1,2,1\n2,x,1\n3,3,1\n3,4,1\n")
    control = "OPTIONS (ERRORS=1) LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (id, code, amount)"
    receipt = load(control, target_url)
    assert (
        receipt.outcome,
        receipt.counts.read,
        receipt.counts.loaded,
        receipt.counts.rejected,
    ) == ("errors", 3, 1, 2)
    assert ids(target_url) == [1]
    assert refused(target_url) == [(2, "ORA-00001"), (3, "ORA-01722")]


def test_decimals_with_a_check_on_money(target_url: str, here: Path) -> None:
    """A check over two columns of decimals."""
    execute(
        target_url, "CREATE TABLE t (id INTEGER, low DECIMAL(9,2), high DECIMAL(9,2), CHECK (low <= high))"
    )
    run(target_url, ["1,1.10,1.10", "2,1.11,1.10", "3,0.99,100"], "id, low, high")
    assert refused(target_url) == [(2, "ORA-02290")]
    found = rows_of(target_url, "SELECT id, low FROM t")
    assert [(1, Decimal("1.1")), (3, Decimal("0.99"))] == sorted((int(a), Decimal(str(b))) for a, b in found)
