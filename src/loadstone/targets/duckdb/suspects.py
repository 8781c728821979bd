"""Records that DuckDB is going to refuse, found set-wise: duplicates, and rows without a parent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loadstone.spec import Method
from loadstone.targets.duckdb.catalogue import read_constraints
from loadstone.targets.model import ConstraintError, TableInfo, TableRows


def find_suspects(cursor: Any, tables: Sequence[TableRows]) -> list[ConstraintError]:
    """
    Records that break a unique key, by the rows in the table and by earlier rows of the batch.

    Only single tables are judged so; records of several tables are left to trials, since a record
    that another table refuses claims no key.
    """
    if len([table for table in tables if len(table.rows)]) != 1:
        return []
    rows = next(table for table in tables if len(table.rows))
    if rows.method is Method.UPSERT:
        return []
    found: dict[int, ConstraintError] = {}
    for kind, columns, _ in read_constraints(cursor, str(rows.table.schema), rows.table.name):
        if kind in ("PRIMARY KEY", "UNIQUE"):
            for record in _duplicates(cursor, rows, columns, set(found)):
                name = f"{rows.table.name.upper()}({', '.join(columns).upper()})"
                found[record] = ConstraintError(
                    record=record,
                    table_no=rows.table_no,
                    field=None,
                    rule="unique",
                    code="ORA-00001",
                    reason=f"ORA-00001: unique constraint ({name}) violated",
                )
    return list(found.values())


# Private functions


def _duplicates(cursor: Any, rows: TableRows, columns: list[str], gone: set[int]) -> list[int]:
    """Records that repeat a key of the table, or of an earlier record that is not refused itself."""
    import pyarrow as pa

    upper = [name.upper() for name in rows.columns]
    places = [upper.index(name.upper()) for name in columns if name.upper() in upper]
    if len(places) < len(columns):
        return []
    keep = [record not in gone for record in rows.rows.record.tolist()]
    batch = rows.rows.batch.append_column("record", pa.array(rows.rows.record))  # type: ignore[attr-defined]
    cursor.register("loadstone_keys", pa.Table.from_batches([batch]).filter(pa.array(keep)))
    keys = ", ".join(f"b.c{place}" for place in places)
    filled = " AND ".join(f"b.c{place} IS NOT NULL" for place in places)
    same = " AND ".join(f't."{name}" = b.c{place}' for name, place in zip(columns, places, strict=True))
    found = cursor.execute(
        f"SELECT record FROM (SELECT b.record, row_number() OVER (PARTITION BY {keys} ORDER BY b.record) AS n,"
        f" EXISTS (SELECT 1 FROM {_quoted(rows.table)} t WHERE {same}) AS known"
        f" FROM loadstone_keys b WHERE {filled}) WHERE n > 1 OR known ORDER BY record"
    ).fetchall()
    return [int(row[0]) for row in found]


def _quoted(table: TableInfo) -> str:
    return f'"{table.schema}"."{table.name}"'
