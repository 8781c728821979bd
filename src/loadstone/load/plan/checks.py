"""The checks of a table's columns, as one expression for each column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from loadstone.errors import FixSpec, LoadstoneError, Place
from loadstone.load.plan.columns import text_plan
from loadstone.load.plan.model import CheckPlan, ColumnPlan
from loadstone.spec import Checks, Expression, Field, TableLoad, TypeName

if TYPE_CHECKING:
    from loadstone.expressions.model import Context

ASKED_CHARS_MAX = 100
"""Of a condition, pattern or list of values in messages."""

_MOMENTS = {
    TypeName.TIMESTAMP: "TO_TIMESTAMP",
    TypeName.TIMESTAMP_TZ: "TO_TIMESTAMP_TZ",
    TypeName.TIMESTAMP_LTZ: "TO_TIMESTAMP_TZ",
}


def plan_checks(table: TableLoad, columns: Sequence[ColumnPlan], context: Context) -> tuple[CheckPlan, ...]:
    """
    What ``table`` asks of the values of its ``columns``.

    Raises:
        FixSpec: LS-1084 the value is not in the record, a bound is of another kind than it, or what gives it or a
            condition draws numbers or reads tables; LS-5001 to LS-5016 as ``compile_expression``.
    """
    return tuple(
        _plan(table, number, column, column.field.checks, context)
        for number, column in enumerate(columns)
        if column.field.checks is not None
    )


# Private functions


def _plan(table: TableLoad, number: int, column: ColumnPlan, checks: Checks, context: Context) -> CheckPlan:
    one = column.field
    value = _value(one)
    rules = list(_rules(column, checks, value))
    cases = " ".join(f"WHEN NOT ({holds}) THEN '{n}'" for n, (_, _, holds) in enumerate(rules))
    refused = ("LS-1084", f"a check of field {one.name}")
    try:
        made = text_plan(table, f"CASE {cases} END", context, refused=refused)
    except LoadstoneError as error:
        error.place = Place(field=one.name)
        raise
    return CheckPlan(column=number, expression=made, rules=tuple((rule, asked) for rule, asked, _ in rules))


def _value(one: Field) -> str:
    """The value of a field in SQL: its text, or what its SQL string gives."""
    if isinstance(one.source, Expression):
        return f"({one.source.sql})"
    if one.source is not None:
        raise _refusal(one, f"field {one.name} is not read from the record, so there is nothing to check")
    return f"({one.sql})" if one.sql is not None else f':"{one.name}"'


def _rules(column: ColumnPlan, checks: Checks, value: str) -> Iterator[tuple[str, str, str]]:
    """Name of each rule, what it asks, and the SQL condition that holds where the value is as asked."""
    name = column.conversion.column
    if checks.required:
        yield "required", f"{name} required", f"{value} IS NOT NULL"
    bounds = (("minimum", ">=", checks.minimum), ("maximum", "<=", checks.maximum))
    for rule, sign, bound in bounds:
        if bound is not None:
            yield (
                rule,
                f"{name} {sign} {bound}",
                f"{_measured(column, bound, value)} {sign} {_literal(bound)}",
            )
    if checks.pattern is not None:
        whole = _quoted(f"^({checks.pattern})$")
        yield "pattern", _short(f"{name} like {checks.pattern}"), f"REGEXP_LIKE({value}, {whole})"
    if checks.allowed:
        values = ", ".join(str(one) if isinstance(one, int) else _quoted(one) for one in checks.allowed)
        yield "allowed", _short(f"{name} in {values}"), f"{value} IN ({values})"
    if checks.condition is not None:
        yield "condition", _short(checks.condition), checks.condition


def _measured(column: ColumnPlan, bound: Decimal | date, value: str) -> str:
    """The value as a number, date or moment, as ``bound`` is."""
    one, mask = column.field, column.conversion.mask
    dated = isinstance(bound, date)
    if one.sql is not None or one.source is not None:
        return value
    if dated != (mask is not None):
        kind = "a date" if dated else "a number"
        raise _refusal(one, f"field {one.name}: the bound {bound} is {kind}, and the field is none")
    if not dated:
        return f"TO_NUMBER({value})"
    made = _MOMENTS.get(one.type.name, "TO_DATE") if one.type is not None else "TO_DATE"
    return f"{made}({value}, {_quoted(mask or '')})"


def _literal(bound: Decimal | date) -> str:
    if isinstance(bound, datetime):
        return f"TIMESTAMP '{bound:%Y-%m-%d %H:%M:%S.%f}'"
    return f"DATE '{bound.isoformat()}'" if isinstance(bound, date) else f"{bound:f}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _short(text: str) -> str:
    return text if len(text) <= ASKED_CHARS_MAX else text[: ASKED_CHARS_MAX - 3] + "..."


def _refusal(one: Field, what: str) -> FixSpec:
    return FixSpec("LS-1084", what, Place(field=one.name), hints=["docs/howto/templates.md shows checks."])
