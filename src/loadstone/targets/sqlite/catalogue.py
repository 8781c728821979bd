"""Tables of a SQLite file."""

from __future__ import annotations

import sqlite3

from loadstone.targets.model import Column, TableInfo
from loadstone.targets.sqlite.types import column_type


def table_names(connection: sqlite3.Connection) -> list[str]:
    """Names of tables and views."""
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
    )
    return [row[0] for row in rows]


def read_table(connection: sqlite3.Connection, name: str) -> TableInfo:
    """The columns and keys of a table."""
    rows = connection.execute(f"PRAGMA table_xinfo({_quote(name)})").fetchall()
    indexes = connection.execute(f"PRAGMA index_list({_quote(name)})").fetchall()
    triggers = connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", [name]
    )
    views = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'view' AND name = ?", [name])
    columns = tuple(
        Column(
            name=row[1],
            type=column_type(row[2]),
            not_null=bool(row[3]) and row[4] is None,
            has_default=row[4] is not None,
            generated=row[6] in (2, 3),
        )
        for row in rows
    )
    key = tuple(row[1] for row in sorted(rows, key=lambda r: r[5]) if row[5])
    unique = bool(key) or any(index[2] for index in indexes)
    return TableInfo(
        schema=None,
        name=name,
        columns=columns,
        unique=unique,
        primary_key=key,
        parallel_safe=triggers.fetchone()[0] == 0,
        read_only=views.fetchone()[0] > 0,
        indexes=tuple(sorted(index[1].upper() for index in indexes)),
    )


# Private functions


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
