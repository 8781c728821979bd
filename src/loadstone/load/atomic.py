"""All or nothing: chunks go into a staged set, which is published at the end in one transaction."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from loadstone.books import Checkpoint, Contribution, Fence, Reject, TableCount
from loadstone.datatypes.model import Conversion
from loadstone.errors import FixSpec, Stop
from loadstone.formats.reader import open_records
from loadstone.load.plan.model import ColumnPlan, LoadPlan, TablePlan
from loadstone.load.rejects import refused
from loadstone.load.resume import Progress
from loadstone.spec import Field, Recnum
from loadstone.staging.publish import StagedSet, find_refused, publish, refuse
from loadstone.staging.sets import check_empty, drop_set, open_set
from loadstone.targets.model import ConstraintError, ConstraintRefusal
from loadstone.targets.staged import RECORD, StagedTable, stage_info

ROUNDS_MAX = 5
"""Times that the target may refuse a set of which every refused record was taken out."""


def staged_plan(plan: LoadPlan, fence: Fence) -> LoadPlan:
    """The plan whose rows go into staged tables, each with the number of its record."""
    schema = plan.request.control_schema
    return replace(plan, tables=tuple(_staged(table, fence.load_id, schema) for table in plan.tables))


def open_staged(plan: LoadPlan, fence: Fence, progress: Progress) -> None:
    """
    Make the staged set of ``plan``, or see that it is whole.

    Raises:
        Refused: LS-3005 INSERT into a table with rows. Stop: LS-4005 rows of the set are gone.
    """
    session = plan.target.open()
    try:
        tables = staged_tables(plan)
        if progress.published_at is None:
            check_empty(session, tables)
        open_set(session, fence, tables, _waiting(progress, len(tables)))
    finally:
        session.close()


def staged_tables(plan: LoadPlan) -> tuple[StagedTable, ...]:
    """Where the rows of each clause wait and where they go; empty for a load that is not all or nothing."""
    return tuple(
        StagedTable(
            table_no=table.table_no,
            stage=table.staged,
            table=table.info,
            columns=tuple(column.column.name for column in table.columns[:-1]),
            method=table.method,
            key=table.spec.key,
        )
        for table in plan.tables
        if table.staged is not None
    )


def awaits_publication(plan: LoadPlan, progress: Progress, outcome: str) -> bool:
    """Whether all that is to be read is staged, and not published yet."""
    ended = outcome in ("complete", "limit")
    return ended and bool(staged_tables(plan)) and progress.published_at != progress.record_no


def publish_staged(plan: LoadPlan, fence: Fence, progress: Progress) -> Progress:
    """
    Publish; records that the target refuses become rejects first, and beyond ERRORS nothing is published.

    Raises:
        Refused: LS-3005 a table to INSERT into has rows by now. FixSpec: LS-4007 the target
            refuses the set and no record of it is to blame.
    """
    tables = staged_tables(plan)
    session = plan.target.open()
    try:
        for _ in range(ROUNDS_MAX):
            staged = StagedSet(fence=fence, tables=tables, emptied=progress.published_at is not None)
            mark = _mark(progress, "published", Contribution(tables=(TableCount(),) * len(tables)))
            try:
                publish(session, staged, mark)
                return progress.after(mark)
            except ConstraintRefusal as refusal:
                reason = refusal.reason
            errors = find_refused(session, staged, _enough(plan, progress))
            if errors:
                rejects = _rejects_of(plan, fence.load_id, errors)
                correction = refuse(session, staged, rejects, _Correction(progress, rejects))
                progress = progress.after(correction)
            if _exceeded(plan, progress):
                return progress
    finally:
        session.close()
    raise FixSpec("LS-4007", f"the target refuses the staged rows as a whole: {reason}")


def close_staged(plan: LoadPlan, fence: Fence, progress: Progress) -> None:
    """Drop the set of a load that had nothing to add to what was published before."""
    if staged_tables(plan) and progress.published_at == progress.record_no:
        session = plan.target.open()
        try:
            drop_set(session, fence, staged_tables(plan))
        finally:
            session.close()


def published_part(counts: Contribution, progress: Progress) -> Contribution:
    """The books of a load whose last rows are still staged: they are not loaded yet."""
    published = progress.published or Contribution(tables=(TableCount(),) * len(counts.tables))
    return replace(
        counts,
        loaded=published.loaded,
        staged=counts.loaded - published.loaded,
        tables=tuple(
            replace(table, loaded=there.loaded)
            for table, there in zip(counts.tables, published.tables, strict=True)
        ),
    )


# Private functions


class _Correction:
    """Makes the correction of the books for refused records, from the rows taken out of each table."""

    def __init__(self, progress: Progress, rejects: Sequence[Reject]) -> None:
        self._progress, self._blamed = progress, [reject.table_no for reject in rejects]

    def __call__(self, removed: list[int]) -> Checkpoint:
        number = len(self._blamed)
        tables = tuple(
            TableCount(loaded=-rows, rejected=self._blamed.count(table_no))
            for table_no, rows in enumerate(removed)
        )
        return _mark(self._progress, "refused", Contribution(loaded=-number, rejected=number, tables=tables))


def _mark(progress: Progress, what: str, counts: Contribution) -> Checkpoint:
    """A checkpoint that stands for no range of an input."""
    return Checkpoint(
        input_no=-1,
        unit0=progress.marks,
        unit1=progress.marks,
        record0=progress.record_no,
        records=0,
        sha256="",
        counts=counts,
        stopped=what,
    )


def _staged(table: TablePlan, load_id: str, schema: str | None) -> TablePlan:
    stage = stage_info(load_id, table.table_no, schema, [column.column for column in table.columns])
    column = stage.columns[-1]
    number = ColumnPlan(
        field=Field(name=RECORD.upper(), source=Recnum()),
        column=column,
        conversion=Conversion(column=RECORD.upper(), type=column.type, not_null=True, mask=None, raw=False),
        source="recnum",
    )
    return replace(table, columns=(*table.columns, number), lane="columnar", staged=stage)


def _waiting(progress: Progress, tables: int) -> list[int]:
    counts = progress.counts.tables or (TableCount(),) * tables
    published = progress.published.tables if progress.published else (TableCount(),) * tables
    return [mine.loaded - there.loaded for mine, there in zip(counts, published, strict=True)]


def _enough(plan: LoadPlan, progress: Progress) -> int | None:
    """Refused records that are worth finding: one more than ERRORS allows."""
    errors = plan.limits.errors
    return None if errors is None else errors - progress.counts.rejected + 1


def _exceeded(plan: LoadPlan, progress: Progress) -> bool:
    errors = plan.limits.errors
    return errors is not None and progress.counts.rejected > errors


def _rejects_of(plan: LoadPlan, load_id: str, errors: Sequence[ConstraintError]) -> list[Reject]:
    """The refused records as rejects, found again in their inputs by the checkpoints; one pass an input."""
    wanted = {error.record: error for error in errors}
    records = sorted(wanted)
    found: list[Reject] = []
    ranges = [one for one in plan.target.checkpoints(load_id) if one.input_no >= 0]
    for one in plan.inputs:
        mine = [c for c in ranges if c.input_no == one.input_no and _between(records, c.record0, c.records)]
        if mine:
            last = mine[-1].record0 + mine[-1].records
            found += _rejects_in(plan, mine[0], last, wanted)
    if len(found) != len(errors):
        raise Stop(
            "LS-4001", f"{len(errors)} records are refused, and {len(found)} are found again"
        )
    return found


def _rejects_in(
    plan: LoadPlan, first: Checkpoint, last: int, wanted: dict[int, ConstraintError]
) -> list[Reject]:
    """Rejects of records up to ``last``, from the chunk that begins at ``first`` on."""
    one = plan.inputs[first.input_no]
    found: list[Reject] = []
    for chunk in open_records(
        plan.layouts[plan.charsets[one.input_no]],
        one.spec,
        one.source,
        input_no=one.input_no,
        unit0=first.unit0,
        record0=first.record0,
        chunk_size_bytes=plan.chunk_size_bytes,
        compiled=plan.compiled,
    ):
        here = [
            replace(wanted[record], record=record - chunk.record0 - 1)
            for record in _between(sorted(wanted), chunk.record0, len(chunk))
        ]
        found += refused(plan.tables, chunk, here).values()
        if chunk.record0 + len(chunk) >= last:
            break
    return found


def _between(records: list[int], record0: int, count: int) -> list[int]:
    """Those of ascending ``records`` that are among the ``count`` behind ``record0``."""
    return records[bisect_right(records, record0) : bisect_right(records, record0 + count)]
