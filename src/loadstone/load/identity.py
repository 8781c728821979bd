"""Which load this is: the same spec, target and inputs are the same load, whatever the limits."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loadstone.load.inputs import LoadInput
from loadstone.spec import LoadRequest, LoadSpec, Options
from loadstone.targets.model import LoadRow, Target


@dataclass(frozen=True, kw_only=True)
class Identity:
    """
    A load and what the target knows of it.

    Attributes:
        load_id: 32 hexadecimal digits. generation: how many loads of the same key came before.
        row: Its row in the target; None for a new load.
    """

    load_id: str
    generation: int
    row: LoadRow | None


GENERATIONS_MAX = 100_000
"""Loads of one key that are told apart from their ids alone."""


def load_key(
    request: LoadRequest, target_url: str, inputs: list[LoadInput], functions: Mapping[str, str]
) -> str:
    """
    What makes loads the same, before contents are known: spec without limits, target, inputs, run.

    Args:
        functions: The user functions of the configuration; those that the spec's SQL strings name count.
    """
    parts: dict[str, Any] = {
        "spec": spec_without_limits(request.spec).model_dump(mode="json", exclude_defaults=True),
        "target": target_url,
        "inputs": [_name(one) for one in inputs],
        "run": request.run_id,
        "business_date": request.business_date,
        "schema_map": sorted(request.schema_map.items()),
    }
    if any(request.selects):
        parts["selects"] = request.selects
    used = used_functions(request.spec, functions, request.selects)
    if used:
        parts["functions"] = used
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def used_functions(
    spec: LoadSpec, functions: Mapping[str, str], selects: Sequence[str | None] = ()
) -> dict[str, str]:
    """
    Those of ``functions`` whose names stand in the SQL strings of ``spec``, in ``selects``, or in a function that does.

    A name within a literal or a longer name with dots counts as well: one too many makes a load at worst a new one.
    """
    fields = [field for table in spec.tables for field in table.fields]
    texts = [field.sql or getattr(field.source, "sql", None) or "" for field in fields]
    texts += [field.checks.condition or "" for field in fields if field.checks is not None]
    texts += [one for one in selects if one]
    used: dict[str, str] = {}
    while texts:
        text = texts.pop().upper()
        for name, expression in functions.items():
            if name not in used and re.search(rf"(?<![\w$#]){re.escape(name.upper())}(?![\w$#])", text):
                used[name] = expression
                texts.append(expression)
    return used


def spec_without_limits(spec: LoadSpec) -> LoadSpec:
    """The spec without options (but for those of fields), and without the output paths and limits of its inputs."""
    kept = Options(external_table=spec.options.external_table, trim=spec.options.trim)
    bare = {"bad": None, "discard": None, "discardmax": None}
    inputs = tuple(one.model_copy(update=bare) for one in spec.inputs)
    return spec.model_copy(update={"options": kept, "inputs": inputs, "readsize": None, "readbuffers": None})


def spec_digest(spec: LoadSpec) -> str:
    """SHA-256 of a spec, of what makes loads the same: without its limits and output paths."""
    values = spec_without_limits(spec).model_dump(mode="json", exclude_defaults=True)
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def is_of(key: str, load_id: str) -> bool:
    """Whether ``load_id`` is a load of ``key``, of any generation."""
    return any(_load_id(key, generation) == load_id for generation in range(GENERATIONS_MAX))


def latest(target: Target, key: str, since: Identity | None = None) -> Identity:
    """
    The newest load of ``key``; a first one that does not exist yet where there is none.

    Loads that begin anew each time are many, and follow each other without a gap: the newest is found in steps that
    double, then halve, so that a start asks for a few rows, however many loads came before.

    Args:
        since: The newest one known before.
    """
    known = since.generation if since is not None else 0
    row = target.read_load(_load_id(key, known))
    if row is None:
        return latest(target, key) if known else Identity(load_id=_load_id(key, 0), generation=0, row=None)
    step = 1
    while (after := target.read_load(_load_id(key, known + step))) is not None:
        known, row, step = known + step, after, step * 2
    while step > 1:
        step //= 2
        if (after := target.read_load(_load_id(key, known + step))) is not None:
            known, row = known + step, after
    return Identity(load_id=_load_id(key, known), generation=known, row=row)


def following(key: str, identity: Identity) -> Identity:
    """A new load of the same key."""
    generation = identity.generation + 1
    return Identity(load_id=_load_id(key, generation), generation=generation, row=None)


# Private functions


def _load_id(key: str, generation: int) -> str:
    return hashlib.sha256(f"{key}:{generation}".encode()).hexdigest()[:32]


def _name(one: LoadInput) -> str:
    if one.path is not None:
        return str(Path(one.path).resolve())
    return hashlib.sha256(one.data or b"").hexdigest()
