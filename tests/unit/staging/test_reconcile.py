"""What is reconciled as a set is published: each figure of each side, and that a difference publishes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from loadstone.books import TableCount
from loadstone.datatypes.model import Kind
from loadstone.errors import Refused
from loadstone.spec import Method
from loadstone.staging.publish import StagedSet, publish, refuse
from loadstone.staging.sets import open_set
from loadstone.targets.staged import IN_MAX
from loadstone.targets.totals import Measured, Total
from tests.unit.staging.test_sets import LOAD, Bench, mark, rejected

TOTALS = (
    Total(column="id", place=0, hashed=False, kind=Kind.INT8),
    Total(column="note", place=1, hashed=True, kind=Kind.TEXT),
)
ROWS = ((1, "A-1", 1), (2, "B-20", 2), (30, "300", 3))
FILE = TableCount(loaded=3, sums=(Decimal(33), Decimal(321)))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Three rows that wait; their ids and the digits of their notes are added up."""
    made = Bench(tmp_path)
    made.table = replace(made.table, totals=TOTALS)
    made.set = StagedSet(fence=made.fence, tables=(made.table,), emptied=False)
    open_set(made.session, made.fence, [made.table], [0])
    made.stage(*ROWS)
    yield made
    made.session.close()
    made.release()
    made.target.close()


def upsert(bench: Bench, *, columns: tuple[str, ...] = ("id", "note")) -> None:
    """Make the set's method UPSERT by id."""
    bench.table = replace(bench.table, method=Method.UPSERT, key=("ID",), columns=columns)
    bench.set = StagedSet(fence=bench.fence, tables=(bench.table,), emptied=False)


def test_all_sides_of_all_figures_are_in_the_mark(bench: Bench) -> None:
    """What the target had before is not among them."""
    bench.run("INSERT INTO t VALUES (7, '700')")
    found = publish(bench.session, bench.set, mark("published"), {0: FILE})
    assert [
        (0, "rows", None, 3, 3, 0, 3, True),
        (0, "sum", "id", 33, 33, 0, 33, True),
        (0, "hash", "note", 321, 321, 0, 321, True),
    ] == [
        (one.table_no, one.figure, one.column, one.file, one.staged, one.superseded, one.target, one.agrees)
        for one in found.reconciled
    ]
    assert found.reconciled == bench.target.checkpoints(LOAD)[0].reconciled
    assert [(4,)] == bench.run("SELECT count(*) FROM t")


@pytest.mark.parametrize(
    ("file", "told"),
    [
        pytest.param(replace(FILE, loaded=2), "table t: rows: 2 in the file, 3 staged, 3 in the target", id="rows"),
        pytest.param(replace(FILE, sums=(Decimal(34), Decimal(321))), "the sum of id: 34 in the file, 33 staged, 33 in", id="sum"),
        pytest.param(replace(FILE, sums=(Decimal(33), Decimal(322))), "the hash total of note: 322 in the file, 321 staged", id="hash"),
        pytest.param(TableCount(loaded=3), "the sum of id: 0 in the file, 33 staged", id="no sums"),
    ],
)  # fmt: skip
def test_a_difference_publishes_nothing(bench: Bench, file: TableCount, told: str) -> None:
    """The figure that differs is named, and no other; the rows wait, and with the right figures they go."""
    with pytest.raises(Refused, match=told) as caught:
        publish(bench.session, bench.set, mark("published"), {0: file})
    assert "LS-8309" == caught.value.code
    assert ("rows:" in caught.value.message) is (file.loaded != 3)
    assert ([], [(3,)]) == (bench.run("SELECT * FROM t"), bench.run("SELECT count(*) FROM {stage}"))
    assert [] == bench.target.checkpoints(LOAD)
    publish(bench.session, bench.set, mark("published"), {0: FILE})
    assert [(3,)] == bench.run("SELECT count(*) FROM t")


