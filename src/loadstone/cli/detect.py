"""``loadstone detect``."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from loadstone.cli.show import show_error
from loadstone.detect.drift import Drift, drift_of
from loadstone.detect.file import detect_file
from loadstone.detect.model import Detection
from loadstone.detect.shape import Shape, shape_of
from loadstone.errors import FixFile, LoadstoneError, Place

_FIELDS = ("path", "containers", "member", "format", "variant", "encoding", "delimiter", "quotechar", "escapechar", "skip_blanks", "record_terminator", "has_header",
           "header_lines", "preamble_lines", "footer_lines", "columns", "records", "records_exact", "confidence", "evidence", "alternatives", "duration_ms")  # fmt: skip


def run_detect(arguments: argparse.Namespace) -> int:
    """
    0 when every file could be read, else the exit code of the first that could not.

    With ``--against``, 1 where a file differs so that a feed, by the policies that feeds have where nothing is said, holds it.
    """
    worst = 0
    before = shape_of(detected(arguments.against)) if arguments.against else None
    for path in arguments.files:
        try:
            found = detected(path, before)
        except LoadstoneError as error:
            show_error(error, as_json=arguments.json)
            worst = worst or error.exit_code
            continue
        drift = drift_of(before, shape_of(found)) if before is not None else None
        if drift and any(_policy(one) == HOLD for one in drift):
            worst = worst or 1
        if arguments.json:
            values = to_json(found)
            if drift is not None:
                values["drift"] = [{**asdict(one), "policy": _policy(one)} for one in drift]
            print(json.dumps(values, ensure_ascii=False), flush=True)
        else:
            show(found)
            show_drift(drift)
    return worst


def to_json(found: Detection) -> dict[str, Any]:
    """The fields that scripts read, in their fixed order."""
    values = asdict(found)
    for column in values["columns"]:
        del column["sketch"]
    return {name: values[name] for name in _FIELDS}


def show(found: Detection) -> None:
    """What a person reads: the answer, its columns, why, and what else it may be."""
    packed = " > ".join([*found.containers, found.format])
    print(
        f"{found.path}: {packed}{f' ({found.variant})' if found.variant else ''}, {found.confidence:.1%} sure"
    )
    for name, value in _facts(found):
        print(f"  {name:<16}{value}")
    for column in found.columns:
        place = "" if column.start is None else f"  [{column.start}, {column.end})"
        mask = (
            f" {column.mask}" if column.mask else f" with {column.decimal}" if column.decimal == "," else ""
        )
        personal = f"  personal data: {column.personal}" if column.personal else ""
        values = f"  {', '.join(column.examples)}" if column.examples else ""
        print(f"    {column.name:<24}{column.type + mask:<24}{place}{personal}{values}")
    for reason in found.evidence:
        print(f"  because {reason}")
    for other in found.alternatives:
        print(f"  or else {other.what} ({other.confidence:.0%})")


def show_drift(drift: list[Drift] | None) -> None:
    """What differs from a file before, a line each; nothing where none was given."""
    if drift is None:
        return
    for one in drift:
        print(f"  drift ({one.kind}, {_policy(one)}) {one.told}")
    if not drift:
        print("  drift: none, the file has the form of the one before")


def detected(path: str, before: Shape | None = None) -> Detection:
    """What a file is, with the header's names known from the one ``before``; ``FixFile`` LS-2002 where it cannot be read."""
    names = [column.name for column in before.columns] if before is not None and before.has_header else []
    try:
        return detect_file(path, names=names)
    except OSError as error:
        raise FixFile("LS-2002", f"cannot read {path}: {error.strerror}", Place(file=path)) from error


# Private functions

HOLD = "hold"


def _policy(one: Drift) -> str:
    """What a feed does about a difference where it says nothing else."""
    from loadstone.sources.policies import DriftPolicy

    return str(DriftPolicy().of(one.kind))


def _facts(found: Detection) -> list[tuple[str, str]]:
    facts = [("encoding", found.encoding or "")]
    if found.delimiter is not None:
        quotes = f", fields in {found.quotechar}" if found.quotechar else ""
        escape = f", escaped by {found.escapechar}" if found.escapechar else ""
        facts.append(("delimiter", f"{found.delimiter!r}{quotes}{escape}"))
    if found.record_terminator is not None:
        facts.append(("records end in", repr(found.record_terminator)))
    if found.has_header is not None:
        above = f", {found.preamble_lines} lines above it" if found.preamble_lines else ""
        below = f", {found.footer_lines} lines below the table" if found.footer_lines else ""
        facts.append(("header", ("yes" if found.has_header else "no") + above + below))
    if found.records is not None:
        facts.append(
            ("records", f"{found.records:,}" + ("" if found.records_exact else " in the first part"))
        )
    return [(name, value) for name, value in facts if value]
