"""Fences, checkpoints, holders and receipts: what every target promises a load, by its own methods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from loadstone.books import Checkpoint, Contribution, Discard, Fence, LoadReceipt, Reject, TableCount
from loadstone.errors import Refused
from loadstone.spec import Method, TableName
from loadstone.targets.model import Claimant, Session, Target
from tests.runs import rows_of
from tests.targets import execute, opened

LOAD, OTHER = "a" * 32, "b" * 32


def checkpoint(unit0: int = 0, unit1: int = 100, **changed: Any) -> Checkpoint:
    """The checkpoint of ten records, one of which was refused."""
    counts = Contribution(read=10, loaded=9, rejected=1, tables=(TableCount(loaded=9, rejected=1),))
    made = Checkpoint(
        input_no=0, unit0=unit0, unit1=unit1, record0=unit0 // 10, records=10, sha256="00ff", counts=counts, sequences=(10,)
    )  # fmt: skip
    return replace(made, **changed)


def reject(record_no: int = 3, **changed: Any) -> Reject:
    """A reject as awkward as can be: NUL, quotes, bytes that are no text."""
    made = Reject(
        input_no=0, record_no=record_no, byte_offset=20, length_bytes=7, table="SCOTT.T", table_no=0, field="V",
        value="O'x\0\"ä", rule="number", code="ORA-01722", reason="ORA-01722: invalid number", raw=b"\x00\xff'\\\n",
    )  # fmt: skip
    return replace(made, **changed)


@pytest.fixture
def target(target_url: str) -> Iterator[Target]:
    """A target with its control tables."""
    with opened(target_url) as made:
        made.init_control()
        yield made


@pytest.fixture
def session(target: Target) -> Iterator[Session]:
    """A session of the target."""
    made = target.open()
    yield made
    made.rollback()
    made.close()


def begin(session: Session, fence: Fence) -> None:
    """A transaction that has seen its fence."""
    session.begin()
    assert session.check_fence(fence)


def test_a_transaction_is_begun_whatever_comes_first(target: Target, session: Session) -> None:
    """Some adapters tell the server with the first statement; without any there is nothing to give up."""
    fence = target.raise_fence(LOAD, Claimant.here())
    session.begin()
    session.rollback()
    begin(session, fence)
    session.add_checkpoint(LOAD, checkpoint())
    session.rollback()
    assert [] == target.checkpoints(LOAD)


def test_control_tables_are_made_once_and_keep_what_they_hold(target: Target) -> None:
    """A second init changes nothing."""
    target.raise_fence(LOAD, Claimant.here())
    target.init_control()
    row = target.read_load(LOAD)
    assert row is not None and (LOAD, 1, "running", {}, None) == (
        row.load_id,
        row.fence,
        row.status,
        row.frozen,
        row.receipt,
    )


def test_an_unknown_load_has_no_row(target: Target) -> None:
    """Nothing is known of it, and there are no chunks and no rejects."""
    assert target.read_load(LOAD) is None
    assert [] == target.checkpoints(LOAD)
    assert ([], []) == target.rejects(LOAD)


def test_each_raise_gives_a_higher_fence(target: Target) -> None:
    """Numbers grow by one, for each load by itself."""
    assert [1, 2, 3] == [target.raise_fence(LOAD, Claimant.here()).number for _ in range(3)]
    assert Fence(load_id=OTHER, partition=0, number=1) == target.raise_fence(OTHER, Claimant.here())


def test_only_the_highest_fence_may_write(target: Target, session: Session) -> None:
    """An older holder sees in its next transaction that the load was taken over."""
    old = target.raise_fence(LOAD, Claimant.here())
    begin(session, old)
    session.rollback()
    new = target.raise_fence(LOAD, Claimant.here())
    session = target.open()
    session.begin()
    assert not session.check_fence(old)
    session.rollback()
    begin(session, new)
    session.rollback()
    session.close()


def test_a_chunk_is_entered_with_its_checkpoint(target: Target, session: Session) -> None:
    """The transaction is begun, the fence holds, and the checkpoint stands once it is committed."""
    fence = target.raise_fence(LOAD, Claimant.here())
    one = checkpoint(stamp="10 20", stopped="it's 100 %")
    assert session.enter(fence, one)
    session.rollback()
    assert [] == target.checkpoints(LOAD)
    assert session.enter(fence, one)
    session.commit()
    assert [one] == target.checkpoints(LOAD)
    with pytest.raises(Refused, match="LS-4003"):
        session.enter(fence, one)
        session.commit()


def test_a_chunk_is_not_entered_with_another_fence(target: Target) -> None:
    """Not with a lower one, nor with one that was never raised, nor for another load."""
    old = target.raise_fence(LOAD, Claimant.here())
    new = target.raise_fence(LOAD, Claimant.here())
    session = target.open()
    for fence in (old, replace(new, number=3), replace(new, load_id=OTHER)):
        assert not session.enter(fence, checkpoint())
        session.rollback()
    session.close()
    assert [] == target.checkpoints(LOAD)


def test_a_fence_of_another_load_is_no_right(target: Target, session: Session) -> None:
    """Numbers count for one load."""
    fence = target.raise_fence(LOAD, Claimant.here())
    session.begin()
    assert not session.check_fence(replace(fence, load_id=OTHER))


def test_a_checkpoint_reads_back_as_it_was_written(target: Target, session: Session) -> None:
    """Every part of it, in the order of inputs and places."""
    fence = target.raise_fence(LOAD, Claimant.here())
    written = [
        checkpoint(100, 200),
        checkpoint(0, 100, stopped="load"),
        checkpoint(0, 50, input_no=1, sequences=()),
    ]
    begin(session, fence)
    for one in written:
        session.add_checkpoint(LOAD, one)
    session.commit()
    assert [written[1], written[0], written[2]] == target.checkpoints(LOAD)
    assert [] == target.checkpoints(OTHER)


def test_a_checkpoint_that_is_rolled_back_is_none(target: Target, session: Session) -> None:
    """Without COMMIT nothing stands in the target."""
    fence = target.raise_fence(LOAD, Claimant.here())
    begin(session, fence)
    session.add_checkpoint(LOAD, checkpoint())
    session.add_rejects(LOAD, [reject()], [])
    session.rollback()
    assert [] == target.checkpoints(LOAD)
    assert ([], []) == target.rejects(LOAD)


def test_two_checkpoints_of_one_place_are_refused(target: Target, session: Session) -> None:
    """The key is new, or somebody else commits the same chunk."""
    fence = target.raise_fence(LOAD, Claimant.here())
    begin(session, fence)
    session.add_checkpoint(LOAD, checkpoint())
    session.commit()
    begin(session, fence)
    with pytest.raises(Refused, match="LS-4003"):
        session.add_checkpoint(LOAD, checkpoint(0, 40))
        session.commit()


def test_counts_of_a_checkpoint_can_be_replaced_in_its_transaction(target: Target, session: Session) -> None:
    """Isolation and limits correct what the chunk was thought to be."""
    fence = target.raise_fence(LOAD, Claimant.here())
    begin(session, fence)
    session.add_checkpoint(LOAD, checkpoint())
    corrected = checkpoint(
        0, 60, records=6, counts=Contribution(read=6, loaded=6), sequences=(6,), stopped="errors"
    )
    session.update_checkpoint(LOAD, corrected)
    session.commit()
    assert [corrected] == target.checkpoints(LOAD)


def test_rejects_and_discards_read_back_in_record_order(target: Target, session: Session) -> None:
    """Bytes exactly; a NUL in a value becomes a mark where the target cannot keep it."""
    fence = target.raise_fence(LOAD, Claimant.here())
    plain = reject(1, field=None, value=None, code=None, reason="no code", raw=b"x")
    discards = [
        Discard(input_no=0, record_no=n, byte_offset=n, length_bytes=1, reason=why) for n, why in ((9, "when"), (2, "all_null"))
    ]  # fmt: skip
    begin(session, fence)
    session.add_rejects(LOAD, [reject(), plain], discards)
    session.commit()
    rejects, kept = target.rejects(LOAD)
    assert [plain, replace(reject(), value="O'x\ufffd\"ä")] == rejects
    assert [discards[1], discards[0]] == kept


def test_a_second_holder_is_refused_and_told_who_holds(target: Target, target_url: str) -> None:
    """The load's lock is free again after the release."""
    release = target.hold(LOAD)
    if target.kind != "duckdb":  # one process has a DuckDB file anyhow
        with opened(target_url) as other, pytest.raises(Refused, match="LS-3006") as caught:
            other.hold(LOAD)
        assert any(word in caught.value.message for word in ("process", "backend"))
    release()
    target.hold(LOAD)()


