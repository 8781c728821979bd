"""Which column of the last file is which of this one: by name first, then by spelling, values and place."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from .shape import ShapeColumn, fits

ALIKE = 0.5
"""Share of different values that two columns must have in common to be one by their values."""


@dataclass(frozen=True)
class Pairs:
    """
    Columns before beside columns now.

    Attributes:
        kept: Each column that is still there, renamed ones among them, before and now.
        renamed: Those that have another name, and why they are held for the same.
        removed: Columns before that are nobody's. added: columns now that are.
    """

    kept: tuple[tuple[ShapeColumn, ShapeColumn], ...]
    renamed: tuple[tuple[ShapeColumn, ShapeColumn, str], ...]
    removed: tuple[ShapeColumn, ...]
    added: tuple[ShapeColumn, ...]


def pair(old: Sequence[ShapeColumn], new: Sequence[ShapeColumn]) -> Pairs:
    """Pair the columns of two headers, whose names are each there once."""
    names = {one.name: one for one in new}
    kept = [(one, names[one.name]) for one in old if one.name in names]
    known = {one.name for one, _ in kept}
    removed = [one for one in old if one.name not in known]
    added = [one for one in new if one.name not in known]
    renamed: list[tuple[ShapeColumn, ShapeColumn, str]] = []
    for why, same in (
        ("only its spelling differs", _same_spelling),
        ("it holds the same values", _same_values),
    ):
        for one in list(removed):
            for other in added:
                if same(one, other):
                    renamed.append((one, other, why))
                    removed.remove(one)
                    added.remove(other)
                    break
    for one, other in _same_place(old, new, [*kept, *[(a, b) for a, b, _ in renamed]]):
        if one in removed and other in added and _alike(one, other):
            renamed.append(
                (one, other, "it stands between the same columns and holds the same kind of values")
            )
            removed.remove(one)
            added.remove(other)
    order = {one.name: number for number, one in enumerate(old)}
    all_kept = sorted([*kept, *[(a, b) for a, b, _ in renamed]], key=lambda both: order[both[0].name])
    return Pairs(tuple(all_kept), tuple(renamed), tuple(removed), tuple(added))


def moved(pairs: Pairs, new: Sequence[ShapeColumn]) -> list[tuple[ShapeColumn, ShapeColumn | None]]:
    """The columns that left the order of the others, as few as explain the new one, each with the column that is now ahead of it."""
    places = {one.name: number for number, one in enumerate(new)}
    order = [places[other.name] for _, other in pairs.kept]
    stayed = _rising(order)
    return [
        (other, new[place - 1] if place else None)
        for place, (_, other) in zip(order, pairs.kept, strict=True)
        if place not in stayed
    ]


# Private functions


def _rising(numbers: Sequence[int]) -> set[int]:
    """The numbers of a longest rising part of a sequence of different ones."""
    ends: list[int] = []
    ahead: dict[int, int | None] = {}
    for number in numbers:
        place = bisect_left(ends, number)
        ahead[number] = ends[place - 1] if place else None
        ends[place : place + 1] = [number]
    found: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        found.add(last)
        last = ahead[last]
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _same_spelling(one: ShapeColumn, other: ShapeColumn) -> bool:
    return bool(_plain(one.name)) and _plain(one.name) == _plain(other.name)


def _same_values(one: ShapeColumn, other: ShapeColumn) -> bool:
    both, some = set(one.sketch) & set(other.sketch), set(one.sketch) | set(other.sketch)
    return len(both) >= 3 and len(both) >= ALIKE * len(some)


def _alike(one: ShapeColumn, other: ShapeColumn) -> bool:
    """Whether two columns hold the same kind of values: type, mask, kind of personal data, lists of codes that meet."""
    if not fits(one, other) or not fits(other, one) or one.personal != other.personal:
        return False
    if one.masks and other.masks and not set(one.masks) & set(other.masks):
        return False
    if len(one.sketch) >= 3 and len(other.sketch) >= 3 and not set(one.sketch) & set(other.sketch):
        return one.type != "string" or one.length == other.length
    return True


def _same_place(
    old: Sequence[ShapeColumn], new: Sequence[ShapeColumn], kept: Sequence[tuple[ShapeColumn, ShapeColumn]]
) -> list[tuple[ShapeColumn, ShapeColumn]]:
    """Columns that stand alone, or in the same number, between columns that were kept."""
    before, now = {a.name for a, _ in kept}, {b.name: a.name for a, b in kept}
    runs_old = _runs([(one, one.name if one.name in before else None) for one in old])
    runs_new = _runs([(one, now.get(one.name)) for one in new])
    found = []
    for place, run in runs_old.items():
        other = runs_new.get(place, [])
        if len(run) == len(other):
            found += list(zip(run, other, strict=True))
    return found


def _runs(
    columns: Sequence[tuple[ShapeColumn, str | None]],
) -> dict[tuple[str | None, str | None], list[ShapeColumn]]:
    """Stretches of columns that are not known, by the known names ahead of and behind them."""
    runs: dict[tuple[str | None, str | None], list[ShapeColumn]] = {}
    ahead: str | None = None
    run: list[ShapeColumn] = []
    for one, known in columns:
        if known is None:
            run.append(one)
            continue
        runs[ahead, known] = run
        ahead, run = known, []
    runs[ahead, None] = run
    return runs
