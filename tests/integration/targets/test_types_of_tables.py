"""Tables that exist already: each column type of each target keeps a value exactly, or refuses the record."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from math import inf
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from loadstone.errors import FixSpec
from tests.columns import ENCODING, HEX, LENGTH, NUMBER, PRECISION, RANGE, Refused, check
from tests.runs import load, rows_of
from tests.targets import KINDS, execute

D = Decimal
NAN = "nan"
BAD_UUID, BAD_BOOL, VALUE = Refused("uuid"), Refused("boolean"), Refused("value")
KEY = UUID("12345678-1234-5678-1234-567812345678")

WHOLE: dict[int, list[tuple[str, Any]]] = {
    bits: [
        (str(2 ** (bits - 1) - 1), D(2 ** (bits - 1) - 1)),
        (str(-(2 ** (bits - 1))), D(-(2 ** (bits - 1)))),
        (str(2 ** (bits - 1)), PRECISION),
        (str(-(2 ** (bits - 1)) - 1), PRECISION),
        ("2.5", D(3)),
        ("-2.5", D(-3)),
        ("1e2", D(100)),
        ("", None),
        ("seven", NUMBER),
    ]
    for bits in (16, 32, 64)
}
DOUBLES = [
    ("0.1", 0.1),
    ("1e308", 1e308),
    ("-5e-324", -5e-324),
    ("", None),
    ("x", NUMBER),
    ("infinite", NUMBER),
    ("--inf", NUMBER),
]
SPECIALS = [("Inf", inf), ("-infinity", -inf), ("+INF", inf), (" inf ", inf), ("nan", NAN), ("NaN", NAN)]
REFUSED = [(text, RANGE) for text, _ in SPECIALS]
TEXTS = [("abc", "abc"), ("äöü", "äöü"), ("abcd", LENGTH), ("", None)]
UUIDS = [(str(KEY), KEY), (str(KEY).upper(), KEY), ("12345678", BAD_UUID), ("", None)]
BOOLS = [("true", True), ("f", False), ("1", True), ("0", False), ("maybe", BAD_BOOL), ("", None)]
NANOS = [
    ("2024-02-29 12:30:00.1234567", RANGE),
    ("2024-02-29 12:30:00.000000001", RANGE),
    ("2024-02-29 12:30:00.123456000", datetime(2024, 2, 29, 12, 30, 0, 123456)),
]
ROUNDED = [
    ("2024-02-29 12:30:00.1234565", datetime(2024, 2, 29, 12, 30, 0, 123457)),
    ("2024-02-29 12:30:00.1234564", datetime(2024, 2, 29, 12, 30, 0, 123456)),
]
ROUNDED += [("2024-12-31 23:59:59.9999999", datetime(2025, 1, 1))]
DAYS = [("2024-02-29", datetime(2024, 2, 29)), ("2023-02-29", Refused("ORA-01839")), ("", None)]
STAMPS = [
    ("2024-02-29 12:30:00.123456", datetime(2024, 2, 29, 12, 30, 0, 123456)),
    ("2024-02-30 00:00:00.0", Refused("ORA-01839")),
]
NUMBER_FIELD, TEXT_FIELD = "v DECIMAL EXTERNAL", "v CHAR(4000)"
DAY_FIELD = 'v DATE "YYYY-MM-DD"'
STAMP_FIELD = 'v TIMESTAMP "YYYY-MM-DD HH24:MI:SS.FF"'

NATIVE: dict[str, list[tuple[str, str, list[Any]]]] = {
    "postgresql": [
        ("smallint", NUMBER_FIELD, WHOLE[16]),
        ("integer", NUMBER_FIELD, WHOLE[32]),
        ("bigint", NUMBER_FIELD, WHOLE[64]),
        ("numeric", NUMBER_FIELD, [("9" * 60 + ".125", D("9" * 60 + ".125")), ("x", NUMBER)]),
        ("numeric(4,1)", NUMBER_FIELD, [("999.94", D("999.9")), ("999.95", PRECISION)]),
        ("real", NUMBER_FIELD, [("0.5", 0.5), ("16777216", 16777216.0), ("", None), ("x", NUMBER)]),
        ("double precision", NUMBER_FIELD, DOUBLES),
        ("text", TEXT_FIELD, [("x" * 3000, "x" * 3000), (b"\xff\xfe", ENCODING), (b"a\0b", Refused("nul"))]),
        ("varchar(3)", TEXT_FIELD, TEXTS),
        ("char(3)", TEXT_FIELD, TEXTS),
        ("name", TEXT_FIELD, [("abc", "abc")]),
        ("bytea", TEXT_FIELD, [("00ff", b"\x00\xff"), ("0g", HEX)]),
        ("boolean", TEXT_FIELD, BOOLS),
        ("uuid", TEXT_FIELD, UUIDS),
        ("jsonb", TEXT_FIELD, [('{"a": [1, null]}', {"a": [1, None]}), ("{", VALUE), ("", None)]),
        ("date", DAY_FIELD, DAYS),
        ("date", STAMP_FIELD, [("2024-02-29 00:00:00", datetime(2024, 2, 29)), ("2024-02-29 12:00:00", RANGE)]),
        ("double precision", NUMBER_FIELD, SPECIALS),
        ("real", NUMBER_FIELD, SPECIALS),
        ("timestamp", STAMP_FIELD, STAMPS + NANOS),
        ("timestamp(6)", STAMP_FIELD, STAMPS + ROUNDED),
        ("timestamp(0)", STAMP_FIELD, [("2024-02-29 12:00:00.5", datetime(2024, 2, 29, 12, 0, 1))]),
    ],
    "duckdb": [
        ("TINYINT", NUMBER_FIELD, [("127", D(127)), ("-128", D(-128)), ("128", VALUE), ("2.5", D(3)), ("x", NUMBER)]),
        ("SMALLINT", NUMBER_FIELD, WHOLE[16]),
        ("INTEGER", NUMBER_FIELD, WHOLE[32]),
        ("BIGINT", NUMBER_FIELD, WHOLE[64]),
        ("DECIMAL(4,1)", NUMBER_FIELD, [("999.94", D("999.9")), ("999.95", PRECISION)]),
        ("DECIMAL(38,0)", NUMBER_FIELD, [("-" + "9" * 38, D("-" + "9" * 38)), ("1" + "0" * 38, PRECISION)]),
        ("FLOAT", NUMBER_FIELD, [("0.5", 0.5), ("16777216", 16777216.0), ("x", NUMBER)]),
        ("DOUBLE", NUMBER_FIELD, DOUBLES),
        ("VARCHAR", TEXT_FIELD, [("x" * 3000, "x" * 3000), (b"\xff\xfe", ENCODING)]),
        ("VARCHAR CHECK (length(v) <= 3)", TEXT_FIELD, TEXTS),
        ("BLOB", TEXT_FIELD, [("00ff", b"\x00\xff"), ("0g", HEX)]),
        ("BOOLEAN", TEXT_FIELD, BOOLS),
        ("UUID", TEXT_FIELD, [(str(KEY), KEY), ("12345678", VALUE), ("", None)]),
        ("ENUM ('low', 'high')", TEXT_FIELD, [("low", "low"), ("middle", VALUE), ("", None)]),
        ("TIME", TEXT_FIELD, [("12:30:00", time(12, 30)), ("25:00:00", VALUE)]),
        ("JSON", TEXT_FIELD, [('{"a": [1, null]}', '{"a": [1, null]}'), ("{", VALUE), ("", None)]),
        ("DATE", DAY_FIELD, DAYS),
        ("DATE", STAMP_FIELD, [("2024-02-29 12:00:00", RANGE)]),
        ("DOUBLE", NUMBER_FIELD, SPECIALS),
        ("FLOAT", NUMBER_FIELD, SPECIALS),
        ("TIMESTAMP", STAMP_FIELD, STAMPS + NANOS),
        ("TIMESTAMP_S", STAMP_FIELD, [("2024-02-29 12:00:00.5", datetime(2024, 2, 29, 12, 0, 1))]),
        ("TIMESTAMP_NS", STAMP_FIELD, [("2024-02-29 12:00:00.5", datetime(2024, 2, 29, 12, 0, 0, 500000))]),
    ],
    "sqlite": [
        ("INTEGER", NUMBER_FIELD, WHOLE[64]),
        ("BIGINT", NUMBER_FIELD, WHOLE[64]),
        ("REAL", NUMBER_FIELD, DOUBLES),
        ("NUMERIC", NUMBER_FIELD, [("0.1", 0.1), ("12", 12.0)]),
        ("TEXT", TEXT_FIELD, [("x" * 3000, "x" * 3000), (b"\xff\xfe", ENCODING), ("007", "007")]),
        ("VARCHAR(3)", TEXT_FIELD, TEXTS),
        ("BLOB", TEXT_FIELD, [("00ff", b"\x00\xff"), ("0g", HEX)]),
        ("", TEXT_FIELD, [("007", "007"), ("1e5", "1e5")]),
        ("REAL", NUMBER_FIELD, REFUSED),
        ("DATETIME", STAMP_FIELD, STAMPS + NANOS),
        ("TIMESTAMP_TEXT(6)", STAMP_FIELD, STAMPS + ROUNDED),
        ("TIMESTAMP_TEXT(9)", STAMP_FIELD, STAMPS + NANOS),
        ("DATE", DAY_FIELD, DAYS),
    ],
}  # fmt: skip

INEXACT = {
    "postgresql": [("real", ["16777217", "1e39", "1e-50"]), ("double precision", ["9007199254740993", "1e309", "0.1000000000000000000001"])],
    "duckdb": [("FLOAT", ["16777217", "1e39", "1e-50"]), ("DOUBLE", ["9007199254740993", "1e309", "0.1000000000000000000001"])],
    "sqlite": [("NUMERIC", ["9007199254740993", "1e309"]), ("REAL", ["9007199254740993", "0.1000000000000000000001"])],
}  # fmt: skip

FOREIGN = {
    "postgresql": ["interval", "integer[]", "time", "inet", "point"],
    "duckdb": ["INTERVAL", "INTEGER[]", "HUGEINT", "STRUCT(a INTEGER)", "BIT"],
}


def each(table: dict[str, list[Any]]) -> list[Any]:
    """One parameter set for each case of each kind of target."""
    return [
        pytest.param(kind, *case, id=f"{kind}-{case[0] or 'untyped'}-{number}")
        for kind in KINDS
        for number, case in enumerate(table.get(kind, []))
    ]


@pytest.mark.parametrize(("target_url", "declared", "field", "cases"), each(NATIVE), indirect=["target_url"])
def test_a_native_type_keeps_or_refuses(
    target_url: str, declared: str, field: str, cases: list[Any], here: Path
) -> None:
    """Bounds of the type are kept, what lies beyond is a reject with its rule, and empty text is NULL."""
    check(target_url, field, cases, table=f"CREATE TABLE t (id INTEGER, v {declared})")


@pytest.mark.parametrize(("target_url", "declared", "texts"), each(INEXACT), indirect=["target_url"])
def test_a_float_that_would_not_read_back_equal_is_refused(
    target_url: str, declared: str, texts: list[str], here: Path
) -> None:
    """A float takes a number only if the number is what the float shows afterwards."""
    table = f"CREATE TABLE t (id INTEGER, v {declared})"
    check(target_url, "v FLOAT EXTERNAL", [(text, RANGE) for text in texts], table=table)


@pytest.mark.parametrize(
    ("target_url", "declared"),
    [pytest.param(kind, one, id=f"{kind}-{one}") for kind, types in FOREIGN.items() for one in types],
    indirect=["target_url"],
)
def test_a_type_that_nothing_can_be_loaded_into_is_named(target_url: str, declared: str, here: Path) -> None:
    """The column, its type, and no row moved."""
    execute(target_url, f"CREATE TABLE t (id INTEGER, v {declared})")
    Path("in.dat").write_text("1|x\n")
    with pytest.raises(FixSpec, match=r"LS-3007.*t\.v is of type") as caught:
        load("LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY '|' (id, v)", target_url)
    assert declared.split("(")[0].lower() in caught.value.message.lower()
    assert rows_of(target_url, "SELECT id FROM t") == []
