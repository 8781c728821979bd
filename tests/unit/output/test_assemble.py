"""Fields put together to records: as Python's own strings would be, compiled or not, from arrays that begin anywhere."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.output import assemble
from loadstone.output.assemble import Field, assembled, characters

TEXTS = st.text(alphabet="aB9 é日😀|", max_size=5)
COLUMNS = st.tuples(
    st.none() | st.integers(5, 7), st.sampled_from([" ", "0", "·"]), st.booleans(), st.sampled_from(["", "|", "\r\n", "→"])
)  # fmt: skip


def arrow(values: list[str | None], before: int = 0) -> Any:
    """An Arrow array of texts that begins ``before`` values behind where its buffers do."""
    return pa.array(["xé"] * before + values, pa.string())[before:]


def shown(value: str, room: int | None, pad: str, right: bool, tail: str) -> str:
    """One field by Python's own strings."""
    filled = value if room is None else value.rjust(room, pad) if right else value.ljust(room, pad)
    return filled + tail


@pytest.mark.parametrize("compiled_from", [1, 1000], ids=["compiled", "plain"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_records_are_those_of_plain_strings(compiled_from: int, data: st.DataObject) -> None:
    """Any texts, rooms, pads, sides and tails give what ``ljust`` and ``rjust`` would."""
    columns = data.draw(st.lists(COLUMNS, min_size=1, max_size=4))
    rows = data.draw(st.lists(st.tuples(*[TEXTS] * len(columns)), min_size=1, max_size=6))
    fields = [
        Field(texts=arrow([row[no] for row in rows], no), room=room, pad=pad, right=right, tail=tail.encode())
        for no, (room, pad, right, tail) in enumerate(columns)
    ]
    expected = "".join(shown(value, *how) for row in rows for value, how in zip(row, columns, strict=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assemble, "COMPILED_ROWS_MIN", compiled_from)
        actual = bytes(assembled(fields)).decode()
    assert expected == actual


def test_no_rows_give_no_bytes() -> None:
    """A batch without rows is empty, whatever its tails are."""
    assert b"" == bytes(assembled([Field(texts=arrow([]), tail=b"\n", room=3)]))


def test_rows_of_empty_texts_are_their_tails() -> None:
    """An array whose texts are all empty has no data at all."""
    assert b"..|..|" == bytes(assembled([Field(texts=arrow(["", ""]), tail=b"|", room=2, pad=".")]))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(["", "ab", "abc"], [0, 2, 3], id="ascii"),
        pytest.param(["Zoë", "日本", "😀"], [3, 2, 1], id="wide"),
        pytest.param(["ab", None], [2, 0], id="null"),
    ],
)
def test_characters_are_counted_not_bytes(values: list[str | None], expected: list[int]) -> None:
    """One for each code point, and none for NULL; also of an array that is a slice."""
    assert expected == characters(arrow(values)).tolist() == characters(arrow(values, 2)).tolist()
