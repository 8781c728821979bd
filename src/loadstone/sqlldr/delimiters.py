"""TERMINATED BY and ENCLOSED BY, and FIELDS CSV."""

from __future__ import annotations

from dataclasses import dataclass

from loadstone.spec import CsvFormat, Delimiter, Enclosure
from loadstone.sqlldr.lexer import Token
from loadstone.sqlldr.names import literal
from loadstone.sqlldr.reader import Reader

STARTS = ("TERMINATED", "ENCLOSED", "OPTIONALLY")


@dataclass
class Delimiters:
    """
    Delimiters of a clause.

    Attributes:
        terminated, enclosed: What was said.
        first: First word of the clause, for messages.
        optional: The word OPTIONALLY.
    """

    terminated: Delimiter | None = None
    enclosed: Enclosure | None = None
    first: Token | None = None
    optional: Token | None = None

    @property
    def unterminated(self) -> bool:
        """Whether an optional enclosure has no terminator of its own clause."""
        return self.optional is not None and self.terminated is None


def csv(reader: Reader) -> CsvFormat:
    """What follows FIELDS CSV: WITH or WITHOUT EMBEDDED."""
    word = reader.accept("WITH", "WITHOUT")
    if word is None:
        return CsvFormat()
    reader.expect("EMBEDDED")
    return CsvFormat(embedded=word.is_word("WITH"))


def delimiters(reader: Reader, into: Delimiters) -> bool:
    """Read the delimiter that comes next, if any, into ``into``; say whether one came."""
    token = reader.accept(*STARTS)
    if token is None:
        return False
    into.first = into.first or token
    if token.is_word("TERMINATED"):
        if into.terminated is not None:
            reader.error("LS-1010", token, "TERMINATED BY is given twice")
        into.terminated = terminator(reader)
        return True
    if into.enclosed is not None:
        reader.error("LS-1010", token, "ENCLOSED BY is given twice")
    optional = token.is_word("OPTIONALLY")
    if optional:
        reader.expect("ENCLOSED")
    into.enclosed = _enclosure(reader, optional=optional)
    into.optional = token if optional and into.enclosed else None
    return True


def terminator(reader: Reader) -> Delimiter:
    """What follows TERMINATED: [BY] WHITESPACE, EOF or a literal."""
    reader.accept("BY")
    if reader.accept("WHITESPACE"):
        return Delimiter(whitespace=True)
    if reader.accept("EOF"):
        return Delimiter(eof=True)
    if reader.peek().kind not in ("string", "hex"):
        reader.unexpected("a quoted terminator", "X'hex'", "WHITESPACE", "EOF")
    return Delimiter(literal=literal(reader, "the terminator", controls=True))


# Private functions


def _enclosure(reader: Reader, *, optional: bool) -> Enclosure | None:
    reader.accept("BY")
    token = reader.peek()
    if token.kind == "string" and not token.text:
        reader.take()
        reader.warn(
            "LS-1014", token, "the enclosure is empty: the fields have none", "write '\"' for a double quote"
        )
        return None
    left = literal(reader, "an enclosure", controls=True)
    right = literal(reader, "an enclosure", controls=True) if reader.accept("AND") else None
    return Enclosure(left=left, right=right, optional=optional)
