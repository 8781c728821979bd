"""Control totals: what a file says of itself, beside what was counted; and figures on their way into a target."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from typing import Any, Literal

_EXACT = Context(prec=100_000, traps=[Inexact])
"""More digits than any sum of a database's numbers has."""


@dataclass(frozen=True, kw_only=True)
class ControlTotal:
    """
    One total that a file states, and what its records give.

    Attributes:
        name: What is counted, such as ``entries``, ``debits`` or ``hash of receiving banks``.
        scope: Of which part of the file it tells, such as ``file`` or ``batch 3``.
        stated: The file's own figure, exact. counted: the same figure from the records.
        origin: Where the file states it.
    """

    name: str
    scope: str
    stated: Decimal
    counted: Decimal
    origin: str

    @property
    def agrees(self) -> bool:
        """Whether both are equal."""
        return self.stated == self.counted


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """
    One figure of an INTO TABLE clause: in the file, in staging, and in the target.

    Attributes:
        table_no: 0-based clause. figure: ``rows``, ``sum`` or ``hash`` (of the digits of each value, as a number).
        column: In the target's own case; None for ``rows``.
        file: Over the rows made of the file's records, without those refused since. staged: over the rows that wait.
        superseded: Of staged rows that a later one of their key replaces (UPSERT).
        target: Over the rows as the target stored them; None where it cannot be told.
    """

    table_no: int
    figure: Literal["rows", "sum", "hash"]
    column: str | None
    file: Decimal
    staged: Decimal
    superseded: Decimal
    target: Decimal | None

    @property
    def agrees(self) -> bool:
        """Whether file and staging are equal, and what the target stored is what was to go there."""
        if not _same(self.file, self.staged):
            return False
        return self.target is None or _same(exact_sum((self.target, self.superseded)), self.staged)

    def values(self) -> dict[str, Any]:
        """As JSON values; numbers are text, for they are exact."""
        figures = {"file": self.file, "staged": self.staged, "superseded": self.superseded}
        return {
            "table_no": self.table_no,
            "figure": self.figure,
            "column": self.column,
            **{name: f"{value:f}" for name, value in figures.items()},
            "target": None if self.target is None else f"{self.target:f}",
        }

    @classmethod
    def of(cls, values: dict[str, Any]) -> Reconciled:
        """The figure of ``values``."""
        names = ("file", "staged", "superseded")
        exact: dict[str, Decimal] = {name: Decimal(values[name]) for name in names}
        target = None if values["target"] is None else Decimal(values["target"])
        return cls(
            table_no=values["table_no"],
            figure=values["figure"],
            column=values["column"],
            target=target,
            **exact,
        )


def exact_sum(values: Iterable[Decimal]) -> Decimal:
    """The sum without rounding."""
    total = Decimal(0)
    for value in values:
        total = _EXACT.add(total, value)
    return total


# Private functions


def _same(one: Decimal, other: Decimal) -> bool:
    """Equal; NaN, which PostgreSQL sums too, is equal to itself."""
    return one == other or (one.is_nan() and other.is_nan())
