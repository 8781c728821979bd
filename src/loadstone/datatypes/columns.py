"""Texts of columns into Arrow columns, with every check; a pass of a kernel for each column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loadstone.datatypes import column_kernels as kernels
from loadstone.datatypes.date_parts import NO_OFFSET, P_SIZE
from loadstone.datatypes.faults import ValueFault
from loadstone.datatypes.masks import compile_mask
from loadstone.datatypes.model import Conversion, Faults, Kind, Nls, Values
from loadstone.datatypes.numbers import DIGITS_MAX

INT_BITS = {Kind.INT2: 16, Kind.INT4: 32, Kind.INT8: 64}
_DATES = (Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ)
_SPECIAL_SIZE_MAX = 16
FIRST_MICROS = -62_135_596_800_000_000
"""The first moment of the year 1, in microseconds since 1970-01-01."""
LAST_MICROS = 253_402_300_799_999_999
"""The last microsecond of the year 9999."""


def encode_arrow(
    values: Values, conversions: Sequence[Conversion], nls: Nls, *, compiled: bool
) -> tuple[Any, NDArray[np.int64], Faults]:
    """
    The values as a ``pa.RecordBatch``, the records of its rows, and the faults.

    Rows with a fault are left out; the first column in order is to blame. Empty text is NULL.
    """
    import pyarrow as pa

    work = _Work(values, nls, compiled=compiled)
    columns = [work.convert(number, one) for number, one in enumerate(conversions)]
    keep = work.fault == 0
    arrays = [column.build(keep) for column in columns]
    batch = pa.RecordBatch.from_arrays(arrays, names=[f"c{number}" for number in range(len(arrays))])
    return batch, values.record[keep], work.faults()


def shown_dates(
    values: Values, conversions: Sequence[Conversion], nls: Nls, *, compiled: bool
) -> tuple[Values, Faults]:
    """The values with the dates that go into text columns as those texts, and the dates that are none."""
    work = _Work(values, nls, compiled=compiled)
    start, end, null = values.start.copy(), values.end.copy(), values.null.copy()
    parts, at = [values.buffer], len(values.buffer)
    for number, one in enumerate(conversions):
        if one.shown is None:
            continue
        column = work.convert(number, one)
        assert column.spans is not None
        data, first, last = column.spans
        start[:, number], end[:, number], null[:, number] = first + at, last + at, column.null
        parts.append(data)
        at += len(data)
    shown = Values(buffer=np.concatenate(parts), start=start, end=end, null=null, record=values.record)
    return shown, work.faults()


def mask_of(conversion: Conversion, nls: Nls) -> str:
    """The mask of a date column's text: its own, else the session's."""
    if conversion.mask is not None:
        return conversion.mask
    if conversion.type.kind is Kind.TIMESTAMPTZ:
        return nls.timestamp_tz_format
    return nls.date_format if conversion.type.fraction_digits == 0 else nls.timestamp_format


# Private functions


class _Work:
    """Values with the faults found so far; ``fault`` is 0 for rows that are good."""

    def __init__(self, values: Values, nls: Nls, *, compiled: bool) -> None:
        self.values, self.nls, self.compiled = values, nls, compiled
        self.rows = len(values.record)
        self.buffer = values.buffer if compiled else values.buffer.tobytes()
        self.fault = np.zeros(self.rows, np.int64)
        self.column = np.zeros(self.rows, np.int64)
        self.detail = np.zeros(self.rows, np.int64)

    def convert(self, number: int, one: Conversion) -> _Column:
        start = np.ascontiguousarray(self.values.start[:, number])
        end = np.ascontiguousarray(self.values.end[:, number])
        null = self.values.null[:, number] | (start == end)
        if one.not_null:
            self.blame(number, np.flatnonzero(null), ValueFault.NOT_NULL)
        fault, detail = np.zeros(self.rows, np.int64), np.zeros(self.rows, np.int64)
        column = _Source(self, one, start, end, null, fault, detail).column()
        bad = np.flatnonzero(fault)
        self.blame(number, bad, fault[bad], detail[bad])
        return column

    def faults(self) -> Faults:
        rows = np.flatnonzero(self.fault)
        return Faults(row=rows, column=self.column[rows], code=self.fault[rows], detail=self.detail[rows])

    def blame(self, number: int, rows: NDArray[np.int64], fault: Any, detail: Any = 0) -> None:
        free = self.fault[rows] == 0
        hit = rows[free]
        self.fault[hit] = fault if np.isscalar(fault) or isinstance(fault, ValueFault) else fault[free]
        self.detail[hit] = detail if np.isscalar(detail) else detail[free]
        self.column[hit] = number


@dataclass
class _Column:
    """A converted column: fixed-width data, or spans of texts; ``build`` keeps the good rows."""

    type: Any
    null: NDArray[np.bool_]
    data: NDArray[Any] | None = None
    spans: tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]] | None = None
    compiled: bool = False

    def build(self, keep: NDArray[np.bool_]) -> Any:
        import pyarrow as pa

        null = self.null[keep]
        valid = _buffer(np.packbits(~null, bitorder="little"))
        if self.data is not None:
            data = _buffer(np.ascontiguousarray(self.data[keep]))
            return pa.Array.from_buffers(self.type, len(null), [valid, data], int(null.sum()))
        assert self.spans is not None
        buffer, start, end = self.spans
        return gather(buffer, (start[keep], end[keep], null), self.type, compiled=self.compiled)


@dataclass
class _Source:
    """The texts of one column and where its faults go."""

    work: _Work
    one: Conversion
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    null: NDArray[np.bool_]
    fault: NDArray[np.int64]
    detail: NDArray[np.int64]

    def column(self) -> _Column:
        kind = self.one.type.kind
        if kind in INT_BITS:
            return self._integers(INT_BITS[kind])
        if kind is Kind.DECIMAL:
            return self._decimals()
        if kind in (Kind.FLOAT4, Kind.FLOAT8):
            return self._floats()
        if kind in _DATES:
            return self._dates()
        if kind is Kind.BYTES:
            return self._bytes()
        if kind is Kind.BOOL:
            return self._booleans()
        if self.one.shown is not None:
            return self._dates_as_text(self.one.shown)
        return self._texts()

    def _run(self, kernel: Any, *rest: Any) -> Any:
        call = kernel.pick(self.work.compiled)
        return call(self.work.buffer, self.start, self.end, self.null, self.fault, *rest)

    def _texts(self) -> _Column:
        import pyarrow as pa

        kind = self.one.type
        if kind.length is not None:
            self._run(kernels.check_texts, kind.length, kind.unit == "byte", kind.padded, self.detail)
        spans = (self.work.values.buffer, self.start, self.end)
        return _Column(pa.string(), self.null, spans=spans, compiled=self.work.compiled)

    def _integers(self, bits: int) -> _Column:
        import pyarrow as pa

        data = np.zeros(len(self.start), np.int64)
        self._run(kernels.convert_integers, ord(self.work.nls.decimal), bits, data, *workspace())
        precision = self.one.type.precision
        if precision is not None and precision <= 18:
            wide = (data >= 10**precision) | (data <= -(10**precision))
            self.fault[wide & (self.fault == 0)] = ValueFault.PRECISION
        return _Column(pa.int64(), self.null, data=data)

    def _decimals(self) -> _Column:
        import pyarrow as pa

        kind = self.one.type
        decimal = ord(self.work.nls.decimal)
        precision = -1 if kind.precision is None else kind.precision
        scale = 0 if kind.scale is None else kind.scale
        if kind.as_text or kind.precision is None or kind.precision > 38:
            out = np.empty(int(np.where(self.null, 0, self.end - self.start).sum()) + 180 * 64, np.uint8)
            spans = np.zeros((len(self.start), 2), np.int64)
            show = -1 if kind.precision is None else max(scale, 0)
            while (
                used := self._run(
                    kernels.convert_decimals_to_text,
                    decimal,
                    precision,
                    scale,
                    show,
                    out,
                    spans,
                    workspace()[0],
                )
            ) < 0:
                out = np.empty(2 * len(out) + 64, np.uint8)
            return _Column(
                pa.string(),
                self.null,
                spans=(out[:used], spans[:, 0], spans[:, 1]),
                compiled=self.work.compiled,
            )
        data = np.zeros((len(self.start), 2), np.int64)
        self._run(kernels.convert_decimals, decimal, precision, scale, data, *workspace())
        return _Column(pa.decimal128(precision, max(scale, 0)), self.null, data=data)

    def _floats(self) -> _Column:
        import pyarrow as pa

        single = self.one.type.kind is Kind.FLOAT4
        spans = (self.work.values.buffer, self.start, self.end)
        data = read_floats(
            spans, self.null, self.fault, self.work.nls.decimal, single=single, compiled=self.work.compiled
        )
        if self.one.type.finite:
            self.fault[~np.isfinite(data) & ~self.null] = ValueFault.RANGE
        return _Column(pa.float32() if single else pa.float64(), self.null, data=data)

    def _parse_dates(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Microseconds since 1970 and offsets in minutes; fractions rounded to what the column declares."""
        nls = self.work.nls
        program = compile_mask(mask_of(self.one, nls), nls.date_language)
        pools: tuple[Any, Any] = (program.pool, program.name_pool)
        if self.work.compiled:
            pools = (np.frombuffer(pools[0], np.uint8), np.frombuffer(pools[1], np.uint8))
        micros = np.zeros(len(self.start), np.int64)
        offsets = np.full(len(self.start), NO_OFFSET, np.int64)
        env = np.array([nls.now.year, nls.now.month], np.int64)
        digits = min(self.one.type.fraction_digits, 6)
        self._run(
            kernels.convert_dates,
            program.steps,
            pools[0],
            program.names,
            pools[1],
            program.quick_at,
            env,
            digits,
            self.one.type.rounds,
            micros,
            offsets,
            np.zeros(P_SIZE, np.int64),
            np.zeros(4, np.int64),
        )
        if self.one.blank_is_null and self.fault.any():
            self._run(kernels.null_blanks, self.one.not_null)
        return micros, offsets

    def _dates(self) -> _Column:
        import pyarrow as pa

        kind = self.one.type
        micros, offsets = self._parse_dates()
        if kind.kind is Kind.TIMESTAMPTZ:
            minutes = np.where(offsets == NO_OFFSET, self.work.nls.time_zone_minutes, offsets)
            micros = micros - minutes * 60_000_000
        if kind.as_text:
            return self._date_texts(micros)
        if kind.kind is Kind.DATE:
            self.fault[(micros % 86_400_000_000 != 0) & (self.fault == 0) & ~self.null] = ValueFault.RANGE
            return _Column(pa.date32(), self.null, data=(micros // 86_400_000_000).astype(np.int32))
        zone = "UTC" if kind.kind is Kind.TIMESTAMPTZ else None
        return _Column(pa.timestamp("us", tz=zone), self.null, data=micros)

    def _date_texts(self, micros: NDArray[np.int64]) -> _Column:
        """ISO 8601 text, as SQLite keeps dates: ``YYYY-MM-DD[ HH:MM:SS[.ffffff]][+00:00]``."""
        import pyarrow as pa

        kind = self.one.type
        self._refuse_unwritable(micros)
        zone = kind.kind is Kind.TIMESTAMPTZ
        width = 10 if kind.kind is Kind.DATE else 26 if kind.fraction_digits else 19
        size = width + 6 * zone
        out = np.empty(len(micros) * size, np.uint8)
        kernels.write_dates.pick(self.work.compiled)(micros, width, zone, out)
        start = np.arange(len(micros), dtype=np.int64) * size
        if kind.kind is Kind.DATE:
            self.fault[(micros % 86_400_000_000 != 0) & (self.fault == 0) & ~self.null] = ValueFault.RANGE
        return _Column(pa.string(), self.null, spans=(out, start, start + size), compiled=self.work.compiled)

    def _dates_as_text(self, mask: str) -> _Column:
        """A date field into a text column: read by its mask, written by the session's; equal dates once."""
        import pyarrow as pa

        from loadstone.datatypes.show import show_date

        micros, offsets = self._parse_dates()
        self._refuse_unwritable(micros)
        good = (self.fault == 0) & ~self.null
        minutes = np.where(offsets == NO_OFFSET, self.work.nls.time_zone_minutes, offsets)
        moments, which = np.unique(np.column_stack([micros, minutes])[good], axis=0, return_inverse=True)
        shown = [show_date(m, mask, self.work.nls.date_language, zone) for m, zone in moments.tolist()]
        texts = [text.encode() for text in shown]
        ends = np.cumsum(np.array([len(text) for text in texts], np.int64))
        starts = ends - np.array([len(text) for text in texts], np.int64)
        start, end = np.zeros(len(good), np.int64), np.zeros(len(good), np.int64)
        start[good], end[good] = starts[which.reshape(-1)], ends[which.reshape(-1)]
        self._refuse_long(
            good, np.array([len(text) for text in shown], np.int64)[which.reshape(-1)], end - start
        )
        data = np.frombuffer(b"".join(texts) or b"\0", np.uint8)
        return _Column(pa.string(), self.null, spans=(data, start, end), compiled=self.work.compiled)

    def _refuse_long(
        self, good: NDArray[np.bool_], characters: NDArray[np.int64], length: NDArray[np.int64]
    ) -> None:
        """Good rows whose text, of so many characters, is longer than the column."""
        kind = self.one.type
        if kind.length is None:
            return
        size = length.copy()
        if kind.unit == "char":
            size[good] = characters
        long = good & (size > kind.length)
        self.fault[long], self.detail[long] = ValueFault.TOO_LONG, size[long]

    def _refuse_unwritable(self, micros: NDArray[np.int64]) -> None:
        """Texts have the years 0001 to 9999; a shift to UTC or a rounded second may lead out of them."""
        outside = (micros < FIRST_MICROS) | (micros > LAST_MICROS)
        self.fault[outside & (self.fault == 0) & ~self.null] = ValueFault.RANGE

    def _bytes(self) -> _Column:
        import pyarrow as pa

        limit = self.one.type.length
        if self.one.raw:
            if limit is not None:
                self._run(kernels.check_texts, limit, True, False, self.detail)
            spans = (self.work.values.buffer, self.start, self.end)
            return _Column(pa.binary(), self.null, spans=spans, compiled=self.work.compiled)
        parts = []
        for row in range(len(self.start)):
            value = b""
            if not self.null[row]:
                text = self.work.values.buffer[self.start[row] : self.end[row]].tobytes()
                try:
                    value = bytes.fromhex(text.decode("ascii"))
                except ValueError:
                    self.fault[row] = ValueFault.HEX
                if limit is not None and len(value) > limit:
                    self.fault[row], self.detail[row] = ValueFault.TOO_LONG, len(value)
            parts.append(value)
        end = np.cumsum(np.array([len(part) for part in parts], np.int64))
        start = end - np.array([len(part) for part in parts], np.int64)
        data = np.frombuffer(b"".join(parts) or b"\0", np.uint8)
        return _Column(pa.binary(), self.null, spans=(data, start, end), compiled=self.work.compiled)

    def _booleans(self) -> _Column:
        import pyarrow as pa

        data = np.zeros(len(self.start), np.uint8)
        self._run(kernels.convert_booleans, data)
        return _BoolColumn(pa.bool_(), self.null, data=data)


class _BoolColumn(_Column):
    def build(self, keep: NDArray[np.bool_]) -> Any:
        import pyarrow as pa

        assert self.data is not None
        return pa.array(self.data[keep].astype(bool), mask=self.null[keep])


def read_floats(
    spans: tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]],
    null: NDArray[np.bool_],
    fault: NDArray[np.int64],
    decimal: str,
    *,
    single: bool,
    compiled: bool,
) -> NDArray[Any]:
    """
    Doubles, or floats of four bytes; ``fault`` is set where a text is no number, or where the float would
    show another number with as many digits as the text has.
    """
    buffer, start, end = spans
    data, slow = np.zeros(len(start)), np.zeros(len(start), np.uint8)
    kernels.convert_floats.pick(compiled)(
        buffer if compiled else buffer.tobytes(),
        start,
        end,
        null,
        fault,
        ord(decimal),
        6 if single else 15,
        data,
        slow,
        workspace()[0],
    )
    _read_specials(spans, fault, data)
    for row in np.flatnonzero(slow).tolist():
        text = buffer[start[row] : end[row]].tobytes().decode().strip().replace(decimal, ".")
        data[row] = _narrow(float(text)) if single else float(text)
        if not _shows(float(data[row]), text):
            fault[row] = ValueFault.RANGE
    return data.astype(np.float32) if single else data


