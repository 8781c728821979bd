"""Rows of PostgreSQL by COPY, in one repeatable-read transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from psycopg.sql import Literal

from loadstone.output.batches import Kind, SourceColumn
from loadstone.output.model import Rows
from loadstone.output.sources.copying import copied
from loadstone.output.sources.queries import after_sql, key_sql, until_sql
from loadstone.targets.names import quote_name
from loadstone.targets.postgresql.connection import connect
from loadstone.targets.postgresql.faults import translate

_KINDS: dict[int, Kind] = {
    16: "boolean", 17: "bytes", 20: "integer", 21: "integer", 23: "integer", 700: "float", 701: "float",
    1082: "date", 1114: "timestamp", 1184: "timestamp", 1700: "decimal",
}  # fmt: skip
"""By the type's oid; all others are text."""


class PostgresSource:
    """One read-only transaction; moments are in UTC."""

    def __init__(self, url: str, rows: Rows) -> None:
        """Errors are those of the target ``postgresql``."""
        self._connection = connect(url, "loadstone write")
        self._query, self._order = _query(rows), rows.order
        try:
            with translate():
                self._connection.execute(
                    "SET DateStyle = 'ISO, YMD'; SET idle_in_transaction_session_timeout = 0"
                )
                self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                told = self._connection.execute(
                    f"SELECT * FROM ({self._query}) AS rows_ LIMIT 0".encode()
                ).description
        except BaseException:
            self._connection.close()
            raise
        self.columns = tuple(
            SourceColumn(column.name, _KINDS.get(column.type_code, "text")) for column in told or ()
        )

    def count_until(self, key: Sequence[str]) -> int:
        """Rows whose key is not behind ``key``."""
        with translate():
            sql = until_sql(self._query, self._order, self._literals(key))
            row = self._connection.execute(sql.encode()).fetchone()
        return int(row[0]) if row else 0

    def batches(self, after: Sequence[str] | None) -> Iterator[Sequence[Any]]:
        """Arrow arrays of text; a thread of its own takes the rows from the server."""
        shown = ", ".join(_shown(column) for column in self.columns)
        if after is None:
            inner = key_sql(self._query, self._order)
        else:
            inner = after_sql(self._query, self._order, self._literals(after))
        copy = f"COPY (SELECT {shown} FROM ({inner}) AS shown_) TO STDOUT (FORMAT csv)"
        with ThreadPoolExecutor(1) as pool, translate():
            blocks = copied(self._connection, copy)
            coming = pool.submit(next, blocks, b"")
            while block := coming.result():
                coming = pool.submit(next, blocks, b"")
                yield self._arrays(block)

    def close(self) -> None:
        """End the transaction."""
        with suppress(Exception):
            self._connection.close()

    # Private methods

    def _literals(self, key: Sequence[str]) -> list[str]:
        return [Literal(value).as_string(self._connection) for value in key]

    def _arrays(self, block: bytes) -> Sequence[Any]:
        import pyarrow as pa
        from pyarrow import csv

        names = [str(no) for no in range(len(self.columns))]
        table = csv.read_csv(
            pa.BufferReader(block),
            csv.ReadOptions(column_names=names, block_size=max(len(block), 1), use_threads=False),
            csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        return [column.combine_chunks() for column in table.columns]


# Private functions


def _query(rows: Rows) -> str:
    if rows.query is not None:
        return rows.query.strip().rstrip(";")
    return f"SELECT * FROM {'.'.join(quote_name(part) for part in (rows.table or '').split('.'))}"


def _shown(column: SourceColumn) -> str:
    name = quote_name(column.name)
    if column.kind == "bytes":
        return f"upper(encode({name}, 'hex'))"
    if column.kind == "boolean":
        return f"CASE WHEN {name} THEN 'true' WHEN NOT {name} THEN 'false' END"
    if column.kind == "timestamp":
        return f"{name}::timestamp"
    return name
