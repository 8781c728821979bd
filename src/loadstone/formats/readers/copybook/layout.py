"""Fields of a record by their columns and bytes: arrays laid out, one view chosen of bytes that have several."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from loadstone.errors import FixSpec

from .items import Item

COLUMNS_MAX = 10_000


@dataclass(frozen=True)
class Choice:
    """A view is taken where the field of this name has one of these values, as text."""

    field: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a record: its column, its item, and the offset of its bytes, from 0."""

    column: int
    item: Item
    offset: int


Read = Callable[[Item, int], str | None]
"""Gives the value of an item at an offset of a record."""


class Layout:
    """
    The columns of records, and where each stands.

    Of the items that share bytes the first is taken, unless ``choices`` say when another one is; a record has the columns of all, and NULL in
    those not taken. A group's columns come in order; arrays have a number behind each name; FILLER has none.

    Raises:
        FixSpec: LS-1121 a choice names what the copybook does not have; there are more columns than ``COLUMNS_MAX``.
    """

    def __init__(self, records: list[Item], choices: Mapping[str, Choice] | None = None) -> None:
        self._choices = {name.upper(): choice for name, choice in (choices or {}).items()}
        self._records = records
        known = {item.name for root in records for item in root.walk() if item.name}
        for name, choice in self._choices.items():
            for wanted in (name, choice.field.upper()):
                if wanted not in known:
                    raise FixSpec("LS-1121", f"the copybook has no item {wanted}")
        self._names: list[tuple[str, ...]] = []
        self._numbers: dict[tuple[str, ...], int] = {}
        self.items: list[Item] = []
        for root in records if self._choices else records[:1]:
            self._declare(root, ())
        self.columns = _unique(self._names)
        self.size = max(root.size for root in records)
        walked = [item for root in records for item in root.walk()]
        self._fixed = not self._choices and not any(item.depends_on for item in walked)
        self._places: list[Place] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether all records have the same fields at the same places."""
        return self._fixed

    def places(self, read: Read) -> list[Place]:
        """The fields of a record, which ``read`` gives the values of; the same list for each record of a plain layout."""
        if self._places is not None:
            return self._places
        found: list[Place] = []
        self._item(_Walk(found, read, {}), self._chosen(read), 0, ())
        if self._fixed:
            self._places = found
        return found

    # Private methods

    def _declare(self, item: Item, path: tuple[str, ...]) -> None:
        if item.redefines is not None and item.name not in self._choices:
            return
        for number in range(item.occurs) if item.is_array else (None,):
            own = path if item.name is None and not item.is_group else (*path, _named(item, number))
            for child in item.children:
                self._declare(child, own)
            if not item.is_group and item.name is not None:
                self._numbers[own] = len(self._names)
                self._names.append(own)
                self.items.append(item)
                if len(self._names) > COLUMNS_MAX:
                    raise FixSpec("LS-1121", f"the copybook has more than {COLUMNS_MAX:,} columns")

    def _item(self, walk: _Walk, item: Item, offset: int, path: tuple[str, ...]) -> int:
        for number in range(self._times(walk, item)):
            own = (*path, _named(item, number if item.is_array else None))
            if item.is_group:
                offset = self._group(walk, item, offset, own)
                continue
            if item.name is not None and own in self._numbers:
                walk.found.append(Place(self._numbers[own], item, offset))
            if item.name is not None:
                walk.seen[item.name] = (item, offset)
            offset += item.single_size
        return offset

    def _group(self, walk: _Walk, group: Item, offset: int, path: tuple[str, ...]) -> int:
        """The children of a group; views of the same bytes begin where the first of them did, and the widest counts."""
        at = offset
        for child, views in _slots(group.children):
            taken = self._view(walk, child, views)
            end = self._item(walk, taken, at, path)
            widest = max((view.size for view in views), default=0)
            at = max(end, at + widest) if views else end
        return at

    def _chosen(self, read: Read) -> Item:
        """The record that is taken: the first whose choice holds, else the first."""
        for record in self._records:
            choice = self._choices.get(record.name or "")
            if choice is not None:
                probe = _Walk([], read, {})
                self._item(probe, record, 0, ())
                if self._holds(probe, choice):
                    return record
        return self._records[0]

    def _view(self, walk: _Walk, item: Item, views: list[Item]) -> Item:
        for view in views:
            if view.name in self._choices and self._holds(walk, self._choices[view.name]):
                return view
        return item

    def _holds(self, walk: _Walk, choice: Choice) -> bool:
        found = walk.seen.get(choice.field.upper())
        if found is None:
            raise FixSpec("LS-1121", f"{choice.field}, which chooses a view, does not stand before it")
        return (walk.read(*found) or "") in choice.values

    def _times(self, walk: _Walk, item: Item) -> int:
        if item.depends_on is None:
            return item.occurs
        found = walk.seen.get(item.depends_on)
        text = walk.read(*found) if found else None
        if text is None or not text.isdigit() or not item.occurs_min <= int(text) <= item.occurs:
            raise ValueError(
                f"{item.depends_on} is {text}, and {item.name} has {item.occurs_min} to {item.occurs} elements"
            )
        return int(text)


# Private functions


@dataclass
class _Walk:
    """A walk over one record: the fields found, how values are read, and where each item stood last."""

    found: list[Place]
    read: Read
    seen: dict[str, tuple[Item, int]]


def _slots(children: list[Item]) -> list[tuple[Item, list[Item]]]:
    """Each item that has bytes of its own, with those that redefine it."""
    slots: list[tuple[Item, list[Item]]] = []
    of: dict[str | None, int] = {}
    for child in children:
        if child.redefines is not None and child.redefines in of:
            of[child.name] = of[child.redefines]
            slots[of[child.redefines]][1].append(child)
        else:
            of[child.name] = len(slots)
            slots.append((child, []))
    return slots


def _named(item: Item, number: int | None) -> str:
    plain = re.sub(r"\W+", "_", item.name or "").strip("_").lower()
    return plain if number is None else f"{plain}_{number + 1}"


def _unique(paths: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The shortest ends of paths that tell columns apart, without the record's name where that is possible."""
    names = [_tail(path, 1) for path in paths]
    for size in range(2, max((len(path) for path in paths), default=1) + 1):
        often = Counter(names)
        if max(often.values(), default=1) == 1:
            break
        names = [
            _tail(path, size) if often[name] > 1 else name for path, name in zip(paths, names, strict=True)
        ]
    often, seen = Counter(names), Counter[str]()
    for at, name in enumerate(names):
        if often[name] > 1:
            seen[name] += 1
            names[at] = f"{name}_{seen[name]}" if seen[name] > 1 else name
    return tuple(names)


def _tail(path: tuple[str, ...], size: int) -> str:
    """The last parts of a path, with the numbers of the arrays above."""
    own = "_".join(part for part in path[-size:] if part)
    numbers = [found[1] for part in path[:-size] if (found := re.search(r"_(\d+)$", part)) is not None]
    return "_".join([own, *numbers]) if numbers else own
