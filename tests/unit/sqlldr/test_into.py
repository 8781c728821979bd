"""INTO TABLE: names, methods, conditions, delimiters, formats."""

from __future__ import annotations

import pytest

from loadstone import spec as s
from loadstone.sqlldr.testing import HEAD, OPEN, error_of, report_on, spec_of, table_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("emp", s.TableName(name="EMP")),
        ("hr.Emp", s.TableName(name="EMP", schema_name="HR")),
        (
            '"Hr"."My Table"',
            s.TableName(name="My Table", schema_name="Hr", name_quoted=True, schema_quoted=True),
        ),
        ("emp (PARTITION p1)", s.TableName(name="EMP", partition="P1")),
        ("emp SUBPARTITION (p1)", s.TableName(name="EMP", subpartition="P1")),
    ],
)
def test_table_names_fold_unless_quoted(name: str, expected: s.TableName) -> None:
    """Unquoted names are upper case; quoted ones keep their case."""
    assert table_of(f"LOAD DATA INFILE 'a' INTO TABLE {name} FIELDS TERMINATED BY ',' (a)").table == expected


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ("SINGLEROW PARTITION (p1)", s.TableName(name="EMP", partition="P1")),
        ("APPEND SUBPARTITION (p1) SINGLEROW", s.TableName(name="EMP", subpartition="P1")),
    ],
)
def test_a_partition_may_follow_other_clauses(clauses: str, expected: s.TableName) -> None:
    """As in the control files of Oracle's own billing product."""
    table = table_of(f"LOAD DATA INFILE 'a' INTO TABLE emp {clauses} FIELDS TERMINATED BY ',' (a)")
    assert (table.table, table.singlerow) == (expected, True)


def test_a_partition_is_named_once() -> None:
    """A second one is an error at its place."""
    assert error_of("LOAD DATA INFILE 'a' INTO TABLE t PARTITION (p) PARTITION (q) (a CHAR(1))") == (
        "LS-1010",
        1,
        49,
    )


def test_a_field_may_be_called_partition() -> None:
    """A list that begins with a field of that name is no partition clause."""
    assert [field.name for field in table_of(OPEN + "(partition CHAR(5), b)").fields] == ["PARTITION", "B"]
    assert [field.name for field in table_of(OPEN + "(partition CHAR)").fields] == ["PARTITION"]


def test_clauses_in_front_of_fields() -> None:
    """All clauses between the name and FIELDS."""
    table = table_of(
        "LOAD DATA INFILE 'a' INTO TABLE t SORTED INDEXES (i, s.j) SINGLEROW REPLACE OPTIONS (FILE='x')"
        " EVALUATE CHECK_CONSTRAINTS REENABLE DISABLED_CONSTRAINTS EXCEPTIONS e WHEN a = 'x'"
        " FIELDS TERMINATED BY ',' (a)"
    )
    assert (table.sorted_indexes, table.singlerow, table.method) == (("I", "S.J"), True, s.Method.REPLACE)
    assert (table.table_options, table.evaluate_check_constraints) == (("file=x",), True)
    assert (table.reenable, table.exceptions) == (True, s.TableName(name="E"))


def test_clauses_of_db2() -> None:
    """RESUME and REPLACE USING are kept."""
    table = table_of("LOAD DATA INFILE 'a' INTO TABLE t RESUME NO REPLACE USING TRUNCATE (a CHAR(1))")
    assert (table.resume, table.replace_using, table.method) == ("no", "truncate", None)
    assert table_of("LOAD DATA INFILE 'a' INTO TABLE t RESUME NO REPLACE (a CHAR(1))").resume == "no_replace"


def test_methods_stand_at_both_levels() -> None:
    """The table's method may differ from the load's."""
    spec = spec_of("LOAD DATA INFILE 'a' APPEND INTO TABLE t TRUNCATE FIELDS TERMINATED BY ',' (a)")
    assert (spec.method, spec.tables[0].method) == (s.Method.APPEND, s.Method.TRUNCATE)


