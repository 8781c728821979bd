"""What a spec asks for that has no meaning on a target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from loadstone.errors import FixSpec, LoadstoneError, Place
from loadstone.spec import (
    Bfile,
    Field,
    Generated,
    LoadSpec,
    Method,
    TableLoad,
)
from loadstone.spec.structured import structure_faults

if TYPE_CHECKING:
    from loadstone.load.plan.model import LoadPlan, TablePlan


def refusals_of(spec: LoadSpec, kind: str) -> list[LoadstoneError]:
    """Every feature that target ``kind`` refuses, by name, and what has no meaning beside a reading."""
    found = [error for _, error in structure_faults(spec)]
    return found + [
        error for table in spec.tables for error in _table(table, table.method or spec.method, kind)
    ]


def whole_tables(spec: LoadSpec, kind: str) -> list[str]:
    """A warning for each table that is loaded as a whole, where the spec names a partition of it."""
    if kind == "oracle":
        return []
    named = [(str(t.table), t.table.partition or t.table.subpartition) for t in spec.tables]
    return [
        f"table {table}: {kind} has no PARTITION ({part}); rows go to the table"
        for table, part in named
        if part
    ]


def refuse_free_order(plan: LoadPlan) -> None:
    """
    Refuse ``--order free`` where the order of commits would show.

    Raises:
        FixSpec: LS-1099 with every reason: limits, unique keys, triggers, SEQUENCE, NEXTVAL, upsert, --atomic.
    """
    reasons = [*_limits(plan), *(reason for table in plan.tables for reason in _order_matters(table))]
    reasons += _numbered(plan)
    if plan.request.atomic:
        reasons.append("--atomic publishes in record order")
    if reasons:
        raise FixSpec(
            "LS-1099",
            f"--order free cannot be: {'; '.join(dict.fromkeys(reasons))}",
            Place(file=plan.request.spec_path),
            hints=["leave it out: chunks commit in file order then, and are still sent in parallel."],
        )


def why_staged_in_order(plan: LoadPlan) -> list[str]:
    """Why chunks of an all-or-nothing load, which are published in record order, must be staged in it too."""
    return [*_limits(plan), *_numbered(plan)]


# Private functions


def _limits(plan: LoadPlan) -> Iterator[str]:
    if plan.limits.errors is not None:
        yield f"ERRORS={plan.limits.errors} stops at a record (--errors -1 does not)"
    if plan.limits.load is not None:
        yield f"LOAD={plan.limits.load} stops at a record"
    if any(plan.discardmax(one.input_no) is not None for one in plan.inputs):
        yield "DISCARDMAX stops at a record"


def _order_matters(table: TablePlan) -> Iterator[str]:
    name = str(table.spec.table)
    if table.info.unique:
        yield f"table {name} has a unique key, and the first of two duplicates wins"
    if not table.info.parallel_safe:
        yield f"table {name} has triggers, or defaults that draw from a sequence"
    if table.method is Method.UPSERT:
        yield f"table {name} is upserted, and the last of two records wins"


def _numbered(plan: LoadPlan) -> Iterator[str]:
    for table in plan.tables:
        name = str(table.spec.table)
        if any(column.source == "sequence" for column in table.columns):
            yield f"table {name} has a SEQUENCE column"
        if any(expression.compiled.sequences for expression in table.expressions):
            yield f"an expression of table {name} draws from a sequence"


def _table(table: TableLoad, method: Method | None, kind: str) -> Iterator[LoadstoneError]:
    name = str(table.table)
    if table.object_id:
        yield _refusal(f"table {name}: {table.object_id[0]} (object tables)", kind, name)
    part = table.table.partition or table.table.subpartition
    if part and kind != "oracle" and method in (Method.REPLACE, Method.TRUNCATE):
        # Emptying the table would take the rows of its other partitions.
        yield _refusal(f"table {name}: {method.upper()} of PARTITION ({part})", kind, name)
    if (table.method is Method.UPSERT) and not table.key:
        yield FixSpec(
            "LS-1092",
            f"table {name}: method upsert needs key columns",
            Place(field=name),
            hints=["list them under `key`."],
        )
    for one in table.fields:
        yield from _field(one, kind)


def _field(one: Field, kind: str) -> Iterator[LoadstoneError]:
    if one.nested is not None:
        yield _refusal(f"field {one.name}: {one.nested.replace('_', ' ').upper()}", kind, one.name)
    elif isinstance(one.source, Bfile):
        yield _refusal(f"field {one.name}: BFILE", kind, one.name)
    elif isinstance(one.source, Generated):
        yield _refusal(f"field {one.name}: {one.source.kind.upper()}", kind, one.name)
    elif one.lobs_share_file:
        yield FixSpec(
            "LS-1083",
            f"field {one.name}: the LOBFILE holds several values; each file is read as one value here",
            Place(field=one.name),
            hints=["write TERMINATED BY EOF, with a file for each value."],
        )


def _refusal(what: str, kind: str, place: str) -> LoadstoneError:
    return FixSpec(
        "LS-1093",
        f"{what} has no meaning on {kind}",
        Place(field=place),
        hints=["map its parts to plain columns."],
    )
