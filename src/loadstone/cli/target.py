"""``loadstone target``."""

from __future__ import annotations

import argparse

from loadstone.config import resolve_target


def run_init(arguments: argparse.Namespace) -> int:
    """Make the control tables, or print the statements."""
    from loadstone.bootstrap import targets

    url = resolve_target(arguments.target)
    if arguments.sql:
        print(";\n".join(targets.init_sql(url, arguments.control_schema, arguments.role)) + ";")
    else:
        targets.init(url, arguments.control_schema, arguments.role)
        print("the control tables are ready.")
    return 0


def run_prune(arguments: argparse.Namespace) -> int:
    """Take out what is old, and say how much."""
    from loadstone.bootstrap import targets

    url = resolve_target(arguments.target)
    done = targets.prune(url, arguments.control_schema, arguments.days, arguments.rejects_days)
    print(f"{done.chunks:,} chunk rows, {done.refused:,} rows of rejects and discards are gone.")
    for load_id in done.staged_loads:
        print(f"the staged rows of load {load_id} are gone; it begins anew.")
    return 0
