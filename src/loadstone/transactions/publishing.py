"""Publish staged types: each group in one transaction, behind those it needs, several groups at once where that can be."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

from loadstone.books import Fence, Reconciled, Run
from loadstone.errors import FixSpec, LoadstoneError, Refused, Retry, Stop
from loadstone.load.atomic import published_apart, refuse_staged, staged_tables
from loadstone.load.plan.model import LoadPlan
from loadstone.load.resume import Progress
from loadstone.staging.publish import StagedSet, find_refused, publish
from loadstone.targets.model import ConstraintError, ConstraintRefusal, Session
from loadstone.targets.staged import StagedTable
from loadstone.telemetry.metrics import count, observe
from loadstone.telemetry.points import reach
from loadstone.transactions.board import Board, Told, Turn, ending
from loadstone.transactions.parents import orphans_of
from loadstone.transactions.plan import TransactionPlan
from loadstone.transactions.verdicts import State, Verdict

ROUNDS_MAX = 5
"""Times that the target may refuse a group of which every refused record was taken out."""

PAGE_RECORDS = 10_000
"""Records that are refused in one transaction."""

WORKERS = 2
"""Groups at once, where the spec does not say and the target takes several sessions."""


class TypePublisher:
    """Publishes what a load has staged, type by type; what fails or waits is left for another start."""

    def __init__(self, plan: TransactionPlan, workers: int | None) -> None:
        """``workers``: groups published at once; as many as the target has sessions at most."""
        self._plan, self._workers = plan, workers or WORKERS
        self._types: dict[str, Told] = {}
        self._board: Board | None = None

    def __call__(self, plan: LoadPlan, fence: Fence, run: Run, progress: Progress) -> Progress:
        """
        Publish every group that may go.

        Raises:
            FixSpec: LS-8307 records go into several types. Retry: the connection is lost; the checkpoints tell.
        """
        board = self._board = Board(self._plan, progress)
        publication = _Publication(board, plan, fence, run)
        publication.refuse_mixed()
        number = min(self._workers, plan.target.sessions_max, len(self._plan.groups))
        threads = [threading.Thread(target=publication.work, daemon=True) for _ in range(number - 1)]
        for thread in threads:
            thread.start()
        publication.work()
        for thread in threads:
            thread.join()
        if board.error is not None:
            raise board.error
        return board.progress

    def told(self, plan: LoadPlan, progress: Progress) -> dict[str, Any]:
        """State, rows, times and what was reconciled of each type."""
        board = self._board or Board(self._plan, progress)
        tables = [str(table.spec.table) for table in plan.tables]
        return {name: _told(board, name, tables) for name in self._plan.types}


class _Publication:
    """One start: the groups of a board, and the load whose rows they are."""

    def __init__(self, board: Board, plan: LoadPlan, fence: Fence, run: Run) -> None:
        self.board, self.plan, self.fence, self.run = board, plan, fence, run
        self.tables = staged_tables(plan)
        self.begun = time.monotonic()

    def work(self) -> None:
        """Take groups until none is left; on a session of its own."""
        with ending(self.board):
            session = self.plan.target.open()
            try:
                while not self.run.stop_requested() and (turn := self.board.take()) is not None:
                    self._settle(session, turn)
            finally:
                session.close()
                if self.run.stop_requested():
                    self.board.stop()

    def refuse_mixed(self) -> None:
        """
        See that each record goes into one type only, by the sums.

        Raises:
            FixSpec: LS-8307.
        """
        progress = self.board.progress
        published = progress.published.loaded if progress.published is not None else 0
        session = self.plan.target.open()
        try:
            session.begin()
            records = {name: self._records(session, (name,)) for name in self.board.plan.types}
            if sum(records.values()) == progress.counts.loaded - published:
                return
            mixed = [(a, b) for a in records for b in records if a < b and self._share(session, a, b)]
        finally:
            session.rollback()
            session.close()
        told = "; ".join(f"{a} and {b}" for a, b in mixed)
        raise FixSpec(
            "LS-8307",
            f"records go into several types: {told}",
            hints=["make their WHEN exclude each other, or make one type of them."],
        )

    # Private methods

    def _settle(self, session: Session, turn: Turn) -> None:
        """Do with a group what its verdict says; a failure that is not the connection's is the group's own."""
        begun = time.monotonic()
        names, reason = turn.group, None
        try:
            if turn.verdict is Verdict.STOP:
                states = dict.fromkeys(names, State.WAITING)
                reason = f"{turn.type} needs {turn.why}, which is {self.board.states[str(turn.why)]}"
            elif turn.verdict is Verdict.SKIP:
                reason = f"{turn.type} is skipped, for it needs {turn.why}, which is {self.board.states[str(turn.why)]}"
                self._skip(session, names, reason)
                states = dict.fromkeys(names, State.SKIPPED)
            else:
                self._publish(session, names)
                states = {
                    name: State.PARTIAL if self.board.rejected(name) else State.PUBLISHED for name in names
                }
        except (Retry, Stop):
            raise
        except LoadstoneError as error:
            if error.code == "LS-4003":
                raise
            states, reason = dict.fromkeys(names, State.FAILED), f"[{error.code}] {error.message}"
        duration_s = time.monotonic() - begun
        for name in names:
            count("loadstone_transaction_types_total", state=states[name].value)
            observe("loadstone_transaction_publish_seconds", duration_s, type=name)
        self.board.end({name: Told(states[name], reason, begun - self.begun, duration_s) for name in names})

    def _publish(self, session: Session, names: Sequence[str]) -> None:
        """
        Refuse rows without parents, then publish; records that the target refuses become rejects.

        Raises:
            Refused: LS-8308 a type has more refused records than it may. FixSpec: LS-4007.
        """
        reason = ""
        for _ in range(ROUNDS_MAX):
            self._check_errors(names)
            for name in names:
                self._refuse_orphans(session, name, names)
            staged = self._set(names, emptied=False)
            session.begin()
            try:
                records = self._records(session, names)
            finally:
                session.rollback()
            mark = published_apart(self.plan, self._clauses(names), records, self.board.numbered())
            try:
                self.board.committed(publish(session, staged, mark, self.board.file(staged.tables)))
                return
            except ConstraintRefusal as refusal:
                reason = refusal.reason
            errors = find_refused(session, staged, self._enough(names))
            if errors:
                self._refuse(session, staged, errors)
        raise FixSpec(
            "LS-4007", f"the target refuses the staged rows of {', '.join(names)} as a whole: {reason}"
        )

    def _refuse_orphans(self, session: Session, name: str, names: Sequence[str]) -> None:
        for edge in self.board.plan.types[name].edges:
            staged = self._set((name,), emptied=True)
            while errors := orphans_of(session, self.plan, edge, self._waiting(names), PAGE_RECORDS):
                self._refuse(session, staged, errors)
                self._check_errors((name,))

    def _skip(self, session: Session, names: Sequence[str], reason: str) -> None:
        """All records of the types become rejects; their tables stay as they are."""
        for name in names:
            staged = self._set((name,), emptied=True)
            while True:
                session.begin()
                try:
                    records = session.staged.next_records(staged.tables, PAGE_RECORDS)
                finally:
                    session.rollback()
                if not records:
                    break
                self._refuse(session, staged, [_skipped(one, staged.tables[0], reason) for one in records])
        mark = published_apart(self.plan, self._clauses(names), None, self.board.numbered())
        publish(session, self._set(names, emptied=True), mark)
        self.board.committed(mark)

    def _refuse(self, session: Session, staged: StagedSet, errors: Sequence[ConstraintError]) -> None:
        reach("type_refused")
        self.board.committed(refuse_staged(self.plan, session, staged, errors, self.board.numbered()))

    def _check_errors(self, names: Sequence[str]) -> None:
        for name in names:
            allowed, refused = self.board.plan.types[name].spec.errors, self.board.rejected(name)
            if allowed is not None and refused > allowed:
                raise Refused("LS-8308", f"type {name}: {refused} records are refused, and {allowed} may be")

    def _enough(self, names: Sequence[str]) -> int | None:
        """Refused records that are worth finding: one more than the types may have."""
        left = [self._left(name) for name in names]
        return sum(one for one in left if one is not None) + 1 if None not in left else None

    def _left(self, name: str) -> int | None:
        allowed = self.board.plan.types[name].spec.errors
        return None if allowed is None else max(0, allowed - self.board.rejected(name))

    def _clauses(self, names: Sequence[str]) -> list[int]:
        return [clause for name in names for clause in self.board.plan.types[name].clauses]

    def _waiting(self, names: Sequence[str]) -> list[StagedTable]:
        wanted = set(self._clauses(names)) - self.board.progress.published_tables
        return [one for one in self.tables if one.table_no in wanted]

    def _set(self, names: Sequence[str], *, emptied: bool) -> StagedSet:
        return StagedSet(fence=self.fence, tables=tuple(self._waiting(names)), emptied=emptied)

    def _records(self, session: Session, names: Sequence[str]) -> int:
        """Records of types, none of which is of two of them; where one clause takes a record, rows are records."""
        found = 0
        for name in names:
            waiting = self._waiting((name,))
            if len(waiting) == 1:
                found += self.board.staged(waiting[0].table_no)
            elif waiting:
                found += session.staged.records(waiting)
        return found

    def _share(self, session: Session, one: str, other: str) -> bool:
        mine, theirs = self._waiting((one,)), self._waiting((other,))
        if not mine or not theirs:
            return False
        each = session.staged.records(mine) + session.staged.records(theirs)
        return session.staged.records([*mine, *theirs]) < each


# Private functions


def _told(board: Board, name: str, table_names: Sequence[str]) -> dict[str, Any]:
    told, clauses = board.types[name], board.plan.types[name].clauses
    tables = board.progress.counts.tables
    rows = sum(tables[clause].loaded for clause in clauses) if tables else 0
    gone = told.state in (State.PUBLISHED, State.PARTIAL)
    return {
        "state": told.state.value,
        "rows_published": rows if gone else 0,
        "rows_waiting": 0 if gone else rows,
        "rows_read": board.read(name),
        "records_rejected": board.rejected(name),
        "began_s": round(told.began_s, 3),
        "duration_s": round(told.duration_s, 3),
        "reason": told.reason,
        "reconciled": [
            {"table": table_names[one.table_no], **_sides(one)}
            for one in board.progress.reconciled
            if one.table_no in clauses
        ],
    }


def _sides(one: Reconciled) -> dict[str, Any]:
    values = one.values()
    del values["table_no"]
    return {**values, "agrees": one.agrees}


def _skipped(record: int, table: StagedTable, reason: str) -> ConstraintError:
    return ConstraintError(
        record=record, table_no=table.table_no, field=None, rule="dependency", code=None, reason=reason
    )
