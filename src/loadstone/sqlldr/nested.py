"""COLUMN OBJECT, NESTED TABLE and VARRAY: valid for Oracle, refused by our targets."""

from __future__ import annotations

from typing import Any

from loadstone.spec import Literal
from loadstone.sqlldr.conditions import Reference
from loadstone.sqlldr.delimiters import Delimiters, delimiters
from loadstone.sqlldr.lexer import Token
from loadstone.sqlldr.names import full_name
from loadstone.sqlldr.reader import Reader
from loadstone.sqlldr.sources import generated

NESTED_WORDS = ("COLUMN", "NESTED", "VARRAY")


def nested(reader: Reader, token: Token, values: dict[str, Any], references: list[Reference]) -> None:
    """What stands between the first word ``token``, which is taken, and the list of inner fields."""
    word = token.text.upper()
    if word == "COLUMN":
        reader.expect("OBJECT")
        values["nested"] = "column_object"
        if reader.accept("TREAT"):
            reader.expect("AS")
            values["treat_as"] = full_name(reader, "a type name")
    else:
        if word == "NESTED":
            reader.expect("TABLE")
        values["nested"] = "varray" if word == "VARRAY" else "nested_table"
        _collection(reader, values, references)
    name = values["nested"].replace("_", " ").upper()
    hint = "load the attributes into columns of their own, or load into Oracle"
    reader.refuse("LS-1080", token, f"{name} is a nested object; no target of ours has it", hint)


# Private functions


def _collection(reader: Reader, values: dict[str, Any], references: list[Reference]) -> None:
    """SDF, COUNT, TERMINATED BY and ENCLOSED BY of a collection, in any order."""
    found = Delimiters()
    while not reader.at_symbol("("):
        if delimiters(reader, found):
            values |= {"nested_delimiter": found.terminated, "nested_enclosure": found.enclosed}
            continue
        token = reader.accept("SDF", "COUNT")
        if token is None:
            if reader.at("NULLIF", "DEFAULTIF"):
                return
            reader.unexpected("(", "SDF", "COUNT", "TERMINATED", "ENCLOSED")
        elif token.is_word("SDF"):
            values["source"] = generated(reader, token, references)
        else:
            values["nested_count"] = _count(reader, references)


def _count(reader: Reader, references: list[Reference]) -> Literal:
    """``(CONSTANT n)``, ``(n)`` or ``(field)``."""
    reader.expect_symbol("(")
    reader.accept("CONSTANT")
    token = reader.peek()
    if token.kind == "number":
        text = str(reader.integer("a number of elements"))
    else:
        text = full_name(reader, "a field name or a number")
        references.append((text, token))
    reader.expect_symbol(")")
    return Literal(text=text)
