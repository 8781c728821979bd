"""Scripts as people keep them: every form of Oracle's DDL, and all that is passed over."""

from __future__ import annotations

import pytest

from loadstone.targets.ddl import DdlSchema, DdlTable, DdlType, read_ddl


def table(script: str, name: str = "T") -> DdlTable:
    """The one table of a script."""
    schema = read_ddl(script)
    assert [] == schema.warnings
    return schema.tables[name]


def one_type(text: str) -> DdlType:
    """The type of a column that is declared so."""
    return table(f"CREATE TABLE t (v {text});").columns[0].type


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NUMBER", DdlType(name="NUMBER")),
        ("NUMBER(5)", DdlType(name="NUMBER", size=5)),
        ("number (5 , 2)", DdlType(name="NUMBER", size=5, scale=2)),
        ("NUMBER(5,-2)", DdlType(name="NUMBER", size=5, scale=-2)),
        ("NUMBER(*,2)", DdlType(name="NUMBER", scale=2)),
        ("NUMBER(*)", DdlType(name="NUMBER")),
        ("NUMERIC(9)", DdlType(name="NUMERIC", size=9)),
        ("DEC(4,1)", DdlType(name="DEC", size=4, scale=1)),
        ("FLOAT(126)", DdlType(name="FLOAT", size=126)),
        ("DOUBLE PRECISION", DdlType(name="DOUBLE PRECISION")),
        ("BINARY_DOUBLE", DdlType(name="BINARY_DOUBLE")),
        ("VARCHAR2(10)", DdlType(name="VARCHAR2", size=10)),
        ("VARCHAR2(10 BYTE)", DdlType(name="VARCHAR2", size=10)),
        ("VARCHAR2(10 CHAR)", DdlType(name="VARCHAR2", size=10, chars=True)),
        ("NVARCHAR2(10)", DdlType(name="NVARCHAR2", size=10, chars=True)),
        ("NCHAR(2)", DdlType(name="NCHAR", size=2, chars=True)),
        ("CHAR", DdlType(name="CHAR")),
        ("CHARACTER VARYING(7)", DdlType(name="CHARACTER VARYING", size=7)),
        ("NATIONAL CHARACTER VARYING(7)", DdlType(name="NATIONAL CHARACTER VARYING", size=7, chars=True)),
        ("DATE", DdlType(name="DATE")),
        ("TIMESTAMP", DdlType(name="TIMESTAMP")),
        ("TIMESTAMP(3)", DdlType(name="TIMESTAMP", size=3)),
        ("TIMESTAMP(9) WITH TIME ZONE", DdlType(name="TIMESTAMP TZ", size=9)),
        ("TIMESTAMP WITH LOCAL TIME ZONE", DdlType(name="TIMESTAMP TZ")),
        ("RAW(16)", DdlType(name="RAW", size=16)),
        ("LONG RAW", DdlType(name="LONG RAW")),
        ("LONG", DdlType(name="LONG")),
        ("CLOB", DdlType(name="CLOB")),
        ("SYS.XMLTYPE", DdlType(name="XMLTYPE")),
        ('"MDSYS"."SDO_GEOMETRY"', DdlType(name="SDO_GEOMETRY")),
    ],
)  # fmt: skip
def test_types_keep_their_numbers(text: str, expected: DdlType) -> None:
    """Length, precision, scale and the unit of a length."""
    assert expected == one_type(text)


def test_names_are_upper_case_unless_quoted_otherwise() -> None:
    """Quoted names keep their case; a quoted upper-case name is the same as an unquoted one."""
    made = table('CREATE TABLE "Order" (id NUMBER, "Mixed Case" NUMBER, "UPPER" NUMBER)', "Order")
    assert ("Order", True) == (made.name, made.quoted)
    assert [("ID", False), ("Mixed Case", True), ("UPPER", False)] == [
        (c.name, c.quoted) for c in made.columns
    ]


def test_a_schema_before_the_name_is_kept() -> None:
    """SCOTT.EMP, quoted or not, also with a database link before it."""
    assert ("SCOTT", "EMP") == (lambda t: (t.schema, t.name))(table("create table scott.emp (a date)", "EMP"))
    assert "hr" == table('CREATE TABLE "hr"."T" ("A" DATE)').schema


@pytest.mark.parametrize("how", ["", "GLOBAL TEMPORARY ", "PRIVATE TEMPORARY "])
def test_temporary_tables_are_tables(how: str) -> None:
    """What stands between CREATE and TABLE does not matter."""
    assert ["A"] == [
        c.name for c in table(f"CREATE {how}TABLE IF NOT EXISTS t (a NUMBER) ON COMMIT DELETE ROWS;").columns
    ]


