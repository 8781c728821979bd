"""Chunks are committed in file order, cut at limits, redone and isolated, each in one transaction."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pytest

from loadstone.books import Checkpoint, Discard, Fence, Reject
from loadstone.errors import FixFile, FixSpec, Refused, Retry
from loadstone.formats.model import Chunk
from loadstone.load.batch import REJECT, TAKE, WHEN_FAILED, Batch
from loadstone.load.commit import REDO_MAX, Committer
from loadstone.load.plan.model import LoadPlan
from loadstone.load.reading import Read
from loadstone.load.remembered import Remembered
from loadstone.load.resume import Progress
from loadstone.load.tickets import Closed
from loadstone.spec import OrderPolicy
from loadstone.targets import model as targets
from loadstone.targets.arrow import ArrowRows
from loadstone.targets.model import ConstraintError, ConstraintRefusal, Redo, TableInfo, TableRows
from tests.crash.processes import wait_for

FENCE = Fence(load_id="a" * 32, partition=0, number=1)
RECORDS = 10


class Session:
    """
    A session that notes what is done with it, and keeps what is committed.

    Attributes:
        fails: Errors by the number of the call: of ``write``, or of ``commit``. refused: records that the target refuses.
    """

    def __init__(self, log: list[str], name: str = "") -> None:
        self.log, self.name = log, name
        self.mine = True
        self.fails: dict[str, list[Exception | None]] = {}
        self.refused: set[int] = set()
        self.open: dict[str, Any] = {}
        self.committed: list[dict[str, Any]] = []

    def enter(self, fence: Fence, checkpoint: Checkpoint) -> bool:
        """Begin, where nothing is open; whether the fence is still mine."""
        assert not self.open, "a transaction is open"
        self._do("enter")
        self.open = {"checkpoint": checkpoint, "records": [], "rejects": [], "discards": []}
        return self.mine

    def write(self, rows: TableRows) -> None:
        """Bulk write."""
        self._do("write")
        records = rows.rows.record.tolist()
        if self.refused & set(records):
            raise ConstraintRefusal("no")
        self.open["records"] += records

    def add_rejects(self, load_id: str, rejects: Sequence[Reject], discards: Sequence[Discard]) -> None:
        """Rejects and discards by their numbers."""
        self._do("rejects")
        self.open["rejects"] = [one.record_no for one in rejects]
        self.open["discards"] = [one.record_no for one in discards]

    def isolate(self, tables: Sequence[TableRows]) -> list[ConstraintError]:
        """Write what can be written."""
        self._do("isolate")
        found = []
        for table in tables:
            for record in table.rows.record.tolist():
                if record in self.refused:
                    found.append(
                        ConstraintError(
                            record=record, table_no=0, field=None, rule="check", code=None, reason="no"
                        )
                    )
                else:
                    self.open["records"].append(record)
        return found

    def update_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Another one instead."""
        self.open["checkpoint"] = checkpoint

    def commit(self) -> None:
        """Keep the transaction."""
        self._do("commit")
        self.committed.append(self.open)
        self.open = {}

    def stay(self) -> None:
        """Wait on."""

    def rollback(self) -> None:
        """Give it up."""
        self.log.append(f"{self.name}rollback")
        self.open = {}

    def _do(self, what: str) -> None:
        self.log.append(self.name + what)
        failing = self.fails.get(what)
        error = failing.pop(0) if failing else None
        if error is not None:
            raise error


def plan(
    *, errors: int | None = None, discardmax: int | None = None, free: bool = False, source: bytes = b""
) -> LoadPlan:
    """What a committer asks of a plan."""
    table = SimpleNamespace(spec=SimpleNamespace(table="T"), table_no=0)
    made = SimpleNamespace(
        request=SimpleNamespace(order=OrderPolicy.FREE if free else OrderPolicy.FILE),
        limits=SimpleNamespace(errors=errors),
        discardmax=lambda input_no: discardmax,
        tables=(table,),
        inputs=[SimpleNamespace(source=source, name="x.dat", path="x.dat")],
    )
    return cast(LoadPlan, made)


