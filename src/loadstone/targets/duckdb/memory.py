"""
DuckDB's memory: its cache would keep the blocks of all committed rows, up to most of the machine's memory.

A limit never stands while rows are written or isolated: those may need more, and so do the indexes of large tables.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

CLOSING_SIZE_BYTES = 64 << 20
"""What the last checkpoint, which joins small row groups, may take beyond what is in use."""


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
