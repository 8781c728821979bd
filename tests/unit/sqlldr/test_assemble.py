"""CONCATENATE and CONTINUEIF."""

from __future__ import annotations

import pytest

from loadstone.spec import ContinueIf, Literal, Position, Test
from loadstone.sqlldr.testing import error_of, spec_of

PAIR = Position(start=1, end=2)


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("THIS (1:2) = '%%'", ContinueIf(where="this", test=Test(position=PAIR, literal=Literal(text="%%")))),
        ("(1-2) = '%%'", ContinueIf(where="this", test=Test(position=PAIR, literal=Literal(text="%%")))),
        (
            "NEXT PRESERVE (1) <> X'2b'",
            ContinueIf(
                where="next",
                preserve=True,
                test=Test(position=Position(start=1), equal=False, literal=Literal(hex="2B")),
            ),
        ),
        ("LAST != '\"'", ContinueIf(where="last", test=Test(equal=False, literal=Literal(text='"')))),
        ("LAST (= ',')", ContinueIf(where="last", test=Test(literal=Literal(text=",")))),
        ("THIS ((1:2) = 'x')", ContinueIf(where="this", test=Test(position=PAIR, literal=Literal(text="x")))),
    ],
)
def test_continueif_forms(clause: str, expected: ContinueIf) -> None:
    """THIS is the default; positions are those of the physical record."""
    assert spec_of(f"LOAD DATA INFILE 'a' CONTINUEIF {clause} INTO TABLE t (a CHAR(2))").assemble == expected


@pytest.mark.parametrize(
    ("clause", "code", "column"),
    [
        ("CONTINUEIF THIS 1:2 = 'x'", "LS-1001", 38),
        ("CONTINUEIF THIS (1:2) LIKE 'x'", "LS-1017", 44),
        ("CONTINUEIF LAST 'x'", "LS-1001", 38),
        ("CONTINUEIF THIS (3:2) = 'x'", "LS-1026", 41),
        ("CONCATENATE 0", "LS-1011", 34),
        ("CONCATENATE x", "LS-1001", 34),
    ],
)
def test_broken_assemblies_have_a_place(clause: str, code: str, column: int) -> None:
    """The error stands at the token that cannot be there."""
    assert error_of(f"LOAD DATA INFILE 'a' {clause} INTO TABLE t (a CHAR(2))") == (code, 1, column)
