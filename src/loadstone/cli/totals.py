"""``loadstone totals``: the totals that a bank's file states of itself, beside those that its records give."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from typing import Any

from loadstone.books import ControlTotal
from loadstone.cli.detect import detected
from loadstone.cli.show import show_error
from loadstone.errors import FixFile, LoadstoneError, Place
from loadstone.formats.inputs import open_input
from loadstone.formats.readers.banks import BANKS, open_bank

FAULTS_SHOWN = 20
"""Malformed records that are named; all are counted."""


@dataclass
class Totals:
    """
    What was found.

    Attributes:
        path: The file. kind: its format, a key of ``BANKS``. rows: good rows. bad: malformed records.
        faults: Place and reason of the first of them. totals: stated and counted. error: what ended the reading; None at the end.
    """

    path: str
    kind: str
    rows: int = 0
    bad: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)
    totals: tuple[ControlTotal, ...] = ()
    error: LoadstoneError | None = None

    @property
    def agree(self) -> bool:
        """Whether the file was read to its end, and every total is right."""
        return self.error is None and all(total.agrees for total in self.totals)


def run_totals(arguments: argparse.Namespace) -> int:
    """Show a file's own totals; 1 where one differs, or the file cannot be read to its end."""
    found = totals_of(arguments.file, kind=arguments.kind, encoding=arguments.encoding)
    if arguments.json:
        print(json.dumps(to_json(found), ensure_ascii=False))
    else:
        show(found)
        if found.error is not None:
            show_error(found.error, as_json=False)
    return 0 if found.agree else 1


def totals_of(path: str, *, kind: str | None = None, encoding: str | None = None) -> Totals:
    """
    Read a file to its end.

    Raises:
        FixFile: LS-2050 it is none of the formats that state totals; LS-2001 and LS-2002 it cannot be read.
    """
    if kind is None:
        detection = detected(path)
        kind, encoding = detection.format, encoding or detection.encoding
        if kind not in BANKS:
            raise FixFile(
                "LS-2050",
                f"the file is {kind}, which states no totals that can be read",
                Place(file=path),
                hints=[f"formats that do: {', '.join(BANKS)}; --kind names one."],
            )
    found = Totals(path, kind)
    with open_input(path) as stream:
        reader = open_bank(kind, stream, name=path, encoding=encoding)
        try:
            for row in reader:
                if row.fault is None:
                    found.rows += 1
                    continue
                found.bad += 1
                if found.bad <= FAULTS_SHOWN:
                    found.faults.append((row.origin, row.fault))
        except LoadstoneError as error:
            found.error = error
        found.totals = reader.controls()
    return found


def to_json(found: Totals) -> dict[str, Any]:
    """What scripts read; figures are text, for they are exact."""
    return {
        "path": found.path,
        "format": found.kind,
        "agree": found.agree,
        "rows": found.rows,
        "malformed": found.bad,
        "faults": [{"origin": origin, "reason": reason} for origin, reason in found.faults],
        "totals": [
            {
                "scope": total.scope,
                "name": total.name,
                "stated": str(total.stated),
                "counted": str(total.counted),
                "agrees": total.agrees,
                "origin": total.origin,
            }
            for total in found.totals
        ],
        "error": None if found.error is None else {"code": found.error.code, "message": str(found.error)},
    }


def show(found: Totals) -> None:
    """What a person reads."""
    print(f"{found.path}: {BANKS[found.kind].title}, {found.rows:,} rows, {found.bad:,} malformed records")
    for total in found.totals:
        verdict = "" if total.agrees else f"  <-- differs by {total.counted - total.stated:+,f}"
        print(
            f"  {total.scope:<24}{total.name:<24}stated {total.stated:>20,f}  counted {total.counted:>20,f}"
            f"  {total.origin}{verdict}"
        )
    if not found.totals:
        print("  the file states no totals")
    for origin, reason in found.faults:
        print(f"  malformed, {origin}: {reason}")
    if found.bad > len(found.faults):
        print(f"  and {found.bad - len(found.faults):,} more")
