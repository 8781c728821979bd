"""What each column of a table is made of."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from loadstone.datatypes.model import CANONICAL, Conversion, Kind
from loadstone.datatypes.show import with_digits
from loadstone.errors import FixSpec, LoadstoneError, Place
from loadstone.load.plan.model import ColumnPlan, ExpressionPlan
from loadstone.spec import (
    Constant,
    Expression,
    Field,
    LoadSpec,
    LobFile,
    Recnum,
    Sequence,
    Sysdate,
    TableLoad,
    TypeName,
)
from loadstone.targets.model import Column, TableInfo

if TYPE_CHECKING:
    from loadstone.expressions.model import BindType, Compiled, Context
    from loadstone.expressions.spans import SpanPlan

_DATES = {
    TypeName.DATE: "date",
    TypeName.TIME: "timestamp",
    TypeName.TIME_TZ: "timestamp_tz",
    TypeName.TIMESTAMP: "timestamp",
    TypeName.TIMESTAMP_TZ: "timestamp_tz",
    TypeName.TIMESTAMP_LTZ: "timestamp_ltz",
}
_INTERVALS = {TypeName.INTERVAL_YM: "TO_YMINTERVAL", TypeName.INTERVAL_DS: "TO_DSINTERVAL"}
_BINARY_NUMBERS = {
    TypeName.INTEGER,
    TypeName.SMALLINT,
    TypeName.BYTEINT,
    TypeName.FLOAT,
    TypeName.DOUBLE,
    TypeName.DECIMAL,
    TypeName.ZONED,
}
_BYTES = {TypeName.RAW, TypeName.VARRAW, TypeName.LONG_VARRAW, TypeName.VARRAWC}
_TEMPORAL = {Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ, Kind.TIME}


def plan_columns(
    spec: LoadSpec, table: TableLoad, info: TableInfo, context: Context, first_field: int
) -> tuple[tuple[ColumnPlan, ...], tuple[ExpressionPlan, ...], dict[str, int]]:
    """
    The columns of one INTO TABLE clause, its expressions, and the layout numbers of its binds.

    Raises:
        FixSpec: LS-3003 for all fields without a column; LS-5xxx for expressions.
    """
    work = _Work(spec=spec, table=table, info=info, context=context, first_field=first_field)
    columns = [work.column(number, one) for number, one in enumerate(table.fields) if one.filler is None]
    work.raise_errors()
    return tuple(c for c in columns if c is not None), tuple(work.expressions), work.binds()


@dataclass(kw_only=True)
class _Work:
    spec: LoadSpec
    table: TableLoad
    info: TableInfo
    context: Context
    first_field: int
    expressions: list[ExpressionPlan] = field(default_factory=list)
    errors: list[LoadstoneError] = field(default_factory=list)

    def binds(self) -> dict[str, int]:
        return {
            one.name: self.first_field + n
            for n, one in enumerate(self.table.fields)
            if one.filler != "filler"
        }

    def column(self, number: int, one: Field) -> ColumnPlan | None:
        try:
            column = self._find(one)
            return self._plan(number, one, column)
        except LoadstoneError as error:
            self.errors.append(error)
            return None

    def raise_errors(self) -> None:
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            hints = tuple(dict.fromkeys(hint for error in self.errors for hint in error.hints))
            raise FixSpec(self.errors[0].code, "; ".join(error.message for error in self.errors), hints=hints)

    def _find(self, one: Field) -> Column:
        column = self.info.column(one.name, quoted=one.quoted)
        if column is not None:
            return column
        near = difflib.get_close_matches(one.name.upper(), [c.name.upper() for c in self.info.columns], 1)
        hints = [f"did you mean {near[0]}?"] if near else []
        raise FixSpec(
            "LS-3003",
            f"column {one.name} does not exist in table {self.table.table}",
            Place(field=one.name),
            hints=[
                *hints,
                f"the table has these columns: {', '.join(c.name for c in self.info.columns)}.",
                "mark the field FILLER to read and not load it.",
            ],
        )

    def _plan(self, number: int, one: Field, column: Column) -> ColumnPlan:
        source = one.source
        mask = self._mask(one, column)
        if source is None and one.sql is None and self._names_zones(one, mask):
            text = (mask or "").replace("'", "''")
            return self._expression(number, one, column, f"TO_TIMESTAMP_TZ(TRIM(:\"{one.name}\"), '{text}')")
        if source is None and one.sql is None and one.type is not None and one.type.name in _INTERVALS:
            # The text stays as it is; what is no interval is refused (ORA-01867).
            text = f':"{one.name}"'
            judged = f"{_INTERVALS[one.type.name]}(TRIM({text}))"
            return self._expression(number, one, column, f"CASE WHEN {judged} IS NOT NULL THEN {text} END")
        if isinstance(source, Expression) or one.sql is not None:
            sql = source.sql if isinstance(source, Expression) else one.sql or ""
            return self._expression(number, one, column, sql)
        if isinstance(source, Recnum):
            return self._make(one, column, "recnum", None)
        if isinstance(source, Sequence):
            return self._make(one, column, "sequence", None)
        if isinstance(source, Sysdate):
            text = self.context.nls.now.strftime("%Y-%m-%d %H:%M:%S")
            return self._make(one, column, "constant", CANONICAL, constant=text)
        if isinstance(source, Constant):
            return self._make(one, column, "constant", mask, constant=source.value)
        if isinstance(source, LobFile):
            return self._lob(one, column, source)
        return self._make(one, column, "field", mask, index=self.first_field + number)

    def _make(
        self,
        one: Field,
        column: Column,
        source: Any,
        mask: str | None,
        *,
        index: int = -1,
        constant: str = "",
        sql: str = "",
        raw: bool = False,
    ) -> ColumnPlan:
        raw = raw or (one.type is not None and one.type.name in _BYTES)
        conversion = Conversion(
            column=column.name.upper() if not one.quoted else column.name,
            type=column.type,
            not_null=column.not_null,
            mask=mask,
            shown=self._shown(one) if mask is not None and column.type.kind is Kind.TEXT else None,
            raw=raw,
            blank_is_null=one.type is not None and one.type.name in _DATES,
        )
        return ColumnPlan(
            field=one,
            column=column,
            conversion=conversion,
            source=source,
            index=index,
            constant=constant,
            sql=sql,
        )

    def _lob(self, one: Field, column: Column, source: LobFile) -> ColumnPlan:
        raw = column.type.kind is Kind.BYTES
        if source.field is None:
            return self._make(one, column, "lobfile", None, constant=source.file or "", raw=raw)
        names = [other.name for other in self.table.fields]
        if source.field not in names:
            raise FixSpec(
                "LS-1091",
                f"LOBFILE names field {source.field}, which is not in the field list",
                Place(field=one.name),
            )
        return self._make(
            one, column, "lobfile", None, index=self.first_field + names.index(source.field), raw=raw
        )

    def _expression(self, number: int, one: Field, column: Column, sql: str) -> ColumnPlan:
        from loadstone.expressions.compile import compile_expression
        from loadstone.expressions.model import MOMENTS, ResultType
        from loadstone.expressions.spans import span_plan

        try:
            compiled = compile_expression(
                sql,
                binds=bind_types(self.table),
                context=self.context,
                wanted=ResultType.TEXT if column.type.kind is Kind.TEXT else None,
            )
        except LoadstoneError as error:
            error.place = Place(
                file=error.place.file, line=error.place.line, column=error.place.column, field=one.name
            )
            raise
        spans = span_plan(compiled, column.type)
        if spans is not None and spans.term.op == "bind" and spans.term.name == one.name:
            mask = spans.mask or self._mask(one, column)
            index = self.first_field + number
            return self._make(one, column, "field", mask, index=index, sql=compiled.sql)
        self.expressions.append(_faster(compiled, spans, column))
        mask = CANONICAL if compiled.result in MOMENTS else self._mask(one, column)
        if spans is not None and spans.mask is not None:
            mask = spans.mask
        if compiled.term.op == "convert" and compiled.term.parts[0].type in MOMENTS:
            mask = None
        return self._make(one, column, "expression", mask, index=len(self.expressions) - 1)

    def _names_zones(self, one: Field, mask: str | None) -> bool:
        """Whether zones may stand in the data by name, which takes more than a mask."""
        zoned = one.type is not None and _DATES.get(one.type.name) in ("timestamp_tz", "timestamp_ltz")
        return zoned and mask is not None and "TZR" in mask.upper()

    def _shown(self, one: Field) -> str:
        """The session's mask for dates of a field, or of SYSDATE, as text."""
        nls = self.context.nls
        kind = _DATES.get(one.type.name, "date") if one.type is not None else "date"
        if kind == "date":
            return nls.date_format
        return with_digits(nls.timestamp_format if kind == "timestamp" else nls.timestamp_tz_format, 9)

    def _mask(self, one: Field, column: Column) -> str | None:
        """The field's mask, else the table's, else the session's; None where no date is involved."""
        nls = self.context.nls
        if one.type is not None and one.type.name in _DATES:
            kind = _DATES[one.type.name]
            own = one.type.mask or next((f.mask for f in self.table.formats if f.kind == kind), None)
            fallback = nls.date_format if kind == "date" else nls.timestamp_format
            return own or (nls.timestamp_tz_format if kind == "timestamp_tz" else fallback)
        if column.type.kind not in _TEMPORAL:
            return None
        if column.type.kind is Kind.TIMESTAMPTZ:
            return nls.timestamp_tz_format
        whole = column.type.kind is Kind.DATE or column.type.fraction_digits == 0
        return nls.date_format if whole else nls.timestamp_format


