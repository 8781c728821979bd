"""What an expression is before and after it is compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from loadstone.datatypes.model import Nls

Value = None | str | Decimal | datetime
"""A value of an expression; the empty string does not occur, it is NULL."""

Row = Mapping[str, Value]
"""Binds by name, and values of sequences by ``name.NEXTVAL``."""

Compute = Callable[[Row], Value]


class BindType(Enum):
    """What a bind holds: the text of a field, or a number decoded from binary."""

    TEXT = "text"
    NUMBER = "number"


class ResultType(Enum):
    """Static type of a result."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIMESTAMPTZ = "timestamptz"
    NULL = "null"


@dataclass(frozen=True, kw_only=True)
class Context:
    """What expressions take from the load: formats, languages and the frozen time."""

    nls: Nls = field(default_factory=Nls)


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """
    An expression that can be computed.

    Attributes:
        text: As written. sql: its normal form, for explanations. result: static type.
        binds: Names of fields it uses. sequences: names of sequences it draws from, one value a row.
    """

    text: str
    sql: str
    result: ResultType
    binds: tuple[str, ...]
    sequences: tuple[str, ...]
    compute: Compute = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One row for which an expression fails, with Oracle's code and sentence."""

    row: int
    expression_no: int
    ora_code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Result columns as Arrow text, one an expression, and the failures."""

    columns: list[Any]
    failures: list[Failure]


class OraError(Exception):
    """An error of one row: Oracle's code and sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = f"ORA-{code:05}"
        self.message = f"{self.code}: {sentence}"
