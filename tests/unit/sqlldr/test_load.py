"""The LOAD statement: what stands before INTO TABLE."""

from __future__ import annotations

import pytest

from loadstone.spec import Concatenate, FieldNames, Literal, Method
from loadstone.sqlldr.testing import HEAD, error_of, report_on, spec_of

TAIL = " INTO TABLE t FIELDS TERMINATED BY ',' (a)"


def test_every_clause_of_the_head_is_read() -> None:
    """All clauses in the documented order."""
    spec = spec_of(
        "UNRECOVERABLE CONTINUE_LOAD DATA DEFAULT EXPRESSION CACHE 9 CHARACTERSET 'WE8MSWIN1252'"
        " LENGTH SEMANTICS CHARACTER BYTEORDER LITTLE ENDIAN BYTEORDERMARK NOCHECK"
        " FIELD NAMES ALL FILES IGNORE"
        " INFILE x.dat READSIZE 5 READBUFFERS 6 TRUNCATE CONCATENATE (2) PRESERVE BLANKS" + TAIL
    )
    assert (spec.recoverable, spec.continue_load, spec.default_expression_cache) == (False, True, 9)
    assert (spec.charset, spec.length_semantics) == ("WE8MSWIN1252", "char")
    assert (spec.byte_order, spec.byte_order_mark) == ("little", "nocheck")
    assert spec.field_names is FieldNames.ALL_FILES_IGNORE
    assert (spec.readsize, spec.readbuffers, spec.method) == (5, 6, Method.TRUNCATE)
    assert (spec.assemble, spec.preserve_blanks) == (Concatenate(count=2), True)


def test_data_may_be_missing_after_load() -> None:
    """LOAD APPEND INTO TABLE is legal."""
    assert spec_of("LOAD APPEND" + TAIL).method is Method.APPEND


def test_each_infile_has_its_own_files() -> None:
    """BADFILE, DISCARDFILE and DISCARDMAX belong to the INFILE before them."""
    spec = spec_of(
        "LOAD DATA INFILE 'a' BADFILE a.bad DISCARDFILE a.dsc DISCARDS 3 INDDN b DISCARDDN 'b.d' BADDN 'b.b'"
        + TAIL
    )
    first, second = spec.inputs
    assert (first.path, first.bad, first.discard, first.discardmax) == ("a", "a.bad", "a.dsc", 3)
    assert (second.path, second.bad, second.discard, second.discardmax) == ("b", "b.b", "b.d", None)


@pytest.mark.parametrize(
    ("clause", "kind", "terminator", "size"),
    [
        ('"fix 80"', "fix", None, 80),
        ('"VAR 7"', "var", None, 7),
        ("STREAM", "stream", None, None),
        ("RECORD", "stream", None, None),
        ("FIXED 80", "fix", None, 80),
        ("VARIABLE", "var", None, 5),
        ("VARIABLE 3", "var", None, 3),
        ("\"str '|\\n'\"", "str", Literal(text="|\n"), None),
        ("\"STR X'0d0A'\"", "str", Literal(hex="0d0A"), None),
        ('"str \\"\\n\\""', "str", Literal(text="\n"), None),
        ("'str X\"7C\"'", "str", Literal(hex="7C"), None),
    ],
)
def test_record_formats(clause: str, kind: str, terminator: Literal | None, size: int | None) -> None:
    """The system-dependent clause of INFILE says how records end."""
    found = spec_of(f"LOAD DATA INFILE 'a' {clause}{TAIL}").inputs[0].record_format
    assert (found.kind, found.terminator, found.size) == (kind, terminator, size)


def test_options_of_old_systems_are_kept() -> None:
    """Record and buffer sizes, as the manual's first example has them."""
    file = spec_of(f"LOAD DATA INFILE 'a' \"RECSIZE 80 BUFFERS 8\"{TAIL}").inputs[0]
    assert (file.os_options, file.record_format.kind) == ("RECSIZE 80 BUFFERS 8", "stream")


