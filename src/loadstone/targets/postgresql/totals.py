"""Totals over encoded rows of the binary COPY format, and the same totals in SQL."""

from __future__ import annotations

from decimal import Context, Decimal

import numpy as np
from numpy.typing import NDArray

from loadstone.books import exact_sum
from loadstone.datatypes.model import Kind
from loadstone.targets.totals import Total, digits_of

_NULL = 0xFFFFFFFF
"""Length of a field that is NULL, read without sign."""

_NEGATIVE, _NOT_A_NUMBER = 0x4000, 0xC000
"""Signs of numeric; those from the second on are NaN and the infinities."""

_WIDE = Context(prec=1000)


def pgcopy_total(buffer: NDArray[np.uint8], offsets: NDArray[np.int64], total: Total) -> Decimal:
    """The total of one column, read from the bytes that the server is sent; each row begins at one of ``offsets``."""
    start, length = _fields(buffer, offsets[:-1] + 2, total.place)
    there = length != _NULL
    start, length = start[there], length[there]
    if total.text:
        spans = zip(start.tolist(), length.tolist(), strict=True)
        texts = (bytes(buffer[s : s + n]).decode() for s, n in spans)
        return Decimal(sum(map(digits_of, texts)))
    if total.kind is Kind.DECIMAL:
        return _numeric(buffer, start, total)
    return _integers(buffer, start, length, total)


def total_sql(total: Total, column: str) -> str:
    """The total of a quoted column over the rows of a query."""
    if total.text:
        value = f"nullif(regexp_replace({column}::text, '[^0-9]+', '', 'g'), '')::numeric"
    else:
        value = f"abs({column}::numeric)" if total.hashed else f"{column}::numeric"
    return f"coalesce(sum({value}), 0)"


# Private functions


def _fields(
    buffer: NDArray[np.uint8], at: NDArray[np.int64], place: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the values of a column begin and how long each is (``_NULL`` for NULL); ``at`` is before the first column."""
    for _ in range(place):
        length = _unsigned(buffer, at, 4)
        at = at + 4 + np.where(length == _NULL, 0, length)
    return at + 4, _unsigned(buffer, at, 4)


def _unsigned(buffer: NDArray[np.uint8], at: NDArray[np.int64], size_bytes: int) -> NDArray[np.int64]:
    """Big-endian numbers of up to 4 bytes."""
    value = np.zeros(len(at), np.int64)
    for byte in range(size_bytes):
        value = (value << 8) | buffer[at + byte]
    return value


def _integers(
    buffer: NDArray[np.uint8], start: NDArray[np.int64], length: NDArray[np.int64], total: Total
) -> Decimal:
    """int2, int4 and int8, whichever the column is."""
    if not len(start):
        return Decimal(0)
    size = int(length[0])
    low = _unsigned(buffer, start + max(size - 4, 0), min(size, 4))
    high = _unsigned(buffer, start, 4) if size == 8 else np.zeros(len(start), np.int64)
    bits = 8 * min(size, 4)
    top = high if size == 8 else low
    negative = (top >> (bits - 1)) == 1
    # Halves are added apart: int64 holds the sum of as many of them as memory holds rows.
    sums = [
        (int(high[which].sum()) << 32) + int(low[which].sum()) - int(which.sum()) * (signed << (8 * size))
        for which, signed in ((~negative, 0), (negative, 1))
    ]
    return Decimal(sums[0] - sums[1] if total.hashed else sums[0] + sums[1])


def _numeric(buffer: NDArray[np.uint8], start: NDArray[np.int64], total: Total) -> Decimal:
    """numeric: words of four decimal digits, of which the first counts 10000 ** weight."""
    words, weight = _unsigned(buffer, start, 2), _unsigned(buffer, start + 2, 2)
    weight = np.where(weight >= 1 << 15, weight - (1 << 16), weight)
    sign = _unsigned(buffer, start + 4, 2)
    if (sign >= _NOT_A_NUMBER).any():
        return Decimal("NaN")
    factor = np.where((sign == _NEGATIVE) & (not total.hashed), -1, 1)
    parts: list[Decimal] = []
    for number in range(int(words.max(initial=0))):
        here = words > number
        digits = _unsigned(buffer, start[here] + 8 + 2 * number, 2) * factor[here]
        power = weight[here] - number
        for one in np.unique(power).tolist():
            parts.append(Decimal(int(digits[power == one].sum())).scaleb(4 * one, _WIDE))
    return exact_sum(parts)
