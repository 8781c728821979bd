"""Rows that a load looks up before it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from loadstone.targets.model import TableInfo
from loadstone.targets.names import quote_name


@dataclass(frozen=True, kw_only=True)
class LookupQuery:
    """
    What to read.

    Attributes:
        tables: In order. columns: number of the table and name, in the target's own case.
        joins: Pairs of numbers of columns that are equal. limit: rows at most.
    """

    tables: tuple[TableInfo, ...]
    columns: tuple[tuple[int, str], ...]
    joins: tuple[tuple[int, int], ...]
    limit: int


def lookup_sql(query: LookupQuery, name_of: Callable[[TableInfo], str], *, limit: str = "LIMIT {}") -> str:
    """The SELECT of a lookup; ``limit`` is how the target words it."""
    names = [f"t{table}.{quote_name(name)}" for table, name in query.columns]
    tables = ", ".join(f"{name_of(table)} t{number}" for number, table in enumerate(query.tables))
    joins = [f"{names[left]} = {names[right]}" for left, right in query.joins]
    where = f" WHERE {' AND '.join(joins)}" if joins else ""
    return f"SELECT {', '.join(names) or '1'} FROM {tables}{where} {limit.format(query.limit)}"
