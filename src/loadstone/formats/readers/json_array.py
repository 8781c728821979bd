"""The objects of an array in one JSON document, read in flat memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from typing import Any

import ijson

from loadstone.books import ControlTotal
from loadstone.errors import FixFile, Place
from loadstone.formats.content import Content
from loadstone.formats.readers.flat import Names, flat_values, json_text
from loadstone.formats.readers.guarded import Guarded
from loadstone.formats.readers.model import Row
from loadstone.spec.reading import JsonReading

SAMPLE_OBJECTS = 10_000
"""How many objects are looked at for the names of columns."""

DEPTH_MAX = 200
"""Objects and arrays in one another, in one row."""

_TOO_DEEP = f"it is nested more than {DEPTH_MAX} times"
_KEYS_SHOWN = 20
_EVENTS_MAX = 500_000
_READ_BYTES = 1 << 16


def reader_of(content: Content, reading: JsonReading) -> JsonReader:
    """The reader of ``content``."""
    return JsonReader(content, reading)


def array_of(content: Content) -> str:
    """The path to the array that holds most objects in the first part of a document; empty for one that is the array, or has none."""
    counts: Counter[str] = Counter()
    stream = Guarded(content, "value")
    try:
        for prefix, event, _ in islice(ijson.parse(stream, buf_size=_READ_BYTES), _EVENTS_MAX):
            stream.record()
            *way, last = prefix.split(".")
            if event == "start_map" and last == "item" and "item" not in way:
                counts[".".join(way)] += 1
    except (ijson.JSONError, ValueError) as error:
        raise _damaged(content.name, error) from error
    finally:
        stream.close()
    return max(counts, key=lambda path: counts[path], default="")


class JsonReader:
    """
    Rows of the objects in an array; ``texts`` are the columns that hold strings. An element that is no object is a row with a fault. A path that leads to an object gives one row.

    Raises:
        FixFile: LS-2032 the document is no JSON or cut off, or an object has a key twice; LS-2033 the path leads to no array; LS-2021.
    """

    def __init__(self, content: Content, reading: JsonReading) -> None:
        self._content, self._path = content, reading.path
        self._prefix, self._many = self._found()
        self._sampled = False
        self.columns, self.texts = self._columns(SAMPLE_OBJECTS)

    def __iter__(self) -> Iterator[Row]:
        """The rows; the origin counts elements from 0, as JSONPath does."""
        places = {name: number for number, name in enumerate(self.columns)}
        root = f"$.{self._path}" if self._path else "$"
        for number, value in enumerate(self._values()):
            origin = f"{root}[{number}]" if self._many else root
            fault = _fault(value) if isinstance(value, dict | list) else None
            if fault is None and isinstance(value, dict):
                try:
                    yield Row(origin, flat_values(value, places))
                    continue
                except ValueError as error:
                    fault = str(error)
            text = "" if fault == _TOO_DEEP else json_text(value)
            yield Row(origin, (text,), f"no record of JSON: {fault or 'it is no object'}")

    def controls(self) -> tuple[ControlTotal, ...]:
        """A document states no totals."""
        return ()

    def widen(self) -> None:
        """Take the names of all objects, where they are of the first ones alone."""
        if self._sampled:
            self.columns, self.texts = self._columns(None)

    # Private methods

    def _columns(self, limit: int | None) -> tuple[tuple[str, ...], frozenset[str]]:
        names, count = Names(), 0
        for value in islice(self._values(), limit):
            count += 1
            if isinstance(value, dict) and _fault(value) is None:
                names.add(value)
        self._sampled = count == limit
        return names.columns, names.texts

    def _found(self) -> tuple[str, bool]:
        """The parser's prefix of the records, and whether they are those of an array."""
        seen: dict[str, None] = {}
        stream = Guarded(self._content, "value")
        try:
            for prefix, event, _ in ijson.parse(stream, buf_size=_READ_BYTES):
                stream.record()
                if prefix == self._path and event in ("start_array", "start_map"):
                    many = event == "start_array"
                    return (f"{prefix}.item" if prefix else "item") if many else prefix, many
                if event == "start_array":
                    seen[prefix] = None
        except (ijson.JSONError, ValueError) as error:
            raise _damaged(self._content.name, error) from error
        finally:
            stream.close()
        near = get_close_matches(self._path, list(seen), 1, 0.5)
        raise FixFile(
            "LS-2033",
            f"it has no array at {self._path or 'its root'}",
            Place(file=self._content.name),
            hints=[
                *(f"did you mean {one}?" for one in near),
                f"its arrays are at: {', '.join(list(seen)[:_KEYS_SHOWN])}." if seen else "it has no array.",
            ],
        )

    def _values(self) -> Iterator[Any]:
        stream = Guarded(self._content, "object")
        try:
            for value in ijson.items(stream, self._prefix, map_type=_Once, buf_size=_READ_BYTES):
                stream.record()
                yield value
        except (ijson.JSONError, ValueError, RecursionError) as error:
            raise _damaged(self._content.name, error) from error
        finally:
            stream.close()


# Private functions


def _damaged(name: str, error: Exception) -> FixFile:
    told = str(error).strip().splitlines()
    return FixFile(
        "LS-2032",
        f"no JSON document, or cut off: {told[0] if told else error!r}",
        Place(file=name),
        hints=["was the transfer complete?", "a JSON object on each line is kind ndjson."],
    )


def _fault(value: Any) -> str | None:
    """Why a value is no row: nested too deep, for it is walked through by calls, or with a key twice; looked at a level at a time."""
    level = [value]
    for _ in range(DEPTH_MAX):
        for one in level:
            if isinstance(one, _Once) and one.twice is not None:
                return f"the key {one.twice} stands twice in one object"
        parts = [part for one in level for part in (one.values() if isinstance(one, dict) else one)]
        level = [part for part in parts if isinstance(part, dict | list)]
        if not level:
            return None
    return _TOO_DEEP


class _Once(dict[str, Any]):
    """An object that knows a key which stands twice; the parser can take no error from it."""

    twice: str | None = None

    def __setitem__(self, key: str, value: Any) -> None:
        if key in self:
            self.twice = key
        dict.__setitem__(self, key, value)
