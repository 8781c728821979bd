"""``loadstone feeds``."""

from __future__ import annotations

import argparse

from loadstone.cli.sources import opened, print_document, run_add, values_of
from loadstone.cli.tables import json_text, print_table

__all__ = ["run_add", "run_edit", "run_list", "run_match", "run_remove", "run_show"]

NO_FEED = 2
"""Exit code where no feed takes the name."""


def run_list(arguments: argparse.Namespace) -> int:
    """All feeds, or those of a system."""
    with opened(arguments) as sources:
        print_table(sources.feeds(arguments.source), as_json=arguments.json)
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """One."""
    from loadstone.sources.model import Feed

    with opened(arguments) as sources:
        print_document(sources.show(Feed, arguments.name), as_json=arguments.json)
    return 0


def run_edit(arguments: argparse.Namespace) -> int:
    """Set values."""
    from loadstone.sources.model import Feed

    with opened(arguments) as sources:
        row = sources.edit(Feed, arguments.name, values_of(arguments.values), arguments.version)
    print_table([row], as_json=arguments.json)
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Take one away."""
    from loadstone.sources.model import Feed

    with opened(arguments) as sources:
        gone = sources.remove(Feed, arguments.name, arguments.version)
    print_table([{"removed": name} for name in gone], as_json=arguments.json)
    return 0


def run_match(arguments: argparse.Namespace) -> int:
    """Who takes a name, and why the others do not; 2 when nobody does."""
    with opened(arguments) as sources:
        found = sources.match(arguments.name, arguments.connection, arguments.folder)
    match = found.match
    rows = [
        {"feed": one.feed, "source": one.source, "taken": one.taken, "why": one.why} for one in found.verdicts
    ]
    if arguments.json:
        values = {
            "name": arguments.name,
            "feed": match.feed.name if match else None,
            "business_date": match.business_date if match else None,
            "sequence": match.sequence if match else None,
            "groups": dict(match.groups) if match else {},
            "verdicts": rows,
        }
        print(json_text(values))
    else:
        if match is not None and match.groups:
            print(", ".join(f"{name} {value}" for name, value in match.groups.items()))
        print_table(rows)
    return 0 if match is not None else NO_FEED
