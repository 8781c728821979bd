"""Functions that choose between values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loadstone.datatypes.model import Nls
from loadstone.expressions.functions.catalogue import Kinds, alike, first_of, fixed, function
from loadstone.expressions.model import ResultType


def _by_second(types: Sequence[ResultType]) -> tuple[Kinds, ResultType]:
    """NVL2: the type of the second argument, unless it is NULL."""
    kind = first_of(types[1:])
    return [None, kind, kind], kind


@function("NVL", "value, other", "The other value when the first is NULL", alike, (2, 2), strict=False)
def _nvl(nls: Nls, value: Any, other: Any) -> Any:
    return other if value is None else value


@function("COALESCE", "value, ...", "The first value that is not NULL", alike, (2, 99), strict=False)
def _coalesce(nls: Nls, *values: Any) -> Any:
    return next((value for value in values if value is not None), None)


@function("NULLIF", "value, other", "NULL when both are equal", alike, (2, 2), strict=False)
def _nullif(nls: Nls, value: Any, other: Any) -> Any:
    return None if value == other else value


@function(
    "NVL2",
    "value, if_given, if_null",
    "One of two values, by whether the first is NULL",
    _by_second,
    (3, 3),
    strict=False,
)
def _nvl2(nls: Nls, value: Any, given: Any, missing: Any) -> Any:
    return given if value is not None else missing


@function("GREATEST", "value, ...", "The greatest value, NULL if any is", alike, (1, 99))
def _greatest(nls: Nls, *values: Any) -> Any:
    return max(values)


@function("LEAST", "value, ...", "The least value, NULL if any is", alike, (1, 99))
def _least(nls: Nls, *values: Any) -> Any:
    return min(values)


@function(
    "LNNVL",
    "condition",
    "Whether a condition is false or unknown",
    fixed(ResultType.BOOLEAN, None),
    strict=False,
)
def _lnnvl(nls: Nls, value: Any) -> bool:
    return not value
