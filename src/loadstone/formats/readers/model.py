"""What a reader gives: rows of text, their places, and the file's own totals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from loadstone.books import ControlTotal


@dataclass(frozen=True, slots=True)
class Row:
    """
    One row.

    Attributes:
        origin: Where it stands, as its sender would look it up: ``sheet Payments, row 7``, ``line 12``, ``$.items[3]``.
        values: One for each of the reader's columns, as exact text; None where the file has nothing.
    """

    origin: str
    values: tuple[str | None, ...]


class Reader(Protocol):
    """
    The rows of one file, in its order, in flat memory; read once, from the start to the end.

    Attributes:
        columns: Their names, in order, known before the first row.

    Errors are ``FixFile`` with the place: LS-2xxx codes. A reader never guesses: what it cannot tell it refuses.
    """

    columns: tuple[str, ...]

    def __iter__(self) -> Iterator[Row]:
        """The rows."""
        ...

    def controls(self) -> tuple[ControlTotal, ...]:
        """The totals that the file states of itself beside those that were counted; complete after the last row."""
        ...
