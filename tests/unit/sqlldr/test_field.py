"""Fields: names, fillers, positions, types, sources, conditions, SQL expressions."""

from __future__ import annotations

import pytest

from loadstone import spec as s
from loadstone.sqlldr.testing import HEAD, OPEN, error_of, field_of, fields_of, report_on, table_of


def test_an_expression_without_a_name_is_an_error() -> None:
    """A string in double quotes is a name, but not one with a function and a bind."""
    assert error_of(f'{HEAD}(a, "UPPER(:b)", c)') == ("LS-1001", 5, 5)
    assert [one.name for one in fields_of('a, "Size (cm)"')] == ["A", "Size (cm)"]


def test_keywords_are_names_where_a_name_is_wanted() -> None:
    """Only CONSTANT is reserved; every other word may name a field."""
    words = (
        "date comment position level type skip options filler timestamp nullif sequence recnum char when into"
    )
    fields = fields_of(
        ", ".join([*words.split(), "integer INTEGER EXTERNAL", '"Constant"', "filler2 FILLER"])
    )
    assert [field.name for field in fields][:3] == ["DATE", "COMMENT", "POSITION"]
    assert [(field.name, field.quoted) for field in fields][-2] == ("Constant", True)


def test_a_type_word_names_a_field_and_its_type() -> None:
    """``timestamp timestamp "..."`` is a field of that name."""
    field = field_of('timestamp timestamp "YYYY"')
    assert (field.name, field.type) == ("TIMESTAMP", s.FieldType(name=s.TypeName.TIMESTAMP, mask="YYYY"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CHAR", s.FieldType(name=s.TypeName.CHAR)),
        ("char (4000)", s.FieldType(name=s.TypeName.CHAR, length=4000)),
        ("INTEGER EXTERNAL(5)", s.FieldType(name=s.TypeName.INTEGER_EXTERNAL, length=5)),
        ("FLOAT EXTERNAL", s.FieldType(name=s.TypeName.FLOAT_EXTERNAL)),
        ("DECIMAL EXTERNAL (8)", s.FieldType(name=s.TypeName.DECIMAL_EXTERNAL, length=8)),
        ("ZONED EXTERNAL", s.FieldType(name=s.TypeName.ZONED_EXTERNAL)),
        ("INTEGER(2) UNSIGNED", s.FieldType(name=s.TypeName.INTEGER, length=2, unsigned=True)),
        ("SMALLINT SIGNED", s.FieldType(name=s.TypeName.SMALLINT, unsigned=False)),
        ("BYTEINT", s.FieldType(name=s.TypeName.BYTEINT)),
        ("FLOAT", s.FieldType(name=s.TypeName.FLOAT)),
        ("DOUBLE", s.FieldType(name=s.TypeName.DOUBLE)),
        ("DECIMAL(7,2)", s.FieldType(name=s.TypeName.DECIMAL, precision=7, scale=2)),
        ("ZONED(5)", s.FieldType(name=s.TypeName.ZONED, precision=5)),
        ("RAW(3)", s.FieldType(name=s.TypeName.RAW, length=3)),
        ("VARCHAR(400)", s.FieldType(name=s.TypeName.VARCHAR, length=400)),
        ("LONG VARRAW", s.FieldType(name=s.TypeName.LONG_VARRAW)),
        ("VARCHARC(3,20)", s.FieldType(name=s.TypeName.VARCHARC, length_digits=3, length=20)),
        ("GRAPHIC EXTERNAL(4)", s.FieldType(name=s.TypeName.GRAPHIC_EXTERNAL, length=4)),
        ('DATE(20) "DD-MON"', s.FieldType(name=s.TypeName.DATE, length=20, mask="DD-MON")),
        ("DATE EXTERNAL 'YYYY'", s.FieldType(name=s.TypeName.DATE, mask="YYYY", external=True)),
        ("TIMESTAMP(3) WITH TIME ZONE 'X'", s.FieldType(name=s.TypeName.TIMESTAMP_TZ, precision=3, mask="X")),
        ("TIMESTAMP WITH LOCAL TIME ZONE", s.FieldType(name=s.TypeName.TIMESTAMP_LTZ)),
        ("TIME WITH TIME ZONE", s.FieldType(name=s.TypeName.TIME_TZ)),
        ("INTERVAL YEAR(4) TO MONTH", s.FieldType(name=s.TypeName.INTERVAL_YM, precision=4)),
        ("INTERVAL DAY(2) TO SECOND(6)", s.FieldType(name=s.TypeName.INTERVAL_DS, precision=2, scale=6)),
    ],
)
def test_every_documented_type(text: str, expected: s.FieldType) -> None:
    """Types with their lengths, digits and masks."""
    assert field_of(f"a {text}").type == expected


