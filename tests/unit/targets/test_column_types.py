"""What a column takes, by the type that each target's catalogue declares."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, postgresql

from loadstone.datatypes.model import ColumnType, Kind
from loadstone.targets.duckdb.types import column_type as duckdb_type
from loadstone.targets.duckdb.types import limit_of
from loadstone.targets.oracle.types import DeclaredColumn, digits_max, is_lob, is_national
from loadstone.targets.oracle.types import column_type as oracle_type
from loadstone.targets.sqlalchemy.catalogue import column_type as alchemy_type
from loadstone.targets.sqlite.types import column_type as sqlite_type


def told(kind: ColumnType | None) -> dict[str, Any] | None:
    """The kind and what else is not the default."""
    if kind is None:
        return None
    plain = vars(ColumnType(kind=kind.kind))
    return {"kind": kind.kind} | {
        name: value for name, value in vars(kind).items() if plain[name] != value and name != "declared"
    }


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("INTEGER", {"kind": Kind.INT8}), ("bigint", {"kind": Kind.INT8}), ("POINT", {"kind": Kind.INT8}), ("INTEGER_NUMBER(9)", {"kind": Kind.INT8, "precision": 9}),
        ("TEXT", {"kind": Kind.TEXT}), ("varchar(20)", {"kind": Kind.TEXT, "length": 20}), ("CLOB", {"kind": Kind.TEXT}), ("", {"kind": Kind.TEXT}), ("ANY", {"kind": Kind.TEXT}),
        ("VARCHAR_BYTE(5)", {"kind": Kind.TEXT, "length": 5, "unit": "byte"}), ("VARCHAR_CHAR(5)", {"kind": Kind.TEXT, "length": 5}), ("CHAR_CHAR(2)", {"kind": Kind.TEXT, "length": 2, "padded": True}),
        ("CHAR_BYTE(2)", {"kind": Kind.TEXT, "length": 2, "unit": "byte", "padded": True}), ("DECIMAL_TEXT", {"kind": Kind.DECIMAL, "as_text": True}),
        ("DECIMAL_TEXT(12,2)", {"kind": Kind.DECIMAL, "precision": 12, "scale": 2, "as_text": True}), ("DECIMAL_TEXT(5,-2)", {"kind": Kind.DECIMAL, "precision": 5, "scale": -2, "as_text": True}),
        ("DECIMAL_TEXT(7)", {"kind": Kind.DECIMAL, "precision": 7, "scale": 0, "as_text": True}), ("DATE_TEXT", {"kind": Kind.TIMESTAMP, "fraction_digits": 0, "as_text": True}),
        ("TIMESTAMP_TEXT(3)", {"kind": Kind.TIMESTAMP, "fraction_digits": 3, "as_text": True}), ("TIMESTAMP_TEXT", {"kind": Kind.TIMESTAMP, "rounds": False, "as_text": True}),
        ("TIMESTAMP_TEXT(9)", {"kind": Kind.TIMESTAMP, "rounds": False, "as_text": True}), ("TIMESTAMPTZ_TEXT(6)", {"kind": Kind.TIMESTAMPTZ, "as_text": True}),
        ("RAW_BLOB(16)", {"kind": Kind.BYTES, "length": 16}), ("BLOB", {"kind": Kind.BYTES}), ("REAL", {"kind": Kind.FLOAT8, "finite": True}), ("DOUBLE PRECISION", {"kind": Kind.FLOAT8, "finite": True}),
        ("NUMERIC(9,2)", {"kind": Kind.FLOAT8, "finite": True}), ("DATE", {"kind": Kind.TIMESTAMP, "fraction_digits": 0, "as_text": True}), ("datetime", {"kind": Kind.TIMESTAMP, "rounds": False, "as_text": True}),
        ("no type at all (", {"kind": Kind.FLOAT8, "finite": True}),
    ],
)  # fmt: skip
def test_sqlite(declared: str, expected: dict[str, Any]) -> None:
    """Our own names carry limits; foreign ones follow SQLite's affinity, which would change what a double cannot hold."""
    assert expected == told(sqlite_type(declared))
    assert declared == sqlite_type(declared).declared


