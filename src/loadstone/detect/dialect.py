"""
Which dialect sets the fields of a text: candidates, each parsed and judged as a table.

A dialect is good when its rows have one width (lines above and below the table excused), when its cells look like values, when its columns
hold one class of value each, and when its quotes stand at the edges of fields. The idea of judging parsed tables is old (van den Burg,
Nazábal, Sutton: Wrangling messy CSV files, 2019; García, table uniformity, 2024); the score is our own.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from .cells import ADDRESS, DATE, EMPTY, TIME, class_of, trust_of
from .model import Dialect

Rows = list[list[str]]

PRIOR = {
    ",": 1.0, ";": 1.0, "\t": 1.0, "|": 1.0, "::": 0.95, "^": 0.93, "~": 0.93, "\x01": 1.0, "\x1f": 1.0, "\x1e": 0.95, "¦": 0.97, "#": 0.86,
    "§": 0.9, "¬": 0.9, ":": 0.72, " ": 0.7, "&": 0.75, "*": 0.75, "=": 0.6, "@": 0.6, "!": 0.7, "%": 0.6, "/": 0.45, "-": 0.4, "_": 0.4, "+": 0.4,
}  # fmt: skip
"""How common a delimiter is, beside the others, 0 to 1; a doubled one counts as it does once."""

RARE = "§¬¤×÷·•¶þÿ│║→※"
"""Marks beyond ASCII that some systems part fields by."""

OTHER_PRIOR, LONG_PRIOR = 0.8, 0.95
EMPTY_FIELD = 0.75
"""What a pair of marks is worth beside one of them, where two are an empty field more often than a delimiter."""

COMMON = 0.95
"""From this prior on a delimiter is no part of values."""

WEAK = 0.8
"""Below this prior a delimiter must stand in several records before it is believed."""

ONE_COLUMN = 0.52
"""What a table of one column is worth when all its rows are clean: less than two columns of a common delimiter."""

QUOTES = ('"', "'", "`")
ODD_QUOTES = "^~$"
"""Marks that some systems enclose text by; believed beside a common delimiter, where each line has such a field."""

_PATH = re.compile(r"[A-Za-z]:[\\/]")
ROWS_MAX = 400
SAMPLE_CHARS = 48_000
PIECE_CHARS = 1 << 18
FIELD_CHARS_MAX = 1 << 30
"""A field may be as long as what is looked at; the limit of the library's reader is 128 KiB."""


@dataclass(frozen=True)
class Scored:
    """A dialect and what speaks for it: ``score`` 0 to about 1, the rows' ``width``, share of rows that have it."""

    dialect: Dialect
    score: float
    width: int
    agreeing: int
    rows: int
    uniformity: float
    trust: float


def rank(text: str) -> list[Scored]:
    """All plausible dialects of a text, best first; never empty."""
    sample = _head(text)
    found = [_judge(sample, dialect) for dialect in candidates(sample)]
    found = [one for one in found if one.score > 0] or found[:1]
    found.sort(
        key=lambda one: (-one.score, len(one.dialect.delimiter), one.dialect.delimiter, one.dialect.quotechar)
    )
    return found


def parse(text: str, dialect: Dialect) -> Iterator[list[str]]:
    """The rows of a text; blank lines are empty rows."""
    delimiter = dialect.delimiter
    if not delimiter:
        for line in chain.from_iterable(io.StringIO(piece, newline=None) for piece in _pieces(text)):
            line = line.rstrip("\n")
            yield [line] if line else []
        return
    pieces = _pieces(text)
    if len(delimiter) > 1:
        stand_in = next(mark for mark in ("\ue000", "\ue001", "\uf8ff") if mark not in text)
        pieces = (piece.replace(dialect.delimiter, stand_in) for piece in pieces)
        delimiter = stand_in
    quotechar = dialect.quotechar
    csv.field_size_limit(FIELD_CHARS_MAX)
    yield from csv.reader(
        chain.from_iterable(io.StringIO(piece, newline="") for piece in pieces),
        delimiter=delimiter,
        quotechar=quotechar or None,
        escapechar=dialect.escapechar or None,
        doublequote=bool(quotechar),
        skipinitialspace=dialect.skip_blanks,
        quoting=csv.QUOTE_MINIMAL if quotechar else csv.QUOTE_NONE,
    )


def prior_of(delimiter: str) -> float:
    """How common a delimiter is, 0 to 1; a doubled one counts about as it does once."""
    if delimiter in PRIOR:
        return PRIOR[delimiter]
    if len(set(delimiter)) > 1:
        return LONG_PRIOR
    return PRIOR.get(delimiter[0], OTHER_PRIOR) * (EMPTY_FIELD if delimiter[0] in ",;\t" else 1.0)


