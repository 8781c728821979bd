"""
DuckDB's memory: its cache would keep the blocks of all committed rows, up to most of the machine's memory.

A limit never stands while rows are written or isolated: those may need more, and so do the indexes of large tables.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

CLOSING_SIZE_BYTES = 64 << 20
"""What the last checkpoint may take beyond what is in use."""

WRITING = (
    # A chunk has a row group or two, which one thread makes; a second one would have buffers of its own.
    "SET threads = 1",
    "SET write_buffer_row_group_count = 1",
    # Rows are written to the file at once, and not to the log first.
    "SET wal_autocheckpoint = '1KB'",
    # A chunk's last row group is small: to join it with those around it, at the end, took twice the CPU of the load.
    "SET max_vacuum_tasks = 0",
)
"""What keeps writing chunks small and quick; of a connection and all its cursors."""


def bound_writing(connection: Any) -> None:
    """Bound what chunks take while they are written."""
    for statement in WRITING:
        connection.execute(statement)


def free_threads(cursor: Any) -> None:
    """No chunk is written any more: what follows may use all cores."""
    cursor.execute("RESET threads")


def forget_blocks(cursor: Any) -> None:
    """Let go what is in the cache and not in use; a low limit does so at once."""
    import duckdb

    with suppress(duckdb.Error):  # what is in use stays
        cursor.execute("SET memory_limit = '1MB'")
    cursor.execute("RESET memory_limit")


def bound_closing(connection: Any) -> None:
    """
    Bound the memory of the checkpoint that ends a connection.

    Where it does not suffice, the rows stay in the log beside the file, and the next connection puts them in.
    """
    forget_blocks(connection)
    used = connection.execute("SELECT coalesce(sum(memory_usage_bytes), 0) FROM duckdb_memory()").fetchone()
    connection.execute(f"SET memory_limit = '{int(used[0]) + CLOSING_SIZE_BYTES}B'")
