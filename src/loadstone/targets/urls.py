"""Target URLs: which kind they name, and how they look without their password."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from loadstone.errors import FixSpec

Kind = Literal["postgresql", "duckdb", "sqlite", "oracle", "sqlalchemy"]

PREFIX = "sqlalchemy+"
"""Before a URL of SQLAlchemy's: go by it also where Loadstone has a way of its own."""

_SCHEMES: dict[str, Kind] = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "postgresql+psycopg": "postgresql",
    "duckdb": "duckdb",
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "oracle": "oracle",
    "oracle+oracledb": "oracle",
}
_ENDINGS: dict[str, Kind] = {
    ".db": "sqlite",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".duckdb": "duckdb",
    ".ddb": "duckdb",
}

_DIALECT = re.compile(r"[A-Za-z0-9_]+(\+[A-Za-z0-9_]+)*://")
_LOGIN = re.compile(r"//([^:/?#@\s]*):\S*@")
_PARAMETER = re.compile(r"([?&])[a-z]*password=[^&#\s]*(&?)", re.IGNORECASE)
_KEYWORD = re.compile(r"\b[a-z]*password\s*=\s*('[^']*'|\S+)", re.IGNORECASE)


def kind_of(url: str) -> Kind:
    """
    The kind of target that ``url`` (or a file name such as ``bank.duckdb``) names.

    Raises:
        FixSpec: LS-3010 none.
    """
    scheme, separator, _ = url.partition(":")
    if separator and scheme.lower() in _SCHEMES:
        return _SCHEMES[scheme.lower()]
    if _DIALECT.match(url):
        return "sqlalchemy"
    for ending, kind in _ENDINGS.items():
        if url.lower().endswith(ending):
            return kind
    raise FixSpec(
        "LS-3010",
        f"{safe_url(url)!r} names no target",
        hints=[
            "postgresql://user@host/database",
            "duckdb:///path/file.duckdb or file.duckdb",
            "sqlite:///path/file.db or file.db",
            "oracle://user@host:1521/service",
            "another database as SQLAlchemy names it: mysql+pymysql://user@host/database",
        ],
    )


def safe_url(url: str) -> str:
    """``url``, or whatever was given for one, without the passwords in it."""
    text = _LOGIN.sub(lambda found: f"//{found[1]}@" if found[1] else "//", url)
    text = _PARAMETER.sub(lambda found: found[1] if found[2] else "", text)
    return _KEYWORD.sub("password=...", text)


def file_of(url: str) -> str:
    """
    The path of a file target; ``:memory:`` is refused, since nothing of it would outlive the load.

    Raises:
        FixSpec: LS-3011 no path.
    """
    path = _path(url) if urlsplit(url).scheme in _SCHEMES else url
    if not path or ":memory:" in path:
        raise FixSpec(
            "LS-3011",
            f"{url} has no file",
            hints=[
                "sqlite:///bank.db is bank.db in this directory.",
                "sqlite:////data/bank.db is an absolute path.",
            ],
        )
    return path


# Private functions


def _path(url: str) -> str:
    """As SQLAlchemy reads it: three slashes are a relative path, four an absolute one."""
    rest = url.partition(":")[2]
    rest = rest[2:] if rest.startswith("//") else rest
    return rest[1:] if rest.startswith("/") else rest
