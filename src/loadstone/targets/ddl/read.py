"""Scripts into tables, keys and sequences; what is not understood is passed over."""

from __future__ import annotations

from loadstone.targets.ddl.alter import alter_table
from loadstone.targets.ddl.model import DdlKey, DdlSchema
from loadstone.targets.ddl.script import Cursor, Token, statements
from loadstone.targets.ddl.tables import create_table, start_and_step


def read_ddl(script: str) -> DdlSchema:
    """All tables, keys and sequences that ``script`` makes; never raises, what is strange becomes a warning."""
    schema = DdlSchema()
    for tokens in statements(script):
        try:
            _statement(schema, tokens)
        except (IndexError, ValueError) as error:
            text = " ".join(token.text for token in tokens[:6])
            schema.warnings.append(f"not understood: {text} ... ({error})")
    return schema


# Private functions


def _statement(schema: DdlSchema, tokens: list[Token]) -> None:
    words = [token.upper for token in tokens[:8]]
    if words[0] == "CREATE":
        if "TABLE" in words and words.index("TABLE") < 5 and "VIEW" not in words[: words.index("TABLE")]:
            create_table(schema, Cursor(tokens, words.index("TABLE") + 1))
        elif "SEQUENCE" in words[:3]:
            _create_sequence(schema, Cursor(tokens, words.index("SEQUENCE") + 1))
        elif words[1:3] == ["UNIQUE", "INDEX"]:
            _unique_index(schema, Cursor(tokens, 3))
    elif words[:2] == ["ALTER", "TABLE"]:
        alter_table(schema, Cursor(tokens, 2))


def _unique_index(schema: DdlSchema, cursor: Cursor) -> None:
    cursor.qualified()
    if cursor.accept("ON"):
        _, name, _ = cursor.qualified()
        inside = cursor.tokens[cursor.at :]
        plain = all(token.kind in ("word", "quoted") or token.text in "(),." for token in inside[:3])
        columns = cursor.names() if plain else []
        table = schema.tables.get(name)
        if table is not None and columns and set(columns) <= {column.name for column in table.columns}:
            table.add(DdlKey(columns=columns))


def _create_sequence(schema: DdlSchema, cursor: Cursor) -> None:
    cursor.accept("IF", "NOT", "EXISTS")
    _, name, _ = cursor.qualified()
    schema.sequences[name] = start_and_step([token.upper for token in cursor.tokens])
