"""Sums and hash totals of columns, exact: of rows as they are sent, and of what a target says that it has stored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from loadstone.books import exact_sum
from loadstone.datatypes.model import Kind
from loadstone.errors import FixSpec

if TYPE_CHECKING:
    from loadstone.targets.model import Column

_WHOLE = frozenset({Kind.INT2, Kind.INT4, Kind.INT8, Kind.HUGEINT})
_NO_DIGITS = re.compile("[^0-9]+")
_DIGITS_MAX = 4000
"""Digits that Python makes an ``int`` of at once; it refuses more than 4300."""


@dataclass(frozen=True, kw_only=True)
class Total:
    """
    One total of a table's rows.

    Attributes:
        column: In the target's own case. place: its number among the columns that are sent.
        hashed: The digits of each value are added as one whole number (account 12-345 counts 12345).
        kind: What the column holds.
    """

    column: str
    place: int
    hashed: bool
    kind: Kind

    @property
    def text(self) -> bool:
        """Whether the column is one of text, of which only a hash total can be had."""
        return self.kind is Kind.TEXT


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Rows, and a value for each total that is wanted of their table."""

    rows: int
    sums: tuple[Decimal, ...] = ()


def total_of(column: Column, place: int, *, hashed: bool) -> Total:
    """
    The total of a column.

    Raises:
        FixSpec: LS-8310 its values have no exact sum, or no digits that are always the same.
    """
    kind, scale = column.type.kind, column.type.scale
    if hashed:
        fits = kind is Kind.TEXT or kind in _WHOLE or (kind is Kind.DECIMAL and scale == 0)
        wanted = "text or a whole number"
    else:
        fits, wanted = kind in _WHOLE or kind is Kind.DECIMAL, "a whole or decimal number"
    if not fits:
        what = "hash total" if hashed else "sum"
        raise FixSpec(
            "LS-8310",
            f"column {column.name} is {column.type.declared or kind.name.lower()}: its {what} cannot be reconciled",
            hints=[f"a {what} needs {wanted}."],
        )
    return Total(column=column.name, place=place, hashed=hashed, kind=kind)


def arrow_total(values: Any, total: Total) -> Decimal:
    """The total of a ``pa.ChunkedArray``, of numbers or of their text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_integer(values.type):
        values = values.cast(pa.decimal128(20, 0))
    if not pa.types.is_decimal(values.type):
        return plain_total(values.to_pylist(), total)
    wide = values.cast(pa.decimal256(76, values.type.scale))
    return Decimal(pc.sum(pc.abs(wide) if total.hashed else wide).as_py() or 0)


def plain_total(values: Iterable[Any], total: Total) -> Decimal:
    """The total of values as Python has them; None counts nothing."""
    if total.text:
        return Decimal(sum(digits_of(one) for one in values if one is not None))
    numbers = (Decimal(one) for one in values if one is not None)
    return exact_sum(abs(one) if total.hashed else one for one in numbers)


def digits_of(text: str) -> int:
    """The digits of a text as one number; 0 where it has none."""
    digits = _NO_DIGITS.sub("", text)
    return int(digits or 0) if len(digits) <= _DIGITS_MAX else int(Decimal(digits))


def measured_rows(rows: Iterable[Sequence[Any]], totals: Sequence[Total]) -> Measured:
    """Rows of the totals' columns, as a driver gives them."""
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True))
    if not columns:
        return Measured(rows=0, sums=(Decimal(0),) * len(totals))
    sums = tuple(plain_total(values, total) for values, total in zip(columns, totals, strict=True))
    return Measured(rows=len(columns[0]), sums=sums)


def measured_table(table: Any, totals: Sequence[Total]) -> Measured:
    """A ``pa.Table`` of the totals' columns."""
    sums = tuple(arrow_total(values, total) for values, total in zip(table.columns, totals, strict=True))
    return Measured(rows=table.num_rows, sums=sums)