@pytest.mark.parametrize(
    ("declared", "limit", "expected"),
    [
        ("VARCHAR", None, {"kind": Kind.TEXT, "rounds": False}), ("VARCHAR", (5, "char"), {"kind": Kind.TEXT, "length": 5}), ("VARCHAR", (5, "byte"), {"kind": Kind.TEXT, "length": 5, "unit": "byte"}),
        ("BLOB", (5, "byte"), {"kind": Kind.BYTES, "length": 5, "unit": "byte"}), ("INTEGER", (5, "byte"), {"kind": Kind.INT4, "rounds": False}), ("DECIMAL(9,2)", None, {"kind": Kind.DECIMAL, "precision": 9, "scale": 2}),
        ("TINYINT", None, {"kind": Kind.INT2, "rounds": False}), ("TIMESTAMP_S", None, {"kind": Kind.TIMESTAMP, "fraction_digits": 0}), ("TIMESTAMP_MS", None, {"kind": Kind.TIMESTAMP, "fraction_digits": 3}),
        ("TIMESTAMP_NS", None, {"kind": Kind.TIMESTAMP, "rounds": False}), ("TIMESTAMP", None, {"kind": Kind.TIMESTAMP, "rounds": False}), ("TIMESTAMP WITH TIME ZONE", None, {"kind": Kind.TIMESTAMPTZ, "rounds": False}),
        ("ENUM('a', 'b')", None, {"kind": Kind.TEXT}), ("HUGEINT", None, None), ("STRUCT(a INTEGER)", None, None), ("INTEGER[]", None, None), ("INTERVAL", None, None),
    ],
)  # fmt: skip
def test_duckdb(declared: str, limit: tuple[int, str] | None, expected: dict[str, Any] | None) -> None:
    """Lengths come from CHECKs; types that nothing can be loaded into are None."""
    assert expected == told(duckdb_type(declared, limit))


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("CHECK((length(a) <= 5))", ("a", 5, "char")), ('CHECK((strlen("a b") <= 20))', ("a b", 20, "byte")), ("CHECK(octet_length(x)<=3)", ("x", 3, "byte")), ("CHECK((LENGTH(A) <= 5))", ("A", 5, "char")),
        ("CHECK((a > 0))", None), ("CHECK((length(a) < 5))", None), ("", None),
    ],
)  # fmt: skip
def test_a_check_that_bounds_a_length(check: str, expected: tuple[str, int, str] | None) -> None:
    """Characters for ``length``, bytes for ``strlen`` and ``octet_length``; other checks are the target's own."""
    assert expected == limit_of(check)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (sa.Boolean(), {"kind": Kind.BOOL}), (sa.SmallInteger(), {"kind": Kind.INT2}), (sa.Integer(), {"kind": Kind.INT4}), (sa.BigInteger(), {"kind": Kind.INT8}),
        (mysql.INTEGER(unsigned=True), {"kind": Kind.INT8}), (mysql.TINYINT(), {"kind": Kind.INT4}), (sa.Float(), {"kind": Kind.FLOAT8}), (sa.REAL(), {"kind": Kind.FLOAT4}), (sa.Double(), {"kind": Kind.FLOAT8}),
        (mysql.FLOAT(), {"kind": Kind.FLOAT4, "finite": True}), (mysql.DOUBLE(), {"kind": Kind.FLOAT8, "finite": True}), (mssql.DOUBLE_PRECISION(), {"kind": Kind.FLOAT8, "finite": True}), (sa.FLOAT(53), {"kind": Kind.FLOAT8}),
        (sa.Numeric(), {"kind": Kind.DECIMAL, "as_text": True}), (sa.Numeric(9, 2), {"kind": Kind.DECIMAL, "precision": 9, "scale": 2, "as_text": True}), (sa.Numeric(9), {"kind": Kind.DECIMAL, "precision": 9, "scale": 0, "as_text": True}),
        (sa.Date(), {"kind": Kind.DATE}), (sa.DateTime(), {"kind": Kind.TIMESTAMP, "rounds": False}), (sa.DateTime(timezone=True), {"kind": Kind.TIMESTAMPTZ, "rounds": False}),
        (mysql.DATETIME(), {"kind": Kind.TIMESTAMP, "fraction_digits": 0}), (mysql.DATETIME(fsp=3), {"kind": Kind.TIMESTAMP, "fraction_digits": 3}), (postgresql.TIMESTAMP(precision=0), {"kind": Kind.TIMESTAMP, "fraction_digits": 0}),
        (mssql.DATETIME2(7), {"kind": Kind.TIMESTAMP, "rounds": False}), (sa.LargeBinary(), {"kind": Kind.BYTES, "unit": "byte"}), (sa.VARBINARY(3), {"kind": Kind.BYTES, "length": 3, "unit": "byte"}),
        (sa.Enum("a", "b"), {"kind": Kind.TEXT}), (sa.String(5), {"kind": Kind.TEXT, "length": 5}), (sa.CHAR(5), {"kind": Kind.TEXT, "length": 5, "padded": True}), (sa.NCHAR(5), {"kind": Kind.TEXT, "length": 5, "padded": True}),
        (sa.Text(), {"kind": Kind.TEXT}), (sa.Uuid(), {"kind": Kind.TEXT}), (sa.types.NullType(), {"kind": Kind.TEXT}),
    ],
)  # fmt: skip
def test_sqlalchemy(kind: Any, expected: dict[str, Any]) -> None:
    """By SQLAlchemy's classes; floats of MySQL and SQL Server are finite, and unknown types take text."""
    assert expected == told(alchemy_type(kind))


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (DeclaredColumn(type="NUMBER"), {"kind": Kind.DECIMAL, "as_text": True}), (DeclaredColumn(type="NUMBER", precision=9, scale=2), {"kind": Kind.DECIMAL, "precision": 9, "scale": 2, "as_text": True}),
        (DeclaredColumn(type="NUMBER", scale=0), {"kind": Kind.DECIMAL, "precision": 38, "scale": 0, "as_text": True}), (DeclaredColumn(type="FLOAT", precision=24), {"kind": Kind.DECIMAL, "as_text": True}),
        (DeclaredColumn(type="VARCHAR2", length_bytes=20, chars=20), {"kind": Kind.TEXT, "length": 20, "unit": "byte"}), (DeclaredColumn(type="VARCHAR2", length_bytes=80, chars=20, by_chars=True), {"kind": Kind.TEXT, "length": 20}),
        (DeclaredColumn(type="CHAR", length_bytes=3), {"kind": Kind.TEXT, "length": 3, "unit": "byte", "padded": True}), (DeclaredColumn(type="NCHAR", length_bytes=6, chars=3), {"kind": Kind.TEXT, "length": 3, "padded": True}),
        (DeclaredColumn(type="DATE"), {"kind": Kind.TIMESTAMP, "fraction_digits": 0}), (DeclaredColumn(type="TIMESTAMP(3)", scale=3), {"kind": Kind.TIMESTAMP, "fraction_digits": 3}),
        (DeclaredColumn(type="TIMESTAMP(9)", scale=9), {"kind": Kind.TIMESTAMP, "fraction_digits": 9, "rounds": False}), (DeclaredColumn(type="TIMESTAMP(6) WITH TIME ZONE", scale=6), {"kind": Kind.TIMESTAMPTZ}),
        (DeclaredColumn(type="RAW", length_bytes=16), {"kind": Kind.BYTES, "length": 16, "unit": "byte"}), (DeclaredColumn(type="BLOB"), {"kind": Kind.BYTES}), (DeclaredColumn(type="LONG RAW"), {"kind": Kind.BYTES}),
        (DeclaredColumn(type="BINARY_FLOAT"), {"kind": Kind.FLOAT4}), (DeclaredColumn(type="BINARY_DOUBLE"), {"kind": Kind.FLOAT8}), (DeclaredColumn(type="CLOB"), {"kind": Kind.TEXT}), (DeclaredColumn(type="JSON"), {"kind": Kind.JSON}),
        (DeclaredColumn(type="INTERVAL YEAR(2) TO MONTH"), {"kind": Kind.TEXT}), (DeclaredColumn(type="SDO_GEOMETRY"), {"kind": Kind.TEXT}),
    ],
)  # fmt: skip
def test_oracle(column: DeclaredColumn, expected: dict[str, Any]) -> None:
    """By ALL_TAB_COLS: numbers stay text until they are bound, lengths count what the column counts."""
    assert expected == told(oracle_type(column, "AL32UTF8"))


