"""Specs whose inputs have a ``reading``: what may not stand in them, and what their records are cut by."""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.errors import FixSpec, Place
from loadstone.spec.documents import Keys
from loadstone.spec.fields import Delimiter, Field, FieldType, Literal, TypeName
from loadstone.spec.model import InputFile, LoadSpec, RecordFormat, TableLoad

ORIGIN = "(origin)"
"""The filler in front of a table's fields that holds where a record stands in its file; no column can have its name."""

ORIGIN_SIZE_MAX_BYTES = 4000

_TEXT = {
    TypeName.CHAR,
    TypeName.INTEGER_EXTERNAL,
    TypeName.FLOAT_EXTERNAL,
    TypeName.DECIMAL_EXTERNAL,
    TypeName.ZONED_EXTERNAL,
    TypeName.DATE,
    TypeName.TIME,
    TypeName.TIME_TZ,
    TypeName.TIMESTAMP,
    TypeName.TIMESTAMP_TZ,
    TypeName.TIMESTAMP_LTZ,
    TypeName.INTERVAL_YM,
    TypeName.INTERVAL_DS,
    TypeName.NUMBER,
    TypeName.VARCHAR2,
}
_FRAME = RecordFormat(kind="str", terminator=Literal(hex="FE"))
_ENDED = Delimiter(literal=Literal(hex="FF"))


def is_structured(spec: LoadSpec) -> bool:
    """Whether readers give the rows."""
    return any(one.reading is not None for one in spec.inputs)


def wanted_names(spec: LoadSpec) -> tuple[str, ...]:
    """Fields that take something from the record, all tables in order."""
    return tuple(one.name for table in spec.tables for one in table.fields if one.source is None)


def framed_input(clause: InputFile) -> InputFile:
    """The clause of an input as its framed records are cut; one without a reading as it is."""
    return clause if clause.reading is None else clause.model_copy(update={"record_format": _FRAME})


def framed_spec(spec: LoadSpec) -> LoadSpec:
    """The spec for framed records: each field ends in FF, and where a record stands comes first."""
    if not is_structured(spec):
        return spec
    origin = Field(
        name=ORIGIN, filler="filler", type=FieldType(name=TypeName.CHAR, length=ORIGIN_SIZE_MAX_BYTES)
    )
    tables = [
        table.model_copy(update={"terminated": _ENDED, "trailing_nullcols": False}) for table in spec.tables
    ]
    tables[0] = tables[0].model_copy(update={"fields": (origin, *tables[0].fields)})
    return spec.model_copy(update={"tables": tuple(tables)})


def shown_spec(spec: LoadSpec) -> LoadSpec:
    """A framed spec as its log shows it: without the filler that nobody wrote."""
    first = spec.tables[0]
    fields = tuple(one for one in first.fields if one.name != ORIGIN)
    return spec.model_copy(update={"tables": (first.model_copy(update={"fields": fields}), *spec.tables[1:])})


def structure_faults(spec: LoadSpec) -> Iterator[tuple[Keys, FixSpec]]:
    """
    What has no meaning beside a reading, with its place in the document: LS-1110 a clause about bytes, LS-1111 no fields.
    """
    if not is_structured(spec):
        return
    for number, one in enumerate(spec.inputs):
        if one.reading is None:
            yield ("inputs", number), _meaningless("an input without a reading")
        if one.record_format != RecordFormat():
            yield ("inputs", number, "record_format"), _meaningless("record_format")
    for name in ("charset", "byte_order", "byte_order_mark", "field_names", "assemble"):
        if getattr(spec, name) is not None:
            yield (name,), _meaningless(name)
    for number, table in enumerate(spec.tables):
        yield from _table_faults(number, table)
    if not any(one.source is None for one in spec.tables[0].fields):
        fault = "a load of rows that a reader gives needs the fields of its first table, one of them from the file"
        yield (
            ("tables", 0),
            FixSpec("LS-1111", fault, hints=["`loadstone propose FILE` lists the fields of a file."]),
        )


# Private functions


def _table_faults(number: int, table: TableLoad) -> Iterator[tuple[Keys, FixSpec]]:
    for name in ("csv", "terminated", "enclosed"):
        if getattr(table, name) is not None:
            yield ("tables", number, name), _meaningless(f"{name} of table {table.table}")
    tests = table.when.tests if table.when is not None else ()
    if any(test.position is not None for test in tests):
        yield ("tables", number, "when"), _meaningless(f"a position in WHEN of table {table.table}")
    for place, one in enumerate(table.fields):
        for what in _field_faults(one):
            yield ("tables", number, "fields", place), _meaningless(f"{what} of field {one.name}")


def _field_faults(one: Field) -> Iterator[str]:
    for name in ("position", "terminated", "enclosed"):
        if getattr(one, name) is not None:
            yield name
    if one.source is None and one.type is not None and one.type.name not in _TEXT:
        yield f"type {one.type.name}"
    for name in ("nullif", "defaultif"):
        condition = getattr(one, name)
        if condition is not None and any(test.position is not None for test in condition.tests):
            yield f"a position in {name}"


def _meaningless(what: str) -> FixSpec:
    return FixSpec(
        "LS-1110",
        f"{what} has no meaning where a reading gives the rows",
        Place(),
        hints=["leave it out: a reading gives each value as text, by the name of its column."],
    )
