"""``loadstone detect``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loadstone.cli.main import main

KEYS = ("path", "containers", "format", "encoding", "delimiter", "quotechar", "escapechar", "record_terminator", "has_header", "header_lines", "preamble_lines",
        "footer_lines", "columns", "records", "confidence", "evidence", "alternatives", "duration_ms")  # fmt: skip


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A small table with a date that may be read in two ways."""
    path = tmp_path / "day.csv"
    path.write_text("Report\nid;amount;booked\n1;1,50;01/02/2026\n2;2,25;03/04/2026\n3;3,00;05/06/2026\n")
    return path


def test_one_object_a_line(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Scripts get every field of every file, a line each."""
    assert 0 == main(["detect", "--json", str(table), str(table)])
    lines = capsys.readouterr().out.splitlines()
    found = json.loads(lines[0])
    assert 2 == len(lines)
    assert set(KEYS) <= set(found)
    assert (";", True, 1, 3) == (
        found["delimiter"],
        found["has_header"],
        found["preamble_lines"],
        found["records"],
    )
    assert {"name", "type", "mask", "start", "end"} <= set(found["columns"][0])
    assert ["integer", "decimal", "date"] == [column["type"] for column in found["columns"]]


def test_a_person_reads_why(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The answer comes with its evidence, what is ambiguous, and the next best answers."""
    assert 0 == main(["detect", str(table)])
    out = capsys.readouterr().out
    for words in (
        "day.csv: csv",
        "';'",
        "header          yes, 1 lines above it",
        "decimal with ,",
        "date %d/%m/%Y",
        "%m/%d/%Y",
        "or else",
    ):
        assert words in out


def test_a_missing_file_is_told_and_the_others_go_on(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One file that cannot be read does not stop the batch; the exit code tells."""
    assert 0 != main(["detect", "--json", str(table.with_name("none")), str(table)])
    out = capsys.readouterr()
    assert "LS-2002" in out.out + out.err
    assert '"format": "csv"' in out.out


def test_what_differs_from_the_file_before(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Against an accepted file, differences are told with what a feed does about them; 1 where it holds the file."""
    new = table.with_name("next.csv")
    new.write_text("Report\nid;amount;day\n1;n/k;01/02/2026\n2;2,25;03/04/2026\n3;3,00;05/06/2026\n")
    assert 0 == main(["detect", str(table), "--against", str(table)])
    assert "drift: none" in capsys.readouterr().out
    assert 1 == main(["detect", str(new), "--against", str(table)])
    out = capsys.readouterr().out
    assert "drift (renamed, hold) column booked is now day: it holds the same values" in out
    assert "drift (type, hold) column amount holds string, it held decimal" in out


def test_scripts_get_the_drift(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each difference has its kind, both sides and the policy; a warning is no failure."""
    new = table.with_name("next.csv")
    new.write_text(table.read_text().replace(";", "|"))
    assert 0 == main(["detect", "--json", str(new), "--against", str(table)])
    (one,) = json.loads(capsys.readouterr().out)["drift"]
    assert ("dialect", "';'", "'|'", "warn") == (one["kind"], one["was"], one["now"], one["policy"])


def test_an_old_file_that_is_missing(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the file to compare with, nothing is said of the others."""
    assert 0 != main(["detect", str(table), "--against", str(table.with_name("none"))])
    assert "LS-2002" in capsys.readouterr().err
