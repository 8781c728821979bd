"""Column types, as a target's catalogue states them and converters obey them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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
        rounds: The type says how many digits, as Oracle's TIMESTAMP(f) does, and rounds to them; without, a
            fraction that the target would cut is refused.
        finite: Of floats: NaN and the infinities are refused, for the target would not keep them.
        as_text: The target keeps the value as text (SQLite's decimals and dates).
        declared: The type as the target writes it, for messages and CREATE TABLE.
    """

    kind: Kind
    length: int | None = None
    unit: Literal["char", "byte"] = "char"
    padded: bool = False
    precision: int | None = None
    scale: int | None = None
    fraction_digits: int = 6
    rounds: bool = True
    finite: bool = False
    as_text: bool = False
    declared: str = ""


@dataclass(frozen=True, kw_only=True)
class Nls:
    """
    What the environment and the frozen start of the load say about text.

    Attributes:
        decimal, group: NLS_NUMERIC_CHARACTERS, one character each.
        date_language: ORACLE name, such as ``AMERICAN`` or ``GERMAN``.
        date_format, timestamp_format, timestamp_tz_format: Masks of fields without one.
        now: Frozen SYSDATE, local wall time. time_zone_minutes: offset of the session.
    """

    decimal: str = "."
    group: str = ","
    date_language: str = "AMERICAN"
    date_format: str = "DD-MON-RR"
    timestamp_format: str = "DD-MON-RR HH.MI.SSXFF AM"
    timestamp_tz_format: str = "DD-MON-RR HH.MI.SSXFF AM TZR"
    now: datetime = datetime(2000, 1, 1)
    time_zone_minutes: int = 0


CANONICAL = "YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM"
"""Mask of ``2024-02-29 13:05:09[.ffffff][ +hh:mm]``: what expressions and SYSDATE give."""


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """
    How the text of one column becomes its value.

    Attributes:
        column: Column name for messages. type: what the column takes. not_null: whether NULL is refused.
        mask: Date mask of the text, where the column (or a date field for a TEXT column) needs one;
            ``CANONICAL`` for values that the product made itself.
        shown: For a date that goes into a TEXT column: the session's mask that it is written by.
        raw: The value is bytes (RAW fields), not UTF-8 text.
        blank_is_null: White space alone is NULL, as in DATE fields; else it is a date that is too short.
    """

    column: str
    type: ColumnType
    not_null: bool = False
    mask: str | None = None
    shown: str | None = None
    raw: bool = False
    blank_is_null: bool = False


@dataclass(kw_only=True)
class Values:
    """
    Texts of the columns of one table, for the records that go into it.

    Attributes:
        buffer: uint8. start, end: int64[rows, columns], spans in ``buffer``. null: bool[rows, columns].
        record: int64[rows], index in the chunk of each row's record.
    """

    buffer: NDArray[np.uint8]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    null: NDArray[np.bool_]
    record: NDArray[np.int64]


@dataclass(kw_only=True)
class Faults:
    """
    Rows that a conversion refused: parallel arrays, one entry a row (its first bad column in order).

    Attributes:
        row: Index in ``Values``. column: index of the conversion. code: ``ValueFault``.
        detail: int64, e.g. the actual length for TOO_LONG; 0 where it means nothing.
    """

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    code: NDArray[np.int64]
    detail: NDArray[np.int64]
