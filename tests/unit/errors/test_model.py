"""Errors: their place, their text, what they tell scripts."""

from __future__ import annotations

import pytest

from loadstone.errors import FixFile, FixSpec, LoadstoneError, Place, Refused, Retry, Stop


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place(), ""),
        (Place(file="a.ctl"), "a.ctl"),
        (Place(file="a.ctl", line=3, column=7), "a.ctl:3:7"),
        (Place(line=3), "3"),
        (Place(file="a.dat", record_no=12), "a.dat, record 12"),
        (Place(record_no=12, field="SAL"), "record 12, field SAL"),
        (Place(field="SAL"), "field SAL"),
        (Place(file="a.dat", line=0, record_no=0), "a.dat:0, record 0"),
    ],
)
def test_a_place_leaves_out_what_is_unknown(place: Place, expected: str) -> None:
    """File, line and column with colons between them, then record and field."""
    assert expected == str(place)


def test_an_error_tells_code_place_fact_and_hints() -> None:
    """The first line has the code and the place, each hint a line of its own."""
    error = FixSpec(
        "LS-1003", "unknown option ERROS", Place(file="a.ctl", line=1), hints=["did you mean ERRORS?", "b"]
    )
    assert "[LS-1003] a.ctl:1: unknown option ERROS\nHINT: did you mean ERRORS?\nHINT: b" == str(error)
    assert ("LS-1003", "unknown option ERROS", ("did you mean ERRORS?", "b")) == (
        error.code,
        error.message,
        error.hints,
    )


def test_an_error_without_place_is_shorter() -> None:
    """No place, no colon for it; no hints, no lines."""
    error = Stop("LS-4020", "disk full")
    assert "[LS-4020] disk full" == str(error)
    assert Place() == error.place


@pytest.mark.parametrize(
    ("kind", "exit_code", "http_status"),
    [(Retry, 1, 503), (FixFile, 1, 422), (FixSpec, 1, 422), (Refused, 1, 409), (Stop, 3, 500)],
)
def test_classes_say_what_to_do_next(kind: type[LoadstoneError], exit_code: int, http_status: int) -> None:
    """SQL*Loader's exit code and the status of HTTP stand on the class."""
    assert (exit_code, http_status) == (kind.exit_code, kind.http_status)
    with pytest.raises(LoadstoneError):
        raise kind("LS-0000", "x")
