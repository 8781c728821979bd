"""What an emitted expression is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from loadstone.datatypes.model import Nls
from loadstone.expressions.model import Term


class Declined(Exception):
    """A term that the emitter cannot translate exactly; its words say which."""


class TooWide(Declined):
    """Numbers of more digits than a DECIMAL holds."""


@dataclass(frozen=True)
class Sql:
    """
    SQL of one term.

    Attributes:
        value: NULL where the term is NULL; texts are never empty.
        known: Conditions without NULL that must all hold for ``value`` to be the answer; rows where one
            does not are computed again, one by one.
        digits: Of a number: digits left and right of the point; its type is DECIMAL of both.
    """

    value: str
    known: tuple[str, ...] = ()
    digits: tuple[int, int] = (0, 0)


@dataclass(frozen=True, kw_only=True)
class Emitted:
    """
    One expression as SQL over a chunk.

    Attributes:
        sql: Its canonical text. known: Where that is the answer; TRUE where it always is.
    """

    sql: str
    known: str = "TRUE"


class Emitter(Protocol):
    """What a function asks for the SQL of its arguments."""

    nls: Nls

    def sql(self, term: Term) -> Sql:
        """The SQL of a term."""

    def parts(self, term: Term) -> list[Sql]:
        """The SQL of a term's parts."""


DIGITS_MAX = 38
"""Digits of a DECIMAL."""


def decimal_type(digits: tuple[int, int]) -> str:
    """The type of numbers of so many digits left and right of the point."""
    if sum(digits) > DIGITS_MAX:
        raise TooWide("numbers of more than 38 digits")
    return f"DECIMAL({max(sum(digits), 1)},{digits[1]})"


def text_literal(text: str) -> str:
    """A text as SQL."""
    if "\0" in text:
        raise Declined("a text with a NUL")
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name as SQL."""
    return '"' + name.replace('"', '""') + '"'
