"""SEQUENCE columns: first numbers frozen with the load, ordinals counted over chunks in file order."""

from __future__ import annotations

from collections.abc import Mapping

from loadstone.load.plan.model import LoadPlan, TablePlan
from loadstone.load.resume import Progress
from loadstone.load.tickets import Tickets
from loadstone.spec import Method, Sequence


def sequence_bases(plan: LoadPlan) -> dict[str, list[int]]:
    """First number and increment of each SEQUENCE column, by ``"table_no.column"``."""
    bases = {}
    for table in plan.tables:
        for column in table.columns:
            if isinstance(column.field.source, Sequence):
                bases[f"{table.table_no}.{column.column.name}"] = _base(
                    plan, table, column.column.name, column.field.source
                )
    return bases


def numbered_tables(plan: LoadPlan) -> list[str]:
    """Tables whose numbers go on from what they hold when the load begins: SEQUENCE(MAX) and SEQUENCE(COUNT)."""
    return sorted(
        {
            _name(table)
            for table in plan.tables
            for column in table.columns
            if isinstance(column.field.source, Sequence) and isinstance(column.field.source.base, str)
        }
    )


def shared_numbers(plan: LoadPlan, load_id: str) -> list[str]:
    """Warnings of other loads that are not finished, and go on from what the same tables held when they began."""
    mine = set(numbered_tables(plan))
    if not mine:
        return []
    return [
        f"load {other.load_id[:8]}, which is not finished, numbers {name} by SEQUENCE(MAX) or SEQUENCE(COUNT) too:"
        " numbers may be given twice"
        for other in plan.target.unfinished(load_id)
        for name in sorted(mine & set(other.frozen.get("numbered", ())))
    ]


def moved_bases(
    plan: LoadPlan, bases: Mapping[str, list[int]], progress: Progress
) -> tuple[dict[str, list[int]], list[str]]:
    """
    The first numbers of a load that goes on, behind what others wrote to its tables meanwhile, and a warning of each.

    What stands in a table is its own rows and theirs. SEQUENCE(MAX) goes on behind the greatest number, SEQUENCE(COUNT)
    leaves out as many as they wrote; a second restart comes to the same, for it sees the same rows. Left as they
    are: staged tables, whose rows are not there yet, and tables of several INTO TABLE clauses.
    """
    moved, told = {name: list(base) for name, base in bases.items()}, []
    names = [_name(table) for table in plan.tables]
    for number, table in enumerate(plan.tables):
        if table.staged is not None or names.count(names[number]) > 1:
            continue
        stepped = progress.sequences[number] if progress.sequences else 0
        loaded = progress.counts.tables[number].loaded if progress.counts.tables else 0
        for column in table.columns:
            source = column.field.source
            if not isinstance(source, Sequence) or not isinstance(source.base, str):
                continue
            base = moved[f"{table.table_no}.{column.column.name}"]
            first, increment = base
            stands = plan.target.sequence_base(table.info, column.column.name, source.base)
            count = source.base == "count"
            behind = (
                (stands - (first - increment) - loaded) * increment
                if count
                else stands - (first + (stepped - 1) * increment)
            )
            if behind > 0 and increment > 0:
                base[0] += behind
                told.append(
                    f"others wrote to {names[number]} while this load was stopped: {column.column.name} goes on with"
                    f" {base[0] + stepped * increment}"
                )
    return moved, told


class Steps:
    """What all chunks before one have stepped; chunks ask in any order and wait for those before."""

    def __init__(self, plan: LoadPlan, stepped: tuple[int, ...]) -> None:
        """``stepped``: what committed chunks have stepped, a table each."""
        self._needed = any(c.source == "sequence" for table in plan.tables for c in table.columns)
        self._sums = stepped or (0,) * len(plan.tables)
        self._tickets = Tickets()

    def before(self, number: int, own: tuple[int, ...]) -> tuple[int, ...]:
        """The sums before chunk ``number``, which itself steps ``own``."""
        if not self._needed:
            return (0,) * len(own)
        self._tickets.wait(number)
        before = self._sums
        self._sums = tuple(a + b for a, b in zip(before, own, strict=True))
        self._tickets.done(number)
        return before

    def close(self) -> None:
        """Send waiting chunks away."""
        self._tickets.close()


# Private functions


def _name(table: TablePlan) -> str:
    return f"{table.info.schema}.{table.info.name}" if table.info.schema else table.info.name


def _base(plan: LoadPlan, table: TablePlan, column: str, source: Sequence) -> list[int]:
    increment = 1 if source.increment is None else source.increment
    if source.base is None:
        return [1, increment]
    if isinstance(source.base, int):
        return [source.base, increment]
    emptied = table.method in (Method.REPLACE, Method.TRUNCATE)
    current = 0 if emptied else plan.target.sequence_base(table.info, column, source.base)
    return [current + increment, increment]
