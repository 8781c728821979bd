"""
Forty injected failures: by the message alone one knows the cause and the next step.

Both were written in ``docs/reference/failures.md`` before this test was run; it reads that table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from loadstone.jobs.faults import FaultKind
from tests.integration.failures import INJECTIONS, Met, Place

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "failures.md"
KINDS = {
    "T": FaultKind.TRANSIENT,
    "D": FaultKind.DATA_QUALITY,
    "C": FaultKind.CONFIGURATION,
    "S": FaultKind.SYSTEM,
}


@dataclass(frozen=True)
class Row:
    """A row of the table: groups of words, one word of each group must be said."""

    number: str
    cause: list[list[str]]
    step: list[list[str]]

    def missing(self, text: str) -> list[str]:
        """The groups of which no word is in ``text``, any case."""
        said = text.lower()
        groups = [*self.cause, *self.step]
        return [" or ".join(group) for group in groups if not any(word.lower() in said for word in group)]


def groups_of(cell: str) -> list[list[str]]:
    """Words in code type; one behind ``or`` joins the group of the one before it."""
    groups: list[list[str]] = []
    for joined, word in re.findall(r"(\bor )?`([^`]+)`", cell):
        if joined and groups:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


def rows() -> dict[str, Row]:
    """The table."""
    found = {}
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"[TDCS]\d+", cells[0]):
            found[cells[0]] = Row(cells[0], groups_of(cells[2]), groups_of(cells[3]))
    return found


ROWS = rows()


def test_the_table_has_forty_rows_of_four_kinds() -> None:
    """Each with an injection, a cause and a next step that a message can fail to say."""
    assert sorted(INJECTIONS) == sorted(ROWS) and len(ROWS) == 40
    for kind in KINDS:
        assert 10 == len([number for number in ROWS if number.startswith(kind)])
    for row in ROWS.values():
        assert row.cause and row.step
        groups = [" or ".join(group) for group in [*row.cause, *row.step]]
        assert groups == row.missing("an error occurred")


@pytest.mark.parametrize("number", INJECTIONS)
def test_a_failure_is_met_and_has_its_kind(
    number: str, here: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The injection really fails; the engine classifies it; the message says cause and next step."""
    met: Met = INJECTIONS[number](Place(here, postgres_url, monkeypatch))
    assert [] == ROWS[number].missing(met.text), met.text
    assert KINDS[number[0]] == met.kind, met.text
    assert re.match(r"\[LS-\d{4}\]", met.text)