def test_constraints_of_columns() -> None:
    """NOT NULL, with a name and states; PRIMARY KEY and UNIQUE inline; NULL is nothing."""
    made = table(
        "CREATE TABLE t (a NUMBER CONSTRAINT nn NOT NULL ENABLE NOVALIDATE, b NUMBER NULL,"
        " c NUMBER CONSTRAINT pk PRIMARY KEY USING INDEX TABLESPACE x, d VARCHAR2(3) UNIQUE DEFERRABLE INITIALLY DEFERRED)"
    )
    assert [True, False, False, False] == [c.not_null for c in made.columns]
    assert (["C"], [["D"]]) == (made.primary_key, made.uniques)
    assert [] == made.passed_over


def test_constraints_of_the_table() -> None:
    """Named and unnamed keys over several columns, with everything that may follow them."""
    made = table(
        "CREATE TABLE t (a NUMBER, b NUMBER, c NUMBER,"
        " CONSTRAINT t_pk PRIMARY KEY (a, b) USING INDEX PCTFREE 5 STORAGE (INITIAL 64K NEXT 1M) ENABLE,"
        " UNIQUE (c), CONSTRAINT u2 UNIQUE (b, c) RELY)"
    )
    assert (["A", "B"], [["C"], ["B", "C"]]) == (made.primary_key, made.uniques)


def test_disabled_constraints_hold_for_nothing() -> None:
    """DISABLE behind a constraint of a column or of the table, behind its index, or before NOVALIDATE."""
    made = table(
        "CREATE TABLE t (a NUMBER NOT NULL DISABLE, b NUMBER UNIQUE RELY DISABLE NOVALIDATE, c NUMBER NOT NULL NOT DEFERRABLE ENABLE,"
        " d NUMBER CONSTRAINT u UNIQUE DISABLE NOT NULL, CONSTRAINT t_pk PRIMARY KEY (a) USING INDEX TABLESPACE x DISABLE, UNIQUE (c) ENABLE)"
    )
    assert ([], [["C"]]) == (made.primary_key, made.uniques)
    assert [False, False, True, True] == [c.not_null for c in made.columns]


def test_what_a_made_table_lacks_is_named() -> None:
    """Foreign keys, checks, computed defaults and expressions, of columns and of the table."""
    made = table(
        "CREATE TABLE t (a NUMBER REFERENCES p (id) ON DELETE CASCADE, b NUMBER CHECK (b > 0 AND (b < 5 OR b = 9)) NOT NULL,"
        " c NUMBER DEFAULT s.NEXTVAL NOT NULL, d NUMBER DEFAULT (1 + 2), e NUMBER GENERATED ALWAYS AS (a * b) VIRTUAL,"
        " f AS (a + 1), g RAW(16) DEFAULT SYS_GUID(),"
        " CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES q (x, y), CONSTRAINT ck CHECK (a < b))"
    )
    expected = ["FOREIGN KEY of A", "CHECK of B", "DEFAULT of C", "DEFAULT of D", "expression of E", "expression of F", "DEFAULT of G", "FOREIGN KEY of A, B", "CHECK"]  # fmt: skip
    assert expected == made.passed_over
    assert ["A", "B", "C", "D", "E", "F", "G"] == [c.name for c in made.columns]
    assert [False, True, True, False, False, False, False] == [c.not_null for c in made.columns]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DEFAULT 0 NOT NULL", "0"),
        ("DEFAULT -1.5", "-1.5"),
        ("DEFAULT 'it''s; (a)'", "'it''s; (a)'"),
        ("DEFAULT N'x'", "N'x'"),
        ("DEFAULT ON NULL 7", "7"),
        ("DEFAULT sysdate", "SYSDATE"),
        ("DEFAULT SYSTIMESTAMP", "SYSTIMESTAMP"),
        ("DEFAULT NULL", "NULL"),
        ("DEFAULT user", None),
        ("DEFAULT 'a' || 'b'", None),
        ("DEFAULT to_date('2024-01-01', 'YYYY-MM-DD')", None),
        ("DEFAULT 1 + 1", None),
        ("DEFAULT pkg.value", None),
    ],
)
def test_literal_defaults_are_kept(text: str, expected: str | None) -> None:
    """A literal or the moment; an expression is passed over, and what follows it counts."""
    made = table(f"CREATE TABLE t (v VARCHAR2(20) {text}, w NUMBER NOT NULL)")
    assert expected == made.columns[0].default
    assert ("NOT NULL" in text, True) == tuple(column.not_null for column in made.columns)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GENERATED ALWAYS AS IDENTITY", (1, 1)),
        ("GENERATED BY DEFAULT AS IDENTITY", (1, 1)),
        ("GENERATED BY DEFAULT ON NULL AS IDENTITY (START WITH 100 INCREMENT BY 10 NOCACHE)", (100, 10)),
        ("GENERATED ALWAYS AS IDENTITY (INCREMENT BY -1 START WITH -5)", (-5, -1)),
    ],
)
def test_identity_columns_keep_start_and_step(text: str, expected: tuple[int, int]) -> None:
    """Every form of the clause, with a key behind it."""
    made = table(f"CREATE TABLE t (id NUMBER {text} PRIMARY KEY, v NUMBER)")
    assert (expected, True, None) == (
        made.columns[0].identity,
        made.columns[0].not_null,
        made.columns[1].identity,
    )
    assert ["ID"] == made.primary_key


