"""Which dialect sets the fields of a text."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.detect.dialect import candidates, parse, rank
from loadstone.detect.model import Dialect

ROWS = [
    ["account", "name", "amount", "booked"],
    ["0001", "Anna Kowalska", "12.50", "2026-01-31"],
    ["0002", "ACME Ltd", "-3.00", "2026-02-01"],
    ["0003", "Müller & Sons", "1000.25", "2026-02-02"],
    ["0004", "Jane Doe", "0.99", "2026-02-03"],
]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "||", "^", "~", "\x01", "\x1f", "¦", "#", "|~|"])
def test_each_common_delimiter_is_found(delimiter: str) -> None:
    """A clean table is recognised by whatever parts its fields."""
    text = "".join(delimiter.join(row) + "\n" for row in ROWS)
    assert delimiter == rank(text)[0].dialect.delimiter


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_matter(end: str) -> None:
    """Unix, Windows and old Macintosh line ends give the same answer."""
    text = "".join(";".join(row) + end for row in ROWS)
    best = rank(text)[0]
    assert (";", 4, 5) == (best.dialect.delimiter, best.width, best.rows)


def test_what_quotes_hold_does_not_count() -> None:
    """A delimiter inside quoted fields is text."""
    text = 'id;note\n1;"a, b, c, d"\n2;"e, f, g, h"\n3;"i, j, k, l"\n'
    assert ";" == rank(text)[0].dialect.delimiter


def test_the_commas_of_decimals_do_not_win() -> None:
    """Semicolons part fields whose numbers have decimal commas."""
    text = "1;12,50;3,25\n2;13,75;4,10\n3;99,01;5,00\n"
    assert ";" == rank(text)[0].dialect.delimiter


def test_the_colons_of_times_do_not_win() -> None:
    """A column of times is one column."""
    text = "start\n10:15:00\n11:20:30\n12:25:59\n"
    assert 1 == rank(text)[0].width


def test_single_quotes_enclose_fields() -> None:
    """Apostrophes that open and close fields are quotes; those inside words are not."""
    quoted = "1,'a, b','x'\n2,'c, d','y'\n3,'e, f','z'\n"
    assert "'" == rank(quoted)[0].dialect.quotechar
    plain = "1,O'Brien,x\n2,d'Artagnan,y\n3,l'eau,z\n"
    assert '"' == rank(plain)[0].dialect.quotechar


def test_a_backslash_escapes() -> None:
    """Quotes behind backslashes stay in their field."""
    text = '1;"say \\"a; b\\" now";x\n2;"say \\"c; d\\" now";y\n3;"plain";z\n'
    best = rank(text)[0]
    assert ("\\", 3) == (best.dialect.escapechar, best.width)
    assert 'say "a; b" now' == next(iter(parse(text, best.dialect)))[1]


def test_blanks_before_quotes_are_skipped() -> None:
    """A quote may follow the delimiter and a blank."""
    text = 'id, "name"\n1, "a, b"\n2, "c, d"\n3, "e, f"\n'
    best = rank(text)[0]
    assert (True, 2) == (best.dialect.skip_blanks, best.width)


def test_lines_around_the_table_are_excused() -> None:
    """Titles above and a trailer below do not hide the delimiter."""
    text = "Report of the day\nMade by ACME\n" + "".join("|".join(row) + "\n" for row in ROWS) + "Total 4\n"
    best = rank(text)[0]
    assert ("|", 4, 5) == (best.dialect.delimiter, best.width, best.agreeing)


def test_an_answer_is_always_given() -> None:
    """Any text has a best dialect, be it one column."""
    assert "" == rank("x")[0].dialect.delimiter
    assert "" == rank("")[0].dialect.delimiter


@given(st.text(alphabet="ab1,;|\t\"'\\\n\r .:", max_size=200))
def test_no_text_breaks_the_scorer(text: str) -> None:
    """Whatever the text, the score lies between 0 and 1 and the best comes first."""
    scores = [one.score for one in rank(text)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1.01 for score in scores)


@given(
    st.lists(
        st.lists(st.text(alphabet='abc ,;"\n', max_size=6), min_size=2, max_size=4), min_size=1, max_size=5
    )
)
def test_parse_reads_what_a_writer_wrote(rows: list[list[str]]) -> None:
    """Rows written by the standard library come back, doubled quotes and line ends inside fields included."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    assert rows == list(parse(out.getvalue(), Dialect(",")))


