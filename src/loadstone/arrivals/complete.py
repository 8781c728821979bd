"""When a file is whole: its size stands still, its marker or manifest is there, it has lost the ending of half-written ones."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loadstone.sources.model import Feed
from loadstone.sources.patterns import find
from loadstone.sources.policies import Complete

MANIFEST_SIZE_MAX = 16 << 20
"""Bytes of a manifest; a longer one lists more files than anybody sends at once."""

USUAL = Complete()
"""The rule of a file whose feed is not known yet."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """
    What a manifest says of a file; None for what it does not say.

    Attributes:
        digest: ``sha256:`` or ``md5:`` and hex digits.
    """

    size_bytes: int | None = None
    digest: str | None = None


def is_partial(name: str, rule: Complete) -> bool:
    """Whether a name is that of a file that is being written."""
    return name.startswith(".") or name.lower().endswith(tuple(one.lower() for one in rule.partial_suffixes))


def companion(template: str, name: str, groups: Mapping[str, str]) -> str:
    """The name of the marker or manifest that goes with a file."""
    values = {**groups, "name": name, "stem": name.rpartition(".")[0] or name}
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), template)


def companions(feeds: Sequence[Feed], names: Collection[str]) -> set[str]:
    """Which names of a folder are those of markers and manifests, and so no data."""
    found: set[str] = set()
    for feed in feeds:
        rule = feed.complete
        for template in (rule.marker, rule.manifest):
            if template is None:
                continue
            shape = _shape(template)
            found.update(name for name in names if shape.fullmatch(name))
    return found


def groups_of(feed: Feed | None, name: str) -> Mapping[str, str]:
    """Named groups of the first pattern that fits a name."""
    for pattern in feed.patterns if feed is not None else ():
        found = find(pattern, name)
        if not found.why_not:
            return found.groups
    return {}


def missing(
    rule: Complete,
    name: str,
    names: Collection[str],
    groups: Mapping[str, str],
    stable_since: datetime,
    now: datetime,
) -> str | None:
    """Why a file is not whole yet, its manifest's content aside; None when it is."""
    if is_partial(name, rule):
        return "its name is that of a file being written"
    stable_s = (now - stable_since).total_seconds()
    if stable_s < rule.stable_s:
        return f"its size has not changed for {stable_s:.0f} s, not for {rule.stable_s:g} s"
    for told, template in (("marker", rule.marker), ("manifest", rule.manifest)):
        if template is not None:
            wanted = companion(template, name, groups)
            if wanted not in names:
                return f"its {told} {wanted} is not there"
    return None


def read_manifest(data: bytes, kind: str) -> dict[str, Listed]:
    """
    What a manifest says, by name.

    Raises:
        ValueError: It is none of its kind.
    """
    text = data.decode("utf-8-sig")
    if kind in ("sha256sum", "md5sum"):
        return dict(_sums(text, kind.removesuffix("sum")))
    if kind == "json":
        return dict(_listed(one) for one in _items(json.loads(text)))
    return dict(_listed(row) for row in csv.DictReader(io.StringIO(text)))


# Private functions


def _shape(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{\w+\}", template)
    return re.compile(".+".join(map(re.escape, parts)))


def _sums(text: str, kind: str) -> list[tuple[str, Listed]]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = re.fullmatch(r"([0-9A-Fa-f]{32,64})[ \t]+\*?(.+)", line.rstrip())
        if match is None:
            raise ValueError(f"line {number} has no digest and name")
        found.append((match[2].rpartition("/")[2], Listed(digest=f"{kind}:{match[1].lower()}")))
    return found


def _items(values: Any) -> list[Mapping[str, Any]]:
    items = values.get("files", [values]) if isinstance(values, dict) else values
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise ValueError("it is no list of files")
    return items


def _listed(values: Mapping[str, Any]) -> tuple[str, Listed]:
    name = values.get("name")
    if not isinstance(name, str) or not name:
        raise ValueError("a file has no name")
    size = values.get("size_bytes")
    digest = values.get("sha256")
    return name.rpartition("/")[2], Listed(
        size_bytes=int(size) if size not in (None, "") else None,
        digest=f"sha256:{str(digest).lower()}" if digest else None,
    )
