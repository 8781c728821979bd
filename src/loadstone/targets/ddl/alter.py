"""ALTER TABLE: what is added, changed, renamed and dropped."""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.targets.ddl.model import DdlSchema, DdlTable
from loadstone.targets.ddl.script import Cursor
from loadstone.targets.ddl.tables import change_column, take_item

_ACTIONS = ("ADD", "MODIFY", "DROP", "RENAME")


def alter_table(schema: DdlSchema, cursor: Cursor) -> None:
    """Change the table, every definition of it where a script has several; one that the script does not make is passed over."""
    _, name, _ = cursor.qualified()
    start, renamed = cursor.at, name
    for table in schema.versions.get(name, []):
        cursor.at = start
        while not cursor.ended:
            _action(table, cursor)
        renamed = table.name
    if renamed != name:
        schema.tables[renamed] = schema.tables.pop(name)
        schema.versions[renamed] = schema.versions.pop(name)


# Private functions


def _action(table: DdlTable, cursor: Cursor) -> None:
    if cursor.accept("ADD"):
        cursor.accept("COLUMN")
        for _ in _items(cursor):
            take_item(table, cursor, *_ACTIONS)
    elif cursor.accept("MODIFY"):
        cursor.accept("COLUMN")
        for _ in _items(cursor):
            change_column(table, cursor, *_ACTIONS)
    elif cursor.accept("DROP", "PRIMARY", "KEY"):
        table.primary_key = []
    elif cursor.accept("DROP", "UNIQUE"):
        columns = cursor.names()
        table.uniques = [one for one in table.uniques if one != columns]
    elif cursor.accept("DROP", "COLUMN") or cursor.accept("SET", "UNUSED", "COLUMN"):
        _forget(table, [cursor.name()[0]])
    elif (cursor.accept("DROP") or cursor.accept("SET", "UNUSED")) and cursor.here == "(":
        _forget(table, cursor.names())
    elif cursor.accept("RENAME", "COLUMN"):
        _rename(table, cursor)
    elif cursor.accept("RENAME", "TO"):
        _, table.name, table.quoted = cursor.qualified()
    else:
        cursor.at += 1


def _items(cursor: Cursor) -> Iterator[None]:
    """Once for each item of a list in parentheses, or for the only one; what is left of an item is passed over."""
    many = cursor.accept("(")
    while True:
        yield
        cursor.skip_item(*(() if many else _ACTIONS))
        if not (many and cursor.accept(",")):
            return


def _forget(table: DdlTable, columns: list[str]) -> None:
    table.columns = [one for one in table.columns if one.name not in columns]
    table.uniques = [one for one in table.uniques if not set(one) & set(columns)]
    if set(table.primary_key) & set(columns):
        table.primary_key = []


def _rename(table: DdlTable, cursor: Cursor) -> None:
    old, _ = cursor.name()
    cursor.accept("TO")
    new, quoted = cursor.name()
    for column in table.columns:
        if column.name == old:
            column.name, column.quoted = new, quoted
    table.primary_key = [new if one == old else one for one in table.primary_key]
    table.uniques = [[new if one == old else one for one in columns] for columns in table.uniques]
