"""Every clause that a control file can hold is written, and reads as it was."""

from __future__ import annotations

import pytest

from loadstone.sqlldr.testing import HEAD, OPEN, spec_of
from loadstone.sqlldr.write import control_bytes, write_control

TAIL = " INTO TABLE t FIELDS TERMINATED BY ',' (a)"

HEADS = [
    "OPTIONS (SKIP=1, LOAD=2, ERRORS=-1, DISCARDMAX=3, ROWS=4, BINDSIZE=5, READSIZE=6, DIRECT=TRUE, PARALLEL=FALSE, SILENT=(HEADER, ALL)) LOAD DATA INFILE 'a'",
    "OPTIONS (EXTERNAL_TABLE=EXECUTE, TRIM=LTRIM, RESUMABLE_NAME='it''s', DEFAULTS='IGNORE', FILE='x', DEGREE_OF_PARALLELISM=4) LOAD DATA INFILE 'a'",
    "OPTIONS (MULTITHREADING=TRUE, SKIP_INDEX_MAINTENANCE=TRUE, SKIP_UNUSABLE_INDEXES=FALSE, STREAMSIZE=1, COLUMNARRAYROWS=2, DATE_CACHE=0, RESUMABLE=TRUE) LOAD DATA INFILE 'a'",
    "RECOVERABLE LOAD DATA INFILE 'a'", "UNRECOVERABLE LOAD DATA INFILE 'a'", "CONTINUE_LOAD DATA INFILE 'a'",
    "LOAD DATA DEFAULT EXPRESSION CACHE 7 CHARACTERSET AL32UTF8 LENGTH SEMANTICS CHAR BYTEORDER BIG ENDIAN BYTEORDERMARK NOCHECK INFILE 'a'",
    "LOAD DATA CHARACTERSET 'a b' LENGTH BYTE BYTEORDER LITTLE BYTEORDERMARK CHECK INFILE 'a'",
    *(f"LOAD DATA FIELD NAMES {words} INFILE 'a'" for words in ("FIRST FILE", "FIRST FILE IGNORE", "ALL FILES", "ALL FILES IGNORE", "NONE")),
    "LOAD DATA INFILE * BADFILE 'b' DISCARDFILE 'd' DISCARDMAX 3 INFILE 'c' \"fix 80\" INFILE 'd' \"var 7\" INFILE 'e' \"str '|\\n'\" INFILE 'f' \"str X'0D0A'\"",
    "LOAD DATA INFILE 'a' \"recsize 80 buffers 8\" READSIZE 5 READBUFFERS 6 REPLACE CONCATENATE 3 PRESERVE BLANKS",
    "LOAD DATA INFILE 'a' APPEND CONTINUEIF THIS PRESERVE (1:2) = '%%'", "LOAD DATA INFILE 'a' CONTINUEIF NEXT (1) != X'2B'", "LOAD DATA INFILE 'a' CONTINUEIF LAST = ','",
]  # fmt: skip

TABLES = [
    "t (PARTITION p1) FIELDS TERMINATED BY ','", "s.t (SUBPARTITION \"low\") TRUNCATE", "\"s\".\"T\" APPEND", "t RESUME YES", "t RESUME NO REPLACE", "t REPLACE USING DELETE", "t SORTED INDEXES (i, s.j) SINGLEROW",
    "t OPTIONS (FILE='x y') EVALUATE CHECK_CONSTRAINTS REENABLE DISABLED_CONSTRAINTS EXCEPTIONS s.e", "t WHEN a = 'x' AND (1:2) != BLANKS AND a <> X'00'", "t OID (a)", "t SID (CONSTANT 'it''s')", "t XMLTYPE (a)",
    "t FIELDS CSV", "t FIELDS CSV WITH EMBEDDED TERMINATED BY ';'", "t FIELDS CSV WITHOUT EMBEDDED OPTIONALLY ENCLOSED BY '<' AND '>'", "t FIELDS", "t FIELDS TERMINATED BY WHITESPACE ENCLOSED BY X'22'",
    "t FIELDS TERMINATED BY ',' TRAILING NULLCOLS DATE FORMAT 'YYYY' TIMESTAMP FORMAT 'FF' TIMESTAMP WITH TIME ZONE 'TZR' TIMESTAMP WITH LOCAL TIME ZONE 'TZH' NULLIF = BLANKS",
    "t FIELDS TERMINATED BY ',' NULLIF != 'NA' TREAT AS s.ty", "t FIELDS TERMINATED BY ',' NO NULLIF",
]  # fmt: skip

