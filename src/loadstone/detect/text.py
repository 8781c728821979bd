"""Delimited and fixed-width text: dialect, bounds of the table, header, columns and counts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from .cells import ODD, WORDS, class_of
from .columns import Judge, name_columns
from .counting import count_rows
from .dialect import WEAK, Scored, parse, prior_of, rank
from .fixed import Fixed, find_fixed
from .header import THRESHOLD, Table, find_table
from .model import Alternative, Detection, Dialect

COLUMNS_MAX, FIELDS_MAX = 20_000, 500_000
"""Fields of a record beyond which a text is no table: in the sample, and in any line."""

_WINDOW_CHARS = 1 << 20
_LINE = re.compile(r"[^\S\r\n\x85]*[^\s][^\r\n\x85]*")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "blank", "": "nothing"}


def read_text(
    found: Detection, text: str, *, whole: bool, fixed_only: bool = False, names: Sequence[str] = ()
) -> None:
    """
    Fill in what delimited or fixed-width text is.

    Args:
        fixed_only: For formats known by name, whose lines may have a layout.
        names: Names of columns of files before; a row that holds them is the header.
    """
    found.record_terminator = terminator_of(text)
    lines = re.split(r"\r\n|\n|\r|\x85", text[:400_000])
    if fixed_only:
        fixed = find_fixed([line for line in lines if line]) if found.format in ("nacha",) else None
        if fixed is not None:
            _fixed_columns(found, fixed, lines)
        return
    ranked = rank(text)
    best = ranked[0]
    fixed = find_fixed([line for line in lines if line.strip()])
    if fixed is not None and _is_fixed(best, fixed):
        _fixed(found, fixed, lines, text, best)
        return
    _delimited(found, text, ranked, whole=whole, names=names)


def terminator_of(text: str) -> str:
    """The line end that most lines have: ``\\r\\n``, ``\\n`` or ``\\r``; ``\\n`` where there is none."""
    head = text[:1_000_000]
    both = head.count("\r\n")
    counts = {
        "\r\n": both,
        "\n": head.count("\n") - both,
        "\r": head.count("\r") - both,
        "\x85": head.count("\x85") if "\n" not in head else 0,
    }
    best = max(counts, key=lambda end: counts[end])
    return best if counts[best] else "\n"


# Private functions


def _is_fixed(best: Scored, fixed: Fixed) -> bool:
    """Whether rivers of blanks explain the lines better than the best delimiter does."""
    delimiter = best.dialect.delimiter
    if fixed.confidence >= 0.98:
        return True
    if not delimiter:
        return (
            len(fixed.spans) >= 2
            and fixed.confidence >= 0.5
            or fixed.equal
            and fixed.blanks
            and fixed.length >= 16
        )
    if delimiter == " ":
        return best.width != len(fixed.spans) and (
            fixed.confidence >= 0.6
            and len(fixed.spans) >= 2
            and (best.uniformity < 0.9 or "".join(delimiter) == " " and fixed.confidence > 0.75)
        )
    if best.rows >= 8 and (fixed.equal and best.uniformity < 0.95 or _is_better_cut(best, fixed)):
        return True
    least = 0.75 if prior_of(delimiter) < WEAK else 0.5
    return fixed.confidence > 0.6 and best.score < least * fixed.confidence


def _is_better_cut(best: Scored, fixed: Fixed) -> bool:
    """Whether rivers of blanks give cells that look more like values than the delimiter's, which is the comma of amounts, then."""
    rivers = len(fixed.spans) > 2 and (fixed.equal or fixed.blanks)
    return rivers and best.dialect.delimiter != "\t" and fixed.trust > best.trust


def _fixed(found: Detection, fixed: Fixed, lines: list[str], text: str, best: Scored) -> None:
    found.format, found.confidence = "fwf", fixed.confidence
    found.evidence.append(fixed.evidence)
    found.has_header, found.header_lines = False, 0
    _fixed_columns(found, fixed, lines)
    found.records = sum(1 for _ in _LINE.finditer(text)) - found.header_lines
    if best.dialect.delimiter:
        found.alternatives.append(
            Alternative(
                f"delimited by {_say(best.dialect.delimiter)}: {best.width} columns",
                round(best.score * (1 - fixed.confidence), 3),
            )
        )


