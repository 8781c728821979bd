"""Columns of fixed-width text: rivers of blanks, known layouts, and where commas are those of amounts."""

from __future__ import annotations

import random

import pytest

from loadstone.detect.file import detect_bytes
from loadstone.detect.fixed import LAYOUTS, find_fixed, known_layout

PEOPLE = ("Anna Kowalska", "Jo", "ACME & Sons", "François Lefèvre", "Li Wei")


def amounts(count: int = 20, *, point: str = ",") -> list[list[str]]:
    """Rows with amounts whose fraction stands behind ``point``."""
    dice = random.Random(7)
    return [
        [f"{number:04}", PEOPLE[number % 5], f"{dice.uniform(1, 10 ** dice.randint(1, 6)):.2f}".replace(".", point), dice.choice(("EUR", "USD"))]
        for number in range(count)
    ]  # fmt: skip


def laid_out(rows: list[list[str]], *, right: tuple[int, ...] = (), gap: int = 1) -> list[str]:
    """Lines with each column as wide as its longest value, and ``gap`` blanks behind it."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "".join((cell.rjust(width) if at in right else cell.ljust(width)) + " " * gap for at, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]  # fmt: skip


def starts(lines: list[str]) -> list[int]:
    """Where the columns begin."""
    found = find_fixed(lines)
    return [start for start, _ in found.spans] if found else []


def form(lines: list[str]) -> str:
    """The format that a file of these lines is recognised as."""
    return detect_bytes("".join(line + "\n" for line in lines).encode()).format


@pytest.mark.parametrize("right", [(), (2,)], ids=["left", "right"])
@pytest.mark.parametrize("point", [",", "."], ids=["comma", "point"])
def test_the_comma_of_amounts_parts_no_fields(point: str, right: tuple[int, ...]) -> None:
    """Every line holds one comma, and yet rivers of blanks explain the lines better."""
    found = detect_bytes("".join(line + "\n" for line in laid_out(amounts(point=point), right=right)).encode())
    assert "fwf" == found.format
    assert ["string", "string", "decimal", "string"] == [column.type for column in found.columns]


def test_lines_without_their_last_blanks_are_fixed_width_all_the_same() -> None:
    """Editors and mail take blanks off the ends of lines, whose lengths then differ."""
    rows = [[row[0], row[2], row[1]] for row in amounts()]
    assert "fwf" == form([line.rstrip() for line in laid_out(rows, right=(1,), gap=2)])


@pytest.mark.parametrize("delimiter", [",", ";", "|"])
def test_padded_fields_are_parted_by_their_delimiter(delimiter: str) -> None:
    """A delimiter in each line at the same place is no part of values, though blanks stand around it."""
    lines = [delimiter.join(part.strip().ljust(18) for part in row) for row in amounts(point=".")]
    assert "csv" == form(lines)


def test_one_blank_between_all_values_parts_them() -> None:
    """Numbers of one length with a single blank between them are parted by blanks as well as by width."""
    lines = [" ".join(f"{(7 * row + 3 * at) % 100:02}" for at in range(12)) for row in range(20)]
    found = detect_bytes("".join(line + "\n" for line in lines).encode())
    assert ("csv", " ", 12) == (found.format, found.delimiter, len(found.columns))


def test_each_column_begins_where_its_river_ends() -> None:
    """Blanks that run through all lines stand between columns."""
    assert [0, 5, 22, 32] == starts(laid_out([*amounts(), ["0000", "K" * 16, "123456,78", "EUR"]]))


def test_a_day_and_its_time_are_one_column() -> None:
    """One blank between a date and a time parts one value; two blanks part two."""
    rows = [[f"2026-01-{day:02}", f"{day:02}:30:00", "x" * (day % 7 + 1)] for day in range(1, 20)]
    assert [0, 20] == starts(laid_out(rows))
    assert [0, 12, 22] == starts(laid_out(rows, gap=2))


def test_words_of_one_text_are_one_column() -> None:
    """A text that is the same in all lines has rivers between its words, and is one column."""
    rows = [[f"{number:05}", "Savings account Paris", "9" * (number % 4 + 1)] for number in range(12)]
    assert [0, 6, 28] == starts(laid_out(rows, right=(2,)))


def test_a_day_is_no_word_of_the_text_before_it() -> None:
    """A word that never changes and the day behind it are two columns."""
    rows = [[f"{number:05}", "Paris", f"{number + 10}.01.2026"] for number in range(12)]
    assert [0, 6, 12] == starts(laid_out(rows))


def test_a_month_belongs_to_its_day() -> None:
    """``Apr 02, 2010`` is one value, whatever its parts look like."""
    rows = [[f"{number:05}", f"Apr {number:02}, 20{number + 10}", "x" * (number % 4 + 1)] for number in range(12)]
    assert [0, 6, 19] == starts(laid_out(rows))


def test_codes_in_capitals_are_columns_of_their_own() -> None:
    """An office and a kind that never change are two columns."""
    rows = [[f"{number:05}", "HMRC", "CARD", "9" * (number % 4 + 1)] for number in range(12)]
    assert [0, 6, 11, 16] == starts(laid_out(rows))


def test_words_in_capitals_that_change_are_columns_of_their_own() -> None:
    """States of one length are not words of one text."""
    rows = [[f"{number:05}", ("OPEN", "SHUT")[number % 2], ("LOAN", "CARD")[number % 3 % 2], "9" * (number % 4 + 1)] for number in range(12)]
    assert [0, 6, 11, 16] == starts(laid_out(rows))


@pytest.mark.parametrize("sign", ["-", "–", "·", "/", "&"])
def test_a_sign_between_words_joins_them(sign: str) -> None:
    """A sign that stands alone belongs to the words at both its sides."""
    rows = [[f"{number:05}", f"B {sign} Fees", "9" * (number % 4 + 1)] for number in range(12)]
    assert [0, 6, 15] == starts(laid_out(rows, right=(2,)))


@pytest.mark.parametrize(
    "lines",
    [["one line only, and long enough"], ["a\tb\tc\td"] * 9, ["ab"] * 9, ["no rivers", "of any kind", "in here"]],
    ids=["one line", "tabs", "too short", "no rivers"],
)
def test_what_is_no_fixed_width(lines: list[str]) -> None:
    """A single line, tabs, short lines, and lines of different lengths without rivers have no columns."""
    assert find_fixed(lines) is None


def test_lines_of_one_length_have_one_column_at_least() -> None:
    """Packed records have one length, and nothing tells their fields."""
    found = find_fixed([f"{number * 7919:020}" for number in range(30)])
    assert found is not None
    assert (((0, 20),), 20, True, False) == (found.spans, found.length, found.equal, found.blanks)


def test_more_lines_of_one_length_make_surer() -> None:
    """Twenty lines say more than three."""
    lines = laid_out(amounts())
    few, many = find_fixed(lines[:3]), find_fixed(lines)
    assert few is not None and many is not None
    assert few.confidence < many.confidence <= 0.97


def test_known_layouts_fit_their_length() -> None:
    """Each layout that is known begins at 0, goes on in order, and ends within its line."""
    for length, _, name, begins in LAYOUTS:
        assert 0 == begins[0], name
        assert sorted(set(begins)) == list(begins), name
        assert begins[-1] < length, name


def test_a_known_layout_needs_all_lines() -> None:
    """One line that does not fit, and it is not that layout."""
    line = "622" + "123456789" + " " * 17 + "0" * 10 + " " * 39 + "0" + "1" * 15
    assert 94 == len(line)
    found = known_layout([line] * 5)
    assert found is not None and "NACHA entry detail" in found.evidence
    assert known_layout([line, "x" * 94]) is None


def test_tabs_part_fields_though_they_make_rivers() -> None:
    """Text parted by two tabs a line has rivers once they are blanks, and stays text parted by tabs."""
    rows = [[f"00{number * 7919:08}", f"{number:04}", f"{number * 31}"] for number in range(20)]
    found = detect_bytes("".join("\t".join(row) + "\n" for row in rows).encode())
    assert ("tsv", 3) == (found.format, len(found.columns))


@pytest.mark.parametrize(("tabs", "columns"), [(2, 3), (3, None)], ids=["two", "three"])
def test_many_tabs_part_fields(tabs: int, columns: int | None) -> None:
    """A tab or two in a line may be what fills a column up; more of them part fields."""
    found = find_fixed(["\t".join(f"{number * 37 % 1000:03}" for _ in range(tabs + 1)) for number in range(9)])
    assert columns == (len(found.spans) if found else None)


def test_three_tabs_in_half_of_the_lines_are_still_fixed_width() -> None:
    """Only where most lines have them are they delimiters."""
    lines = [f"A{number:03}    B{number:03}    C{number:03}    D{number:03}" for number in range(4)]
    assert find_fixed([*lines, *(line.replace("    ", "\t") for line in lines)]) is not None
    assert find_fixed([*lines, *(line.replace("    ", "\t") for line in [*lines, lines[0]])]) is None


def sized(common: int, others: int) -> list[str]:
    """Lines with two rivers: some of one length, others longer, each by another number of characters."""
    return [
        *(f"{number:04}  {'K' * (number % 5 + 1):<6}  {number * 31:06}" for number in range(common)),
        *(f"{number:04}  {'L' * 6}  {number * 31:06}{'X' * number}" for number in range(1, others + 1)),
    ]


def test_the_length_of_most_lines_is_that_of_a_record() -> None:
    """From three lines in five on their length counts, and others are spoilt; below that the longest line's does."""
    most, fewer = find_fixed(sized(6, 4)), find_fixed(sized(5, 4))
    assert most is not None and fewer is not None
    assert (20, 24) == (most.length, fewer.length)
    assert not most.equal


