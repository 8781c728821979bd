"""Where a table begins, and whether its first row names the columns."""

from __future__ import annotations

import pytest

from loadstone.detect import header
from loadstone.detect.file import detect_bytes
from loadstone.detect.header import find_table

BODY = [
    ["0001", "Anna", "12.50", "2026-01-31"],
    ["0002", "Jane", "3.00", "2026-02-01"],
    ["0003", "Paul", "7.25", "2026-02-02"],
]


@pytest.mark.parametrize(
    "head",
    [
        ["account", "name", "amount", "booked"],
        ["Konto", "Name", "Betrag", "Datum"],
        ["compte", "libellé", "montant", "date"],
        ["acct_no", "custName", "AMT", "VAL_DT"],
        ["foo", "bar", "baz", "qux"],
    ],
)
def test_names_over_values_are_a_header(head: list[str]) -> None:
    """Words over numbers and dates are names, known or not."""
    table = find_table([head, *BODY], 4)
    assert (1, 0) == (table.header_rows, table.first)


def test_values_over_values_are_none() -> None:
    """A first row like those below is data."""
    assert 0 == find_table(BODY, 4).header_rows


def test_text_over_text_needs_more() -> None:
    """Two columns of words have no header without a sign of one."""
    rows = [["Argentina", "Peso"], ["Bahrain", "Dinar"], ["Brazil", "Real"], ["Canada", "Dollar"]]
    assert 0 == find_table(rows, 2).header_rows
    assert 1 == find_table([["country", "currency"], *rows], 2).header_rows


def test_titles_stand_above() -> None:
    """Narrow rows, and rows of the table's width that are nearly empty, are titles."""
    head = ["account", "name", "amount", "booked"]
    assert 2 == find_table([["Report"], ["made by ACME"], head, *BODY], 4).first
    assert 1 == find_table([["Report", "", "", ""], head, *BODY], 4).first


def test_a_header_of_another_width() -> None:
    """Names one fewer than the columns, as statistics packages write them, are a header all the same."""
    rows = [["x", "y", "z"], ["a", "1", "2", "3"], ["b", "4", "5", "6"], ["c", "7", "8", "9"]]
    table = find_table(rows, 4)
    assert (1, 0) == (table.header_rows, table.first)


def test_a_trailer_ends_the_table() -> None:
    """Rows of another width at the end are not the table's."""
    table = find_table([*BODY, ["TRAILER", "3"]], 4)
    assert 2 == table.last


def test_one_row_is_judged_by_its_words() -> None:
    """Without a row below, names of columns are a header, and values are not."""
    assert 1 == find_table([["account", "name", "amount"]], 3).header_rows
    assert 0 == find_table([["0001", "Anna", "12.50"]], 3).header_rows


def test_an_empty_first_row_is_no_header() -> None:
    """Nothing names nothing."""
    assert 0 == find_table([["", ""], ["1", "2"], ["3", "4"]], 2).header_rows


@pytest.mark.parametrize(
    ("rows", "first", "header"),
    [
        ([["Expenses of May", ""], ["", ""], ["kind", "total"], ["hotels", "17.5"], ["rail", "9.1"]], 2, 1),
        ([["Year", "2001", "2002", "2003"], ["wood", "2666", "2274", "17"], ["iron", "498", "853", "490"], ["salt", "14", "13", "15"]], 0, 1),
        ([["app_codepage", "utf-8", "set of characters"], ["app_verbose", "no", "say more"], ["app_debug", "no", "say all"], ["app_types", "all", "what to read"], ["app_mark", "$", "where it begins"]], 0, 0),
    ],
    ids=["below a title and a blank row", "years as names", "first values begin as the others do"],
)  # fmt: skip
def test_what_a_first_row_is(rows: list[list[str]], first: int, header: int) -> None:
    """A row of nothing begins no table, years in a row head columns, and a value that begins as those below is none."""
    table = find_table(rows, len(rows[0]))
    assert (first, header) == (table.first, table.header_rows)


@pytest.mark.parametrize(
    "head", [["a", "b", "c", "d"], ["item 1", "item 2", "item 3", "item 4"], ["V1", "V2", "V3", "V4"]], ids=["letters", "items", "numbers"]
)  # fmt: skip
def test_names_that_count_on_are_a_header(head: list[str]) -> None:
    """Letters in their order and numbered names head columns, over words as over numbers."""
    rows = [["one", "red", "x y", "z"], ["two", "green", "y", "w w"], ["three", "blue", "z", "v"]]
    assert 1 == find_table([head, *rows], 4).header_rows


def test_letters_over_letters_are_no_header() -> None:
    """Where each row counts on, the first is none that names the others."""
    assert 0 == find_table([["a", "b", "c", "d"], ["e", "f", "g", "h"], ["i", "j", "k", "l"]], 4).header_rows


def test_codes_over_codes_are_no_header() -> None:
    """A code that is also a word of some language is a code where all below it look the same."""
    assert 0 == find_table([["AD"], ["AE"], ["AF"], ["AG"], ["AI"], ["AL"]], 1).header_rows


def test_words_joined_by_a_stroke_stand_over_words() -> None:
    """An identifier over words is a name."""
    rows = [["LOW RISK"], ["HIGH RISK"], ["AVERAGE"], ["VERY HIGH RISK"]]
    assert 1 == find_table([["RISK_PROFILE"], *rows], 1).header_rows


def test_a_full_row_over_sparse_ones_is_a_header() -> None:
    """Codes in each cell over rows that are mostly empty are names."""
    head = ["BGEQF", "BGLPV", "BGIGR", "BGAB", "BGAN", "BGAS"]
    rows = [["", "", "", "IND", "", ""], ["", "", "", "COR", "", "X"], ["", "", "", "IND", "", ""]]
    assert 1 == find_table([head, *rows], 6).header_rows


def test_records_with_a_field_more_stand_in_the_table() -> None:
    """Records above the first one of the usual width are records, and their header a header."""
    longer = [[*row, "x"] for row in BODY]
    assert 0 == find_table([*longer, *BODY, *BODY], 4).first
    head = ["account", "name", "amount", "booked", "mark"]
    table = find_table([head, *longer, *BODY, *BODY], 4)
    assert (0, 1) == (table.first, table.header_rows)


def test_a_line_above_with_as_many_fields_is_no_header() -> None:
    """A line of the title may hold a comma; another line of the title between it and the table says that it is none of the table's."""
    title = ["Bank of Example", "Account: 123456, EUR", "Period January"]
    for head in (["id,note"], []):
        text = "\n".join([*title, *head, *(f"{number},word {number}" for number in range(12))])
        found = detect_bytes(text.encode())
        assert (3, bool(head), 12) == (found.preamble_lines, found.has_header, found.records)


def test_a_first_record_with_few_values_is_a_record() -> None:
    """A first row whose only value is a number over numbers is no title of the table; words alone are."""
    rows = "".join(f"{number};word {number};{number * 3}\n" for number in range(2, 12))
    assert (0, 11) == ((found := detect_bytes(("1;;\n" + rows).encode())).preamble_lines, found.records)
    assert (1, 10) == ((found := detect_bytes(("Title;;\n" + rows).encode())).preamble_lines, found.records)


def test_a_long_text_is_no_name_of_a_column() -> None:
    """A cell of half a thousand characters is not searched for words that head columns."""
    assert header._is_head("account number " + "x" * 485)
    assert not header._is_head("account number " + "x" * 486)