def test_preparing_happens_once(target: Target, target_url: str) -> None:
    """What is frozen first stays, and a second call empties nothing."""
    target.run_ddl(["CREATE TABLE t (id INTEGER)", "INSERT INTO t VALUES (1)"])
    info = target.find_table(TableName(name="T"), {})
    assert info is not None
    fence = target.raise_fence(LOAD, Claimant.here())
    target.prepare(fence, {"now": "2026-01-01", "list": [1, None]}, [(0, info, Method.REPLACE)])
    target.run_ddl(["INSERT INTO t VALUES (2)"])
    target.prepare(fence, {"now": "later"}, [(0, info, Method.REPLACE)])
    row = target.read_load(LOAD)
    assert row is not None and {"now": "2026-01-01", "list": [1, None]} == row.frozen
    target.close()
    assert [(2,)] == rows_of(target_url, "SELECT id FROM t")


def test_preparing_is_refused_to_an_older_fence(target: Target, target_url: str) -> None:
    """A process that was taken over empties no table."""
    target.run_ddl(["CREATE TABLE t (id INTEGER)", "INSERT INTO t VALUES (1)"])
    info = target.find_table(TableName(name="T"), {})
    assert info is not None
    old = target.raise_fence(LOAD, Claimant.here())
    target.raise_fence(LOAD, Claimant.here())
    with pytest.raises(Refused, match="LS-4003"):
        target.prepare(old, {}, [(0, info, Method.TRUNCATE)])
    target.close()
    assert [(1,)] == rows_of(target_url, "SELECT id FROM t")


