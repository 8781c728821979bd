"""The plan of a load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from loadstone.datatypes.model import Conversion
from loadstone.load.environment import Environment
from loadstone.load.inputs import LoadInput
from loadstone.spec import Field, LoadRequest, LoadSpec, Method, Partition, TableLoad

if TYPE_CHECKING:
    from loadstone.expressions.duckdb.model import Emitted
    from loadstone.expressions.model import Compiled
    from loadstone.expressions.spans import SpanPlan
    from loadstone.formats.layout import Layout
    from loadstone.load.spark.intake import Intake
    from loadstone.targets.model import Column, TableInfo, Target
    from loadstone.targets.totals import Total

ValueSource = Literal["field", "constant", "recnum", "sequence", "expression", "lobfile"]


@dataclass(frozen=True, kw_only=True)
class ColumnPlan:
    """
    What one column of a table is made of.

    Attributes:
        index: For ``field`` the field's number in the layout; for ``expression`` the expression's
            number in the table; for ``lobfile`` the number of the field with the file's name (-1 = fixed).
        constant: Text of a ``constant``. sql: the expression that a ``field`` with its conversion stands for.
    """

    field: Field
    column: Column
    conversion: Conversion
    source: ValueSource
    index: int = -1
    constant: str = ""
    sql: str = ""


@dataclass(frozen=True, kw_only=True)
class ExpressionPlan:
    """
    An expression of a column and how it is computed.

    Attributes:
        spans: Its program for the kernels, where it is a matter of spans.
        emitted: Its SQL for DuckDB, where it has one. declined: why it has none.
    """

    compiled: Compiled
    spans: SpanPlan | None = None
    emitted: Emitted | None = None
    declined: str = ""

    def by(self, *, compiled: bool) -> str:
        """What computes it: ``spans``, ``duckdb``, or ``rows`` (one by one); small files run ``compiled`` false."""
        if self.spans is not None:
            return "spans"
        return "duckdb" if compiled and self.emitted is not None else "rows"


@dataclass(frozen=True, kw_only=True)
class CheckPlan:
    """
    The checks of a column.

    Attributes:
        column: Its number among the table's columns.
        expression: Gives the number of the first of ``rules`` that the value breaks, as text; NULL where it breaks none.
        rules: Name of each rule, and what it asks in words.
    """

    column: int
    expression: ExpressionPlan
    rules: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class TablePlan:
    """
    One INTO TABLE clause.

    Attributes:
        binds: Layout number of each field that an expression may name.
        expressions: In order; each with the frozen values that it needs.
        lane: ``direct`` when every value is a span of the record and none is checked, else ``columnar``.
        checks: Of the columns that have some, in their order.
        select: NULL for records that are not of the clause's transaction type; None where its WHEN says all.
        staged: Where the rows of an all-or-nothing load wait; None for any other load. totals: what is reconciled of them.
    """

    table_no: int
    spec: TableLoad
    info: TableInfo
    method: Method
    columns: tuple[ColumnPlan, ...]
    expressions: tuple[ExpressionPlan, ...]
    binds: dict[str, int]
    lane: Literal["direct", "columnar"]
    checks: tuple[CheckPlan, ...] = ()
    select: ExpressionPlan | None = None
    staged: TableInfo | None = None
    totals: tuple[Total, ...] = ()

    @property
    def oracle_name(self) -> tuple[str | None, str]:
        """Schema and name as messages show them."""
        schema = None if self.info.unnamed or self.info.schema is None else self.info.schema.upper()
        return self.spec.table.schema_name or schema, self.spec.table.name


@dataclass(frozen=True, kw_only=True)
class Limits:
    """
    What ends a load or a file early.

    Attributes:
        skip: Records passed over first. load: records read after them at most, None = all.
        errors: Rejects allowed, None = any number.
    """

    skip: int = 0
    load: int | None = None
    errors: int | None = 50

    @property
    def end_record(self) -> int | None:
        """Records of the load before its end, those that are skipped included; None where LOAD sets none."""
        return None if self.load is None else self.skip + self.load


@dataclass(frozen=True, kw_only=True)
class LoadPlan:
    """
    All that is needed to run, except the state of the target.

    Attributes:
        spec: The request's spec with field lists filled in. charsets: Oracle name for each input.
        layouts: By character set. compiled: whether kernels run compiled.
        partition: The part of the load that is loaded; None for all of it.
        parts: Its rows as they were computed before; None where this process computes them.
    """

    request: LoadRequest
    spec: LoadSpec
    target: Target
    environment: Environment
    inputs: tuple[LoadInput, ...]
    charsets: tuple[str, ...]
    layouts: dict[str, Layout]
    tables: tuple[TablePlan, ...]
    limits: Limits
    compiled: bool
    warnings: tuple[str, ...] = ()
    partition: Partition | None = None
    parts: Intake | None = None

    @property
    def chunk_size_bytes(self) -> int:
        """
        Bytes of a chunk: the request's, else the target's.

        Values that are made beside those of the record take as much room again, so chunks of binary COPY are halved.
        """
        suits = self.target.chunk_size_bytes
        beside = self.target.form == "pgcopy" and any(table.lane == "columnar" for table in self.tables)
        return self.request.chunk_size_bytes or (suits // 2 if beside else suits)

    def discardmax(self, input_no: int) -> int | None:
        """Discards allowed in an input; None = any number."""
        own = self.inputs[input_no].spec.discardmax
        for value in (self.request.discardmax, own, self.spec.options.discardmax):
            if value is not None:
                return value
        return None
