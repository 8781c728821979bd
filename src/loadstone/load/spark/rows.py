"""Rows of a part: typed columns for anybody who reads Parquet, and what the target takes of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loadstone.errors import Stop
from loadstone.load.plan.model import TablePlan
from loadstone.targets.arrow import ArrowRows
from loadstone.targets.model import Rows
from loadstone.targets.staged import RECORD

if TYPE_CHECKING:
    from loadstone.targets.postgresql.rows import PgRows

PLACE, ROW = "loadstone.record", "loadstone.row"
"""Names of the columns with the index of a row's record in the part, and with the row as PostgreSQL's COPY takes it."""

_RECORD_FIELD_SIZE = 12
"""Bytes of a whole number of eight bytes in a row of the binary COPY, its length included."""


def stored(table: TablePlan, rows: Rows, typed: ArrowRows) -> Any:
    """
    The rows as a ``pa.Table``.

    Args:
        rows: As the target takes them. typed: the same rows by columns, and maybe some that the target would refuse.

    Raises:
        Stop: LS-4001 the columns lack a row, which is a defect of the product.
    """
    import pyarrow as pa

    names = [column.column.name for column in table.columns]
    typed = typed.select(np.isin(typed.record, rows.record))
    if len(typed) != len(rows):
        raise Stop("LS-4001", f"{len(rows)} rows have {len(typed)} rows of columns")
    arrays = [pa.array(rows.record), *typed.batch.columns]
    names = [PLACE, *names]
    if not isinstance(rows, ArrowRows):
        arrays, names = [*arrays, _binary(rows)], [*names, ROW]
    return pa.table(arrays, names=names)


def taken(table: TablePlan, kept: Any, form: str) -> tuple[Rows, ArrowRows]:
    """The rows of a part as a target of ``form`` takes them, and by columns."""
    record: NDArray[np.int64] = kept.column(0).to_numpy()
    numbers = range(1, kept.num_columns - (form == "pgcopy"))
    columns = kept.select(list(numbers)).rename_columns([f"c{number - 1}" for number in numbers])
    typed = ArrowRows(columns, record)
    return (_pg_rows(kept.column(kept.num_columns - 1), record) if form == "pgcopy" else typed), typed


def with_record(table: TablePlan, rows: Rows, record_no: NDArray[np.int64]) -> Rows:
    """The rows, and behind each the number of its record where they wait in a staged table."""
    if table.staged is None or table.columns[-1].column.name != RECORD:
        return rows
    if isinstance(rows, ArrowRows):
        import pyarrow as pa

        name = f"c{rows.batch.num_columns}"
        return ArrowRows(rows.batch.append_column(name, pa.array(record_no)), rows.record)
    return _widened(rows, record_no, len(table.columns))


# Private functions


def _binary(rows: Any) -> Any:
    import pyarrow as pa

    buffers = [
        None,
        pa.py_buffer(rows.offsets.astype(np.int32)),
        pa.py_buffer(np.ascontiguousarray(rows.buffer)),
    ]
    return pa.Array.from_buffers(pa.binary(), len(rows), buffers, 0)


def _pg_rows(column: Any, record: NDArray[np.int64]) -> PgRows:
    from loadstone.targets.postgresql.rows import PgRows

    array = column.combine_chunks()
    _, ends, data = array.buffers()
    offsets = np.frombuffer(ends, np.int32)[array.offset : array.offset + len(array) + 1].astype(np.int64)
    buffer = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return PgRows(buffer, offsets, record)


def _widened(rows: Any, record_no: NDArray[np.int64], columns: int) -> PgRows:
    """Rows of the binary COPY with one whole number more; each begins with how many values it has."""
    from loadstone.targets.postgresql.rows import PgRows

    base = np.frombuffer(rows.data(), np.uint8)
    sizes = np.diff(rows.offsets)
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(sizes + _RECORD_FIELD_SIZE, out=offsets[1:])
    out = np.empty(int(offsets[-1]), np.uint8)
    tails = offsets[1:, None] - _RECORD_FIELD_SIZE + np.arange(_RECORD_FIELD_SIZE)
    own = np.ones(len(out), np.bool_)
    own[tails] = False
    out[own] = base
    out[offsets[:-1, None] + np.arange(2)] = np.frombuffer(columns.to_bytes(2, "big"), np.uint8)
    out[tails[:, :4]] = np.frombuffer((8).to_bytes(4, "big"), np.uint8)
    out[tails[:, 4:]] = record_no.astype(">i8").view(np.uint8).reshape(-1, 8)
    return PgRows(out, offsets, rows.record)
