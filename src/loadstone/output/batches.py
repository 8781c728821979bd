"""Rows as exact text: what every source gives, and what is counted and written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from loadstone.errors import FixFile, FixSpec, Place

Kind = Literal["text", "integer", "decimal", "float", "date", "timestamp", "boolean", "bytes"]
NUMBERS: tuple[Kind, ...] = ("integer", "decimal", "float")


@dataclass(frozen=True)
class SourceColumn:
    """A column of the rows."""

    name: str
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Batch:
    """
    Some rows.

    Attributes:
        record0: Records before the first one. columns: Arrow arrays of text, one for each source column. Numbers are
            plain digits, dates ``YYYY-MM-DD``, timestamps ``YYYY-MM-DD HH:MI:SS[.F]`` in UTC, bytes hexadecimal.
    """

    record0: int
    columns: Sequence[Any]

    def __len__(self) -> int:
        return len(self.columns[0])


class Source(Protocol):
    """
    Rows within one snapshot.

    Attributes:
        columns: Known before the first row.
    """

    columns: tuple[SourceColumn, ...]

    def count_until(self, key: Sequence[str]) -> int:
        """Rows whose key, in the order of the spec, is not behind ``key``."""
        ...

    def batches(self, after: Sequence[str] | None) -> Iterator[Sequence[Any]]:
        """All rows, or those behind ``after``, as arrays of text."""
        ...

    def close(self) -> None:
        """End the snapshot."""
        ...


def column_no(columns: Sequence[SourceColumn], name: str) -> int:
    """
    Where column ``name`` stands; any case where that is not ambiguous.

    Raises:
        FixSpec: LS-8004 there is none.
    """
    exact = [no for no, column in enumerate(columns) if column.name == name]
    found = exact or [no for no, column in enumerate(columns) if column.name.upper() == name.upper()]
    if len(found) != 1:
        from difflib import get_close_matches

        known = [column.name for column in columns]
        close = get_close_matches(name, known, 1, 0.6)
        hints = [f"did you mean {close[0]}?"] if close else []
        why = "is ambiguous among" if found else "is none of"
        raise FixSpec("LS-8004", f"column {name} {why} those of the rows: {', '.join(known)}", hints=hints)
    return found[0]


def refused(code: str, why: str, batch: Batch, row: int, column: str) -> FixFile:
    """The error of one value; the value itself is not shown, for it may be personal."""
    record_no = batch.record0 + row + 1
    return FixFile(
        code, why, Place(record_no=record_no, field=column), hints=["nothing was put in the file's place."]
    )


def first_true(flags: Any) -> int:
    """The 0-based place of the first true value of an Arrow array; -1 where there is none."""
    import pyarrow.compute as pc

    return int(pc.index(flags, True).as_py())
