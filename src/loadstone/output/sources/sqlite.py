"""Rows of a SQLite file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from loadstone.errors import FixSpec
from loadstone.output.batches import NUMBERS, Kind, SourceColumn
from loadstone.output.model import Rows
from loadstone.output.sources.queries import after_sql, key_sql, until_sql
from loadstone.targets.names import quote_name
from loadstone.targets.sqlite.faults import translate
from loadstone.targets.urls import file_of

BATCH_ROWS = 10_000

_KINDS: tuple[tuple[str, Kind], ...] = (
    (r"INT", "integer"),
    (r"DEC|NUMERIC|NUMBER", "decimal"),
    (r"REAL|FLOA|DOUB", "float"),
    (r"TIMESTAMP|DATETIME", "timestamp"),
    (r"DATE", "date"),
    (r"BOOL", "boolean"),
    (r"BLOB", "bytes"),
)
"""By a column's declared type; an expression has none, and is text."""


class SqliteSource:
    """One read transaction."""

    def __init__(self, url: str, rows: Rows) -> None:
        """Errors are those of the target ``sqlite``."""
        path = file_of(url)
        if not Path(path).exists():
            raise FixSpec("LS-3010", f"there is no database {path}", hints=["is its name right?"])
        self._order = rows.order
        with translate():
            self._connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, isolation_level=None)
            self._query = _query(rows)
            self._connection.execute(f"CREATE TEMP VIEW loadstone_rows AS {self._query}")
            told = self._connection.execute("PRAGMA table_info(loadstone_rows)").fetchall()
            self._connection.execute("BEGIN")
        self.columns = tuple(SourceColumn(row[1], _kind(row[2])) for row in told)

    def count_until(self, key: Sequence[str]) -> int:
        """Rows whose key is not behind ``key``."""
        with translate():
            row = self._connection.execute(
                until_sql(self._query, self._order, ["?"] * len(self._order)), self._typed(key)
            ).fetchone()
        return int(row[0])

    def batches(self, after: Sequence[str] | None) -> Iterator[Sequence[Any]]:
        """Arrow arrays of text."""
        import pyarrow as pa

        if after is None:
            sql, values = key_sql(self._query, self._order), []
        else:
            sql, values = after_sql(self._query, self._order, ["?"] * len(self._order)), self._typed(after)
        with translate():
            cursor = self._connection.execute(sql, values)
        while True:
            with translate():
                rows = cursor.fetchmany(BATCH_ROWS)
            if not rows:
                return
            yield [
                pa.array([_text(value, column.kind) for value in values], pa.string())
                for values, column in zip(zip(*rows, strict=True), self.columns, strict=True)
            ]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # Private methods

    def _typed(self, key: Sequence[str]) -> list[Any]:
        """A key as SQLite compares it: numbers as numbers where the column has them."""
        kinds = {column.name: column.kind for column in self.columns}
        return [
            int(value)
            if kinds.get(name) == "integer"
            else float(value)
            if kinds.get(name) in NUMBERS
            else value
            for name, value in zip(self._order, key, strict=True)
        ]


# Private functions


def _query(rows: Rows) -> str:
    if rows.query is not None:
        return rows.query.strip().rstrip(";")
    return f"SELECT * FROM {'.'.join(quote_name(part) for part in (rows.table or '').split('.'))}"


def _kind(declared: str) -> Kind:
    return next((kind for pattern, kind in _KINDS if re.search(pattern, declared.upper())), "text")


def _text(value: Any, kind: Kind) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.hex().upper()
    if isinstance(value, float):
        text = repr(value)
        return text if "e" not in text or "n" in text else f"{value:.17g}"
    return ("true" if value else "false") if kind == "boolean" else str(value)
