"""Rows that a load refused, mended and read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.formats.content import Content
from loadstone.formats.framing import Frame
from loadstone.formats.readers.model import Row
from loadstone.formats.readers.opening import open_reader
from loadstone.formats.readers.saved import saved_head, saved_row
from loadstone.spec import NdjsonReading

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))


def read(data: bytes) -> list[Row]:
    """The rows of saved ones, under the reading they came from."""
    return list(open_reader(Content.of(data), NdjsonReading()))


@given(TEXTS.filter(bool), st.lists(TEXTS, min_size=2, max_size=2))
def test_saved_rows_come_back(origin: str, values: list[str]) -> None:
    """Whatever stands in them; an empty value is NULL."""
    if origin.startswith("loadstone:"):
        return
    data = saved_head(["A", "B"]) + saved_row(Frame(origin, tuple(values)))
    assert [Row(origin, tuple(value or None for value in values))] == read(data)


def test_files_of_saved_rows_can_be_joined() -> None:
    """Each head names the columns of the rows behind it."""
    data = b"\xef\xbb\xbfloadstone:origin,A,B\nline 1,1,2\nloadstone:origin,B,C\nline 9,3,4\n"
    assert [Row("line 1", ("1", "2", None)), Row("line 9", (None, "3", "4"))] == read(data)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("line 3,1", "1 values stand where the head names 2 columns"),
        ("line 3,1,2,3", "3 values stand where the head names 2 columns"),
        ('line 3,loadstone:unread,"{",no JSON', "it was not mended: no JSON"),
    ],
    ids=["too few", "too many", "not mended"],
)
def test_what_was_not_mended_is_refused_again(line: str, reason: str) -> None:
    """One reject for each."""
    found = read(f"loadstone:origin,A,B\n{line}\nline 4,1,2\n".encode())
    assert [("line 3", reason), ("line 4", None)] == [(row.origin, row.fault) for row in found]
