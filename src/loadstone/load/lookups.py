"""Lookups of a load: the tables that sub-SELECTs may read, and their rows, frozen with the load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from loadstone.datatypes.model import Kind
from loadstone.errors import FixSpec
from loadstone.expressions.lookups import LOOKUP_ROWS_MAX, Lookup, LookupTable, TableFinder
from loadstone.expressions.model import MOMENTS, OraError, ResultType, Value
from loadstone.expressions.tokens import wrong
from loadstone.spec import LoadRequest, TableName
from loadstone.targets.lookups import LookupQuery
from loadstone.targets.model import Column, TableInfo, Target

if TYPE_CHECKING:
    from loadstone.load.plan.model import LoadPlan
    from loadstone.spec import Method

_TYPES = {
    Kind.TEXT: ResultType.TEXT,
    Kind.UUID: ResultType.TEXT,
    Kind.DATE: ResultType.DATE,
    Kind.TIMESTAMPTZ: ResultType.TIMESTAMPTZ,
    Kind.INT2: ResultType.NUMBER,
    Kind.INT4: ResultType.NUMBER,
    Kind.INT8: ResultType.NUMBER,
    Kind.HUGEINT: ResultType.NUMBER,
    Kind.DECIMAL: ResultType.NUMBER,
    Kind.FLOAT4: ResultType.NUMBER,
    Kind.FLOAT8: ResultType.NUMBER,
}


def table_finder(request: LoadRequest, target: Target, emptied: Sequence[TableInfo]) -> TableFinder:
    """Finds tables of the target; ``emptied`` are those that the load empties first."""
    gone = {(one.schema, one.name) for one in emptied}

    def find(schema: str | None, name: str) -> LookupTable | None:
        info = target.find_table(TableName(schema_name=schema, name=name), request.schema_map)
        if info is None:
            return None
        columns = {column.name.upper(): (column.name, _type_of(column)) for column in info.columns}
        return LookupTable(info.name, info, columns, emptied=(info.schema, info.name) in gone)

    return find


def emptied_tables(infos: Sequence[TableInfo], methods: Sequence[Method]) -> list[TableInfo]:
    """The tables that REPLACE and TRUNCATE empty."""
    return [info for info, method in zip(infos, methods, strict=True) if method in ("replace", "truncate")]


def read_lookups(plan: LoadPlan) -> list[list[list[str | None]]]:
    """
    The rows of every lookup of the plan, in order, as JSON values.

    Raises:
        FixSpec: LS-5011 more than ``LOOKUP_ROWS_MAX`` rows, with the place of the sub-SELECT.
    """
    return [_read(plan.target, lookup) for lookup in _lookups(plan)]


def fill_lookups(plan: LoadPlan, frozen: Sequence[Sequence[Sequence[str | None]]]) -> None:
    """
    Give every lookup of the plan its rows.

    Raises:
        FixSpec: LS-5013 a condition on the table alone that fails for a row of it.
    """
    for lookup, rows in zip(_lookups(plan), frozen, strict=True):
        kinds = [kind for _, _, kind in lookup.columns]
        try:
            lookup.fill([[_thawed(v, kind) for v, kind in zip(row, kinds, strict=True)] for row in rows])
        except OraError as error:
            why = f"the sub-SELECT fails for a row of its table: {error.message}"
            raise wrong(lookup.text, lookup.at, why, code="LS-5013") from error


# Private functions


def _lookups(plan: LoadPlan) -> Iterator[Lookup]:
    for table in plan.tables:
        for expression in table.expressions:
            yield from expression.compiled.lookups


def _type_of(column: Column) -> ResultType:
    if column.type.kind is Kind.TIMESTAMP:
        return ResultType.TIMESTAMP if column.type.fraction_digits else ResultType.DATE
    return _TYPES.get(column.type.kind, ResultType.NULL)


def _read(target: Target, lookup: Lookup) -> list[list[str | None]]:
    if any(table.emptied for table in lookup.tables):
        return []
    query = LookupQuery(
        tables=tuple(table.table for table in lookup.tables),
        columns=tuple((number, name) for number, name, _ in lookup.columns),
        joins=lookup.joins,
        limit=LOOKUP_ROWS_MAX + 1,
    )
    rows = target.look_up(query)
    if len(rows) > LOOKUP_ROWS_MAX:
        names = ", ".join(table.name for table in lookup.tables)
        raise _too_many(lookup, names)
    return [[_frozen(value) for value in row[: len(lookup.columns)]] for row in rows]


def _too_many(lookup: Lookup, names: str) -> FixSpec:
    return wrong(
        lookup.text,
        lookup.at,
        f"the sub-SELECT reads more than {LOOKUP_ROWS_MAX} rows of {names}",
        code="LS-5011",
        hints=("load into a staging table and join there.",),
    )


def _frozen(value: Any) -> str | None:
    """A value of the driver as text that ``_thawed`` reads."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day).isoformat()
    return repr(value) if isinstance(value, float) else str(value)


def _thawed(text: str | None, kind: ResultType) -> Value:
    if text is None:
        return None
    if kind is ResultType.NUMBER:
        return Decimal(text)
    return datetime.fromisoformat(text) if kind in MOMENTS else text
