"""The answer of one query of any database, read in flat memory; nothing is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from loadstone.errors import FixSpec
from loadstone.targets.urls import file_of, kind_of, safe_url

ROWS = 2_000
"""Rows that are fetched at once."""

_PIECE = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|::|(?<!\w):(\w+)", re.DOTALL)
"""What may hold a colon, and what a place for a value is."""


class Answered:
    """The rows of a query."""

    def __init__(self, cursor: Any, columns: Sequence[str] | None = None) -> None:
        """Args: cursor: of a driver, or what fetches as one. columns: their names where it has no description."""
        self._cursor = cursor
        self.columns = columns or [str(column[0]) for column in cursor.description or ()]

    def __iter__(self) -> Iterator[Sequence[Any]]:
        """The rows."""
        while rows := self._cursor.fetchmany(ROWS):
            yield from rows


@contextmanager
def asked(url: str, sql: str, values: Mapping[str, str]) -> Iterator[Answered]:
    """
    The answer of a query; in it ``:name`` stands for one of ``values``, outside of quotes and comments.

    Raises:
        FixSpec: LS-3010 to LS-3012 the URL names no database, LS-3023 it refuses the query. Stop: LS-3020 it cannot be
            reached. Refused: LS-3008 a right is missing. Retry: LS-3022 it is lost or busy.
    """
    ways = {
        "postgresql": _of_postgresql,
        "sqlite": _of_sqlite,
        "duckdb": _of_duckdb,
        "oracle": _of_oracle,
        "sqlalchemy": _of_sqlalchemy,
    }
    with ways[kind_of(url)](url, sql.strip().rstrip(";"), values) as answered:
        yield answered


def pieces_of(sql: str, known: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    """The query in pieces: a text, and the name of the value that stands behind it; None behind the last one."""
    start = 0
    for match in _PIECE.finditer(sql):
        if match[1] in known:
            yield sql[start : match.start()], match[1]
            start = match.end()
    yield sql[start:], None


# Private functions


def _marked(sql: str, values: Mapping[str, str], mark: str) -> str:
    """With a driver's own marks for values, such as ``%({})s``."""
    return "".join(
        text + (mark.format(name) if name is not None else "") for text, name in pieces_of(sql, values)
    )


def _used(sql: str, values: Mapping[str, str]) -> dict[str, str]:
    """The values that the query names; some drivers take no others."""
    return {name: values[name] for _, name in pieces_of(sql, values) if name is not None}


@contextmanager
def _of_postgresql(url: str, sql: str, values: Mapping[str, str]) -> Iterator[Answered]:
    """By a cursor of the server, in a transaction that may only read."""
    from loadstone.targets.postgresql.connection import connect
    from loadstone.targets.postgresql.faults import translate

    escaped = "".join(
        text.replace("%", "%%") + (f"%({name})s" if name is not None else "")
        for text, name in pieces_of(sql, values)
    )
    with closing(connect(url, "loadstone query")) as connection, translate():
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        connection.execute("BEGIN READ ONLY")
        with connection.cursor(name="loadstone") as cursor:
            cursor.execute(escaped.encode(), values)
            yield Answered(cursor)


@contextmanager
def _of_sqlite(url: str, sql: str, values: Mapping[str, str]) -> Iterator[Answered]:
    """A file that is opened for reading."""
    import sqlite3
    from urllib.parse import quote

    from loadstone.targets.sqlite.faults import translate

    path = _there(url)
    with translate():
        with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True)) as connection:
            yield Answered(connection.execute(_marked(sql, values, ":{}"), _used(sql, values)))


@contextmanager
def _of_duckdb(url: str, sql: str, values: Mapping[str, str]) -> Iterator[Answered]:
    """A file that is opened for reading."""
    import duckdb

    from loadstone.targets.duckdb.faults import translate

    path = _there(url)
    with translate(path), duckdb.connect(path, read_only=True) as connection:
        yield Answered(connection.execute(_marked(sql, values, "${}"), _used(sql, values)))


@contextmanager
def _of_oracle(url: str, sql: str, values: Mapping[str, str]) -> Iterator[Answered]:
    """Moments are compared by ``YYYY-MM-DD HH24:MI:SS``, as the session's settings say."""
    from loadstone.targets.oracle.connection import connect
    from loadstone.targets.oracle.faults import translate

    with closing(connect(url, "loadstone query")) as connection, translate():
        with connection.cursor() as cursor:
            cursor.execute(sql, _used(sql, values))
            yield Answered(cursor)


@contextmanager
def _of_sqlalchemy(url: str, sql: str, values: Mapping[str, str]) -> Iterator[Answered]:
    """By whatever driver the URL names, with a cursor of the server where it has one."""
    from sqlalchemy import text

    from loadstone.targets.sqlalchemy.faults import translate
    from loadstone.targets.sqlalchemy.target import connected, engine_of

    escaped = "".join(
        part.replace(":", "\\:") + (f":{name}" if name is not None else "")
        for part, name in pieces_of(sql, values)
    )
    engine = engine_of(url, safe_url(url))
    with closing(connected(engine, safe_url(url))) as connection, translate():
        streamed = connection.execution_options(stream_results=True)
        result = streamed.execute(text(escaped), _used(sql, values))
        yield Answered(result, [*result.keys()])


def _there(url: str) -> str:
    """The path of a file that must be there: to open it would make it."""
    path = file_of(url)
    if not Path(path).exists():
        raise FixSpec("LS-3010", f"there is no database {path}", hints=["is its name right?"])
    return path
