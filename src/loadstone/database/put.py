"""
Put a row, new or changed, whoever else does so at the same moment.

What is done for each task has its statement made once, with places for its values: to make one costs four times as much as
to run it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table, Update, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite


def put(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row with this unique ``key``, or change the one that has it; of two at once the later one stands."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(table).values({**key, **values})
    connection.execute(row.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def put_once(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row with this unique ``key``, unless there is one."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(table).values({**key, **values})
    connection.execute(row.on_conflict_do_nothing(index_elements=list(key)))


def add(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row."""
    connection.execute(_insertion(table), dict(row))


def add_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> int | None:
    """Insert a row, unless one with a unique key of it is there; the id of a row that is new, else None."""
    made: int | None = connection.execute(
        _insertion_of_new(table, connection.dialect.name), dict(row)
    ).scalar()
    return made


def change(connection: Connection, table: Table, row_id: int, values: Mapping[str, Any]) -> None:
    """Set columns of the row with this ``id``."""
    connection.execute(_update(table), {"of_id": row_id, **values})


# Private functions


@cache
def _insertion(table: Table) -> Insert:
    return insert(table)


@cache
def _insertion_of_new(table: Table, dialect: str) -> Any:
    kind = postgresql if dialect == "postgresql" else sqlite
    return kind.insert(table).on_conflict_do_nothing().returning(table.c.id)


@cache
def _update(table: Table) -> Update:
    return update(table).where(table.c.id == bindparam("of_id"))
