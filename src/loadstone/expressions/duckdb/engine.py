"""Runs emitted expressions over chunks; one engine serves one thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loadstone.expressions.duckdb.model import Emitted

MEMORY_LIMIT = "128MB"
"""What DuckDB may hold for one chunk; a chunk that needs more fails by name."""


class Engine:
    """A DuckDB of its own in memory, of one thread, that reads nothing from outside."""

    def __init__(self) -> None:
        import duckdb

        self._connection = duckdb.connect(":memory:")
        self._connection.execute(
            f"SET threads = 1; SET memory_limit = '{MEMORY_LIMIT}'; SET enable_external_access = false;"
            "SET preserve_insertion_order = true; SET TimeZone = 'UTC'"
        )

    def run(self, emitted: Sequence[Emitted], chunk: Any) -> Any:
        """
        Results as an Arrow table of a text and a flag for each expression: ``v0``, ``k0``, ``v1``, ...

        A value whose flag is false means nothing. ``chunk``: Arrow texts by name.
        """
        parts = []
        for number, one in enumerate(emitted):
            known = one.known if one.known == "TRUE" else f"coalesce({one.known}, FALSE)"
            parts += [f"{one.sql} AS v{number}", f"{known} AS k{number}"]
        self._connection.register("chunk", chunk)
        try:
            return self._connection.sql(f"SELECT {', '.join(parts)} FROM chunk").to_arrow_table()
        finally:
            self._connection.unregister("chunk")

    def close(self) -> None:
        """Let DuckDB go."""
        self._connection.close()
