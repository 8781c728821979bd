"""``loadstone propose``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from loadstone.cli.detect import detected
from loadstone.detect.propose import propose
from loadstone.filestore.atomic import write_whole
from loadstone.spec.files import to_json, to_yaml
from loadstone.sqlldr.write import control_bytes


def run_propose(arguments: argparse.Namespace) -> int:
    """Write the spec; what the file was taken for goes to standard error."""
    found = detected(arguments.file)
    spec = propose(found, table=arguments.table)
    form = arguments.to or "yaml"
    data = (
        control_bytes(spec) if form == "control" else (to_yaml if form == "yaml" else to_json)(spec).encode()
    )
    if arguments.output:
        write_whole(Path(arguments.output), [data])
    else:
        sys.stdout.buffer.write(data)
    print(
        f"{found.path}: {found.format}, {len(found.columns)} columns, {found.records or 0:,} records, {found.confidence:.1%} sure",
        file=sys.stderr,
    )
    for column in found.columns:
        if column.ambiguous:
            others = ", ".join(column.ambiguous)
            print(
                f"NOTE: column {column.name} is read as {column.mask or column.type}; {others} fits as well",
                file=sys.stderr,
            )
    return 0
