"""Publish a staged set: emptiness check or DELETE, all rows in record order, the mark, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loadstone.books import Checkpoint, Fence, Reject
from loadstone.staging.sets import begin
from loadstone.targets.model import ConstraintError, Session
from loadstone.targets.staged import StagedTable
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


def publish(session: Session, staged: StagedSet, mark: Checkpoint) -> None:
    """
    Move all rows into their tables and drop the set; after a crash either all of it is done or nothing.

    Raises:
        ConstraintRefusal: The target refuses a row; nothing has changed.
        Refused: LS-3005 INSERT into a table with rows; LS-4003 another process has the load.
    """
    try:
        _begin_emptied(session, staged)
        reach("publish_begun")
        for table in staged.tables:
            session.move(table)
            reach("publish_moved")
        for table in staged.tables:
            session.staged.drop(staged.fence.load_id, table.stage)
        session.add_checkpoint(staged.fence.load_id, mark)
        reach("before_publish")
        session.commit()
        reach("after_publish")
    except BaseException:
        session.rollback()
        raise


def find_refused(session: Session, staged: StagedSet, enough: int | None) -> list[ConstraintError]:
    """The records that the target would refuse, by number in the load, ascending; at most ``enough``."""
    return session.find_refused(staged.tables, lambda: _begin_emptied(session, staged), enough)


def refuse(
    session: Session,
    staged: StagedSet,
    rejects: Sequence[Reject],
    mark: Callable[[list[int]], Checkpoint],
) -> Checkpoint:
    """
    Take refused records out of the set and into the rejects, in one transaction; their tables are not touched.

    Args:
        mark: Makes the correction of the books from the rows taken out of each table.
    """
    begin(session, staged.fence)
    try:
        records = [reject.record_no for reject in rejects]
        correction = mark([session.staged.remove(table, records) for table in staged.tables])
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


def _begin_emptied(session: Session, staged: StagedSet) -> None:
    begin(session, staged.fence)
    if not staged.emptied:
        session.empty([(one.table_no, one.table, one.method) for one in staged.tables])
