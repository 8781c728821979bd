"""What SQL*Loader's messages refuse of fields although their syntax is right."""

from __future__ import annotations

import pytest

from loadstone.errors import FixSpec, Place
from loadstone.sqlldr.messages import loader_messages
from loadstone.sqlldr.testing import error_of, report_on

START = "LOAD DATA INFILE x INTO TABLE t "
COMMAS = f"{START}FIELDS TERMINATED BY ',' "


def column_of(text: str, word: str) -> int:
    """The 1-based place of the last ``word``."""
    return text.rindex(word) + 1


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ("(a CHAR TERMINATED BY EOF, b)", "TERMINATED"), ("(a RAW(4) TERMINATED BY ';', b)", "TERMINATED"), ("(n FILLER, a LOBFILE(n) TERMINATED BY EOF ENCLOSED BY '\"')", "TERMINATED"),
        ("(n FILLER, a LOBFILE(n) INTEGER EXTERNAL TERMINATED BY EOF)", "TERMINATED"),
    ],
)  # fmt: skip
def test_ends_that_a_field_cannot_have(fields: str, word: str) -> None:
    """EOF ends the CHAR or RAW of a LOBFILE, without enclosures; RAW in a record has a length."""
    text = COMMAS + fields
    assert ("LS-1036", 1, column_of(text, word)) == error_of(text)


def test_the_end_of_a_lob_is_no_default() -> None:
    """Behind FIELDS it would end each field."""
    assert ("LS-1036", 1, len(START) + 8) == error_of(f"{START}FIELDS TERMINATED BY EOF (a)")


@pytest.mark.parametrize(
    "fields",
    [
        "(n FILLER, a LOBFILE(n) TERMINATED BY EOF)", "(n FILLER, a LOBFILE(n) RAW TERMINATED BY EOF)", "(n FILLER, a LOBFILE(n) CHAR(9) TERMINATED BY EOF)", "(a RAW(4))", "(a RAW(4) ENCLOSED BY '\"')", "(a RAW)",
        "(a INTEGER EXTERNAL)", "(a FILLER, b CHAR(3) NULLIF b=BLANKS)", "(a BOUNDFILLER NULLIF a=BLANKS, b \"UPPER(:a)\")", "(a, b CHAR PIECED)",
    ],
)  # fmt: skip
def test_what_stands_near_a_restriction_is_valid(fields: str) -> None:
    """Each is one step from a fault."""
    assert () == report_on(COMMAS + fields).errors


@pytest.mark.parametrize(
    "kind", ["INTEGER EXTERNAL", "FLOAT EXTERNAL", "DECIMAL EXTERNAL", "ZONED EXTERNAL", "RAW"]
)
def test_a_length_that_nothing_tells(kind: str) -> None:
    """Digits and RAW need a length, both ends of a position, or delimiters of the field or of the table."""
    for position in ("", "POSITION(3) "):
        text = f"{START}(a {position}{kind})"
        assert ("LS-1037", 1, column_of(text, kind)) == error_of(text)
    for told in (f"(a {kind}(4))", f"(a POSITION(3:4) {kind})"):
        assert report_on(START + told).ok
    for clause in ("FIELDS ENCLOSED BY '\"'", "FIELDS CSV WITHOUT EMBEDDED", "FIELDS TERMINATED BY ','"):
        assert "LS-1037" not in [one.code for one in report_on(f"{START}{clause} (a {kind})").errors]
    assert "LS-1037" not in [one.code for one in report_on(f"{START}(a {kind} TERMINATED BY ',')").errors]


@pytest.mark.parametrize("word", ["NULLIF", "DEFAULTIF"])
def test_fillers_have_no_conditions(word: str) -> None:
    """They are not loaded, so nothing can become NULL or zero."""
    text = f"{COMMAS}(b, a FILLER {word} a=BLANKS)"
    assert ("LS-1038", 1, column_of(text, "a FILLER")) == error_of(text)


def test_a_table_of_fillers_alone() -> None:
    """There is no column to load; a constant would be one."""
    assert ("LS-1039", 1, len("LOAD DATA INFILE x INTO TABLE ") + 1) == error_of(
        f"{COMMAS}(a FILLER, b BOUNDFILLER)"
    )
    assert report_on(f"{COMMAS}(a FILLER, b CONSTANT 1)").ok


def test_pieces_come_last() -> None:
    """A PIECED field that others follow stands in the wrong place."""
    text = f"{COMMAS}(a CHAR PIECED, b)"
    assert ("LS-1009", 1, column_of(text, "a CHAR")) == error_of(text)


def test_the_control_file_is_the_first_data_file() -> None:
    """INFILE * behind another INFILE is refused, in front of one it is not."""
    tail = " INTO TABLE t FIELDS TERMINATED BY ',' (a)\nBEGINDATA\n1\n"
    assert ("LS-1009", 1, 20) == error_of(f"LOAD DATA INFILE x INFILE *{tail}")
    assert report_on(f"LOAD DATA INFILE * INFILE x{tail}").ok


def test_skip_of_a_table_belongs_to_a_continued_load() -> None:
    """LOAD takes it from OPTIONS alone."""
    text = f"{COMMAS}SKIP 5 (a)"
    assert ("LS-1009", 1, column_of(text, "SKIP")) == error_of(text)
    assert report_on(text.replace("LOAD DATA", "CONTINUE_LOAD DATA")).ok


@pytest.mark.parametrize("literal", ["' '", "'\t'", "''"])
def test_a_record_is_not_continued_by_a_blank(literal: str) -> None:
    """CONTINUEIF LAST looks at the last character that is none."""
    text = f"LOAD DATA INFILE x CONTINUEIF LAST = {literal} INTO TABLE t FIELDS TERMINATED BY ',' (a)"
    assert ("LS-1014", 1, column_of(text, f"= {literal}") + 2) == error_of(text)


def test_a_comparison_with_nothing_is_doubtful() -> None:
    """It is never true; files in use have it."""
    for condition in ("WHEN (a <> '')", "WHEN (1:2) = X''"):
        report = report_on(f"{START}{condition} FIELDS TERMINATED BY ',' (a)")
        assert (True, ["LS-1014"]) == (report.ok, [one.code for one in report.warnings])


def test_a_missing_length_in_the_words_of_sqlldr() -> None:
    """With the number that scripts look for."""
    error = FixSpec(
        "LS-1037", "nothing tells the length of the field QTY", Place(file="x.ctl", line=1, column=2)
    )
    assert ["SQL*Loader-402: Unable to determine length of column QTY from specification"] == loader_messages(
        error
    )
