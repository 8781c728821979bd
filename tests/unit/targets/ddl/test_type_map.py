"""The map from Oracle's types to each target's, as docs/reference/types.md states it."""

from __future__ import annotations

import pytest

from loadstone.targets.ddl import create_statements, read_ddl

MAP = [
    ("NUMBER(9,2)", "numeric(9,2)", "DECIMAL(9,2)", "DECIMAL_TEXT(9,2)", "NUMBER(9,2)"),
    ("NUMBER(18)", "numeric(18,0)", "DECIMAL(18,0)", "INTEGER_NUMBER(18)", "NUMBER(18)"),
    ("NUMBER(19)", "numeric(19,0)", "DECIMAL(19,0)", "DECIMAL_TEXT(19,0)", "NUMBER(19)"),
    ("NUMBER", "numeric", "DECIMAL(38,16)", "DECIMAL_TEXT", "NUMBER"),
    ("NUMBER(5,-2)", "numeric(5,-2)", "DECIMAL(7,0)", "DECIMAL_TEXT(5,-2)", "NUMBER(5,-2)"),
    ("NUMBER(3,5)", "numeric(3,5)", "DECIMAL(5,5)", "DECIMAL_TEXT(3,5)", "NUMBER(3,5)"),
    ("NUMBER(38,10)", "numeric(38,10)", "DECIMAL(38,10)", "DECIMAL_TEXT(38,10)", "NUMBER(38,10)"),
    ("INTEGER", "numeric(38,0)", "DECIMAL(38,0)", "DECIMAL_TEXT(38,0)", "NUMBER(38)"),
    ("SMALLINT", "numeric(38,0)", "DECIMAL(38,0)", "DECIMAL_TEXT(38,0)", "NUMBER(38)"),
    ("FLOAT", "numeric", "DECIMAL(38,16)", "DECIMAL_TEXT", "NUMBER"),
    ("REAL", "numeric", "DECIMAL(38,16)", "DECIMAL_TEXT", "NUMBER"),
    ("BINARY_FLOAT", "double precision", "DOUBLE", "DOUBLE", "BINARY_FLOAT"),
    ("BINARY_DOUBLE", "double precision", "DOUBLE", "DOUBLE", "BINARY_DOUBLE"),
    ("VARCHAR2(5 CHAR)", "varchar(5)", 'VARCHAR CHECK (length("{}") <= 5)', "VARCHAR_CHAR(5)", "VARCHAR2(5 CHAR)"),
    ("VARCHAR2(5)", 'varchar(5) CHECK (octet_length("{}") <= 5)', 'VARCHAR CHECK (strlen("{}") <= 5)', "VARCHAR_BYTE(5)", None),
    ("NVARCHAR2(5)", "varchar(5)", 'VARCHAR CHECK (length("{}") <= 5)', "VARCHAR_CHAR(5)", "NVARCHAR2(5)"),
    ("CHAR(3 CHAR)", "char(3)", 'VARCHAR CHECK (length("{}") <= 3)', "CHAR_CHAR(3)", "CHAR(3 CHAR)"),
    ("CHAR", 'char(1) CHECK (octet_length("{}"::text) <= 1)', 'VARCHAR CHECK (strlen("{}") <= 1)', "CHAR_BYTE(1)", None),
    ("DATE", "timestamp(0)", "TIMESTAMP_S", "DATE_TEXT", "DATE"),
    ("TIMESTAMP", "timestamp(6) without time zone", "TIMESTAMP", "TIMESTAMP_TEXT(6)", "TIMESTAMP(6)"),
    ("TIMESTAMP(0)", "timestamp(0) without time zone", "TIMESTAMP_S", "TIMESTAMP_TEXT(0)", "TIMESTAMP(0)"),
    ("TIMESTAMP(3)", "timestamp(3) without time zone", "TIMESTAMP_MS", "TIMESTAMP_TEXT(3)", "TIMESTAMP(3)"),
    ("TIMESTAMP(4)", "timestamp(4) without time zone", "TIMESTAMP", "TIMESTAMP_TEXT(4)", "TIMESTAMP(4)"),
    ("TIMESTAMP(7)", "timestamp without time zone", "TIMESTAMP", "TIMESTAMP_TEXT(7)", "TIMESTAMP(7)"),
    ("TIMESTAMP(9)", "timestamp without time zone", "TIMESTAMP", "TIMESTAMP_TEXT(9)", "TIMESTAMP(9)"),
    ("TIMESTAMP(9) WITH TIME ZONE", "timestamp with time zone", "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_TEXT(9)", "TIMESTAMP(9) WITH TIME ZONE"),
    ("CLOB", "text", "VARCHAR", "TEXT", "CLOB"),
    ("LONG", "text", "VARCHAR", "TEXT", None),
    ("XMLTYPE", "text", "VARCHAR", "TEXT", None),
    ("RAW(16)", 'bytea CHECK (octet_length("{}") <= 16)', 'BLOB CHECK (octet_length("{}") <= 16)', "RAW_BLOB(16)", "RAW(16)"),
    ("RAW(2001)", 'bytea CHECK (octet_length("{}") <= 2001)', 'BLOB CHECK (octet_length("{}") <= 2001)', "RAW_BLOB(2001)", "BLOB"),
    ("BLOB", "bytea", "BLOB", "BLOB", "BLOB"),
    ("BOOLEAN", "BOOLEAN", "BOOLEAN", "INTEGER", "NUMBER(1)"),
]  # fmt: skip
KINDS = ("postgresql", "duckdb", "sqlite", "oracle")
CASES = [
    pytest.param(kind, row[0], row[number], id=f"{kind}-{row[0]}")
    for row in MAP
    for number, kind in enumerate(KINDS, 1)
    if row[number] is not None
]


@pytest.mark.parametrize(("kind", "oracle", "expected"), CASES)
def test_a_type_becomes_the_targets(kind: str, oracle: str, expected: str) -> None:
    """One column of each type; its name is in the case that the target keeps."""
    (made,) = create_statements(read_ddl(f"CREATE TABLE t (c {oracle});"), kind)
    name = "c" if kind == "postgresql" else "C"
    assert made.endswith(f'("{name}" {expected.format(name)})'), made
