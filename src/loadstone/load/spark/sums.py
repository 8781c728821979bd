"""Exact sums of numeric columns, which do not hang on the order of the rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Context, Decimal, Inexact
from typing import Any

from loadstone.datatypes.model import Conversion, Kind

_EXACT = Context(prec=400, traps=[Inexact])
"""Numbers reach from 1e-130 to 1e126; more digits than that never come together."""


def sums_of(table: Any, conversions: Sequence[Conversion]) -> dict[str, str]:
    """The sum of each numeric column of a ``pa.Table`` whose columns are as ``conversions`` say; NULL counts as nothing."""
    found = {}
    for column, one in zip(table.columns, conversions):
        told = _sum(column, one)
        if told is not None:
            found[one.column] = told
    return found


# Private functions


def _sum(column: Any, one: Conversion) -> str | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_integer(kind):
        return _shown(pc.sum(column.cast(pa.decimal256(38, 0))).as_py())
    if pa.types.is_decimal(kind):
        return _shown(pc.sum(column.cast(pa.decimal256(76, kind.scale))).as_py())
    if pa.types.is_floating(kind):
        values = column.drop_null().to_pylist()
        return repr(math.fsum(values)) if all(map(math.isfinite, values)) else "nan"
    if one.type.kind in (Kind.DECIMAL, Kind.HUGEINT) and pa.types.is_string(kind):
        return _text_sum(column)
    return None


def _text_sum(column: Any) -> str:
    import pyarrow.compute as pc

    total = Decimal(0)
    # Equal numbers come often; each is read once.
    for pair in pc.value_counts(column.drop_null()).to_pylist():
        total = _EXACT.add(total, _EXACT.multiply(Decimal(pair["values"]), Decimal(pair["counts"])))
    return _shown(total)


def _shown(value: Decimal | None) -> str:
    return "0" if value is None else f"{_EXACT.normalize(value):f}"
