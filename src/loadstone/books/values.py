"""Receipts as JSON values: what ``--json`` prints and what jobs keep."""

from __future__ import annotations

from typing import Any

from loadstone.books.model import LoadReceipt


def receipt_values(receipt: LoadReceipt) -> dict[str, Any]:
    """A receipt; scripts read these keys, so they stay."""
    counts = receipt.counts
    return {
        "load_id": receipt.load_id,
        "outcome": receipt.outcome,
        "exit_code": receipt.exit_code,
        "rows_read": counts.read,
        "rows_loaded": counts.loaded,
        "rows_rejected": counts.rejected,
        "rows_discarded": counts.discarded,
        "rows_skipped": counts.skipped,
        "rows_staged": counts.staged,
        "tables": receipt.tables,
        "sums": receipt.sums,
        "bad_file": receipt.bad_files[0] if receipt.bad_files else None,
        "discard_file": receipt.discard_files[0] if receipt.discard_files else None,
        "bad_files": list(receipt.bad_files),
        "discard_files": list(receipt.discard_files),
        "log_file": receipt.log_file,
        "duration_s": receipt.duration_s,
        "resumed": receipt.resumed,
        "repeated": receipt.repeated,
        "warnings": list(receipt.warnings),
        "pace": receipt.pace,
    }
