"""A request compiles to a plan, or fails with every reason at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from loadstone.errors import FixSpec, LoadstoneError, Place
from loadstone.expressions.model import Context
from loadstone.formats.layout import compile_layout
from loadstone.load.charset import charset_of
from loadstone.load.environment import Environment
from loadstone.load.inputs import LoadInput
from loadstone.load.lookups import emptied_tables, table_finder
from loadstone.load.names import order_by_names
from loadstone.load.plan.checks import plan_checks
from loadstone.load.plan.columns import plan_columns, select_plan
from loadstone.load.plan.model import Limits, LoadPlan, TablePlan
from loadstone.load.plan.refusals import refusals_of, refuse_free_order, whole_tables
from loadstone.load.plan.tables import find_tables
from loadstone.spec import Field, LoadRequest, LoadSpec, Method, OrderPolicy, TableLoad
from loadstone.spec.structured import framed_spec
from loadstone.targets.model import TableInfo, Target

COMPILE_FROM_BYTES = 1 << 20
"""Smaller inputs run plain: starting the compiler costs more than it saves."""


def compile_plan(
    request: LoadRequest,
    target: Target,
    environment: Environment,
    inputs: Sequence[LoadInput],
    *,
    charsets: Sequence[str] | None = None,
) -> LoadPlan:
    """
    The plan of ``request``; makes missing tables where the request asks for it.

    Args:
        charsets: Frozen character sets of a load that resumes; None = find out.

    Raises:
        FixSpec: Anything in the spec that has no meaning on this target; unknown tables and columns.
    """
    refuse_all(refusals_of(request.spec, target.kind), request.spec_path)
    infos, warnings = find_tables(request, target)
    warnings += whole_tables(request.spec, target.kind)
    spec = fill_fields(request.spec, infos)
    if charsets is None:
        found = [charset_of(spec, one, environment) for one in inputs]
        charsets = [name for name, _ in found]
        warnings += [warning for _, warning in found if warning]
    spec = framed_spec(order_by_names(spec, inputs, charsets))
    declared = bool(spec.charset or environment.charset)
    order = spec.byte_order or sys.byteorder
    layouts = {
        name: compile_layout(spec, charset=name, byte_order=order, declared=declared)
        for name in dict.fromkeys(charsets)
    }
    methods = [method_of(spec, table) for table in spec.tables]
    context = Context(
        nls=environment.nls,
        user=environment.user,
        functions=environment.functions,
        find_table=table_finder(request, target, emptied_tables(infos, methods)),
    )
    plan = LoadPlan(
        request=request,
        spec=spec,
        target=target,
        environment=environment,
        inputs=tuple(inputs),
        charsets=tuple(charsets),
        layouts=layouts,
        tables=_plan_tables(spec, infos, context, request),
        limits=limits_of(request),
        compiled=_size_of(inputs) >= COMPILE_FROM_BYTES,
        warnings=tuple(dict.fromkeys(warnings)),
    )
    if request.order is OrderPolicy.FREE:
        refuse_free_order(plan)
    return plan


def limits_of(request: LoadRequest) -> Limits:
    """The limits, the request's before the spec's. ERRORS=-1 allows any number."""
    options = request.spec.options

    def first(*values: int | None) -> int | None:
        return next((value for value in values if value is not None), None)

    errors = first(request.errors, options.errors, 50)
    return Limits(
        skip=_skip_of_tables(request.spec) or first(request.skip, options.skip, 0) or 0,
        load=first(request.load, options.load),
        errors=None if errors is None or errors < 0 else errors,
    )


def fill_fields(spec: LoadSpec, infos: Sequence[TableInfo]) -> LoadSpec:
    """A table without a field list takes the table's columns, in order."""
    if all(table.fields for table in spec.tables):
        return spec
    tables = tuple(
        table if table.fields else table.model_copy(update={"fields": _columns_as_fields(info)})
        for table, info in zip(spec.tables, infos, strict=True)
    )
    return spec.model_copy(update={"tables": tables})


def refuse_all(errors: Sequence[LoadstoneError], spec_path: str) -> None:
    """Raise all of ``errors`` as one."""
    if not errors:
        return
    if len(errors) == 1:
        raise errors[0]
    hints = [hint for error in errors for hint in error.hints]
    text = "; ".join(error.message for error in errors)
    raise FixSpec(
        errors[0].code,
        f"{len(errors)} faults: {text}",
        Place(file=spec_path),
        hints=tuple(dict.fromkeys(hints)),
    )


# Private functions


def _skip_of_tables(spec: LoadSpec) -> int:
    """
    What CONTINUE_LOAD skips, table by table; 0 without it.

    Raises:
        FixSpec: LS-1098 the tables differ: their rows were not committed together, which a load of ours does.
    """
    skips = sorted({table.skip or 0 for table in spec.tables}) if spec.continue_load else [0]
    if len(skips) > 1:
        raise FixSpec(
            "LS-1098",
            f"CONTINUE_LOAD with other SKIP for each table ({', '.join(map(str, skips))})",
            hints=["load the tables one after the other, each with its own SKIP."],
        )
    return skips[0]


def _columns_as_fields(info: TableInfo) -> tuple[Field, ...]:
    return tuple(
        Field(name=column.name.upper(), quoted=False) for column in info.columns if not column.generated
    )


def _plan_tables(
    spec: LoadSpec, infos: Sequence[TableInfo], context: Context, request: LoadRequest
) -> tuple[TablePlan, ...]:
    plans: list[TablePlan] = []
    errors: list[LoadstoneError] = []
    first_field = 0
    for number, (table, info) in enumerate(zip(spec.tables, infos, strict=True)):
        try:
            planned = _plan_table(spec, number, info, context, first_field)
            condition = request.selects[number] if request.selects else None
            select = select_plan(table, condition, context) if condition else None
            plans.append(replace(planned, select=select))
        except LoadstoneError as error:
            errors.append(error)
        first_field += len(table.fields)
    refuse_all(errors, request.spec_path)
    return tuple(plans)


def _plan_table(
    spec: LoadSpec, number: int, info: TableInfo, context: Context, first_field: int
) -> TablePlan:
    table = spec.tables[number]
    columns, expressions, binds = plan_columns(spec, table, info, context, first_field)
    loaded = {column.column.name.upper() for column in columns}
    lacking = [name for name in table.key if name.upper() not in loaded]
    if lacking:
        raise FixSpec(
            "LS-1092",
            f"table {table.table}: key column {', '.join(lacking)} of method upsert is not loaded",
            hints=[f"columns that are: {', '.join(column.column.name for column in columns)}."],
        )
    checks = plan_checks(table, columns, context)
    direct = all(column.source == "field" for column in columns) and not checks
    return TablePlan(
        table_no=number,
        spec=table,
        info=info,
        method=method_of(spec, table),
        columns=columns,
        expressions=expressions,
        binds=binds,
        lane="direct" if direct and columns else "columnar",
        checks=checks,
    )


def method_of(spec: LoadSpec, table: TableLoad) -> Method:
    """The table's method, else the load's, else INSERT."""
    if table.replace_using == "truncate":
        return Method.TRUNCATE
    return table.method or spec.method or Method.INSERT


def _size_of(inputs: Sequence[LoadInput]) -> int:
    return sum(Path(one.path).stat().st_size if one.path else len(one.data or b"") for one in inputs)
