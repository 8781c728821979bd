"""``loadstone connections``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from loadstone.cli.tables import print_table
from loadstone.config import current_user, resolve_repository

if TYPE_CHECKING:
    from loadstone.bootstrap.connections import Connections


def run_list(arguments: argparse.Namespace) -> int:
    """All connections with their breakers."""
    with _connections(arguments) as connections:
        print_table(connections.listed(), as_json=arguments.json)
    return 0


def run_test(arguments: argparse.Namespace) -> int:
    """Test one, step by step; 2 when a step goes wrong."""
    from loadstone.bootstrap.connections import tested

    good = True
    for finding in tested(arguments.connection):
        good = good and finding.good
        if arguments.json:
            print_table([asdict(finding)], as_json=True)
            continue
        code = f"[{finding.code}] " if finding.code else ""
        print(f"{finding.step:11} {'ok ' if finding.good else 'BAD'} {code}{finding.told}")
        if finding.hint:
            print(f"HINT: {finding.hint}")
    return 0 if good else 2


def run_reset(arguments: argparse.Namespace) -> int:
    """Close a breaker by hand."""
    with _connections(arguments) as connections:
        breaker = connections.reset(arguments.connection)
    print_table([{"connection": breaker.system, "breaker": str(breaker.state)}], as_json=arguments.json)
    return 0


# Private functions


@contextmanager
def _connections(arguments: argparse.Namespace) -> Iterator[Connections]:
    from loadstone.bootstrap.connections import open_connections

    url = resolve_repository(arguments.repository)
    connections = open_connections(url, actor=arguments.actor or current_user())
    try:
        yield connections
    finally:
        connections.close()