def test_types_of_columns_are_kept_with_a_warning() -> None:
    """NUMBER and VARCHAR2 are not in the manual, and real files have them."""
    text = HEAD + "(a NUMBER(7,2), b VARCHAR2(255 Byte))"
    assert report_on(text).ok
    assert [warning.code for warning in report_on(text).warnings] == ["LS-1060"] * 3
    assert [field.type and field.type.name for field in table_of(text).fields] == ["number", "varchar2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(1:5)", s.Position(start=1, end=5)),
        ("(01-05)", s.Position(start=1, end=5)),
        ("( 3 : 6 )", s.Position(start=3, end=6)),
        ("(7)", s.Position(start=7)),
        ("(*)", s.Position(relative=True)),
        ("(*+2)", s.Position(start=2, relative=True)),
        ("(*+2:30)", s.Position(start=2, relative=True, end=30)),
        ("(*:30)", s.Position(relative=True, end=30)),
    ],
)
def test_positions(text: str, expected: s.Position) -> None:
    """All forms of POSITION."""
    assert field_of(f"a POSITION{text} CHAR").position == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CONSTANT 'x'", s.Constant(value="x")),
        ('CONSTANT "x y"', s.Constant(value="x y")),
        ("CONSTANT 5", s.Constant(value="5", quoted=False)),
        ("CONSTANT -1.5", s.Constant(value="-1.5", quoted=False)),
        ("CONSTANT ''", s.Constant(value="")),
        ("CONSTANT X'20'", s.Constant(value=" ")),
        ("CONSTANT X'0A'", s.Constant(value="\n")),
        ("CONSTANT X'E9'", s.Constant(value="\u00e9")),
        ("RECNUM", s.Recnum()),
        ("SYSDATE", s.Sysdate()),
        ("SEQUENCE", s.Sequence()),
        ("SEQUENCE(MAX,1)", s.Sequence(base="max", increment=1)),
        ("SEQUENCE ( 1000 , -1 )", s.Sequence(base=1000, increment=-1)),
        ("SEQUENCE(COUNT)", s.Sequence(base="count")),
        ('EXPRESSION "f(1)"', s.Expression(sql="f(1)")),
        ("LOBFILE(CONSTANT a/b.xml)", s.LobFile(file="a/b.xml")),
        (
            "LOBFILE(CONSTANT 'a b' CHARACTERSET UTF8 BIGENDIAN)",
            s.LobFile(file="a b", charset="UTF8", byte_order="big"),
        ),
    ],
)
def test_sources(text: str, expected: s.Source) -> None:
    """Values that are not in the record."""
    assert field_of(f"a {text}").source == expected


def test_lobfile_of_a_field() -> None:
    """The file's name may come from a filler; type and terminator follow."""
    field = fields_of("f FILLER, c LOBFILE(f) RAW TERMINATED BY EOF NULLIF f='NONE'")[1]
    assert field.source == s.LobFile(field="F")
    assert (field.terminated, field.type) == (s.Delimiter(eof=True), s.FieldType(name=s.TypeName.RAW))


def test_mask_then_expression() -> None:
    """The first string of a date is its mask, the second its expression; conditions may part them."""
    field = field_of('d DATE(20) "YYYY" NULLIF d=BLANKS "TRIM(:d)"')
    assert field.type == s.FieldType(name=s.TypeName.DATE, length=20, mask="YYYY")
    assert field.sql == "TRIM(:d)"
    only = field_of('d DATE "TO_DATE(:d)"')
    assert (only.type and only.type.mask, only.sql) == ("TO_DATE(:d)", None)


def test_expressions_keep_their_lines_and_quotes() -> None:
    """An expression may run over lines; an escaped quote is a quote."""
    assert field_of("a \"DECODE(:a,\r\n 'x', 1)\"").sql == "DECODE(:a,\n 'x', 1)"
    assert field_of(r'"low" "UPPER(:\"low\")"').sql == 'UPPER(:"low")'