def bind_types(table: TableLoad) -> dict[str, BindType]:
    """Fields that an expression of the table may name, and whether as numbers."""
    from loadstone.expressions.model import BindType

    return {
        other.name: BindType.NUMBER if other.type and other.type.name in _BINARY_NUMBERS else BindType.TEXT
        for other in table.fields
        if other.filler != "filler"
    }


def select_plan(table: TableLoad, condition: str, context: Context) -> ExpressionPlan:
    """
    What is ``Y`` for records of which ``condition`` holds, and NULL for others.

    Raises:
        FixSpec: LS-8311 it draws numbers or reads tables, so the same file would not always have the same records;
            LS-5001 to LS-5016 as ``compile_expression``.
    """
    sql = f"CASE WHEN {condition} THEN 'Y' END"
    return text_plan(table, sql, context, refused=("LS-8311", f"the condition of table {table.table}"))


def text_plan(table: TableLoad, sql: str, context: Context, *, refused: tuple[str, str]) -> ExpressionPlan:
    """
    An expression of the load's own that gives text, and is the same each time the file is read.

    Raises:
        FixSpec: It draws numbers or reads tables: the code and the subject are ``refused``; LS-5001 to LS-5016 as
            ``compile_expression``.
    """
    from loadstone.expressions.compile import compile_expression
    from loadstone.expressions.duckdb.emit import emit
    from loadstone.expressions.duckdb.model import Declined
    from loadstone.expressions.model import GUID, ResultType

    compiled = compile_expression(sql, binds=bind_types(table), context=context, wanted=ResultType.TEXT)
    if compiled.sequences or compiled.lookups or GUID in compiled.binds:
        code, subject = refused
        raise FixSpec(code, f"{subject} draws numbers or reads tables: {sql}")
    try:
        return ExpressionPlan(compiled=compiled, emitted=emit(compiled, for_number=False))
    except Declined as reason:
        return ExpressionPlan(compiled=compiled, declined=f"{reason} has no exact form in DuckDB")


# Private functions


def _faster(compiled: Compiled, spans: SpanPlan | None, column: Column) -> ExpressionPlan:
    """The expression with the fastest way that is exact."""
    from loadstone.expressions.duckdb.emit import emit
    from loadstone.expressions.duckdb.model import Declined

    if spans is not None:
        return ExpressionPlan(compiled=compiled, spans=spans)
    try:
        return ExpressionPlan(
            compiled=compiled, emitted=emit(compiled, for_number=column.type.kind is not Kind.TEXT)
        )
    except Declined as reason:
        return ExpressionPlan(compiled=compiled, declined=f"{reason} has no exact form in DuckDB")