def committer(of: LoadPlan, *, early: bool = False) -> Committer:
    """A committer of a load that begins."""
    return Committer(of, FENCE, Progress(), Remembered(), early=early)


def submit(work: Committer, session: Session, one: Read, of: Batch) -> float:
    """Commit a chunk when its turn comes."""
    return work.submit(cast(targets.Session, session), one, of)


def chunk(number: int) -> Chunk:
    """Ten records of ten bytes."""
    places = np.arange(RECORDS, dtype=np.int64) * 10
    return Chunk(
        input_no=0, unit0=number * 100, unit1=number * 100 + 100, record0=number * RECORDS, data=b"123456789\n" * RECORDS,
        raw_start=places, raw_end=places + 10, start=places, end=places + 9, text=b"123456789\n" * RECORDS, last=False,
    )  # fmt: skip


def read(number: int, *, ended: bool = False) -> Read:
    """That chunk with its place."""
    before, one = hashlib.sha256(b"123456789\n" * RECORDS * number), chunk(number)
    after = before.copy()
    after.update(one.data)
    return Read(
        number=number, chunk=one, first=0, stop=RECORDS, ended=ended, digest_before=before, digest_after=after, stamp="1 2"
    )  # fmt: skip


def batch(of: Read, rejects: Sequence[int] = (), discards: Sequence[int] = ()) -> Batch:
    """Its records as rows, but for those (0-based in the chunk) that are refused or left out."""
    verdict = np.full((RECORDS, 1), TAKE, np.uint8)
    verdict[list(rejects)], verdict[list(discards)] = REJECT, WHEN_FAILED
    record = np.flatnonzero(verdict[:, 0] == TAKE)
    values = pa.RecordBatch.from_arrays([pa.array(record)], names=["c0"])
    table = TableRows(
        table_no=0,
        table=TableInfo(schema=None, name="t", columns=()),
        columns=("V",),
        rows=ArrowRows(values, record),
    )
    return Batch(
        chunk=of.chunk,
        first=0,
        stop=RECORDS,
        verdict=verdict,
        tables=(table,),
        rejects={n: reject(of, n) for n in rejects},
        discards=np.array(sorted(discards), np.int64),
    )


def reject(of: Read, record: int) -> Reject:
    """The reject of one of its records."""
    return Reject(
        input_no=0, record_no=of.chunk.record_no(record), byte_offset=0, length_bytes=10, table="T", table_no=0, field="V",
        value="x", rule="number", code=None, reason="no number",
    )  # fmt: skip


def test_a_chunk_is_entered_written_and_committed() -> None:
    """Rejects and discards stand in its transaction, and its sums are those of its checkpoint."""
    log: list[str] = []
    work, session, first = committer(plan()), Session(log), read(0)
    apart_s = submit(work, session, first, batch(first, rejects=[3], discards=[5, 7]))
    assert ["enter", "write", "rejects", "commit"] == [one for one in log if one != "rollback"]
    assert [0, 1, 2, 4, 6, 8, 9] == session.committed[0]["records"]
    assert ([4], [6, 8]) == (session.committed[0]["rejects"], session.committed[0]["discards"])
    checkpoint = session.committed[0]["checkpoint"]
    assert (0, 100, 0, 10, None) == (
        checkpoint.unit0,
        checkpoint.unit1,
        checkpoint.record0,
        checkpoint.records,
        checkpoint.stopped,
    )
    assert (10, 7, 1, 2) == (
        work.progress.counts.read, work.progress.counts.loaded, work.progress.counts.rejected, work.progress.counts.discarded
    )  # fmt: skip
    assert checkpoint.sha256 == hashlib.sha256(first.chunk.data).hexdigest()
    assert apart_s >= 0 and work.cut is None


