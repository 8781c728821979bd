"""Tables: what people and scripts see of rows."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime
from typing import Any

import pytest

from loadstone.cli.tables import cell, json_text, print_record, print_table

MOMENT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


class Terminal(io.StringIO):
    """Standard output that somebody looks at."""

    def isatty(self) -> bool:
        return True


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, show: Callable[[], None]) -> list[str]:
    """The lines that a terminal of 60 columns shows."""
    monkeypatch.setenv("COLUMNS", "60")
    screen = Terminal()
    with redirect_stdout(screen):
        show()
    return screen.getvalue().splitlines()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (1234567, "1,234,567"),
        (0.25, "0.25"),
        ("text", "text"),
        ({"job": "gl", "version": 1200}, "job: gl, version: 1,200"),
        (MOMENT, MOMENT.astimezone().strftime("%Y-%m-%d %H:%M:%S")),
    ],
)
def test_values_read_as_people_write_them(value: Any, expected: str) -> None:
    """Nothing for what is not there, groups in numbers, no Python."""
    assert expected == cell(value)


def test_json_has_moments_that_other_programs_read() -> None:
    """ISO 8601 with offset; letters as they are; what JSON has no form for as text."""
    told = json_text({"at": MOMENT, "name": "Zoë", "path": pytest})
    assert "2026-11-24T02:30:00+00:00" == json.loads(told)["at"]
    assert "Zoë" in told and json.loads(told)["path"].startswith("<module")


def test_numbers_stand_on_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    """Also where one is missing; texts stand on the left, and no line ends in blanks."""
    print_table([{"name": "a", "rows": 5}, {"name": "longer", "rows": None}, {"name": "b", "rows": 1000}])
    assert ["name     rows", "a           5", "longer", "b       1,000"] == capsys.readouterr().out.splitlines()


def test_no_rows_are_said_to_be_none(capsys: pytest.CaptureFixture[str]) -> None:
    """A person sees that the command worked; a script sees no line."""
    print_table([])
    print_table([], as_json=True)
    assert "none\n" == capsys.readouterr().out


def test_a_pipe_gets_whole_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """grep and awk find one row in one line, however long."""
    print_table([{"id": 1, "reason": "x" * 300}])
    assert 2 == len(capsys.readouterr().out.splitlines())


def test_long_texts_are_folded_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line fits, all words are there, and the numbers keep their column."""
    reason = "cannot insert NULL into the column ACCOUNT of the table PAYMENTS because it has a constraint"
    rows = [{"id": 1, "reason": reason, "state": "open"}, {"id": 2, "reason": "short", "state": "open"}]
    lines = at_a_terminal(monkeypatch, lambda: print_table(rows))
    assert max(map(len, lines)) <= 60
    assert len(lines) > 3
    assert set(reason.split()) <= set(" ".join(lines).split())
    assert lines[0].split() == ["id", "reason", "state"] and lines[-1].split() == ["2", "short", "open"]


def test_a_table_that_fits_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No fold at exactly the width of the terminal."""
    lines = at_a_terminal(monkeypatch, lambda: print_table([{"id": 7, "reason": "y" * 56}]))
    assert ["id  reason", f" 7  {'y' * 56}"] == lines


def test_too_many_columns_are_shown_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for each value, with its name."""
    row = {f"column_{n}": f"value of {n}" for n in range(12)}
    lines = at_a_terminal(monkeypatch, lambda: print_table([row, row]))
    assert 24 == len(lines) and ["column_3", "value", "of", "3"] == lines[3].split()


def test_many_numbers_cannot_be_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Digits are never parted over lines."""
    lines = at_a_terminal(monkeypatch, lambda: print_table([{f"n{n}": 10**9 + n for n in range(9)}]))
    assert "n8  1,000,000,008" == lines[8]


def test_one_row_is_a_line_for_each_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long values go on below themselves."""
    row = {"letter": 1, "corrected": False, "reason": "word " * 30}
    lines = at_a_terminal(monkeypatch, lambda: print_record(row))
    assert ["letter     1", "corrected  no"] == lines[:2]
    assert max(map(len, lines)) <= 60 and lines[3].startswith(" " * 11 + "word")


def test_a_record_for_a_pipe_is_not_folded(capsys: pytest.CaptureFixture[str]) -> None:
    """One value, one line."""
    print_record({"a": "word " * 40, "b": None})
    assert ["a  " + ("word " * 40).rstrip(), "b"] == capsys.readouterr().out.splitlines()
