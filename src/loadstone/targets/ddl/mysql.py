"""Oracle's types in MySQL and MariaDB."""

from __future__ import annotations

from loadstone.targets.ddl.model import DdlType

DIGITS_MAX, SCALE_MAX = 65, 30
TEXT_CHARS_MAX = 4000
BYTES_MAX = 4000

_WHOLE = {"INTEGER", "INT", "SMALLINT", "BIGINT", "TINYINT", "MEDIUMINT", "INT4", "INT8", "INT2"}
_NUMBERS = {"NUMBER", "NUMERIC", "DECIMAL", "DEC", "FLOAT", "REAL"}
_DOUBLES = {"BINARY_DOUBLE", "DOUBLE PRECISION", "DOUBLE", "BINARY_FLOAT"}
_BYTES = {"RAW", "LONG RAW", "BLOB", "BYTEA", "VARBINARY"}
_LONG = {"CLOB", "NCLOB", "LONG", "XMLTYPE", "TEXT", "LONGTEXT", "JSON", "LONG VARCHAR", "MEDIUMTEXT"}


def mysql_type(name: str, kind: DdlType) -> str:
    """
    The type of column ``name``; lengths in bytes are checked, and CHAR(n) keeps its blanks as VARCHAR(n).

    NUMBER without precision is DECIMAL(65,30), for there is no unbounded decimal; times are without zone, in UTC.
    """
    if kind.name in _WHOLE:
        return "DECIMAL(38,0)"
    if kind.name in _NUMBERS:
        return _number(kind)
    if kind.name in _DOUBLES:
        return "DOUBLE"
    if kind.name == "DATE":
        return "DATETIME"
    if kind.name.startswith(("TIMESTAMP", "DATETIME")):
        digits = 6 if kind.size is None else min(kind.size, 6)
        return f"DATETIME({digits})" if digits else "DATETIME"
    if kind.name in _BYTES:
        sized = kind.name == "RAW" and kind.size is not None and kind.size <= BYTES_MAX
        return f"VARBINARY({kind.size})" if sized else "LONGBLOB"
    if kind.name in ("BOOLEAN", "BOOL"):
        return "BOOLEAN"
    size = kind.size or (1 if "CHAR" in kind.name else 0)
    if kind.name in _LONG or not size or size > TEXT_CHARS_MAX:
        return "LONGTEXT"
    check = "" if kind.chars else f" CHECK (octet_length({name}) <= {size})"
    return f"VARCHAR({size}){check}"


# Private functions


def _number(kind: DdlType) -> str:
    if kind.name in ("FLOAT", "REAL") or (kind.size is None and kind.scale is None):
        return f"DECIMAL({DIGITS_MAX},{SCALE_MAX})"
    precision, scale = kind.size or 38, kind.scale or 0
    digits = max(precision, scale) - min(scale, 0)
    return f"DECIMAL({min(digits, DIGITS_MAX)},{min(max(scale, 0), SCALE_MAX)})"
