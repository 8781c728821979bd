"""
Sub-SELECTs as lookups: the rows of their tables, read once before the load, and an index over them.

Of the conditions behind WHERE, those of columns alone filter the rows once, equations between columns and the
record become the index, and what is left is tried for each row that the index gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from loadstone.datatypes.model import Nls
from loadstone.expressions.compute import callable_of
from loadstone.expressions.model import Compute, OraError, ResultType, Term, Value
from loadstone.expressions.values import CALCULATED, rounded

LOOKUP_ROWS_MAX = 100_000
"""Rows that one sub-SELECT may read; they are kept in memory and with the load."""

AGGREGATES = ("MIN", "MAX", "COUNT", "SUM", "AVG")


@dataclass(frozen=True)
class LookupTable:
    """
    A table that a sub-SELECT may read.

    Attributes:
        table: What the target knows it by. columns: name in the target and type, by upper-case name.
        emptied: Whether the load empties it first, so that no row is there.
    """

    name: str
    table: Any
    columns: Mapping[str, tuple[str, ResultType]]
    emptied: bool = False


TableFinder = Callable[[str | None, str], LookupTable | None]
"""The table of a schema and a name."""


@dataclass(frozen=True)
class Aggregate:
    """MIN, MAX, COUNT, SUM or AVG of a term, or of the rows where there is none."""

    name: str
    term: Term | None


@dataclass(eq=False, kw_only=True)
class Lookup:
    """
    One sub-SELECT.

    Attributes:
        text, at: The expression it stands in, and where. wants: ``value``, ``exists`` or ``in``.
        tables: In order; each by its alias. columns: what is read: table number, name in the target, type.
        joins: Pairs of numbers of columns that are equal; the target joins by them.
        keys: Terms over columns, as many as the record's first arguments. filters: conditions over columns.
        residual: Conditions over columns and the record. value: over columns, aggregates, and the record.
        first: Rows that ROWNUM leaves. distinct: whether equal values count once.
    """

    text: str
    at: int
    wants: str
    tables: tuple[LookupTable, ...]
    columns: tuple[tuple[int, str, ResultType], ...]
    joins: tuple[tuple[int, int], ...]
    keys: tuple[Term, ...]
    filters: tuple[Term, ...]
    residual: tuple[Term, ...]
    value: Term
    aggregates: tuple[Aggregate, ...]
    first: int | None
    distinct: bool
    nls: Nls
    _index: dict[tuple[Value, ...], list[dict[str, Value]]] = field(default_factory=dict, repr=False)
    _compute: Compute | None = field(default=None, repr=False)
    _tests: list[Compute] = field(default_factory=list, repr=False)
    _parts: list[Compute | None] = field(default_factory=list, repr=False)

    def fill(self, rows: Sequence[Sequence[Value]]) -> None:
        """
        Take the rows of the tables, a value for each of ``columns``.

        Raises:
            OraError: A condition of columns alone that fails for a row.
        """
        filters = [callable_of(term, self.nls) for term in self.filters]
        keys = [callable_of(term, self.nls) for term in self.keys]
        self._index = {}
        for values in rows:
            row = {column_name(number): value for number, value in enumerate(values)}
            if all(test(row) for test in filters):
                self._index.setdefault(tuple(key(row) for key in keys), []).append(row)
        self._compute = callable_of(self.value, self.nls)
        self._tests = [callable_of(term, self.nls) for term in self.residual]
        self._parts = [
            None if one.term is None else callable_of(one.term, self.nls) for one in self.aggregates
        ]

    def find(self, arguments: tuple[Value, ...]) -> Value:
        """
        What the sub-SELECT gives for a record: its arguments are those of the keys, then the others.

        Raises:
            OraError: ORA-01427 for more than one row.
        """
        key, rest = arguments[: len(self.keys)], arguments[len(self.keys) :]
        record = {argument_name(number): value for number, value in enumerate(rest)}
        if self.wants == "in":
            return self._contains(key, record)
        rows = self._matches(self._index.get(key, ()) if None not in key else (), record)
        if self.wants == "exists":
            return bool(rows)
        assert self._compute is not None
        if self.aggregates:
            return self._compute(self._aggregated(rows) | record)
        found = [self._compute(row) for row in rows]
        if self.distinct:
            found = list(dict.fromkeys(found))
        if len(found) > 1:
            raise OraError(1427, "single-row subquery returns more than one row")
        return found[0] if found else None

    # Private methods

    def _matches(
        self, candidates: Sequence[dict[str, Value]], record: dict[str, Value]
    ) -> list[dict[str, Value]]:
        rows = [{**row, **record} for row in candidates] if record else list(candidates)
        for test in self._tests:
            rows = [row for row in rows if test(row)]
        return rows if self.first is None else rows[: self.first]

    def _contains(self, key: tuple[Value, ...], record: dict[str, Value]) -> Value:
        """IN: the last part of the key is what is sought; beside a NULL it may be there, unknown."""
        group = key[:-1]
        if None in group:
            return False
        unknown = False
        for other, rows in self._index.items() if key[-1] is None else ():
            unknown |= other[:-1] == group and bool(self._matches(rows, record))
        if key[-1] is None:
            return None if unknown else False
        if self._matches(self._index.get(key, ()), record):
            return True
        return None if self._matches(self._index.get((*group, None), ()), record) else False

    def _aggregated(self, rows: Sequence[dict[str, Value]]) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for number, (one, part) in enumerate(zip(self.aggregates, self._parts, strict=True)):
            values = [part(row) if part is not None else Decimal(1) for row in rows]
            found[aggregate_name(number)] = _of(one.name, [value for value in values if value is not None])
        return found


def column_name(number: int) -> str:
    """Name of a column's value in a row of a lookup."""
    return f"column {number}"


def argument_name(number: int) -> str:
    """Name of a record's value in a row of a lookup."""
    return f"argument {number}"


def aggregate_name(number: int) -> str:
    """Name of an aggregate in a row of a lookup."""
    return f"aggregate {number}"


# Private functions


def _of(name: str, values: list[Any]) -> Value:
    if name == "COUNT":
        return Decimal(len(values))
    if not values:
        return None
    if name in ("MIN", "MAX"):
        found: Value = min(values) if name == "MIN" else max(values)
        return found
    total = Decimal(0)
    for value in values:
        total = CALCULATED.add(total, value)
    return rounded(total if name == "SUM" else CALCULATED.divide(total, Decimal(len(values))))
