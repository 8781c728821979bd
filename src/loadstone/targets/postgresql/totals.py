"""Totals over encoded rows of the binary COPY format, and the same totals in SQL."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loadstone.books import exact_sum
from loadstone.datatypes.model import Kind
from loadstone.targets.postgresql import totals_kernel as kernels
from loadstone.targets.totals import Total

COMPILED_ROWS_MIN = 1000
"""Fewer rows are added up by plain Python: to load a compiled kernel takes longer."""

POWERS = (256, 1 << 17)
"""Powers of 10,000 that there is room for, half of them below 0: for nearly all numbers, and for any."""

_WIDE = Context(prec=200_000)
"""As many digits as a numeric may have."""


def pgcopy_total(buffer: NDArray[np.uint8], offsets: NDArray[np.int64], total: Total) -> Decimal:
    """The total of one column, read from the bytes that the server is sent; each row begins at one of ``offsets``."""
    compiled = len(offsets) > COMPILED_ROWS_MIN
    data: Any = buffer if compiled else bytes(buffer)
    if total.text:
        longest = kernels.longest_field.pick(compiled)(data, offsets, total.place)
        digits = np.zeros(longest, np.int64)
        kernels.add_digits.pick(compiled)(data, offsets, total.place, digits)
        return exact_sum(_scaled(int(digits[power]), power) for power in np.flatnonzero(digits).tolist())
    if total.kind is Kind.DECIMAL:
        return _numerics(data, offsets, total, compiled=compiled)
    halves = np.zeros(4, np.int64)
    kernels.add_integers.pick(compiled)(data, offsets, total.place, halves)
    high, low, negative_high, negative_low = (int(one) for one in halves)
    above, below = (high << 32) + low, (negative_high << 32) + negative_low
    return Decimal(above - below if total.hashed else above + below)


def total_sql(total: Total, column: str) -> str:
    """The total of a quoted column over the rows of a query."""
    if total.text:
        value = f"nullif(regexp_replace({column}::text, '[^0-9]+', '', 'g'), '')::numeric"
    elif total.kind is Kind.DECIMAL:
        value = f"abs({column}::numeric)" if total.hashed else f"{column}::numeric"
    else:
        # The server adds int8 up in 128 bits, much quicker than numeric; abs of the least one would have no room.
        whole = f"sum({column}::int8)"
        below = f" - 2 * coalesce({whole} FILTER (WHERE {column} < 0), 0)" if total.hashed else ""
        return f"coalesce({whole}, 0){below}"
    return f"coalesce(sum({value}), 0)"


# Private functions


def _numerics(data: Any, offsets: NDArray[np.int64], total: Total, *, compiled: bool) -> Decimal:
    for powers in POWERS:
        words = np.zeros(powers, np.int64)
        found = kernels.add_numerics.pick(compiled)(data, offsets, total.place, total.hashed, words)
        if found != kernels.TOO_WIDE:
            break
    if found == kernels.NO_NUMBER:
        return Decimal("NaN")
    places = np.flatnonzero(words).tolist()
    return exact_sum(_scaled(int(words[one]), 4 * (one - powers // 2)) for one in places)


def _scaled(digits: int, power: int) -> Decimal:
    return Decimal(digits).scaleb(power, _WIDE)
