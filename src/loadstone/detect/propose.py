"""
A load spec for a file that was recognised: what ``loadstone propose`` writes.

The spec is a proposal to read and keep: names of columns come from the header, types and masks from all rows. What a spec cannot say
(backslashes that escape, a format that is no delimited or fixed-width text) is refused by name.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Any

from loadstone.errors import FixFile, Place
from loadstone.formats.signatures import OTHERS
from loadstone.spec.charsets import CODECS
from loadstone.spec.fields import (
    Condition,
    Delimiter,
    Enclosure,
    Field,
    FieldType,
    Literal,
    Position,
    Test,
    TypeName,
)
from loadstone.spec.model import (
    CsvFormat,
    InputFile,
    LoadSpec,
    Method,
    Options,
    RecordFormat,
    TableLoad,
    TableName,
)

from .columns import Column
from .model import Detection

SIZES = (10, 30, 60, 120, 255, 1000, 4000)
"""Lengths that text columns are given: the first that holds their longest value twice over."""

_RESERVED = frozenset(
    """
    access add all alter and any as asc audit between by char check cluster column comment compress connect create current date decimal default delete
    desc distinct drop else exclusive exists file float for from grant group having identified immediate in increment index initial insert integer
    intersect into is level like lock long maxextents minus mlslabel mode modify noaudit nocompress not nowait null number of offline on online option
    or order pctfree position prior public raw rename resource revoke row rowid rownum rows select session set share size smallint start successful
    synonym sysdate table then to trigger uid union unique update user validate values varchar varchar2 view whenever where with
    constant expression filler recnum sequence terminated enclosed nullif defaultif timestamp interval zoned
    """.split()
)  # fmt: skip


def propose(found: Detection, *, table: str | None = None) -> LoadSpec:
    """
    The spec that loads a recognised file into ``table``, named after the file when None.

    Raises:
        FixFile: LS-2012 the format, its containers or its dialect cannot be said in a spec.
    """
    _refuse(found)
    fixed = found.format == "fwf"
    names = identifiers([column.name for column in found.columns])
    fields = tuple(
        field_of(name, column, fixed=fixed) for name, column in zip(names, found.columns, strict=True)
    )
    delimited: dict[str, Any] = {}
    if not fixed:
        delimited["terminated"] = Delimiter(literal=_literal(found.delimiter or ","))
        if found.quotechar:
            delimited["enclosed"] = Enclosure(left=_literal(found.quotechar), optional=True)
        if found.embedded:
            delimited["csv"] = CsvFormat(embedded=True)
    load = TableLoad(
        table=TableName(name=identifiers([table or stem_of(found)])[0]),
        when=_not_the_trailer(found),
        trailing_nullcols=True,
        fields=fields,
        **delimited,
    )
    skip = found.preamble_lines + found.header_lines
    return LoadSpec(
        options=Options(skip=skip or None),
        charset=oracle_charset(found.encoding or "ascii"),
        inputs=(InputFile(path=found.path, member=member_of(found), record_format=_record_format(found)),),
        length_semantics="char" if fixed and not _single_byte(found.encoding) else None,
        method=Method.APPEND,
        tables=(load,),
    )


def identifiers(names: list[str]) -> list[str]:
    """Names for columns: letters, digits and underscores in upper case, each once, none reserved."""
    made: list[str] = []
    for name in names:
        plain = re.sub(r"\W+", "_", name, flags=re.UNICODE).strip("_").upper()
        plain = re.sub(r"[^A-Z0-9_]", _ascii, plain)[:60] or "COLUMN"
        if not plain[0].isalpha():
            plain = f"C_{plain}"
        if plain.lower() in _RESERVED:
            plain += "_"
        unique, number = plain, 2
        while unique in made:
            unique, number = f"{plain}_{number}", number + 1
        made.append(unique)
    return made


def oracle_charset(codec: str) -> str:
    """Oracle's name of a character set of Python; its own name where Oracle has none."""
    wanted = _canonical(codec.replace("utf-8-sig", "utf-8"))
    if wanted in ("ascii", "utf-8"):
        return "AL32UTF8"
    return next((name for name, known in CODECS.items() if _canonical(known) == wanted), codec)


