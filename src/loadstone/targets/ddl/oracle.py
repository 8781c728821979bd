"""Oracle's own types, for tables that are made in Oracle."""

from __future__ import annotations

from loadstone.targets.ddl.model import DdlType

VARCHAR2_BYTES_MAX = 4000
RAW_BYTES_MAX = 2000

_SAME = {
    "DATE",
    "CLOB",
    "NCLOB",
    "BLOB",
    "BINARY_FLOAT",
    "BINARY_DOUBLE",
    "XMLTYPE",
    "ROWID",
    "LONG",
    "LONG RAW",
}
_TEXTS = {"VARCHAR", "CHARACTER VARYING", "CHAR VARYING"}
_NATIONAL = {"NVARCHAR", "NATIONAL CHARACTER VARYING", "NATIONAL CHAR VARYING"}
_PADDED = {"CHARACTER": "CHAR", "BPCHAR": "CHAR", "NATIONAL CHARACTER": "NCHAR", "NATIONAL CHAR": "NCHAR"}
_LONG = {"TEXT", "LONGTEXT", "MEDIUMTEXT", "LONG VARCHAR", "JSON", "UROWID"}
_WHOLE = {"INTEGER", "INT", "SMALLINT", "BIGINT", "TINYINT", "MEDIUMINT", "INT4", "INT8", "INT2"}


def oracle_type(kind: DdlType) -> str:
    """The type as Oracle writes it; lengths beyond its limits become LOBs."""
    if kind.name in _SAME:
        return kind.name
    if kind.name in _WHOLE:
        return "NUMBER(38)"
    if kind.name in ("NUMBER", "NUMERIC", "DECIMAL", "DEC"):
        return _number(kind)
    if kind.name in ("FLOAT", "REAL"):
        return "NUMBER"
    if kind.name in ("DOUBLE", "DOUBLE PRECISION"):
        return "BINARY_DOUBLE"
    if kind.name.startswith(("TIMESTAMP", "DATETIME")):
        zone = " WITH TIME ZONE" if kind.name.endswith("TZ") else ""
        return f"TIMESTAMP({6 if kind.size is None else min(kind.size, 9)}){zone}"
    if kind.name == "RAW" and kind.size is not None and kind.size <= RAW_BYTES_MAX:
        return f"RAW({kind.size})"
    if kind.name in ("RAW", "BYTEA", "VARBINARY"):
        return "BLOB"
    if kind.name in ("BOOLEAN", "BOOL"):
        return "NUMBER(1)"
    return _text(kind)


# Private functions


def _number(kind: DdlType) -> str:
    if kind.size is None and kind.scale is None:
        return "NUMBER"
    precision = 38 if kind.size is None else kind.size
    return f"NUMBER({precision},{kind.scale})" if kind.scale else f"NUMBER({precision})"


def _text(kind: DdlType) -> str:
    if kind.name in ("CHAR", "NCHAR") or kind.name in _PADDED:
        name = _PADDED.get(kind.name, kind.name)
        unit = " CHAR" if kind.chars and name == "CHAR" else ""
        return f"{name}({kind.size or 1}{unit})"
    if kind.name in _LONG or kind.size is None or kind.size > VARCHAR2_BYTES_MAX:
        return "NCLOB" if kind.name.startswith("N") else "CLOB"
    if kind.name == "NVARCHAR2" or kind.name in _NATIONAL:
        return f"NVARCHAR2({kind.size})" if kind.size <= VARCHAR2_BYTES_MAX // 2 else "NCLOB"
    return f"VARCHAR2({kind.size} {'CHAR' if kind.chars else 'BYTE'})"
