"""``loadstone errors``."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from loadstone.errors import FixSpec
from loadstone.errors.catalogue import catalogue


def run_errors(arguments: argparse.Namespace) -> int:
    """Explain one code, or list all."""
    entries = list(catalogue().values())
    if arguments.code is not None:
        wanted = arguments.code.upper()
        entries = [entry for entry in entries if wanted in (entry.code, entry.code.removeprefix("LS-"))]
        if not entries:
            raise FixSpec(
                "LS-6005", f"there is no error code {arguments.code}", hints=["`loadstone errors` lists all."]
            )
    if arguments.json:
        print(json.dumps([asdict(entry) for entry in entries]))
        return 0
    for entry in entries:
        print(f"{entry.code} ({entry.class_name}): {entry.title}")
        if arguments.code is not None:
            print(f"HINT: {entry.help}")
    return 0
