"""Rows of PostgreSQL by COPY, in one repeatable-read transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from loadstone.output.batches import Kind, SourceColumn
from loadstone.output.model import Rows
from loadstone.output.sources.queries import after_sql, key_sql, until_sql
from loadstone.targets.names import quote_name
from loadstone.targets.postgresql.connection import connect
from loadstone.targets.postgresql.faults import translate

BATCH_SIZE_BYTES = 8 << 20

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
            sql = until_sql(self._query.replace("%", "%%"), self._order, "%s")
            row = self._connection.execute(sql.encode(), list(key)).fetchone()
        return int(row[0]) if row else 0

    def batches(self, after: Sequence[str] | None) -> Iterator[Sequence[Any]]:
        """Arrow arrays of text."""
        shown = ", ".join(_shown(column) for column in self.columns)
        if after is None:
            inner, given = key_sql(self._query, self._order), None
        else:
            inner, given = after_sql(self._query.replace("%", "%%"), self._order, "%s"), list(after)
        copy = f"COPY (SELECT {shown} FROM ({inner}) AS shown_) TO STDOUT (FORMAT csv)"
        with translate(), self._connection.cursor() as cursor, cursor.copy(copy.encode(), given) as rows:
            parts: list[bytes] = []
            size = 0
            while data := rows.read():
                parts.append(bytes(data))
                size += len(data)
                if size >= BATCH_SIZE_BYTES:
                    yield self._arrays(parts)
                    parts, size = [], 0
            if parts:
                yield self._arrays(parts)

    def close(self) -> None:
        """End the transaction."""
        with suppress(Exception):
            self._connection.close()

    # Private methods

    def _arrays(self, parts: list[bytes]) -> Sequence[Any]:
        import pyarrow as pa
        from pyarrow import csv

        names = [str(no) for no in range(len(self.columns))]
        table = csv.read_csv(
            pa.BufferReader(b"".join(parts)),
            csv.ReadOptions(column_names=names, block_size=BATCH_SIZE_BYTES * 64, use_threads=False),
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
