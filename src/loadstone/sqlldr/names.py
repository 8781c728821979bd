"""Names of columns, fields and tables, and literals."""

from __future__ import annotations

from loadstone.spec import Literal, TableName
from loadstone.sqlldr.lexer import Token, unescaped
from loadstone.sqlldr.reader import Reader

_NAME_BYTES_MAX = 128


def name(reader: Reader, what: str) -> Token:
    """A name, unquoted or in double quotes."""
    token = reader.peek()
    if token.kind == "string" and token.quote == '"':
        if token.several_lines:
            raise reader.lexer.unterminated(token.start)
        if not token.text:
            reader.fail("LS-1014", token, f"{what} is empty")
    elif token.kind == "string":
        reader.fail(
            "LS-1001", token, f"expected {what}, found {token}", "names stand in double quotes or in none"
        )
    elif token.kind != "word":
        reader.unexpected(what)
    if len(folded(token).encode()) > _NAME_BYTES_MAX:
        size = len(folded(token).encode())
        reader.error(
            "LS-1015", token, f"the name {token} has {size} bytes; at most {_NAME_BYTES_MAX} are allowed"
        )
    return reader.take()


def folded(token: Token) -> str:
    """The name as the dictionary knows it: upper case unless it was quoted."""
    return token.text if token.kind == "string" else token.text.upper()


def full_name(reader: Reader, what: str) -> str:
    """A field name, with the names of the objects around it in front, joined by dots."""
    parts = [folded(name(reader, what))]
    while reader.accept_symbol("."):
        parts.append(folded(name(reader, what)))
    return ".".join(parts)


def table_name(reader: Reader) -> TableName:
    """``schema.table``, both perhaps quoted."""
    first = name(reader, "a table name")
    if not reader.accept_symbol("."):
        return TableName(name=folded(first), name_quoted=first.kind == "string")
    second = name(reader, "a table name")
    return TableName(
        name=folded(second),
        schema_name=folded(first),
        name_quoted=second.kind == "string",
        schema_quoted=first.kind == "string",
    )


def literal(reader: Reader, what: str, *, controls: bool = False) -> Literal:
    """A string or X'hex'; with ``controls``, \\t and its like stand for control characters."""
    token = reader.peek()
    if token.kind == "hex":
        reader.take()
        if controls and not token.text:
            reader.error("LS-1014", token, f"{what} is empty")
        return Literal(hex=token.text)
    if token.kind != "string":
        reader.unexpected(what, "X'hex'")
    token = reader.string(what)
    if controls and not token.text:
        reader.error("LS-1014", token, f"{what} is empty")
    return Literal(text=unescaped(token.raw, token.quote) if controls else token.text)
