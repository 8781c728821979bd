"""``loadstone propose``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from loadstone.cli.detect import detected
from loadstone.cli.texts import refuse_overwriting
from loadstone.detect.model import Detection
from loadstone.detect.propose import propose
from loadstone.errors import FixSpec, Place
from loadstone.filestore.atomic import write_whole
from loadstone.spec import CopybookReading, LoadSpec
from loadstone.spec.files import to_json, to_yaml
from loadstone.sqlldr.write import control_bytes


def run_propose(arguments: argparse.Namespace) -> int:
    """Write the spec; what the file was taken for goes to standard error."""
    refuse_overwriting(arguments.output, arguments.file, arguments.copybook)
    found = detected(arguments.file)
    spec = by_copybook(arguments, found) if arguments.copybook else _proposed(arguments, found)
    form = arguments.to or "yaml"
    data = (
        control_bytes(spec) if form == "control" else (to_yaml if form == "yaml" else to_json)(spec).encode()
    )
    if arguments.output:
        write_whole(Path(arguments.output), [data])
    else:
        sys.stdout.buffer.write(data)
    if arguments.copybook:
        return 0
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


def _proposed(arguments: argparse.Namespace, found: Detection) -> LoadSpec:
    from loadstone.detect.structured import is_structured, propose_rows

    if is_structured(found):
        return propose_rows(found, table=arguments.table, rows=arguments.rows)
    if arguments.rows is not None:
        raise FixSpec(
            "LS-1113",
            f"{found.path} is {found.format}, which has one kind of rows",
            Place(file=found.path),
            hints=["leave --rows out."],
        )
    return propose(found, table=arguments.table)


def by_copybook(arguments: argparse.Namespace, found: Detection) -> LoadSpec:
    """The spec of a file by its copybook; how it is read goes to standard error."""
    from loadstone.detect.copybook import propose_copybook

    try:
        text = Path(arguments.copybook).read_text("utf-8", "replace")
    except OSError as error:
        raise FixSpec(
            "LS-1120", f"cannot read {arguments.copybook}: {error.strerror}", Place(file=arguments.copybook)
        ) from error
    encoding = arguments.encoding or found.encoding or "cp037"
    spec = propose_copybook(
        arguments.file, text, encoding=encoding, framing=arguments.records, table=arguments.table
    )
    reading = spec.inputs[0].reading
    way = (
        f"by its copybook, records {reading.records}"
        if isinstance(reading, CopybookReading)
        else "as fixed-width records"
    )
    print(f"{found.path}: {len(spec.tables[0].fields)} columns, {encoding}, read {way}", file=sys.stderr)
    return spec
