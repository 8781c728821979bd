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
    from yaml.nodes import Node

M = TypeVar("M", bound=BaseModel)
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
        FixSpec: ``code``, with line and column: it is no YAML, or a key stands twice.
    """
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(file=file, line=mark.line + 1, column=mark.column + 1) if mark else Place(file=file)
        raise FixSpec(code, f"not YAML: {getattr(error, 'problem', None) or error}", place) from error
    _refuse_repeated(root, file, code)
    return Document(values, file, root)


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
    data = file_bytes(path)
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


def _refuse_repeated(node: Node | None, file: str | None, code: str) -> None:
    """YAML would take the last of two equal keys without a word."""
    from yaml.nodes import MappingNode, SequenceNode

    if isinstance(node, MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                place = Place(file=file, line=key.start_mark.line + 1, column=key.start_mark.column + 1)
                raise FixSpec(
                    code, f"the key {key.value} stands twice", place, hints=["keep one of the two."]
                )
            seen.add(key.value)
            _refuse_repeated(value, file, code)
    elif isinstance(node, SequenceNode):
        for value in node.value:
            _refuse_repeated(value, file, code)


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
