"""Find the records that a target refuses: by halves, in record order, inside one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from loadstone.targets.model import ConstraintError, ConstraintRefusal, TableRows
from loadstone.telemetry.points import reach

Attempt = Callable[[Sequence[TableRows]], None]
"""Writes rows, or raises ``ConstraintRefusal`` and leaves the transaction as it was before."""


def isolate_by_halves(tables: Sequence[TableRows], attempt: Attempt) -> list[ConstraintError]:
    """
    Write all records that can be written, in record order over all tables; give the others.

    A refused record stands in no table, and claims no key: the first of two duplicates wins.
    """
    records = (
        np.unique(np.concatenate([table.rows.record for table in tables]))
        if tables
        else np.zeros(0, np.int64)
    )
    errors: list[ConstraintError] = []
    _write_range(tables, records, attempt, errors)
    return errors


def rows_between(tables: Sequence[TableRows], first: int, last: int) -> list[TableRows]:
    """The rows of records ``first`` to ``last``, both included; tables without rows are left out."""
    found = []
    for table in tables:
        start, stop = np.searchsorted(table.rows.record, [first, last + 1]).tolist()
        if stop > start:
            found.append(replace(table, rows=table.rows.slice(start, stop)))
    return found


# Private functions


def _write_range(
    tables: Sequence[TableRows], records: NDArray[np.int64], attempt: Attempt, errors: list[ConstraintError]
) -> None:
    if not len(records):
        return
    rows = rows_between(tables, int(records[0]), int(records[-1]))
    reach("isolating")
    try:
        attempt(rows)
    except ConstraintRefusal as refusal:
        if len(records) == 1:
            errors.append(
                ConstraintError(
                    record=int(records[0]),
                    table_no=refusal.table_no,
                    field=refusal.field,
                    rule=refusal.rule,
                    code=refusal.code,
                    reason=refusal.reason,
                )
            )
            return
        middle = len(records) // 2
        _write_range(tables, records[:middle], attempt, errors)
        _write_range(tables, records[middle:], attempt, errors)
