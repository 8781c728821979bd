"""Documents of YAML and JSON that people write: their values, the place of each, and every fault in one error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from loadstone.errors import FixSpec, LoadstoneError, Place

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

M = TypeVar("M", bound=BaseModel)
DEPTH_MAX = 100
"""Levels of a document; the deepest job, spec or registry has a dozen."""

VALUES_MAX = 5_000_000
"""Values of a document, aliases counted for all that they stand for; a day's registry has some thousand."""

Keys = tuple[int | str, ...]
"""The way from the root of a document to a value: names and 0-based positions."""


@dataclass(frozen=True)
class Document:
    """
    What a document says.

    Attributes:
        values: Plain values, as YAML reads them.
        file: Its path as the user gave it; None where it has none.
        root: Its nodes, which know their places; None for an empty document.
    """

    values: Any
    file: str | None
    root: Node | None

    def at(self, *keys: int | str) -> Document:
        """The part of the document behind ``keys``, which must be there."""
        values = self.values
        for key in keys:
            values = values[key]
        return replace(self, values=values, root=_node_at(self.root, keys, key=False))

    def place(self, keys: Keys = (), *, key: bool = False) -> Place:
        """Where the deepest part on the way of ``keys`` begins; of the last one the name itself where ``key``."""
        node = _node_at(self.root, keys, key=key)
        mark = node.start_mark if node is not None else None
        return Place(file=self.file, line=mark.line + 1 if mark else 1, column=mark.column + 1 if mark else 1)

    def valid(self, model: type[M], code: str, hint: str) -> M:
        """
        The document as ``model``.

        Raises:
            FixSpec: ``code``, with every fault and its line and column in one error, and ``hint`` last.
        """
        try:
            return model.model_validate(self.values)
        except ValidationError as error:
            raise self._invalid(error, model, code, hint) from error

    # Private methods

    def _invalid(self, error: ValidationError, model: type[BaseModel], code: str, hint: str) -> FixSpec:
        told = error.errors()
        deep = {one["loc"][:end] for one in told for end in range(1, len(one["loc"]))}
        faults: list[tuple[Place, str]] = []
        hints: list[str] = []
        for one in told:
            keys = one["loc"]
            if one["type"] == "too_short" and keys in deep:
                continue  # what it holds is wrong, so it looks empty
            unknown = one["type"] == "extra_forbidden"
            faults.append((self.place(keys, key=unknown), fault_text(keys, one["type"], one["msg"])))
            hints += near_hints(str(keys[-1]), model) if unknown else []
        faults.sort(key=lambda fault: (fault[0].line or 0, fault[0].column or 0, fault[1]))
        text = "; ".join(f"line {place.line}, column {place.column}: {fault}" for place, fault in faults)
        return FixSpec(code, text, faults[0][0], hints=[*hints, hint])


def parse_document(text: str, file: str | None, code: str) -> Document:
    """
    A document of YAML, which JSON is too.

    Raises:
        FixSpec: ``code``, with line and column: it is no YAML, a key stands twice, a value is none of its type (the 31st of
            February), or the document is deeper than ``DEPTH_MAX`` or larger than ``VALUES_MAX``.
    """
    import yaml

    root: Node | None = None
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        _refuse_unfit(root, file, code)
        return Document(yaml.safe_load(text), file, root)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(file=file, line=mark.line + 1, column=mark.column + 1) if mark else Place(file=file)
        raise FixSpec(code, f"not YAML: {getattr(error, 'problem', None) or error}", place) from error
    except RecursionError as error:
        raise _too_deep(code, Place(file=file)) from error
    except ValueError as error:
        place = _place_of_bad_scalar(root, file)
        raise FixSpec(code, f"no value: {error}", place, hints=["put text into quotes."]) from error


@contextmanager
def placed(document: Document, keys: Keys = ()) -> Iterator[None]:
    """An error of what ``document`` says at ``keys`` is given that place, unless it has one of its own."""
    try:
        yield
    except LoadstoneError as error:
        if error.place == Place():
            error.place = document.place(keys)
        raise


