"""Rows of a reader as bytes: any text comes back, and a row that cannot be read says why."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from loadstone.formats.framing import FAULT_TEXT_CHARS_MAX, Frame, framed, unframed
from loadstone.formats.model import Chunk
from loadstone.formats.origins import frame_of, origin_of, unreadable
from loadstone.formats.readers.model import Row

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))


@given(TEXTS, st.lists(st.none() | TEXTS, min_size=1))
def test_every_text_comes_back(origin: str, values: list[str | None]) -> None:
    """Separators of other formats, quotes and line ends are data like any other; None is an empty value."""
    data = b"".join(framed([Row(origin, tuple(values))], range(len(values))))
    assert Frame(origin, tuple(value or "" for value in values)) == unframed(data)
    assert 1 == data.count(b"\xfe")


def test_columns_are_chosen_in_any_order() -> None:
    """A column may come twice, or not at all; a field without a column is empty."""
    data = b"".join(framed([Row("line 1", ("a", "b", "c"))], [2, None, 0, 2]))
    assert Frame("line 1", ("c", "", "a", "c")) == unframed(data)


def test_half_a_character_is_a_fault_of_its_row() -> None:
    """A lone surrogate is no text of UTF-8: the row is refused, and its neighbours are not."""
    rows = [Row("line 1", ("a\ud800",)), Row("line 2", ("b",))]
    first, second = b"".join(framed(rows, [0])).split(b"\xfe")[:2]
    assert Frame("line 1", ("a?",), "a value holds half a character (U+D800)") == unframed(first)
    assert Frame("line 2", ("b",)) == unframed(second)


def test_the_text_of_a_fault_is_cut() -> None:
    """A line of a gigabyte does not fill the reject table."""
    data = b"".join(framed([Row("line 1", ("x" * 10**6,), "no JSON")], [0]))
    assert FAULT_TEXT_CHARS_MAX == len(unframed(data).values[0])


def test_rows_come_in_blocks_of_whole_records() -> None:
    """No block ends within a record, and none grows with the file."""
    blocks = list(framed((Row(f"line {n}", ("x" * 1000,)) for n in range(2000)), [0]))
    assert all(block.endswith(b"\xfe") for block in blocks if block)
    assert max(map(len, blocks)) < 1 << 19


def test_a_chunk_tells_origins_and_faults() -> None:
    """By record; a chunk of a plain file tells neither."""
    rows = [Row("a", ("1",)), Row("b", ("text",), "why"), Row("c", ("3",)), Row("d", ("",), "why not")]
    data = b"".join(framed(rows, [0]))
    ends = np.array([at for at, byte in enumerate(data) if byte == 0xFE], np.int64)
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1] + 1])
    chunk = Chunk(
        input_no=0, unit0=0, unit1=len(data), record0=0, data=data, raw_start=starts, raw_end=ends + 1,
        start=starts, end=ends, text=data, last=True, framed=True,
    )  # fmt: skip
    assert ["a", "b", "c", "d"] == [origin_of(chunk, n) for n in range(4)]
    assert [1, 3] == unreadable(chunk).tolist()
    assert Frame("d", ("",), "why not") == frame_of(chunk, 3)
    assert [0, 2] == unreadable(chunk.part(1, 4)).tolist()
    chunk.framed = False
    assert (None, []) == (origin_of(chunk, 0), unreadable(chunk).tolist())
