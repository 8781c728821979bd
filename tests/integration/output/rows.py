"""The same rows in a database of each kind, and in a Parquet file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import psycopg

from loadstone.bootstrap import outputs
from loadstone.output.model import OutputReceipt, OutputSpec, Request, Value

COLUMNS = """id integer, kind varchar(9), account varchar(30), amount decimal(12,2), booked date, stamp timestamp,
done boolean, note varchar(99)"""

ROWS: tuple[tuple[object, ...], ...] = (
    (1, "PAY", "DE-0012", "1250.50", "2026-11-24", "2026-11-24 23:59:58.5", True, "plain"),
    (2, "FEE", "DE-0013", "-0.07", "2026-01-31", "2026-01-31 00:00:00", False, 'says "no"; goes'),
    (3, "PAY", None, None, None, None, None, None),
    (4, "REV", "DE-9", "0.00", "2024-02-29", "2024-02-29 12:00:00.000001", True, ""),
    (5, "PAY", "X", "999999999.99", "0999-12-31", "0999-12-31 01:02:03", False, "Zoë\\ 日本\nline two"),
)

MARK = {"sqlite": "?", "duckdb": "?", "postgresql": "%s"}


def fill(url: str, rows: tuple[tuple[object, ...], ...] = ROWS, columns: str = COLUMNS) -> None:
    """A table ``payments`` with the rows."""
    marks = ", ".join([MARK["postgresql" if "://" in url else "sqlite"]] * len(rows[0]))
    statements = (f"CREATE TABLE payments ({columns})", f"INSERT INTO payments VALUES ({marks})")
    if url.endswith(".duckdb"):
        with duckdb.connect(url) as connection:
            connection.execute(statements[0])
            for first in range(0, len(rows), 500):  # row by row takes DuckDB a millisecond each
                part = rows[first : first + 500]
                more = f", ({marks})" * (len(part) - 1)
                connection.execute(statements[1] + more, [value for row in part for value in row])
    elif "://" in url:
        with psycopg.connect(url) as server:
            server.execute(statements[0].encode())
            server.cursor().executemany(statements[1].encode(), rows)
    else:
        connection_ = sqlite3.connect(url)
        connection_.execute(statements[0])
        connection_.executemany(statements[1], rows)
        connection_.commit()
        connection_.close()


def to_parquet(folder: Path) -> str:
    """The rows as a Parquet file."""
    path = folder / "rows.parquet"
    fill(str(folder / "for-parquet.duckdb"))
    with duckdb.connect(str(folder / "for-parquet.duckdb")) as connection:
        connection.execute(f"COPY payments TO '{path}' (FORMAT parquet)")
    return str(path)


def write(
    spec: dict[str, object], url: str | None, folder: Path, *, replace: bool = False, **variables: Value
) -> OutputReceipt:
    """Write a spec into ``folder / out``."""
    request = Request(
        spec=OutputSpec.model_validate(spec),
        spec_path="out.yaml",
        source=url,
        folder=str(folder / "out"),
        variables=variables,
        replace=replace,
    )
    return outputs.write(request)


def written(folder: Path, name: str = "out.txt") -> bytes:
    """The bytes of the file."""
    return (folder / "out" / name).read_bytes()