def _fixed_columns(found: Detection, fixed: Fixed, lines: list[str]) -> None:
    full = [line for line in lines if line.strip()]
    rows = [[line[start:end] for start, end in fixed.spans] for line in full]
    table = (
        find_table(rows, len(fixed.spans))
        if rows and found.format == "fwf"
        else Table(len(fixed.spans), 0, len(rows) - 1, 0, 0.0)
    )
    header = rows[0] if table.header_rows and table.first == 0 else None
    if header is not None:
        found.has_header, found.header_lines = True, 1
    names = name_columns(header, len(fixed.spans))
    columns = []
    for number, (start, end) in enumerate(fixed.spans):
        judge = Judge()
        judge.take(row[number] for row in rows[1 if header else 0 :])
        column = judge.column(names[number])
        columns.append(replace(column, start=start, end=end))
    found.columns = columns


def _delimited(
    found: Detection, text: str, ranked: list[Scored], *, whole: bool, names: Sequence[str]
) -> None:
    best = ranked[0]
    dialect = best.dialect
    if best.width == 1 and dialect.delimiter != "," and "," not in text:
        dialect = Dialect(",", '"')  # one column either way
    found.format = "tsv" if dialect.delimiter == "\t" else "csv"
    if best.width == 1 and _is_prose(text) or best.rows <= 3 and _is_sentences(text, dialect):
        found.format = "text"
    found.delimiter, found.quotechar, found.escapechar, found.skip_blanks = (
        dialect.delimiter,
        dialect.quotechar,
        dialect.escapechar,
        dialect.skip_blanks,
    )
    if best.width > COLUMNS_MAX or _is_too_wide(text, dialect.delimiter):
        found.format, found.confidence, found.has_header = "text", 0.5, False
        found.evidence.append(f"{_say(dialect.delimiter)} gives more fields in a line than a table has columns")
        return
    head = list(_rows(text, dialect, islice_lines=600))
    rows = [row for _, row in head]
    if not rows:
        found.format, found.confidence = "text", 0.5
        return
    table = find_table(rows, best.width, names)
    found.has_header = table.header_rows > 0
    found.header_lines = table.header_rows
    found.preamble_lines = head[table.first][0] - 1
    _count(found, text, dialect, table, rows[table.first] if table.header_rows else None)
    _say_why(found, best, table, ranked, whole=whole)


def _is_too_wide(text: str, delimiter: str) -> bool:
    """Whether a line holds the delimiter more often than ``FIELDS_MAX``; only long lines are looked into."""
    if not delimiter:
        return False
    at = fields = 0
    while at + _WINDOW_CHARS <= len(text):
        end = max(text.rfind(mark, at, at + _WINDOW_CHARS) for mark in "\n\r")
        if end >= 0:
            at, fields = end + 1, 0
            continue
        fields += text.count(delimiter, at, at + _WINDOW_CHARS)
        at += _WINDOW_CHARS
        if fields > FIELDS_MAX:
            return True
    return False


def _rows(text: str, dialect: Dialect, *, islice_lines: int) -> Iterator[tuple[int, list[str]]]:
    """The first rows that are not blank, each with the physical line that it begins in, 1-based."""
    line = 1
    for row in islice(parse(text, dialect), islice_lines):
        if row and (len(row) > 1 or row[0].strip()):
            yield line, row
        line += 1 + sum(cell.count("\n") for cell in row if "\n" in cell)


def _count(found: Detection, text: str, dialect: Dialect, table: Table, header: list[str] | None) -> None:
    """Types over the rows, the number of records, and what stands below them."""
    width = table.width
    counted = count_rows(text, dialect, width, table.first + table.header_rows)
    records, footer = counted.records, counted.footer
    found.embedded, found.records, found.footer_lines = counted.embedded, records, len(footer)
    found.trailer = footer[0][0].strip() if footer else ""
    names = name_columns(header, width)
    found.columns = [judge.column(names[number]) for number, judge in enumerate(counted.judges)]
    if counted.read < records:
        found.evidence.append(
            f"types are those of {counted.read:,} of {records:,} records, from all parts of the file"
        )
    if counted.odd:
        found.evidence.append(
            f"{counted.odd:,} of {counted.read:,} records have another number of fields than {width}"
        )
    if footer:
        numbers = {cell.strip() for row in footer for cell in row for cell in re.findall(r"\d+", cell)}
        counts = {
            str(records),
            str(records + found.header_lines),
            str(records + len(footer)),
            str(records + len(footer) + found.header_lines),
        }
        matched = {number.lstrip("0") for number in numbers} & counts
        found.evidence.append(
            f"the last {len(footer)} lines are a trailer"
            + (f" with the count {min(matched)}" if matched else "")
        )


