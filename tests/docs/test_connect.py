"""The page on connections names every step at which a test can end, with its code."""

from __future__ import annotations

import re
from pathlib import Path

from loadstone.connections.examine import STEPS
from loadstone.errors.catalogue import catalogue

PAGE = Path(__file__).resolve().parents[2] / "docs" / "howto" / "connect.md"
REACHED = {("DNS", "LS-7411"), ("port", "LS-7411"), ("login", "LS-7411")}
"""Steps at which nobody answers."""

JUDGED = {("address", "LS-7412"), ("host key", "LS-7412"), ("certificate", "LS-7412")}
"""Steps at which it is not the place that it may be."""


def test_the_table_of_failures_is_whole() -> None:
    """Each step with its code, no other one, and each row with what to do."""
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| (LS-\d{4}) \| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    expected = {(step, code) for code, step in STEPS.items()} | REACHED | JUDGED
    assert expected == {(step, code) for _, step, code, _ in rows}
    assert len(rows) == len(expected) and all(len(what) > 10 for *_, what in rows)
    assert {code for _, _, code, _ in rows} <= catalogue().keys()
