"""
The form of a file, small enough to keep with a feed: what the next file of that feed is compared with.

It holds no value of the file: columns of few different values keep checksums of them, personal columns none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .columns import Column
from .model import Detection

FAMILIES = {"csv": "delimited", "tsv": "delimited", "text": "delimited", "fwf": "fixed"}
"""Formats that differ in their dialect only."""


@dataclass(frozen=True)
class ShapeColumn:
    """
    A column of a shape.

    Attributes:
        masks: Date masks in terms of ``strftime`` that fit all its values; several where that is ambiguous.
        shortest: Characters of its shortest value, and ``length`` those of its longest; 0 where all are empty.
        nulls: Share of its values that are empty, 0 to 1.
        sketch: Checksums of its different values, where they are few.
    """

    name: str
    type: str = "string"
    masks: tuple[str, ...] = ()
    decimal: str | None = None
    shortest: int = 0
    length: int = 0
    nulls: float = 0.0
    personal: str | None = None
    sketch: tuple[int, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether no value was seen, so that nothing is known of its type."""
        return self.length == 0


@dataclass(frozen=True)
class Shape:
    """
    What a file looks like.

    Attributes:
        width: Characters of a record of fixed-width text; None for others.
        records: Records of the table; None where there is none. In a file over 64 MiB those of its first part, see ``exact``.
        columns: In the order of the file.
    """

    format: str
    variant: str = ""
    containers: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    quotechar: str | None = None
    terminator: str | None = None
    has_header: bool | None = None
    width: int | None = None
    records: int | None = None
    exact: bool = True
    columns: tuple[ShapeColumn, ...] = field(default=())

    @property
    def family(self) -> str:
        """Its format, with delimited text of any dialect as ``delimited``."""
        return FAMILIES.get(self.format, self.format)

    def to_json(self) -> dict[str, Any]:
        """For keeping; ``shape_from`` reads it."""
        return asdict(self)


def shape_of(found: Detection) -> Shape:
    """The shape of a file that was recognised."""
    fixed = found.format == "fwf" and bool(found.columns)
    return Shape(
        format=found.format,
        variant=found.variant,
        containers=tuple(found.containers),
        encoding=found.encoding,
        delimiter=found.delimiter,
        quotechar=found.quotechar,
        terminator=found.record_terminator,
        has_header=found.has_header,
        width=max(column.end or 0 for column in found.columns) if fixed else None,
        records=found.records,
        exact=found.records_exact,
        columns=tuple(_column(column, found.records) for column in found.columns),
    )


def shape_from(kept: Mapping[str, Any]) -> Shape:
    """The shape that ``to_json`` gave, also after its way through JSON; fields of a later release are left out."""
    columns = tuple(ShapeColumn(**_known(ShapeColumn, column)) for column in kept.get("columns", ()))
    return Shape(**{**_known(Shape, kept), "columns": columns})


def widened(before: Shape | None, now: Shape) -> Shape:
    """
    What the next file is compared with, once this one was accepted: where its data say less than those before, what those said.

    A day without cents does not make an amount a whole number, and a day without umlauts not the file ASCII.
    """
    if before is None or before.family != now.family or _names(before) != _names(now):
        return now
    columns = tuple(_wider(old, new) for old, new in zip(before.columns, now.columns, strict=True))
    encoding = before.encoding if is_within(now.encoding, before.encoding) else now.encoding
    return replace(now, columns=columns, encoding=encoding, quotechar=now.quotechar or before.quotechar)


def fits(old: ShapeColumn, new: ShapeColumn) -> bool:
    """Whether the values of a column go where those before went, masks aside."""
    if old.empty or new.empty or old.type in (new.type, "string"):
        return True
    if old.type in ("integer", "decimal") and new.type in ("integer", "date", "time", "timestamp"):
        return new.type == "integer" or all(_is_digits(mask) for mask in new.masks)
    return False


def is_within(encoding: str | None, other: str | None) -> bool:
    """Whether all text of one character set reads the same in the other."""
    if encoding == other:
        return True
    if encoding == "ascii":
        return other is not None and not other.startswith(("utf-16", "utf-32", "utf_16", "utf_32"))
    return {encoding, other} == {"cp1252", "iso8859-1"}


# Private functions


def _column(column: Column, records: int | None) -> ShapeColumn:
    masks = tuple(mask for mask in (column.mask, *column.ambiguous) if mask)
    return ShapeColumn(
        name=column.name,
        type=column.type,
        masks=masks if column.mask else (),
        decimal=column.decimal if column.decimal and not column.ambiguous else None,
        shortest=column.shortest,
        length=column.length,
        nulls=round(column.nulls / records, 4) if records else 0.0,
        personal=column.personal,
        sketch=column.sketch,
    )


def _known(kind: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    fields = kind.__dataclass_fields__
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in values.items()
        if name in fields
    }


def _names(shape: Shape) -> Sequence[str]:
    return [column.name for column in shape.columns]


def _is_digits(mask: str) -> bool:
    return not any(letter in mask for letter in " -/.:,TZb")


def _wider(old: ShapeColumn, new: ShapeColumn) -> ShapeColumn:
    if new.empty:
        return replace(old, nulls=new.nulls)
    if old.empty or not fits(old, new):
        return new
    masks = tuple(mask for mask in old.masks if mask in new.masks) if old.type == new.type else old.masks
    return replace(
        new,
        type=old.type,
        masks=masks or new.masks,
        decimal=new.decimal or old.decimal,
        shortest=min(old.shortest, new.shortest),
        length=max(old.length, new.length),
        personal=new.personal or old.personal,
        sketch=tuple(sorted({*old.sketch, *new.sketch})) if old.sketch and new.sketch else new.sketch,
    )
