"""CREATE TABLE: columns, types, defaults and keys."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.targets.ddl.model import DdlColumn, DdlKey, DdlSchema, DdlTable, DdlType
from loadstone.targets.ddl.script import Cursor

_CONSTRAINT = {
    "CONSTRAINT",
    "PRIMARY",
    "UNIQUE",
    "FOREIGN",
    "CHECK",
    "KEY",
    "INDEX",
    "SUPPLEMENTAL",
    "FULLTEXT",
    "EXCLUDE",
}
_LONG_TYPES = {
    "DOUBLE": {"PRECISION"},
    "LONG": {"RAW", "VARCHAR"},
    "CHARACTER": {"VARYING"},
    "CHAR": {"VARYING"},
    "NATIONAL": {"CHARACTER", "CHAR", "VARYING"},
}


_BEGINS = {",", "NULL", "DEFAULT", "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES"}
"""How the next item, clause or constraint of a column begins."""

_CLAUSES = {
    *_BEGINS,
    *(")", "NOT", "GENERATED", "ENABLE", "DISABLE", "VISIBLE", "INVISIBLE", "ENCRYPT", "DECRYPT", "DROP"),
}
"""What may follow a column that is changed, but no type."""

_NEXT = {*_BEGINS, "FOREIGN", "ADD", "MODIFY"}
"""Where the states of a constraint end."""

_CONSTANTS = {"SYSDATE", "SYSTIMESTAMP", "CURRENT_TIMESTAMP", "NULL"}


def create_table(schema: DdlSchema, cursor: Cursor) -> None:
    """Add the table to ``schema``; a table without a list of columns is a warning."""
    cursor.accept("IF", "NOT", "EXISTS")
    owner, name, quoted = cursor.qualified()
    table = DdlTable(name=name, quoted=quoted, schema=owner)
    if not cursor.accept("("):
        schema.warnings.append(f"table {name}: no column list")
        return
    while not cursor.ended and cursor.here != ")":
        take_item(table, cursor)
        cursor.skip_item()
        if not cursor.accept(","):
            break
    if table.columns:
        schema.tables.setdefault(name, table)
        schema.versions.setdefault(name, []).append(table)


def take_item(table: DdlTable, cursor: Cursor, *stops: str) -> None:
    """A column, which ends at a word of ``stops`` too, or a constraint."""
    if cursor.tokens[cursor.at].kind == "word" and cursor.here in _CONSTRAINT and _is_constraint(cursor):
        _table_constraint(table, cursor)
        return
    column = _column(table, cursor, stops)
    if all(column.name != other.name for other in table.columns):
        table.columns.append(column)


def change_column(table: DdlTable, cursor: Cursor, *stops: str) -> None:
    """Another type, default or constraint of a column, up to a word of ``stops``; a name that is no column is passed over."""
    name, _ = cursor.name()
    column = next((one for one in table.columns if one.name == name), None)
    if column is None:
        return
    if cursor.here not in _CLAUSES and cursor.here not in stops and not cursor.ended:
        column.type = _type(cursor)
    _clauses(table, column, cursor, stops)


def start_and_step(words: list[str]) -> tuple[int, int]:
    """``START WITH n`` and ``INCREMENT BY n``, which may be negative; 1 where they are not said."""
    found = {"START": 1, "INCREMENT": 1}
    for number, word in enumerate(words):
        if word not in found:
            continue
        rest = [one for one in words[number + 1 : number + 4] if one not in ("WITH", "BY")]
        sign = -1 if rest[:1] == ["-"] else 1
        digits = rest[1:2] if rest[:1] == ["-"] else rest[:1]
        if digits and digits[0].isdigit():
            found[word] = sign * int(digits[0])
    return found["START"], found["INCREMENT"]


def is_enforced(cursor: Cursor) -> bool:
    """Whether the constraint before is not DISABLEd by what follows it."""
    depth = 0
    for number in range(cursor.at, len(cursor.tokens)):
        token, after = cursor.tokens[number], cursor.tokens[number + 1 : number + 2]
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 0 or (depth == 0 and token.upper in _NEXT):
            return True
        if token.upper == "NOT" and after and after[0].upper != "DEFERRABLE":
            return True
        if depth == 0 and token.upper == "DISABLE":
            return False
    return True


# Private functions


def _is_constraint(cursor: Cursor) -> bool:
    """A column may bear a keyword's name: KEY VARCHAR2(3) is a column."""
    following = cursor.tokens[cursor.at + 1] if cursor.at + 1 < len(cursor.tokens) else None
    if following is None or cursor.here in ("CONSTRAINT", "FOREIGN", "PRIMARY", "CHECK", "SUPPLEMENTAL"):
        return True
    return following.text == "(" or following.upper in ("KEY", "INDEX") or following.kind == "quoted"


def _column(table: DdlTable, cursor: Cursor, stops: Sequence[str]) -> DdlColumn:
    name, quoted = cursor.name()
    if cursor.here in (",", ")", "GENERATED", "AS"):
        column = DdlColumn(name=name, quoted=quoted, type=DdlType(name="VARCHAR2", size=4000))
    else:
        column = DdlColumn(name=name, quoted=quoted, type=_type(cursor))
    _clauses(table, column, cursor, stops)
    return column


