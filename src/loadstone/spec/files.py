"""Specs as YAML and JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from loadstone.spec.documents import file_text, parse_document
from loadstone.spec.model import LoadSpec

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
    document = parse_document(file_text(path), path, "LS-1094")
    return document.valid(LoadSpec, "LS-1095", "`loadstone spec schema` prints the schema.")


def to_yaml(spec: LoadSpec) -> str:
    """The spec as YAML, without what is default."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Quotes texts with line ends of Unicode, which plain scalars would fold into blanks."""

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        style = '"' if _FOLDED.search(value) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return str(yaml.dump(spec_values(spec), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=110))


def to_json(spec: LoadSpec) -> str:
    """The spec as JSON, without what is default."""
    text = json.dumps(spec_values(spec), indent=2, ensure_ascii=False) + "\n"
    return _UNREADABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def spec_values(spec: LoadSpec) -> dict[str, Any]:
    """Plain values without what is default; the ``kind`` of a source stays, since it tells which one it is."""
    values = spec.model_dump(mode="json", exclude_defaults=True)
    full = spec.model_dump(mode="json")
    _restore_kinds(values, full)
    return {"version": spec.version, **values}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a spec."""
    return LoadSpec.model_json_schema()


# Private functions


def _restore_kinds(values: Any, full: Any) -> None:
    if isinstance(values, dict):
        for key, value in values.items():
            if key in ("source", "assemble", "reading") and isinstance(full.get(key), dict):
                values[key] = {"kind": full[key]["kind"], **value}
            _restore_kinds(values[key], full[key])
    elif isinstance(values, list):
        for value, other in zip(values, full, strict=True):
            _restore_kinds(value, other)
