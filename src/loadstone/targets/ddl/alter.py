"""ALTER TABLE: what is added, changed, renamed and dropped."""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.targets.ddl.model import DdlSchema, DdlTable
from loadstone.targets.ddl.script import Cursor
from loadstone.targets.ddl.tables import change_column, is_enforced, take_item

_ACTIONS = ("ADD", "MODIFY", "DROP", "RENAME")
_STATES = ("ENABLE", "DISABLE")


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
    elif cursor.here in _STATES or (cursor.here in ("MODIFY", "DROP", "RENAME") and _names_key(cursor)):
        _key(table, cursor)
    elif cursor.accept("MODIFY"):
        cursor.accept("COLUMN")
        for _ in _items(cursor):
            change_column(table, cursor, *_ACTIONS)
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


def _names_key(cursor: Cursor) -> bool:
    """Whether the action here is one on a constraint."""
    return Cursor(cursor.tokens, cursor.at + 1).here in ("CONSTRAINT", "PRIMARY", "UNIQUE")


def _key(table: DdlTable, cursor: Cursor) -> None:
    """``ENABLE | DISABLE | MODIFY | DROP | RENAME`` of a key, told by its name, as the primary one, or by its columns."""
    action = cursor.take().upper
    while cursor.here in ("VALIDATE", "NOVALIDATE"):
        cursor.at += 1
    if cursor.accept("PRIMARY", "KEY"):
        found = [key for key in table.keys if key.primary]
    elif cursor.accept("UNIQUE"):
        columns = cursor.names()
        found = [key for key in table.keys if not key.primary and key.columns == columns]
    elif cursor.accept("CONSTRAINT"):
        name, _ = cursor.name()
        found = [key for key in table.keys if key.name == name]
    else:
        return
    if action == "DROP":
        table.keys = [key for key in table.keys if key not in found]
    elif action == "RENAME":
        cursor.accept("TO")
        for key in found:
            key.name = cursor.name()[0]
    else:
        for key in found:
            key.enabled = action == "ENABLE" or (action == "MODIFY" and is_enforced(cursor))
    cursor.skip_item(*_ACTIONS, *(_STATES if action in _STATES else ()))


def _forget(table: DdlTable, columns: list[str]) -> None:
    table.columns = [one for one in table.columns if one.name not in columns]
    table.keys = [key for key in table.keys if not set(key.columns) & set(columns)]


def _rename(table: DdlTable, cursor: Cursor) -> None:
    old, _ = cursor.name()
    cursor.accept("TO")
    new, quoted = cursor.name()
    for column in table.columns:
        if column.name == old:
            column.name, column.quoted = new, quoted
    for key in table.keys:
        key.columns = [new if one == old else one for one in key.columns]
