"""The kinds of target that every shared test runs over; the one list of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from loadstone.bootstrap.targets import open_target
from loadstone.targets.model import Target
from loadstone.targets.oracle import testing
from loadstone.targets.oracle.login import login_of

KINDS = ("sqlite", "duckdb", "postgresql", "oracle")
FILES = {"sqlite": "bank.db", "duckdb": "bank.duckdb"}
"""Names of the databases that are files."""
SERVERS = {"postgresql": "postgres_url", "oracle": "oracle_url"}
"""The fixture that gives an empty database of a server."""


def execute(url: str, *statements: str) -> None:
    """Run statements on a target, past the product; all of them in one session."""
    if url.startswith("postgresql"):
        import psycopg

        with psycopg.connect(url, autocommit=True) as server:
            for statement in statements:
                server.execute(statement.encode())
    elif url.endswith(".duckdb"):
        import duckdb

        with duckdb.connect(url) as database:
            for statement in statements:
                database.execute(statement)
    elif url.startswith("oracle"):
        session = testing.FakeConnection(login_of(url))
        for statement in statements:
            session.cursor().execute(statement)
        session.commit()
        session.close()
    else:
        import sqlite3

        connection = sqlite3.connect(url, isolation_level=None)
        for statement in statements:
            connection.execute(statement)
        connection.close()


def kept(url: str, name: str) -> str:
    """An unquoted name as the target keeps it: Oracle in upper case, the others as it was written in lower case."""
    return name.upper() if url.startswith("oracle") else name


@contextmanager
def opened(url: str, control_schema: str | None = None) -> Iterator[Target]:
    """The target of ``url``, closed at the end."""
    target = open_target(url, control_schema)
    try:
        yield target
    finally:
        target.close()