@pytest.mark.parametrize(("charset", "unit"), [("AL32UTF8", "byte"), ("WE8MSWIN1252", "char"), ("JA16SJIS", "char")])  # fmt: skip
def test_lengths_in_bytes_of_a_single_byte_database_are_characters(charset: str, unit: str) -> None:
    """Only in UTF-8 has a character several of the bytes that the column counts."""
    assert unit == oracle_type(DeclaredColumn(type="VARCHAR2", length_bytes=5), charset).unit


@pytest.mark.parametrize(
    ("declared", "digits", "lob", "national"),
    [
        ("NUMBER(9,2)", 38, False, False), ("FLOAT(126)", 38, False, False), ("FLOAT(24)", 8, False, False), ("FLOAT(1)", 1, False, False), ("CLOB", 38, True, False), ("NCLOB", 38, True, True),
        ("LONG RAW", 38, True, False), ("NVARCHAR2(5)", 38, False, True), ("NCHAR(5)", 38, False, True), ("VARCHAR2(5 BYTE)", 38, False, False),
    ],
)  # fmt: skip
def test_what_binds_must_know(declared: str, digits: int, lob: bool, national: bool) -> None:
    """Digits that a FLOAT(b) keeps, large objects, national texts."""
    kind = ColumnType(kind=Kind.TEXT, declared=declared)
    assert (digits, lob, national) == (digits_max(kind), is_lob(kind), is_national(kind))
