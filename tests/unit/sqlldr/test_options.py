"""OPTIONS (...)."""

from __future__ import annotations

import pytest

from loadstone.sqlldr.testing import HEAD, error_of, report_on, spec_of


def test_every_documented_option_is_read() -> None:
    """Numbers, switches, choices and texts, with commas or blanks between them."""
    text = (
        "OPTIONS (SKIP=1 LOAD=2, errors = -1 ROWS=3,BINDSIZE=4, READSIZE=20M,"
        " SILENT=(HEADER,FEEDBACK) DIRECT=TRUE,"
        " PARALLEL=false, EXTERNAL_TABLE=NOT_USED, TRIM=LDRTRIM, RESUMABLE_NAME='a b', DATE_CACHE=0)\n"
    )
    options = spec_of(text + HEAD + "(a)").options
    assert (options.skip, options.load, options.errors, options.rows, options.bindsize) == (1, 2, -1, 3, 4)
    assert options.readsize == 20 << 20
    assert options.silent == ("header", "feedback")
    assert (options.direct, options.parallel) == (True, False)
    assert (options.external_table, options.trim) == ("not_used", "ldrtrim")
    assert (options.resumable_name, options.date_cache) == ("a b", 0)


def test_all_unknown_options_are_reported_at_once() -> None:
    """Each unknown option has its own error with a suggestion."""
    report = report_on("OPTIONS (ERROS=5, SKP=1)\n" + HEAD + "(a)")
    assert [(error.code, error.column) for error in report.errors] == [("LS-1003", 10), ("LS-1003", 19)]
    assert [error.hints[0] for error in report.errors] == ["did you mean ERRORS?", "did you mean SKIP?"]


@pytest.mark.parametrize(
    ("options", "code", "column"),
    [
        ("(SKIP=x)", "LS-1004", 15),
        ("(SKIP=-1)", "LS-1004", 15),
        ("(DIRECT=MAYBE)", "LS-1004", 17),
        ("(SILENT=NOISE)", "LS-1004", 17),
        ("(USERID=x)", "LS-1013", 10),
        ("(SKIP=1, SKIP=2)", "LS-1010", 18),
        ("()", "LS-1001", 10),
        ("(SKIP=1,)", "LS-1001", 17),
        ("(SKIP 1)", "LS-1001", 15),
    ],
)
def test_broken_options_have_a_place(options: str, code: str, column: int) -> None:
    """A wrong value is reported where the value stands."""
    assert error_of(f"OPTIONS {options}\n{HEAD}(a)") == (code, 1, column)


def test_a_forgotten_parenthesis_is_found_at_load() -> None:
    """LOAD after the options is no option."""
    assert error_of("OPTIONS (SKIP=1\nLOAD DATA INFILE 'a' INTO TABLE t (a)") == ("LS-1001", 2, 1)