FIELDS = [
    "a POSITION(1:5) CHAR(3)", "a POSITION(*+2) INTEGER EXTERNAL", "a POSITION(*:9)", "f FILLER, a BOUNDFILLER CHAR(5), b", "a RECNUM", "a SYSDATE", "a CONSTANT 'it''s'", "a CONSTANT -5", "a SEQUENCE", "a SEQUENCE(MAX)", "a SEQUENCE(COUNT, 2)", "a SEQUENCE(7, -1)",
    'a EXPRESSION "f(1)"', "f FILLER, a LOBFILE(f) TERMINATED BY EOF", "a LOBFILE(CONSTANT 'x y' CHARACTERSET UTF8 LITTLEENDIAN)", "f FILLER, a BFILE(CONSTANT 'D', f)", "a REF(CONSTANT 'T', b), b", "a SDF(CONSTANT 'x'), b", "a LLS",
    *(f"a {kind}" for kind in ("CHAR", "FLOAT EXTERNAL(8)", "DECIMAL EXTERNAL", "ZONED EXTERNAL(5)", "INTEGER(8) UNSIGNED", "SMALLINT SIGNED", "BYTEINT", "FLOAT", "DOUBLE", "DECIMAL(7,-2)", "ZONED(5)", "RAW(3)", "VARCHAR(9)", "VARGRAPHIC", "VARRAW(4)", "LONG VARRAW", "VARCHARC(2,9)", "VARRAWC(3)", "GRAPHIC(2)", "GRAPHIC EXTERNAL(2)", "DATE EXTERNAL(8) 'YYYYMMDD'", "TIME(3) 'HH24'", "TIME WITH TIME ZONE", "TIMESTAMP(6)", "TIMESTAMP WITH TIME ZONE 'TZR'", "TIMESTAMP WITH LOCAL TIME ZONE", "INTERVAL YEAR(3) TO MONTH", "INTERVAL DAY TO SECOND(2)", "NUMBER(5,2)", "NUMBER", "VARCHAR2(9)")),
    "a TERMINATED BY X'7C' OPTIONALLY ENCLOSED BY '\"'", "a NULLIF a = BLANKS DEFAULTIF (1) = 'x'", "a NO NULLIF PRESERVE BLANKS PIECED", "a NO PRESERVE BLANKS", 'a "UPPER(:a)"', 'a DATE "YYYY" "TRIM(:a)"', 'a DATE NULLIF a=BLANKS "TRIM(:a)"', '"low" ":\\"low\\""', 'a "x\n|| :a"',
    "g COLUMN OBJECT TREAT AS s.ty NULLIF g=BLANKS (x, y COLUMN OBJECT (z CHAR))", "n FILLER, v VARRAY COUNT(n) (e CHAR)", "v VARRAY TERMINATED BY ';' (e)", "w NESTED TABLE SDF(CONSTANT 'x') COUNT(3) (z)", "g COLUMN OBJECT DEFAULTIF (1)='x' (x)",
]  # fmt: skip


@pytest.mark.parametrize("head", HEADS)
def test_heads_round_trip(head: str) -> None:
    """Everything in front of INTO TABLE."""
    spec = spec_of(head + TAIL)
    assert spec == spec_of(control_bytes(spec))


@pytest.mark.parametrize("table", TABLES)
def test_tables_round_trip(table: str) -> None:
    """Everything between INTO TABLE and the fields."""
    spec = spec_of(f"LOAD DATA INFILE 'a' INTO TABLE {table} (a CHAR(5))")
    assert spec == spec_of(control_bytes(spec))


@pytest.mark.parametrize("fields", FIELDS)
def test_fields_round_trip(fields: str) -> None:
    """Every form of a field, with a terminator of the table and without."""
    spec = spec_of(f"{HEAD}({fields})")
    assert spec == spec_of(control_bytes(spec))


def test_what_a_continued_load_alone_has_round_trips() -> None:
    """SKIP of a table, and a last field in pieces."""
    spec = spec_of(
        "CONTINUE_LOAD DATA INFILE 'a' INTO TABLE t FIELDS TERMINATED BY ',' SKIP 4 (a, b CHAR(9) PIECED)"
    )
    assert (4, True) == (spec.tables[0].skip, spec.tables[0].fields[1].pieced)
    assert spec == spec_of(control_bytes(spec))


@pytest.mark.parametrize("text", [HEAD + "(a)", OPEN + "(a CHAR(3))", HEAD])
def test_writing_twice_gives_the_same_text(text: str) -> None:
    """What is written is already in its final form."""
    once = write_control(spec_of(text))
    assert once == write_control(spec_of(once))
