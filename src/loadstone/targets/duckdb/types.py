"""DuckDB's types."""

from __future__ import annotations

import re

from loadstone.datatypes.model import ColumnType, Kind

_SIMPLE = {
    "VARCHAR": Kind.TEXT,
    "SMALLINT": Kind.INT2,
    "TINYINT": Kind.INT2,
    "INTEGER": Kind.INT4,
    "BIGINT": Kind.INT8,
    "FLOAT": Kind.FLOAT4,
    "DOUBLE": Kind.FLOAT8,
    "DATE": Kind.DATE,
    "TIMESTAMP": Kind.TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": Kind.TIMESTAMPTZ,
    "BLOB": Kind.BYTES,
    "BOOLEAN": Kind.BOOL,
    "UUID": Kind.UUID,
    "JSON": Kind.JSON,
    "TIME": Kind.TIME,
}
_CHECK = re.compile(
    r"\(?\s*(length|strlen|octet_length)\(\"?([^\")]+)\"?\)\s*<=\s*(\d+)\s*\)?", re.IGNORECASE
)


def column_type(declared: str, limit: tuple[int, str] | None = None) -> ColumnType | None:
    """What a column takes; ``limit`` is its length and unit from a CHECK. None for unsupported types."""
    decimal = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", declared)
    if decimal is not None:
        return ColumnType(
            kind=Kind.DECIMAL, precision=int(decimal[1]), scale=int(decimal[2]), declared=declared
        )
    if declared in ("TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"):
        digits = {"TIMESTAMP_S": 0, "TIMESTAMP_MS": 3, "TIMESTAMP_NS": 6}[declared]
        return ColumnType(
            kind=Kind.TIMESTAMP, fraction_digits=digits, rounds=declared != "TIMESTAMP_NS", declared=declared
        )
    if declared.startswith("ENUM("):
        return ColumnType(kind=Kind.TEXT, declared=declared)
    kind = _SIMPLE.get(declared)
    if kind is None:
        return None
    if limit is not None and kind in (Kind.TEXT, Kind.BYTES):
        unit = "byte" if limit[1] == "byte" else "char"
        return ColumnType(
            kind=kind, length=limit[0], unit="byte" if unit == "byte" else "char", declared=declared
        )
    return ColumnType(kind=kind, rounds=False, declared=declared)


def limit_of(check: str) -> tuple[str, int, str] | None:
    """Column, length and unit of a CHECK that bounds a length, else None."""
    found = _CHECK.search(check)
    if found is None:
        return None
    return found[2], int(found[3]), "char" if found[1].lower() == "length" else "byte"
