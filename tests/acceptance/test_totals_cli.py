"""``loadstone totals``, as its users call it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.acceptance.cli import call
from tests.bank_files import AchEntry, ach_file


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder of one's own."""
    monkeypatch.chdir(tmp_path)


def write(records: list[str]) -> str:
    """An ACH file, packed."""
    Path("pay.ach.gz").write_bytes(gzip.compress("\n".join(records).encode()))
    return "pay.ach.gz"


def test_a_good_file_exits_0(capsys: pytest.CaptureFixture[str]) -> None:
    """Each total stands beside what was counted; the format is detected, inside gzip too."""
    said = call(capsys, "totals", write(ach_file([[AchEntry(cents=1)]])))
    assert 0 == said.code
    assert "NACHA ACH, 1 rows, 0 malformed records" in said.out
    assert "credits" in said.out and "stated" in said.out and "differs" not in said.out


def test_a_total_that_differs_exits_1(capsys: pytest.CaptureFixture[str]) -> None:
    """The difference is named, as is a malformed record that explains it."""
    records = ach_file([[AchEntry(cents=100), AchEntry(cents=200)]])
    records[2] = records[2].replace("0000000100", "00000001O0")
    said = call(capsys, "totals", write(records), "--kind", "nacha")
    assert 1 == said.code
    assert "differs by -1.00" in said.out
    assert "malformed, line 3: the amount '00000001O0' is no digits" in said.out


def test_scripts_read_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    """``--json`` gives figures as text, and what ended the reading."""
    records = ach_file([[AchEntry(cents=100)]], blocked=False)
    said = call(capsys, "totals", write(records[:-1]), "--json")
    found = said.json()
    assert (1, False, "LS-2051") == (said.code, found["agree"], found["error"]["code"])
    assert {"scope": "batch 1", "name": "credits", "stated": "1.00", "counted": "1.00", "agrees": True, "origin": "line 4"} in found["totals"]  # fmt: skip


def test_a_file_that_ends_early_shows_why(capsys: pytest.CaptureFixture[str]) -> None:
    """What could be counted is shown, then the error."""
    said = call(capsys, "totals", write(ach_file([[]], blocked=False)[:-1]))
    assert 1 == said.code
    assert "batch 1" in said.out and "LS-2051" in said.err


def test_other_files_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no bank's is refused, naming the formats that state totals."""
    Path("plain.csv").write_text("a,b\n1,2\n3,4\n")
    said = call(capsys, "totals", "plain.csv")
    assert 1 == said.code
    assert "LS-2050" in said.err and "nacha" in said.err
