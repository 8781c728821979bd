"""Arrow rows as the driver binds them: exact numbers, no silent change, and what Oracle cannot keep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import oracledb

from loadstone.datatypes.model import ColumnType, Kind
from loadstone.spec import Method
from loadstone.targets.model import Column, ConstraintError, TableRows
from loadstone.targets.oracle.types import CODECS, digits_max, is_lob, is_national

_FIRST = datetime(1, 1, 1)
_LAST = datetime(9999, 12, 31, 23, 59, 59, 999999)


def columns_of(rows: TableRows) -> list[tuple[int, Column]]:
    """
    Number in the batch and column of each value, in the order in which they are bound.

    LOBs come last: Oracle takes no long value before others in one statement (ORA-24816).
    """
    known = {column.name: column for column in rows.table.columns}
    found = [(number, known[name]) for number, name in enumerate(rows.columns)]
    return sorted(found, key=lambda one: is_lob(one[1].type))


def bind_rows(rows: TableRows, start: int, stop: int) -> list[tuple[Any, ...]]:
    """Rows ``start`` to ``stop`` as tuples, in the order of ``columns_of``."""
    batch = rows.rows.batch.slice(start, stop - start)  # type: ignore[attr-defined]
    values = [_values(batch.column(number), column.type) for number, column in columns_of(rows)]
    return list(zip(*values, strict=True))


def bind_sizes(rows: TableRows) -> list[Any]:
    """
    The driver's type of each value, so that a batch of NULLs and one of values are bound alike.

    None lets the driver take text as long as it comes; a MERGE needs real LOBs, for it has a query in it.
    """
    merging = rows.method is Method.UPSERT
    return [_size(column.type, merging=merging) for _, column in columns_of(rows)]


def find_unstorable(rows: TableRows, charset: str) -> list[ConstraintError]:
    """The records with a value that Oracle would change or cannot keep, by their first such column."""
    batch = rows.rows.batch  # type: ignore[attr-defined]
    found: dict[int, ConstraintError] = {}
    for number, column in sorted(columns_of(rows), key=lambda one: one[0]):
        for row, (rule, reason) in _faults(batch.column(number), column.type, charset):
            record = int(rows.rows.record[row])
            found.setdefault(
                record,
                ConstraintError(
                    record=record,
                    table_no=rows.table_no,
                    field=column.name,
                    rule=rule,
                    code=None,
                    reason=f"column {column.name}: {reason}",
                ),
            )
    return list(found.values())


# Private functions


def _values(column: Any, kind: ColumnType) -> list[Any]:
    if kind.kind is Kind.DECIMAL:
        return [None if text is None else Decimal(text) for text in column.to_pylist()]
    if kind.kind is Kind.TIMESTAMPTZ:
        import pyarrow as pa

        return list(column.cast(pa.timestamp("us")).to_pylist())
    return list(column.to_pylist())


def _size(kind: ColumnType, *, merging: bool) -> Any:
    if is_lob(kind):
        national = is_national(kind)
        text = oracledb.DB_TYPE_NCLOB if national else oracledb.DB_TYPE_CLOB
        lob = oracledb.DB_TYPE_BLOB if kind.kind is Kind.BYTES else text
        return lob if merging or national else oracledb.DB_TYPE_RAW if kind.kind is Kind.BYTES else None
    if kind.kind is Kind.TEXT:
        return oracledb.DB_TYPE_NVARCHAR if is_national(kind) else None
    if kind.kind is Kind.TIMESTAMP:
        return oracledb.DB_TYPE_DATE if kind.declared == "DATE" else oracledb.DB_TYPE_TIMESTAMP
    return {
        Kind.DECIMAL: oracledb.DB_TYPE_NUMBER,
        Kind.INT8: oracledb.DB_TYPE_NUMBER,
        Kind.TIMESTAMPTZ: oracledb.DB_TYPE_TIMESTAMP,
        Kind.FLOAT4: oracledb.DB_TYPE_BINARY_FLOAT,
        Kind.FLOAT8: oracledb.DB_TYPE_BINARY_DOUBLE,
        Kind.BYTES: oracledb.DB_TYPE_RAW,
        Kind.BOOL: oracledb.DB_TYPE_BOOLEAN,
    }.get(kind.kind)


def _faults(column: Any, kind: ColumnType, charset: str) -> list[tuple[int, tuple[str, str]]]:
    """Rows of a column that cannot be kept as they are: rule and reason."""
    if kind.kind is Kind.DECIMAL and kind.precision is None:
        limit = digits_max(kind)
        texts = column.to_pylist()
        reason = ("range", f"{kind.declared} keeps {limit} digits, the value has more")
        return [(row, reason) for row, text in enumerate(texts) if text is not None and _digits(text) > limit]
    if kind.kind in (Kind.TIMESTAMP, Kind.TIMESTAMPTZ):
        return [(row, ("range", "the year is not between 1 and 9999")) for row in _out_of_years(column)]
    codec = CODECS.get(charset, "ascii")
    if kind.kind is Kind.TEXT and not is_national(kind) and not codec.startswith("utf"):
        reason = ("encoding", f"the database's character set {charset} has not all of these characters")
        return [(row, reason) for row in _not_in(codec, column.to_pylist())]
    return []


def _digits(text: str) -> int:
    """Significant decimal digits of a plain number."""
    return len(text.lstrip("-").replace(".", "").strip("0"))


def _out_of_years(column: Any) -> Sequence[int]:
    import pyarrow as pa

    micros = column.cast(pa.timestamp("us")).cast(pa.int64()).fill_null(0).to_numpy()
    first, last = (int(pa.scalar(at, pa.timestamp("us")).value) for at in (_FIRST, _LAST))
    return [int(row) for row in np.flatnonzero((micros < first) | (micros > last))]


def _not_in(codec: str, texts: list[str | None]) -> list[int]:
    try:
        "".join(text for text in texts if text).encode(codec)
        return []
    except UnicodeEncodeError:
        return [row for row, text in enumerate(texts) if text and not _encodes(codec, text)]


def _encodes(codec: str, text: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
