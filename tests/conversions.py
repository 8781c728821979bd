"""Texts through a column's conversion: what the column takes, and the faults of what it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from loadstone.datatypes.columns import encode_arrow
from loadstone.datatypes.model import ColumnType, Conversion, Kind, Nls, Values

BOTH = pytest.mark.parametrize("compiled", [False, True], ids=["plain", "compiled"])
"""Kernels as plain Python, and as machine code."""


def values_of(*columns: Sequence[str | bytes | None]) -> Values:
    """Columns of texts (UTF-8) or bytes; None is NULL."""
    rows = list(zip(*columns, strict=True))
    data = [[part.encode() if isinstance(part, str) else part or b"" for part in row] for row in rows]
    sizes = np.array([len(part) for row in data for part in row], np.int64)
    end = np.cumsum(sizes).reshape(len(rows), len(columns))
    return Values(
        buffer=np.frombuffer(b"".join(part for row in data for part in row) or b"\0", np.uint8),
        start=end - sizes.reshape(end.shape),
        end=end,
        null=np.array([[part is None for part in row] for row in rows], np.bool_).reshape(end.shape),
        record=np.arange(len(rows), dtype=np.int64),
    )


def converted(
    texts: Sequence[str | bytes | None],
    kind: ColumnType | Kind,
    *,
    compiled: bool = False,
    nls: Nls | None = None,
    **conversion: Any,
) -> list[Any]:
    """The value of each text, or in its place the number of the fault; options are those of ``Conversion``."""
    column = kind if isinstance(kind, ColumnType) else ColumnType(kind=kind)
    batch, kept, faults = encode_arrow(
        values_of(texts),
        [Conversion(column="C", type=column, **conversion)],
        nls or Nls(),
        compiled=compiled,
    )
    found: dict[int, Any] = dict(zip(kept.tolist(), batch.column(0).to_pylist(), strict=True))
    found.update(zip(faults.row.tolist(), faults.code.tolist(), strict=True))
    return [found[number] for number in range(len(texts))]


def language(name: str) -> Nls:
    """The session of a date language."""
    return replace(Nls(), date_language=name)
