"""Oracle's types: what a column takes, and how its values are bound."""

from __future__ import annotations

from dataclasses import dataclass

from loadstone.datatypes.model import ColumnType, Kind

CODECS = {
    "AL32UTF8": "utf-8",
    "UTF8": "utf-8",
    "AL16UTF16": "utf-16-be",
    "US7ASCII": "ascii",
    "WE8MSWIN1252": "cp1252",
    "EE8MSWIN1250": "cp1250",
    "CL8MSWIN1251": "cp1251",
    "EL8MSWIN1253": "cp1253",
    "TR8MSWIN1254": "cp1254",
    "BLT8MSWIN1257": "cp1257",
    "WE8ISO8859P1": "latin-1",
    "EE8ISO8859P2": "iso8859-2",
    "CL8ISO8859P5": "iso8859-5",
    "EL8ISO8859P7": "iso8859-7",
    "WE8ISO8859P9": "iso8859-9",
    "WE8ISO8859P15": "iso8859-15",
    "WE8PC850": "cp850",
}
"""Python's codec of a database character set; text in any other one must be ASCII."""

DIGITS_MAX = 38
"""Significant decimal digits that every NUMBER keeps."""

_BITS_TO_DIGITS = 0.30103


@dataclass(frozen=True, kw_only=True)
class DeclaredColumn:
    """
    A row of ALL_TAB_COLS.

    Attributes:
        length_bytes: DATA_LENGTH. chars: CHAR_LENGTH, used when ``by_chars`` (CHAR_USED is C).
    """

    type: str
    length_bytes: int = 0
    chars: int = 0
    by_chars: bool = False
    precision: int | None = None
    scale: int | None = None


def column_type(column: DeclaredColumn, charset: str) -> ColumnType:
    """What a column takes, in a database of this character set; unknown types take text, and the server judges it."""
    name = column.type.partition("(")[0]
    if name in ("NUMBER", "FLOAT"):
        return _number(column, name)
    if name in ("VARCHAR2", "CHAR", "NVARCHAR2", "NCHAR"):
        return _text(column, name, charset)
    if name == "DATE":
        return ColumnType(kind=Kind.TIMESTAMP, fraction_digits=0, declared="DATE")
    if name == "TIMESTAMP":
        zoned = column.type.endswith("TIME ZONE")
        kind = Kind.TIMESTAMPTZ if zoned else Kind.TIMESTAMP
        digits = 6 if column.scale is None else column.scale
        return ColumnType(kind=kind, fraction_digits=digits, rounds=digits <= 6, declared=column.type)
    if name == "RAW":
        declared = f"RAW({column.length_bytes})"
        return ColumnType(kind=Kind.BYTES, length=column.length_bytes, unit="byte", declared=declared)
    simple = {
        "BLOB": Kind.BYTES,
        "LONG RAW": Kind.BYTES,
        "BINARY_FLOAT": Kind.FLOAT4,
        "BINARY_DOUBLE": Kind.FLOAT8,
        "BOOLEAN": Kind.BOOL,
        "JSON": Kind.JSON,
    }
    return ColumnType(kind=simple.get(name, Kind.TEXT), declared=column.type)


def digits_max(kind: ColumnType) -> int:
    """Significant digits that a number column keeps without rounding; FLOAT(b) has b binary ones."""
    if kind.declared.startswith("FLOAT("):
        bits = int(kind.declared[6:-1])
        return min(DIGITS_MAX, int(bits * _BITS_TO_DIGITS) + 1)
    return DIGITS_MAX


def is_lob(kind: ColumnType) -> bool:
    """Whether values may be longer than what a plain bind takes."""
    return kind.declared in ("CLOB", "NCLOB", "BLOB", "LONG", "LONG RAW", "XMLTYPE", "JSON")


def is_national(kind: ColumnType) -> bool:
    """Whether the column is in the national character set, which has every character."""
    return kind.declared.startswith("N") and kind.kind is Kind.TEXT and not kind.declared.startswith("NUMBER")


# Private functions


def _number(column: DeclaredColumn, name: str) -> ColumnType:
    """Numbers stay text until they are bound as Decimal: no float, no limit of 38 digits before the check."""
    if name == "FLOAT":
        return ColumnType(kind=Kind.DECIMAL, as_text=True, declared=f"FLOAT({column.precision or 126})")
    if column.precision is None and column.scale is None:
        return ColumnType(kind=Kind.DECIMAL, as_text=True, declared="NUMBER")
    precision, scale = column.precision or DIGITS_MAX, column.scale or 0
    return ColumnType(
        kind=Kind.DECIMAL,
        precision=precision,
        scale=scale,
        as_text=True,
        declared=f"NUMBER({precision},{scale})",
    )


def _text(column: DeclaredColumn, name: str, charset: str) -> ColumnType:
    national = name.startswith("N")
    padded = name.endswith("CHAR")
    if column.by_chars or national:
        declared = f"{name}({column.chars}{'' if national else ' CHAR'})"
        return ColumnType(kind=Kind.TEXT, length=column.chars, padded=padded, declared=declared)
    declared = f"{name}({column.length_bytes} BYTE)"
    codec = CODECS.get(charset)
    if codec == "utf-8":
        return ColumnType(
            kind=Kind.TEXT, length=column.length_bytes, unit="byte", padded=padded, declared=declared
        )
    # A character is a byte in the other sets that are known; text in an unknown one is ASCII.
    return ColumnType(kind=Kind.TEXT, length=column.length_bytes, padded=padded, declared=declared)
