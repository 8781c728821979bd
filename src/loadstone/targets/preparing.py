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
    any_row: str = "SELECT 1 FROM {} LIMIT 1",
) -> None:
    """
    Check or empty each table; several clauses on one table prepare it once, by the first one's method.

    Args:
        quoted: Name of a table in SQL. truncate: its statement, with ``{}`` for the name.
        any_row: Query that gives a row when the table has one.

    Raises:
        Refused: LS-3005 INSERT into a table with rows (SQL*Loader-601).
    """
    for name, table, method in distinct_tables(tables, quoted):
        if method is Method.INSERT:
            refuse_filled(table, execute(any_row.format(name), []))
        elif method is Method.REPLACE:
            execute(f"DELETE FROM {name}", [])
        elif method is Method.TRUNCATE:
            execute(truncate.format(name), [])


def distinct_tables(
    tables: Sequence[tuple[int, TableInfo, Method]], quoted: Callable[[TableInfo], str]
) -> list[tuple[str, TableInfo, Method]]:
    """Each table once, with its name in SQL and the method of its first clause."""
    found: dict[str, tuple[str, TableInfo, Method]] = {}
    for _, table, method in tables:
        found.setdefault(quoted(table), (quoted(table), table, method))
    return list(found.values())


def refuse_filled(table: TableInfo, rows: Sequence[object]) -> None:
    """Raise ``Refused`` LS-3005 when a table that INSERT wants empty has ``rows``."""
    if rows:
        raise Refused(
            "LS-3005",
            f"SQL*Loader-601: For INSERT option, table must be empty.  Error on table {table.name.upper()}",
            hints=["the table is not empty: say APPEND, REPLACE or TRUNCATE in the control file."],
        )
