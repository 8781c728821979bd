"""Operators, CAST and what else has no name that an expression could call."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from functools import lru_cache
from typing import Any

from loadstone.datatypes.model import Nls
from loadstone.expressions.functions import FUNCTIONS, Function
from loadstone.expressions.functions.catalogue import fixed
from loadstone.expressions.functions.moments import add_interval, added, plus_days
from loadstone.expressions.functions.texts import sized
from loadstone.expressions.model import Months, OraError, ResultType, Value
from loadstone.expressions.values import CALCULATED, WIDE, rounded, zoned

OPERATORS: dict[str, Function] = {}


def function_of(name: str) -> Function:
    """The operator or function of a ``call`` term."""
    return OPERATORS.get(name) or FUNCTIONS[name]


@lru_cache(maxsize=1024)
def like_pattern(pattern: str, escape: str = "") -> re.Pattern[str]:
    """The pattern without what could backtrack: runs of % are one, and texts between them are found lazily."""
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if escape and char == escape:
            at += 1
            if pattern[at : at + 1] not in ("%", "_", escape):
                raise OraError(1424, "missing or illegal character following the escape character")
            parts.append(re.escape(pattern[at]))
        elif char != "%":
            parts.append("." if char == "_" else re.escape(char))
        elif not parts or parts[-1] is not _ANY:
            parts.append(_ANY)
        at += 1
    runs = _runs(parts)
    found = [
        run if n == 0 else f"(?>.*?{run})" if n < len(runs) - 1 else f".*{run}" for n, run in enumerate(runs)
    ]
    return re.compile("".join(found), re.DOTALL)


# Private functions


def _add(name: str, call: Callable[..., Any], *, strict: bool = True) -> None:
    OPERATORS[name] = Function(
        name=name,
        signature="",
        doc="",
        call=call,
        arguments=(1, 9999),
        typing=fixed(ResultType.NULL, None),
        strict=strict,
    )


def _calculated(compute: Callable[..., Decimal]) -> Callable[..., Decimal]:
    def call(nls: Nls, *values: Decimal) -> Decimal:
        try:
            return rounded(compute(*values))
        except DecimalException as error:
            raise OraError(1426, "numeric overflow") from error

    return call


def _divided(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        raise OraError(1476, "divisor is equal to zero")
    return CALCULATED.divide(left, right)


def _days_between(nls: Nls, left: datetime, right: datetime) -> Decimal:
    apart = left - right
    seconds = Decimal(apart.days * 86400 + apart.seconds)
    return rounded(CALCULATED.divide(seconds, Decimal(86400)))


def _moved(nls: Nls, moment: datetime, interval: timedelta | Months) -> datetime:
    if isinstance(interval, Months):
        return add_interval(moment, interval.count)
    return added(moment, interval)


def _times(nls: Nls, interval: timedelta | Months, number: Decimal) -> timedelta | Months:
    if isinstance(interval, Months):
        return Months(int((interval.count * number).to_integral_value("ROUND_DOWN")))
    return timedelta(microseconds=int(interval // timedelta(microseconds=1) * number))


def _negative(interval: timedelta | Months) -> timedelta | Months:
    return Months(-interval.count) if isinstance(interval, Months) else -interval


def _sum(nls: Nls, left: timedelta | Months, right: timedelta | Months) -> timedelta | Months:
    if isinstance(left, Months):
        return Months(left.count + right.count)  # type: ignore[union-attr]
    return left + right  # type: ignore[operator]


def _in(nls: Nls, value: Value, *others: Value) -> bool | None:
    if value is None:
        return None
    if any(other == value for other in others if other is not None):
        return True
    return None if None in others else False


def _like(nls: Nls, text: str, pattern: str, escape: str = "") -> bool:
    return like_pattern(pattern, escape).fullmatch(text) is not None


_ANY = ".*"


def _runs(parts: list[str]) -> list[str]:
    runs = [""]
    for part in parts:
        if part is _ANY:
            runs.append("")
        else:
            runs[-1] += part
    return runs


def _limited(nls: Nls, value: Decimal, precision: Decimal, scale: Decimal) -> Decimal:
    """A number as NUMBER(precision, scale) holds it."""
    found = value.quantize(Decimal(1).scaleb(-int(scale)), ROUND_HALF_UP, context=WIDE)
    if found.copy_abs() >= Decimal(1).scaleb(int(precision - scale)):
        raise OraError(1438, "value larger than specified precision allowed for this column")
    return found


_add("+", _calculated(CALCULATED.add))
_add("-", _calculated(CALCULATED.subtract))
_add("*", _calculated(CALCULATED.multiply))
_add("/", _calculated(_divided))
_add("NEGATE", lambda nls, value: value.copy_negate() if value else value)
_add("NEGATE interval", lambda nls, value: _negative(value))
_add("||", lambda nls, a, b: sized((a or "") + (b or "")), strict=False)
_add("date + days", lambda nls, date, days: plus_days(date, days))
_add("date - days", lambda nls, date, days: plus_days(date, -days))
_add("date - date", _days_between)
_add("timestamp - timestamp", lambda nls, left, right: left - right)
_add("AT TIME ZONE", lambda nls, moment, name: zoned(moment, name))
_add("moment + interval", _moved)
_add("moment - interval", lambda nls, moment, interval: _moved(nls, moment, _negative(interval)))
_add("interval + interval", _sum)
_add("interval - interval", lambda nls, left, right: _sum(nls, left, _negative(right)))
_add("interval * number", _times)
_add("interval / number", lambda nls, interval, n: _times(nls, interval, _divided(Decimal(1), n)))
_add("=", lambda nls, a, b: a == b)
_add("<>", lambda nls, a, b: a != b)
_add("<", lambda nls, a, b: a < b)
_add(">", lambda nls, a, b: a > b)
_add("<=", lambda nls, a, b: a <= b)
_add(">=", lambda nls, a, b: a >= b)
_add("IN", _in, strict=False)
_add("LIKE", _like)
_add("IS NULL", lambda nls, a: a is None, strict=False)
_add("NOT", lambda nls, a: not a)
_add("CAST NUMBER", _limited)
_add("CAST TEXT", lambda nls, text, length: text[: int(length)])
