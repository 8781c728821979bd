"""``loadstone convert``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from loadstone.cli.source import read_any
from loadstone.filestore.atomic import write_whole
from loadstone.spec.files import is_spec_file, json_schema, to_json, to_yaml
from loadstone.sqlldr.write import control_bytes


def run_convert(arguments: argparse.Namespace) -> int:
    """Write the other form."""
    spec = read_any(arguments.source, arguments.define)
    form = arguments.to or ("control" if is_spec_file(arguments.source) else "yaml")
    if form == "control":
        data = control_bytes(spec)
    else:
        data = (to_yaml if form == "yaml" else to_json)(spec).encode()
    if arguments.output:
        write_whole(Path(arguments.output), [data])
    else:
        sys.stdout.buffer.write(data)
    return 0


def run_schema(arguments: argparse.Namespace) -> int:
    """Print the JSON Schema of a spec."""
    print(json.dumps(json_schema(), indent=2))
    return 0
