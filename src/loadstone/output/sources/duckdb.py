"""Rows of a DuckDB file, or of Parquet files through DuckDB."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from loadstone.output.batches import Kind, SourceColumn
from loadstone.output.model import Rows
from loadstone.output.sources.queries import after_sql, key_sql, until_sql
from loadstone.targets.duckdb.faults import translate
from loadstone.targets.names import quote_name
from loadstone.targets.urls import file_of

BATCH_ROWS = 1 << 14

CACHE_MB = 16
"""What DuckDB may keep of the blocks that it has read, every ``CACHED_BATCHES`` batches."""

CACHED_BATCHES = 8

_TAKEN = ("main", "memory", "system", "temp")
"""Names that DuckDB gives to no file; a file is named by its own name, for views may say it."""

_KINDS: tuple[tuple[str, Kind], ...] = (
    (r"(U?(TINY|SMALL|HUGE|BIG)?INT|U?INTEGER)$", "integer"),
    (r"DECIMAL|BIGNUM", "decimal"),
    (r"FLOAT|DOUBLE", "float"),
    (r"DATE$", "date"),
    (r"TIMESTAMP", "timestamp"),
    (r"BOOLEAN", "boolean"),
    (r"BLOB", "bytes"),
)


class DuckdbSource:
    """
    One read-only transaction.

    A table or Parquet files as they stand are read by one thread, which holds a row group; each further one would hold
    one too, and the rows are formatted meanwhile. A query, or an order, has as many threads as DuckDB takes.
    """

    def __init__(self, url: str | None, rows: Rows) -> None:
        """``url`` None reads Parquet files; errors are those of the target ``duckdb``."""
        import duckdb

        self._path = file_of(url) if url is not None else ":memory:"
        self._streams = rows.query is None and not rows.order
        with translate(self._path):
            if url is None or self._streams:
                self._connection = duckdb.connect(":memory:")
            else:
                self._connection = duckdb.connect(self._path, read_only=True)
            self._connection.execute("SET preserve_insertion_order = true; SET TimeZone = 'UTC'")
            if self._streams:
                self._connection.execute("SET threads = 1")
            if url is not None and self._streams:
                self._attach()
            self._connection.execute("BEGIN TRANSACTION")
            self._query = _query(rows)
            told = self._connection.execute(f"DESCRIBE {self._query}").fetchall()
        self._order = rows.order
        self.columns = tuple(SourceColumn(row[0], _kind(row[1])) for row in told)

    def count_until(self, key: Sequence[str]) -> int:
        """Rows whose key is not behind ``key``."""
        sql = until_sql(self._query, self._order, ["?"] * len(self._order))
        with translate(self._path):
            return int(self._connection.execute(sql, list(key)).fetchall()[0][0])

    def batches(self, after: Sequence[str] | None) -> Iterator[Sequence[Any]]:
        """Arrow arrays of text."""
        shown = ", ".join(_shown(column) for column in self.columns)
        if after is None:
            inner = key_sql(self._query, self._order)
        else:
            inner = after_sql(self._query, self._order, ["?"] * len(self._order))
        with translate(self._path):
            found = self._connection.sql(f"SELECT {shown} FROM ({inner})", params=list(after or ()))
            reader = found.to_arrow_reader(BATCH_ROWS)
        for number in count(1):
            with translate(self._path):
                try:
                    batch = reader.read_next_batch()
                except StopIteration:
                    return
            if self._streams and number % CACHED_BATCHES == 0:
                self._empty_cache()
            if len(batch):
                yield batch.columns

    def close(self) -> None:
        """Close the file."""
        import duckdb

        with suppress(duckdb.Error):
            self._connection.close()

    # Private methods

    def _attach(self) -> None:
        """The file in an instance of our own: its threads and its limit are nobody else's in this process."""
        name = quote_name(Path(self._path).stem)
        if name.strip('"').lower() in _TAKEN:
            name = '"rows_"'
        path = self._path.replace("'", "''")
        self._connection.execute(f"ATTACH '{path}' AS {name} (READ_ONLY); USE {name}")

    def _empty_cache(self) -> None:
        """
        Let go of blocks that were read, which else would be as much as the file has.

        A limit takes effect at once, and none may stand while rows are read. DuckDB's one thread reads them only while
        they are asked for.
        """
        import duckdb

        with self._connection.cursor() as other, suppress(duckdb.OutOfMemoryException):
            try:
                other.execute(f"SET memory_limit = '{CACHE_MB}MB'")
            finally:
                other.execute("RESET memory_limit")


# Private functions


def _query(rows: Rows) -> str:
    if rows.query is not None:
        return rows.query.strip().rstrip(";")
    if rows.table is not None:
        return f"SELECT * FROM {'.'.join(quote_name(part) for part in rows.table.split('.'))}"
    files = ", ".join("'" + path.replace("'", "''") + "'" for path in rows.parquet)
    return f"SELECT * FROM read_parquet([{files}])"


def _kind(told: str) -> Kind:
    return next((kind for pattern, kind in _KINDS if re.match(pattern, told)), "text")


def _shown(column: SourceColumn) -> str:
    name = quote_name(column.name)
    if column.kind == "bytes":
        return f"upper(hex({name})) AS {name}"
    if column.kind == "timestamp":
        return f"CAST(CAST({name} AS TIMESTAMP) AS VARCHAR) AS {name}"
    return f"CAST({name} AS VARCHAR) AS {name}"
