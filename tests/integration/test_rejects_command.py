"""``loadstone rejects``: sums, pages, files; quick and short also for many."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from loadstone.cli.main import main
from tests.runs import load
from tests.targets import execute

CONTROL = """LOAD DATA INFILE 'in.dat' APPEND INTO TABLE emp FIELDS TERMINATED BY ','
(id INTEGER EXTERNAL, name CHAR(3))
"""
REJECTS = 4500


@pytest.fixture
def refused(here: Path, target_url: str) -> str:
    """A target with a load that has thousands of rejects of two kinds."""
    execute(target_url, "CREATE TABLE emp (id INTEGER, name VARCHAR(10))")
    Path("in.dat").write_text("".join(f"x{n},Ann\n" if n % 9 else "1,Annabel\n" for n in range(REJECTS)))
    assert REJECTS == load(CONTROL, target_url, errors=-1).counts.rejected
    return target_url


def test_a_page_is_short_and_names_the_next(refused: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Sums by kind, 20 rejects, the way on; the next page begins behind the last record."""
    capsys.readouterr()
    assert 0 == main(["rejects", "--target", refused])
    first = capsys.readouterr().out.splitlines()
    assert "4,500 rejects" in first[0] and "4,000 x" in first[1] and "500 x" in first[2]
    assert 24 == len(first) and "--after 20" in first[-1]
    assert 0 == main(["rejects", "--target", refused, "--after", "4490", "--limit", "50"])
    last = capsys.readouterr().out.splitlines()
    assert last[3].startswith("record 4491 ") and last[-1].startswith("record 4500 ")


def test_json_lines_have_all_of_them(refused: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One object a line, masked unless asked for."""
    capsys.readouterr()
    assert 0 == main(["rejects", "--target", refused, "--json"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert list(range(1, REJECTS + 1)) == [one["record"] for one in lines]
    assert ("x9", "number", "ORA-01722") == (lines[1]["value"], lines[1]["rule"], lines[1]["code"])
    assert 0 == main(
        ["rejects", "--target", refused, "--json", "--show-values", "--limit", "1", "--after", "1"]
    )
    assert "x1" == json.loads(capsys.readouterr().out)["value"]


@pytest.mark.parametrize("name", ["r.jsonl", "r.csv"])
def test_they_are_written_to_a_file(refused: str, name: str) -> None:
    """CSV by its ending, else JSON lines; readable by its owner only."""
    assert 0 == main(["rejects", "--target", refused, "--output", name])
    with open(name, newline="") as file:
        rows = list(csv.DictReader(file)) if name.endswith("csv") else [json.loads(line) for line in file]
    assert REJECTS == len(rows) and "EMP" == rows[0]["table"]
    assert 0o600 == Path(name).stat().st_mode & 0o777


def test_no_load_and_no_target_are_named(
    here: Path, refused: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown id, a file that does not exist (and is not made), a target without any load."""
    for words in (
        ["f" * 32, "--target", refused],
        ["--target", "nothing.db"],
        ["--target", "nothing.duckdb"],
    ):
        assert 1 == main(["rejects", *words])
        assert "LS-6004" in capsys.readouterr().err
    assert not Path("nothing.db").exists()
    execute("bare.db", "CREATE TABLE t (a INTEGER)")
    assert 1 == main(["rejects", "--target", "bare.db"])
    assert "LS-6004" in capsys.readouterr().err


def test_an_ambiguous_id_is_refused(refused: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The beginning of several ids."""
    Path("in.dat").write_text("1,Ann\n")
    load(CONTROL, refused, again=True)
    assert 1 == main(["rejects", "", "--target", refused])
    assert "LS-6009" in capsys.readouterr().err
