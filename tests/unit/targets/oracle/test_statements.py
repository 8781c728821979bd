"""The SQL that goes to Oracle, word for word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from loadstone.datatypes.model import ColumnType, Kind
from loadstone.spec import Method
from loadstone.targets.arrow import ArrowRows
from loadstone.targets.ddl import create_statements, read_ddl
from loadstone.targets.model import Column, TableInfo, TableRows
from loadstone.targets.oracle.staged import OracleStaged
from loadstone.targets.oracle.statements import empty_sql, fenced, target_of, write_sql
from loadstone.targets.oracle.target import TYPES, OracleTarget
from loadstone.targets.staged import StagedTable, stage_info


def column(name: str, declared: str, kind: Kind = Kind.TEXT) -> Column:
    """A column of a declared type."""
    return Column(name=name, type=ColumnType(kind=kind, declared=declared))


TABLE = TableInfo(
    schema="BANK",
    name="PAYMENTS",
    columns=(
        column("ID", "NUMBER(9,0)", Kind.DECIMAL),
        column("NOTE", "CLOB"),
        column("SEEN_AT", "TIMESTAMP(6) WITH TIME ZONE", Kind.TIMESTAMPTZ),
        column("GAP", "INTERVAL DAY(2) TO SECOND(6)"),
        column("SPAN", "INTERVAL YEAR(2) TO MONTH"),
        column("name", "VARCHAR2(20 BYTE)"),
    ),
)


def rows(*names: str, table: TableInfo = TABLE, **more: Any) -> TableRows:
    """Rows of these columns; there are none."""
    batch = pa.RecordBatch.from_arrays([pa.array([], pa.string())] * len(names), names=list(names))
    none = ArrowRows(batch, np.zeros(0, np.int64))
    return TableRows(table_no=0, table=table, columns=names, rows=none, **more)


def test_an_insert_names_its_columns_with_lobs_last() -> None:
    """Oracle takes no long value before others; zoned times and intervals are converted by the server."""
    assert write_sql(rows("ID", "NOTE", "SEEN_AT", "GAP", "SPAN", "name")) == (
        'INSERT INTO "BANK"."PAYMENTS" ("ID", "SEEN_AT", "GAP", "SPAN", "name", "NOTE")'
        " VALUES (:1, FROM_TZ(:2, 'UTC'), TO_DSINTERVAL(:3), TO_YMINTERVAL(:4), :5, :6)"
    )


def test_an_upsert_is_a_merge_of_one_row() -> None:
    """The key is compared, the other columns are changed, a new row has all of them."""
    assert write_sql(rows("ID", "name", method=Method.UPSERT, key=("ID",))) == (
        'MERGE INTO "BANK"."PAYMENTS" t USING (SELECT :1 AS c1, :2 AS c2 FROM dual) s ON (t."ID" = s.c1)'
        ' WHEN MATCHED THEN UPDATE SET t."name" = s.c2'
        ' WHEN NOT MATCHED THEN INSERT ("ID", "name") VALUES (s.c1, s.c2)'
    )


def test_an_upsert_of_keys_alone_changes_nothing_that_is_there() -> None:
    """Without other columns there is nothing to update."""
    assert "WHEN MATCHED" not in write_sql(rows("ID", method=Method.UPSERT, key=("ID",)))


def test_a_partition_is_written_and_emptied_alone() -> None:
    """PARTITION of the spec stands in INSERT and in the statement that empties."""
    table = replace(TABLE, partition='PARTITION ("P1")')
    assert target_of(table) == '"BANK"."PAYMENTS" PARTITION ("P1")'
    assert empty_sql(table) == 'ALTER TABLE "BANK"."PAYMENTS" TRUNCATE PARTITION ("P1")'
    assert empty_sql(TABLE) == 'TRUNCATE TABLE "BANK"."PAYMENTS"'


def test_a_truncate_runs_behind_the_fence() -> None:
    """The server checks the fence in the call that empties the table."""
    assert fenced('TRUNCATE TABLE "O\'HARA"."T"', "CTL.") == (
        "DECLARE found NUMBER; BEGIN SELECT fence_no INTO found FROM CTL.loadstone_fence WHERE load_id = :load_id"
        " AND part = 0 AND fence_no = :fence_no FOR UPDATE; SELECT claim_no INTO found FROM CTL.loadstone_claim"
        " WHERE load_id = :load_id AND part = 0 AND claim_no <= :fence_no;"
        " EXECUTE IMMEDIATE 'TRUNCATE TABLE \"O''HARA\".\"T\"'; END;"
    )


def test_staged_rows_go_by_the_direct_path() -> None:
    """The hint stands where rows go into a staged table, and nowhere else."""
    stage = stage_info("0123456789abcdef", 12, "CTL", TABLE.columns)
    sql = write_sql(rows("ID", "loadstone_record", table=stage))
    assert sql.startswith(
        'INSERT /*+ APPEND_VALUES */ INTO "CTL"."loadstone_stage_0123456789_12" ("ID", "loadstone_record")'
    )
    assert "APPEND" not in write_sql(rows("ID"))


def test_a_staged_upsert_merges_the_last_row_of_a_key() -> None:
    """One row a key reaches the MERGE: Oracle refuses two (ORA-30926)."""
    staged = StagedTable(
        table_no=0,
        stage=stage_info("0123456789abcdef", 0, None, TABLE.columns),
        table=TABLE,
        columns=("ID", "name"),
        method=Method.UPSERT,
        key=("id",),
    )
    assert OracleStaged(lambda *_: [], "", target_of).move_sql(staged, 3, 9) == (
        'MERGE INTO "BANK"."PAYMENTS" t USING (SELECT "ID", "name" FROM (SELECT "ID", "name", row_number() OVER'
        ' (PARTITION BY "ID" ORDER BY "loadstone_record" DESC) AS loadstone_n FROM "loadstone_stage_0123456789_0"'
        ' WHERE "loadstone_record" BETWEEN 3 AND 9) u WHERE loadstone_n = 1) s ON (t."ID" = s."ID")'
        ' WHEN MATCHED THEN UPDATE SET t."name" = s."name"'
        ' WHEN NOT MATCHED THEN INSERT ("ID", "name") VALUES (s."ID", s."name")'
    )


def test_names_of_our_own_have_thirty_bytes_at_most(oracle_url: str) -> None:
    """Oracle 12.1 takes no longer ones; the statements have no IF NOT EXISTS and no reserved column names."""
    target = OracleTarget(oracle_url)
    statements = target.init_sql()
    target.close()
    names = [word.strip('"') for one in statements for word in (one.split()[2], one.split()[4])]
    assert max(len(name) for name in names if name.startswith("loadstone")) <= 30
    text = "\n".join(statements)
    assert "IF NOT EXISTS" not in text and " number " not in text and " raw " not in text
    assert f"load_id {TYPES['text']} NOT NULL" in text and "frozen CLOB" in text and "raw_bytes BLOB" in text


def test_oracles_own_ddl_is_kept() -> None:
    """Tables made in Oracle have the types that the DDL says, with lengths beyond its limits as LOBs."""
    ddl = """CREATE TABLE t ("id" NUMBER(9) NOT NULL, a INTEGER, b VARCHAR2(5), c VARCHAR2(5 CHAR), d NVARCHAR2(3),
    e VARCHAR2(9000), f TIMESTAMP(9) WITH TIME ZONE, g RAW(16), h RAW(5000), i NUMBER(5,2) DEFAULT 0, j CHAR(2),
    k FLOAT, l DATE DEFAULT SYSDATE, m BINARY_DOUBLE, n BOOLEAN, o NCHAR(2), p TEXT, q NUMBER, PRIMARY KEY ("id"));
    CREATE SEQUENCE s START WITH 5 INCREMENT BY 2;"""
    assert create_statements(read_ddl(ddl), "oracle") == [
        'CREATE TABLE "T" ("id" NUMBER(9) NOT NULL, "A" NUMBER(38), "B" VARCHAR2(5 BYTE), "C" VARCHAR2(5 CHAR),'
        ' "D" NVARCHAR2(3), "E" CLOB, "F" TIMESTAMP(9) WITH TIME ZONE, "G" RAW(16), "H" BLOB, "I" NUMBER(5,2) DEFAULT 0,'
        ' "J" CHAR(2), "K" NUMBER, "L" DATE DEFAULT SYSDATE, "M" BINARY_DOUBLE, "N" NUMBER(1), "O" NCHAR(2), "P" CLOB,'
        ' "Q" NUMBER, PRIMARY KEY ("id"))',
        'CREATE SEQUENCE "S" START WITH 5 INCREMENT BY 2',
    ]