def member_of(found: Detection) -> str | None:
    """The member of an archive that a spec must name; None where the file is the only one, for its name may change each day."""
    return None if found.single else found.member


def stem_of(found: Detection) -> str:
    """What the table of a file is called: its name up to the first dot."""
    return Path(found.path).name.split(".")[0] or "rows"


def field_of(name: str, column: Column, *, fixed: bool = False) -> Field:
    """The field of a column; at its place where the width of fields is ``fixed``."""
    position = (
        Position(start=column.start + 1, end=column.end) if fixed and column.start is not None else None
    )
    sql = _plain_number(name, column) if column.type == "decimal" else None
    nullif = None
    if column.null_word:
        nullif = Condition(tests=(Test(field=name, literal=Literal(text=column.null_word)),))
    return Field(name=name, position=position, type=_type(column), sql=sql, nullif=nullif)


# Private functions


def _refuse(found: Detection) -> None:
    reason = ""
    if found.format not in ("csv", "tsv", "fwf"):
        reason = f"{found.format} is not delimited or fixed-width text"
    elif found.escapechar:
        reason = f"{found.escapechar} escapes characters, which a load spec cannot say"
    elif any(kind in OTHERS for kind in found.containers):
        reason = f"it is packed in {' in '.join(reversed(found.containers))}"
    elif not found.columns:
        reason = "no column was found"
    if reason:
        raise FixFile(
            "LS-2012",
            f"no load spec can be proposed for {found.path}: {reason}",
            Place(file=found.path),
            hints=["`loadstone detect FILE` shows what the file is, and why."],
        )


def _literal(text: str) -> Literal:
    return (
        Literal(text=text)
        if text.isprintable()
        else Literal(hex=text.encode("latin-1", "replace").hex().upper())
    )


def _record_format(found: Detection) -> RecordFormat:
    end = found.record_terminator or "\n"
    return RecordFormat() if end == "\n" else RecordFormat(kind="str", terminator=Literal(text=end))


def _not_the_trailer(found: Detection) -> Condition | None:
    """Records that begin as the trailer does are none of the table's."""
    if not found.trailer or not found.trailer.isascii():
        return None
    position = Position(start=1, end=len(found.trailer))
    return Condition(tests=(Test(position=position, equal=False, literal=Literal(text=found.trailer)),))


def _canonical(codec: str) -> str:
    """Python's one name of a character set; its own for those that only we know."""
    try:
        return codecs.lookup(codec).name
    except LookupError:
        return codec.lower()


def _single_byte(codec: str | None) -> bool:
    return (
        codec is None
        or codec.startswith(("cp", "iso8859", "mac", "koi8", "ascii"))
        and codec not in ("cp932", "cp949", "cp950")
    )


def _type(column: Column) -> FieldType:
    if column.type == "integer":
        return FieldType(name=TypeName.INTEGER_EXTERNAL)
    if column.type == "decimal":
        return FieldType(name=TypeName.DECIMAL_EXTERNAL)
    if column.type in ("date", "timestamp") and column.oracle_mask:
        zoned = "TZH" in column.oracle_mask
        fraction = "FF" in column.oracle_mask
        kind = TypeName.TIMESTAMP_TZ if zoned else TypeName.TIMESTAMP if fraction else TypeName.DATE
        return FieldType(name=kind, mask=column.oracle_mask)
    size = next((size for size in SIZES if size >= 2 * column.length), max(4000, 2 * column.length))
    return FieldType(name=TypeName.CHAR, length=size)


def _plain_number(name: str, column: Column) -> str | None:
    """The expression that gives a number with commas, or with signs between thousands, its plain form."""
    text = f":{name}"
    if column.grouped:
        for sign in (".", ",", " ", "''"):
            if sign != column.decimal:
                text = f"REPLACE({text}, '{sign}', '')"
    if column.decimal == ",":
        text = f"REPLACE({text}, ',', '.')"
    return text if text != f":{name}" else None


def _ascii(found: re.Match[str]) -> str:
    """A letter without its accent, or an underscore."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", found[0])[0]
    return plain if plain.isascii() and plain.isalnum() else "_"
