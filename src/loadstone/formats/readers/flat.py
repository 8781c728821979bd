"""JSON values as columns: objects by dotted path, arrays as JSON text, numbers digit for digit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


class Number(str):
    """The digits of a number as the file has them."""

    __slots__ = ()


def parse_json(data: bytes) -> Any:
    """
    The value of a JSON text in UTF-8, with numbers as ``Number``.

    Raises:
        ValueError: It is none; a key stands twice in one object; a number is NaN or infinite; it is nested too deep.
    """
    try:
        return _DECODER.decode(data.decode())
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} at column {error.pos + 1}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def json_text(value: Any) -> str:
    """A value as compact JSON, numbers digit for digit."""
    if type(value) is Number:
        return value
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_quoted(key)}:{json_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, value)) + "]"
    return _WORDS[value] if value is None or isinstance(value, bool) else str(value)


class Names:
    """The columns that objects have, in the order in which they were seen."""

    def __init__(self) -> None:
        self._seen: dict[str, bool] = {}
        self._texts: set[str] = set()

    def add(self, value: Mapping[str, Any], prefix: str = "") -> None:
        """The keys of one object."""
        for key, one in value.items():
            name = prefix + key
            if isinstance(one, dict):
                self.add(one, f"{name}.")
            else:
                self._seen[name] = self._seen.get(name, False) or one is not None
                if isinstance(one, str) and type(one) is not Number:
                    self._texts.add(name)

    @property
    def texts(self) -> frozenset[str]:
        """Those that hold strings."""
        return frozenset(self._texts)

    @property
    def columns(self) -> tuple[str, ...]:
        """Their names; an object that is null in some records is no column beside those of its keys."""
        parents = {name[:at] for name in self._seen for at in range(1, len(name)) if name[at] == "."}
        return tuple(name for name, filled in self._seen.items() if filled or name not in parents)


def flat_values(value: Mapping[str, Any], places: Mapping[str, int]) -> tuple[str | None, ...]:
    """
    The text of each column of an object; ``places`` gives the columns' numbers, other keys are passed over.

    Raises:
        ValueError: Two ways lead to one column, as a key ``a.b`` beside an object ``a``.
    """
    found: list[str | None] = [None] * len(places)
    _fill(found, value.items(), places, "")
    return tuple(found)


# Private functions

_WORDS = {True: "true", False: "false", None: "null"}


def _fill(
    found: list[str | None], items: Iterable[tuple[str, Any]], places: Mapping[str, int], prefix: str
) -> None:
    for key, value in items:
        if value is None:
            continue
        name = prefix + key if prefix else key
        if isinstance(value, dict):
            _fill(found, value.items(), places, f"{name}.")
            continue
        place = places.get(name)
        if place is None:
            continue
        if found[place] is not None:
            raise ValueError(f"two keys give the column {name}")
        found[place] = value if isinstance(value, str) else json_text(value)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object none of whose keys stands twice; Python would take the last one."""
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for number, key in enumerate(keys) if key in keys[:number])
        raise ValueError(f"the key {twice} stands twice")
    return made


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")


_quoted = json.JSONEncoder(ensure_ascii=False).encode
_DECODER = json.JSONDecoder(
    parse_float=Number, parse_int=Number, parse_constant=_no_number, object_pairs_hook=_pairs
)
