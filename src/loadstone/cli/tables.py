"""Rows as a table on a terminal, or as one JSON object a line."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

CELL_SIZE_MIN = 12
"""Characters below which a column of text is not folded; wider tables are shown row by row."""

GAP = 2
"""Blanks between two columns."""


def print_table(rows: Sequence[Mapping[str, Any]], *, as_json: bool = False) -> None:
    """
    Columns are those of the first row; numbers stand on the right; moments in local time.

    On a terminal long texts are folded until the table fits; one that cannot is shown row by row.
    """
    if as_json:
        for row in rows:
            print(json_text(row))
        return
    if not rows:
        print("none")
        return
    names = list(rows[0])
    cells = [[cell(row[name]) for name in names] for row in rows]
    right = [all(isinstance(row[name], int | float) or row[name] is None for row in rows) for name in names]
    widths = [max(len(line[n]) for line in [names, *cells]) for n in range(len(names))]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    if room is not None and not _fold(widths, right, room):
        for line in cells:
            _print_record(names, line, room)
        return
    for line in [names, *cells]:
        _print_line(line, widths, right)


def print_record(values: Mapping[str, Any]) -> None:
    """One row, a line for each value."""
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    _print_record(list(values), [cell(value) for value in values.values()], room)


def json_text(values: Any) -> str:
    """One line of JSON; moments as ISO 8601 with their offset."""
    return json.dumps(values, ensure_ascii=False, default=_plain)


def cell(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {cell(one)}" for name, one in value.items())
    return str(value)


# Private functions


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _fold(widths: list[int], right: Sequence[bool], room: int) -> bool:
    """Make the widest columns of text narrower until the table fits; whether it does."""
    while sum(widths) + GAP * (len(widths) - 1) > room:
        widest = max((n for n in range(len(widths)) if not right[n]), key=lambda n: widths[n], default=None)
        if widest is None or widths[widest] <= CELL_SIZE_MIN:
            return False
        widths[widest] -= 1
    return True


def _print_line(line: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> None:
    folded = [_folded(text, width) for text, width in zip(line, widths, strict=True)]
    for parts in zip_longest(*folded, fillvalue=""):
        aligned = [
            part.rjust(width) if r else part.ljust(width)
            for part, width, r in zip(parts, widths, right, strict=True)
        ]
        print((" " * GAP).join(aligned).rstrip())


def _print_record(names: Sequence[str], line: Sequence[str], room: int | None) -> None:
    head = max(map(len, names)) + GAP
    for name, text in zip(names, line, strict=True):
        parts = _folded(text, max(room - head, CELL_SIZE_MIN)) if room is not None else [text]
        for number, part in enumerate(parts):
            print(f"{'' if number else name:{head}}{part}".rstrip())


def _folded(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width) if len(text) > width else [text]
