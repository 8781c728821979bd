"""The log: its head, the column table, messages and totals."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from loadstone.books import Contribution, TableCount
from loadstone.sqlldr.log import LogInput, LogRun, log_head, log_tail
from loadstone.sqlldr.testing import spec_of
from loadstone.sqlldr.write import processing_options

AT = datetime(2026, 3, 2, 1, 2, 3)


def run_of(control: str) -> LogRun:
    """A run of a control file as the head of a log sees it."""
    spec = spec_of(control)
    inputs = [
        LogInput(name=str(one.path), bad="x.bad", processing=processing_options(one)) for one in spec.inputs
    ]
    return LogRun(spec=spec, spec_path="x.ctl", inputs=inputs, began=AT)


def head_of(control: str) -> list[str]:
    """The lines of a head, from ``Control File:`` on."""
    lines = log_head(run_of(control)).splitlines()
    return lines[lines.index("Control File:   x.ctl") :]


def columns_of(fields: str, clauses: str = "") -> list[str]:
    """The lines below the dashes of the column table."""
    lines = head_of(f"LOAD DATA INFILE 'a' INTO TABLE t {clauses} ({fields})")
    return lines[next(n for n, line in enumerate(lines) if line.startswith("-----")) + 1 : -1]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            "a CHAR TERMINATED BY WHITESPACE",
            "A                                   FIRST     *  WHT      CHARACTER",
        ),
        ("a CHAR TERMINATED BY X'09'", "A                                   FIRST     *  WHT      CHARACTER"),
        ("a CHAR TERMINATED BY ' '", "A                                   FIRST     *  WHT      CHARACTER"),
        ("a CHAR TERMINATED BY ';'", "A                                   FIRST     *   ;       CHARACTER"),
        ("a CHAR ENCLOSED BY '\"'", 'A                                   FIRST     *        "  CHARACTER'),
        (
            "a POSITION(7:14) CHAR TERMINATED BY WHITESPACE",
            "A                                    7:14     8  WHT      CHARACTER",
        ),
        (
            "a POSITION(45) TERMINATED BY ','",
            "A                                      45     *   ,       CHARACTER",
        ),
        (
            "a POSITION(1:4) INTEGER EXTERNAL",
            "A                                     1:4     4           CHARACTER",
        ),
        ("a DATE 'YYYY'", "A                                   FIRST     4           DATE YYYY"),
        (
            "a TIMESTAMP 'HH24.FF'",
            "A                                   FIRST     7           DATETIME HH24.FF",
        ),
        ("a DECIMAL(7,2)", "A                                   FIRST     4           PACKED DECIMAL (7, 2)"),
        ("a ZONED(5,1)", "A                                   FIRST     5           ZONED DECIMAL (5, 1)"),
        ("a SMALLINT", "A                                   FIRST     2           SMALL INTEGER"),
        ("a RECNUM", "A                                                         RECNUM"),
        ("a SEQUENCE(MAX,1)", "A                                                         SEQUENCE (MAX, 1)"),
    ],
)
def test_a_column_has_one_line(fields: str, expected: str) -> None:
    """Position, length, terminator, enclosure and datatype stand in their columns."""
    assert [line.rstrip() for line in columns_of(fields)] == [expected]


def test_enclosures_that_differ_take_two_lines() -> None:
    """The closing one stands below the opening one."""
    assert [line[48:].rstrip() for line in columns_of("a CHAR ENCLOSED BY '(' AND '%'")] == [
        "       (  CHARACTER",
        "       %",
    ]
    optional = "a CHAR TERMINATED BY ';' OPTIONALLY ENCLOSED BY '<' AND '>'"
    assert [line[48:].rstrip() for line in columns_of(optional)] == ["  ;  O(<) CHARACTER", "     O(>)"]


def test_notes_follow_the_line_of_a_column() -> None:
    """Long delimiters, conditions, constants and SQL strings, one below the other."""
    fields = (
        "a CHAR TERMINATED BY '^*' NULLIF a = 'x' AND (3:4) != BLANKS \"UPPER(:a)\","
        " b CONSTANT X'20', c BOUNDFILLER CHAR TERMINATED BY ',' DEFAULTIF (7) = '12'"
    )
    assert [line.rstrip() for line in columns_of(fields)] == [
        "A                                   FIRST     *           CHARACTER",
        "    Terminator string : '^*'",
        "    NULL if A = 0X78(character 'x') and 3:4 != BLANKS",
        '    SQL string for column : "UPPER(:a)"',
        "B                                                         CONSTANT",
        "    Value is ' '",
        "C                                    NEXT     *   ,       CHARACTER",
        "  (BOUND FILLER FIELD)",
        "    DEFAULT if 7:8 = 0X3132(character '12')",
    ]


def test_literals_are_shown_in_utf8() -> None:
    """A condition shows its bytes, and its characters as they were written."""
    lines = columns_of("a CHAR TERMINATED BY ',' NULLIF a = 'é'")
    assert lines[1] == "    NULL if A = 0Xc3a9(character 'é')"
    assert columns_of("a CHAR(1) NULLIF a = X'E9'")[1] == "    NULL if A = 0Xe9(character 'é')"


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("", "none specified"),
        ("CONCATENATE 3", "3 records concatenated"),
        ("CONTINUEIF (1) = '*'", "1:1 = 0X2a(character '*'), in current physical record"),
        ("CONTINUEIF NEXT (2:3) <> 'ab'", "2:3 != 0X6162(character 'ab'), in next physical record"),
        ("CONTINUEIF LAST = '-'", "last nonblank character = 0X2d(character '-')"),
    ],
)
def test_the_head_tells_how_records_continue(clause: str, expected: str) -> None:
    """CONCATENATE and CONTINUEIF."""
    lines = head_of(f"LOAD DATA INFILE 'a' {clause} INTO TABLE t (a CHAR(1))")
    assert f"Continuation:    {expected}" in lines


def test_the_first_field_of_the_record_is_called_first() -> None:
    """Generated columns in front of it do not count."""
    lines = columns_of("a SEQUENCE(MAX, 1), b CHAR TERMINATED BY ',', c CHAR TERMINATED BY ','")
    assert [line[30:41].strip() for line in lines] == ["", "FIRST", "NEXT"]


def test_several_data_files_are_counted() -> None:
    """Each follows the other without an empty line between them."""
    lines = head_of("LOAD DATA INFILE 'a' INFILE 'b' INTO TABLE t (a CHAR(1))")
    data_a = ["Data File:      a", "  Bad File:     x.bad", "  Discard File:  none specified", " "]
    data_b = ["Data File:      b", *data_a[1:]]
    discards = [" (Allow all discards)"]
    assert lines[1:13] == ["", "There are 2 data files:", *data_a, *discards, *data_b, *discards]


def test_the_parallel_path_is_told() -> None:
    """PARALLEL counts on the direct path alone."""
    text = "OPTIONS ({}PARALLEL=TRUE) LOAD DATA INFILE 'a' INTO TABLE t (a CHAR(1))"
    assert "Path used:      Direct - with parallel option." in head_of(text.format("DIRECT=TRUE, "))
    assert "Path used:      Conventional" in head_of(text.format(""))


def test_digits_of_a_terminator_stand_as_they_were_written() -> None:
    """In either case."""
    lines = head_of("LOAD DATA INFILE 'a' \"str X'7c0A'\" INTO TABLE t (a CHAR(1))")
    assert "  File processing option string: \"str X'7c0A'\"" in lines


def test_what_loadstone_says_stands_above_the_log() -> None:
    """From its ``Control File:`` line on a log is as SQL*Loader writes it."""
    run = replace(run_of("LOAD DATA INFILE 'a' INTO TABLE t (a CHAR(1))"), warnings=["one thing", "another"])
    lines = log_head(run).splitlines()
    start = lines.index("Control File:   x.ctl")
    assert ["", "Loadstone: one thing", "Loadstone: another", ""] == lines[start - 4 : start]
    assert log_head(replace(run, warnings=[])).splitlines()[-9:] == lines[-9:]


def test_the_head_names_the_processing_options() -> None:
    """They stand between a data file and its bad file."""
    lines = head_of("LOAD DATA INFILE 'a' \"var 10\" INTO TABLE t (a CHAR(1))")
    assert lines[1:4] == [
        "Data File:      a",
        '  File processing option string: "var 10"',
        "  Bad File:     x.bad",
    ]


@pytest.mark.parametrize(
    ("silent", "expected"),
    [
        ("ALL", ["Silent options: FEEDBACK, ERRORS and DISCARDS"]),
        ("(ERRORS, FEEDBACK)", ["Silent options: FEEDBACK and ERRORS"]),
        ("DISCARDS", ["Silent options: DISCARDS"]),
        ("HEADER", []),
    ],
)
def test_silent_options_are_listed(silent: str, expected: list[str]) -> None:
    """What the log leaves out, in SQL*Loader's order."""
    lines = head_of(f"OPTIONS (SILENT={silent}) LOAD DATA INFILE 'a' INTO TABLE t (a CHAR(1))")
    assert [line for line in lines if line.startswith("Silent")] == expected


