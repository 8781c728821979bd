"""The bind array that SQL*Loader would have taken: only its log lines depend on it."""

from __future__ import annotations

from dataclasses import dataclass

from loadstone.spec import Field, LoadSpec, LobFile

ROWS, BIND_SIZE_BYTES = 250, 1_048_576
"""Defaults of release 18 and later."""

DEFAULT_SIZE_BYTES = 255


@dataclass(frozen=True)
class BindArray:
    """Rows asked for, rows that fit, and their bytes."""

    rows_asked: int
    rows: int
    size_bytes: int


def bind_array(spec: LoadSpec, *, rows: int | None) -> BindArray:
    """Each character field takes its maximum and two bytes, rounded up to an even number."""
    asked = rows or spec.options.rows or ROWS
    row_size = sum(field_size(one) for table in spec.tables for one in table.fields)
    limit = spec.options.bindsize or BIND_SIZE_BYTES
    fitting = max(1, min(asked, limit // row_size)) if row_size else asked
    return BindArray(asked, fitting, fitting * row_size)


def field_size(one: Field) -> int:
    """Bytes of a field in a row of the array."""
    if one.source is not None:
        return 0 if isinstance(one.source, LobFile) else 4
    length = one.type.length if one.type is not None else None
    if length is None and one.position is not None and one.position.end is not None:
        length = one.position.end - max(one.position.start, 1) + 1
    size = (length or DEFAULT_SIZE_BYTES) + 2
    return size + size % 2
