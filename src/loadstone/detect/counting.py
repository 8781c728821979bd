"""
The rows of delimited text behind its header: how many there are, what their columns hold, what stands below them.

Every row is read of a text up to ``WHOLE_CHARS``. Of a larger one that is the beginning, the end, and one piece in ``EACH`` of what lies between:
there only line ends outside quotes are counted, which is exact and quick. A text whose quotes do not pair up is read as a whole, whatever its size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from .columns import Judge
from .dialect import parse
from .model import Dialect

PIECE_CHARS = 1 << 20
WHOLE_CHARS = 12 << 20
"""Characters up to which each row is read."""

EACH = 6
"""Of the pieces behind them, one in so many is read row by row."""

FOOTER_ROWS_MAX = 20
"""So many odd rows at the end may be a footer; more are records that are spoilt."""

_BATCH_ROWS = 500  # few enough for the processor's cache
_TRIES = 16
_BLANK = ("\n\n", "\n\r\n", "\r\r", "\n \n")


@dataclass
class Counted:
    """
    What was counted.

    Attributes:
        judges: One for each column.
        records: Rows of the table, those of another width and those not read included.
        read: How many of them were read.
        odd: How many of those have another width than the table.
        footer: Rows below the table, narrower than it.
        embedded: Whether line ends stand inside quoted fields.
    """

    judges: list[Judge]
    records: int = 0
    read: int = 0
    odd: int = 0
    footer: list[list[str]] = field(default_factory=list)
    embedded: bool = False

    def take(self, rows: list[list[str]], *, quoted: bool) -> None:
        """Judge rows of the table's width."""
        self.records += len(rows)
        self.read += len(rows)
        for judge, column in zip(self.judges, zip(*rows, strict=True), strict=bool(rows)):
            if quoted and not self.embedded and "\n" in "".join(column):
                self.embedded = True
            judge.take(column)

    def settle(self) -> None:
        """Odd rows have rows of the table behind them, or are too many: they are records, and no footer."""
        self.records += len(self.footer)
        self.read += len(self.footer)
        self.odd += len(self.footer)
        self.footer = []


def count_rows(text: str, dialect: Dialect, width: int, first: int) -> Counted:
    """Count the rows of a table of ``width`` columns that begins ``first`` rows, blank ones apart, below the top."""
    counted = Counted([Judge() for _ in range(width)])
    quoted = bool(dialect.quotechar) and dialect.quotechar in text
    for number, (piece, skipped) in enumerate(_pieces(text, dialect)):
        if skipped:
            counted.settle()
            counted.records += skipped
        else:
            rows = (row for row in parse(piece, dialect) if row and (len(row) > 1 or row[0].strip()))
            _read(counted, islice(rows, 0 if number else first, None), width, quoted=quoted)
    wide = [row for row in counted.footer if len(row) >= width]
    counted.footer = [row for row in counted.footer if len(row) < width]
    counted.records += len(wide)
    counted.read += len(wide)
    return counted


# Private functions


def _read(counted: Counted, rows: Iterator[list[str]], width: int, *, quoted: bool) -> None:
    while batch := list(islice(rows, _BATCH_ROWS)):
        if {width} == set(map(len, batch)):
            counted.settle()
            counted.take(batch, quoted=quoted)
            continue
        good: list[list[str]] = []
        for row in batch:
            if len(row) == width:
                counted.settle()
                good.append(row)
                continue
            counted.footer.append(row)
            counted.embedded = counted.embedded or quoted and any("\n" in cell for cell in row)
            if len(counted.footer) > FOOTER_ROWS_MAX:
                counted.settle()
        counted.take(good, quoted=quoted)


def _pieces(text: str, dialect: Dialect) -> Iterator[tuple[str, int]]:
    """The text in pieces, each to be read, or with the number of its rows and not to be read."""
    quote = dialect.quotechar if dialect.quotechar in text[:WHOLE_CHARS] else ""
    end = "\n" if "\n" in text[:PIECE_CHARS] else "\r"
    cut = _cut(text, 0, WHOLE_CHARS, quote, end) if len(text) > WHOLE_CHARS + PIECE_CHARS else len(text)
    if dialect.escapechar or not cut or not _pairs(text[:PIECE_CHARS], dialect, quote, end):
        cut = len(text)
    yield text[:cut], 0
    number = 0
    while cut < len(text):
        behind = _cut(text, cut, PIECE_CHARS, quote, end) or len(text)
        piece = text[cut:behind]
        number += 1
        is_read = number % EACH == 0 or behind == len(text) or any(blank in piece for blank in _BLANK)
        yield piece, 0 if is_read else _ends(piece, quote, end)
        cut = behind


def _cut(text: str, start: int, size: int, quote: str, end: str) -> int:
    """The place behind a line end outside quotes, at least ``size`` characters on; 0 where none is found in a while."""
    at = start + size
    for _ in range(_TRIES):
        at = text.find(end, at) + 1
        if not at:
            return len(text)
        if not quote or text.count(quote, start, at) % 2 == 0:
            return at
        at = text.find(quote, at)
        if at < 0:
            return 0
    return 0


def _pairs(head: str, dialect: Dialect, quote: str, end: str) -> bool:
    """Whether rows may be counted by line ends outside quotes: in the text's head that gives what reading gives."""
    if not quote:
        return True
    head = head[: head.rfind(end) + 1]
    return _ends(head, quote, end) + head.count(quote) % 2 == sum(1 for _ in parse(head, dialect))


def _ends(piece: str, quote: str, end: str) -> int:
    """Line ends outside quotes."""
    if not quote or quote not in piece:
        return piece.count(end)
    return sum(part.count(end) for part in piece.split(quote)[::2])
