"""Loads for tests, and what stands in a target afterwards."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from decimal import Context, Decimal, localcontext
from pathlib import Path
from typing import Any

from loadstone.books import Contribution, LoadReceipt
from loadstone.bootstrap import loads
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control
from loadstone.targets.oracle import testing


class Undisturbed:
    """A run that nobody stops and nobody watches."""

    lease = None

    def stop_requested(self) -> bool:
        return False

    def report(self, contribution: Contribution, bytes_done: int, bytes_total: int | None) -> None:
        return None


def load(control: str, target: str, *, ddl: str = "", **options: Any) -> LoadReceipt:
    """Load by a control file's text in the working directory; ``ddl`` makes missing tables."""
    Path("load.ctl").write_text(control)
    if ddl:
        Path("tables.sql").write_text(ddl)
        options["ddl"] = ("tables.sql",)
    spec = parse_control(control.encode(), "load.ctl")
    return loads.load(LoadRequest(spec=spec, spec_path="load.ctl", target=target, **options), Undisturbed())


def rows_of(target: str, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query on a target, with numbers as Decimal and dates as datetime."""
    if target.startswith("postgresql"):
        import psycopg

        with psycopg.connect(target) as connection:
            found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    elif target.endswith(".duckdb"):
        import duckdb

        with duckdb.connect(target) as database:
            found = database.execute(sql).fetchall()
    else:
        path = testing.file_of(target) if target.startswith("oracle") else target
        found = sqlite3.connect(path).execute(sql).fetchall()
    return [tuple(plain(value) for value in row) for row in found]


def plain(value: Any) -> Any:
    """A value that compares across targets."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | Decimal):
        with localcontext(Context(prec=200)):
            return Decimal(value).normalize() + 0
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return value
