"""The registry as YAML files: read whole, with every problem at its place, or not at all; written so that reading gives the same."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from loadstone.errors import FixSpec, LoadstoneError, Place
from loadstone.sources.check import Known, faults_of
from loadstone.sources.model import Feed, FixedLayout, SourceSystem
from loadstone.spec.documents import Document, Keys, fault_text, near_hints, parse_document

HINT = "docs/howto/register-a-source.md shows what a file may say."


@dataclass
class Registry:
    """What files say, by name; ``places`` knows where each thing stands."""

    sources: dict[str, SourceSystem] = field(default_factory=dict)
    feeds: dict[str, Feed] = field(default_factory=dict)
    layouts: dict[str, FixedLayout] = field(default_factory=dict)
    places: dict[tuple[type[BaseModel], str], Document] = field(default_factory=dict)


def read_registry(texts: Sequence[tuple[str, str]], known: Known) -> tuple[Registry, list[LoadstoneError]]:
    """
    What files say, and every problem of them, by file and line.

    Args:
        texts: Pairs of a file's name and its text. known: what the repository holds; the files go on top of it.
    """
    registry, problems = Registry(), []
    for file, text in texts:
        problems += _read(text, file, registry)
    if not problems:
        problems = _unfit(registry, known)
    problems.sort(key=lambda one: (one.place.file or "", one.place.line or 0, one.place.column or 0))
    return registry, problems


def to_yaml(sources: Sequence[SourceSystem], feeds: Sequence[Feed], layouts: Sequence[FixedLayout]) -> str:
    """Source systems with their feeds below them, without what is default, each by name."""
    import yaml

    below: dict[str, list[Any]] = {}
    for feed in sorted(feeds, key=lambda one: one.name):
        values = feed.model_dump(mode="json", exclude_defaults=True)
        del values["source"]
        below.setdefault(feed.source, []).append(values)
    document: dict[str, Any] = {}
    if layouts:
        ordered = sorted(layouts, key=lambda one: one.name)
        document["layouts"] = [one.model_dump(mode="json", exclude_defaults=True) for one in ordered]
    document["sources"] = [
        one.model_dump(mode="json", exclude_defaults=True)
        | ({"feeds": below[one.name]} if one.name in below else {})
        for one in sorted(sources, key=lambda one: one.name)
    ]
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110))


def rooted(feed: Feed, file: str | None) -> Feed:
    """
    The feed with its load spec's path made absolute, for a worker runs elsewhere.

    Args:
        file: What says it: a relative path counts from its folder, and for None and ``-`` from the working directory.
    """
    if feed.layout.spec is None:
        return feed
    folder = os.path.dirname(file) if file not in (None, "-") else ""
    path = os.path.abspath(os.path.join(folder, feed.layout.spec))
    return feed.model_copy(update={"layout": feed.layout.model_copy(update={"spec": path})})


def nothing(place: Place) -> FixSpec:
    """A file that names nothing: half written, or the wrong one."""
    told = "the file names no source, no feed and no layout"
    return FixSpec("LS-7602", told, place, hints=["give a list under sources:, feeds: or layouts:.", HINT])


# Private functions


def _read(text: str, file: str, registry: Registry) -> list[LoadstoneError]:
    try:
        document = parse_document(text, file, "LS-7602")
    except LoadstoneError as error:
        return [error]
    problems: list[LoadstoneError] = []
    values = document.values
    if not isinstance(values, dict):
        told = "the file must be a mapping with sources:, feeds: or layouts:"
        return [FixSpec("LS-7602", told, document.place(), hints=[HINT])]
    if not values:
        return [nothing(document.place())]
    for key in set(values) - {"sources", "feeds", "layouts"}:
        place = document.place((key,), key=True)
        problems.append(FixSpec("LS-7602", f"{key}: unknown key", place, hints=[HINT]))
    for part in _parts(document, "layouts", problems):
        _keep(part, FixedLayout, registry, registry.layouts, problems)
    for part in _parts(document, "sources", problems):
        _read_source(part, registry, problems)
    for part in _parts(document, "feeds", problems):
        _keep(part, Feed, registry, registry.feeds, problems)
    return problems


def _read_source(part: Document, registry: Registry, problems: list[LoadstoneError]) -> None:
    own = part
    if isinstance(part.values, dict):
        own = Document(
            {key: value for key, value in part.values.items() if key != "feeds"}, part.file, part.root
        )
        name = part.values.get("name")
        for feed in _parts(part, "feeds", problems):
            if isinstance(feed.values, dict):
                if "source" in feed.values and feed.values["source"] != name:
                    told = f"source: {feed.values['source']} is not the system that it stands below"
                    problems.append(FixSpec("LS-7602", told, feed.place(("source",)), hints=[HINT]))
                feed = Document({**feed.values, "source": name}, feed.file, feed.root)
            _keep(feed, Feed, registry, registry.feeds, problems)
    _keep(own, SourceSystem, registry, registry.sources, problems)


def _parts(document: Document, key: str, problems: list[LoadstoneError]) -> Iterator[Document]:
    found = document.values.get(key) or []
    if not isinstance(found, list):
        problems.append(FixSpec("LS-7602", f"{key}: must be a list", document.place((key,)), hints=[HINT]))
        return
    for number in range(len(found)):
        yield document.at(key, number)


def _keep(
    part: Document,
    model: type[Any],
    registry: Registry,
    found: dict[str, Any],
    problems: list[LoadstoneError],
) -> None:
    """Keep what a part says, or its problems."""
    try:
        item = model.model_validate(part.values)
    except ValidationError as error:
        problems += _problems(part, error, model)
        return
    item = rooted(item, part.file) if isinstance(item, Feed) else item
    if item.name in found:
        first = registry.places[(model, item.name)].place()
        told = f"name: {item.name} stands in {first} already"
        problems.append(FixSpec("LS-7602", told, part.place(("name",)), hints=["keep one of the two."]))
        return
    found[item.name] = item
    registry.places[(model, item.name)] = part


def _problems(part: Document, error: ValidationError, model: type[BaseModel]) -> Iterator[LoadstoneError]:
    for one in error.errors():
        keys, unknown = one["loc"], one["type"] == "extra_forbidden"
        hints = near_hints(str(keys[-1]), model) if unknown else []
        place = part.place(keys, key=unknown)
        yield FixSpec("LS-7602", fault_text(keys, one["type"], one["msg"]), place, hints=[*hints, HINT])


def _unfit(registry: Registry, known: Known) -> list[LoadstoneError]:
    """What does not fit together, with what is in the repository already."""
    after = Known(
        sources={**known.sources, **registry.sources},
        feeds={**known.feeds, **registry.feeds},
        layouts={**known.layouts, **registry.layouts},
        calendars=known.calendars,
    )
    problems: list[LoadstoneError] = []
    for fault in faults_of(after):
        place = _place(registry.places, type(fault.item), fault.item.name, fault.keys)
        error = fault.error
        if place is not None:
            problems.append(type(error)(error.code, error.message, place, hints=error.hints))
        elif error.code == "LS-7605":  # a new feed takes the files of one that is in the repository
            problems.append(error)
    return problems


def _place(
    places: Mapping[tuple[type[BaseModel], str], Document], kind: type[BaseModel], name: str, keys: Keys
) -> Place | None:
    part = places.get((kind, name))
    return part.place(keys) if part is not None else None