def test_rows_of_a_key_that_comes_again_are_superseded(bench: Bench) -> None:
    """File and staging have both rows; the target gets the last one, and the difference is told, not hidden."""
    upsert(bench)
    bench.run("INSERT INTO t VALUES (30, 'old')")
    bench.stage((1, "A-5", 4))
    file = TableCount(loaded=4, sums=(Decimal(34), Decimal(326)))
    found = publish(bench.session, bench.set, mark("published"), {0: file})
    assert [(4, 4, 1, 3), (34, 34, 1, 33), (326, 326, 1, 325)] == [
        (one.file, one.staged, one.superseded, one.target) for one in found.reconciled
    ]
    assert all(one.agrees for one in found.reconciled)
    assert [(1, "A-5"), (2, "B-20"), (30, "300")] == bench.run("SELECT * FROM t ORDER BY id")


def test_of_rows_that_stay_as_they_are_the_target_tells_nothing(bench: Bench) -> None:
    """An upsert of nothing but a key leaves those that are there; file and staging are compared all the same."""
    bench.run("DROP TABLE t")
    bench.run("CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT)")
    bench.run("INSERT INTO t VALUES (2, 'old')")
    upsert(bench, columns=("id",))
    bench.table = replace(bench.table, totals=TOTALS[:1])
    bench.set = replace(bench.set, tables=(bench.table,))
    with pytest.raises(Refused, match="rows: 4 in the file, 3 staged\n"):
        publish(
            bench.session, bench.set, mark("published"), {0: replace(FILE, loaded=4, sums=(Decimal(33),))}
        )
    found = publish(bench.session, bench.set, mark("published"), {0: replace(FILE, sums=(Decimal(33),))})
    assert [(3, None, True), (33, None, True)] == [
        (one.staged, one.target, one.agrees) for one in found.reconciled
    ]
    assert [(1, None), (2, "old"), (30, None)] == bench.run("SELECT * FROM t ORDER BY id")


def test_refused_records_are_taken_out_of_the_sums(bench: Bench) -> None:
    """More of them than one statement names: what they counted for is told once each, and what stays agrees."""
    more = [(n, str(n), n) for n in range(100, 100 + 2 * IN_MAX + 1)]
    bench.stage(*more)
    told: list[Measured] = []

    def correction(gone: list[Measured]) -> object:
        told.extend(gone)
        return mark("refused", loaded=-gone[0].rows)

    records = [record for _, _, record in more]
    refuse(bench.session, bench.set, [rejected(one, "unique") for one in records], correction)  # type: ignore[arg-type]
    assert [Measured(rows=len(more), sums=(Decimal(sum(records)), Decimal(sum(records))))] == told
    found = publish(bench.session, bench.set, replace(mark("published"), unit0=1), {0: FILE})
    assert all(one.agrees for one in found.reconciled) and [(3,)] == bench.run("SELECT count(*) FROM t")


def test_a_set_that_was_emptied_for_is_not_emptied_for_again(bench: Bench) -> None:
    """A table to be replaced loses its rows once a load: what an earlier publication put there stays."""
    bench.run("INSERT INTO t VALUES (7, 'published before')")
    replacing = replace(bench.table, method=Method.REPLACE, totals=())
    publish(bench.session, StagedSet(fence=bench.fence, tables=(replacing,), emptied=True), mark("published"))
    assert [(1,), (2,), (7,), (30,)] == bench.run("SELECT id FROM t ORDER BY id")


def test_a_table_that_is_replaced_loses_what_it_had(bench: Bench) -> None:
    """In the transaction that publishes: the rows that wait are alone there."""
    bench.run("INSERT INTO t VALUES (7, 'of yesterday')")
    replacing = replace(bench.table, method=Method.REPLACE)
    publish(bench.session, replace(bench.set, tables=(replacing,)), mark("published"), {0: FILE})
    assert [(1,), (2,), (30,)] == bench.run("SELECT id FROM t ORDER BY id")
