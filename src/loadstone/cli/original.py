"""``loadstone original``: the same load by SQL*Loader itself, where it is installed."""

from __future__ import annotations

import argparse
import json

from loadstone.books.values import receipt_values
from loadstone.cli.show import receipt_text
from loadstone.cli.source import read_any
from loadstone.config import resolve_target
from loadstone.spec import LoadRequest


def run_original(arguments: argparse.Namespace) -> int:
    """Load; the exit code is SQL*Loader's."""
    from loadstone.bootstrap import loads
    from loadstone.cli.progress import watched

    request = LoadRequest(
        spec=read_any(arguments.control),
        spec_path=arguments.control,
        target=resolve_target(arguments.target),
        data=tuple(arguments.data),
        bad=arguments.bad,
        discard=arguments.discard,
        log=arguments.log,
        rejects_jsonl=arguments.rejects_jsonl,
        skip=arguments.skip,
        load=arguments.load,
        errors=arguments.errors,
        discardmax=arguments.discardmax,
        rows=arguments.rows,
    )
    with watched(quiet=arguments.quiet or arguments.json) as run:
        receipt = loads.load_original(request, run, binary=arguments.binary, timeout_s=arguments.timeout)
    if arguments.json:
        print(json.dumps(receipt_values(receipt), ensure_ascii=False))
    elif not arguments.quiet:
        print(receipt_text(receipt))
    return receipt.exit_code
