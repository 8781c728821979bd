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
        targets.init(url, arguments.control_schema)
        print("the control tables are ready.")
    return 0