def test_a_chunk_without_refused_records_writes_none() -> None:
    """No statement for nothing."""
    log: list[str] = []
    work, one = committer(plan()), read(0)
    submit(work, Session(log), one, batch(one))
    assert ["enter", "write", "commit"] == [one for one in log if one != "rollback"]


@pytest.mark.parametrize("early", [False, True], ids=["one session", "sent early"])
def test_a_later_chunk_waits_for_its_turn(early: bool) -> None:
    """It may be sent before; it is committed behind the one before it."""
    log: list[str] = []
    work, second = committer(plan(), early=early), read(1)
    thread = threading.Thread(target=lambda: submit(work, Session(log, "2 "), second, batch(second)))
    thread.start()
    if early:
        assert wait_for(lambda: "2 write" in log)
    first = read(0)
    submit(work, Session(log, "1 "), first, batch(first))
    thread.join(20)
    assert log.index("1 commit") < log.index("2 commit")
    assert early == (log.index("2 enter") < log.index("1 enter"))
    assert (20, 200) == (work.progress.record_no, work.progress.unit)


def test_a_chunk_that_gives_way_is_redone_in_its_turn() -> None:
    """It may hold a lock that the one before it needs."""
    log: list[str] = []
    work, second, later = committer(plan(), early=True), read(1), Session(log, "2 ")
    thread = threading.Thread(target=lambda: submit(work, later, second, batch(second)))
    thread.start()
    assert wait_for(lambda: "2 write" in log)
    work.tickets.ask_later_to_yield()
    assert wait_for(lambda: "2 rollback" in log)
    first = read(0)
    submit(work, Session(log, "1 "), first, batch(first))
    thread.join(20)
    assert [10] == [one["checkpoint"].record0 for one in later.committed]
    assert 2 == log.count("2 write") and log.index("1 commit") < log.index("2 commit")


@pytest.mark.parametrize("early", [False, True], ids=["one session", "sent early"])
@pytest.mark.parametrize(("errors", "stop"), [(0, 3), (1, 6), (2, 8)])
def test_the_reject_past_the_limit_ends_the_load(errors: int, stop: int, early: bool) -> None:
    """It is counted, and nothing behind it is read."""
    work, session, one = committer(plan(errors=errors), early=early), Session([]), read(0)
    submit(work, session, one, batch(one, rejects=[2, 5, 7], discards=[0, 9]))
    assert 1 == len(session.committed)
    kept = session.committed[0]
    assert ("errors", stop, stop * 10) == (
        kept["checkpoint"].stopped,
        kept["checkpoint"].records,
        kept["checkpoint"].unit1,
    )
    assert kept["checkpoint"].sha256 == hashlib.sha256(one.chunk.data[: stop * 10]).hexdigest()
    assert [n for n in range(stop) if n not in (0, 2, 5, 7)] == kept["records"]
    assert [n + 1 for n in (2, 5, 7) if n < stop] == kept["rejects"] and [1] == kept["discards"]
    assert "errors" == work.cut and stop == work.progress.record_no
    with pytest.raises(Closed):
        submit(work, session, read(1), batch(read(1)))
    assert 1 == len(session.committed)


def test_a_chunk_whose_bytes_were_let_go_is_cut_by_its_file() -> None:
    """The digest of what is kept of it takes them again, and tells whether they are the same."""
    for source, error in ((b"123456789\n" * RECORDS, None), (b"987654321\n" * RECORDS, "LS-4002")):
        work, session, one = committer(plan(errors=0, source=source)), Session([]), read(0)
        of = batch(one, rejects=[3])
        one.chunk.plain = True
        one.chunk.forget()
        if error is not None:
            with pytest.raises(FixFile, match=error):
                submit(work, session, one, of)
            assert not session.committed
            continue
        submit(work, session, one, of)
        assert hashlib.sha256(source[:40]).hexdigest() == session.committed[0]["checkpoint"].sha256