def test_badfile_without_infile_belongs_to_the_default_data_file() -> None:
    """The data file is named after the control file; the order is doubtful."""
    text = "LOAD DATA BADFILE 'x.bad'" + TAIL
    assert (spec_of(text).inputs[0].path, spec_of(text).inputs[0].bad) == ("x.dat", "x.bad")
    assert [warning.code for warning in report_on(text).warnings] == ["LS-1061"]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "LS-1002", 1, 1),
        ("LAOD DATA", "LS-1001", 1, 1),
        ("LOAD DATA", "LS-1002", 1, 10),
        ("LOAD DATA\nINFIEL 'a'" + TAIL, "LS-1001", 2, 1),
        ("LOAD DATA INFILE\nINTO TABLE t (a)", "LS-1001", 2, 1),
        ("LOAD DATA\nINFILE 'a'\nFIELDS TERMINATED BY ','\n(a)", "LS-1009", 3, 1),
        ("LOAD DATA\nINFILE 'a'\n(a)", "LS-1009", 3, 1),
        ("LOAD DATA\nSKIP 1\nINFILE 'a'" + TAIL, "LS-1009", 2, 1),
        ("LOAD DATA\nOPTIONS (SKIP=1)" + TAIL, "LS-1009", 2, 1),
        ("LOAD DATA INFILE 'a' APPEND\nREPLACE" + TAIL, "LS-1010", 2, 1),
        ("LOAD DATA INFILE 'a'\nCHARACTERSET UTF8" + TAIL, "LS-1008", 2, 1),
        ("BADFILE 'b'\nLOAD DATA INFILE 'a'" + TAIL, "LS-1008", 1, 1),
        ("INTO TABLE t (a)", "LS-1009", 1, 1),
        ("LOAD DATA APPEND\nINFILE 'a'" + TAIL, "LS-1009", 2, 1),
        ("LOAD DATA INFILE 'a' CONCATENATE " + "9" * 5000 + TAIL, "LS-1011", 1, 34),
        ("LOAD DATA INFILE 'a' \"str \\n\"" + TAIL, "LS-1016", 1, 22),
        ("LOAD DATA INFILE 'a' \"fix 0\"" + TAIL, "LS-1016", 1, 22),
        ("LOAD DATA INFILE 'a' 'a.bad'" + TAIL, "LS-1016", 1, 22),
        ("LOAD DATA INFILE 'a' \"stream\"" + TAIL, "LS-1016", 1, 22),
        ("LOAD DATA LOCAL INFILE 'a'" + TAIL, "LS-1001", 1, 11),
        ("LOAD DATA INFILE 'a' INTO t (a)", "LS-1001", 1, 27),
        ("LOAD DATA LENGTH WORD" + TAIL, "LS-1001", 1, 18),
    ],
)
def test_broken_heads_have_a_place(text: str, code: str, line: int, column: int) -> None:
    """Each error stands at the word that cannot be there."""
    assert error_of(text) == (code, line, column)


@pytest.mark.parametrize("tail", [";", "/", "\n;\n", "\r\n\x1a", "-- the end"])
def test_ends_of_statements_are_skipped(tail: str) -> None:
    """A semicolon, a slash, a comment or control-Z may follow the last table."""
    assert report_on(HEAD + "(a)" + tail).ok


def test_a_string_behind_the_list_is_not_read() -> None:
    """Oracle's own sample has one; it is skipped with a warning."""
    report = report_on(HEAD + '(a) "TRIM(:a)")')
    assert report.ok
    assert [warning.code for warning in report.warnings] == ["LS-1062"]


@pytest.mark.parametrize(
    ("tail", "code"),
    [(")", "LS-1001"), (" foo", "LS-1001"), ("\nLOAD DATA", "LS-1034"), ("\nWHEN a='x'", "LS-1009")],
)
def test_other_text_behind_the_list_is_an_error(tail: str, code: str) -> None:
    """Nothing but INTO TABLE and BEGINDATA may follow a table."""
    assert error_of(HEAD + "(a)" + tail)[0] == code


def test_text_behind_a_record_terminator_is_not_read() -> None:
    """Real files have rubbish there; the terminator is taken, with a warning."""
    text = "LOAD DATA INFILE 'a' \"str '\\n'><?~`\"" + TAIL
    assert spec_of(text).inputs[0].record_format.terminator == Literal(text="\n")
    assert [warning.code for warning in report_on(text).warnings] == ["LS-1062"]


def test_placeholders_in_quoted_file_names_are_doubtful() -> None:
    """The name is legal, and hardly meant so; variables of the environment are."""
    report = report_on("LOAD DATA INFILE '${dir}/a.dat' BADFILE '$HOME/a.bad'" + TAIL)
    assert report.ok
    assert [warning.code for warning in report.warnings] == ["LS-1067"]
