"""Receipts as JSON values."""

from __future__ import annotations

import json

from loadstone.books import Contribution, LoadReceipt
from loadstone.books.values import receipt_values

RECEIPT = LoadReceipt(
    load_id="7f3a", spec_path="a.ctl", target="bank.db", outcome="complete", exit_code=2,
    counts=Contribution(read=5, loaded=2, rejected=2, discarded=1, skipped=3), tables={"T": 2},
    bad_files=("a.bad", "b.bad"), log_file="a.log", duration_s=1.5, warnings=("w",),
)  # fmt: skip


def test_scripts_find_their_keys() -> None:
    """The keys that the command line promises, with the counts of the books."""
    found = json.loads(json.dumps(receipt_values(RECEIPT)))
    assert (5, 2, 2, 1, 3) == tuple(
        found[f"rows_{name}"] for name in ("read", "loaded", "rejected", "discarded", "skipped")
    )
    assert ({"T": 2}, "a.bad", ["a.bad", "b.bad"], None, "a.log", 1.5) == tuple(
        found[name] for name in ("tables", "bad_file", "bad_files", "discard_file", "log_file", "duration_s")
    )
    assert ("7f3a", "complete", 2, ["w"]) == tuple(
        found[name] for name in ("load_id", "outcome", "exit_code", "warnings")
    )