@pytest.mark.parametrize("early", [False, True], ids=["one session", "sent early"])
def test_a_chunk_behind_the_end_gives_up_its_own_transaction_only(early: bool) -> None:
    """A session that several workers share may be in the middle of another one's chunk."""
    work, session, one = committer(plan(), early=early), Session([]), read(1)
    session.open = {} if early else {"records": [1]}
    work.tickets.close()
    with pytest.raises(Closed):
        submit(work, session, one, batch(one))
    assert ({} if early else {"records": [1]}) == session.open
    assert not session.committed


def test_rejects_of_chunks_before_count_for_the_limit() -> None:
    """The sums of what is committed."""
    work, session = committer(plan(errors=2)), Session([])
    for number in range(2):
        one = read(number)
        submit(work, session, one, batch(one, rejects=[4, 8]))
    assert [10, 5] == [one["checkpoint"].records for one in session.committed]
    assert "errors" == work.cut


def test_discardmax_ends_its_input() -> None:
    """The record that passes it is the last one of that input."""
    work, session, one = committer(plan(errors=5, discardmax=1)), Session([]), read(0)
    submit(work, session, one, batch(one, rejects=[1, 8], discards=[3, 6, 9]))
    assert ("discardmax", 7) == (session.committed[0]["checkpoint"].stopped, session.committed[0]["checkpoint"].records)  # fmt: skip
    assert (1, 0, "discardmax") == (work.progress.input_no, work.progress.unit, work.cut)


def test_the_last_chunk_of_a_limited_load_says_so() -> None:
    """LOAD ends it, and no further start goes on."""
    work, session, one = committer(plan()), Session([]), read(0, ended=True)
    submit(work, session, one, batch(one))
    assert "load" == session.committed[0]["checkpoint"].stopped
    assert work.cut is None


@pytest.mark.parametrize("early", [False, True], ids=["one session", "sent early"])
def test_a_load_that_was_taken_over_is_left_alone(early: bool) -> None:
    """Nothing is written, and the transaction is given up."""
    log: list[str] = []
    work, session, one = committer(plan(), early=early), Session(log), read(0)
    session.mine = False
    with pytest.raises(Refused, match="LS-4003"):
        submit(work, session, one, batch(one))
    assert "write" not in log and "rollback" == log[-1] and not session.committed
    assert 0 == work.progress.record_no


@pytest.mark.parametrize("early", [False, True], ids=["one session", "sent early"])
def test_refused_records_are_isolated_in_one_transaction(early: bool) -> None:
    """Good rows, rejects old and new, and the corrected checkpoint; all is remembered once."""
    log: list[str] = []
    work, session, one = committer(plan(), early=early), Session(log), read(0)
    session.refused = {0, 6}
    submit(work, session, one, batch(one, rejects=[3]))
    assert 1 == log.count("isolate") == log.count("commit")
    kept = session.committed[0]
    assert [1, 2, 4, 5, 7, 8, 9] == kept["records"] and [1, 4, 7] == kept["rejects"]
    assert (7, 3) == (kept["checkpoint"].counts.loaded, kept["checkpoint"].counts.rejected)
    assert 3 == work.progress.counts.rejected


def test_a_limit_holds_for_records_that_the_target_refuses() -> None:
    """The chunk is cut behind the first one too many, and isolated again."""
    log: list[str] = []
    work, session, one = committer(plan(errors=1)), Session(log), read(0)
    session.refused = {2, 6, 8}
    submit(work, session, one, batch(one))
    kept = session.committed[0]
    assert ("errors", 7, [3, 7]) == (kept["checkpoint"].stopped, kept["checkpoint"].records, kept["rejects"])
    assert [0, 1, 3, 4, 5] == kept["records"] and 2 == log.count("isolate")


