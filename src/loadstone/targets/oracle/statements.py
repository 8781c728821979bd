"""The SQL that writes rows into Oracle."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.datatypes.model import ColumnType, Kind
from loadstone.spec import Method
from loadstone.targets.model import Column, TableInfo, TableRows
from loadstone.targets.oracle.rows import columns_of
from loadstone.targets.staged import RECORD

ANY_ROW = "SELECT 1 FROM {} WHERE ROWNUM = 1"
"""Query that gives a row when the table has one."""


def quote(name: str) -> str:
    """A name as it is; Oracle allows no double quote inside."""
    return '"' + name.replace('"', "") + '"'


def name_of(table: TableInfo) -> str:
    """The table's qualified name, without its partition."""
    return ".".join(quote(part) for part in (table.schema, table.name) if part)


def target_of(table: TableInfo) -> str:
    """What an INSERT, DELETE or SELECT names: the table, or one of its partitions."""
    return f"{name_of(table)} {table.partition}" if table.partition else name_of(table)


def write_sql(rows: TableRows) -> str:
    """The INSERT of a table, or its MERGE when the method is upsert; places are ``:1``, ``:2``, ..."""
    columns = [column for _, column in columns_of(rows)]
    places = [_place(column.type, number) for number, column in enumerate(columns, 1)]
    if rows.method is Method.UPSERT:
        return _merge(rows, columns, places)
    names = ", ".join(quote(column.name) for column in columns)
    hint = "/*+ APPEND_VALUES */ " if is_staged(rows) else ""
    return f"INSERT {hint}INTO {target_of(rows.table)} ({names}) VALUES ({', '.join(places)})"


def is_staged(rows: TableRows) -> bool:
    """Whether the rows wait in a staged table: it has no constraints, and one session writes it."""
    return rows.columns[-1] == RECORD


def empty_sql(table: TableInfo) -> str:
    """The statement that empties a table, or a partition, at once, and commits by itself."""
    if table.partition:
        return f"ALTER TABLE {name_of(table)} TRUNCATE {table.partition}"
    return f"TRUNCATE TABLE {name_of(table)}"


def fenced(statement: str, prefix: str) -> str:
    """
    A block that runs a statement of DDL only while the fence is mine; its places are ``load_id`` and ``fence_no``.

    A process that sleeps between its check and its TRUNCATE would else empty what another has loaded
    meanwhile; so the server checks and runs in one call. NO_DATA_FOUND (ORA-01403): the fence is not mine.
    """
    text = statement.replace("'", "''")
    return (
        "DECLARE found NUMBER; BEGIN "
        f"SELECT fence_no INTO found FROM {prefix}loadstone_fence"
        " WHERE load_id = :load_id AND part = 0 AND fence_no = :fence_no FOR UPDATE; "
        f"SELECT claim_no INTO found FROM {prefix}loadstone_claim"
        " WHERE load_id = :load_id AND part = 0 AND claim_no <= :fence_no; "
        f"EXECUTE IMMEDIATE '{text}'; END;"
    )


# Private functions


def _place(kind: ColumnType, number: int) -> str:
    if kind.kind is Kind.TIMESTAMPTZ:
        return f"FROM_TZ(:{number}, 'UTC')"
    if kind.declared.startswith("INTERVAL YEAR"):
        return f"TO_YMINTERVAL(:{number})"
    if kind.declared.startswith("INTERVAL DAY"):
        return f"TO_DSINTERVAL(:{number})"
    return f":{number}"


def _merge(rows: TableRows, columns: Sequence[Column], places: Sequence[str]) -> str:
    """A row that is there is changed, else inserted; rows come in order, so the last one of a key wins."""
    keys = {name.upper() for name in rows.key}
    pairs = [(quote(column.name), f"c{number}") for number, column in enumerate(columns, 1)]
    source = ", ".join(f"{place} AS {name}" for place, (_, name) in zip(places, pairs, strict=True))
    on = " AND ".join(f"t.{name} = s.{value}" for name, value in pairs if name.strip('"').upper() in keys)
    changed = ", ".join(
        f"t.{name} = s.{value}" for name, value in pairs if name.strip('"').upper() not in keys
    )
    update = f" WHEN MATCHED THEN UPDATE SET {changed}" if changed else ""
    names, values = ", ".join(name for name, _ in pairs), ", ".join(f"s.{value}" for _, value in pairs)
    return (
        f"MERGE INTO {target_of(rows.table)} t USING (SELECT {source} FROM dual) s ON ({on}){update}"
        f" WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({values})"
    )
