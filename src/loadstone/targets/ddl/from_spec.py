"""Tables from a spec alone, as wide as its fields need."""

from __future__ import annotations

import re

from loadstone.spec import Field, LoadSpec, Recnum, Sequence, Sysdate, TypeName
from loadstone.targets.ddl.model import DdlColumn, DdlKey, DdlSchema, DdlTable, DdlType

_NUMBERS = {
    TypeName.INTEGER_EXTERNAL,
    TypeName.FLOAT_EXTERNAL,
    TypeName.DECIMAL_EXTERNAL,
    TypeName.ZONED_EXTERNAL,
    TypeName.INTEGER,
    TypeName.SMALLINT,
    TypeName.BYTEINT,
    TypeName.DECIMAL,
    TypeName.ZONED,
    TypeName.NUMBER,
}
_SCALED = re.compile(r'\s*\(?\s*:(?P<own>"[^"]+"|[\w$#]+)\s*[*/]\s*\d+(?:\.\d+)?\s*\)?\s*')
"""An expression that only moves the point of a number: the usual way to say implied decimals."""

_ZONED = {TypeName.TIMESTAMP_TZ, TypeName.TIMESTAMP_LTZ, TypeName.TIME_TZ}
_BYTES = {TypeName.RAW, TypeName.VARRAW, TypeName.LONG_VARRAW, TypeName.VARRAWC}


def tables_from_spec(spec: LoadSpec) -> DdlSchema:
    """The tables of all clauses; several clauses on one table add up their columns."""
    schema = DdlSchema()
    for table in spec.tables:
        made = schema.tables.setdefault(
            table.table.name,
            DdlTable(
                name=table.table.name,
                quoted=table.table.name_quoted,
                schema=table.table.schema_name,
                keys=[DdlKey(columns=list(table.key), primary=True)],
            ),
        )
        known = {column.name for column in made.columns}
        made.columns += [
            DdlColumn(name=one.name, quoted=one.quoted, type=type_of(one))
            for one in table.fields
            if one.filler is None and one.name not in known
        ]
    return schema


def type_of(one: Field) -> DdlType:
    """The Oracle type that a field's values fit in."""
    if isinstance(one.source, Recnum | Sequence):
        return DdlType(name="NUMBER", size=18)
    if isinstance(one.source, Sysdate):
        return DdlType(name="DATE")
    kind = one.type
    if kind is None or one.source is not None:
        return DdlType(name="CLOB")
    if one.sql is not None:
        return DdlType(name="NUMBER" if kind.name in _NUMBERS and _is_scaled(one) else "CLOB")
    if kind.name in _NUMBERS:
        if kind.precision is not None:
            return DdlType(name="NUMBER", size=max(kind.precision, kind.scale or 0), scale=kind.scale or 0)
        return DdlType(name="NUMBER")
    if kind.name in (TypeName.FLOAT, TypeName.DOUBLE):
        return DdlType(name="BINARY_DOUBLE")
    if kind.name is TypeName.DATE:
        return DdlType(name="DATE")
    if kind.name in (TypeName.TIMESTAMP, TypeName.TIME):
        return DdlType(name="TIMESTAMP", size=6)
    if kind.name in _ZONED:
        return DdlType(name="TIMESTAMP TZ", size=6)
    if kind.name in _BYTES:
        return DdlType(name="BLOB")
    if kind.length is not None:
        return DdlType(name="VARCHAR2", size=kind.length, chars=True)
    return DdlType(name="CLOB")


# Private functions


def _is_scaled(one: Field) -> bool:
    found = _SCALED.fullmatch(one.sql or "")
    return found is not None and found["own"].strip('"').upper() == one.name.upper()
