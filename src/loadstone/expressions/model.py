"""What an expression is before and after it is compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

from loadstone.datatypes.model import Nls

if TYPE_CHECKING:
    from loadstone.expressions.lookups import Lookup, TableFinder


GUID = "SYS_GUID()"
"""The bind of SYS_GUID: 32 hexadecimal digits for each record, the same whenever the load is resumed."""


@dataclass(frozen=True, order=True)
class Months:
    """A year-to-month interval."""

    count: int


Value = None | bool | str | bytes | Decimal | datetime | timedelta | Months
"""A value of an expression; the empty string does not occur, it is NULL. bool is a condition's."""

Row = Mapping[str, Value]
"""Binds by name, values of sequences by ``name.NEXTVAL``, columns of lookups by ``alias.name``."""

Compute = Callable[[Row], Value]


class BindType(Enum):
    """What a bind holds: the text of a field, or a number decoded from binary."""

    TEXT = "text"
    NUMBER = "number"


class ResultType(Enum):
    """Static type of a term."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIMESTAMPTZ = "timestamptz"
    INTERVAL_DS = "interval day to second"
    INTERVAL_YM = "interval year to month"
    RAW = "raw"
    BOOLEAN = "condition"
    NULL = "null"


MOMENTS = (ResultType.DATE, ResultType.TIMESTAMP, ResultType.TIMESTAMPTZ)
"""Types whose values are datetimes."""


@dataclass(frozen=True)
class Term:
    """
    A node of the typed tree, which evaluators, emitters and span programs all start from.

    Every name is resolved, every implicit conversion is a ``convert`` term, what has no input is a literal.

    Attributes:
        op: ``literal``, ``bind``, ``drawn`` (a sequence's value), ``column`` (of a lookup), ``lookup``,
            ``convert``, ``call``, ``case`` (tests and values in turn, then the last value), ``decode``
            (subject, searches and results in turn, then the default).
        name: Of the bind, column, function or operator. value: of a literal. lookup: of a lookup.
        at: 0-based offset in the expression. digits: behind the second, of a timestamp whose type says so.
    """

    op: str
    type: ResultType
    parts: tuple[Term, ...] = ()
    name: str = ""
    value: Value = None
    at: int = 0
    digits: int | None = None
    lookup: Lookup | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class Context:
    """
    What expressions take from the load.

    Attributes:
        nls: Formats, languages and the frozen time. user: what USER gives.
        functions: Expressions by the name of a user function, with ``:1``, ``:2`` ... for its arguments.
        find_table: Tables that a sub-SELECT may read; None refuses sub-SELECTs.
    """

    nls: Nls = field(default_factory=Nls)
    user: str = ""
    functions: Mapping[str, str] = field(default_factory=dict)
    find_table: TableFinder | None = None


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """
    An expression that can be computed.

    Attributes:
        text: As written. sql: its normal form, for explanations. result: static type. term: its typed tree.
        binds: Names of fields it uses; numbers: those of them that are decoded from binary. sequences: names of sequences it draws from, one value a row.
        lookups: In order of their keys.
    """

    text: str
    sql: str
    result: ResultType
    binds: tuple[str, ...]
    numbers: tuple[str, ...]
    sequences: tuple[str, ...]
    lookups: tuple[Lookup, ...] = ()
    term: Term = field(repr=False)
    compute: Compute = field(repr=False, compare=False)
    nls: Nls = field(repr=False, compare=False)


class OraError(Exception):
    """An error of one row: Oracle's code and sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = f"ORA-{code:05}"
        self.message = f"{self.code}: {sentence}"


def out_of_range(argument: object) -> OraError:
    """ORA-01428."""
    return OraError(1428, f"argument '{argument}' is out of range")


YEAR_RANGE = "(full) year must be between -4713 and +9999, and not be 0"
"""The sentence of ORA-01841."""