def test_clauses_behind_the_columns_are_passed_over() -> None:
    """Storage, partitions, LOBs, organisation, parallel, compression: none of it makes a column."""
    made = table(
        "CREATE TABLE t (a NUMBER(3), b CLOB) SEGMENT CREATION IMMEDIATE PCTFREE 10 PCTUSED 40 INITRANS 1 NOCOMPRESS LOGGING"
        " STORAGE(INITIAL 65536 NEXT 1048576 MINEXTENTS 1 BUFFER_POOL DEFAULT) TABLESPACE users"
        " LOB (b) STORE AS SECUREFILE (ENABLE STORAGE IN ROW CHUNK 8192) PARALLEL 4 CACHE"
        " PARTITION BY RANGE (a) (PARTITION p1 VALUES LESS THAN (10) TABLESPACE x, PARTITION p2 VALUES LESS THAN (MAXVALUE));"
        " CREATE TABLE u (x DATE) ORGANIZATION INDEX;"
    )
    assert ["A", "B"] == [c.name for c in made.columns]


def test_columns_may_bear_keywords() -> None:
    """KEY, CHECKSUM, INDEX, UNIQUE_ID, PRIMARY_NAME and COMMENT are names where a type follows them."""
    script = "CREATE TABLE t (key VARCHAR2(3), checksum NUMBER, index_no NUMBER, unique_id NUMBER, comment VARCHAR2(9), date DATE)"
    made = table(script)
    assert ["KEY", "CHECKSUM", "INDEX_NO", "UNIQUE_ID", "COMMENT", "DATE"] == [c.name for c in made.columns]


def test_comments_and_strings_hide_nothing_and_end_nothing() -> None:
    """Semicolons and CREATE in comments and strings are neither ends nor beginnings."""
    made = table(
        "-- CREATE TABLE no (x NUMBER);\n/* CREATE TABLE\n no2 (x NUMBER); */\nCREATE TABLE t ( -- first; one\n"
        " a VARCHAR2(9) DEFAULT 'x;y', /* ) */ b NUMBER);"
    )
    assert ["A", "B"] == [c.name for c in made.columns]


SCRIPT = """
REM creates it all
SET DEFINE OFF
PROMPT making; tables
WHENEVER SQLERROR EXIT FAILURE
DROP TABLE t CASCADE CONSTRAINTS PURGE
/
CREATE TABLE t (
  a NUMBER(4),
  b DATE
)
/
COMMENT ON COLUMN t.a IS 'CREATE TABLE x (y NUMBER);'
/
CREATE TABLE u (c VARCHAR2(5))
CREATE TABLE v (d NUMBER);
INSERT INTO t VALUES (1, SYSDATE);
GRANT SELECT ON t TO PUBLIC;
CREATE OR REPLACE VIEW w AS SELECT * FROM t;
EXIT
"""


def test_a_sqlplus_script_is_read_to_its_end() -> None:
    """Slashes, commands, comments on columns, and a statement that nobody ended."""
    schema = read_ddl(SCRIPT)
    assert ["T", "U", "V"] == sorted(schema.tables)
    assert ["C"] == [c.name for c in schema.tables["U"].columns]