_SPECIALS = {"nan": math.nan, "inf": math.inf, "infinity": math.inf}


def _read_specials(
    spans: tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]],
    fault: NDArray[np.int64],
    data: NDArray[Any],
) -> None:
    """What is no number but a float: NaN and the infinities, as TO_BINARY_DOUBLE reads them."""
    buffer, start, end = spans
    for row in np.flatnonzero((fault == ValueFault.NUMBER) & (end - start <= _SPECIAL_SIZE_MAX)).tolist():
        word = buffer[start[row] : end[row]].tobytes().decode("ascii", "replace").strip().lower()
        value = _SPECIALS.get(word.removeprefix("-") if word.startswith("-") else word.removeprefix("+"))
        if value is not None:
            data[row], fault[row] = -value if word.startswith("-") else value, 0


def _narrow(value: float) -> float:
    with np.errstate(over="ignore", under="ignore"):
        return float(np.float32(value))


def _shows(value: float, text: str) -> bool:
    """Whether the float lies within half a unit of the text's last digit."""
    exact = Decimal(text).normalize()
    if not math.isfinite(value) or not exact:
        return value == 0
    half = Decimal(5).scaleb(int(exact.as_tuple().exponent) - 1)
    return abs(Decimal(value) - exact) <= half


def workspace() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """What number kernels work in: digits, and words of a 128-bit integer."""
    return np.zeros(DIGITS_MAX, np.uint8), np.zeros(4, np.int64)


def _buffer(data: Any) -> Any:
    import pyarrow as pa

    return pa.py_buffer(data)


def gather(
    buffer: NDArray[np.uint8],
    spans: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]],
    kind: Any,
    *,
    compiled: bool,
) -> Any:
    """Spans as a text or binary column of Arrow (the large form past 2 GiB); NULL where flagged."""
    import pyarrow as pa

    start, end, null = spans
    offsets = np.zeros(len(start) + 1, np.int64)
    np.cumsum(np.where(null, 0, end - start), out=offsets[1:])
    data = np.empty(int(offsets[-1]), np.uint8)
    kernels.copy_spans.pick(compiled)(buffer, np.ascontiguousarray(start), offsets, data)
    wide = int(offsets[-1]) >= 1 << 31
    if wide:
        kind = pa.large_binary() if kind == pa.binary() else pa.large_string()
    valid = _buffer(np.packbits(~null, bitorder="little"))
    ends = _buffer(offsets if wide else offsets.astype(np.int32))
    return pa.Array.from_buffers(kind, len(start), [valid, ends, _buffer(data)], int(np.count_nonzero(null)))
