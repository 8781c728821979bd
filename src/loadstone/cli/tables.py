"""Rows as a table on a terminal, or as one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any


def print_table(rows: Sequence[Mapping[str, Any]], *, as_json: bool = False) -> None:
    """Columns are those of the first row; numbers stand on the right; moments in local time."""
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False, default=str))
        return
    if not rows:
        print("none")
        return
    names = list(rows[0])
    cells = [[_cell(row[name]) for name in names] for row in rows]
    widths = [max(len(line[n]) for line in [names, *cells]) for n in range(len(names))]
    right = [all(isinstance(row[name], int | float) or row[name] is None for row in rows) for name in names]
    for line in [names, *cells]:
        parts = [
            text.rjust(width) if r else text.ljust(width)
            for text, width, r in zip(line, widths, right, strict=True)
        ]
        print("  ".join(parts).rstrip())


# Private functions


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)
