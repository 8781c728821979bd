"""``loadstone repository``."""

from __future__ import annotations

import argparse
import sys

from loadstone.cli.tables import print_table
from loadstone.config import resolve_repository


def run_upgrade(arguments: argparse.Namespace) -> int:
    """Make the tables, or bring them up."""
    from loadstone.bootstrap.repository import open_repository
    from loadstone.database import migrate

    database = open_repository(resolve_repository(arguments.repository))
    print(f"the repository has version {migrate.current(database)}")
    database.close()
    return 0


def run_downgrade(arguments: argparse.Namespace) -> int:
    """Bring the tables down."""
    from loadstone.database import migrate
    from loadstone.database.open import open_database

    database = open_database(resolve_repository(arguments.repository))
    migrate.downgrade(database, arguments.version)
    print(f"the repository has version {migrate.current(database) or 'base'}")
    database.close()
    return 0


def run_audit(arguments: argparse.Namespace) -> int:
    """Show the trail, or verify it; 2 when a seal is broken."""
    from loadstone.audit import trail
    from loadstone.bootstrap.repository import open_repository

    database = open_repository(resolve_repository(arguments.repository))
    try:
        if arguments.verify:
            while trail.seal(database, whole=True):
                pass
            with database.read() as connection:
                broken, (number, last) = trail.broken(connection), trail.root(connection)
            print_table(
                [{"seals": number, "broken": ", ".join(map(str, broken)), "root": last}],
                as_json=arguments.json,
            )
            return 2 if broken else 0
        with database.read() as connection:
            found = trail.entries(
                connection, object_=arguments.object, after=arguments.after, limit=arguments.limit
            )
    finally:
        database.close()
    rows = [
        {
            "entry": e.id,
            "at": e.at,
            "actor": e.actor,
            "action": e.action,
            "object": e.object,
            "detail": e.detail,
        }
        for e in found
    ]
    print_table(rows, as_json=arguments.json)
    if len(found) == arguments.limit:
        print(f"next page: loadstone repository audit --after {found[-1].id}", file=sys.stderr)
    return 0
