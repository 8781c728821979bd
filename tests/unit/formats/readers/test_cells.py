"""Cells of workbooks one by one: what each kind of value is as text, and what names and ranges mean."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from loadstone.formats.readers import workbook
from loadstone.formats.readers.workbook import cell_text
from loadstone.spec.reading import ExcelReading


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("", None), ("007", "007"), (" a ", " a "), (None, None), (True, "true"), (False, "false"),
        (1.0, "1"), (-0.0, "0"), (0.1 + 0.2, "0.3"), (1e-7, "0.0000001"), (1e21, "1" + "0" * 21), (1234567890.12345, "1234567890.12345"),
        (123456789012345678.0, "123456789012346000"), (-1234.5, "-1234.5"), (0.125, "0.125"), (2.5e-10, "0.00000000025"),
        (float("inf"), "inf"), (float("nan"), "nan"),
        (date(2026, 1, 2), "2026-01-02"), (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05"),
        (datetime(2026, 1, 2, 3, 4, 5, 999_600), "2026-01-02 03:04:06"), (datetime(2026, 1, 2, 3, 4, 5, 123_456), "2026-01-02 03:04:05.123"),
        (datetime(2026, 12, 31, 23, 59, 59, 999_500), "2027-01-01 00:00:00"),
        (time(6, 0), "06:00:00"), (time(23, 59, 59, 250_000), "23:59:59.250"),
        (timedelta(hours=36), "36:00:00"), (timedelta(0), "00:00:00"), (timedelta(minutes=1, milliseconds=5), "00:01:00.005"),
        (timedelta(hours=-1, minutes=-30), "-01:30:00"), (timedelta(seconds=-1), "-00:00:01"), (timedelta(microseconds=-10), "00:00:00"),
        (timedelta(seconds=59, microseconds=999_700), "00:01:00"), (timedelta(days=100, seconds=1), "2400:00:01"),
    ],
    ids=str,
)  # fmt: skip
def test_a_cell_is_exact_text(cell: Any, text: str | None) -> None:
    """Numbers in 15 digits without an exponent, moments to the millisecond, durations in hours; an empty cell is NULL."""
    assert text == cell_text(cell)


def test_a_day_has_a_time_where_its_column_has_one() -> None:
    """So that one mask reads all of them."""
    assert "2026-01-02 00:00:00" == cell_text(date(2026, 1, 2), timed=True)


VALUES = [
    (1.5, "[h]:mm:ss", "36:00:00"), (-0.0625, "[h]:mm:ss", "-01:30:00"), (0.25, "hh:mm:ss", "06:00:00"), (0.125, "0.00%", "0.125"),
    (-1234.5, '#,##0.00 "EUR"', "-1234.5"), (5, '0 "years, days"', "5"), (-5, "0.00;[Red]0.00", "-5"), (45292, "General", "45292"),
    (45292, 'dd "de" mmm', "2024-01-01 00:00:00"), (45292.5, "yyyy-mm-dd hh:mm", "2024-01-01 12:00:00"), (61, "yyyy-mm-dd", "1900-03-01 00:00:00"),
    (2958465, "yyyy-mm-dd", "9999-12-31 00:00:00"), (44927.999999994, "yyyy-mm-dd hh:mm:ss", "2023-01-01 23:59:59.999"),
]  # fmt: skip
"""Number, format, text."""


def test_a_format_says_whether_a_number_is_a_moment(tmp_path: Path) -> None:
    """Percent, currencies and words in quotes leave it a number; dates, times and durations do not."""
    path = str(tmp_path / "day.xlsx")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        for number, (value, shape, _) in enumerate(VALUES):
            sheet.write(number, 0, value, book.add_format({"num_format": shape}))
    rows = workbook.reader_of(path, "day.xlsx", ExcelReading(header_row=0))
    assert [text for _, _, text in VALUES] == [row.values[0] for row in rows]


def test_days_of_a_workbook_may_be_counted_from_1904(tmp_path: Path) -> None:
    """As programs on other machines once did."""
    path = str(tmp_path / "day.xlsx")
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        book.add_worksheet("S").write(0, 0, 45292 - 1462, book.add_format({"num_format": "yyyy-mm-dd"}))
    (row,) = workbook.reader_of(path, "day.xlsx", ExcelReading(header_row=0))
    assert ("2024-01-01",) == row.values


GRID = [[f"{column}{row}" for column in "ABCD"] for row in range(1, 7)]


@pytest.mark.parametrize(
    ("reading", "columns", "first", "count", "origin"),
    [
        ({}, ("A1", "B1", "C1", "D1"), "A2", 5, "row 2"),
        ({"header_row": 3}, ("A3", "B3", "C3", "D3"), "A4", 3, "row 4"),
        ({"header_row": 0}, ("A", "B", "C", "D"), "A1", 6, "row 1"),
        ({"range": "B2:C4"}, ("B2", "C2"), "B3", 2, "row 3"),
        ({"range": "B2:C4", "header_row": 0}, ("B", "C"), "B2", 3, "row 2"),
        ({"range": "C1:D"}, ("C1", "D1"), "C2", 5, "row 2"),
        ({"range": "c5"}, ("C5", "D5"), "C6", 1, "row 6"),
        ({"range": "B2:C99", "header_row": 2}, ("B3", "C3"), "B4", 3, "row 4"),
    ],
    ids=["all", "header", "no header", "range", "range without header", "columns", "from a cell", "header in a range"],
)
def test_ranges_and_headers_are_counted_from_one(
    tmp_path: Path, reading: dict[str, Any], columns: tuple[str, ...], first: str, count: int, origin: str
) -> None:
    """A range has its header in its first row; rows keep the numbers that the sheet has."""
    path = str(tmp_path / "day.xlsx")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        for number, cells in enumerate(GRID):
            sheet.write_row(number, 0, cells)
    reader = workbook.reader_of(path, "day.xlsx", ExcelReading(**reading))
    rows = list(reader)
    assert columns == reader.columns
    assert (first, count, f"sheet S, {origin}") == (rows[0].values[0], len(rows), rows[0].origin)
