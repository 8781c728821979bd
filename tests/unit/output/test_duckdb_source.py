"""Rows of DuckDB and Parquet: all of them in order, with a cache that does not grow with the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from loadstone.output.batches import SourceColumn
from loadstone.output.model import Rows
from loadstone.output.sources import duckdb as source_module
from loadstone.output.sources.duckdb import DuckdbSource

ROWS = 60_000


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of some MB that cannot be compressed, and the same as Parquet."""
    path = tmp_path_factory.mktemp("source") / "bank.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE t AS SELECT i AS id, md5(i::text) AS note FROM range({ROWS}) r(i)")
        connection.execute(f"COPY t TO '{path.with_suffix('.parquet')}' (FORMAT parquet)")
    return path


def ids(source: DuckdbSource) -> list[str]:
    """All values of the first column."""
    return [value for columns in source.batches(None) for value in columns[0].to_pylist()]


def test_a_table_is_read_whole_and_its_blocks_are_let_go(bank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What DuckDB keeps of it stays below what it may, however large the file is; its own limit is back then."""
    monkeypatch.setattr(source_module, "CACHE_MB", 1)
    monkeypatch.setattr(source_module, "CACHED_BATCHES", 1)
    source = DuckdbSource(str(bank), Rows(table="t"))
    try:
        before = asked(source, "SELECT current_setting('memory_limit')")
        assert [str(n) for n in range(ROWS)] == ids(source)
        kept = asked(source, "SELECT sum(memory_usage_bytes) FROM duckdb_memory() WHERE tag = 'BASE_TABLE'")
        assert kept < bank.stat().st_size / 2
        assert before == asked(source, "SELECT current_setting('memory_limit')")
    finally:
        source.close()


def asked(source: DuckdbSource, sql: str) -> Any:
    """One value, from the instance that the rows come from."""
    with source._connection.cursor() as cursor:
        return cursor.execute(sql).fetchall()[0][0]


def test_others_in_the_process_keep_their_threads_and_their_limit(bank: Path) -> None:
    """A table is read in an instance of its own, which the limit of a moment does not leave."""
    with duckdb.connect(str(bank), read_only=True) as other:
        other.execute("SET threads = 3; SET memory_limit = '4GiB'")
        source = DuckdbSource(str(bank), Rows(table="t"))
        try:
            assert ROWS == len(ids(source)) and 1 == asked(source, "SELECT current_setting('threads')")
        finally:
            source.close()
        assert [(3, "4.0 GiB")] == other.execute(
            "SELECT current_setting('threads'), current_setting('memory_limit')"
        ).fetchall()


@pytest.mark.parametrize("name", ["memory.duckdb", "it's.2026.duckdb", "main.db"])
def test_any_name_of_a_file_will_do(name: str, tmp_path: Path) -> None:
    """Also one that DuckDB has a database of already; and a view that names its own database is read."""
    path = str(tmp_path / name)
    with duckdb.connect(path) as connection:
        connection.execute("CREATE SCHEMA s; CREATE TABLE s.t AS SELECT 7 AS c")
    source = DuckdbSource(path, Rows(table="s.t"))
    try:
        assert ["7"] == ids(source)
    finally:
        source.close()


def test_a_view_may_name_its_own_database(tmp_path: Path) -> None:
    """That is the name of the file."""
    path = str(tmp_path / "ledger.duckdb")
    with duckdb.connect(path) as connection:
        connection.execute("CREATE TABLE t AS SELECT 7 AS c; CREATE VIEW v AS SELECT * FROM ledger.main.t")
    source = DuckdbSource(path, Rows(table="v"))
    try:
        assert ["7"] == ids(source)
    finally:
        source.close()


@pytest.mark.parametrize(
    ("rows", "alone"),
    [
        pytest.param({"table": "t"}, True, id="table"),
        pytest.param({"table": "t", "order": ["id"]}, False, id="ordered table"),
        pytest.param({"query": "SELECT * FROM t;"}, False, id="query"),
    ],
)
def test_only_what_needs_no_computing_is_read_by_one_thread(
    rows: dict[str, object], alone: bool, bank: Path
) -> None:
    """A sort or a query of one's own has all threads that DuckDB takes, and each gives the same rows."""
    source = DuckdbSource(str(bank), Rows.model_validate(rows))
    try:
        threads = asked(source, "SELECT current_setting('threads')")
        assert threads == (1 if alone else all_threads())
        assert ROWS == len(ids(source)) and ["0", "1"] == ids(source)[:2]
    finally:
        source.close()


def all_threads() -> int:
    """How many threads DuckDB takes on this machine."""
    with duckdb.connect() as connection:
        return int(connection.execute("SELECT current_setting('threads')").fetchall()[0][0])


def test_parquet_is_read_like_a_table(bank: Path) -> None:
    """In the order of its rows; a name with a quote in it is a name."""
    path = bank.with_name("it's.parquet")
    path.write_bytes(bank.with_suffix(".parquet").read_bytes())
    source = DuckdbSource(None, Rows(parquet=(str(path),)))
    try:
        assert (SourceColumn("id", "integer"), SourceColumn("note", "text")) == source.columns
        assert [str(n) for n in range(ROWS)] == ids(source)
    finally:
        source.close()


def test_rows_behind_a_key_are_those_that_are_left(bank: Path) -> None:
    """By the columns of the order; how many stand before is counted."""
    source = DuckdbSource(str(bank), Rows(table="t", order=("id",)))
    try:
        assert 11 == source.count_until(("10",))
        left = [value for columns in source.batches(("59997",)) for value in columns[0].to_pylist()]
        assert ["59998", "59999"] == left
    finally:
        source.close()


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        ("TINYINT", "integer"), ("UBIGINT", "integer"), ("HUGEINT", "integer"), ("INTEGER", "integer"), ("DECIMAL(5,2)", "decimal"),
        ("DOUBLE", "float"), ("FLOAT", "float"), ("DATE", "date"), ("TIMESTAMP", "timestamp"), ("TIMESTAMPTZ", "timestamp"),
        ("BOOLEAN", "boolean"), ("BLOB", "bytes"), ("VARCHAR", "text"), ("INTEGER[]", "text"), ("INTERVAL", "text"),
    ],
)  # fmt: skip
def test_types_are_known_by_their_names(declared: str, kind: str, tmp_path: Path) -> None:
    """A list of numbers is no number."""
    path = str(tmp_path / "x.duckdb")
    with duckdb.connect(path) as connection:
        connection.execute(f"CREATE TABLE t (c {declared})")
    source = DuckdbSource(path, Rows(table="t"))
    try:
        assert (SourceColumn("c", kind),) == source.columns  # type: ignore[arg-type]
    finally:
        source.close()
