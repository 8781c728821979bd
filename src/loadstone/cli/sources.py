"""``loadstone sources``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loadstone.cli.tables import json_text, print_table
from loadstone.cli.texts import read_text
from loadstone.config import current_user, resolve_repository
from loadstone.errors import FixSpec

if TYPE_CHECKING:
    from loadstone.bootstrap.sources import Sources


def run_list(arguments: argparse.Namespace) -> int:
    """All source systems."""
    with opened(arguments) as sources:
        print_table(sources.systems(), as_json=arguments.json)
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """One."""
    from loadstone.sources.model import SourceSystem

    with opened(arguments) as sources:
        print_document(sources.show(SourceSystem, arguments.name), as_json=arguments.json)
    return 0


def run_add(arguments: argparse.Namespace) -> int:
    """Keep what is new."""
    with opened(arguments) as sources:
        outcomes = sources.add(read_text(arguments.file), arguments.file)
    print_table([{one.word: one.name, "done": one.done} for one in outcomes], as_json=arguments.json)
    return 0


def run_edit(arguments: argparse.Namespace) -> int:
    """Set values."""
    from loadstone.sources.model import SourceSystem

    with opened(arguments) as sources:
        row = sources.edit(SourceSystem, arguments.name, values_of(arguments.values), arguments.version)
    print_table([row], as_json=arguments.json)
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Take one away."""
    from loadstone.sources.model import SourceSystem

    with opened(arguments) as sources:
        gone = sources.remove(SourceSystem, arguments.name, arguments.version, feeds=arguments.feeds)
    print_table([{"removed": name} for name in gone], as_json=arguments.json)
    return 0


def run_import(arguments: argparse.Namespace) -> int:
    """Keep files, or tell every problem of them; 1 when there is one."""
    from loadstone.cli.show import error_values, show_error

    texts = [(file, read_text(file)) for file in arguments.files]
    with opened(arguments) as sources:
        problems = sources.problems(texts)
        if problems and not arguments.json:
            for problem in problems:
                show_error(problem, as_json=False)
        elif problems:
            print(json_text({"ok": False, "errors": [error_values(problem) for problem in problems]}))
        if problems or arguments.dry_run:
            if not problems:
                print_table([{"file": file, "problems": 0} for file, _ in texts], as_json=arguments.json)
            return 1 if problems else 0
        outcomes = sources.take(texts, prune=arguments.prune)
        missing = sources.unconfigured()
    print_table(
        [{"what": one.word, "name": one.name, "done": one.done} for one in outcomes], as_json=arguments.json
    )
    if missing:
        told = f"warning: connections that are none of this configuration: {', '.join(missing)}"
        print(told, file=sys.stderr)
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """The registry as YAML."""
    with opened(arguments) as sources:
        text = sources.export(arguments.source)
    if arguments.output is None:
        print(text, end="")
        return 0
    from loadstone.filestore.atomic import write_whole

    write_whole(Path(arguments.output), [text.encode()])
    return 0


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[Sources]:
    """The registry of the repository that the command names."""
    from loadstone.bootstrap.sources import open_sources

    url = resolve_repository(arguments.repository)
    sources = open_sources(url, actor=arguments.actor or current_user())
    try:
        yield sources
    finally:
        sources.close()


def values_of(pairs: list[str]) -> dict[str, Any]:
    """``PATH=VALUE`` pairs; ``FixSpec`` LS-7602 where there is no ``=``."""
    from loadstone.bootstrap.sources import value_of

    found = {}
    for pair in pairs:
        path, separator, text = pair.partition("=")
        if not separator or not path:
            raise FixSpec("LS-7602", f"{pair!r} is no PATH=VALUE", hints=["for example sla.cutoff=06:30."])
        found[path] = value_of(text)
    return found


def print_document(values: Mapping[str, Any], *, as_json: bool) -> None:
    """As JSON, or as YAML, which is how it is written in files."""
    if as_json:
        print(json_text(values))
        return
    import yaml

    print(yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, width=110), end="")
