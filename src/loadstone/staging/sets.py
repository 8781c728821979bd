"""A staged set: its tables are made with the load, registered, counted on resume, and dropped when they are published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from loadstone.books import Fence
from loadstone.errors import Refused, Stop
from loadstone.spec import Method
from loadstone.targets.model import Session
from loadstone.targets.staged import StagedTable
from loadstone.telemetry.points import reach


def open_set(session: Session, fence: Fence, tables: Sequence[StagedTable], waiting: Sequence[int]) -> None:
    """
    Make the tables where they are missing, and see that those of a load that resumes hold their rows.

    Args:
        waiting: Rows that the checkpoints say are staged and not published, a table each.

    Raises:
        Refused: LS-4003 another process has the load. Stop: LS-4005 rows of the set are gone.
    """
    begin(session, fence)
    try:
        made_at = datetime.now(UTC).isoformat()
        for staged, rows in zip(tables, waiting, strict=True):
            session.staged.make(fence.load_id, staged, made_at)
            there = session.staged.count(staged)
            if there != rows:
                raise Stop(
                    "LS-4005",
                    f"staged table {staged.stage.name} has {there} rows, and the checkpoints say {rows}",
                    hints=["was it dropped or changed? load anew with --again."],
                )
        reach("stage_made")
        session.commit()
        reach("stage_opened")
    except BaseException:
        session.rollback()
        raise


def check_empty(session: Session, tables: Sequence[StagedTable]) -> None:
    """
    Refuse early what the end would refuse: INSERT into a table with rows.

    Raises:
        Refused: LS-3005.
    """
    session.begin()
    try:
        session.empty(
            [(one.table_no, one.table, one.method) for one in tables if one.method is Method.INSERT]
        )
    finally:
        session.rollback()


def drop_set(session: Session, fence: Fence, tables: Sequence[StagedTable]) -> None:
    """Drop tables of which every row is published."""
    begin(session, fence)
    try:
        for staged in tables:
            session.staged.drop(fence.load_id, staged.stage)
        session.commit()
    except BaseException:
        session.rollback()
        raise


def begin(session: Session, fence: Fence) -> None:
    """
    Start a transaction with the fence in hand.

    Raises:
        Refused: LS-4003 another process took the load over.
    """
    session.begin()
    if not session.check_fence(fence):
        session.rollback()
        raise Refused(
            "LS-4003",
            f"load {fence.load_id} was taken over by another process",
            hints=["its rows are safe; this process leaves it alone."],
        )