def test_lines_of_all_lengths_need_rivers() -> None:
    """Two rivers through four lines at least."""
    lines = sized(1, 9)
    assert find_fixed(lines) is not None
    assert find_fixed(lines[1:4]) is None
    assert find_fixed([line[:12].rstrip() + "L" * number for number, line in enumerate(lines)]) is None


def test_a_value_that_few_lines_go_on_with_is_a_part_of_the_text() -> None:
    """Where hardly a line has anything behind a gap, and texts ahead of it differ in length, the text goes on there."""
    texts = ["Rent", "Salaries", "A1 fees"]
    rows = [[f"{number:04}", "R2 ABCDEF XYZ9" if number == 7 else texts[number % 3]] for number in range(12)]
    assert [0, 5] == starts(laid_out(rows))
    numbers = [[f"{number:04}", "R2 ABCDEF 12.50" if number == 7 else texts[number % 3]] for number in range(12)]
    assert 3 == len(starts(laid_out(numbers)))


def test_letters_alone_are_no_words() -> None:
    """Single letters that never change are codes."""
    rows = [[f"{number:05}", "a", "bc", "9" * (number % 4 + 1)] for number in range(12)]
    assert [0, 6, 8, 11] == starts(laid_out(rows, right=(3,)))


def test_blanks_are_told_where_half_of_the_lines_hold_them() -> None:
    """Whether lines hold gaps counts for whether they are fixed-width without any column."""
    gaps = [f"{number * 7919:010}  {number * 104729:010}" for number in range(1, 11)]
    solid = [f"{number * 7919:011}{number * 104729:011}" for number in range(1, 11)]
    for some, many, wanted in ((5, 5, True), (4, 6, False)):
        found = find_fixed([*gaps[:some], *solid[:many]])
        assert found is not None and wanted == found.blanks
