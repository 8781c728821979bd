"""``loadstone rejects``."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from loadstone.books import Reject, reject_values
from loadstone.cli.show import mask
from loadstone.cli.texts import refuse_overwriting
from loadstone.config import resolve_target
from loadstone.targets.urls import file_of, kind_of

if TYPE_CHECKING:
    from loadstone.targets.model import RefusedRecords

PAGE = 20
"""Rejects that are shown at once on a terminal."""


def run_rejects(arguments: argparse.Namespace) -> int:
    """Show a page of rejects, with sums and the way to the next page; JSON and files have all of them."""
    from loadstone.bootstrap.loads import refused_records

    url = resolve_target(arguments.target)
    if kind_of(url) in ("sqlite", "duckdb"):
        refuse_overwriting(arguments.output, file_of(url))
    with refused_records(url, arguments.load_id, arguments.control_schema) as (load_id, records):
        if arguments.output is not None:
            _export(arguments, load_id, records)
        elif arguments.json:
            for line in _json_lines(_chosen(arguments, load_id, records, None), load_id):
                sys.stdout.write(line)
        else:
            _show(arguments, load_id, records)
    return 0


# Private functions


def _chosen(
    arguments: argparse.Namespace, load_id: str, records: RefusedRecords, limit: int | None
) -> Iterator[Reject]:
    """Rejects behind ``--after``, at most ``--limit`` or ``limit``; values masked unless asked for."""
    from loadstone.targets.refused import all_rejects

    found = all_rejects(records, load_id, arguments.after)
    for one in islice(found, arguments.limit or limit):
        yield one if arguments.show_values else replace(one, value=mask(one.value))


def _json_lines(rejects: Iterable[Reject], load_id: str) -> Iterator[str]:
    for one in rejects:
        yield json.dumps(reject_values(one, load_id, None), ensure_ascii=False) + "\n"


def _csv_lines(rejects: Iterable[Reject], load_id: str) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    headed = False
    for one in rejects:
        values = reject_values(one, load_id, None)
        if not headed:
            writer.writerow(values)
            headed = True
        writer.writerow(values.values())
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _export(arguments: argparse.Namespace, load_id: str, records: RefusedRecords) -> None:
    from loadstone.filestore.atomic import write_whole

    rejects = _chosen(arguments, load_id, records, None)
    lines = (_csv_lines if arguments.output.lower().endswith(".csv") else _json_lines)(rejects, load_id)
    write_whole(Path(arguments.output), (line.encode() for line in lines))


def _show(arguments: argparse.Namespace, load_id: str, records: RefusedRecords) -> None:
    sums = records.sums(load_id)
    total = sum(one.count for one in sums)
    print(f"load {load_id}: {total:,} rejects")
    for kind in sums[:PAGE]:
        field = f", field {kind.field}" if kind.field else ""
        print(
            f"  {kind.count:>9,} x table {kind.table}{field}: {kind.code or kind.rule}, first record {kind.first}"
        )
    if len(sums) > PAGE:
        print(f"  and {len(sums) - PAGE:,} kinds more")
    shown = list(_chosen(arguments, load_id, records, PAGE))
    for one in shown:
        place = f"record {one.record_no} ({one.origin or f'byte {one.byte_offset}'}), table {one.table}"
        field = f", field {one.field}" if one.field else ""
        value = f": {one.value!r}" if one.value is not None else ""
        print(f"{place}{field}{value}: {one.reason}")
    if shown and records.rejects(load_id, shown[-1].record_no, 1):
        print(
            f"next page: loadstone rejects {load_id[:8]} --after {shown[-1].record_no};"
            " all: --output rejects.jsonl or .csv"
        )
