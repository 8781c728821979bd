"""Kill loads of transaction types anywhere: each type is in its table whole or not at all, and the restart ends it."""

from __future__ import annotations

from pathlib import Path

from loadstone.targets.urls import kind_of
from tests.crash.conftest import Tally
from tests.crash.processes import KILLED, Case, clear, ended, finish, start, state, undisturbed
from tests.runs import rows_of

POINTS = (
    "rows_written:2",
    "after_refuse:1",
    "publish_moved:2",
    "before_publish:1",
    "after_publish:1",
    "before_publish:3",
    "all_loaded",
)
_CONTROL = b"""LOAD DATA INFILE 'load.dat' APPEND
INTO TABLE people WHEN kind = 'C' FIELDS TERMINATED BY '|' (kind FILLER CHAR, id INTEGER EXTERNAL, up INTEGER EXTERNAL)
INTO TABLE accounts WHEN kind = 'A' FIELDS TERMINATED BY '|'
(kind FILLER POSITION(1) CHAR, id INTEGER EXTERNAL, up INTEGER EXTERNAL)
INTO TABLE moves WHEN kind = 'P' FIELDS TERMINATED BY '|'
(kind FILLER POSITION(1) CHAR, id INTEGER EXTERNAL, up INTEGER EXTERNAL)
"""
_TYPES = b"""load: load.ctl
workers: 1
types:
  people: {tables: [people]}
  accounts: {tables: [accounts], parents: [{columns: [up], type: people, references: [id]}]}
  moves: {tables: [moves], parents: [{columns: [up], type: accounts, references: [id]}]}
"""
_DDL = b"""CREATE TABLE people (id NUMBER(9) PRIMARY KEY, up NUMBER(9));
CREATE TABLE accounts (id NUMBER(9) PRIMARY KEY, up NUMBER(9));
CREATE TABLE moves (id NUMBER(9) PRIMARY KEY, up NUMBER(9));"""


def lines(records: int) -> bytes:
    """Children before parents, keys that stand twice, lost parents, bad numbers and records of no type."""
    made = []
    for n in range(records):
        kind = "PACX"[n % 3 if n % 31 else 3]
        up = "bad" if n % 37 == 5 else n // 3 * 3 + 500 if n % 41 == 7 else n + 1
        made.append(f"{kind}|{n - 3 if n % 53 == 20 else n}|{up}")
    return "\n".join(made).encode() + b"\n"


CASE = Case(
    files={"load.ctl": _CONTROL, "types.yaml": _TYPES, "tables.sql": _DDL, "load.dat": lines(300)},
    tables=tuple(f"SELECT id, up FROM {name}" for name in ("people", "accounts", "moves")),
    options={},
)


def test_a_kill_leaves_each_type_whole_or_absent(target_url: str, tmp_path: Path, tally: Tally) -> None:
    """After the kill a table has all rows of its type or none; after the restart, all, with the same rejects and files."""
    calm = undisturbed(tmp_path / "calm", CASE)
    assert all(calm["rows"]) and len({rule for *_, rule, _ in calm["rejects"]}) >= 3
    folder = CASE.lay_out(tmp_path / "killed")
    for point in POINTS:
        assert KILLED == ended(start(folder, target_url, CASE, crash_at=point, chunk_size_bytes=2000)), point
        for query, rows in zip(CASE.tables, calm["rows"], strict=True):
            assert len(rows_of(target_url, query)) in (0, len(rows)), point
        finish(folder, target_url, CASE, chunk_size_bytes=3000)
        tally.same(kind_of(target_url), calm, state(folder, target_url, CASE), point)
        clear(target_url, CASE)
        for path in folder.glob("load.*"):
            if path.name not in CASE.files:
                path.unlink()