def test_candidates_come_from_the_text() -> None:
    """Only marks that stand in a good part of the lines are tried."""
    tried = {one.delimiter for one in candidates("a;b\nc;d\n")}
    assert tried == {"", ";"}


def test_half_a_pair_is_no_pair() -> None:
    """Empty fields do not make two commas a delimiter."""
    text = "id,name,code,day,sum\n" + "".join(f"{number},,89{number}4837640,,0\n" for number in range(9))
    assert "," == rank(text)[0].dialect.delimiter


@pytest.mark.parametrize("mark", ["^", "~", "$"])
def test_odd_marks_enclose_fields(mark: str) -> None:
    """A mark at both ends of a field in each line encloses, whatever it is."""
    text = "".join(f"{number}|{mark}Envoy {number} MB{mark}|{mark}Desktop PCs{mark}|20\n" for number in range(9))
    assert ("|", mark) == (rank(text)[0].dialect.delimiter, rank(text)[0].dialect.quotechar)


def test_paths_are_not_parted() -> None:
    """The colon behind a drive parts nothing."""
    text = "".join(f"D:\\data\\in_{number}\\bin\\file {number}.dll\n" for number in range(9))
    assert 1 == rank(text)[0].width


def test_ragged_records_are_records_of_fields() -> None:
    """Commas one behind the other part fields, though no two records have the same number of them."""
    text = "one,two,three,four,five,six\n1,2,,,5,,,8,9\n1,2,3,4,5,6\n1,2,3,4,5,6,\n1,,,,,,,,,10\n1,,,,,,,,,10,\n"
    assert "," == rank(text)[0].dialect.delimiter


def test_signs_around_names_in_paths_enclose_nothing() -> None:
    """Names of variables between percent signs are parts of paths."""
    text = "".join(f"%DATA%/%USER%/in/2015/Apr/{number}.txt\n" for number in range(9))
    assert rank(text)[0].dialect.quotechar != "%"


@pytest.mark.parametrize(
    "line",
    ["2026-01-{0:02}T10:{0:02}:00", "2026-01-{0:02} 10:00:00", "{0:02}:15:59", "a{0:02}@bank.example", "{0:02}/11/2026", "{0:02}-11-2026", "{0:02} Jan 2026", "https://bank.example/{0}"],
    ids=["ISO", "with a blank", "clock", "address", "slashes", "dashes", "month", "link"],
)  # fmt: skip
def test_one_value_to_a_line_is_not_parted(line: str) -> None:
    """A line that is a day, a time or an address is one value, whatever marks stand in it."""
    assert 1 == rank("".join(line.format(number) + "\n" for number in range(1, 12)))[0].width


def test_a_mark_inside_brackets_parts_nothing() -> None:
    """The sign of powers within a formula is no delimiter."""
    text = "".join(f"{number},(A{number}^2)-6,x\n" for number in range(12))
    assert "," == rank(text)[0].dialect.delimiter


def test_blanks_between_words_part_nothing() -> None:
    """A text of three words that comes again in each line is one column; with numbers it may be three."""
    assert 1 == rank("LONG TERM PLANNING\n" * 12)[0].width
    assert 3 == rank("".join(f"{number} 17 {number * 3}\n" for number in range(12)))[0].width


def test_quotes_around_nothing_enclose_nothing() -> None:
    """Two apostrophes are a value of their own where no field stands between apostrophes."""
    text = '"id"\t"rate of it"\t"other"\n' + "".join(f"{number}\t{number}.5\t''\n" for number in range(12))
    assert '"' == rank(text)[0].dialect.quotechar


def test_enclosed_fields_may_be_empty() -> None:
    """Some fields between apostrophes are empty, others are not."""
    text = "".join(f"'{number}','{'z' * (number % 3)}','x, y'\n" for number in range(12))
    assert ("'", 3) == (rank(text)[0].dialect.quotechar, rank(text)[0].width)
