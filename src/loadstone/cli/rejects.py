"""``loadstone rejects``."""

from __future__ import annotations

import argparse
import json
import sys

from loadstone.cli.show import mask
from loadstone.config import resolve_target
from loadstone.errors import FixSpec


def run_rejects(arguments: argparse.Namespace) -> int:
    """Show rejects; JSON gives one object a line."""
    from loadstone.bootstrap.loads import rejects

    ids, found = rejects(resolve_target(arguments.target), arguments.load_id, arguments.control_schema)
    if not ids:
        raise FixSpec(
            "LS-6004",
            f"no load with an id that begins with {arguments.load_id or 'anything'} in this target",
            hints=["the receipt and the log name the id."],
        )
    for one in found:
        value = one.value if arguments.show_values else mask(one.value)
        if arguments.json:
            print(
                json.dumps(
                    {
                        "load_id": ids[0],
                        "input": one.input_no,
                        "record": one.record_no,
                        "byte_offset": one.byte_offset,
                        "length_bytes": one.length_bytes,
                        "table": one.table,
                        "field": one.field,
                        "value": value,
                        "rule": one.rule,
                        "code": one.code,
                        "reason": one.reason,
                    },
                    ensure_ascii=False,
                )
            )
        else:
            place = f"record {one.record_no} (byte {one.byte_offset}), table {one.table}"
            field = f", field {one.field}" if one.field else ""
            shown = f": {value!r}" if value is not None else ""
            print(f"{place}{field}{shown}: {one.reason}")
    if not arguments.json:
        print(f"{len(found)} rejects of load {', '.join(one[:8] for one in ids)}", file=sys.stderr)
    return 0
