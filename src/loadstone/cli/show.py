"""How errors and receipts look."""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loadstone.errors import LoadstoneError, Stop
from loadstone.errors.catalogue import catalogue
from loadstone.secrets.passwords import without_passwords

if TYPE_CHECKING:
    from loadstone.books import LoadReceipt


def show_error(error: LoadstoneError, *, as_json: bool) -> None:
    """On standard error as text, or on standard output as JSON."""
    _hint(error)
    if as_json:
        text = json.dumps({"ok": False, "errors": [error_values(error)]}, ensure_ascii=False)
        print(without_passwords(text))
    else:
        print(without_passwords(str(error)), file=sys.stderr)


def show_defect(error: Exception, *, as_json: bool) -> None:
    """What nobody expected: its class, its words, and where it was raised; all of it with LOADSTONE_DEBUG."""
    trace = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(trace[-1].filename).name}:{trace[-1].lineno})" if trace else ""
    show_error(Stop("LS-6099", f"{type(error).__name__}: {error}{place}"), as_json=as_json)
    if os.environ.get("LOADSTONE_DEBUG"):
        print(without_passwords("".join(traceback.format_exception(error))), file=sys.stderr)


def error_values(error: LoadstoneError) -> dict[str, Any]:
    """Code, message, place and hints."""
    _hint(error)
    place = error.place
    return {
        "code": error.code,
        "message": error.message,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "record": place.record_no,
        "field": place.field,
        "hints": list(error.hints),
    }


def receipt_text(receipt: LoadReceipt) -> str:
    """A receipt for people."""
    counts = receipt.counts
    head = {
        "complete": "loaded",
        "errors": "stopped: more rejects than ERRORS allows",
        "limit": "stopped: LOAD is reached",
        "stopped": "stopped on request; the same command resumes",
        "waiting": "staged, not all of it published; the same command goes on with what waits",
    }.get(receipt.outcome, receipt.outcome)
    again = " (already loaded before; --again loads once more)" if receipt.repeated else ""
    lines = [f"load {receipt.load_id[:8]} {head}{again} in {receipt.duration_s:.2f} s"]
    lines.append(
        f"  read {counts.read:,} = loaded {counts.loaded:,} + rejected {counts.rejected:,}"
        f" + discarded {counts.discarded:,}"
        + (f" + staged {counts.staged:,}" if counts.staged else "")
        + (f"; skipped {counts.skipped:,}" if counts.skipped else "")
    )
    lines += [f"  {table}: {rows:,} rows" for table, rows in receipt.tables.items()]
    lines += [f"  bad file {path}" for path in receipt.bad_files]
    lines += [f"  discard file {path}" for path in receipt.discard_files]
    if receipt.log_file:
        lines.append(f"  log {receipt.log_file}")
    lines += ["  warning: " + warning.replace("\n", "\n    ") for warning in receipt.warnings]
    return "\n".join(lines)


def mask(value: str | None) -> str | None:
    """A value of which only its shape is shown: letters as x, digits as 9."""
    if value is None:
        return None
    return "".join("9" if char.isdigit() else "x" if char.isalpha() else char for char in value)


# Private functions


def _hint(error: LoadstoneError) -> None:
    """An error without hints of its own takes that of the catalogue."""
    if not error.hints and (known := catalogue().get(error.code)) is not None:
        error.hints = (known.help,)