@pytest.mark.parametrize(
    ("clause", "terminated", "enclosed"),
    [
        ("TERMINATED BY ','", s.Delimiter(literal=s.Literal(text=",")), None),
        ('TERMINATED "\\t"', s.Delimiter(literal=s.Literal(text="\t")), None),
        ("TERMINATED BY X'9'", s.Delimiter(literal=s.Literal(hex="09")), None),
        ("TERMINATED BY WHITESPACE", s.Delimiter(whitespace=True), None),
        (
            "TERMINATED BY '#!#' OPTIONALLY ENCLOSED BY '\"'",
            s.Delimiter(literal=s.Literal(text="#!#")),
            s.Enclosure(left=s.Literal(text='"'), optional=True),
        ),
        (
            "OPTIONALLY ENCLOSED BY '\\'' TERMINATED BY ','",
            s.Delimiter(literal=s.Literal(text=",")),
            s.Enclosure(left=s.Literal(text="'"), optional=True),
        ),
        ("ENCLOSED BY '(' AND ')'", None, s.Enclosure(left=s.Literal(text="("), right=s.Literal(text=")"))),
    ],
)
def test_default_delimiters(
    clause: str, terminated: s.Delimiter | None, enclosed: s.Enclosure | None
) -> None:
    """FIELDS with terminator and enclosure in either order."""
    table = table_of(f"{OPEN}FIELDS {clause} (a)")
    assert (table.terminated, table.enclosed) == (terminated, enclosed)


def test_an_empty_enclosure_is_none() -> None:
    """Real files have ENCLOSED BY ""; it is read with a warning."""
    text = HEAD.replace("','", "',' OPTIONALLY ENCLOSED BY \"\"") + "(a)"
    assert table_of(text).enclosed is None
    assert [warning.code for warning in report_on(text).warnings] == ["LS-1014"]


@pytest.mark.parametrize(
    ("words", "embedded"), [("", None), ("WITH EMBEDDED", True), ("WITHOUT EMBEDDED", False)]
)
def test_csv(words: str, embedded: bool | None) -> None:
    """FIELDS CSV and its own delimiters."""
    table = table_of(f"{OPEN}FIELDS CSV {words} TERMINATED BY ';' TRAILING NULLCOLS (a)")
    assert table.csv == s.CsvFormat(embedded=embedded)
    assert (table.terminated, table.trailing_nullcols) == (s.Delimiter(literal=s.Literal(text=";")), True)


def test_clauses_behind_fields_in_any_order() -> None:
    """TRAILING NULLCOLS, formats, NULLIF and SKIP."""
    table = table_of(
        HEAD.replace("LOAD", "CONTINUE_LOAD") + "DATE FORMAT 'YYYY' NULLIF = BLANKS TRAILING NULLS TIMESTAMP FORMAT \"FF\""
        " TIMESTAMP WITH LOCAL TIME ZONE 'TZR' SKIP 4 (a)"
    )
    assert [(found.kind, found.mask) for found in table.formats] == [
        ("date", "YYYY"),
        ("timestamp", "FF"),
        ("timestamp_ltz", "TZR"),
    ]
    assert (table.nullif, table.trailing_nullcols, table.skip) == (s.Test(blanks=True), True, 4)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("a = 'x'", (s.Test(field="A", literal=s.Literal(text="x")),)),
        ("(a <> BLANKS)", (s.Test(field="A", equal=False, blanks=True),)),
        (
            "(1:2) != X'20'",
            (s.Test(position=s.Position(start=1, end=2), equal=False, literal=s.Literal(hex="20")),),
        ),
        ('(3) = "y"', (s.Test(position=s.Position(start=3), literal=s.Literal(text="y")),)),
        (
            "((1:2) = 'x') AND (a = 'y' AND (a != ''))",
            (
                s.Test(position=s.Position(start=1, end=2), literal=s.Literal(text="x")),
                s.Test(field="A", literal=s.Literal(text="y")),
                s.Test(field="A", equal=False, literal=s.Literal(text="")),
            ),
        ),
    ],
)
def test_conditions(when: str, expected: tuple[s.Test, ...]) -> None:
    """Tests by field or position, joined by AND, with parentheses anywhere."""
    found = table_of(f"{OPEN}WHEN {when} FIELDS TERMINATED BY ',' (a)").when
    assert found is not None
    assert found.tests == expected


def test_a_table_needs_no_field_list() -> None:
    """Without a list all columns of the table are loaded."""
    assert table_of(HEAD).fields == ()


def test_several_tables() -> None:
    """Each INTO TABLE has its own clauses."""
    spec = spec_of(HEAD + "(a)\nINTO TABLE u WHEN b='1' FIELDS TERMINATED BY ';' (b POSITION(1))")
    assert [table.table.name for table in spec.tables] == ["T", "U"]


