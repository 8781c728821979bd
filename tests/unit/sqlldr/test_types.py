"""Datatypes: lengths, digits, masks, and what is wrong with them."""

from __future__ import annotations

import pytest

from loadstone import spec as s
from loadstone.sqlldr.testing import HEAD, error_of, field_of, report_on


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("INTEGER(3)", "LS-1029", 12), ("INTEGER(16) UNSIGNED", "LS-1029", 12), ("DECIMAL(39)", "LS-1011", 12), ("DECIMAL(5,200)", "LS-1011", 14), ("ZONED(5,-85)", "LS-1011", 13), ("DECIMAL(0)", "LS-1011", 12),
        ("DECIMAL", "LS-1029", 4), ("ZONED", "LS-1029", 4), ("CHAR(0)", "LS-1011", 9), ("CHAR()", "LS-1001", 9), ("CHAR(5 x", "LS-1001", 11), ("VARCHARC", "LS-1001", 12), ("VARCHARC(0)", "LS-1011", 13),
        ("LONG RAW", "LS-1001", 9), ("TIMESTAMP WITH ZONE", "LS-1001", 19), ("TIMESTAMP WITH LOCAL ZONE", "LS-1001", 25), ("INTERVAL MONTH", "LS-1001", 13), ("INTERVAL YEAR TO SECOND", "LS-1001", 21),
        ("INTERVAL DAY TO MONTH", "LS-1001", 20), ("INTERVAL YEAR MONTH", "LS-1001", 18), ("DATE ''", "LS-1014", 9), ("CHAR(9999999999)", "LS-1011", 9),
    ],
)  # fmt: skip
def test_wrong_arguments_have_a_place(text: str, code: str, column: int) -> None:
    """Each error stands at the argument, or at the word that cannot be there."""
    assert (code, 5, column) == error_of(f"{HEAD}(a {text})")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DECIMAL(38,127)", s.FieldType(name=s.TypeName.DECIMAL, precision=38, scale=127)), ("ZONED(5,-84)", s.FieldType(name=s.TypeName.ZONED, precision=5, scale=-84)),
        ("INTEGER SIGNED", s.FieldType(name=s.TypeName.INTEGER, unsigned=False)), ("INTEGER(8)", s.FieldType(name=s.TypeName.INTEGER, length=8)), ("integer external", s.FieldType(name=s.TypeName.INTEGER_EXTERNAL)),
        ("BYTEINT UNSIGNED", s.FieldType(name=s.TypeName.BYTEINT, unsigned=True)), ("DATE(8) EXTERNAL", s.FieldType(name=s.TypeName.DATE, length=8, external=True)), ("DATE EXTERNAL(8)", s.FieldType(name=s.TypeName.DATE, length=8, external=True)),
        ("TIMESTAMP(0)", s.FieldType(name=s.TypeName.TIMESTAMP, precision=0)), ("TIME(3) 'HH24'", s.FieldType(name=s.TypeName.TIME, precision=3, mask="HH24")), ("VARRAWC(2)", s.FieldType(name=s.TypeName.VARRAWC, length_digits=2)),
        ("LONG VARRAW(9)", s.FieldType(name=s.TypeName.LONG_VARRAW, length=9)), ("GRAPHIC(4)", s.FieldType(name=s.TypeName.GRAPHIC, length=4)), ("INTERVAL DAY TO SECOND", s.FieldType(name=s.TypeName.INTERVAL_DS)),
        ("DATE \"it's\"", s.FieldType(name=s.TypeName.DATE, mask="it's")), ("DATE 'YYYY\"T\"'", s.FieldType(name=s.TypeName.DATE, mask='YYYY"T"')),
    ],
)  # fmt: skip
def test_arguments_are_kept(text: str, expected: s.FieldType) -> None:
    """Every form of the manual, at its bounds."""
    assert expected == field_of(f"a {text}").type


@pytest.mark.parametrize(
    ("text", "codes"),
    [("CHAR(10 BYTE)", ["LS-1060"]), ("CHAR(10 CHAR)", ["LS-1060"]), ("VARCHAR2(10)", ["LS-1060"]), ("NUMBER", ["LS-1060"]), ('DATE "TO_DATE(:a)"', ["LS-1063"]), ("POSITION(1:3) DECIMAL", []), ("POSITION(1:3) ZONED", [])],
)  # fmt: skip
def test_what_is_not_in_the_manual_is_doubtful(text: str, codes: list[str]) -> None:
    """Read as the nearest documented form, with a warning."""
    report = report_on(f"{HEAD}(a {text})")
    assert (True, codes) == (report.ok, [warning.code for warning in report.warnings])
