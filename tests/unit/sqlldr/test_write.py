"""Specs to control files."""

from __future__ import annotations

import pytest

from loadstone import spec as s
from loadstone.errors import FixSpec
from loadstone.sqlldr.testing import HEAD, spec_of
from loadstone.sqlldr.write import control_bytes, write_control

TABLE = s.TableLoad(table=s.TableName(name="T"), fields=(s.Field(name="A"),))


def test_a_written_control_file_is_for_people() -> None:
    """One clause a line, one field a line."""
    text = "OPTIONS (skip=1) load data infile a.dat truncate into table t fields terminated by '\t'"
    text += " trailing nullcols"
    assert write_control(
        spec_of(text + " (a date 'YYYY' \"TRIM(:a)\", b constant 'it''s', c position(1:2))")
    ) == (
        "OPTIONS (SKIP=1)\n"
        "LOAD DATA\n"
        "INFILE 'a.dat'\n"
        "TRUNCATE\n"
        "INTO TABLE T\n"
        "FIELDS TERMINATED BY '\\t'\n"
        "TRAILING NULLCOLS\n"
        "(\n"
        '    A DATE "YYYY" "TRIM(:a)",\n'
        "    B CONSTANT 'it''s',\n"
        "    C POSITION(1:2)\n"
        ")\n"
    )


def test_inline_data_follow_begindata() -> None:
    """Bytes that are no UTF-8 survive in ``control_bytes``."""
    head = "LOAD DATA INFILE * INTO TABLE t FIELDS TERMINATED BY ',' (a)\nBEGINDATA\n"
    assert control_bytes(spec_of(head.encode() + b"\xe9\n")).endswith(b"BEGINDATA\n\xe9\n")


@pytest.mark.parametrize(
    "fields",
    [
        "g COLUMN OBJECT TREAT AS s.ty NULLIF a='x' (x, y COLUMN OBJECT (z CHAR))",
        "v VARRAY COUNT(a) (e CHAR)",
        "v VARRAY COUNT(3) (e CHAR)",
        "w NESTED TABLE SDF(CONSTANT 'a.txt' \"fix 72\") TERMINATED BY ';' (z CHAR)",
        "r REF(CONSTANT 'it''s', a), b BFILE(CONSTANT 'DIR', a), l LLS, o OID(a)",
        "c CONSTANT X'0A', d CONSTANT X'20'",
    ],
)
def test_objects_of_oracle_and_odd_constants_round_trip(fields: str) -> None:
    """What is refused is kept all the same; a control character is written as hexadecimal digits."""
    spec = spec_of(f"{HEAD}(a, {fields})")
    assert spec_of(control_bytes(spec)) == spec


@pytest.mark.parametrize(
    "spec",
    [
        s.LoadSpec(tables=(TABLE,), method=s.Method.UPSERT),
        s.LoadSpec(tables=(TABLE.model_copy(update={"key": ("A",)}),)),
        s.LoadSpec(tables=(TABLE,), inputs=(s.InputFile(path="a\nb"),)),
        s.LoadSpec(
            tables=(
                s.TableLoad(
                    table=s.TableName(name="T"),
                    fields=(s.Field(name="D", type=s.FieldType(name=s.TypeName.DATE), sql="x"),),
                ),
            )
        ),
    ],
)
def test_what_the_language_cannot_say_is_an_error(spec: s.LoadSpec) -> None:
    """Upsert, a path over two lines, a date with an expression and no mask."""
    with pytest.raises(FixSpec) as caught:
        write_control(spec)
    assert caught.value.code == "LS-1035"
