"""What changed in the form of a feed's files: this one against the last that was accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from loadstone.arrivals.model import Finding
from loadstone.arrivals.shape import family, fits, is_within
from loadstone.sources.policies import DriftPolicy, Policy

VOLUME_MIN = 20
"""Records below which a file is small, and its size says nothing."""


def drift_of(before: Mapping[str, Any], shape: Mapping[str, Any], policy: DriftPolicy) -> list[Finding]:
    """Every difference, named, with what the feed says becomes of it; those that it accepts are left out."""
    found = [
        *_format(before, shape),
        *_text(before, shape),
        *_columns(before, shape),
        *_volume(before, shape, policy),
    ]
    kept = []
    for kind, told in found:
        wanted: Policy = getattr(policy, kind)
        if wanted is not Policy.ACCEPT:
            kept.append(
                Finding(kind=f"drift.{kind}", told=told, policy=wanted, hints=_HINTS if wanted is Policy.HOLD else ())
            )
    return kept


# Private functions

Told = Iterator[tuple[str, str]]

_HINTS = (
    "was the change announced? then mend the load spec of the feed, and release the file.",
    "else ask the sender; `loadstone files reject` takes the file out.",
)


def _format(before: Mapping[str, Any], shape: Mapping[str, Any]) -> Told:
    old, new = (" in ".join([one["format"], *reversed(one["containers"])]) for one in (before, shape))
    if family(before["format"]) != family(shape["format"]) or before["containers"] != shape["containers"]:
        yield "format", f"the file is {new}, the last one was {old}"


def _text(before: Mapping[str, Any], shape: Mapping[str, Any]) -> Told:
    encodings = before["encoding"], shape["encoding"]
    if None not in encodings and not (is_within(encodings[1], encodings[0]) or is_within(*encodings)):
        yield "encoding", f"the character set is {encodings[1]}, it was {encodings[0]}"
    if family(before["format"]) != family(shape["format"]):
        return
    for name in ("delimiter", "quotechar", "terminator"):
        # A file whose fields need no quotes shows none.
        if before[name] and shape[name] and before[name] != shape[name]:
            yield "dialect", f"the {name} is {shape[name]!r}, it was {before[name]!r}"
    if before["width"] and shape["width"] and before["width"] != shape["width"]:
        yield "width", f"records have {shape['width']} characters, they had {before['width']}"


def _columns(before: Mapping[str, Any], shape: Mapping[str, Any]) -> Told:
    if family(before["format"]) != family(shape["format"]) or shape["format"] == "fwf":
        return
    old, new = before["columns"], shape["columns"]
    if before["has_header"] and shape["has_header"]:
        yield from _named(old, new)
        return
    if len(old) != len(new):
        kind = "added" if len(new) > len(old) else "removed"
        yield kind, f"records have {len(new)} fields, they had {len(old)}"
    for number, (one, other) in enumerate(zip(old, new, strict=False), 1):
        yield from _types(f"field {number}", one, other)


def _named(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> Told:
    names, others = [one["name"] for one in old], [one["name"] for one in new]
    removed = [name for name in names if name not in others]
    added = [name for name in others if name not in names]
    for name in list(removed):
        at = names.index(name)
        other = others[at] if at < len(others) else None
        if other in added and fits(old[at], new[at]) and fits(new[at], old[at]):
            yield "renamed", f"column {name} is now {other}"
            removed.remove(name)
            added.remove(other)
    for name in removed:
        yield "removed", f"column {name} is missing"
    for name in added:
        yield "added", f"column {name} is new"
    common = [name for name in names if name in others]
    order = [name for name in others if name in names]
    if common != order:
        moved = next(b for a, b in zip(common, order, strict=True) if a != b)
        yield "moved", f"columns stand in another order, from {moved} on"
    by_name = {one["name"]: one for one in new}
    for one in old:
        if one["name"] in by_name:
            yield from _types(f"column {one['name']}", one, by_name[one["name"]])


def _types(place: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Told:
    if not fits(old, new):
        yield "type", f"{place} holds {new['type']}, it held {old['type']}"
    elif old["type"] == new["type"] and old["masks"] and new["masks"] and not set(old["masks"]) & set(new["masks"]):
        yield "mask", f"{place} is written {new['masks'][0]}, it was {old['masks'][0]}"


def _volume(before: Mapping[str, Any], shape: Mapping[str, Any], policy: DriftPolicy) -> Told:
    records, volumes = shape["records"], [one for one in before.get("volumes", ()) if one is not None]
    if records is None or not volumes:
        return
    usual = median(volumes)
    if max(records, usual) < VOLUME_MIN:
        return
    if records > usual * policy.volume_ratio or records * policy.volume_ratio < usual:
        yield "volume", f"it has {records:,} records, usual are {usual:,.0f}"
