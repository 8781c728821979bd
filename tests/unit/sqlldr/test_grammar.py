"""The documented grammar, production by production; and what stands where no production does."""

from __future__ import annotations

import pytest

from loadstone.sqlldr.testing import HEAD, report_on, spec_of
from loadstone.sqlldr.write import control_bytes
from tests.unit.sqlldr.grammar import controls


@pytest.mark.parametrize("text", controls())
def test_every_production_is_read_and_written(text: str) -> None:
    """It is valid, and the control file that its spec is written as means the same."""
    report = report_on(text)
    assert () == tuple(report.errors)
    spec = spec_of(text)
    assert spec == spec_of(control_bytes(spec))


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        ("a BINARY_DOUBLE", "write FLOAT EXTERNAL for digits, DOUBLE for binary data"),
        ("a CLOB", "write CHAR(n), n being the longest value"),
        ("a FILLER XMLTYPE", "write CHAR(n), n being the longest value"),
        ("a POSITION(1:3) BLOB", "write RAW(n), or LOBFILE(field) TERMINATED BY EOF for files"),
        ("a NVARCHAR2(5)", "write CHAR(n)"),
        ("a INT", "write INTEGER EXTERNAL or DECIMAL EXTERNAL"),
        ("a PACKED DECIMAL(5)", "write DECIMAL(precision, scale), which is packed"),
    ],
)
def test_types_of_columns_are_no_types_of_fields(field: str, hint: str) -> None:
    """The message names the type that describes such data."""
    (error,) = report_on(f"{HEAD}({field})").errors
    assert "is not a type of fields" in error.message
    assert (hint,) == tuple(error.hints)


@pytest.mark.parametrize(
    "lob",
    ["CHAR(9)", "VARCHARC(4, 9)", "TERMINATED BY '|'", "ENCLOSED BY '<' AND '>'", "CHAR ENCLOSED BY '<'"],
)
def test_files_of_several_lobs_are_refused(lob: str) -> None:
    """They are valid, and no file is silently taken for one value."""
    report = report_on(f"{HEAD}(a, b LOBFILE(a) {lob})")
    assert (True, ["LS-1083"]) == (report.ok, [one.code for one in report.refused])


@pytest.mark.parametrize(
    "lob", ["", "TERMINATED BY EOF", "CHAR(9) TERMINATED BY EOF", "RAW TERMINATED BY EOF"]
)
def test_a_file_may_be_one_lob(lob: str) -> None:
    """Whatever its type."""
    assert () == tuple(report_on(f"{HEAD}(a, b LOBFILE(a) {lob})").refused)


def test_a_load_of_objects_is_refused_part_by_part() -> None:
    """An object table with objects in objects, a collection and references: valid, and each part is named."""
    report = report_on(
        "LOAD DATA INFILE 'a.dat' INTO TABLE orders OID (order_id) FIELDS TERMINATED BY '|' (\n"
        " order_id CHAR(32),\n"
        " customer REF (CONSTANT 'CUSTOMERS', customer_id), customer_id FILLER,\n"
        " address COLUMN OBJECT (street CHAR, town COLUMN OBJECT (name CHAR, code CHAR)),\n"
        " lines_count FILLER,\n"
        " lines VARRAY COUNT (lines_count) (line COLUMN OBJECT (item CHAR, pieces INTEGER EXTERNAL)))"
    )
    assert report.ok
    assert [
        (1, "OID"),
        (3, "REF"),
        (4, "COLUMN OBJECT"),
        (4, "COLUMN OBJECT"),
        (6, "VARRAY"),
        (6, "COLUMN OBJECT"),
    ] == [(one.line, one.message.partition(" is ")[0].partition(" belongs ")[0]) for one in report.refused]
