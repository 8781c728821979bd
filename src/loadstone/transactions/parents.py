"""Data edges: staged rows whose parent rows are not there, found set-wise in the target."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.errors import FixSpec
from loadstone.load.plan.model import LoadPlan
from loadstone.targets.model import ConstraintError, Session, TableInfo
from loadstone.targets.staged import ParentEdge, StagedTable
from loadstone.transactions.plan import Edge


def orphans_of(
    session: Session, plan: LoadPlan, edge: Edge, waiting: Sequence[StagedTable], enough: int
) -> list[ConstraintError]:
    """
    The first ``enough`` records, ascending, whose rows have no parent, as the target's own foreign key would say it.

    Args:
        waiting: Staged tables that are published together with these rows; parents among them count.

    Raises:
        FixSpec: LS-8305 a table has no such column.
    """
    parent = plan.tables[edge.parents[0]].info
    found: dict[int, ConstraintError] = {}
    for child in (one for one in waiting if one.table_no in edge.clauses):
        join = ParentEdge(
            table=parent,
            columns=_columns(child.table, edge.columns),
            references=_columns(parent, edge.references),
            waiting=tuple(one for one in waiting if one.table_no in edge.parents),
        )
        session.begin()
        try:
            records = session.staged.orphans(child, join, enough)
        finally:
            session.rollback()
        for record in records:
            found.setdefault(record, _orphan(record, child, parent, edge))
    return [found[record] for record in sorted(found)[:enough]]


# Private functions


def _columns(table: TableInfo, names: Sequence[str]) -> tuple[str, ...]:
    """The names in the target's own case."""
    found = []
    for name in names:
        column = table.column(name)
        if column is None:
            raise FixSpec("LS-8305", f"table {table.name} has no column {name}")
        found.append(column.name)
    return tuple(found)


def _orphan(record: int, child: StagedTable, parent: TableInfo, edge: Edge) -> ConstraintError:
    key = f"{', '.join(edge.columns)} -> {parent.name.upper()}"
    return ConstraintError(
        record=record,
        table_no=child.table_no,
        field=edge.columns[0],
        rule="foreign_key",
        code="ORA-02291",
        reason=f"ORA-02291: integrity constraint ({key}) violated - parent key not found",
    )
