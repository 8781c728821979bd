"""The bind array that the log tells of."""

from __future__ import annotations

import pytest

from loadstone.sqlldr.bind import bind_array, field_size
from loadstone.sqlldr.testing import HEAD, field_of, spec_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", 258), ("a CHAR(10)", 12), ("a CHAR(11)", 14), ("a CONSTANT 'x'", 4), ("a RECNUM", 4), ("a POSITION(1:6)", 8), ("a POSITION(3:3) CHAR", 4), ("a CHAR(4000)", 4002)],
)  # fmt: skip
def test_a_field_takes_its_maximum_and_two_bytes(text: str, expected: int) -> None:
    """Rounded up to an even number; generated values take four bytes."""
    assert expected == field_size(field_of(text))


@pytest.mark.parametrize(
    ("head", "rows", "expected"),
    [
        ("", None, (250, 250, 250 * 516)), ("OPTIONS(ROWS=10)\n", None, (10, 10, 5160)), ("OPTIONS(ROWS=10)\n", 5, (5, 5, 2580)), ("OPTIONS(BINDSIZE=1100)\n", None, (250, 2, 1032)),
        ("OPTIONS(BINDSIZE=100)\n", None, (250, 1, 516)), ("OPTIONS(ROWS=100000)\n", None, (100000, 2032, 2032 * 516)),
    ],
)  # fmt: skip
def test_rows_are_cut_to_the_bytes_of_the_array(
    head: str, rows: int | None, expected: tuple[int, int, int]
) -> None:
    """BINDSIZE caps ROWS, at one row at least; the command line beats OPTIONS."""
    found = bind_array(spec_of(head + HEAD + "(a, b)"), rows=rows)
    assert expected == (found.rows_asked, found.rows, found.size_bytes)
