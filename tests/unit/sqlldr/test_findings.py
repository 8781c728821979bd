"""Findings: sorted, without repetitions, as errors and as plain values."""

from __future__ import annotations

from loadstone.errors import FixSpec, Place
from loadstone.sqlldr.findings import Finding, Findings, Report


def finding(code: str, line: int | None, column: int | None = 1) -> Finding:
    """A finding at a place."""
    return Finding(code=code, line=line, column=column, message=code.lower(), hints=("a", "b"))


def test_reports_are_sorted_by_place_and_free_of_repetitions() -> None:
    """Line, then column; what has no place comes first; equal findings stand once."""
    found = Findings(
        errors=[
            finding("B", 2, 9),
            finding("A", 2, 3),
            finding("C", None, None),
            finding("B", 2, 9),
            finding("D", 1, 7),
        ]
    )
    assert ["C", "D", "A", "B"] == [one.code for one in Report.of(found).errors]


def test_only_errors_make_a_file_invalid() -> None:
    """What a target refuses, and what is doubtful, leaves it valid."""
    assert Report.of(Findings(refused=[finding("A", 1)], warnings=[finding("B", 1)])).ok
    assert not Report.of(Findings(errors=[finding("A", 1)])).ok


def test_a_finding_is_an_error_and_back() -> None:
    """Nothing is lost on the way but the path, which the report has once."""
    one = finding("LS-1001", 3, 7)
    error = one.error("x.ctl")
    assert (Place(file="x.ctl", line=3, column=7), ("a", "b")) == (error.place, error.hints)
    assert one == Finding.of(error)
    assert "[LS-1001] x.ctl:3:7: ls-1001\nHINT: a\nHINT: b" == str(error)


def test_plain_values_have_fixed_keys() -> None:
    """What `loadstone check --json` prints for scripts."""
    report = Report.of(Findings(errors=[finding("A", 1)], warnings=[finding("B", None, None)]))
    assert {
        "ok": False,
        "errors": [{"code": "A", "line": 1, "column": 1, "message": "a", "hints": ["a", "b"]}],
        "refused": [],
        "warnings": [{"code": "B", "line": None, "column": None, "message": "b", "hints": ["a", "b"]}],
    } == report.to_json()


def test_an_error_without_place_has_none() -> None:
    """Line and column stay unknown."""
    assert (None, None) == (Finding.of(FixSpec("LS-1", "x")).line, Finding.of(FixSpec("LS-1", "x")).column)
