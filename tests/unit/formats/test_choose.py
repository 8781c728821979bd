"""Fields take the columns of a file by name."""

from __future__ import annotations

import pytest

from loadstone.errors import FixFile
from loadstone.formats.choose import chosen_columns
from loadstone.spec import NdjsonReading


@pytest.mark.parametrize(
    ("columns", "names", "mapped", "wanted"),
    [
        (("id", "amount"), ("AMOUNT", "ID"), {}, [1, 0]),
        (("Txn Date", "who.name"), ("WHO_NAME", "TXN_DATE"), {}, [1, 0]),
        (("a", "A"), ("A", "a"), {}, [1, 0]),
        (("a", "b"), ("X",), {"X": "b"}, [1]),
        (("a", "a_"), ("X",), {"X": "a_"}, [1]),
        (("Größe",), ("GRÖSSE",), {"GRÖSSE": "größe"}, [0]),
    ],
    ids=["order", "signs", "case that counts", "mapped", "mapped exactly", "letters of others"],
)
def test_names_are_matched(
    columns: tuple[str, ...], names: tuple[str, ...], mapped: dict[str, str], wanted: list[int]
) -> None:
    """Exactly first, then without case and signs."""
    assert wanted == chosen_columns(columns, names, NdjsonReading(columns=mapped), "f")


def test_all_that_is_missing_is_told_at_once() -> None:
    """Each with the column that is most like it, and what the file has."""
    with pytest.raises(FixFile) as caught:
        chosen_columns(("amount", "a b", "a-b"), ("AMOUMT", "ZZZ", "A_B"), NdjsonReading(), "day.ndjson")
    assert "LS-2020" == caught.value.code
    assert "no column AMOUMT (did you mean amount?); no column ZZZ;" in caught.value.message
    assert "field A_B may be a b and a-b" in caught.value.message
    assert "amount, a b, a-b" in caught.value.hints[0]


def test_a_missing_column_may_be_null() -> None:
    """Where the reading says so; two that fit are refused all the same."""
    reading = NdjsonReading(missing="null")
    assert [None, 0] == chosen_columns(("a",), ("B", "A"), reading, "f")
    with pytest.raises(FixFile):
        chosen_columns(("a b", "a-b"), ("A_B",), reading, "f")
