"""The reference page of the documents that people write, from the models that read them."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from loadstone.jobs.definition import Definition
from loadstone.output.model import OutputSpec
from loadstone.schedule.calendar import Calendar
from loadstone.schedule.model import Schedule
from loadstone.sources.model import Feed, FixedLayout, SourceSystem
from loadstone.spec.model import LoadSpec
from loadstone.spec.transactions import TransactionSpec

DOCUMENTS: tuple[tuple[str, str, tuple[type[BaseModel], ...]], ...] = (
    (
        "Load spec",
        "What `loadstone convert`, `propose` write and `load` reads; its JSON Schema: `spec schema`.",
        (LoadSpec,),
    ),
    (
        "Transactions",
        "Types of transactions beside a load spec; its JSON Schema: `transactions schema`.",
        (TransactionSpec,),
    ),
    ("Output spec", "What `loadstone write` reads; its JSON Schema: `write --schema`.", (OutputSpec,)),
    ("Job definition", "What `loadstone jobs store` reads; its JSON Schema: `jobs schema`.", (Definition,)),
    (
        "Schedules",
        "Items of `schedules` and `calendars`, as `loadstone schedules store` reads them.",
        (Schedule, Calendar),
    ),
    (
        "Registry",
        "Items of `sources`, their `feeds`, and `layouts`, as `loadstone sources import` reads them.",
        (SourceSystem, Feed, FixedLayout),
    ),
)
"""Title, who reads it, and the models at its root."""


def documents_page(made: str) -> str:
    """Every key of every document, with type, default and meaning."""
    lines = ["# Documents in YAML and JSON", "", made, ""]
    lines += [
        "All take YAML or JSON. An unknown key is refused with its line and the name it resembles; each",
        " part stands in a section of its own, below the document that it is first a part of.",
    ]
    for title, told, roots in DOCUMENTS:
        lines += ["", f"## {title}", "", told]
        told_parts: set[str] = set()
        for root in roots:
            schema = root.model_json_schema()
            parts = {root.__name__: schema, **schema.get("$defs", {})}
            for name, part in parts.items():
                if name not in told_parts:
                    told_parts.add(name)
                    lines += _part(name, part)
    return "\n".join(lines) + "\n"


# Private functions


def _part(name: str, part: dict[str, Any]) -> list[str]:
    lines = ["", f"### {name}", "", _told(part)]
    if "properties" in part:
        lines += ["", "| key | takes | default | meaning |", "|---|---|---|---|"]
        required = part.get("required", ())
        lines += [_key(key, one, must=key in required) for key, one in part["properties"].items()]
    return lines


def _key(key: str, one: dict[str, Any], *, must: bool) -> str:
    told = _told(one) or ("Which of its kinds it is." if "const" in one else "")
    return f"| `{key}` | {_takes(one)} | {_default(one, must=must)} | {_cell(told)} |"


def _default(one: dict[str, Any], *, must: bool) -> str:
    """The default as YAML has it; nothing for what is absent, empty or a part with defaults of its own."""
    if must:
        return "must be given"
    default = one.get("default")
    return "" if default in (None, "") or isinstance(default, list | dict) else f"`{json.dumps(default)}`"


def _takes(one: dict[str, Any]) -> str:
    """A type of JSON Schema in few words; a part by its name."""
    if "$ref" in one:
        return str(one["$ref"]).rsplit("/", 1)[-1]
    if "const" in one:
        return f"`{one['const']}`"
    if "enum" in one:
        return ", ".join(f"`{value}`" for value in one["enum"])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in one:
            ways = [_takes(way) for way in one[several] if way.get("type") != "null"]
            return " or ".join(dict.fromkeys(ways))
    if one.get("type") == "array":
        items = one.get("items") or {}
        return f"list of {_takes(items)}" if items else "list"
    if one.get("type") == "object":
        values = one.get("additionalProperties")
        return f"names to {_takes(values)}" if isinstance(values, dict) and values else "names to values"
    return {"string": "text", "integer": "whole number", "boolean": "true, false"}.get(
        one.get("type", ""), one.get("type", "any value")
    )


def _told(part: dict[str, Any]) -> str:
    return " ".join(str(part.get("description", "")).replace("``", "`").split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
