"""All or nothing: chunks go into a staged set, which is published at the end in one transaction."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from loadstone.books import Checkpoint, Contribution, Fence, Reject, Run, TableCount
from loadstone.datatypes.model import Conversion
from loadstone.errors import FixSpec, Stop
from loadstone.formats.reader import open_records
from loadstone.load.plan.model import ColumnPlan, LoadPlan, TablePlan
from loadstone.load.rejects import refused
from loadstone.load.resume import PUBLISHED, SKIPPED, Progress
from loadstone.load.totals import with_totals
from loadstone.spec import Field, Recnum
from loadstone.staging.publish import StagedSet, find_refused, publish, refuse
from loadstone.staging.sets import check_empty, drop_set, open_set
from loadstone.targets.model import ConstraintError, ConstraintRefusal, Session
from loadstone.targets.staged import RECORD, StagedTable, stage_info
from loadstone.targets.totals import Measured

ROUNDS_MAX = 5
"""Times that the target may refuse a set of which every refused record was taken out."""


def staged_plan(plan: LoadPlan, fence: Fence, reconciled: Sequence[Sequence[Sequence[Any]]]) -> LoadPlan:
    """
    The plan whose rows go into staged tables, each with the number of its record.

    Args:
        reconciled: The columns to be reconciled of each clause, and whether by a hash total; frozen with the load, for
            a restart must not begin to add up in the middle. Empty for a load of which nothing is.

    Raises:
        FixSpec: LS-8310 a column cannot be reconciled.
    """
    schema = plan.request.control_schema
    if plan.target.kind == "oracle" and any(reconciled):
        raise FixSpec(
            "LS-8310",
            "Oracle does not tell what it stored, so columns cannot be reconciled there",
            hints=["take `sums` and `hash_totals` out; rows are counted without them."],
        )
    tables = tuple(_staged(table, fence.load_id, schema) for table in plan.tables)
    return with_totals(replace(plan, tables=tables), reconciled)


def open_staged(plan: LoadPlan, fence: Fence, progress: Progress) -> None:
    """
    Make the staged set of ``plan``, or see that it is whole.

    Raises:
        Refused: LS-3005 INSERT into a table with rows. Stop: LS-4005 rows of the set are gone.
    """
    session = plan.target.open()
    try:
        tables = staged_tables(plan)
        waiting = _waiting(progress, len(tables))
        left = [one for one in tables if one.table_no not in progress.published_tables]
        if progress.published_at is None:
            check_empty(session, left)
        open_set(session, fence, left, [waiting[one.table_no] for one in left])
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
            totals=table.totals,
        )
        for table in plan.tables
        if table.staged is not None
    )


def awaits_publication(plan: LoadPlan, progress: Progress, outcome: str) -> bool:
    """Whether all that is to be read is staged, and not published yet."""
    ended = outcome in ("complete", "limit")
    return ended and bool(staged_tables(plan)) and progress.published_at != progress.record_no


class Publisher(Protocol):
    """What publishes a staged set whose records are all read; in one piece, or in several."""

    def __call__(self, plan: LoadPlan, fence: Fence, run: Run, progress: Progress) -> Progress:
        """Publish what can be; what waits still is left to another start. Errors as of ``publish_staged``."""
        ...

    def told(self, plan: LoadPlan, progress: Progress) -> dict[str, Any]:
        """
        What a receipt keeps of it, as JSON values; empty where there is no more to say than the books do.

        It is asked also by a restart that finds all published, and then has the checkpoints alone to tell of.
        """
        ...


class PublishWhole:
    """One transaction for all that is staged."""

    def __call__(self, plan: LoadPlan, fence: Fence, run: Run, progress: Progress) -> Progress:
        """As ``publish_staged``."""
        return publish_staged(plan, fence, progress)

    def told(self, plan: LoadPlan, progress: Progress) -> dict[str, Any]:
        """Nothing: the books say it all."""
        return {}


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
            mark = _mark(progress, PUBLISHED, _nothing(plan))
            try:
                publish(session, staged, mark)
                return progress.after(mark)
            except ConstraintRefusal as refusal:
                reason = refusal.reason
            errors = find_refused(session, staged, _enough(plan, progress))
            if errors:
                progress = progress.after(refuse_staged(plan, session, staged, errors, progress))
            if _exceeded(plan, progress):
                return progress
    finally:
        session.close()
    raise FixSpec("LS-4007", f"the target refuses the staged rows as a whole: {reason}")


def refuse_staged(
    plan: LoadPlan,
    session: Session,
    staged: StagedSet,
    errors: Sequence[ConstraintError],
    progress: Progress,
) -> Checkpoint:
    """
    Make rejects of staged records, found again in their inputs; gives the correction of the books, which is committed.

    Args:
        progress: Says which number the correction has; what it says of rows is not read.
    """
    rejects = _rejects_of(plan, staged.fence.load_id, errors)
    numbers = [table.table_no for table in staged.tables]
    return refuse(session, staged, rejects, _Correction(plan, progress, rejects, numbers))


def published_apart(
    plan: LoadPlan, clauses: Sequence[int], records: int | None, progress: Progress
) -> Checkpoint:
    """
    The mark that publishes INTO TABLE ``clauses``, into which ``records`` records go; numbered as ``progress`` says.

    Args:
        records: None where nothing is published, since all their records were refused.
    """
    numbers = ",".join(str(number) for number in sorted(clauses))
    name = f"{SKIPPED if records is None else PUBLISHED} {numbers}"
    return replace(_mark(progress, name, _nothing(plan)), records=records or 0)


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

    def __init__(
        self, plan: LoadPlan, progress: Progress, rejects: Sequence[Reject], numbers: Sequence[int]
    ) -> None:
        """``numbers`` are those of the tables that rows are taken out of."""
        self._plan, self._progress, self._numbers = plan, progress, numbers
        self._blamed = Counter(reject.table_no for reject in rejects)

    def __call__(self, removed: list[Measured]) -> Checkpoint:
        number, gone = self._blamed.total(), dict(zip(self._numbers, removed, strict=True))
        none = Measured(rows=0)
        tables = tuple(
            TableCount(
                loaded=-gone.get(table_no, none).rows,
                rejected=self._blamed[table_no],
                sums=tuple(one.copy_negate() for one in gone.get(table_no, none).sums),
            )
            for table_no in range(len(self._plan.tables))
        )
        return _mark(self._progress, "refused", Contribution(loaded=-number, rejected=number, tables=tables))


def _nothing(plan: LoadPlan) -> Contribution:
    return Contribution(tables=(TableCount(),) * len(plan.tables))


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
        raise Stop("LS-4001", f"{len(errors)} records are refused, and {len(found)} are found again")
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
