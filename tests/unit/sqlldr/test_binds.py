"""Names after colons in SQL expressions."""

from __future__ import annotations

import pytest

from loadstone.sqlldr.binds import binds


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPPER(:name)", [("NAME", 6)]), (":a||:b", [("A", 0), ("B", 4)]), (":a || :a", [("A", 0), ("A", 6)]), (": a", [("A", 0)]), (':"low"', [("low", 0)]),
        (':"a b".c', [("a b.C", 0)]), (":obj.attr", [("OBJ.ATTR", 0)]), ("':x'", []), ("'it''s :x' || :y", [("Y", 14)]), ("-- :x\n:y", [("Y", 6)]), ("/* :x */ :y", [("Y", 9)]),
        ('"a:b" + :c', [("C", 8)]), ("TO_DATE(:d,'HH24:MI')", [("D", 8)]), (":1", []), ("a:b", [("B", 1)]), (":a$#_1", [("A$#_1", 0)]), (":é", [("É", 0)]), ("", []), ("'unclosed :x", [("X", 10)]),
    ],
)  # fmt: skip
def test_binds_stand_outside_of_texts_and_comments(sql: str, expected: list[tuple[str, int]]) -> None:
    """In upper case unless quoted, each with the offset of its colon."""
    assert expected == list(binds(sql))
