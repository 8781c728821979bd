"""Specs as YAML and JSON."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from loadstone.errors import FixSpec, Place
from loadstone.spec.model import LoadSpec

if TYPE_CHECKING:
    from yaml.nodes import Node

ENDINGS = (".yaml", ".yml", ".json")
_FOLDED = re.compile("[\x85\u2028\u2029]")
_UNREADABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What YAML, which also reads our JSON, folds or does not take as it stands."""


def is_spec_file(path: str) -> bool:
    """Whether the name is that of a spec, not of a control file."""
    return Path(path).suffix.lower() in ENDINGS


def read_spec(path: str) -> LoadSpec:
    """
    A spec of YAML or JSON.

    Raises:
        FixSpec: LS-6020 it cannot be read; LS-1094 it is no YAML, or a key stands twice; LS-1095 every
            fault of its form, each with line and column.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FixSpec("LS-6020", f"cannot read {path}: {error}", Place(file=path)) from error
    values, root = _parsed(text, path)
    try:
        return LoadSpec.model_validate(values)
    except ValidationError as error:
        raise _invalid(error, root, path) from error


def to_yaml(spec: LoadSpec) -> str:
    """The spec as YAML, without what is default."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Quotes texts with line ends of Unicode, which plain scalars would fold into blanks."""

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        style = '"' if _FOLDED.search(value) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return str(yaml.dump(_values(spec), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=110))


def to_json(spec: LoadSpec) -> str:
    """The spec as JSON, without what is default."""
    text = json.dumps(_values(spec), indent=2, ensure_ascii=False) + "\n"
    return _UNREADABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a spec."""
    return LoadSpec.model_json_schema()


# Private functions


def _parsed(text: str, path: str) -> tuple[Any, Node | None]:
    """The values of a document, and its nodes, which know their places."""
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(file=path, line=mark.line + 1, column=mark.column + 1) if mark else Place(file=path)
        raise FixSpec("LS-1094", f"not YAML: {getattr(error, 'problem', None) or error}", place) from error
    _refuse_repeated(root, path)
    return values, root


def _refuse_repeated(node: Node | None, path: str) -> None:
    """YAML would take the last of two equal keys without a word."""
    from yaml.nodes import MappingNode, SequenceNode

    if isinstance(node, MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                place = Place(file=path, line=key.start_mark.line + 1, column=key.start_mark.column + 1)
                raise FixSpec(
                    "LS-1094", f"the key {key.value} stands twice", place, hints=["keep one of the two."]
                )
            seen.add(key.value)
            _refuse_repeated(value, path)
    elif isinstance(node, SequenceNode):
        for value in node.value:
            _refuse_repeated(value, path)


def _invalid(error: ValidationError, root: Node | None, path: str) -> FixSpec:
    """All faults, each with its place; the first place is the error's own."""
    told = error.errors()
    deep = {one["loc"][0] for one in told if len(one["loc"]) > 1}
    faults: list[tuple[int, int, str]] = []
    hints: list[str] = []
    for one in told:
        keys = one["loc"]
        if one["type"] == "too_short" and keys[0] in deep:
            continue  # what it holds is wrong, so it looks empty
        unknown = one["type"] == "extra_forbidden"
        node = _node_at(root, keys, key=unknown)
        line, column = (node.start_mark.line + 1, node.start_mark.column + 1) if node is not None else (1, 1)
        name = ".".join(str(key) for key in keys if not isinstance(key, int)) or "the spec"
        faults.append((line, column, f"{name}: {'unknown key' if unknown else one['msg']}"))
        hints += _near(str(keys[-1])) if unknown else []
    faults.sort()
    text = "; ".join(f"line {line}, column {column}: {fault}" for line, column, fault in faults)
    hints.append("`loadstone spec schema` prints the schema.")
    return FixSpec("LS-1095", text, Place(file=path, line=faults[0][0], column=faults[0][1]), hints=hints)


def _node_at(node: Node | None, keys: tuple[int | str, ...], *, key: bool) -> Node | None:
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


def _near(word: str) -> list[str]:
    """A hint that names the known key most like ``word``."""
    schema = json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    known = sorted({name for part in parts for name in part.get("properties", {})})
    close = get_close_matches(word, known, 1, 0.6)
    return [f"did you mean {close[0]}?"] if close else []


def _values(spec: LoadSpec) -> dict[str, Any]:
    """Plain values; the ``kind`` of a source stays, since it tells which one it is."""
    values = spec.model_dump(mode="json", exclude_defaults=True)
    full = spec.model_dump(mode="json")
    _restore_kinds(values, full)
    return {"version": spec.version, **values}


def _restore_kinds(values: Any, full: Any) -> None:
    if isinstance(values, dict):
        for key, value in values.items():
            if key in ("source", "assemble") and isinstance(full.get(key), dict):
                values[key] = {"kind": full[key]["kind"], **value}
            _restore_kinds(values[key], full[key])
    elif isinstance(values, list):
        for value, other in zip(values, full, strict=True):
            _restore_kinds(value, other)
