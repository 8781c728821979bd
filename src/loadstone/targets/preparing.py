"""What INSERT, REPLACE and TRUNCATE do to a table before the first row, once a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from loadstone.errors import Refused
from loadstone.spec import Method
from loadstone.targets.control import Execute
from loadstone.targets.model import TableInfo


def empty_tables(
    tables: Sequence[tuple[int, TableInfo, Method]],
    execute: Execute,
    *,
    quoted: Callable[[TableInfo], str],
    truncate: str,
) -> None:
    """
    Check or empty each table; several clauses on one table prepare it once, by the first one's method.

    Args:
        quoted: Name of a table in SQL. truncate: its statement, with ``{}`` for the name.

    Raises:
        Refused: LS-3005 INSERT into a table with rows (SQL*Loader-601).
    """
    done: set[str] = set()
    for _, table, method in tables:
        name = quoted(table)
        if name in done:
            continue
        done.add(name)
        if method is Method.INSERT and execute(f"SELECT 1 FROM {name} LIMIT 1", []):
            raise Refused(
                "LS-3005",
                f"SQL*Loader-601: For INSERT option, table must be empty.  Error on table {table.name.upper()}",
                hints=["say APPEND, REPLACE or TRUNCATE in the control file."],
            )
        if method is Method.REPLACE:
            execute(f"DELETE FROM {name}", [])
        elif method is Method.TRUNCATE:
            execute(truncate.format(name), [])
