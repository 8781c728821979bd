"""``loadstone write``."""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import nullcontext
from dataclasses import asdict
from datetime import date
from typing import Any

from loadstone.bootstrap import outputs
from loadstone.config import resolve_target
from loadstone.errors import FixSpec
from loadstone.output.model import OutputReceipt, Request, Value
from loadstone.output.write import Report


def run_write(arguments: argparse.Namespace) -> int:
    """Write one file, or print the schema of its spec."""
    if arguments.schema:
        print(json.dumps(outputs.schema(), indent=2))
        return 0
    if arguments.spec is None:
        raise FixSpec("LS-8002", "no output spec is named", hints=["loadstone write payments-out.yaml"])
    spec = outputs.spec_at(arguments.spec)
    request = Request(
        spec=spec,
        spec_path=arguments.spec,
        source=None if spec.rows.parquet else resolve_target(arguments.source),
        folder=arguments.folder,
        variables=_variables(arguments),
        replace=arguments.replace,
    )
    with _Progress() if not arguments.quiet and sys.stderr.isatty() else nullcontext(_silent) as report:
        receipt = outputs.write(request, report, repository=arguments.repository)
    if arguments.json:
        print(json.dumps(_values(receipt)))
    elif not arguments.quiet:
        _show(receipt)
    return 0


# Private functions


def _variables(arguments: argparse.Namespace) -> dict[str, Value]:
    given: dict[str, Value] = {}
    for word in arguments.define:
        name, mark, value = word.partition("=")
        if not mark or not name.isidentifier():
            raise FixSpec("LS-8005", f"{word!r} is not NAME=VALUE", hints=["--define sequence=7"])
        given[name] = value
    if arguments.business_date is not None:
        given["business_date"] = date.fromisoformat(arguments.business_date)
    elif "business_date" in given:
        try:
            given["business_date"] = date.fromisoformat(str(given["business_date"]))
        except ValueError:
            raise FixSpec("LS-8005", "business_date is no date", hints=["YYYY-MM-DD"]) from None
    return given


def _values(receipt: OutputReceipt) -> dict[str, Any]:
    values = asdict(receipt)
    values["totals"] = {name: f"{value:f}" for name, value in receipt.totals.items()}
    values["duration_s"] = round(receipt.duration_s, 3)
    return values


def _show(receipt: OutputReceipt) -> None:
    again = f", the first {receipt.resumed_at:,} by an earlier run" if receipt.resumed_at else ""
    rate = receipt.records / receipt.duration_s if receipt.duration_s else 0
    print(f"{receipt.path}: {receipt.records:,} records{again}, {receipt.size_bytes:,} bytes")
    print(f"  {receipt.duration_s:.2f} s, {rate:,.0f} records/s; sha256 {receipt.sha256}")
    if receipt.delivered is not None:
        print(f"  delivered to {receipt.delivered}")
    for name, value in receipt.totals.items():
        if name != "count":
            print(f"  {name} = {value:f}")


def _silent(records: int, size_bytes: int) -> None:
    """Nobody looks."""


class _Progress:
    """Records and bytes on one line of the terminal, while they are written."""

    def __enter__(self) -> Report:
        self._begun = self._told = time.monotonic()
        return self._report

    def __exit__(self, *error: object) -> None:
        if self._told > self._begun:
            print("\r\x1b[K", end="", file=sys.stderr)

    def _report(self, records: int, size_bytes: int) -> None:
        now = time.monotonic()
        if now - self._told > 0.3:
            rate = records / (now - self._begun)
            text = f"{records:,} records, {size_bytes / 1e6:,.1f} MB, {rate:,.0f} records/s"
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
            self._told = now
