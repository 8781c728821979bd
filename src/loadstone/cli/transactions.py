"""``loadstone transactions``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from loadstone.bootstrap import loads, transactions
from loadstone.cli.load import request_of
from loadstone.cli.show import receipt_text
from loadstone.cli.source import read_any


def run_transactions(arguments: argparse.Namespace) -> int:
    """Stage and publish; the exit code is the receipt's: 2 where anything was refused or waits."""
    from loadstone.books.values import receipt_values
    from loadstone.cli.progress import watched

    spec = transactions.spec_at(arguments.spec)
    arguments.control = transactions.load_path(spec, arguments.spec)
    request = transactions.by_types(spec, arguments.spec, request_of(arguments))
    with watched(quiet=arguments.quiet or arguments.json) as run:
        receipt = loads.load(request, run)
    if arguments.json:
        print(json.dumps({**receipt_values(receipt), "types": receipt.types}, ensure_ascii=False))
    elif not arguments.quiet:
        print(receipt_text(receipt))
        for name, told in receipt.types.items():
            print(f"  {type_text(name, told)}")
        print("\n".join(f"  {line}" for line in reconciled_text(receipt.types)))
    return receipt.exit_code


def run_explain(arguments: argparse.Namespace) -> int:
    """Show the graph."""
    from loadstone.transactions.picture import graph_svg, graph_text, graph_values
    from loadstone.transactions.plan import plan_of

    spec = transactions.spec_at(arguments.spec)
    load = read_any(transactions.load_path(spec, arguments.spec), arguments.define)
    plan = plan_of(spec, arguments.spec, load)
    if arguments.svg is not None:
        Path(arguments.svg).write_text(graph_svg(plan))
    if arguments.json:
        print(json.dumps(graph_values(plan), ensure_ascii=False))
    elif arguments.svg is None:
        print(graph_text(plan))
    return 0


def run_schema(arguments: argparse.Namespace) -> int:
    """Print the JSON Schema."""
    print(json.dumps(transactions.schema(), indent=2))
    return 0


def type_text(name: str, told: dict[str, Any]) -> str:
    """One line about a type."""
    rows = (
        f"{told['rows_published']:,} rows"
        if not told["rows_waiting"]
        else f"{told['rows_waiting']:,} rows wait"
    )
    refused = f", {told['records_rejected']:,} records rejected" if told["records_rejected"] else ""
    why = f": {told['reason']}" if told["reason"] else ""
    return f"type {name} {told['state']}: {rows}{refused} in {told['duration_s']:.2f} s{why}"


def reconciled_text(types: dict[str, dict[str, Any]]) -> list[str]:
    """What was reconciled, as a table; ``replaced`` is what later rows of the same key took the place of."""
    rows = [("reconciled", "table", "figure", "file", "staged", "replaced", "target")]
    rows += [
        (
            name,
            one["table"],
            one["figure"] if one["column"] is None else f"{one['figure']} of {one['column']}",
            *(one[side] if one[side] is not None else "-" for side in ("file", "staged", "superseded", "target")),
        )
        for name, told in types.items()
        for one in told.get("reconciled", ())
    ]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if n < 3 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
