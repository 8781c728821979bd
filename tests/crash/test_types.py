"""Kill loads of transaction types anywhere: each type is in its table whole or not at all, and the restart ends it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loadstone.targets.urls import kind_of
from tests.conftest import KINDS
from tests.crash.conftest import Tally
from tests.crash.processes import KILLED, Case, ended, errors_of, finish, start, state, undisturbed
from tests.integration.test_atomic import staged_tables
from tests.runs import rows_of
from tests.targets import execute

POINTS = (
    "claimed",
    "fence_raised",
    "stage_made",
    "stage_opened",
    "prepared",
    "rows_written:2",
    "checkpoint_added:2",
    "before_commit:1",
    "before_commit:2:150",
    "after_commit:1",
    "type_refused:1",
    "before_refuse:1",
    "after_refuse:1",
    "after_refuse:2",
    "publish_begun:1",
    "publish_begun:3",
    "publish_moved:1",
    "publish_moved:2",
    "before_publish:1",
    "before_publish:2:150",
    "before_publish:3",
    "after_publish:1",
    "after_publish:2",
    "after_publish:3",
    "all_loaded",
    "file_renamed:1",
    "files_written",
    "finishing",
    "finished",
)
"""In the order of a load: staging, refusing, publishing, ending; a third part is microseconds between the place and the kill."""

ORPHAN_POINTS = ("orphan_dropping:1", "orphan_dropping:3", "orphan_forgotten", "orphan_dropped")
"""Where another load clears away what a dead one has staged."""

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


SUMMED = _TYPES.replace(b"[accounts], parents", b"[accounts], reconcile: {sums: [up], hash_totals: [id]}, parents")

CASE = Case(
    files={"load.ctl": _CONTROL, "types.yaml": SUMMED, "tables.sql": _DDL, "load.dat": lines(300)},
    tables=tuple(f"SELECT id, up FROM {name}" for name in ("people", "accounts", "moves")),
    options={},
)
PLAIN = replace(CASE, files={**CASE.files, "types.yaml": _TYPES})
"""For Oracle, which does not tell sums."""


def each(points: tuple[str, ...]) -> pytest.MarkDecorator:
    """Every point on every target; one target for each point, in turn, is in `make test`, and the others are slow."""
    chosen = [
        pytest.param(kind, point, id=f"{point}-{kind}", marks=[] if number % len(KINDS) == turn else pytest.mark.slow)
        for number, point in enumerate(points)
        for turn, kind in enumerate(KINDS)
    ]
    return pytest.mark.parametrize(("target_url", "point"), chosen, indirect=["target_url"])


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the undisturbed run leaves."""
    left = undisturbed(tmp_path_factory.mktemp("calm") / "load", CASE)
    assert all(left["rows"]) and len({rule for *_, rule, _ in left["rejects"]}) >= 3
    return left


def case_of(url: str) -> Case:
    """The case for a target."""
    return PLAIN if url.startswith("oracle") else CASE


def reconciled(url: str) -> dict[str, list[tuple[str, bool]]]:
    """The figures of each type in the receipt of the load, and whether they agree."""
    (receipt,) = rows_of(url, "SELECT receipt FROM loadstone_load")
    types = json.loads(receipt[0])["types"]
    return {name: [(one["figure"], one["agrees"]) for one in told["reconciled"]] for name, told in types.items()}


@each(POINTS)
def test_a_kill_leaves_each_type_whole_or_absent(
    target_url: str, point: str, calm: dict[str, Any], tmp_path: Path, tally: Tally
) -> None:
    """
    After the kill a table has all rows of its type or none; after the restart, all, with the same rejects and files.

    What was reconciled before the kill is in the receipt of the restart, and no staged table is left.
    """
    case = case_of(target_url)
    folder = case.lay_out(tmp_path / "killed")
    code = ended(start(folder, target_url, case, crash_at=point, chunk_size_bytes=2000))
    assert KILLED == code, f"{point} is not reached: {errors_of(folder)}"
    for query, rows in zip(case.tables, calm["rows"], strict=True):
        assert len(rows_of(target_url, query)) in (0, len(rows)), point
    finish(folder, target_url, case, chunk_size_bytes=3000)
    tally.add(kind_of(target_url), kills=1, points=1)
    tally.same(kind_of(target_url), calm, state(folder, target_url, case), point)
    assert [] == staged_tables(target_url) == rows_of(target_url, "SELECT load_id FROM loadstone_stage")
    summed = [] if case is PLAIN else [("sum", True), ("hash", True)]
    rows = [("rows", True)]
    assert {"people": rows, "accounts": [*rows, *summed], "moves": rows} == reconciled(target_url)


@each(ORPHAN_POINTS)
def test_what_a_dead_load_staged_is_cleared_away_whatever_dies(
    target_url: str, point: str, calm: dict[str, Any], tmp_path: Path
) -> None:
    """A load dies with rows staged and a week goes by; the load that clears them away dies too; the next one ends it."""
    case = case_of(target_url)
    folder = case.lay_out(tmp_path / "killed")
    assert KILLED == ended(start(folder, target_url, case, crash_at="after_commit:1", chunk_size_bytes=2000))
    execute(target_url, "UPDATE loadstone_stage SET made_at = '2020-01-01'")
    dead = set(staged_tables(target_url))
    assert len(dead) == 3
    code = ended(start(folder, target_url, case, crash_at=point, run_id="next"))
    assert KILLED == code, f"{point} is not reached: {errors_of(folder)}"
    finish(folder, target_url, case, run_id="another")
    assert [] == staged_tables(target_url) == rows_of(target_url, "SELECT load_id FROM loadstone_stage")
    assert len(rows_of(target_url, case.tables[0])) == len(calm["rows"][0])


@each(("publish_moved:2", "before_publish:1", "after_publish:1"))
def test_a_file_published_as_one_is_whole_or_absent(
    target_url: str, point: str, calm: dict[str, Any], tmp_path: Path
) -> None:
    """With ``publish: file`` all tables change together."""
    plain = case_of(target_url)
    case = replace(plain, files={**plain.files, "types.yaml": b"publish: file\n" + plain.files["types.yaml"]})
    folder = case.lay_out(tmp_path / "killed")
    assert KILLED == ended(start(folder, target_url, case, crash_at=point, chunk_size_bytes=2000)), errors_of(folder)
    there = [len(rows_of(target_url, query)) for query in case.tables]
    assert there == ([len(rows) for rows in calm["rows"]] if point.startswith("after") else [0, 0, 0])
    finish(folder, target_url, case, chunk_size_bytes=3000)
    assert calm["rows"] == state(folder, target_url, case)["rows"]
