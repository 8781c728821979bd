"""Staged sets on a real file: made, counted, published, refused, dropped; and what a lost fence or row means."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loadstone.books import Checkpoint, Contribution, Fence, Reject
from loadstone.bootstrap.targets import open_target
from loadstone.errors import Refused, Stop
from loadstone.spec import Method, TableName
from loadstone.staging.publish import StagedSet, find_refused, publish, refuse
from loadstone.staging.sets import begin, check_empty, drop_set, open_set
from loadstone.targets.model import Claimant, ConstraintRefusal, Session, Target
from loadstone.targets.staged import RECORD, StagedTable, stage_info
from loadstone.targets.totals import Measured

LOAD = "cd" * 16


class Bench:
    """A database with a table, a load that has its fence, a session, and a staged table of three rows."""

    def __init__(self, path: Path, method: Method = Method.APPEND) -> None:
        self.path = str(path / "bank.db")
        self.run("CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT NOT NULL)")
        self.target: Target = open_target(self.path)
        self.target.init_control()
        self.release = self.target.hold(LOAD)
        self.fence = self.target.raise_fence(LOAD, Claimant.here())
        self.session: Session = self.target.open()
        table = self.target.find_table(TableName(name="T"), {})
        assert table is not None
        stage = stage_info(LOAD, 0, None, table.columns)
        self.table = StagedTable(table_no=0, stage=stage, table=table, columns=("id", "note"), method=method, key=())  # fmt: skip
        self.set = StagedSet(fence=self.fence, tables=(self.table,), emptied=False)

    def run(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Past the product; what is there of the staged table is ``{stage}``."""
        with sqlite3.connect(self.path) as database:
            name = self.table.stage.name if hasattr(self, "table") else ""
            return database.execute(sql.format(stage=f'"{name}"'), parameters).fetchall()

    def stage(self, *rows: tuple[int, str | None, int]) -> None:
        """Put rows (id, note, record) into the staged table."""
        for row in rows:
            self.run(f'INSERT INTO {{stage}} (id, note, "{RECORD}") VALUES (?, ?, ?)', *row)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """One of method APPEND, with an open set."""
    made = Bench(tmp_path)
    open_set(made.session, made.fence, [made.table], [0])
    yield made
    made.session.close()
    made.release()
    made.target.close()


def mark(stopped: str, loaded: int = 0) -> Checkpoint:
    """A mark of an all-or-nothing load."""
    counts = Contribution(read=0, loaded=loaded, rejected=-loaded, discarded=0)
    return Checkpoint(input_no=-1, unit0=0, unit1=1, record0=0, records=0, sha256="", counts=counts, stopped=stopped)  # fmt: skip


def rejected(record: int, rule: str) -> Reject:
    """A record that the target refused."""
    return Reject(
        input_no=0,
        record_no=record,
        byte_offset=0,
        length_bytes=1,
        table="T",
        table_no=0,
        field=None,
        value=None,
        rule=rule,
        code=None,
        reason=rule,
    )


def test_an_opened_set_is_registered_and_opened_again(bench: Bench) -> None:
    """A second opening finds its rows, and makes nothing twice."""
    bench.stage((1, "a", 1), (2, "b", 2))
    open_set(bench.session, bench.fence, [bench.table], [2])
    assert [(2,)] == bench.run("SELECT count(*) FROM {stage}")
    assert [(1,)] == bench.run("SELECT count(*) FROM loadstone_stage WHERE load_id = ?", LOAD)


@pytest.mark.parametrize("wanted", [0, 2, 9])
def test_rows_that_are_gone_stop_the_load(bench: Bench, wanted: int) -> None:
    """What the checkpoints say is staged must be there, no more and no less."""
    bench.stage((1, "a", 1))
    with pytest.raises(Stop, match=f"LS-4005.*has 1 rows, and the checkpoints say {wanted}"):
        open_set(bench.session, bench.fence, [bench.table], [wanted])
    begin(bench.session, bench.fence)  # no transaction is left open
    bench.session.rollback()


