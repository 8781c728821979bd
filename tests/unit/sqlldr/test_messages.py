"""Errors that stop a load, in SQL*Loader's words."""

from __future__ import annotations

import pytest

from loadstone.errors import FixFile, FixSpec, LoadstoneError, Place, Refused
from loadstone.sqlldr.control import parse_control, read_control
from loadstone.sqlldr.messages import loader_exit_code, loader_messages


def error_on(control: str) -> LoadstoneError:
    """The error that a control file raises."""
    with pytest.raises(FixSpec) as caught:
        parse_control(control.encode(), "x.ctl")
    return caught.value


def test_a_syntax_error_shows_the_line_and_a_mark() -> None:
    """The mark stands under the place."""
    control = "LOAD DATA INFILE 'a'\nINTO TABLE t (a b)\n"
    assert loader_messages(error_on(control), control) == [
        "SQL*Loader-350: Syntax error at line 2.",
        'Expecting "," or ")", found "b".',
        "INTO TABLE t (a b)",
        "                ^",
    ]


def test_without_the_text_no_line_is_shown() -> None:
    """The number of the line stands there all the same."""
    assert loader_messages(error_on("LOAD DATA INFILE 'a'\n")) == [
        "SQL*Loader-350: Syntax error at line 1.",
        "Expecting keyword INTO, found end of file.",
    ]


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        ("LOAD DATA INFILE 'a' INTO t (a)", 'Expecting keyword TABLE, found "t".'),
        ("LOAD DATA 'x' INTO TABLE t", "Expecting keyword INTO, found the string 'x'."),
        ("LOAD DATA INFILE 'a' INTO TABLE t FIELDS TERMINATED BY ',' (a, b CHAR(5 x)", 'Expecting ")", found "x".'),
        ("OPTIONS (SKIP-1) LOAD DATA INTO TABLE t", 'Expecting "=", found "-".'),
    ],
)  # fmt: skip
def test_what_was_expected_is_said_in_its_words(control: str, expected: str) -> None:
    """Keywords are called so, and symbols stand in quotes."""
    assert expected == loader_messages(error_on(control))[1]


def test_a_string_without_its_end_has_a_number_of_its_own() -> None:
    """As a genuine log has it, without the line."""
    told = loader_messages(error_on("LOAD DATA INFILE 'a' INTO TABLE t FIELDS TERMINATED BY \" (a)"))
    assert ["SQL*Loader-649: Quoted string missing closing quote"] == told


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("a CHAR(1), a CHAR(1)", "SQL*Loader-404: Column A present more than once in one INTO TABLE block."),
        ('a CHAR(1) "UPPER(:b)"', "SQL*Loader-291: Invalid bind variable B in SQL string for column A."),
        ("a CHAR(1) NULLIF b = 'x'", "SQL*Loader-403: Referenced column B not present in this table."),
    ],
)
def test_errors_of_meaning_have_their_own_numbers(fields: str, expected: str) -> None:
    """Columns given twice, unknown binds and references."""
    assert loader_messages(error_on(f"LOAD DATA INFILE 'a' INTO TABLE t ({fields})")) == [expected]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            FixSpec("LS-3001", "table A.T, U does not exist in x.db"),
            [
                "SQL*Loader-941: Error during describe of table A.T",
                "ORA-04043: object A.T does not exist",
                "SQL*Loader-941: Error during describe of table U",
                "ORA-04043: object U does not exist",
            ],
        ),
        (
            FixSpec("LS-3003", "column Q does not exist in table T; column R does not exist in table T"),
            [
                "SQL*Loader-466: Column Q does not exist in table T.",
                "SQL*Loader-466: Column R does not exist in table T.",
            ],
        ),
        (
            Refused("LS-3005", "SQL*Loader-601: For INSERT option, table must be empty.  Error on table T"),
            ["SQL*Loader-601: For INSERT option, table must be empty.  Error on table T"],
        ),
        (FixSpec("LS-6020", "cannot read x"), []),
        (FixSpec("LS-1003", "no place is known"), []),
    ],
)
def test_errors_of_tables(error: LoadstoneError, expected: list[str]) -> None:
    """Tables and columns that are not there, a table that is not empty; others have no number."""
    assert (loader_messages(error), loader_exit_code(error)) == (expected, 1)


def test_files_that_cannot_be_opened_give_exit_code_3() -> None:
    """The control file itself, and a data file."""
    with pytest.raises(FixSpec) as caught:
        read_control("nowhere.ctl")
    assert loader_exit_code(caught.value) == 3
    lines = [
        "SQL*Loader-500: Unable to open file (nowhere.ctl)",
        "SQL*Loader-553: file not found",
        "SQL*Loader-509: System error: No such file or directory",
    ]
    assert loader_messages(caught.value) == lines
    data = FixFile("LS-2001", "data file not found: a.dat", Place(file="a.dat"))
    assert loader_exit_code(data) == 3
    assert loader_messages(data)[0] == "SQL*Loader-500: Unable to open file (a.dat)"
    assert loader_messages(data)[-1] == (
        "SQL*Loader-2026: the load was aborted because SQL Loader cannot continue."
    )
