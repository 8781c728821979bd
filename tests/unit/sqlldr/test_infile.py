"""INFILE, its record format, and the files that follow it."""

from __future__ import annotations

import pytest

from loadstone import spec as s
from loadstone.sqlldr.testing import error_of, report_on, spec_of

TAIL = " INTO TABLE t FIELDS TERMINATED BY ',' (a)"


def first(clause: str) -> s.InputFile:
    """The first input of a LOAD statement."""
    return spec_of(f"LOAD DATA {clause}{TAIL}").inputs[0]


@pytest.mark.parametrize(
    ("clause", "path"),
    [
        ("INFILE 'a b.dat'", "a b.dat"), ('INFILE "a.dat"', "a.dat"), ("INFILE a.dat", "a.dat"), ("INFILE *", None), ("INDDN a.dat", "a.dat"), (r"INFILE 'C:\data\a.dat'", r"C:\data\a.dat"), (r"INFILE C:\data\a.dat", r"C:\data\a.dat"),
        ("INFILE '../in/*.dat'", "../in/*.dat"), ("INFILE 'it''s.dat'", "it's.dat"), ("INFILE 'é.dat'", "é.dat"), ("INFILE $HOME/a.dat", "$HOME/a.dat"), ("INFILE '*'", None),
    ],
)  # fmt: skip
def test_file_names(clause: str, path: str | None) -> None:
    """Quoted or bare, with paths of either system; * is the data of the control file."""
    assert path == first(clause).path


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ('"fix 80"', s.RecordFormat(kind="fix", size=80)), ('" FIX  80 "', s.RecordFormat(kind="fix", size=80)), ('"var"', s.RecordFormat(kind="var", size=5)), ('"var 40"', s.RecordFormat(kind="var", size=40)),
        ("\"str '\\r\\n'\"", s.RecordFormat(kind="str", terminator=s.Literal(text="\r\n"))), ("\"str X'7c0a'\"", s.RecordFormat(kind="str", terminator=s.Literal(hex="7c0a"))), ("\"str X'a'\"", s.RecordFormat(kind="str", terminator=s.Literal(hex="0a"))),
        ("\"str '|\\\\'\"", s.RecordFormat(kind="str", terminator=s.Literal(text="|\\"))), ('""', s.RecordFormat()),
    ],
)  # fmt: skip
def test_record_formats(clause: str, expected: s.RecordFormat) -> None:
    """fix, var and str in their forms, in any case."""
    assert expected == first(f"INFILE 'a' {clause}").record_format


@pytest.mark.parametrize(
    ("clause", "code"),
    [('"fix 0"', "LS-1016"), ('"var 41"', "LS-1016"), ('"var 0"', "LS-1016"), ("\"str ''\"", "LS-1016"), ("\"str X'0g'\"", "LS-1012"), ('"str"', "LS-1016"), ('"str \\n"', "LS-1016")],
)  # fmt: skip
def test_broken_record_formats(clause: str, code: str) -> None:
    """Each error stands at the string."""
    assert (code, 1, 22) == error_of(f"LOAD DATA INFILE 'a' {clause}{TAIL}")


def test_other_words_of_the_system_are_kept() -> None:
    """What other systems say of their files is accepted."""
    assert "recsize 80 buffers 8" == first("INFILE 'a' \"recsize 80 buffers 8\"").os_options


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("BADFILE b", ("b", None, None)), ("BADDN 'b'", ("b", None, None)), ("DISCARDFILE d", (None, "d", None)), ("DISCARDDN d DISCARDS 5", (None, "d", 5)), ("DISCARDMAX 0", (None, None, 0)), ("BADFILE b DISCARDFILE d DISCARDMAX 9", ("b", "d", 9)),
        ("DISCARDFILE DISCARDMAX 3", (None, None, 3)),
    ],
)  # fmt: skip
def test_files_of_an_input(clause: str, expected: tuple[str | None, str | None, int | None]) -> None:
    """Bad file, discard file and its limit, by either word."""
    found = first(f"INFILE 'a' {clause}")
    assert expected == (found.bad, found.discard, found.discardmax)


@pytest.mark.parametrize(
    ("clause", "code"),
    [("INFILE 'a' BADFILE b BADDN c", "LS-1010"), ("INFILE 'a' DISCARDMAX 1 DISCARDS 2", "LS-1010"), ("INFILE ''", "LS-1014"), ("INFILE 'a' BADFILE", "LS-1001"), ("INFILE INTO", "LS-1001"), ("INFILE 'a' DISCARDMAX x", "LS-1001"), ("INFILE 'a\n", "LS-1005")],
)  # fmt: skip
def test_broken_inputs(clause: str, code: str) -> None:
    """A file said twice, an empty name, a keyword in its place."""
    assert code == error_of(f"LOAD DATA {clause}{TAIL}")[0]


def test_a_name_with_a_placeholder_is_doubtful() -> None:
    """It is taken as it stands, with a warning that names it."""
    report = report_on(f"LOAD DATA INFILE '{{{{ day }}}}.dat'{TAIL}")
    assert (True, ["LS-1067"]) == (report.ok, [warning.code for warning in report.warnings])
    assert "{{ day }}" in report.warnings[0].message
