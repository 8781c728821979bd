"""Tables as SQLAlchemy's inspector tells them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from loadstone.datatypes.model import ColumnType, Kind
from loadstone.targets.model import Column, TableInfo

_FINITE = tuple(f"sqlalchemy.dialects.{name}" for name in ("mysql", "mssql", "sqlite"))
"""Whose floats are finite numbers."""


def read_table(inspector: sa.Inspector, schema: str | None, name: str) -> TableInfo:
    """The columns and keys of a table."""
    key = tuple(inspector.get_pk_constraint(name, schema=schema)["constrained_columns"])
    columns = tuple(_column(column) for column in inspector.get_columns(name, schema=schema))
    return TableInfo(
        schema=schema,
        name=name,
        columns=columns,
        parallel_safe=False,
        unique=bool(key) or bool(unique_keys(inspector, schema, name)),
        primary_key=key,
    )


def unique_keys(inspector: sa.Inspector, schema: str | None, name: str) -> list[set[str]]:
    """The columns of the primary key and of each unique constraint or index."""
    found = [set(inspector.get_pk_constraint(name, schema=schema)["constrained_columns"])]
    found += [set(one["column_names"]) for one in inspector.get_unique_constraints(name, schema=schema)]
    for one in inspector.get_indexes(name, schema=schema):
        names = [column for column in one["column_names"] if column is not None]
        if one["unique"] and len(names) == len(one["column_names"]):
            found.append(set(names))
    return [names for names in found if names]


def column_type(kind: Any) -> ColumnType:
    """What a column takes; of types that are not known, the server judges the text."""
    declared = str(kind)
    if isinstance(kind, sa.Boolean):
        return ColumnType(kind=Kind.BOOL, declared=declared)
    if isinstance(kind, sa.Integer):
        return ColumnType(kind=_whole(kind), declared=declared)
    if isinstance(kind, sa.Float):
        single = type(kind).__name__ in ("FLOAT", "REAL") and (kind.precision or 0) <= 24
        finite = type(kind).__module__.startswith(_FINITE)
        return ColumnType(kind=Kind.FLOAT4 if single else Kind.FLOAT8, finite=finite, declared=declared)
    if isinstance(kind, sa.Numeric):
        return ColumnType(
            kind=Kind.DECIMAL,
            precision=kind.precision,
            scale=kind.scale or 0 if kind.precision is not None else None,
            as_text=True,
            declared=declared,
        )
    if isinstance(kind, sa.DateTime):
        return _moment(kind, declared)
    if isinstance(kind, sa.Date):
        return ColumnType(kind=Kind.DATE, declared=declared)
    if isinstance(kind, sa.LargeBinary | sa.BINARY | sa.VARBINARY):
        return ColumnType(kind=Kind.BYTES, length=kind.length, unit="byte", declared=declared)
    if isinstance(kind, sa.Enum):
        return ColumnType(kind=Kind.TEXT, declared=declared)
    if isinstance(kind, sa.String):
        padded = isinstance(kind, sa.CHAR | sa.NCHAR)
        return ColumnType(kind=Kind.TEXT, length=kind.length, padded=padded, declared=declared)
    return ColumnType(kind=Kind.TEXT, declared=declared)


# Private functions


def _column(told: Any) -> Column:
    filled = told.get("default") is not None or told.get("autoincrement") is True or "identity" in told
    always = bool(told.get("identity", {}).get("always")) if told.get("identity") else False
    return Column(
        name=str(told["name"]),
        type=column_type(told["type"]),
        not_null=not told["nullable"] and not filled,
        has_default=filled,
        generated=told.get("computed") is not None or always,
    )


def _whole(kind: sa.Integer) -> Kind:
    """Smaller and unsigned integers are judged by the server, which must be strict."""
    if isinstance(kind, sa.BigInteger):
        return Kind.INT8
    if getattr(kind, "unsigned", False):
        return Kind.INT8
    return Kind.INT2 if isinstance(kind, sa.SmallInteger) else Kind.INT4


def _moment(kind: sa.DateTime, declared: str) -> ColumnType:
    if kind.timezone:
        return ColumnType(kind=Kind.TIMESTAMPTZ, rounds=False, declared=declared)
    digits = getattr(kind, "fsp", None)  # MySQL: None means whole seconds
    if digits is None:
        digits = getattr(kind, "precision", None)
    if digits is None and hasattr(kind, "fsp"):
        digits = 0
    told = digits is not None and int(digits) <= 6
    return ColumnType(
        kind=Kind.TIMESTAMP,
        fraction_digits=int(digits) if digits is not None and told else 6,
        rounds=told,
        declared=declared,
    )
