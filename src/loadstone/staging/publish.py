"""Publish a staged set: emptiness check or DELETE, all rows in record order, the mark, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from loadstone.books import Checkpoint, Fence, Reconciled, Reject, TableCount, exact_sum
from loadstone.staging.reconcile import move_reconciled
from loadstone.staging.sets import begin
from loadstone.targets.model import ConstraintError, Session
from loadstone.targets.staged import IN_MAX, StagedTable
from loadstone.targets.totals import Measured
from loadstone.telemetry.points import reach


@dataclass(frozen=True, kw_only=True)
class StagedSet:
    """
    A staged set and the right to publish it.

    Attributes:
        emptied: Whether an earlier publication has checked or emptied the tables already.
    """

    fence: Fence
    tables: tuple[StagedTable, ...]
    emptied: bool


def publish(
    session: Session, staged: StagedSet, mark: Checkpoint, file: Mapping[int, TableCount] | None = None
) -> Checkpoint:
    """
    Move all rows into their tables and drop the set; after a crash either all of it is done or nothing.

    Args:
        file: What the books say of each clause's rows that wait, to be reconciled; None reconciles nothing.

    Returns:
        The mark as it is committed, with what was reconciled.

    Raises:
        ConstraintRefusal: The target refuses a row; nothing has changed.
        Refused: LS-3005 INSERT into a table with rows; LS-4003 another process has the load; LS-8309 file,
            staging and target differ.
    """
    try:
        _begin_emptied(session, staged)
        reach("publish_begun")
        found: list[Reconciled] = []
        for table in staged.tables:
            if file is None:
                session.move(table)
            else:
                found += move_reconciled(session, table, file[table.table_no])
            reach("publish_moved")
        mark = replace(mark, reconciled=tuple(found))
        for table in staged.tables:
            session.staged.drop(staged.fence.load_id, table.stage)
        session.add_checkpoint(staged.fence.load_id, mark)
        reach("before_publish")
        session.commit()
        reach("after_publish")
    except BaseException:
        session.rollback()
        raise
    return mark


def find_refused(session: Session, staged: StagedSet, enough: int | None) -> list[ConstraintError]:
    """The records that the target would refuse, by number in the load, ascending; at most ``enough``."""
    return session.find_refused(staged.tables, lambda: _begin_emptied(session, staged), enough)


def refuse(
    session: Session,
    staged: StagedSet,
    rejects: Sequence[Reject],
    mark: Callable[[list[Measured]], Checkpoint],
) -> Checkpoint:
    """
    Take refused records out of the set and into the rejects, in one transaction; their tables are not touched.

    Args:
        mark: Makes the correction of the books from the rows taken out of each table.
    """
    begin(session, staged.fence)
    try:
        records = [reject.record_no for reject in rejects]
        correction = mark([_take_out(session, table, records) for table in staged.tables])
        session.add_rejects(staged.fence.load_id, rejects, [])
        session.add_checkpoint(staged.fence.load_id, correction)
        reach("before_refuse")
        session.commit()
        reach("after_refuse")
    except BaseException:
        session.rollback()
        raise
    return correction


# Private functions


def _take_out(session: Session, table: StagedTable, records: Sequence[int]) -> Measured:
    """Rows of refused records, with what they counted for in the totals."""
    pages = [records[start : start + IN_MAX] for start in range(0, len(records), IN_MAX)] if table.totals else []
    gone = [session.measure(table, records=page) for page in pages]
    sums = tuple(exact_sum(one.sums[n] for one in gone) for n in range(len(table.totals)))
    return Measured(rows=session.staged.remove(table, records), sums=sums)


def _begin_emptied(session: Session, staged: StagedSet) -> None:
    begin(session, staged.fence)
    if not staged.emptied:
        session.empty([(one.table_no, one.table, one.method) for one in staged.tables])
