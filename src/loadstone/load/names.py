"""FIELD NAMES: the first record of a data file names its fields, and their order there is the order of the data."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loadstone.errors import FixFile, FixSpec, Place
from loadstone.formats.charsets import charset
from loadstone.formats.inputs import read_fully
from loadstone.formats.sources import open_source
from loadstone.load.inputs import LoadInput
from loadstone.spec import Field, FieldNames, Literal, LoadSpec, TableLoad

NAMES_SIZE_MAX_BYTES = 1 << 20
"""The longest record of names."""

_NAMED = (FieldNames.FIRST_FILE, FieldNames.ALL_FILES)


def order_by_names(spec: LoadSpec, inputs: Sequence[LoadInput], charsets: Sequence[str]) -> LoadSpec:
    """
    The spec with its fields in the order of the data's own names; names without a field are passed over.

    IGNORE leaves the order as it is. Generated fields stay, for they take nothing from the record.

    Raises:
        FixSpec: LS-1096 several tables, or fields that are not delimited.
        FixFile: LS-2006 a field is not named, a name stands twice, or another file has another order.
    """
    if spec.field_names not in _NAMED or not inputs:
        return spec
    table = _judged(spec)
    named = inputs if spec.field_names is FieldNames.ALL_FILES else inputs[:1]
    orders = [_names(spec, table, one, name) for one, name in zip(named, charsets, strict=False)]
    fields = _ordered(table, orders[0], named[0].name)
    for one, order in zip(named, orders, strict=True):
        if [name.upper() for name in order] != [name.upper() for name in orders[0]]:
            raise FixFile(
                "LS-2006",
                f"{one.name} names its fields in another order than {named[0].name}",
                Place(file=one.name, record_no=1),
                hints=["load it by itself."],
            )
    return spec.model_copy(update={"tables": (table.model_copy(update={"fields": fields}),)})


# Private functions


def _judged(spec: LoadSpec) -> TableLoad:
    table = spec.tables[0]
    if len(spec.tables) > 1 or not table.delimited:
        raise FixSpec(
            "LS-1096",
            "FIELD NAMES orders the delimited fields of one table, and this spec has others",
            hints=["FIELD NAMES ... IGNORE passes the record over and keeps the order of the spec."],
        )
    return table


def _ordered(table: TableLoad, order: list[str], file: str) -> tuple[Field, ...]:
    left = {one.name.upper(): one for one in table.fields if one.source is None}
    fields = [one for one in table.fields if one.source is not None]
    lacking = sorted(set(left) - {name.upper() for name in order})
    twice = sorted({name for name in order if [n.upper() for n in order].count(name.upper()) > 1})
    if lacking or twice:
        told = f"does not name {', '.join(lacking)}" if lacking else f"names {', '.join(twice)} twice"
        raise FixFile(
            "LS-2006",
            f"the first record of {file} {told}; it has {', '.join(order)}",
            Place(file=file, record_no=1),
            hints=[
                "does the file begin with the names of its fields?",
                "FIELD NAMES ... IGNORE passes them over.",
            ],
        )
    for name in order:
        fields.append(left.get(name.upper()) or Field(name=name.upper(), filler="filler"))
    return tuple(fields)


def _names(spec: LoadSpec, table: TableLoad, one: LoadInput, charset_name: str) -> list[str]:
    """The names in the first record of an input."""
    used = charset(charset_name)
    with open_source(one.source) as stream:
        sample = read_fully(stream, NAMES_SIZE_MAX_BYTES, name=one.name)
    text = sample.decode(used.codec, "replace").removeprefix("\ufeff")
    ending = one.spec.record_format.terminator
    line = text.partition(_text(ending, used.codec) if ending is not None else "\n")[0].rstrip("\r\n")
    plain = next((f for f in table.fields if f.source is None), Field(name="*"))
    terminated, enclosed = table.delimiters(plain)
    quote = _text(enclosed.left, used.codec) if enclosed is not None else None
    if terminated is None or terminated.literal is None:
        parts = line.split()
    else:
        parts = _split(line, _text(terminated.literal, used.codec), quote)
    return [part.strip() for part in parts]


def _split(line: str, comma: str, quote: str | None) -> list[str]:
    if quote is None:
        return line.split(comma)
    mark, end = re.escape(quote), re.escape(comma)
    found = re.findall(
        rf"\s*{mark}((?:[^{mark}]|{mark}{mark})*){mark}\s*(?:{end}|$)|((?:(?!{end}).)*)(?:{end}|$)", line
    )
    parts = [inside.replace(quote * 2, quote) or outside for inside, outside in found]
    return parts[:-1] if not line.endswith(comma) and parts and parts[-1] == "" else parts


def _text(literal: Literal, codec: str) -> str:
    return (
        bytes.fromhex(literal.hex).decode(codec, "replace") if literal.hex is not None else literal.text or ""
    )
