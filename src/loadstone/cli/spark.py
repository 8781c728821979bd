"""``loadstone spark run``."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from loadstone.bootstrap import spark
from loadstone.cli.load import schema_pairs
from loadstone.cli.source import read_any
from loadstone.config import resolve_target
from loadstone.spec import LoadRequest

if TYPE_CHECKING:
    from loadstone.load.spark.driver import Computed


def run_spark(arguments: argparse.Namespace) -> int:
    """Compute the parts; 0 also where records are refused, for that shows when they are loaded."""
    request = LoadRequest(
        spec=read_any(arguments.control, arguments.define),
        spec_path=arguments.control,
        target=resolve_target(arguments.target),
        data=tuple(arguments.data),
        skip=arguments.skip,
        load=arguments.load,
        ddl=tuple(arguments.ddl),
        create_tables=arguments.create_tables,
        schema_map=schema_pairs(arguments.schema_map),
        control_schema=arguments.control_schema,
        parts=arguments.parts,
    )
    done = spark.compute(
        request,
        master=arguments.master,
        settings=spark.settings_of(arguments.conf),
        part_size_bytes=arguments.part_size,
    )
    if arguments.json:
        print(json.dumps(_values(done, arguments.parts), ensure_ascii=False))
    elif not arguments.quiet:
        told = _values(done, arguments.parts)
        print(
            f"{told['parts']:,} parts ({told['computed']:,} computed now), {told['read']:,} records: ", end=""
        )
        print(f"{told['loaded']:,} to load, {told['rejected']:,} refused, {told['discarded']:,} discarded")
        print(f"load them: loadstone load {told['manifest']}")
    return 0


# Private functions


def _values(done: Computed, folder: str) -> dict[str, Any]:
    parts = done.manifest.parts
    return {
        "manifest": f"{folder.rstrip('/')}/manifest.json",
        "run": done.manifest.run,
        "parts": len(parts),
        "computed": done.fresh,
        "read": sum(part.read for part in parts),
        "loaded": sum(part.loaded for part in parts),
        "rejected": sum(part.rejected for part in parts),
        "discarded": sum(part.discarded for part in parts),
        "inputs": [{"name": n, "size_bytes": s, "sha256": d} for n, s, d in done.manifest.inputs],
    }