def _clauses(table: DdlTable, column: DdlColumn, cursor: Cursor, stops: Sequence[str]) -> None:
    while not cursor.ended and cursor.here not in (",", ")", *stops):
        if cursor.here == "(":
            cursor.skip_parentheses()
        elif not _column_clause(table, column, cursor):
            cursor.at += 1


def _column_clause(table: DdlTable, column: DdlColumn, cursor: Cursor, name: str | None = None) -> bool:
    """Take one clause of a column; False for a word that says nothing here."""
    if cursor.accept("NOT", "NULL"):
        column.not_null = is_enforced(cursor)
    elif cursor.accept("CONSTRAINT"):
        return _column_clause(table, column, cursor, cursor.name()[0])
    elif cursor.accept("NULL"):
        column.not_null = False
    elif cursor.accept("ON", "DELETE", "SET", "NULL"):
        return True
    elif cursor.accept("DEFAULT"):
        _ = cursor.accept("ON", "NULL", "FOR", "INSERT", "ONLY") or cursor.accept("ON", "NULL")
        column.default = _default(cursor)
        if column.default is None:
            table.passed_over.append(f"DEFAULT of {column.name}")
    elif cursor.accept("GENERATED") or cursor.accept("AS"):
        _generated(table, column, cursor)
    elif cursor.accept("PRIMARY", "KEY"):
        table.add(DdlKey(columns=[column.name], name=name, primary=True, enabled=is_enforced(cursor)))
    elif cursor.accept("UNIQUE"):
        table.add(DdlKey(columns=[column.name], name=name, enabled=is_enforced(cursor)))
    elif cursor.accept("REFERENCES"):
        table.passed_over.append(f"FOREIGN KEY of {column.name}")
    elif cursor.accept("CHECK"):
        table.passed_over.append(f"CHECK of {column.name}")
    else:
        return False
    return True


def _generated(table: DdlTable, column: DdlColumn, cursor: Cursor) -> None:
    """``[ALWAYS | BY DEFAULT [ON NULL]] AS IDENTITY [(options)]``, or ``[ALWAYS] AS (expression)``."""
    _ = cursor.accept("ALWAYS") or (cursor.accept("BY", "DEFAULT") and cursor.accept("ON", "NULL"))
    cursor.accept("AS")
    if not cursor.accept("IDENTITY"):
        table.passed_over.append(f"expression of {column.name}")
        return
    first = cursor.at
    if cursor.here == "(":
        cursor.skip_parentheses()
    column.identity = start_and_step([token.upper for token in cursor.tokens[first : cursor.at]])
    column.not_null = True


def _default(cursor: Cursor) -> str | None:
    """A literal default, or the moment; None for anything longer, which is passed over."""
    first = cursor.at
    sign = cursor.take().text if cursor.here in ("-", "+") else ""
    token = cursor.take()
    if cursor.here in (".", "(", "|", "+", "-", "*", "/"):
        return None
    if token.kind == "number" or (not sign and token.kind == "text"):
        return sign + token.text
    if not sign and token.upper in _CONSTANTS:
        return token.upper
    if token.text == "(":
        cursor.at = first
        cursor.skip_parentheses()
    return None


def _type(cursor: Cursor) -> DdlType:
    name = cursor.take().text.upper().strip('"')
    while cursor.accept("."):
        name = cursor.take().text.upper().strip('"')
    more = _LONG_TYPES.get(name, set())
    while cursor.here in more:
        name += f" {cursor.take().upper}"
    size = scale = None
    chars = name.startswith("N") and name not in ("NUMBER", "NUMERIC")
    if cursor.accept("("):
        numbers: list[int | None] = []
        while not cursor.ended and cursor.here != ")":
            token = cursor.take()
            if token.kind == "number":
                sign = -1 if cursor.tokens[cursor.at - 2].text == "-" else 1
                numbers.append(sign * int(float(token.text)))
            elif token.text == "*":
                numbers.append(None)
            chars = chars or token.upper in ("CHAR", "CHARACTER")
        cursor.accept(")")
        size = numbers[0] if numbers else None
        scale = numbers[1] if len(numbers) > 1 else None
    if cursor.accept("WITH", "LOCAL", "TIME", "ZONE") or cursor.accept("WITH", "TIME", "ZONE"):
        name += " TZ"
    return DdlType(name=name, size=size, scale=scale, chars=chars)


def _table_constraint(table: DdlTable, cursor: Cursor) -> None:
    name = cursor.name()[0] if cursor.accept("CONSTRAINT") else None
    if cursor.accept("PRIMARY", "KEY"):
        if columns := cursor.names():
            table.add(DdlKey(columns=columns, name=name, primary=True, enabled=is_enforced(cursor)))
    elif cursor.accept("UNIQUE"):
        _ = cursor.accept("KEY") or cursor.accept("INDEX")
        if cursor.here != "(":
            name = cursor.name()[0]
        if columns := cursor.names():
            table.add(DdlKey(columns=columns, name=name, enabled=is_enforced(cursor)))
    elif cursor.accept("FOREIGN", "KEY"):
        table.passed_over.append(f"FOREIGN KEY of {', '.join(cursor.names())}")
    elif cursor.accept("CHECK"):
        table.passed_over.append("CHECK")
