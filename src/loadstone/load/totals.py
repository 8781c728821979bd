"""Which columns a load adds up on their way: those that transaction types reconcile, and those that somebody asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from loadstone.books import TableCount, exact_sum
from loadstone.errors import FixSpec
from loadstone.load.plan.model import LoadPlan, TablePlan
from loadstone.targets.totals import Total, total_of

Wanted = Sequence[Sequence[Sequence[Any]]]
"""Of each clause its columns, and whether by a hash total."""


def wanted_totals(plan: LoadPlan) -> Wanted:
    """
    What is added up of each clause; empty where nothing is.

    Raises:
        FixSpec: LS-8310 no table gets a column that is to be summed.
    """
    if plan.request.reconciled or not plan.request.summed:
        return plan.request.reconciled
    found: list[list[tuple[str, bool]]] = [[] for _ in plan.tables]
    for name in plan.request.summed:
        clauses = [number for number, table in enumerate(plan.tables) if _place(table, name) is not None]
        if not clauses:
            raise FixSpec(
                "LS-8310",
                f"the load fills no column {name}, so it cannot be summed",
                hints=["name a column of a table that the load fills, or TABLE.COLUMN."],
            )
        for number in clauses:
            found[number].append((name, False))
    return found


def with_totals(plan: LoadPlan, wanted: Wanted) -> LoadPlan:
    """
    The plan that adds up ``wanted``; frozen with the load, for a restart must not begin to add up in the middle.

    Raises:
        FixSpec: LS-8310 a column is not filled, or its values have no exact sum.
    """
    if not wanted:
        return plan
    tables = tuple(
        replace(table, totals=tuple(_total(table, name, bool(hashed)) for name, hashed in names))
        for table, names in zip(plan.tables, wanted, strict=True)
    )
    return replace(plan, tables=tables)


def sums_of(plan: LoadPlan, counts: Sequence[TableCount]) -> dict[str, str]:
    """The sums that were asked for, over all clauses that have the column; none where a load began without them."""
    found = {}
    for name in plan.request.summed:
        parts: list[Decimal] = []
        for table, count in zip(plan.tables, counts, strict=True):
            place = _place(table, name)
            at = [one.place for one in table.totals if not one.hashed]
            if place in at:
                parts += count.sums[at.index(place) : at.index(place) + 1] or [Decimal(0)]
        if parts:
            found[name] = format(exact_sum(parts), "f")
    return found


# Private functions


def _place(table: TablePlan, name: str) -> int | None:
    """Where a column, or the column of this very table, stands among those of a clause."""
    of_table, _, column = name.upper().rpartition(".")
    if of_table not in ("", table.info.name.upper(), str(table.spec.table).upper()):
        return None
    names = [one.column.name.upper() for one in table.columns]
    return names.index(column) if column in names else None


def _total(table: TablePlan, name: str, hashed: bool) -> Total:
    place = _place(table, name)
    if place is None:
        raise FixSpec(
            "LS-8310",
            f"the load fills no column {name} of table {table.info.name}, so it cannot be reconciled",
        )
    return total_of(table.columns[place].column, place, hashed=hashed)