def candidates(text: str) -> Iterator[Dialect]:
    """Dialects worth a look, by the marks that occur in the text."""
    yield Dialect("", "")
    lines = [line for line in re.split(r"\r\n|\n|\r", text) if line]
    for delimiter in _delimiters(lines):
        plain = True
        for quote in QUOTES:
            if _edges(text, delimiter, quote):
                plain = plain and quote != '"'
                skip = delimiter != " " and f"{delimiter} {quote}" in text
                yield Dialect(delimiter, quote, "", skip)
                if f"\\{quote}" in text:
                    yield Dialect(delimiter, quote, "\\", skip)
        for quote in ODD_QUOTES if prior_of(delimiter) >= WEAK else "":
            if quote not in delimiter and quote in text and _is_enclosing(lines[:ROWS_MAX], delimiter, quote):
                yield Dialect(delimiter, quote)
        if plain:
            yield Dialect(delimiter)
        if f"\\{delimiter}" in text or plain and ("\\'" in text or '\\"' in text):
            yield Dialect(delimiter, '"', "\\")


def trust_in(rows: Rows, quoted: frozenset[str] = frozenset()) -> float:
    """How much the cells of rows of one width look like values, and their columns like columns, 0 to 1; ``quoted`` are those that stood in quotes."""
    total = 0.0
    columns = list(zip(*rows, strict=True))
    for column in columns:
        trust = sum(trust_of(cell, cell in quoted) for cell in column) / len(column)
        if trust > 0.5 and not any(column):
            trust = 0.3
        body = column[1:] if len(column) > 2 else column
        kinds = Counter(class_of(cell) for cell in body)
        full = len(body) - kinds.pop(EMPTY, 0)
        common = kinds.most_common(1)[0][1] / full if full else 0.5
        total += trust * (0.75 + 0.25 * common)
    return total / len(columns)


# Private functions


def _pieces(text: str) -> Iterator[str]:
    """The text, cut behind line ends: what is read from a whole one would be copied, four bytes a character."""
    end = "\n" if "\n" in text else "\r"
    start = 0
    while start < len(text):
        cut = text.find(end, start + PIECE_CHARS) + 1 or len(text)
        yield text[start:cut]
        start = cut


def _head(text: str) -> str:
    """The first part, cut behind a line."""
    if len(text) <= SAMPLE_CHARS:
        return text
    cut = max(text.rfind("\n", 0, SAMPLE_CHARS), text.rfind("\r", 0, SAMPLE_CHARS))
    return text[: cut + 1] if cut > 0 else text[:SAMPLE_CHARS]


