"""What rows look like, in a digest: parts fit a load whose plan makes rows of the same shape."""

from __future__ import annotations

import hashlib

from loadstone.load.plan.model import LoadPlan


def shape_of(plan: LoadPlan) -> str:
    """A digest of the form of rows, and of each column with its type and what it is made of."""
    told = [
        (
            table.info.name,
            [
                (column.column.name, repr(column.conversion), column.source, column.constant, column.sql)
                for column in table.columns
            ],
        )
        for table in plan.tables
    ]
    return hashlib.sha256(repr((plan.target.form, plan.charsets, told)).encode()).hexdigest()
