"""What a reader gives: rows of text, their places, and the file's own totals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from loadstone.books import ControlTotal


@dataclass(frozen=True, slots=True)
class Row:
    """
    One row.

    Attributes:
        origin: Where it stands, as its sender would look it up: ``sheet Payments, row 7``, ``line 12``, ``$.items[3]``.
        values: One for each of the reader's columns, as exact text; None where the file has nothing.
        fault: Why this row cannot be read, where the rows around it can; its only value is its text then, for the bad file.
            The load refuses it as one record. What spoils the rest of the file is an error of the reader instead.
    """

    origin: str
    values: tuple[str | None, ...]
    fault: str | None = None


class Column(NamedTuple):
    """A column of a format that always has the same ones: its name, and what it means, for the reference page."""

    name: str
    meaning: str


class Readable(Protocol):
    """A binary stream that is read once."""

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes; none at the end alone."""
        ...


class Reader(Protocol):
    """
    The rows of one file, in its order, in flat memory; read once, from the start to the end.

    Attributes:
        columns: Their names, in order, known before the first row.

    A reader may have more: ``texts``, the columns that the file itself holds as text, whose digits are no numbers; ``close()``, where it
    holds something until its last row; ``widen()``, where it knows the columns of its first rows alone: it looks at all of them then.

    Errors are ``FixFile`` with the place: LS-2xxx codes. A reader never guesses: what it cannot tell it refuses.
    """

    columns: tuple[str, ...]

    def __iter__(self) -> Iterator[Row]:
        """The rows."""
        ...

    def controls(self) -> tuple[ControlTotal, ...]:
        """The totals that the file states of itself beside those that were counted; complete after the last row."""
        ...