def test_conditions_and_flags_of_fields() -> None:
    """NULLIF, DEFAULTIF, PRESERVE BLANKS, PIECED, in any order with the expression."""
    field = field_of("a CHAR \"TRIM(:a)\" NULLIF (a=BLANKS) DEFAULTIF (1:2)='00' NO PRESERVE BLANKS PIECED")
    assert field.nullif == s.Condition(tests=(s.Test(field="A", blanks=True),))
    assert field.defaultif and field.defaultif.tests[0].position == s.Position(start=1, end=2)
    assert (field.sql, field.preserve_blanks, field.pieced) == ("TRIM(:a)", False, True)
    assert field_of("a NO NULLIF").no_nullif


def test_fillers() -> None:
    """FILLER and BOUNDFILLER, with position and type."""
    fields = fields_of('a FILLER POSITION(1:3) CHAR, b BOUNDFILLER CHAR(5), c ":b"')
    assert [field.filler for field in fields] == ["filler", "boundfiller", None]


def test_field_delimiters() -> None:
    """A field may have delimiters of its own."""
    field = field_of("a CHAR(5) TERMINATED BY X'7C' OPTIONALLY ENCLOSED BY '<' AND '>'")
    assert field.terminated == s.Delimiter(literal=s.Literal(hex="7C"))
    assert field.enclosed == s.Enclosure(left=s.Literal(text="<"), right=s.Literal(text=">"), optional=True)


def test_nested_objects_are_valid_and_refused() -> None:
    """COLUMN OBJECT, VARRAY and NESTED TABLE are read whole, and refused by name."""
    text = HEAD + (
        "(n FILLER, g COLUMN OBJECT TREAT AS s.ty (x, f FILLER, l LOBFILE(g.f) TERMINATED BY EOF),"
        " v VARRAY COUNT(n) (e COLUMN OBJECT (q INTEGER EXTERNAL)),"
        " w NESTED TABLE SDF(CONSTANT 'a.txt' \"fix 72\") TERMINATED BY ';' (z CHAR), r REF(CONSTANT 'T', n),"
        ' b BFILE(CONSTANT "DIR", n))'
    )
    report = report_on(text)
    assert report.ok
    codes = [finding.code for finding in report.refused]
    assert sorted(codes) == ["LS-1080"] * 4 + ["LS-1081"] * 2 + ["LS-1082"]
    fields = table_of(text).fields
    assert [field.nested for field in fields[1:4]] == ["column_object", "varray", "nested_table"]
    assert fields[2].nested_count == s.Literal(text="N")