def _say_why(found: Detection, best: Scored, table: Table, ranked: list[Scored], *, whole: bool) -> None:
    dialect = best.dialect
    found.evidence.append(
        f"{_say(dialect.delimiter)} gives {best.width} fields in {best.agreeing:,} of {best.rows:,} records of the sample"
    )
    if dialect.quotechar and dialect.quotechar != '"':
        found.evidence.append(f"fields stand in {dialect.quotechar}")
    if dialect.escapechar:
        found.evidence.append(f"{dialect.escapechar} takes the meaning from the next character")
    if found.preamble_lines:
        found.evidence.append(f"{found.preamble_lines} lines stand above the table")
    word = "a header" if table.header_rows else "no header"
    found.evidence.append(
        f"{word}: " + ("; ".join(table.reasons) or "nothing tells the first row from those below")
    )
    for column in found.columns:
        if column.ambiguous:
            found.evidence.append(
                f"column {column.name}: {column.mask or column.type} fits all values, and so does {', '.join(column.ambiguous)}"
            )
    if not whole:
        found.records_exact = False
        found.evidence.append(
            "the file is larger than what was looked at: types and counts are those of its first part"
        )
    others = [one for one in ranked[1:] if one.dialect.delimiter != dialect.delimiter][:2]
    for one in others:
        found.alternatives.append(
            Alternative(
                f"delimited by {_say(one.dialect.delimiter)}: {one.width} columns",
                round(one.score / (one.score + best.score), 3),
            )
        )
    if len(found.columns) > 1 or table.header_rows:
        found.alternatives.append(
            Alternative(
                "no header" if table.header_rows else "a header in the first row",
                round(0.5 / (1 + abs(table.header_score - 0.65) * 4), 3),
            )
        )
    found.confidence = confidence_of(best, table, others)


def confidence_of(best: Scored, table: Table, others: list[Scored]) -> float:
    """
    Chance that dialect and header are right, from the margins they won by.

    The steps and the logistic of the header were fitted on labelled files; what is said at 0.99 or more must be right 99 times in 100.
    """
    second = others[0].score if others else 0.0
    margin = (best.score - second) / max(best.score, 0.01)
    if best.uniformity >= 0.97 and margin >= 0.25 and best.trust >= 0.55 and best.rows >= 2:
        dialect = 0.9985
    elif best.uniformity >= 0.9 and margin >= 0.12 and best.trust >= 0.5:
        dialect = 0.975
    else:
        dialect = 0.55 + 0.4 * min(1.0, 2 * margin) * best.uniformity
    away = abs(table.header_score - THRESHOLD)
    header = 1 / (
        1 + math.exp(-(1.25 + 1.1 * away + (0.65 * table.header_score if table.header_rows else 0.25 * away)))
    )
    return dialect * header


def _is_prose(text: str) -> bool:
    """Whether a single column is sentences rather than values."""
    lines = [line for line in text[:20000].splitlines() if line.strip()]
    long = sum(len(line) > 50 and class_of(line) in (WORDS, ODD) for line in lines)
    return long >= 0.4 * len(lines)


def _is_sentences(text: str, dialect: Dialect) -> bool:
    """Whether a few lines are sentences that a comma happens to part."""
    lines = [line for line in text[:20000].splitlines() if line.strip()]
    cells = [cell for line in lines for cell in line.split(dialect.delimiter or "\n")]
    words = sum(len(re.findall(r"[^\W\d_]+", cell)) for cell in cells)
    quiet = sum(letter.isalpha() or letter in " ,.;:'’-" for line in lines for letter in line)
    total = sum(map(len, lines))
    spoken = words >= 2.5 * len(cells) or total >= 40 * len(lines) and words <= 3 * len(lines)
    return total >= 25 * len(lines) and quiet >= 0.93 * total and spoken and dialect.quotechar != "'"


def _say(delimiter: str) -> str:
    return f"{_NAMES[delimiter]}" if delimiter in _NAMES else repr(delimiter)
