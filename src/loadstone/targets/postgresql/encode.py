"""Texts of columns into rows of PostgreSQL's binary COPY, checked on the way; one kernel for whole rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loadstone.datatypes.columns import mask_of, read_floats, shown_dates, workspace
from loadstone.datatypes.date_parts import P_SIZE
from loadstone.datatypes.masks import TEXT, compile_mask
from loadstone.datatypes.model import Conversion, Faults, Kind, Nls, Values
from loadstone.targets.postgresql import encode_columns as k
from loadstone.targets.postgresql.encode_kernel import encode_rows
from loadstone.targets.postgresql.rows import PgRows

_DATES = (Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ)
_SIZES = {Kind.TEXT: 0, Kind.BYTES: 0, Kind.JSON: 0, Kind.JSONB: 1, Kind.DECIMAL: 100, Kind.UUID: 16}
"""Bytes that a value can take beyond its text; 8 for all other kinds."""


def encode_pgcopy(
    values: Values, conversions: Sequence[Conversion], nls: Nls, *, compiled: bool
) -> tuple[PgRows, Faults]:
    """
    The values as COPY rows (without header and trailer), and the faults.

    Rows with a fault are left out; the first column in order is to blame. Empty text is NULL.
    """
    rows, columns = len(values.record), len(conversions)
    program = RowProgram(conversions, nls)
    fault = np.zeros((rows, 3), np.int64)
    if any(one.shown is not None for one in conversions):
        values, found = shown_dates(values, conversions, nls, compiled=compiled)
        fault[found.row] = np.column_stack([found.column, found.code, found.detail])
    floats, float_faults = _floats(values, conversions, nls, compiled=compiled)
    texts = int(values.end.sum() - values.start.sum()) if rows and columns else 0
    out = np.empty(program.size_max(texts, rows), np.uint8)
    ends = np.zeros(rows, np.int64)
    encode_rows.pick(compiled)(
        values.buffer if compiled else values.buffer.tobytes(),
        values.start,
        values.end,
        values.null,
        *program.arguments(may_hold_nul=len(values.buffer) > 0 and not values.buffer.all()),
        floats,
        float_faults,
        out,
        ends,
        fault,
        *workspace(),
        np.zeros(P_SIZE, np.int64),
        np.zeros(4, np.int64),
        np.zeros(k.W_SIZE, np.int64),
    )
    bad = np.flatnonzero(fault[:, 1])
    keep = fault[:, 1] == 0
    offsets = np.zeros(int(keep.sum()) + 1, np.int64)
    offsets[1:] = ends[keep]
    made = PgRows(out[: int(offsets[-1])], offsets, values.record[keep])
    return made, Faults(row=bad, column=fault[bad, 0], code=fault[bad, 1], detail=fault[bad, 2])


class RowProgram:
    """Conversions as integers; masks of all columns share one table of steps and one pool."""

    def __init__(self, conversions: Sequence[Conversion], nls: Nls) -> None:
        self._nls = nls
        self._extra = sum(_SIZES.get(one.type.kind, 8) + 4 for one in conversions) + 2
        self.columns = np.zeros((len(conversions), k.WIDTH), np.int64)
        steps: list[NDArray[np.int64]] = []
        quick: list[int] = []
        self.pool = b""
        base = compile_mask("YYYY", nls.date_language)
        self.names, self.name_pool = base.names, base.name_pool
        at = 0
        for row, one in zip(self.columns, conversions, strict=True):
            self._fill(row, one)
            if one.type.kind not in _DATES:
                continue
            mask = compile_mask(mask_of(one, nls), nls.date_language)
            own = mask.steps.copy()
            own[own[:, 0] == TEXT, 1] += len(self.pool)
            row[k.STEPS], row[k.STEPS_END] = at, at + len(own)
            row[k.QUICK], row[k.QUICK_END] = len(quick), len(quick) + len(mask.quick_at)
            at += len(own)
            steps.append(own)
            quick += mask.quick_at.tolist()
            self.pool += mask.pool
        self.steps = np.concatenate(steps) if steps else np.zeros((1, 3), np.int64)
        self.quick = np.array(quick or [0], np.int64)
        self.pool = self.pool or b"\0"

    def size_max(self, texts: int, rows: int) -> int:
        """Bytes that so many rows take at most, of so many bytes of text."""
        return texts + rows * self._extra + 256

    def arguments(self, *, may_hold_nul: bool) -> tuple[Any, ...]:
        """The arguments of the kernels from ``columns`` to ``env``; whether a text may hold a NUL."""
        now = self._nls.now
        env = [now.year, now.month, self._nls.time_zone_minutes, ord(self._nls.decimal), int(may_hold_nul)]
        return (
            self.columns,
            self.steps,
            self.pool,
            self.names,
            self.name_pool,
            self.quick,
            np.array(env, np.int64),
        )

    def _fill(self, row: NDArray[np.int64], one: Conversion) -> None:
        kind = one.type
        row[k.KIND] = int(kind.kind)
        row[k.LENGTH] = -1 if kind.length is None else kind.length
        row[k.IN_BYTES], row[k.PADDED] = int(kind.unit == "byte" or kind.kind is Kind.BYTES), int(kind.padded)
        row[k.PRECISION] = -1 if kind.precision is None else kind.precision
        row[k.SCALE] = kind.scale or 0
        row[k.DIGITS] = min(kind.fraction_digits, 6)
        row[k.ROUNDS] = int(kind.rounds)
        row[k.FLOATS] = int(kind.kind in (Kind.FLOAT4, Kind.FLOAT8))
        row[k.NOT_NULL], row[k.RAW] = int(one.not_null), int(one.raw)
        row[k.BLANK_IS_NULL] = int(one.blank_is_null)


# Private functions


def _floats(
    values: Values, conversions: Sequence[Conversion], nls: Nls, *, compiled: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bits of the float columns and their faults, by row and column; tiny arrays where there are none."""
    if not any(one.type.kind in (Kind.FLOAT4, Kind.FLOAT8) for one in conversions):
        return np.zeros((1, 1), np.int64), np.zeros((1, 1), np.int64)
    shape = values.start.shape
    bits, faults = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for number, one in enumerate(conversions):
        if one.type.kind not in (Kind.FLOAT4, Kind.FLOAT8):
            continue
        start = np.ascontiguousarray(values.start[:, number])
        end = np.ascontiguousarray(values.end[:, number])
        fault = np.zeros(len(start), np.int64)
        data = read_floats(
            (values.buffer, start, end),
            values.null[:, number] | (start == end),
            fault,
            nls.decimal,
            single=one.type.kind is Kind.FLOAT4,
            compiled=compiled,
        )
        if one.type.kind is Kind.FLOAT4:
            bits[:, number] = data.view(np.int32)
        else:
            bits[:, number] = data.view(np.int64)
        faults[:, number] = fault
    return bits, faults
