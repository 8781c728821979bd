"""POSITION(...) and the positions of conditions."""

from __future__ import annotations

from loadstone.spec import Position
from loadstone.sqlldr.lexer import Token
from loadstone.sqlldr.reader import Reader


def at_position(reader: Reader) -> bool:
    """Whether a position in parentheses comes next."""
    return reader.at_symbol("(") and (reader.peek(1).kind == "number" or reader.peek(1).is_symbol("*"))


def position(reader: Reader) -> Position:
    """``(start:end)``, ``(start-end)``, ``(start)``, ``(*)``, ``(*+n)``, ``(*+n:end)``."""
    reader.expect_symbol("(")
    relative = reader.accept_symbol("*") is not None
    start = _relative_start(reader) if relative else reader.integer("a start position", 1)
    end = None
    if reader.accept_symbol(":", "-"):
        last = reader.peek()
        end = reader.integer("an end position", 1)
        if not relative and end < start:
            _backwards(reader, last, start, end)
            end = None
    if not reader.accept_symbol(")"):
        reader.unexpected(")", ":", "-") if end is None else reader.unexpected(")")
    return Position(start=start, relative=relative, end=end)


# Private functions


def _relative_start(reader: Reader) -> int:
    return reader.integer("an offset") if reader.accept_symbol("+") else 0


def _backwards(reader: Reader, token: Token, start: int, end: int) -> None:
    reader.error(
        "LS-1026", token, f"the position ends at {end}, before its start {start}", "write (start:end)"
    )
