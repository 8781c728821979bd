"""TRIM of external tables, and the tokenizer's own way for records that the quick way leaves to it."""

from __future__ import annotations

import pytest

from loadstone.formats import tokenize as module
from tests.conversions import BOTH
from tests.tokens import into


@BOTH
@pytest.mark.parametrize(
    ("trim", "fixed", "delimited"),
    [
        ("LRTRIM", "aa", "aa"), ("LTRIM", "aa  ", "aa  "), ("RTRIM", "  aa", "  aa"), ("NOTRIM", "  aa  ", "  aa  "), ("LDRTRIM", "  aa", "  aa  "),
    ],
)  # fmt: skip
def test_trim_of_external_tables(trim: str, fixed: str, delimited: str, compiled: bool) -> None:
    """With EXTERNAL_TABLE=EXECUTE the option TRIM rules both kinds of fields; LRTRIM where it is not given."""
    head = f"OPTIONS (EXTERNAL_TABLE=EXECUTE, TRIM={trim})"
    assert fixed == one(head, "(a POSITION(1:6))", b"  aa  \n", compiled=compiled)
    assert delimited == one(head, "FIELDS TERMINATED BY ',' (a)", b"  aa  ,\n", compiled=compiled)


def test_trim_is_for_external_tables_alone() -> None:
    """On the conventional path the option changes nothing, and external tables trim both ends by default."""
    assert "  aa" == one("OPTIONS (TRIM=LRTRIM)", "(a POSITION(1:6))", b"  aa  \n")
    assert "aa" == one("OPTIONS (EXTERNAL_TABLE=EXECUTE)", "(a POSITION(1:6))", b"  aa  \n")


@pytest.mark.parametrize(
    ("fields", "data", "expected"),
    [
        ("FIELDS TERMINATED BY ',' (a, b)", b"  aa  ,bb\n", ["  aa  ", "bb"]), ("FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' (a, b)", b"  aa  ,bb\n", ["aa  ", "bb"]), ("(a POSITION(1:6), b POSITION(7:8))", b"  aa  bb\n", ["  aa", "bb"]),
        ("FIELDS TERMINATED BY ',' (a, b)", b"   ,bb\n", [None, "bb"]), ("FIELDS TERMINATED BY ',' (a CHAR(2), b)", b"aaa,b\n", "TOO_LONG"), ("FIELDS TERMINATED BY ',' (a, b)", b"aa\n", "MISSING"), ("FIELDS TERMINATED BY ',' TRAILING NULLCOLS (a, b)", b"aa\n", ["aa", None]),
        ("FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' (a, b)", b'"a,b",c\n', ["a,b", "c"]), ("(a POSITION(1:2), b POSITION(9:10))", b"ab\n", ["ab", None]), ("(a CHAR(2), b CHAR(2))", b"ab\n", "MISSING"),
    ],
)  # fmt: skip
def test_the_full_way_sets_plain_fields_too(
    monkeypatch: pytest.MonkeyPatch, fields: str, data: bytes, expected: object
) -> None:
    """Where conditions or odd delimiters forbid the quick way, plain fields come out the same."""
    monkeypatch.setattr(module, "compile_quick", lambda *_, **__: None)
    assert [expected] == into(fields, data)


def one(head: str, fields: str, data: bytes, *, compiled: bool = False) -> object:
    """The first field of the first record, by OPTIONS and a table."""
    from loadstone.formats.layout import compile_layout
    from loadstone.formats.reader import open_records
    from loadstone.formats.tokenize import tokenize
    from loadstone.sqlldr.control import parse_control

    spec = parse_control(f"{head} LOAD DATA INFILE 'x' INTO TABLE t {fields}".encode(), "x.ctl")
    layout = compile_layout(spec, charset="AL32UTF8", byte_order="little")
    chunk = next(
        open_records(
            layout,
            spec.inputs[0],
            data,
            input_no=0,
            unit0=0,
            record0=0,
            chunk_size_bytes=1 << 20,
            compiled=compiled,
        )
    )
    tokens = tokenize(layout, chunk, compiled=compiled)
    return tokens.buffer[tokens.start[0, 0] : tokens.end[0, 0]].tobytes().decode()
