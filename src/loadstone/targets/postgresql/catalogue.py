"""Tables of a PostgreSQL database."""

from __future__ import annotations

import re
from typing import Any

from loadstone.datatypes.model import ColumnType, Kind
from loadstone.errors import FixSpec
from loadstone.targets.model import Column, TableInfo

_KINDS = {
    "int2": Kind.INT2,
    "int4": Kind.INT4,
    "int8": Kind.INT8,
    "float4": Kind.FLOAT4,
    "float8": Kind.FLOAT8,
    "text": Kind.TEXT,
    "varchar": Kind.TEXT,
    "bpchar": Kind.TEXT,
    "name": Kind.TEXT,
    "date": Kind.DATE,
    "timestamp": Kind.TIMESTAMP,
    "timestamptz": Kind.TIMESTAMPTZ,
    "bytea": Kind.BYTES,
    "bool": Kind.BOOL,
    "uuid": Kind.UUID,
    "json": Kind.JSON,
    "jsonb": Kind.JSONB,
    "numeric": Kind.DECIMAL,
    "citext": Kind.TEXT,
}
_OCTETS = re.compile(r"octet_length\(\(?\"?(\w+)\"?\)?(?:::\w+)?\) <= (\d+)")

TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg_toast%%'
"""
COLUMNS = """
SELECT a.attname, coalesce(nullif(t.typbasetype, 0), t.oid)::regtype::text, bt.typname, bt.typtype,
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, a.attnotnull OR t.typnotnull,
       d.oid IS NOT NULL OR a.attidentity <> '', a.attgenerated <> '' OR a.attidentity = 'a',
       coalesce(pg_get_expr(d.adbin, d.adrelid), ''), a.attidentity <> ''
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type bt ON bt.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = %s::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
CONSTRAINTS = """
SELECT contype, pg_get_constraintdef(oid),
       ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY k(n, o)
             JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.n ORDER BY k.o)
FROM pg_constraint WHERE conrelid = %s::oid
"""
TRIGGERS = """
SELECT (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal
          AND (tgrelid = %(oid)s::oid OR tgrelid IN (SELECT relid FROM pg_partition_tree(%(oid)s::oid::regclass))))
     + (SELECT count(*) FROM pg_rewrite WHERE ev_class = %(oid)s::oid AND ev_type = '3')
"""
"""Triggers of the table and of its partitions, and rules on INSERT."""


def read_table(connection: Any, schema: str, name: str) -> TableInfo:
    """
    The columns and keys of a table.

    Raises:
        FixSpec: LS-3007 a column of a type that nothing can be loaded into.
    """
    oid, persistence = connection.execute(
        "SELECT c.oid, c.relpersistence FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relname = %s",
        [schema, name],
    ).fetchone()
    constraints = connection.execute(CONSTRAINTS, [oid]).fetchall()
    octets = {
        m[1]: int(m[2]) for kind, text, _ in constraints if kind == "c" for m in [_OCTETS.search(text)] if m
    }
    rows = connection.execute(COLUMNS, [oid]).fetchall()
    columns = tuple(_column(name, row, octets) for row in rows)
    triggers = connection.execute(TRIGGERS, {"oid": oid})
    indexes = connection.execute(
        "SELECT upper(c.relname), indisunique OR indisexclusion FROM pg_index JOIN pg_class c ON c.oid = indexrelid"
        " WHERE indrelid = %s::oid ORDER BY 1",
        [oid],
    ).fetchall()
    draws = any("nextval(" in row[8] or row[9] for row in rows)
    keys = [names for kind, _, names in constraints if kind == "p"]
    return TableInfo(
        schema=schema,
        name=name,
        columns=columns,
        parallel_safe=triggers.fetchone()[0] == 0 and not draws,
        unique=any(unique for _, unique in indexes),
        primary_key=tuple(keys[0]) if keys else (),
        logged=persistence != "u",
        indexes=tuple(f"{schema.upper()}.{index}" for index, _ in indexes),
    )


# Private functions


def _column(table: str, row: Any, octets: dict[str, int]) -> Column:
    name, declared, base, kind_of_type, modifier, not_null, default, generated, _, _ = row
    kind = Kind.TEXT if kind_of_type == "e" else _KINDS.get(base)
    if kind is None:
        raise FixSpec(
            "LS-3007",
            f"column {table}.{name} is of type {declared}, which cannot be loaded",
            hints=["load into a text column and convert there."],
        )
    return Column(
        name=name,
        type=_type(kind, base, declared, modifier, octets.get(name)),
        not_null=bool(not_null) and not default,
        has_default=bool(default),
        generated=bool(generated),
    )


def _type(kind: Kind, base: str, declared: str, modifier: int, octets: int | None) -> ColumnType:
    if kind is Kind.DECIMAL and modifier >= 0:
        packed = modifier - 4
        scale = packed & 0x7FF
        scale = scale - 0x800 if scale >= 0x400 else scale
        return ColumnType(kind=kind, precision=(packed >> 16) & 0xFFFF, scale=scale, declared=declared)
    if kind is Kind.TEXT:
        length = modifier - 4 if modifier >= 4 and base in ("varchar", "bpchar") else None
        if octets is not None:
            return ColumnType(
                kind=kind, length=octets, unit="byte", padded=base == "bpchar", declared=declared
            )
        return ColumnType(kind=kind, length=length, padded=base == "bpchar", declared=declared)
    if kind is Kind.BYTES:
        return ColumnType(kind=kind, length=octets, unit="byte", declared=declared)
    if kind in (Kind.TIMESTAMP, Kind.TIMESTAMPTZ):
        told = 0 <= modifier <= 6
        return ColumnType(kind=kind, fraction_digits=modifier if told else 6, rounds=told, declared=declared)
    return ColumnType(kind=kind, declared=declared)
