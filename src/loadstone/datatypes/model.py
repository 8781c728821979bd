"""Column types, as a target's catalogue states them and converters obey them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal


class Kind(IntEnum):
    """What a column holds; the numbers are used by kernels."""

    TEXT = 1
    INT2 = 2
    INT4 = 3
    INT8 = 4
    DECIMAL = 5
    FLOAT4 = 6
    FLOAT8 = 7
    DATE = 8
    TIMESTAMP = 9
    TIMESTAMPTZ = 10
    BYTES = 11
    BOOL = 12
    TIME = 13
    INTERVAL_YM = 14
    INTERVAL_DS = 15
    UUID = 16
    JSON = 17
    JSONB = 18
    HUGEINT = 19


@dataclass(frozen=True, kw_only=True)
class ColumnType:
    """
    A type with its limits.

    Attributes:
        length: Most characters or bytes of TEXT, bytes of BYTES; None = no limit.
        unit: What ``length`` counts.
        padded: CHAR(n): blanks at the end do not count against the length.
        precision, scale: Of DECIMAL: digits in all, and right of the point; None = any.
        fraction_digits: Digits of fractional seconds that the target keeps, 0 to 9.
        declared: The type as the target writes it, for messages and CREATE TABLE.
    """

    kind: Kind
    length: int | None = None
    unit: Literal["char", "byte"] = "char"
    padded: bool = False
    precision: int | None = None
    scale: int | None = None
    fraction_digits: int = 6
    declared: str = ""
