"""More of LOAD: what stands twice, what stands alone, and what belongs elsewhere."""

from __future__ import annotations

import pytest

from loadstone.sqlldr.testing import error_of, report_on, spec_of

TAIL = " INTO TABLE t FIELDS TERMINATED BY ',' (a)"


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("OPTIONS (SKIP=1) OPTIONS (SKIP=2) LOAD DATA", "LS-1010", 18), ("RECOVERABLE UNRECOVERABLE LOAD DATA", "LS-1010", 13), ("APPEND LOAD DATA", "LS-1009", 1), ("LOAD DATA CHARACTERSET UTF8 CHARACTERSET UTF8", "LS-1010", 29),
        ("LOAD DATA INFILE 'a' CONCATENATE 2 CONTINUEIF LAST = ','", "LS-1010", 36), ("LOAD DATA INFILE 'a' APPEND INFILE 'b'", "LS-1009", 29), ("LOAD DATA INFILE 'a' APPEND BADFILE 'b'", "LS-1009", 29), ("LOAD DATA BEGINDATA", "LS-1009", 11),
        ("LOAD DATA WHEN a = 'x'", "LS-1009", 11), ("LOAD DATA FIELD NAMES SECOND FILE", "LS-1001", 23), ("LOAD DATA FIELD NAMES FIRST FILES", "LS-1001", 29), ("LOAD DATA BYTEORDER MIDDLE", "LS-1001", 21), ("LOAD DATA PRESERVE", "LS-1001", 20), ("LOAD DATA BYTEORDERMARK MAYBE", "LS-1001", 25),
        ("LOAD DATA DEFAULT CACHE 5", "LS-1001", 19),
    ],
)  # fmt: skip
def test_wrong_heads_have_a_place(text: str, code: str, column: int) -> None:
    """The error stands at the word that cannot be there."""
    assert (code, 1, column) == error_of(text + TAIL)


@pytest.mark.parametrize(
    "text", ["UNRECOVERABLE OPTIONS (SKIP=1) LOAD DATA INFILE 'a'", "LOAD DATA LENGTH CHAR CHARACTERSET UTF8 INFILE 'a'", "LOAD DATA BYTEORDER BIG LENGTH CHAR INFILE 'a'"]
)  # fmt: skip
def test_an_unusual_order_is_doubtful(text: str) -> None:
    """Read, with a warning that names the order of the manual."""
    report = report_on(text + TAIL)
    assert (True, ["LS-1061"]) == (report.ok, [warning.code for warning in report.warnings])


def test_outputs_in_front_of_their_infile_belong_to_it() -> None:
    """BADFILE before INFILE is that file's, and what INFILE says itself wins."""
    found = spec_of(
        "LOAD DATA BADFILE 'x.bad' DISCARDFILE 'x.dsc' INFILE 'a' DISCARDFILE 'own.dsc'" + TAIL
    ).inputs
    assert [("a", "x.bad", "own.dsc")] == [(one.path, one.bad, one.discard) for one in found]


@pytest.mark.parametrize(
    ("names", "tables", "refused"),
    [
        ("FIRST FILE", " INTO TABLE t FIELDS TERMINATED BY ',' (a) INTO TABLE u FIELDS TERMINATED BY ',' (b)", True),
        ("ALL FILES", " INTO TABLE t (a POSITION(1:2))", True),
        ("ALL FILES", " INTO TABLE t FIELDS TERMINATED BY ',' (a, b RECNUM)", False),
        ("ALL FILES", " INTO TABLE t FIELDS TERMINATED BY ','", False),
        ("FIRST FILE IGNORE", " INTO TABLE t (a POSITION(1:2)) INTO TABLE u (b POSITION(1:2))", False),
        ("NONE", " INTO TABLE t (a POSITION(1:2))", False),
    ],
)  # fmt: skip
def test_names_of_fields_that_cannot_order_them_are_refused(names: str, tables: str, refused: bool) -> None:
    """``check`` says of FIELD NAMES what a load would say, at its place; the language is valid all the same."""
    report = report_on(f"LOAD DATA\nFIELD NAMES {names} INFILE 'a'{tables}")
    assert (True, [("LS-1096", 2, 1)] * refused) == (
        report.ok, [(one.code, one.line, one.column) for one in report.refused]
    )  # fmt: skip
