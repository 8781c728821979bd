"""The source of an output spec."""

from __future__ import annotations

from loadstone.errors import FixSpec
from loadstone.output.batches import Source
from loadstone.output.model import Rows
from loadstone.targets.urls import kind_of


def open_source(url: str | None, rows: Rows) -> Source:
    """
    The rows of ``rows``; ``url`` names the database, and is not needed for Parquet files.

    Raises:
        FixSpec: LS-8006 no database is named, or one of a kind that rows are not written from.
    """
    if rows.parquet:
        from loadstone.output.sources.duckdb import DuckdbSource

        return DuckdbSource(None, rows)
    if url is None:
        raise FixSpec("LS-8006", "no database is named", hints=["give it: --source bank.db"])
    kind = kind_of(url)
    if kind == "duckdb":
        from loadstone.output.sources.duckdb import DuckdbSource

        return DuckdbSource(url, rows)
    if kind == "sqlite":
        from loadstone.output.sources.sqlite import SqliteSource

        return SqliteSource(url, rows)
    if kind == "postgresql":
        from loadstone.output.sources.postgresql import PostgresSource

        return PostgresSource(url, rows)
    raise FixSpec("LS-8006", f"rows are written from PostgreSQL, DuckDB, SQLite and Parquet, not from {kind}")
