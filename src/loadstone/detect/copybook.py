"""
A load spec from a copybook: what ``loadstone propose --copybook`` writes.

Where all records have the same fields at the same places, in a form that fixed-width fields of a control file have, the spec is an ordinary
one, which the fast lanes load; else it reads the file by its copybook.
"""

from __future__ import annotations

from pathlib import Path

from loadstone.errors import FixFile, Place
from loadstone.formats.inputs import open_input, size_of
from loadstone.formats.readers.copybook import Item, Usage, parse_copybook
from loadstone.formats.readers.copybook import layout as layouts
from loadstone.formats.readers.copybook.frames import Framing, frames_of
from loadstone.formats.readers.copybook.items import Sign
from loadstone.spec import CopybookReading
from loadstone.spec.fields import Condition, Field, FieldType, Position, Test, TypeName
from loadstone.spec.model import InputFile, LoadSpec, Method, RecordFormat, TableLoad, TableName

from .propose import SIZES, identifiers, oracle_charset

NUMBER_DIGITS_MAX = 38


def propose_copybook(
    path: str, copybook: str, *, encoding: str, framing: str | None = None, table: str | None = None
) -> LoadSpec:
    """
    The spec that loads the file at ``path`` by the text of its copybook; ``framing`` is found from the file when None.

    Raises:
        FixSpec: LS-1120, LS-1121 the copybook. FixFile: LS-2012 the file's records have no framing that fits to its end.
    """
    layout = layouts.Layout(parse_copybook(copybook))
    kind = Framing(framing) if framing else _framing(path, layout)
    names = identifiers(list(layout.columns))
    plain = _plain_fields(layout, names) if kind is Framing.FIXED else None
    loaded = InputFile(path=path, record_format=RecordFormat(kind="fix", size=layout.size))
    if plain is None:
        reading = CopybookReading(copybook=copybook, encoding=encoding, records=kind.value)
        loaded = InputFile(path=path, reading=reading)
    load = TableLoad(
        table=TableName(name=identifiers([table or Path(path).name.split(".")[0] or "rows"])[0]),
        trailing_nullcols=True,
        fields=plain
        or tuple(_text_field(name, item) for name, item in zip(names, layout.items, strict=True)),
    )
    return LoadSpec(
        charset=oracle_charset(encoding) if plain is not None else None,
        byte_order="big" if plain is not None else None,
        inputs=(loaded,),
        method=Method.APPEND,
        tables=(load,),
    )


# Private functions


def _framing(path: str, layout: layouts.Layout) -> Framing:
    """The first way of telling records apart that goes on to the very end of the file; fixed size where that divides it."""
    size = size_of(path)
    if size and layout.is_plain and size % layout.size == 0:
        return Framing.FIXED
    for framing in (Framing.RDW, Framing.BDW, Framing.RDW_EXCLUSIVE, Framing.RDW_LITTLE):
        if _fits(path, framing, layout.size):
            return framing
    raise FixFile(
        "LS-2012",
        f"{size or 0:,} bytes are no records of {layout.size:,}, and no descriptors of records lead to the end",
        Place(file=path),
        hints=["is it the right copybook? does the file have a header of its own?", "--records says how records are told apart."],
    )  # fmt: skip


def _fits(path: str, framing: Framing, size: int) -> bool:
    with open_input(path) as stream:
        try:
            longest = max(
                (len(record) for record in frames_of(stream, framing, size=size, name=path)), default=0
            )
        except FixFile:
            return False
    return 0 < longest <= size


def _plain_fields(layout: layouts.Layout, names: list[str]) -> tuple[Field, ...] | None:
    """Fields at fixed positions; None where one has no such form."""
    if not layout.is_plain:
        return None
    fields: list[Field] = []
    for place in layout.places(lambda item, offset: None):
        kind = _plain_type(place.item)
        if kind is None:
            return None
        position = Position(start=place.offset + 1, end=place.offset + place.item.single_size)
        blank = None
        if kind.name is TypeName.ZONED:
            blank = Condition(tests=(Test(position=position, blanks=True),))
        fields.append(Field(name=names[place.column], position=position, type=kind, nullif=blank))
    return tuple(fields)


def _plain_type(item: Item) -> FieldType | None:
    picture, usage = item.picture, item.usage
    if picture is None or usage in (Usage.NATIONAL, Usage.PACKED_UNSIGNED):
        return None
    if not picture.numeric:
        return FieldType(name=TypeName.CHAR, length=item.single_size)
    if picture.scale < 0 or picture.scale > picture.digits or picture.digits > NUMBER_DIGITS_MAX:
        return None
    if usage is Usage.PACKED:
        # a packed number of an even count of digits has one more, which is zero
        return FieldType(name=TypeName.DECIMAL, precision=picture.digits, scale=picture.scale)
    if usage is Usage.BINARY:
        whole = picture.scale == 0 and item.single_size <= 8
        unsigned = None if picture.signed else True
        return FieldType(name=TypeName.INTEGER, length=item.single_size, unsigned=unsigned) if whole else None
    if item.sign not in (None, Sign.TRAILING):
        return None
    return FieldType(name=TypeName.ZONED, precision=picture.digits, scale=picture.scale)


def _text_field(name: str, item: Item) -> Field:
    """A field of a row that the reader gives as text."""
    if item.picture is not None and not item.picture.numeric:
        longest = item.picture.size
        size = next((size for size in SIZES if size >= longest), longest)
        return Field(name=name, type=FieldType(name=TypeName.CHAR, length=size))
    return Field(name=name, type=FieldType(name=TypeName.DECIMAL_EXTERNAL))
