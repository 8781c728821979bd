"""Functions of numbers: exact decimals, rounded to the digits of a NUMBER at the end."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from loadstone.datatypes.model import Nls
from loadstone.expressions.functions.catalogue import Kinds, N, T, fixed, function
from loadstone.expressions.functions.moments import round_date, trunc_date
from loadstone.expressions.model import MOMENTS, OraError, ResultType, Value, out_of_range
from loadstone.expressions.values import CALCULATED, WIDE, rounded

DIGITS_MAX = 200
"""ROUND and TRUNC to more digits than this, either way, change nothing or give 0."""


def _number_or_moment(types: Sequence[ResultType]) -> tuple[Kinds, ResultType]:
    """TRUNC and ROUND: a moment gives a DATE and takes a mask, anything else is a number with digits."""
    if types[0] in MOMENTS:
        return [ResultType.DATE, T][: len(types)], ResultType.DATE
    return [N, N][: len(types)], N


@function("ABS", "n", "Absolute value", fixed(N, N))
def _abs(nls: Nls, n: Decimal) -> Decimal:
    return n.copy_abs()


@function("SIGN", "n", "-1, 0 or 1", fixed(N, N))
def _sign(nls: Nls, n: Decimal) -> Decimal:
    return Decimal((n > 0) - (n < 0))


@function("CEIL", "n", "Least integer not below", fixed(N, N))
def _ceil(nls: Nls, n: Decimal) -> Decimal:
    return n.to_integral_value(ROUND_CEILING)


@function("FLOOR", "n", "Greatest integer not above", fixed(N, N))
def _floor(nls: Nls, n: Decimal) -> Decimal:
    return n.to_integral_value(ROUND_FLOOR)


@function("MOD", "n, divisor", "Remainder with the sign of n; n itself for divisor 0", fixed(N, N), (2, 2))
def _mod(nls: Nls, n: Decimal, divisor: Decimal) -> Decimal:
    return n if divisor == 0 else rounded(WIDE.remainder(n, divisor))


@function("REMAINDER", "n, divisor", "n less the nearest multiple of the divisor", fixed(N, N), (2, 2))
def _remainder(nls: Nls, n: Decimal, divisor: Decimal) -> Decimal:
    if divisor == 0:
        raise OraError(1476, "divisor is equal to zero")
    return rounded(WIDE.remainder_near(n, divisor))


@function("SQRT", "n", "Square root", fixed(N, N))
def _sqrt(nls: Nls, n: Decimal) -> Decimal:
    if n < 0:
        raise out_of_range(n)
    return rounded(CALCULATED.sqrt(n))


@function("POWER", "n, exponent", "Power", fixed(N, N), (2, 2))
def _power(nls: Nls, n: Decimal, exponent: Decimal) -> Decimal:
    if exponent == 0:
        return Decimal(1)
    if n == 0 and exponent < 0 or n < 0 and exponent != exponent.to_integral_value():
        raise out_of_range(exponent)
    return rounded(CALCULATED.power(n, exponent))


@function("EXP", "n", "e to the power", fixed(N, N))
def _exp(nls: Nls, n: Decimal) -> Decimal:
    return rounded(CALCULATED.exp(n))


@function("LN", "n", "Natural logarithm", fixed(N, N))
def _ln(nls: Nls, n: Decimal) -> Decimal:
    if n <= 0:
        raise out_of_range(n)
    return rounded(CALCULATED.ln(n))


@function("LOG", "base, n", "Logarithm", fixed(N, N), (2, 2))
def _log(nls: Nls, base: Decimal, n: Decimal) -> Decimal:
    if base <= 0 or base == 1 or n <= 0:
        raise out_of_range(n if n <= 0 else base)
    return rounded(_near_whole(CALCULATED.divide(CALCULATED.ln(n), CALCULATED.ln(base))))


def _near_whole(value: Decimal) -> Decimal:
    """Logarithms of powers of the base are whole, whatever the last of so many digits say."""
    whole = value.to_integral_value()
    return whole if abs(value - whole) < Decimal("1e-60") else value


@function("BITAND", "a, b", "Bits that both integers have", fixed(N, N), (2, 2))
def _bitand(nls: Nls, a: Decimal, b: Decimal) -> Decimal:
    return Decimal(int(a) & int(b))


@function("NANVL", "n, other", "n: a NUMBER is never NaN", fixed(N, N), (2, 2))
def _nanvl(nls: Nls, n: Decimal, other: Decimal) -> Decimal:
    return n


@function(
    "WIDTH_BUCKET",
    "n, from, to, buckets",
    "Which of so many equal ranges n is in; 0 in front of them, one more behind them",
    fixed(N, N),
    (4, 4),
)
def _width_bucket(nls: Nls, n: Decimal, low: Decimal, high: Decimal, buckets: Decimal) -> Decimal:
    count = int(buckets)
    if count < 1 or low == high:
        raise OraError(30494, "The argument [4] of WIDTH_BUCKET function is NULL or invalid.")
    along, size = (n - low, high - low) if high > low else (low - n, low - high)
    if along < 0:
        return Decimal(0)
    return Decimal(min(int(WIDE.divide(WIDE.multiply(along, count), size)), count) + 1)


def at_scale(value: Decimal, scale: Decimal, rounding: str) -> Decimal:
    """``value`` with digits right of the point cut or rounded."""
    digits = max(min(int(scale), DIGITS_MAX), -DIGITS_MAX)
    return rounded(value.quantize(Decimal(1).scaleb(-digits), rounding, context=WIDE))


@function(
    "TRUNC",
    "number [, digits] | date [, unit]",
    "Cut to digits, or to the begin of a unit",
    _number_or_moment,
    (1, 2),
)
def _trunc(nls: Nls, value: Value, by: Value = None) -> Value:
    if isinstance(value, Decimal):
        return at_scale(value, Decimal(0) if by is None else by, "ROUND_DOWN")  # type: ignore[arg-type]
    return trunc_date(value, str(by or "DD"))  # type: ignore[arg-type]


@function(
    "ROUND",
    "number [, digits] | date [, unit]",
    "Round half away from zero, or to the nearest unit",
    _number_or_moment,
    (1, 2),
)
def _round(nls: Nls, value: Value, by: Value = None) -> Value:
    if isinstance(value, Decimal):
        return at_scale(value, Decimal(0) if by is None else by, ROUND_HALF_UP)  # type: ignore[arg-type]
    return round_date(value, str(by or "DD"))  # type: ignore[arg-type]
