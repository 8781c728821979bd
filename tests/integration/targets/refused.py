"""Small loads into table T, and what the target refused of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from loadstone.books import LoadReceipt, Reject
from loadstone.bootstrap import loads
from tests.runs import load, rows_of


def run(url: str, lines: list[str], fields: str = "id, code, amount", **options: Any) -> LoadReceipt:
    """Append comma-separated records to table T."""
    Path("in.dat").write_text("".join(f"{line}\n" for line in lines))
    control = (
        f"LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' TRAILING NULLCOLS ({fields})"
    )
    return load(control, url, errors=-1, **options)


def refused(url: str) -> list[tuple[int, str | None]]:
    """Record number and Oracle's code of each reject."""
    return [(one.record_no, one.code) for one in rejects(url)]


def rejects(url: str) -> list[Reject]:
    """All rejects of the latest load."""
    return loads.rejects(url)[1]


def ids(url: str, table: str = "t") -> list[int]:
    """The keys that stand in a table."""
    return sorted(int(row[0]) for row in rows_of(url, f"SELECT id FROM {table}"))
