"""Declared types of SQLite columns; names are chosen so that the affinity is right and the limits can be read back."""

from __future__ import annotations

import re

from loadstone.datatypes.model import ColumnType, Kind

_FORM = re.compile(r"\s*([A-Za-z_][\w ]*?)\s*(?:\(\s*(-?\d+)\s*(?:,\s*(-?\d+)\s*)?\))?\s*$")
_OWN = {
    "VARCHAR_BYTE": ("byte", False),
    "VARCHAR_CHAR": ("char", False),
    "CHAR_BYTE": ("byte", True),
    "CHAR_CHAR": ("char", True),
}


def column_type(declared: str) -> ColumnType:
    """
    What a declared type takes; foreign types by SQLite's own affinity rules.

    An affinity that would change a value (NUMERIC, REAL) takes what a double holds.
    """
    match = _FORM.match(declared)
    name, first, second = match.groups() if match else (declared, None, None)
    name = name.upper()
    length = int(first) if first is not None else None
    if name in _OWN:
        unit, padded = _OWN[name]
        return ColumnType(
            kind=Kind.TEXT,
            length=length,
            unit="byte" if unit == "byte" else "char",
            padded=padded,
            declared=declared,
        )
    if name == "DECIMAL_TEXT":
        return ColumnType(
            kind=Kind.DECIMAL,
            precision=length,
            scale=int(second or 0) if length else None,
            as_text=True,
            declared=declared,
        )
    if name == "DATE_TEXT":
        return ColumnType(kind=Kind.TIMESTAMP, fraction_digits=0, as_text=True, declared=declared)
    if name in ("TIMESTAMP_TEXT", "TIMESTAMPTZ_TEXT"):
        kind = Kind.TIMESTAMPTZ if "TZ" in name else Kind.TIMESTAMP
        return ColumnType(
            kind=kind,
            fraction_digits=min(length if length is not None else 6, 6),
            rounds=length is not None and length <= 6,
            as_text=True,
            declared=declared,
        )
    if name == "RAW_BLOB":
        return ColumnType(kind=Kind.BYTES, length=length, declared=declared)
    if name == "INTEGER_NUMBER":
        return ColumnType(kind=Kind.INT8, precision=length, declared=declared)
    return _by_affinity(name, length, declared)


# Private functions


def _by_affinity(name: str, length: int | None, declared: str) -> ColumnType:
    """SQLite's five rules, in their order (sqlite.org/datatype3.html, section 3.1)."""
    if "INT" in name:
        return ColumnType(kind=Kind.INT8, declared=declared)
    if any(word in name for word in ("CHAR", "CLOB", "TEXT")):
        return ColumnType(kind=Kind.TEXT, length=length, declared=declared)
    if "BLOB" in name:
        return ColumnType(kind=Kind.BYTES, declared=declared)
    if name in ("", "ANY"):
        return ColumnType(kind=Kind.TEXT, declared=declared)
    if any(word in name for word in ("REAL", "FLOA", "DOUB")):
        return ColumnType(kind=Kind.FLOAT8, finite=True, declared=declared)
    if "DATE" in name or "TIME" in name:
        digits = 0 if name == "DATE" else 6
        return ColumnType(
            kind=Kind.TIMESTAMP,
            fraction_digits=digits,
            rounds=name == "DATE",
            as_text=True,
            declared=declared,
        )
    return ColumnType(kind=Kind.FLOAT8, finite=True, declared=declared)
