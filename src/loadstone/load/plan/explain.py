"""What a plan says of itself."""

from __future__ import annotations

from typing import Any

from loadstone.load.plan.model import ColumnPlan, LoadPlan, TablePlan
from loadstone.targets.urls import safe_url


def explain(plan: LoadPlan) -> dict[str, Any]:
    """The plan as JSON values: inputs, record setting, lanes, and what each column is made of."""
    return {
        "target": {"kind": plan.target.kind, "url": safe_url(plan.request.target), "rows": plan.target.form},
        "kernel": "compiled" if plan.compiled else "plain",
        "inputs": [
            {
                "name": one.name,
                "records": one.spec.record_format.model_dump(mode="json", exclude_none=True),
                "charset": charset,
                "bad": one.bad,
                "discard": one.discard,
            }
            for one, charset in zip(plan.inputs, plan.charsets, strict=True)
        ],
        "limits": {"skip": plan.limits.skip, "load": plan.limits.load, "errors": plan.limits.errors},
        "tables": [_table(table, compiled=plan.compiled) for table in plan.tables],
        "warnings": list(plan.warnings),
    }


# Private functions


def _table(table: TablePlan, *, compiled: bool) -> dict[str, Any]:
    return {
        "table": str(table.spec.table),
        "stands_for": f"{table.info.schema}.{table.info.name}" if table.info.schema else table.info.name,
        "method": table.method.value,
        "lane": table.lane,
        "when": table.spec.when.model_dump(mode="json", exclude_defaults=True) if table.spec.when else None,
        "columns": [_column(table, column, compiled=compiled) for column in table.columns],
    }


def _column(table: TablePlan, column: ColumnPlan, *, compiled: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "column": column.column.name,
        "type": column.column.type.declared or column.column.type.kind.name.lower(),
        "from": column.source,
    }
    if column.sql:
        told["sql"], told["by"] = column.sql, "conversion"
    if column.source == "expression":
        expression = table.expressions[column.index]
        told["sql"], told["by"] = expression.compiled.sql, expression.by(compiled=compiled)
        if told["by"] == "rows":
            told["why_rows"] = expression.declined or "the input is small"
    if column.source == "constant":
        told["value"] = column.constant
    if column.conversion.mask:
        told["mask"] = column.conversion.mask
    for one in table.checks:
        if table.columns[one.column] is column:
            told["checks"] = [asked for _, asked in one.rules]
    if column.conversion.not_null:
        told["not_null"] = True
    return told
