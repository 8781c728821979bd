"""Sub-SELECTs, resolved: which columns they read, and which part of their conditions is what."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from loadstone.expressions.lookups import (
    AGGREGATES,
    Aggregate,
    Lookup,
    LookupTable,
    aggregate_name,
    argument_name,
    column_name,
)
from loadstone.expressions.model import ResultType, Term
from loadstone.expressions.parse import Node
from loadstone.expressions.tokens import wrong

if TYPE_CHECKING:
    from loadstone.expressions.resolve import Resolver

_HINTS = (
    "a lookup is SELECT value FROM tables [WHERE conditions].",
    "for all else load into a staging table and join there.",
)


def lookup_term(resolver: Resolver, node: Node) -> Term:
    """The term of a sub-SELECT that stands for a value."""
    return _lookup(resolver, node, "value", None)


def lookup_condition(resolver: Resolver, node: Node) -> Term:
    """The term of EXISTS (SELECT ...) or of value IN (SELECT ...)."""
    if node.value == "EXISTS":
        return _lookup(resolver, node.parts[0], "exists", None)
    return _lookup(resolver, node.parts[1], "in", resolver.value(node.parts[0]))


@dataclass
class Scope:
    """
    The names that a sub-SELECT sees before those of the record.

    Attributes:
        tables: By alias. columns: what is read so far. aggregates: what stands in the value so far.
    """

    tables: dict[str, LookupTable]
    columns: list[tuple[int, str, ResultType]] = field(default_factory=list)
    aggregates: list[Aggregate] = field(default_factory=list)

    def column(self, resolver: Resolver, node: Node) -> Term | None:
        """The column that a name stands for; FixSpec where two tables have it."""
        alias, _, name = node.value.rpartition(".")
        alias = alias.rpartition(".")[2]
        found = [
            (number, table.columns[name.upper()])
            for number, (other, table) in enumerate(self.tables.items())
            if name.upper() in table.columns and alias.upper() in ("", other.upper(), table.name.upper())
        ]
        if len(found) > 1:
            raise wrong(resolver.text, node.at, f"column {name} is ambiguous (ORA-00918)", code="LS-5012")
        if not found:
            return None
        number, (own, kind) = found[0]
        if kind is ResultType.NULL:
            raise wrong(
                resolver.text, node.at, f"column {name} is of a type that no lookup reads", code="LS-5012"
            )
        entry = (number, own, kind)
        if entry not in self.columns:
            self.columns.append(entry)
        return Term("column", kind, name=column_name(self.columns.index(entry)))

    def aggregate(self, resolver: Resolver, node: Node) -> Term:
        """An aggregate of the value."""
        if len(node.parts) > 1 or not node.parts and node.value != "COUNT":
            raise wrong(resolver.text, node.at, f"{node.value} takes one argument", code="LS-5004")
        term = resolver.value(node.parts[0]) if node.parts else None
        numeric = term is not None and node.value in ("SUM", "AVG")
        if term is not None and numeric:
            term = resolver.to(term, ResultType.NUMBER)
        self.aggregates.append(Aggregate(node.value, term))
        same = term is not None and node.value in ("MIN", "MAX")
        kind = term.type if term is not None and same else ResultType.NUMBER
        return Term("column", kind, name=aggregate_name(len(self.aggregates) - 1))


def is_aggregate(name: str) -> bool:
    """Whether a call within a sub-SELECT is one of an aggregate."""
    return name in AGGREGATES


# Private functions


@dataclass
class _Conditions:
    """The conditions of a WHERE, sorted; ``arguments`` are terms over the record."""

    joins: list[tuple[int, int]] = field(default_factory=list)
    keys: list[tuple[Term, Term]] = field(default_factory=list)
    filters: list[Term] = field(default_factory=list)
    residual: list[Term] = field(default_factory=list)
    arguments: list[Term] = field(default_factory=list)
    first: int | None = None

    def over_row(self, term: Term) -> Term:
        """The term with what is of the record alone put in as arguments."""
        if _has(term, "bind", "drawn") and not _has(term, "column"):
            if term not in self.arguments:
                self.arguments.append(term)
            return Term("column", term.type, name=argument_name(self.arguments.index(term)))
        return replace(term, parts=tuple(self.over_row(part) for part in term.parts))


def _lookup(resolver: Resolver, node: Node, wants: str, sought: Term | None) -> Term:
    scope = Scope(_tables(resolver, node))
    outer, resolver.scope = resolver.scope, scope
    try:
        if outer is not None:
            raise wrong(
                resolver.text, node.at, "a sub-SELECT within a sub-SELECT", code="LS-5010", hints=_HINTS
            )
        value = _value(resolver, node.parts[0], wants)
        found = _Conditions()
        for part in _conjuncts(node.parts[1]) if len(node.parts) > 1 else []:
            _sort(resolver, part, found)
    finally:
        resolver.scope = outer
    if sought is not None:
        order = resolver.compared("=", [value, sought])
        found.keys.append((order.parts[0], order.parts[1]))
    value = found.over_row(value)
    lookup = Lookup(
        text=resolver.text,
        at=node.at,
        wants=wants,
        tables=tuple(scope.tables.values()),
        columns=tuple(scope.columns),
        joins=tuple(found.joins),
        keys=tuple(column for column, _ in found.keys),
        filters=tuple(found.filters),
        residual=tuple(found.residual),
        value=value,
        aggregates=tuple(
            replace(one, term=None if one.term is None else found.over_row(one.term))
            for one in scope.aggregates
        ),
        first=found.first,
        distinct=node.value == "DISTINCT",
        nls=resolver.nls,
    )
    kind = value.type if wants == "value" else ResultType.BOOLEAN
    return Term("lookup", kind, (*(argument for _, argument in found.keys), *found.arguments), lookup=lookup)


def _tables(resolver: Resolver, node: Node) -> dict[str, LookupTable]:
    finder = resolver.context.find_table
    tables: dict[str, LookupTable] = {}
    for schema, name, alias in node.tables:
        table = finder(schema, name) if finder is not None else None
        if table is None:
            where = f"{schema}.{name}" if schema else name
            raise wrong(
                resolver.text,
                node.at,
                f"a sub-SELECT reads table {where}, which the target does not have",
                code="LS-5010",
                hints=_HINTS,
            )
        if alias in tables:
            raise wrong(resolver.text, node.at, f"two tables are called {alias}", code="LS-5012")
        tables[alias] = table
    return tables


def _value(resolver: Resolver, node: Node, wants: str) -> Term:
    if wants == "exists" and node.kind == "name" and node.value == "*":
        return Term("literal", ResultType.NULL)
    return resolver.value(node)


def _conjuncts(node: Node) -> list[Node]:
    if node.kind == "operator" and node.value == "AND":
        return [one for part in node.parts for one in _conjuncts(part)]
    return [node]


def _sort(resolver: Resolver, node: Node, found: _Conditions) -> None:
    """Where one condition belongs."""
    rownum = _rownum(node)
    if rownum is not None:
        found.first = rownum
        return
    term = resolver.condition(node)
    if not _has(term, "bind", "drawn"):
        columns = _joined(resolver, term)
        if columns is None:
            found.filters.append(term)
        else:
            found.joins.append(columns)
        return
    if term.op == "call" and term.name == "=":
        for own, other in (term.parts, term.parts[::-1]):
            if _has(own, "column") and not _has(own, "bind", "drawn") and not _has(other, "column"):
                found.keys.append((own, other))
                return
    found.residual.append(found.over_row(term))


def _joined(resolver: Resolver, term: Term) -> tuple[int, int] | None:
    """Numbers of two columns of different tables that are equal."""
    if term.op != "call" or term.name != "=" or any(part.op != "column" for part in term.parts):
        return None
    assert resolver.scope is not None
    left, right = (int(part.name.rpartition(" ")[2]) for part in term.parts)
    columns = resolver.scope.columns
    return (left, right) if columns[left][0] != columns[right][0] else None


def _rownum(node: Node) -> int | None:
    """Rows that ``ROWNUM = 1``, ``ROWNUM <= n`` or ``ROWNUM < n`` leaves."""
    if node.kind != "operator" or node.value not in ("=", "<=", "<") or len(node.parts) != 2:
        return None
    name, number = node.parts
    if (name.kind, name.value) != ("name", "ROWNUM") or number.kind != "number":
        return None
    count = int(Decimal(number.value))
    if node.value == "=":
        return 1 if count == 1 else 0
    return count if node.value == "<=" else count - 1


def _has(term: Term, *ops: str) -> bool:
    return term.op in ops or any(_has(part, *ops) for part in term.parts)