def test_publishing_moves_all_rows_and_drops_the_set(bench: Bench) -> None:
    """Rows, mark and the end of the set are one transaction."""
    bench.stage((2, "b", 2), (1, "a", 1))
    publish(bench.session, bench.set, mark("published"))
    assert [(1, "a"), (2, "b")] == bench.run("SELECT id, note FROM t ORDER BY id")
    assert [(0,)] == bench.run("SELECT count(*) FROM sqlite_master WHERE name LIKE 'loadstone_stage_%'")
    assert [(0,)] == bench.run("SELECT count(*) FROM loadstone_stage")
    assert ["published"] == [one.stopped for one in bench.target.checkpoints(LOAD)]


def test_a_refused_row_changes_nothing_and_is_found(bench: Bench) -> None:
    """Publishing fails as a whole; the trial names the records; refusing takes them out, and then it succeeds."""
    bench.run("INSERT INTO t VALUES (3, 'old')")
    bench.stage((1, "a", 1), (3, "twice", 2), (4, None, 3), (5, "e", 4), (5, "e again", 5))
    with pytest.raises(ConstraintRefusal):
        publish(bench.session, bench.set, mark("published"))
    assert [(3, "old")] == bench.run("SELECT * FROM t")
    found = find_refused(bench.session, bench.set, None)
    assert [2, 3, 5] == [one.record for one in found]
    assert [2] == [one.record for one in find_refused(bench.session, bench.set, 1)]
    rejects = [rejected(one.record, one.rule) for one in found]
    told: list[list[int]] = []

    def correction(gone: list[Measured]) -> Checkpoint:
        rows = [one.rows for one in gone]
        told.append(rows)
        return mark("refused", loaded=-sum(rows))

    refuse(bench.session, bench.set, rejects, correction)
    assert [[3]] == told
    publish(bench.session, bench.set, Checkpoint(**{**vars(mark("published")), "unit0": 1}))
    assert [(1, "a"), (3, "old"), (5, "e")] == bench.run("SELECT id, note FROM t ORDER BY id")
    assert [2, 3, 5] == [one.record_no for one in bench.target.rejects(LOAD)[0]]


def test_insert_is_refused_early_where_rows_are(tmp_path: Path) -> None:
    """The end would refuse a filled table; the beginning says so, and other methods do not."""
    bench = Bench(tmp_path, Method.INSERT)
    check_empty(bench.session, [bench.table])
    bench.run("INSERT INTO t VALUES (1, 'x')")
    with pytest.raises(Refused, match="LS-3005"):
        check_empty(bench.session, [bench.table])
    appended = StagedTable(**{**vars(bench.table), "method": Method.APPEND})
    check_empty(bench.session, [appended])
    bench.session.close()
    bench.release()
    bench.target.close()


def test_a_set_of_published_rows_is_dropped(bench: Bench) -> None:
    """The table goes with its registration."""
    drop_set(bench.session, bench.fence, [bench.table])
    assert [(0,)] == bench.run("SELECT count(*) FROM loadstone_stage")


@pytest.mark.parametrize("step", ["open", "publish", "refuse", "drop", "begin"])
def test_an_old_fence_does_nothing(bench: Bench, step: str) -> None:
    """Every step asks for the fence first; the process that lost it changes no row."""
    bench.stage((1, "a", 1))
    old = Fence(load_id=LOAD, partition=0, number=bench.fence.number - 1)
    staged = StagedSet(fence=old, tables=(bench.table,), emptied=False)
    with pytest.raises(Refused, match="LS-4003"):
        if step == "open":
            open_set(bench.session, old, [bench.table], [1])
        elif step == "publish":
            publish(bench.session, staged, mark("published"))
        elif step == "refuse":
            refuse(bench.session, staged, [], lambda rows: mark("refused"))
        elif step == "drop":
            drop_set(bench.session, old, [bench.table])
        else:
            begin(bench.session, old)
    assert ([], [(1,)]) == (bench.run("SELECT * FROM t"), bench.run("SELECT count(*) FROM {stage}"))


def test_a_failed_drop_or_refusal_is_rolled_back(bench: Bench) -> None:
    """A table that is gone fails the step, and the session can begin anew."""
    bench.run("DROP TABLE {stage}")
    with pytest.raises(Exception, match="no such table"):
        refuse(bench.session, bench.set, [rejected(1, "unique")], lambda rows: mark("refused"))
    begin(bench.session, bench.fence)
    bench.session.rollback()
    assert [] == bench.target.checkpoints(LOAD)
