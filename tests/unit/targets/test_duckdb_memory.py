"""What bounds DuckDB's memory: while chunks are written, and not when rows are published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from loadstone.targets.duckdb.memory import CLOSING_SIZE_BYTES, bound_closing, free_threads
from loadstone.targets.duckdb.target import DuckdbTarget


def setting(connection: Any, name: str) -> str:
    """A setting of DuckDB as it stands."""
    return str(connection.execute("SELECT current_setting(?)", [name]).fetchone()[0])


def test_a_session_for_chunks_writes_by_one_thread_until_rows_are_published(tmp_path: Path) -> None:
    """Small groups are not joined, rows go to the file at once; threads come back."""
    target = DuckdbTarget(str(tmp_path / "bank.duckdb"))
    before = setting(target._connection, "threads")
    session = target.open()
    names = ("threads", "write_buffer_row_group_count", "max_vacuum_tasks")
    assert ["1", "1", "0"] == [setting(session.cursor, name) for name in names]
    free_threads(session.cursor)
    assert before == setting(target._connection, "threads")
    session.close()
    target.close()


def test_the_last_checkpoint_has_what_is_in_use_and_a_little(tmp_path: Path) -> None:
    """The limit of a connection that ends; the rows are there when it is opened again."""
    target = DuckdbTarget(str(tmp_path / "bank.duckdb"))
    target.run_ddl(["CREATE TABLE t AS SELECT range AS n FROM range(100000)"])
    bound_closing(target._connection)
    assert f"{CLOSING_SIZE_BYTES >> 20}" in setting(target._connection, "memory_limit")
    target.close()
    again = DuckdbTarget(str(tmp_path / "bank.duckdb"))
    assert 100_000 == again.ask("SELECT count(*) FROM t")
    again.close()
