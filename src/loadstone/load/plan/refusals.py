"""What a spec asks for that has no meaning on a target."""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.errors import FixSpec, LoadstoneError, Place
from loadstone.spec import Bfile, Field, Generated, LoadSpec, Method, TableLoad


def refusals_of(spec: LoadSpec, kind: str) -> list[LoadstoneError]:
    """Every feature that target ``kind`` refuses, by name."""
    return [error for table in spec.tables for error in _table(table, kind)]


# Private functions


def _table(table: TableLoad, kind: str) -> Iterator[LoadstoneError]:
    name = str(table.table)
    if table.object_id:
        yield _refusal(f"table {name}: {table.object_id[0]} (object tables)", kind, name)
    if table.table.partition or table.table.subpartition:
        part = table.table.partition or table.table.subpartition
        if kind != "oracle":
            yield _refusal(f"table {name}: PARTITION ({part})", kind, name)
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


def _refusal(what: str, kind: str, place: str) -> LoadstoneError:
    return FixSpec(
        "LS-1093",
        f"{what} has no meaning on {kind}",
        Place(field=place),
        hints=["map its parts to plain columns."],
    )