def test_the_direct_path_names_partitions_and_recovery() -> None:
    """UNRECOVERABLE has a line of its own; a partition stands behind its table."""
    control = (
        "OPTIONS (DIRECT=TRUE, COLUMNARRAYROWS=10, STREAMSIZE=5000000) UNRECOVERABLE LOAD DATA INFILE 'a'"
        " APPEND INTO TABLE t SINGLEROW PARTITION (p1) FIELDS TERMINATED BY X'09' (a)"
    )
    lines = head_of(control)
    start = lines.index("Path used:      Direct")
    assert lines[start : start + 6] == [
        "Path used:      Direct",
        "",
        "Load is UNRECOVERABLE; invalidation redo is produced.",
        "",
        "Table T, partition P1, loaded from every logical record.",
        "Insert option in effect for this partition: APPEND",
    ]
    counts = Contribution(read=83, loaded=83, tables=(TableCount(loaded=83),))
    tail = log_tail(run_of(control), counts, "finished", AT, (0.1, 0.1)).splitlines()
    assert "Table T, partition P1:" in tail
    assert [line for line in tail if "buffer" in line or "array" in line] == [
        "Bind array size not used in direct path.",
        "Column array  rows :      10",
        "Stream buffer bytes: 5000000",
        "Read   buffer bytes: 1048576",
        "Total stream buffers loaded by SQL*Loader main thread:        9",
        "Total stream buffers loaded by SQL*Loader load thread:        0",
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("DIRECT=TRUE", ["The following index(es) on table T were processed:", "index S.PK loaded successfully with 3 keys", "index S.U loaded successfully with 3 keys"]),
        ("DIRECT=TRUE, PARALLEL=TRUE", []), ("DIRECT=TRUE, SKIP_INDEX_MAINTENANCE=TRUE", []), ("ROWS=5", []),
    ],
)  # fmt: skip
def test_the_direct_path_lists_the_indexes_that_it_filled(options: str, expected: list[str]) -> None:
    """With the keys of this load; not those of a table that took no row, nor where indexes are left alone."""
    control = (
        f"OPTIONS ({options}) LOAD DATA INFILE 'a' APPEND"
        + " INTO TABLE {} (a POSITION(1:1)) INTO TABLE {} (a POSITION(1:1))"
    )
    run = replace(run_of(control.format("t", "u")), indexes=[["S.PK", "S.U"], ["S.UK"]])
    counts = Contribution(read=3, loaded=3, tables=(TableCount(loaded=3), TableCount(when_failed=3)))
    tail = log_tail(run, counts, "complete", AT, (0.1, 0.1)).splitlines()
    assert expected == [line for line in tail if "index" in line]
    assert "Table T:" == tail[len(expected) + 1]