def _delimiters(lines: list[str]) -> Iterator[str]:
    """Marks that stand in a good part of the lines."""
    found: Counter[str] = Counter()
    for line in lines[:ROWS_MAX]:
        found.update(set(line))
    least = max(1, min(len(lines), ROWS_MAX) // 5)
    for mark, count in found.items():
        if count < least or mark.isalnum() or mark in "\r\n\"'`\\.()[]{}<>$€£¥’‘“”\xa0\ufeff\ufffd?":
            continue
        if mark not in PRIOR and (
            mark.isascii() and mark.isprintable() or mark not in RARE and mark.isprintable()
        ):
            continue
        yield mark
        if mark in "|~^#;,:\t¦§*&$!":
            twice = sum(mark * 2 in line for line in lines[:ROWS_MAX])
            if twice >= least:
                yield mark * 2
    for long in ("|~|", "~|~", "^|^", "|^|", "@@", "<>", "::", "#|#", "\x01\x02"):
        if sum(long in line for line in lines[:ROWS_MAX]) >= max(least, len(lines[:ROWS_MAX]) // 2):
            yield long


def _edges(text: str, delimiter: str, quote: str) -> bool:
    """Whether the quote opens and closes fields."""
    if quote not in text:
        return False
    d = re.escape(delimiter)
    q = re.escape(quote)
    opening = len(re.findall(rf"(?:^|{d}) *{q}(?!{q}(?!{q}))", text, re.MULTILINE))
    closing = len(re.findall(rf"{q} *(?={d}|\r?$)", text, re.MULTILINE))
    if quote == '"':
        return bool(opening or closing)
    inside = re.findall(
        rf"(?:^|(?<={d})) *{q}((?:[^{q}\r\n]|{q}{q}){{0,300}}){q} *(?={d}|\r?$)", text, re.MULTILINE
    )
    both = len(inside)
    return any(inside) and both > 1 and both >= 0.6 * max(opening, closing)


def _is_enclosing(lines: list[str], delimiter: str, quote: str) -> bool:
    """Whether a mark stands at both ends of a field in each line, and hardly ever at one end only."""
    both = half = 0
    for line in lines:
        for cell in line.split(delimiter):
            ends = cell.startswith(quote) + cell.endswith(quote)
            both += ends == 2 and len(cell) > 1
            half += ends == 1 or cell == quote
    return both >= len(lines) > 2 and half <= 0.02 * both


def _judge(text: str, dialect: Dialect) -> Scored:
    try:
        rows = [row for row in parse(text, dialect) if row]
    except csv.Error:
        return Scored(dialect, 0.0, 0, 0, 0, 0.0, 0.0)
    rows = rows[:ROWS_MAX]
    if not rows:
        return Scored(dialect, 0.0, 0, 0, 0, 0.0, 0.0)
    widths = [len(row) for row in rows]
    width, first, last, agreeing = _table(widths)
    body = [row for row in rows[first : last + 1] if len(row) == width]
    uniformity = _uniformity(widths, width, first, last, agreeing)
    trust = trust_in(body, _quoted(text, dialect)) * _undivided(dialect, body)
    worth = _worth(dialect, body, len(rows))
    return Scored(dialect, worth * uniformity * trust, width, agreeing, len(rows), uniformity, trust)


def _undivided(dialect: Dialect, body: Rows) -> float:
    """Less than 1 where the delimiter is part of what the fields hold: half of a pair, of a path, a time or an address, inside brackets, between words."""
    delimiter = dialect.delimiter
    if len(delimiter) == 2 and len(set(delimiter)) == 1:
        single = sum(delimiter[0] in cell for row in body for cell in row)
        return 0.3 if single >= 0.5 * len(body) else 1.0
    if not delimiter or prior_of(delimiter) >= COMMON:
        return 1.0
    parts = [
        sum(cell.startswith(("\\", "//")) for row in body for cell in row[1:]) if delimiter == ":" else 0,
        sum(bool(_PATH.match(row[0])) for row in body) if delimiter != ":" else 0,
        sum(class_of(delimiter.join(row)) in (DATE, TIME, ADDRESS) for row in body),
        sum(any(cell.count("(") > cell.count(")") for cell in row) for row in body),
    ]
    if delimiter == " " and not any(letter.isdigit() for row in body for cell in row for letter in cell):
        return 0.3
    return 0.3 if max(parts) >= 0.5 * len(body) else 1.0


def _worth(dialect: Dialect, body: Rows, rows: int) -> float:
    """What a table of so many columns that are not empty is worth by a delimiter, 0 to 1."""
    delimiter = dialect.delimiter
    width = len(body[0])
    if width == 1:
        return ONE_COLUMN * (1.0 if not delimiter else 0.98 if delimiter == "," else 0.5)
    filled = width - sum(not any(column) for column in zip(*body, strict=True))
    worth = prior_of(delimiter) * (1 - 0.6 / max(1.5, filled))
    if prior_of(delimiter) < WEAK:
        worth *= 1 - 0.5 / rows
    if dialect.quotechar == "'":
        worth *= 0.995
    return worth * 1.002 if dialect.escapechar else worth


def _table(widths: list[int]) -> tuple[int, int, int, int]:
    """Width of the table, its first and last row, and how many rows between have that width."""
    counts = Counter(widths)
    width, agreeing = max(counts.items(), key=lambda item: (item[1] * (1.0 if item[0] > 1 else 0.4), item[0]))
    first = widths.index(width)
    last = len(widths) - 1 - widths[::-1].index(width)
    return width, first, last, agreeing


def _uniformity(widths: list[int], width: int, first: int, last: int, agreeing: int) -> float:
    """Share of rows that have the table's width; those above and below count less if they hold few fields."""
    wrong = 0.0
    for number, found in enumerate(widths):
        if found == width:
            continue
        outside = number < first or number > last
        if outside and found < width:
            wrong += 0.25 if found == 1 else 0.5
        elif found == 1 or not outside and abs(found - width) == 1:
            wrong += 0.8
        else:
            wrong += 1.0
    return agreeing / (agreeing + wrong)


def _quoted(text: str, dialect: Dialect) -> frozenset[str]:
    """What stands in quotes that open and close a field."""
    quote = re.escape(dialect.quotechar)
    if not quote or dialect.quotechar not in text:
        return frozenset()
    edge = re.escape(dialect.delimiter) if dialect.delimiter else "$"
    blanks = " *" if dialect.skip_blanks else ""
    inside = (
        rf"(?:[^{quote}\\\\]|\\\\.|{quote}{quote}){{0,2000}}"
        if dialect.escapechar
        else rf"(?:[^{quote}]|{quote}{quote}){{0,2000}}"
    )
    found = re.findall(
        rf"(?:^|(?<={edge})){blanks}{quote}({inside}){quote}(?={edge}|\r?$)", text, re.MULTILINE | re.DOTALL
    )
    if dialect.escapechar:
        return frozenset(re.sub(r"\\(.)", r"\1", cell) for cell in found)
    return frozenset(cell.replace(dialect.quotechar * 2, dialect.quotechar) for cell in found)
