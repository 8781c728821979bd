"""One chunk, one transaction of the target: fence, checkpoint, rows, rejects, counts, COMMIT."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from loadstone.books import Checkpoint, Fence, Reject
from loadstone.errors import FixSpec, Retry, Stop
from loadstone.load.batch import Batch
from loadstone.load.limits import Cut, find_cut
from loadstone.load.plan.model import LoadPlan
from loadstone.load.reading import Read
from loadstone.load.rejects import refused
from loadstone.load.remembered import Remembered
from loadstone.load.resume import Progress
from loadstone.load.tickets import Closed, Tickets, Waiting
from loadstone.spec import OrderPolicy
from loadstone.targets.control import taken_over
from loadstone.targets.model import ConstraintRefusal, Session
from loadstone.telemetry.points import reach

REDO_MAX = 5
"""Times that a chunk is redone after deadlocks before the load gives up."""


class Committer:
    """
    Commits batches in file order; they may be sent in parallel before their turn.

    Attributes:
        progress: What is committed; changes only in turn.
        cut: The limit that ended the load or the input, once there is one.
    """

    def __init__(
        self, plan: LoadPlan, fence: Fence, progress: Progress, remembered: Remembered, *, early: bool
    ) -> None:
        """``early``: send rows before the turn has come, over a connection of one's own."""
        self._plan, self._fence, self._early, self._remembered = plan, fence, early, remembered
        self._free = early and plan.request.order is OrderPolicy.FREE
        self._counting = threading.Lock()
        self.progress = progress
        self.tickets = Tickets()
        self.cut: str | None = None
        self._apart_s: dict[int, float] = {}

    def submit(self, session: Session, read: Read, batch: Batch) -> float:
        """
        Commit ``batch`` when its turn comes.

        Returns:
            Seconds that fence, checkpoint and COMMIT took: what hardly depends on how large the chunk is.

        Raises:
            Closed: A limit or another worker ended the load before; nothing of the batch is committed.
            Refused: LS-4003 another process took the load over.
            Retry: The connection is lost; what is committed must be read again.
        """
        if self._free:
            self._submit_free(session, read, batch)
        else:
            self._submit_in_order(session, read, batch)
        return self._apart_s.pop(read.number)

    # Private methods

    def _submit_in_order(self, session: Session, read: Read, batch: Batch) -> None:
        sent = self._send_early(session, batch, read) if self._early else None
        waiting = Waiting(give_way=session.rollback, stay=session.stay) if sent else None
        try:
            gave_way = self.tickets.wait(read.number, waiting)
        except (Closed, Retry):
            # A session that is not this worker's own may be in the middle of another one's chunk.
            if self._early:
                session.rollback()
            raise
        try:
            self._finish(session, read, batch, sent=None if gave_way else sent)
        except BaseException:
            session.rollback()
            raise

    def _submit_free(self, session: Session, read: Read, batch: Batch) -> None:
        """Commit at once: no limit holds and no order shows."""
        try:
            if self.tickets.closed:
                raise Closed
            batch, _ = self._redo(session, read, batch, None)
        except BaseException:
            session.rollback()
            raise
        with self._counting:
            self._count(batch, self._checkpoint(read, batch, None))

    def _send_early(self, session: Session, batch: Batch, read: Read) -> Checkpoint | None:
        """The checkpoint, where all rows of the batch stand in an open transaction of ``session``."""
        try:
            checkpoint = self._open(session, read, batch, None)
            self._write(session, batch)
            return checkpoint
        except ConstraintRefusal:
            session.rollback()
            return None
        except BaseException as error:
            # Also where another process has the load: the lock on its fence must not outlast this.
            session.rollback()
            if not getattr(error, "redo", False):
                raise
            return None

    def _finish(self, session: Session, read: Read, batch: Batch, *, sent: Checkpoint | None) -> None:
        """It is this chunk's turn: cut, redo where needed, commit. ``sent``: the checkpoint that waits for COMMIT."""
        cut = self._limit(batch)
        if cut is not None:
            batch = batch.cut(cut.record)
        if sent is not None and cut is None:
            try:
                self._commit(session, read)
            except ConstraintRefusal:
                sent = None
        if cut is not None or sent is None:
            session.rollback()
            batch, cut = self._redo(session, read, batch, cut)
            sent = self._checkpoint(read, batch, cut)
        self._settle(read, batch, sent, cut)

    def _redo(self, session: Session, read: Read, batch: Batch, cut: Cut | None) -> tuple[Batch, Cut | None]:
        """Write the batch in turn: as one, then record by record where the target refuses rows."""
        for attempt in range(REDO_MAX + 1):
            try:
                return self._write_in_turn(session, read, batch, cut)
            except Retry as error:
                session.rollback()
                if not getattr(error, "redo", False) or attempt == REDO_MAX:
                    raise
        raise AssertionError("unreachable")

    def _write_in_turn(
        self, session: Session, read: Read, batch: Batch, cut: Cut | None
    ) -> tuple[Batch, Cut | None]:
        try:
            self._open(session, read, batch, cut)
            self._write(session, batch)
            self._commit(session, read)
            return batch, cut
        except ConstraintRefusal:
            session.rollback()
        return self._isolate(session, read, batch, cut)

    def _isolate(
        self, session: Session, read: Read, batch: Batch, cut: Cut | None
    ) -> tuple[Batch, Cut | None]:
        """The target refuses rows: find them, keep the good ones, all in one transaction."""
        while True:
            self._open(session, read, batch, cut)
            errors = session.isolate(batch.tables)
            reach("isolated")
            read.recall(self._plan.inputs[read.chunk.input_no])
            kept = batch.without(refused(self._plan.tables, batch.chunk, errors))
            further = self._limit(kept)
            if further is None or further.record >= batch.stop:
                cut = further or cut
                break
            session.rollback()
            batch, cut = batch.cut(further.record), further
        session.add_rejects(self._fence.load_id, _rejects(kept), kept.discard_rows())
        session.update_checkpoint(self._fence.load_id, self._checkpoint(read, kept, cut))
        reach("checkpoint_updated")
        try:
            self._commit(session, read)
        except ConstraintRefusal as refusal:
            raise FixSpec(
                "LS-4009",
                f"the target refuses a chunk at COMMIT, and none of its records by itself: {refusal.reason}",
                hints=["a deferred constraint that this load cannot fulfil alone: load its parents first."],
            ) from refusal
        return kept, cut

    def _open(self, session: Session, read: Read, batch: Batch, cut: Cut | None) -> Checkpoint:
        """Begin the transaction with the fence and the checkpoint, which this gives."""
        checkpoint = self._checkpoint(read, batch, cut)
        with self._apart(read):
            if not session.enter(self._fence, checkpoint):
                raise taken_over(self._fence.load_id)
            reach("checkpoint_added")
        return checkpoint

    def _commit(self, session: Session, read: Read) -> None:
        reach("before_commit")
        with self._apart(read):
            session.commit()
        reach("after_commit")

    @contextmanager
    def _apart(self, read: Read) -> Iterator[None]:
        """Count the time of what a chunk of any size needs."""
        begun = time.monotonic()
        yield
        self._apart_s[read.number] = self._apart_s.get(read.number, 0.0) + time.monotonic() - begun

    def _write(self, session: Session, batch: Batch) -> None:
        for table in batch.tables:
            if len(table.rows):
                session.write(table)
                reach("rows_written")
        if batch.rejects or len(batch.discards):
            session.add_rejects(self._fence.load_id, _rejects(batch), batch.discard_rows())
            reach("rejects_written")

    def _limit(self, batch: Batch) -> Cut | None:
        number = batch.chunk.input_no
        return find_cut(
            batch,
            rejected=self.progress.counts.rejected,
            errors=self._plan.limits.errors,
            discarded=self.progress.discarded.get(number, 0),
            discardmax=self._plan.discardmax(number),
        )

    def _checkpoint(self, read: Read, batch: Batch, cut: Cut | None) -> Checkpoint:
        counts, unit1 = batch.counts, read.unit1(batch.stop)
        if not counts.balanced:
            raise Stop("LS-4001", f"the books of chunk {read.chunk.unit0} do not balance: {counts}")
        if unit1 != read.chunk.unit1:
            read.recall(self._plan.inputs[read.chunk.input_no])
        reason = cut.reason if cut is not None else "load" if read.ended else None
        return Checkpoint(
            input_no=read.chunk.input_no,
            unit0=read.chunk.unit0,
            unit1=unit1,
            record0=read.chunk.record0,
            records=batch.stop,
            sha256=read.sha256(unit1),
            counts=counts,
            sequences=batch.steps,
            stopped=reason,
            stamp=read.stamp,
        )

    def _settle(self, read: Read, batch: Batch, checkpoint: Checkpoint, cut: Cut | None) -> None:
        """The chunk is committed: count it, and let the next one in or end."""
        self._count(batch, checkpoint)
        if cut is not None:
            self.cut = cut.reason
            self.tickets.close()
        else:
            self.tickets.done(read.number)

    def _count(self, batch: Batch, checkpoint: Checkpoint) -> None:
        self._remembered.add(batch)
        self.progress = self.progress.after(checkpoint)


# Private functions


def _rejects(batch: Batch) -> Sequence[Reject]:
    return [batch.rejects[record] for record in sorted(batch.rejects)]
