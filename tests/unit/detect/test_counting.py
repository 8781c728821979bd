"""Rows of large texts are counted exactly, with few of them read."""

from __future__ import annotations

import pytest

from loadstone.detect import counting
from loadstone.detect.counting import count_rows
from loadstone.detect.file import detect_bytes
from loadstone.detect.model import Dialect

HEAD, ROW = "id,text,amount\n", '{},"Rent, ""old""\nand new",{}.50\n'


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts of some kilobytes are large ones."""
    monkeypatch.setattr(counting, "PIECE_CHARS", 400)
    monkeypatch.setattr(counting, "WHOLE_CHARS", 2000)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_lines_are_counted_where_rows_are_not_read(end: str) -> None:
    """Each line end is a row, whatever lines end by."""
    text = (HEAD + "".join(f"{number},Rent,1.50\n" for number in range(900))).replace("\n", end)
    counted = count_rows(text, Dialect(","), 3, 1)
    assert 900 == counted.records
    assert counted.read < 500


def test_line_ends_in_quotes_part_no_rows() -> None:
    """Fields that hold line ends and quotes are rows of the table all the same, in the pieces that are not read, too."""
    text = HEAD + "".join(ROW.format(number, number) for number in range(900))
    counted = count_rows(text, Dialect(",", '"'), 3, 1)
    assert (900, 0, True) == (counted.records, counted.odd, counted.embedded)
    assert counted.read < 500


@pytest.mark.parametrize(
    "row", ["{},9\" nail,1\n", "{},O'Neil,1\n", "{},\\\"a,1\n"], ids=["quotes that do not pair", "an apostrophe", "a backslash"]
)  # fmt: skip
def test_a_text_whose_quotes_do_not_pair_is_read(row: str) -> None:
    """Where line ends outside quotes may not be the rows, each row is read."""
    text = HEAD + "".join(row.format(number) for number in range(901))
    counted = count_rows(text, Dialect(",", "'" if "'" in row else '"', "\\" if "\\" in row else ""), 3, 1)
    assert counted.read == counted.records


def test_blank_lines_are_no_rows_anywhere() -> None:
    """Blank lines do not count, in the pieces that are not read neither."""
    text = HEAD + "".join(f"{number},Rent,1.50\n{'' if number % 90 else chr(10)}" for number in range(900))
    assert 900 == count_rows(text, Dialect(","), 3, 1).records


def test_the_end_is_read() -> None:
    """A trailer behind a million rows is no row."""
    text = HEAD + "".join(f"{number},Rent,1.50\n" for number in range(900)) + "TRL,900\n"
    counted = count_rows(text, Dialect(","), 3, 1)
    assert (900, [["TRL", "900"]]) == (counted.records, counted.footer)


def test_it_is_said_how_many_rows_were_read() -> None:
    """Types of a part of the rows are said to be that."""
    found = detect_bytes((HEAD + "".join(f"{number},Rent,1.50\n" for number in range(900))).encode())
    assert 900 == found.records
    assert any("of 900 records, from all parts of the file" in reason for reason in found.evidence)
