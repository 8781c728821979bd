"""Detection of fixed-width files, files of banks and cut files made at random."""

from __future__ import annotations

import pytest

from loadstone.detect.file import detect_bytes
from tests.generated.others import make_bank, make_cut, make_fixed


def test_columns_of_fixed_width() -> None:
    """Each column is found to begin within the gap of blanks before it, in nearly all files."""
    right = 0
    for made in map(make_fixed, range(60)):
        found = [column.start or 0 for column in detect_bytes(made.data).columns]
        right += len(found) == len(made.starts) and all(
            low <= start <= high for start, (low, high) in zip(found, made.starts, strict=True)
        )
    assert right >= 58


@pytest.mark.parametrize("seed", range(40), ids=str)
def test_files_of_banks_are_named(seed: int) -> None:
    """Each form of a bank's file has its name: blocked or not, in an envelope or not, one line or many."""
    kind, data = make_bank(seed)
    assert kind == detect_bytes(data).format


def test_a_file_cut_in_a_record() -> None:
    """What is lost at the end changes neither delimiter nor header."""
    made = [one for one in map(make_cut, range(300)) if one is not None]
    found = [detect_bytes(one.data) for one in made]
    wrong = [
        one
        for one, ours in zip(made, found, strict=True)
        if (one.delimiter, one.has_header) != (ours.delimiter, bool(ours.has_header))
    ]
    assert len(made) >= 35
    assert len(wrong) <= 1