@pytest.mark.parametrize(
    ("fields", "code", "line", "column"),
    [
        ("(a, b", "LS-1002", 5, 6),
        ("(a, b,)", "LS-1001", 5, 7),
        ("(a,, b)", "LS-1001", 5, 4),
        ("(, a)", "LS-1001", 5, 2),
        ("(a CHAR b CHAR)", "LS-1001", 5, 9),
        ("(a\nb)", "LS-1001", 6, 1),
        ("(a CHAAR(5))", "LS-1001", 5, 4),
        ("(a INTEGER EXTERNEL)", "LS-1001", 5, 12),
        ("(a POSTION(1:2))", "LS-1001", 5, 4),
        ("(a POSITION 1:2)", "LS-1001", 5, 13),
        ("(a POSITION(1,2))", "LS-1001", 5, 14),
        ("(a POSITION(5:2))", "LS-1026", 5, 15),
        ("(a POSITION(0:2))", "LS-1011", 5, 13),
        ("(a CHAR POSITION(1:2))", "LS-1009", 5, 9),
        ("(a CHAR FILLER)", "LS-1009", 5, 9),
        ("(a TERMINATED BY ';' CHAR)", "LS-1009", 5, 22),
        ('(a "TRIM(:a)" CHAR)', "LS-1009", 5, 15),
        ("(a CONSTANT v', b)", "LS-1005", 5, 13),
        ("(a CHAR(0))", "LS-1011", 5, 9),
        ("(a CHAR(10, b)", "LS-1001", 5, 11),
        ("(a CHAR CHAR)", "LS-1010", 5, 9),
        ("(a INTEGER(3))", "LS-1029", 5, 12),
        ("(a DECIMAL)", "LS-1029", 5, 4),
        ("(a DATE YYYY)", "LS-1001", 5, 9),
        ("(a 'TRIM(:a)')", "LS-1019", 5, 4),
        ('(a "TRIM(:a)" "X")', "LS-1010", 5, 15),
        ("(constant)", "LS-1018", 5, 2),
        ("(1a CHAR)", "LS-1006", 5, 2),
        ("(a, b, A)", "LS-1020", 5, 8),
        ('(a, "A")', "LS-1020", 5, 5),
        ("(a NULLIF z=BLANKS)", "LS-1021", 5, 11),
        ("(a NULLIF BLANKS)", "LS-1001", 5, 17),
        ("(a LOBFILE(z) TERMINATED BY EOF)", "LS-1021", 5, 12),
        ('(a "TRIM(:b)")', "LS-1022", 5, 10),
        ('(a "x\n:b")', "LS-1022", 6, 1),
        ('("low" "TRIM(:low)")', "LS-1022", 5, 14),
        ('(a FILLER, b ":a")', "LS-1023", 5, 15),
        ('(a FILLER "TRIM(:a)")', "LS-1024", 5, 11),
        ("(a CONSTANT 'x' \"UPPER(:a)\")", "LS-1024", 5, 17),
        ('(a RECNUM ":a")', "LS-1024", 5, 11),
        ('(a SYSDATE "YYYY")', "LS-1024", 5, 12),
        ('(a SEQUENCE(MAX,1) ":a")', "LS-1024", 5, 20),
        ("(a SEQUENCE(FOO,1))", "LS-1001", 5, 13),
        ("(a POSITION(1:2) CONSTANT 'x')", "LS-1025", 5, 18),
        ("(a CHAR RECNUM)", "LS-1025", 5, 9),
        ("(a EXPRESSION)", "LS-1001", 5, 14),
        ('(a "TRIM(:a),\n b DATE "YYYY",\n c)', "LS-1005", 5, 4),
        ('(a,\n b DATE "YYYY,\n c)', "LS-1005", 6, 9),
        ('(a "TRIM(:a)",\n b "UPPER(:b),\n c "LOWER(:c)")', "LS-1005", 6, 4),
        ("(@cols@)", "LS-1007", 5, 2),
    ],
)
def test_broken_fields_have_a_place(fields: str, code: str, line: int, column: int) -> None:
    """Each error stands at the word that cannot be there, or at the string that does not end."""
    assert error_of(HEAD + fields) == (code, line, column)


def test_suggestions_follow_what_was_possible() -> None:
    """A misspelt keyword gets the keyword; a missing comma is named."""
    assert report_on(HEAD + "(a NULIF a='x')").errors[0].hints == ("did you mean NULLIF?",)
    assert report_on(HEAD + "(a CHAR b CHAR)").errors[0].hints == ('is a comma missing before "b"?',)
    assert report_on(HEAD + '(name "TRIM(:nmae)")').errors[0].hints == ("did you mean NAME?",)


@pytest.mark.parametrize(
    "sql",
    [
        "TO_DATE('10:20:30','HH24:MI:SS')",
        "'it''s :new'",
        "seq.nextval /* :c */ -- :d",
        '\\"a:b\\"',
        "TRIM( : a )",
        'pkg.f(:a, :A, :\\"A\\")',
    ],
)
def test_colons_in_literals_and_comments_are_text(sql: str) -> None:
    """Only names after colons in the expression itself are binds."""
    assert report_on(f'{HEAD}(a "{sql}")').ok


def test_two_fillers_of_one_name_are_doubtful_only() -> None:
    """Generated files skip several columns under one name."""
    report = report_on(HEAD + "(x FILLER, x FILLER, b)")
    assert report.ok
    assert [warning.code for warning in report.warnings] == ["LS-1064"]


def test_optional_enclosure_of_a_field_needs_a_terminator() -> None:
    """The table's terminator serves."""
    assert report_on(HEAD + "(a OPTIONALLY ENCLOSED BY '\"')").ok
    assert error_of(OPEN + "(a OPTIONALLY ENCLOSED BY '\"')") == ("LS-1028", 4, 4)