def test_a_refused_emptiness_check_freezes_nothing(target: Target) -> None:
    """INSERT into a filled table: the load stays unprepared and can be started with another method."""
    target.run_ddl(["CREATE TABLE t (id INTEGER)", "INSERT INTO t VALUES (1)"])
    info = target.find_table(TableName(name="T"), {})
    assert info is not None
    fence = target.raise_fence(LOAD, Claimant.here())
    with pytest.raises(Refused, match="LS-3005"):
        target.prepare(fence, {"a": 1}, [(0, info, Method.INSERT)])
    row = target.read_load(LOAD)
    assert row is not None and {} == row.frozen


def test_a_finished_load_keeps_its_receipt(target: Target) -> None:
    """Status and receipt as JSON values; raising the fence again makes it run."""
    fence = target.raise_fence(LOAD, Claimant.here())
    receipt = LoadReceipt(
        load_id=LOAD, spec_path="x.ctl", target="t", outcome="complete", exit_code=0, counts=Contribution(read=1, loaded=1),
        tables={"T": 1}, started_at=datetime(2026, 1, 1, tzinfo=UTC), warnings=("ä",), inputs=((5, "00"),),
    )  # fmt: skip
    target.finish(fence, "complete", receipt)
    row = target.read_load(LOAD)
    assert row is not None and row.receipt is not None and "complete" == row.status
    assert ({"T": 1}, ["ä"], [[5, "00"]]) == (
        row.receipt["tables"],
        row.receipt["warnings"],
        row.receipt["inputs"],
    )
    target.raise_fence(LOAD, Claimant.here())
    again = target.read_load(LOAD)
    assert again is not None and "running" == again.status


def test_who_was_taken_over_does_not_say_how_the_load_ended(target: Target) -> None:
    """A process that wakes up behind its last chunk must not put its receipt over the one of its successor."""
    old = target.raise_fence(LOAD, Claimant.here())
    target.raise_fence(LOAD, Claimant.here())
    receipt = LoadReceipt(
        load_id=LOAD, spec_path="x.ctl", target="t", outcome="stopped", exit_code=2, counts=Contribution(), tables={}
    )  # fmt: skip
    with pytest.raises(Refused, match="LS-4003"):
        target.finish(old, "complete", receipt)
    row = target.read_load(LOAD)
    assert row is not None and ("running", None) == (row.status, row.receipt)


def test_loads_are_found_by_the_first_digits_newest_first(target: Target) -> None:
    """None means the newest one; a prefix may fit several; wildcards are plain characters."""
    assert [] == target.find_loads(None) and [] == target.find_loads("a")
    ids = ["a1" + "0" * 30, "a2" + "0" * 30, "b1" + "0" * 30]
    for one in ids:
        target.raise_fence(one, Claimant.here())
    assert [ids[2]] == target.find_loads(None)
    assert [ids[1], ids[0]] == target.find_loads("a")
    assert [ids[0]] == target.find_loads("a1")
    assert [] == target.find_loads("%") and [] == target.find_loads("a_")


def test_a_lost_session_rolls_back_without_a_word(target: Target, session: Session, target_url: str) -> None:
    """``rollback`` never raises, whatever became of the connection."""
    fence = target.raise_fence(LOAD, Claimant.here())
    begin(session, fence)
    session.add_checkpoint(LOAD, checkpoint())
    if target_url.startswith("postgresql"):
        execute(
            target_url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        )
    else:
        session.rollback()
    session.rollback()
    session.rollback()
    with opened(target_url) as other:
        assert [] == other.checkpoints(LOAD)


@pytest.mark.parametrize(("base", "expected"), [("count", 3), ("max", 41)])
def test_bases_of_sequences_are_what_the_table_holds(base: Any, expected: int, target: Target) -> None:
    """COUNT counts rows, MAX takes the greatest value; an empty table gives 0."""
    target.run_ddl(['CREATE TABLE t ("Odd Name" NUMERIC(9))', "CREATE TABLE none (id INTEGER)"])
    target.run_ddl(["INSERT INTO t VALUES (7), (41), (NULL)"])
    full, empty = (target.find_table(TableName(name=name), {}) for name in ("T", "NONE"))
    assert full is not None and empty is not None
    assert expected == target.sequence_base(full, "Odd Name", base)
    assert 0 == target.sequence_base(empty, empty.columns[0].name, base)


def test_native_sequences_give_each_number_once(target: Target) -> None:
    """Numbers run on over calls; a schema before the name is passed over, and its case."""
    if target.kind == "oracle":
        target.run_ddl(["CREATE SEQUENCE s", "CREATE SEQUENCE other"])  # made by nobody else there
    assert [1, 2, 3] == target.next_values("S", 3)
    assert [4, 5] == target.next_values("APP.s", 2)
    assert [] == target.next_values("S", 0)
    assert [1] == target.next_values("OTHER", 1)
    assert [6] == target.next_values('"S"', 1)
