"""File against staging against target: the figures of a table as its staged rows move, in one transaction."""

from __future__ import annotations

from decimal import Decimal

from loadstone.books import Reconciled, TableCount, exact_sum
from loadstone.errors import Refused
from loadstone.targets.model import Session
from loadstone.targets.staged import StagedTable
from loadstone.targets.totals import Measured


def move_reconciled(session: Session, table: StagedTable, file: TableCount) -> list[Reconciled]:
    """
    Move the rows that wait, and compare them with the books before and with what the target stored behind.

    The target's side is what the moving statement stored, and not what stands in the table, where others may write.

    Raises:
        Refused: LS-8309 two sides differ; the caller rolls back.
    """
    staged = session.measure(table)
    moving = session.measure(table, moving=True) if table.key else staged
    stored = session.move(table)
    figures = [
        _figure(table, number, (_of_file(file), staged, moving, stored)) for number in range(len(table.totals) + 1)
    ]
    wrong = [told for one in figures if not one.agrees for told in [_told(table, one)]]
    if wrong:
        raise Refused(
            "LS-8309",
            "; ".join(wrong),
            hints=[
                "nothing of it is published, and its rows wait.",
                "does a trigger or a default change values, or did somebody change the staged table?",
            ],
        )
    return figures


# Private functions


def _of_file(file: TableCount) -> Measured:
    return Measured(rows=file.loaded, sums=file.sums)


def _figure(
    table: StagedTable, number: int, sides: tuple[Measured, Measured, Measured, Measured]
) -> Reconciled:
    """The rows for number 0, else one of the totals."""
    total = table.totals[number - 1] if number else None
    file, staged, moving, stored = (_value(one, number) for one in sides)
    return Reconciled(
        table_no=table.table_no,
        figure="rows" if total is None else "hash" if total.hashed else "sum",
        column=None if total is None else total.column,
        file=file,
        staged=staged,
        superseded=exact_sum((staged, moving.copy_negate())),
        target=None if table.keeps else stored,
    )


def _value(side: Measured, number: int) -> Decimal:
    """A figure of one side; a file without any record has no sums."""
    if not number:
        return Decimal(side.rows)
    return side.sums[number - 1] if side.sums else Decimal(0)


def _told(table: StagedTable, one: Reconciled) -> str:
    what = "rows" if one.column is None else f"the {'hash total' if one.figure == 'hash' else 'sum'} of {one.column}"
    target = "" if one.target is None else f", {one.target:f} in the target"
    gone = f" (of which {one.superseded:f} is replaced within the file)" if one.superseded else ""
    return f"table {table.table.name}: {what}: {one.file:f} in the file, {one.staged:f} staged{gone}{target}"