def file_bytes(path: str) -> bytes:
    """The bytes of a file that a person named; ``FixSpec`` LS-6020 where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise FixSpec("LS-6020", f"cannot be read: {error.strerror}", Place(file=path)) from error


def file_text(path: str) -> str:
    """The text of a file that a person named; ``FixSpec`` LS-6020 where it cannot be read, or is not UTF-8."""
    return utf8_text(file_bytes(path), path)


def utf8_text(data: bytes, path: str) -> str:
    """The text of bytes that a file, or standard input, gave; ``FixSpec`` LS-6020 where it is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise FixSpec(
            "LS-6020",
            f"byte 0x{data[error.start]:02x} is not UTF-8",
            Place(file=path, line=line, column=column),
            hints=["is it the right file?", "save it as UTF-8."],
        ) from error


def fault_text(keys: Keys, kind: str, message: str) -> str:
    """A fault of ``pydantic`` in words of ours, behind the name of what is wrong."""
    name = ".".join(str(key) for key in keys if not isinstance(key, int))
    told = _TOLD.get(kind) or message.removeprefix("Value error, ").replace("Input should", "must")
    return f"{name}: {told}" if name else told


def near_hints(word: str, model: type[BaseModel]) -> list[str]:
    """A hint that names the key of ``model`` or of its parts most like ``word``."""
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    known = sorted({name for part in parts for name in part.get("properties", {})})
    close = get_close_matches(word, known, 1, 0.6)
    return [f"did you mean {close[0]}?"] if close else []


# Private functions

_MAPPING = "must be a mapping of names to values"
_LIST = "must be a list"
_TOLD = {
    "missing": "is missing",
    "extra_forbidden": "unknown key",
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "string_type": "must be text",
}


def _too_deep(code: str, place: Place) -> FixSpec:
    told = f"the document is more than {DEPTH_MAX} levels deep"
    return FixSpec(code, told, place, hints=["is it the right file?", "an anchor must not hold itself."])


def _refuse_unfit(root: Node | None, file: str | None, code: str) -> None:
    """
    Refuse a key that stands twice, of which YAML would take the last without a word, and what would never be read.

    A few aliases of aliases make billions of values, and one of itself has no end: each node is counted once,
    with all that it stands for.
    """
    from yaml.nodes import MappingNode, SequenceNode

    sizes: dict[int, int] = {}

    def size(node: Node, depth: int) -> int:
        place = Place(file=file, line=node.start_mark.line + 1, column=node.start_mark.column + 1)
        if depth > DEPTH_MAX:
            raise _too_deep(code, place)
        if id(node) not in sizes:
            parts: list[Node] = []
            if isinstance(node, MappingNode):
                _refuse_repeated(node, file, code)
                parts = [part for pair in node.value for part in pair]
            elif isinstance(node, SequenceNode):
                parts = node.value
            sizes[id(node)] = 1 + sum(size(part, depth + 1) for part in parts)
            if sizes[id(node)] > VALUES_MAX:
                told = f"the document has more than {VALUES_MAX:,} values, with all that its aliases repeat"
                raise FixSpec(code, told, place, hints=["is it the right file?"])
        return sizes[id(node)]

    if root is not None:
        size(root, 1)


def _refuse_repeated(node: MappingNode, file: str | None, code: str) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key.value, str):
            continue  # no key at all, which the loader says
        if key.value in seen:
            place = Place(file=file, line=key.start_mark.line + 1, column=key.start_mark.column + 1)
            raise FixSpec(code, f"the key {key.value} stands twice", place, hints=["keep one of the two."])
        seen.add(key.value)


def _place_of_bad_scalar(root: Node | None, file: str | None) -> Place:
    """Where the first scalar stands that is none of the type that it seems to be of."""
    import yaml
    from yaml.nodes import ScalarNode

    loader = yaml.SafeLoader("")
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ScalarNode):
            parts = [part for pair in node.value for part in (pair if isinstance(pair, tuple) else (pair,))]
            waiting += reversed(parts)
            continue
        try:
            loader.construct_object(node)
        except (ValueError, yaml.YAMLError):
            return Place(file=file, line=node.start_mark.line + 1, column=node.start_mark.column + 1)
    return Place(file=file)


def _node_at(node: Node | None, keys: Keys, *, key: bool) -> Node | None:
    """The deepest node on the way of ``keys``; of the last one the key itself where ``key``."""
    from yaml.nodes import MappingNode, SequenceNode

    for depth, step in enumerate(keys):
        if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        elif isinstance(node, MappingNode):
            # The tag of a union stands among the keys of an error and not in the document.
            for name, value in node.value:
                if name.value == step:
                    node = name if key and depth == len(keys) - 1 else value
                    break
    return node