def test_a_refusal_at_commit_is_isolated_too() -> None:
    """Deferred constraints speak at the end; isolating checks them at once."""
    session, work, one = Session([]), committer(plan(), early=True), read(0)
    session.fails["commit"] = [ConstraintRefusal("late")]
    submit(work, session, one, batch(one))
    assert [list(range(10))] == [kept["records"] for kept in session.committed]


def test_a_chunk_that_nobody_can_commit_is_told() -> None:
    """No record of it is refused by itself."""
    log: list[str] = []
    session, work, one = Session(log), committer(plan()), read(0)
    session.fails["commit"] = [ConstraintRefusal("late"), ConstraintRefusal("late")]
    with pytest.raises(FixSpec, match="LS-4009"):
        submit(work, session, one, batch(one))
    assert "rollback" == log[-1] and not session.committed


@pytest.mark.parametrize("early", [False, True], ids=["one session", "sent early"])
@pytest.mark.parametrize("free", [False, True], ids=["file order", "free order"])
def test_a_deadlock_is_redone(free: bool, early: bool) -> None:
    """A few times, each in a transaction of its own."""
    log: list[str] = []
    session, work, one = Session(log), committer(plan(free=free), early=early), read(0)
    deadlock = Redo("LS-3024", "deadlock")
    session.fails["write"] = [deadlock, deadlock]
    submit(work, session, one, batch(one))
    assert (3, 1) == (log.count("enter"), log.count("commit"))
    assert 2 <= log.count("rollback")


def test_endless_deadlocks_end_the_load() -> None:
    """After so many times they are no accident."""
    log: list[str] = []
    session, work, one = Session(log), committer(plan()), read(0)
    session.fails["write"] = [Redo("LS-3024", "deadlock")] * 50
    with pytest.raises(Retry, match="LS-3024"):
        submit(work, session, one, batch(one))
    assert REDO_MAX + 1 == log.count("write")


@pytest.mark.parametrize("what", ["write", "commit", "enter"])
@pytest.mark.parametrize("early", [False, True], ids=["one session", "sent early"])
def test_a_lost_connection_is_no_progress(what: str, early: bool) -> None:
    """Whether the chunk is committed is for the checkpoints to tell."""
    log: list[str] = []
    session, work, one = Session(log), committer(plan(), early=early), read(0)
    session.fails[what] = [Retry("LS-3022", "lost")]
    with pytest.raises(Retry, match="LS-3022"):
        submit(work, session, one, batch(one, rejects=[1]))
    assert "rollback" == log[-1] and 1 == log.count("enter")
    assert 0 == work.progress.counts.read


def test_chunks_in_free_order_wait_for_nobody() -> None:
    """What stands behind a gap counts, and the place to go on is before it."""
    session, work, later = Session([]), committer(plan(free=True), early=True), read(3)
    submit(work, session, later, batch(later))
    assert [30] == [kept["checkpoint"].record0 for kept in session.committed]
    assert 10 == work.progress.counts.read
    work.tickets.close()
    with pytest.raises(Closed):
        submit(work, session, read(4), batch(read(4)))
    assert 1 == len(session.committed)


def test_what_was_committed_is_remembered_for_the_files() -> None:
    """Isolated and cut chunks as they were committed, not as they were thought to be."""
    remembered = Remembered()
    work = Committer(plan(errors=3), FENCE, Progress(), remembered, early=False)
    session, one = Session([]), read(0)
    session.refused = {6}
    submit(work, session, one, batch(one, rejects=[3], discards=[0]))
    session.refused, second = set(), read(1)
    submit(work, session, second, batch(second, rejects=[1, 2, 8], discards=[0, 9]))
    records = remembered.all_of(work.progress.counts)
    assert records is not None
    assert [4, 7, 12, 13] == [one.record_no for one in records.rejects("", 0, 99)]
    assert [1, 11] == [one.record_no for one in records.discards("", 0, 99)]