@pytest.mark.parametrize("word", ["OID (a)", "SID (CONSTANT 'x')", "XMLTYPE (a)"])
def test_objects_are_valid_and_refused(word: str) -> None:
    """What only Oracle has is refused by name, and the language is valid."""
    report = report_on(f"{OPEN}{word} FIELDS TERMINATED BY ',' (a)")
    assert report.ok
    assert [finding.code for finding in report.refused] == ["LS-1081"]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        (OPEN + "FEILDS TERMINATED BY ',' (a)", "LS-1001", 4, 1),
        (OPEN + "FIELDS TERMINATD BY ',' (a)", "LS-1001", 4, 8),
        (OPEN + "FIELDS TERMINATED BY , (a)", "LS-1001", 4, 22),
        (OPEN + "FIELDS TERMINATED BY '' (a)", "LS-1014", 4, 22),
        (OPEN + "FIELDS TERMINATED BY ', (a)", "LS-1005", 4, 22),
        (OPEN + "FIELDS TERMINATED BY \",\nOPTIONALLY ENCLOSED BY '\"' (a)", "LS-1005", 4, 22),
        (OPEN + "TERMINATED BY ',' (a)", "LS-1009", 4, 1),
        (OPEN + "FIELDS OPTIONALLY ENCLOSED BY '\"' (a)", "LS-1028", 4, 8),
        (OPEN + "FIELDS OPTIONALLY BY '\"' (a)", "LS-1001", 4, 19),
        (HEAD + "APPEND (a)", "LS-1009", 5, 1),
        (HEAD + "WHEN a='x' (a)", "LS-1008", 5, 1),
        (HEAD + "TRAILING NULLCOL (a)", "LS-1001", 5, 10),
        (HEAD + "TRAILING NULLCOLS TRAILING NULLCOLS (a)", "LS-1010", 5, 19),
        (OPEN + "TRAILING NULLCOLS FIELDS TERMINATED BY ',' (a)", "LS-1009", 4, 19),
        (OPEN + "INFILE 'b' (a)", "LS-1009", 4, 1),
        (OPEN + "(a CHAR(1))\nFIELDS TERMINATED BY ','", "LS-1009", 5, 1),
        ("LOAD DATA INFILE 'a' INTO TABLE\nFIELDS TERMINATED BY ',' (a)", "LS-1001", 2, 1),
        ("LOAD DATA INFILE 'a' INTO TABLE 't' (a)", "LS-1001", 1, 33),
        (OPEN + "WHEN a='x' OR a='y' (a CHAR(1))", "LS-1017", 4, 12),
        (OPEN + "WHEN a IS NULL (a CHAR(1))", "LS-1017", 4, 8),
        (OPEN + "WHEN a = 5 (a CHAR(1))", "LS-1001", 4, 10),
        (OPEN + "WHEN " + "(" * 50_000, "LS-1001", 1, 1),
        (OPEN + "WHEN b = 'x' (a CHAR(1))", "LS-1021", 4, 6),
        (OPEN + "WHEN (a = 'x' (a CHAR(1))", "LS-1001", 4, 15),
        (HEAD + "()", "LS-1001", 5, 1),
        (HEAD + "a, b)", "LS-1001", 5, 1),
        (HEAD + "DATE 'YYYY' (a)", "LS-1001", 5, 6),
    ],
)
def test_broken_tables_have_a_place(text: str, code: str, line: int, column: int) -> None:
    """Each error stands at the word that cannot be there, or at the string that does not end."""
    assert error_of(text) == (code, line, column)


def test_csv_forbids_what_the_manual_forbids() -> None:
    """No delimiters of fields, no binary fields, no INFILE *."""
    assert error_of(OPEN + "FIELDS CSV (a TERMINATED BY ';')") == ("LS-1027", 4, 15)
    assert error_of(OPEN + "FIELDS CSV (a INTEGER)") == ("LS-1027", 4, 15)
    inline = "LOAD DATA INFILE * INTO TABLE t FIELDS CSV WITH EMBEDDED (a)\nBEGINDATA\n1\n"
    assert error_of(inline) == ("LS-1027", 1, 40)


def test_all_errors_of_meaning_are_reported_at_once() -> None:
    """Errors that can be read past do not hide each other."""
    report = report_on(HEAD + "TRAILING NULLCOLS WHEN q='x'\n(a, a, b NULLIF z=BLANKS)")
    assert [error.code for error in report.errors] == ["LS-1008", "LS-1021", "LS-1020", "LS-1021"]


@pytest.mark.parametrize("operator", ["<", ">", "<=", ">="])
def test_orders_are_another_dialect(operator: str) -> None:
    """gs_loader compares with < and >, too."""
    assert error_of(f"{OPEN}WHEN a {operator} '1' (a CHAR(1))") == ("LS-1008", 4, 8)
