"""
What changed in the form of a feed's files: this one against the last that was accepted.

Only what differs is told, in words and with both sides. What becomes of it (accept, warn, hold) is the feed's to say,
kind by kind; this knows no policies. A difference that the data of one day may make by chance is none: see ``shape.fits``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from statistics import median

from .pairing import Pairs, moved, pair
from .shape import Shape, ShapeColumn, fits, is_within

VOLUME_MIN = 20
"""Records below which a file is small, and its size says nothing."""

NULLS_JUMP = 0.25
"""By how much the share of empty values must rise to be told."""

KINDS = (
    "format", "container", "encoding", "dialect", "header", "width", "added", "removed", "renamed", "moved", "type", "mask", "nulls", "volume",
)  # fmt: skip
"""All kinds of findings, in the order in which they are told."""


@dataclass(frozen=True)
class Drift:
    """
    One difference.

    Attributes:
        kind: One of ``KINDS``.
        told: The whole of it in a sentence.
        was: The side of the last accepted file; empty for a column that is new.
        now: The side of this file; empty for a column that is missing.
        column: Name of the column that it is about; empty where it is about the file.
    """

    kind: str
    told: str
    was: str = ""
    now: str = ""
    column: str = ""


def drift_of(
    before: Shape, now: Shape, *, volumes: Sequence[int] = (), volume_ratio: float = 3.0
) -> list[Drift]:
    """
    Every difference of a file's shape from that of the last accepted one.

    Args:
        volumes: Records of files accepted before, any number of them; those of ``before`` when empty.
        volume_ratio: How many times more or fewer records than their median is far.
    """
    found = [*_format(before, now), *_text(before, now)]
    if before.family == now.family:
        found += [*_columns(before, now)]
    found += _volume(before, now, volumes, volume_ratio)
    return sorted(found, key=lambda one: KINDS.index(one.kind))


# Private functions


def _format(before: Shape, now: Shape) -> Iterator[Drift]:
    old, new = (
        " in ".join([shape.format + f" {shape.variant}".rstrip(), *reversed(shape.containers)])
        for shape in (before, now)
    )
    if (before.family, before.variant) != (now.family, now.variant):
        yield Drift("format", f"the file is {new}, the last one was {old}", old, new)
    elif before.containers != now.containers:
        yield Drift("container", f"the file is {new}, the last one was {old}", old, new)


def _text(before: Shape, now: Shape) -> Iterator[Drift]:
    old, new = before.encoding, now.encoding
    if old and new and not is_within(new, old) and not is_within(old, new):
        yield Drift("encoding", f"the character set is {new}, it was {old}", old, new)
    if before.family != now.family:
        return
    for name, was, is_ in (
        ("delimiter", before.delimiter, now.delimiter),
        ("quote", before.quotechar, now.quotechar),
        ("record end", before.terminator, now.terminator),
    ):
        if was and is_ and was != is_:  # a file whose fields need no quotes shows none
            yield Drift("dialect", f"the {name} is {is_!r}, it was {was!r}", repr(was), repr(is_))
    if before.width and now.width and before.width != now.width:
        yield Drift(
            "width",
            f"records have {now.width} characters, they had {before.width}",
            str(before.width),
            str(now.width),
        )


def _columns(before: Shape, now: Shape) -> Iterator[Drift]:
    if not before.columns or not now.columns:
        return
    if bool(before.has_header) != bool(now.has_header) and now.records:
        was, is_ = ("a row of names" if shape.has_header else "no row of names" for shape in (before, now))
        yield Drift("header", f"the file has {is_} above its records, the last one had {was}", was, is_)
    if before.has_header and now.has_header:
        yield from _named(before.columns, now.columns)
    elif before.family != "fixed":
        yield from _numbered(before.columns, now.columns)


def _named(old: Sequence[ShapeColumn], new: Sequence[ShapeColumn]) -> Iterator[Drift]:
    pairs = pair(old, new)
    for one, other, why in pairs.renamed:
        yield Drift(
            "renamed", f"column {one.name} is now {other.name}: {why}", one.name, other.name, other.name
        )
    yield from _lost(pairs, old, new)
    for other, ahead in moved(pairs, new):
        place = f"behind {ahead.name}" if ahead else "first"
        one = next(a for a, b in pairs.kept if b is other)
        was = f"field {old.index(one) + 1}"
        told = f"column {other.name} was {was}, and is {place} now"
        yield Drift("moved", told, was, f"field {new.index(other) + 1}", other.name)
    for one, other in pairs.kept:
        yield from _values(f"column {other.name}", one, other)


def _lost(pairs: Pairs, old: Sequence[ShapeColumn], new: Sequence[ShapeColumn]) -> Iterator[Drift]:
    for one in pairs.removed:
        yield Drift(
            "removed",
            f"column {one.name} ({one.type}), which was field {old.index(one) + 1} of {len(old)}, is missing",
            one.name,
            "",
            one.name,
        )
    for one in pairs.added:
        yield Drift(
            "added",
            f"column {one.name} ({one.type}) is new, as field {new.index(one) + 1} of {len(new)}",
            "",
            one.name,
            one.name,
        )


def _numbered(old: Sequence[ShapeColumn], new: Sequence[ShapeColumn]) -> Iterator[Drift]:
    """Columns that have no names: those that came or went are told by the kinds of their neighbours."""
    if len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True), 1):
            yield from _values(f"field {number}", one, other)
        return
    was, is_ = ([(one.type, one.masks[:1], one.personal) for one in columns] for columns in (old, new))
    for step, a, b, c, d in SequenceMatcher(None, was, is_, autojunk=False).get_opcodes():
        if step == "equal":
            continue
        for number in range(a, b):
            yield Drift(
                "removed",
                f"field {number + 1} ({old[number].type}) is missing: records have {len(new)} fields, they had {len(old)}",
                f"field {number + 1}",
                "",
                old[number].name,
            )
        for number in range(c, d):
            yield Drift(
                "added",
                f"field {number + 1} ({new[number].type}) is new: records have {len(new)} fields, they had {len(old)}",
                "",
                f"field {number + 1}",
                new[number].name,
            )


def _values(place: str, old: ShapeColumn, new: ShapeColumn) -> Iterator[Drift]:
    """Type, mask, decimal sign, lengths and empty values of a column."""
    if not fits(old, new):
        yield Drift("type", f"{place} holds {new.type}, it held {old.type}", old.type, new.type, new.name)
    elif old.type == new.type and old.masks and new.masks and not set(old.masks) & set(new.masks):
        was, is_ = old.masks[0], new.masks[0]
        yield Drift("mask", f"{place} is written {is_}, it was {was}", was, is_, new.name)
    elif old.decimal and new.decimal and old.decimal != new.decimal:
        was, is_ = old.decimal, new.decimal
        yield Drift("mask", f"{place} has the decimal sign {is_!r}, it was {was!r}", was, is_, new.name)
    if old.type == new.type == "string" and _one_length(old) and not new.empty and new.length > old.length:
        yield Drift(
            "width",
            f"{place} has values of {new.length} characters, all had {old.length}",
            str(old.length),
            str(new.length),
            new.name,
        )
    if new.nulls - old.nulls >= NULLS_JUMP:
        was, is_ = f"{old.nulls:.0%}", f"{new.nulls:.0%}"
        yield Drift("nulls", f"{place} is empty in {is_} of the records, it was in {was}", was, is_, new.name)


def _one_length(column: ShapeColumn) -> bool:
    return not column.empty and column.shortest == column.length and column.length > 1


def _volume(before: Shape, now: Shape, volumes: Sequence[int], ratio: float) -> Iterator[Drift]:
    history = list(volumes) or ([before.records] if before.records is not None else [])
    records = now.records if now.records is not None else 0 if now.format == "empty" else None
    if records is None or not history or not now.exact:
        return
    usual = median(history)
    if max(records, usual) < VOLUME_MIN and not (usual and not records):
        return
    if records > usual * ratio or records * ratio < usual:
        yield Drift(
            "volume",
            f"it has {records:,} records, usual are {usual:,.0f} (the median of {len(history)} files)",
            f"{usual:,.0f}",
            f"{records:,}",
        )
