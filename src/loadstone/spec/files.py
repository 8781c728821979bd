"""Specs as YAML and JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from loadstone.errors import FixSpec, Place
from loadstone.spec.model import LoadSpec

ENDINGS = (".yaml", ".yml", ".json")


def is_spec_file(path: str) -> bool:
    """Whether the name is that of a spec, not of a control file."""
    return Path(path).suffix.lower() in ENDINGS


def read_spec(path: str) -> LoadSpec:
    """
    A spec of YAML or JSON.

    Raises:
        FixSpec: LS-6020 it cannot be read; LS-1094 it is no YAML; LS-1095 every fault of its form.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FixSpec("LS-6020", f"cannot read {path}: {error}", Place(file=path)) from error
    import yaml

    try:
        values: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(file=path, line=mark.line + 1, column=mark.column + 1) if mark else Place(file=path)
        raise FixSpec("LS-1094", f"not YAML: {getattr(error, 'problem', error)}", place) from error
    try:
        return LoadSpec.model_validate(values)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise FixSpec(
            "LS-1095",
            "; ".join(faults),
            Place(file=path),
            hints=["`loadstone convert FILE --to schema` prints the schema."],
        ) from error


def to_yaml(spec: LoadSpec) -> str:
    """The spec as YAML, without what is default."""
    import yaml

    return str(yaml.safe_dump(_values(spec), sort_keys=False, allow_unicode=True, width=110))


def to_json(spec: LoadSpec) -> str:
    """The spec as JSON, without what is default."""
    return json.dumps(_values(spec), indent=2, ensure_ascii=False) + "\n"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a spec."""
    return LoadSpec.model_json_schema()


# Private functions


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