def test_alter_table_adds_keys_and_columns() -> None:
    """Every form of ADD, in parentheses and without; what is unknown is passed over."""
    made = table(
        "CREATE TABLE t (a NUMBER, b NUMBER);"
        "ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (a) USING INDEX;"
        "ALTER TABLE scott.t ADD (c DATE NOT NULL, d VARCHAR2(5 CHAR), CONSTRAINT u UNIQUE (d));"
        "ALTER TABLE t ADD e NUMBER;"
        'ALTER TABLE t ADD "f" NUMBER(3);'
        "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (b) REFERENCES p (id);"
        "ALTER TABLE t ADD CHECK (a > 0);"
        "ALTER TABLE t MODIFY (a NOT NULL);"
        "ALTER TABLE nowhere ADD (x NUMBER);"
    )
    assert ["A", "B", "C", "D", "E", "f"] == [c.name for c in made.columns]
    assert (["A"], [["D"]]) == (made.primary_key, made.uniques)
    assert ["FOREIGN KEY of B", "CHECK"] == made.passed_over


def test_unique_indexes_are_keys() -> None:
    """Plain columns only: an index over an expression, or a plain index, is no key."""
    made = table(
        "CREATE TABLE t (a NUMBER, b VARCHAR2(5));"
        "CREATE UNIQUE INDEX scott.i1 ON t (a, b DESC) TABLESPACE x;"
        "CREATE UNIQUE INDEX i2 ON t (UPPER(b));"
        "CREATE INDEX i3 ON t (b);"
        "CREATE BITMAP INDEX i4 ON t (a);"
        "CREATE UNIQUE INDEX i5 ON other (z);"
    )
    assert [["A", "B"]] == made.uniques


def test_sequences_keep_start_and_step() -> None:
    """In any order, with other options between; 1 where nothing is said."""
    schema = read_ddl(
        "CREATE SEQUENCE s1; CREATE SEQUENCE scott.s2 INCREMENT BY 5 START WITH 10 NOCACHE NOCYCLE;"
        "CREATE SEQUENCE s3 MINVALUE 1 MAXVALUE 999 START WITH 7; CREATE SEQUENCE s4 INCREMENT BY -2;"
    )
    assert {"S1": (1, 1), "S2": (10, 5), "S3": (7, 1), "S4": (1, -2)} == schema.sequences


def test_the_version_with_most_of_the_columns_is_chosen() -> None:
    """A script may make a table several times; without a choice the first one stands."""
    schema = read_ddl(
        "CREATE TABLE t (a NUMBER); DROP TABLE t; CREATE TABLE t (a NUMBER, b NUMBER, c NUMBER);"
    )
    assert 1 == len(schema.tables["T"].columns)
    schema.choose("T", {"A", "B"})
    assert 3 == len(schema.tables["T"].columns)
    schema.choose("NOTHING", {"A"})


@pytest.mark.parametrize(
    ("script", "fragment"),
    [
        ("CREATE TABLE t AS SELECT * FROM u;", "table T: no column list"),
        ("CREATE TABLE (a NUMBER);", "not understood"),
    ],
)
def test_what_makes_no_table_is_a_warning(script: str, fragment: str) -> None:
    """Never an error: the rest of the script counts."""
    schema = read_ddl(script + "CREATE TABLE v (a NUMBER);")
    assert (["V"], 1) == (list(schema.tables), len(schema.warnings))
    assert fragment in schema.warnings[0]


@pytest.mark.parametrize(
    "script",
    ["", ";", "CREATE", "CREATE TABLE", "CREATE TABLE t", "CREATE TABLE t (", "CREATE TABLE t (a", "CREATE TABLE t (a NUMBER(", "'open", "\"open", "/* open", "ALTER TABLE t ADD", "CREATE SEQUENCE", "CREATE TABLE t (a NUMBER DEFAULT", "CREATE UNIQUE INDEX i ON t ("],
)  # fmt: skip
def test_a_cut_script_never_fails(script: str) -> None:
    """Whatever is missing, reading ends."""
    assert isinstance(read_ddl(script), DdlSchema)


def test_other_dialects_are_read_where_they_are_alike() -> None:
    """Back quotes, brackets, keys inside the list, options behind it."""
    made = table(
        "CREATE TABLE IF NOT EXISTS `t` (`id` int(11) NOT NULL AUTO_INCREMENT, [name] varchar(20) CHARACTER SET utf8 DEFAULT NULL,"
        " PRIMARY KEY (`id`), UNIQUE KEY `u` (`name`), KEY `k` (`name`(10)), FULLTEXT KEY `f` (`name`)) ENGINE=InnoDB;",
        "t",
    )
    assert (["id", "name"], ["id"], [["name"]]) == (
        [c.name for c in made.columns],
        made.primary_key,
        made.uniques,
    )
