"""The load spec of a file: its feed's own, one of a registered fixed layout, or one proposed from what the file shows."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from loadstone.arrivals.model import Finding, Hold
from loadstone.detect.file import detect_file
from loadstone.detect.propose import identifiers, oracle_charset, propose
from loadstone.detect.structured import is_structured, propose_rows
from loadstone.errors import FixFile
from loadstone.filestore.atomic import write_whole
from loadstone.sources.model import Feed, FixedColumn, FixedLayout
from loadstone.sources.policies import Policy
from loadstone.spec.fields import Field, FieldType, Position, TypeName
from loadstone.spec.files import to_yaml
from loadstone.spec.model import InputFile, LoadSpec, Method, TableLoad, TableName

TEXT_SIZE_MAX = 4000
"""Characters of a text column of a fixed layout at most that need no larger type."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """
    Where a load spec is.

    Attributes:
        create_tables: Whether tables that are missing are made: they are where nobody wrote the spec.
    """

    path: str
    create_tables: bool


def spec_for(feed: Feed, layout: FixedLayout | None, data: Path, folder: Path) -> Found:
    """
    The load spec of a file of ``feed``; one that is not a file yet is written into ``folder``.

    Args:
        layout: The fixed layout that the feed names.

    Raises:
        Hold: There is no such file, or none can be proposed.
    """
    if feed.layout.spec is not None:
        if not os.path.isfile(feed.layout.spec):
            told = f"the load spec of feed {feed.name}, {feed.layout.spec}, is not there"
            raise Hold(Finding(kind="spec", told=told, policy=Policy.HOLD, hints=_MEND))
        return Found(path=os.path.abspath(feed.layout.spec), create_tables=False)
    if feed.layout.inline is not None:
        return _written(feed.layout.inline, folder, create_tables=False)
    if layout is not None:
        encoding = detect_file(data).encoding or "ascii"
        return _written(_of_layout(feed, layout, data, encoding), folder, create_tables=True)
    try:
        shown = detect_file(data)
        structured = is_structured(shown)
        proposed = (propose_rows if structured else propose)(shown, table=feed.name)
    except FixFile as error:
        finding = Finding(
            kind="spec", told=error.message, policy=Policy.HOLD, hints=(*error.hints, *_MEND), code=error.code
        )
        raise Hold(finding) from error
    return _written(proposed, folder, create_tables=True)


# Private functions

_MEND = ("give the feed a layout (spec, inline or fixed), and release the file.",)


def _written(spec: LoadSpec, folder: Path, *, create_tables: bool) -> Found:
    path = folder / "load.yaml"
    write_whole(path, [to_yaml(spec).encode()])
    return Found(path=str(path), create_tables=create_tables)


def _of_layout(feed: Feed, layout: FixedLayout, data: Path, encoding: str) -> LoadSpec:
    names = identifiers([one.name for one in layout.columns])
    fields = tuple(_field(name, one) for name, one in zip(names, layout.columns, strict=True))
    return LoadSpec(
        charset=oracle_charset(encoding),
        inputs=(InputFile(path=str(data)),),
        length_semantics="char",
        method=Method.APPEND,
        tables=(
            TableLoad(
                table=TableName(name=identifiers([feed.name])[0]), trailing_nullcols=True, fields=fields
            ),
        ),
    )


def _field(name: str, column: FixedColumn) -> Field:
    """``V99`` as a mask of a decimal column says that its last two digits are behind the point."""
    position = Position(start=column.start, end=column.end)
    decimals = (column.mask or "").upper().removeprefix("V")
    sql = f":{name} / {10 ** len(decimals)}" if column.type == "decimal" and set(decimals) == {"9"} else None
    return Field(name=name, position=position, type=_type(column), sql=sql)


def _type(column: FixedColumn) -> FieldType:
    match column.type:
        case "integer":
            return FieldType(name=TypeName.INTEGER_EXTERNAL)
        case "decimal":
            return FieldType(name=TypeName.DECIMAL_EXTERNAL)
        case "date":
            return FieldType(name=TypeName.DATE, mask=column.mask)
        case "timestamp":
            return FieldType(name=TypeName.TIMESTAMP, mask=column.mask)
    return FieldType(name=TypeName.CHAR, length=max(TEXT_SIZE_MAX, column.end - column.start + 1))
