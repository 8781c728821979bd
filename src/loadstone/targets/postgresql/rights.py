"""Rights on tables of PostgreSQL, looked up before a row moves."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.errors import Refused
from loadstone.spec import Method
from loadstone.targets.control import Execute
from loadstone.targets.model import TableInfo
from loadstone.targets.postgresql.session import name_of

NEEDED = {
    Method.INSERT: ("SELECT", "INSERT"),
    Method.APPEND: ("INSERT",),
    Method.REPLACE: ("INSERT", "DELETE"),
    Method.TRUNCATE: ("INSERT", "TRUNCATE"),
    Method.UPSERT: ("SELECT", "INSERT", "UPDATE"),
}
"""Rights on a table by the method of its load."""


def refuse_missing(execute: Execute, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
    """
    Name every right that is missing on the tables of a load.

    Raises:
        Refused: LS-3008.
    """
    lacking = []
    for _, table, method in tables:
        name = name_of(table).as_string()
        for right in NEEDED[method]:
            if not _has(execute, name, right):
                lacking.append(f"{right} on {name}")
    if lacking:
        role = execute("SELECT current_user", [])[0][0]
        told = list(dict.fromkeys(lacking))
        raise Refused(
            "LS-3008",
            f"role {role} has no right to {', '.join(told)}",
            hints=[f"GRANT {told[0]} TO {role};"],
        )


# Private functions


def _has(execute: Execute, name: str, right: str) -> bool:
    """A right on the table, or on all columns of it that anybody has a right to."""
    if right in ("DELETE", "TRUNCATE"):
        return bool(execute("SELECT has_table_privilege(?::regclass, ?)", [name, right])[0][0])
    sql = "SELECT has_table_privilege(?::regclass, ?) OR has_any_column_privilege(?::regclass, ?)"
    return bool(execute(sql, [name, right, name, right])[0][0])
