"""The binary COPY encoder against psycopg's own decoders: tables of cases, bounds, and round trips."""

from __future__ import annotations

import math
import struct
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import postgres
from psycopg.adapt import Transformer
from psycopg.pq import Format

from loadstone.datatypes.model import ColumnType, Conversion, Kind, Nls
from loadstone.targets.postgresql.encode import RowProgram, encode_pgcopy
from tests.conversions import BOTH, values_of

OIDS = {
    Kind.TEXT: "text", Kind.INT2: "int2", Kind.INT4: "int4", Kind.INT8: "int8", Kind.DECIMAL: "numeric", Kind.FLOAT4: "float4", Kind.FLOAT8: "float8",
    Kind.DATE: "date", Kind.TIMESTAMP: "timestamp", Kind.TIMESTAMPTZ: "timestamptz", Kind.BYTES: "bytea", Kind.BOOL: "bool", Kind.UUID: "uuid",
    Kind.JSON: "json", Kind.JSONB: "jsonb",
}  # fmt: skip
STAMP = "YYYY-MM-DD HH24:MI:SS.FF"


def fields_of(row: bytes) -> list[bytes | None]:
    """The fields of one COPY row; nothing may stand behind the last one."""
    (count,) = struct.unpack_from(">h", row)
    at, found = 2, []
    for _ in range(count):
        (size,) = struct.unpack_from(">i", row, at)
        at += 4
        found.append(None if size < 0 else row[at : at + size])
        at += max(size, 0)
    assert len(row) == at
    return found


def encoded(
    texts: Sequence[str | bytes | None],
    kind: ColumnType | Kind,
    *,
    compiled: bool = True,
    nls: Nls | None = None,
    **conversion: Any,
) -> list[Any]:
    """What psycopg reads of each text's row, or in its place the number of the fault."""
    column = kind if isinstance(kind, ColumnType) else ColumnType(kind=kind)
    one = Conversion(column="C", type=column, **conversion)
    rows, faults = encode_pgcopy(values_of(texts), [one], nls or Nls(), compiled=compiled)
    reader = Transformer()
    reader.set_loader_types([postgres.types[OIDS[column.kind]].oid], Format.BINARY)
    data, found = bytes(rows.data()), dict(zip(faults.row.tolist(), faults.code.tolist(), strict=True))
    for number, record in enumerate(rows.record.tolist()):
        begin, stop = rows.offsets[number], rows.offsets[number + 1]
        found[record] = reader.load_sequence(fields_of(data[begin:stop]))[0]
    return [found[number] for number in range(len(texts))]


def number(precision: int | None = None, scale: int | None = None) -> ColumnType:
    """numeric(precision, scale)."""
    return ColumnType(kind=Kind.DECIMAL, precision=precision, scale=scale)


def text(length: int | None, unit: Any = "char", *, padded: bool = False) -> ColumnType:
    """varchar(length), or char(length)."""
    return ColumnType(kind=Kind.TEXT, length=length, unit=unit, padded=padded)


@BOTH
@pytest.mark.parametrize(
    ("kind", "cases"),
    [
        (Kind.INT2, [("0", 0), ("32767", 32767), ("-32768", -32768), ("32768", 1438), ("-32769", 1438), ("32767.4", 32767), ("32767.5", 1438), ("-.5", -1), ("+7", 7), (" 7 ", 7), ("7e2", 700), ("x", 1722), ("", None), (None, None)]),
        (Kind.INT4, [("2147483647", 2**31 - 1), ("-2147483648", -(2**31)), ("2147483648", 1438), ("-2147483649", 1438), ("1e9", 10**9), ("1e10", 1438), ("0.49", 0), ("0.5", 1), ("-0", 0), ("1 2", 1722), ("--1", 1722)]),
        (Kind.INT8, [("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63)), ("9223372036854775808", 1438), ("-9223372036854775809", 1438), ("9" * 40, 1438), ("0" * 40 + "5", 5), ("9223372036854775806.5", 2**63 - 1), ("9223372036854775807.5", 1438)]),
    ],
)  # fmt: skip
def test_integers(kind: Kind, cases: list[tuple[str | None, Any]], compiled: bool) -> None:
    """Bounds of each size; fractions are rounded half away from zero, as Oracle rounds them."""
    assert [value for _, value in cases] == encoded([one for one, _ in cases], kind, compiled=compiled)


@BOTH
@pytest.mark.parametrize(
    ("kind", "cases"),
    [
        (number(), [("0", "0"), ("-0", "0"), ("1", "1"), ("10000", "10000"), ("9999", "9999"), ("0.0001", "0.0001"), ("0.00001", "0.00001"), ("12345.6789", "12345.6789"), ("100000000", "100000000"), ("1.50", "1.5"), ("-1e-20", "-0.00000000000000000001"), ("1" * 40, "1" * 40), (".5", "0.5"), ("5.", "5"), ("1e126", 1438), ("1e125", str(10**125)), ("e", 1722)]),
        (number(5, 2), [("999.99", "999.99"), ("-999.99", "-999.99"), ("999.994", "999.99"), ("999.995", 1438), ("1000", 1438), ("1", "1.00"), ("0.005", "0.01"), ("-0.005", "-0.01"), ("0.004", "0.00"), ("-0.004", "0.00"), ("1e2", "100.00"), ("1.", "1.00"), ("", None)]),
        (number(5, 0), [("99999", "99999"), ("99999.4", "99999"), ("99999.5", 1438), ("10000", "10000"), ("100000", 1438)]),
        (number(3, 5), [("0.00999", "0.00999"), ("0.01", 1438), ("0.000004", "0.00000"), ("0.000005", "0.00001")]),
        (number(3, -2), [("12345", "12300"), ("12350", "12400"), ("99999", 1438), ("49", "0"), ("-150", "-200")]),
        (number(18, 6), [("999999999999.999999", "999999999999.999999"), ("1234567890123.000001", 1438), ("0.0000005", "0.000001")]),
        (number(38, 10), [("9" * 28 + "." + "9" * 10, "9" * 28 + "." + "9" * 10), ("9" * 29, 1438), ("12345678901234567890.0000000001", "12345678901234567890.0000000001")]),
    ],
)  # fmt: skip
def test_numerics(kind: ColumnType, cases: list[tuple[str, Any]], compiled: bool) -> None:
    """Scale shown as declared, rounding half away from zero, precision checked behind the rounding."""
    found = encoded([one for one, _ in cases], kind, compiled=compiled)
    shown = [f"{one:f}" if isinstance(one, Decimal) else one for one in found]
    assert [value for _, value in cases] == [one.replace("-0.00", "0.00") if one == "-0.00" else one for one in shown]  # fmt: skip


@BOTH
@pytest.mark.parametrize(
    ("kind", "cases"),
    [
        (text(None), [("a", "a"), ("ä€😀", "ä€😀"), (" a ", " a "), ("a\0b", 9001), ("\0", 9001), ("", None), ("x" * 5000, "x" * 5000)]),
        (text(3), [("abc", "abc"), ("äöü", "äöü"), ("😀😀😀", "😀😀😀"), ("abcd", 12899), ("äöüä", 12899), ("abc ", 12899)]),
        (text(3, "byte"), [("abc", "abc"), ("ä", "ä"), ("äö", 12899), ("€", "€"), ("😀", 12899)]),
        (text(3, padded=True), [("abc   ", "abc   "), ("abcd ", 12899), ("ä    ", "ä    ")]),
        (text(0), [("a", 12899), ("", None)]),
        (ColumnType(kind=Kind.BYTES), [("00ff", b"\0\xff"), ("DeAdBeEf", b"\xde\xad\xbe\xef"), ("0", 1465), ("0g", 1465), ("g0", 1465), ("@0", 1465), ("", None)]),
        (ColumnType(kind=Kind.BYTES, length=2), [("0102", b"\1\2"), ("010203", 12899)]),
        (ColumnType(kind=Kind.BOOL), [("t", True), ("N", False), ("yes", True), ("OFF", False), (" 1 ", True), ("tomato", 9003), ("2", 9003), (" ", 9003), ("falsehood", 9003)]),
        (ColumnType(kind=Kind.UUID), [("12345678-1234-5678-1234-567812345678", uuid.UUID(int=0x12345678123456781234567812345678)), ("{12345678123456781234567812345678}", uuid.UUID(int=0x12345678123456781234567812345678)), ("1234", 9004), ("1" * 31, 9004), ("1" * 34, 9004), ("x" * 32, 9004)]),
        (ColumnType(kind=Kind.JSONB), [('{"a": 1}', {"a": 1}), ("[]", []), ("", None)]),
        (ColumnType(kind=Kind.JSON), [('"x"', "x"), ("null", None)]),
    ],
)  # fmt: skip
def test_other_kinds(kind: ColumnType, cases: list[tuple[str, Any]], compiled: bool) -> None:
    """Texts by characters or bytes, hexadecimal bytes, booleans, UUIDs, JSON with its version byte."""
    assert [value for _, value in cases] == encoded([one for one, _ in cases], kind, compiled=compiled)


@BOTH
def test_raw_bytes_go_as_they_are(compiled: bool) -> None:
    """A RAW field is no hexadecimal text; its length counts bytes, and a NUL is a byte as any other."""
    kind = ColumnType(kind=Kind.BYTES, length=3)
    texts = [b"\0\xff", b"abc", b"abcd", b""]
    assert [b"\0\xff", b"abc", 12899, None] == encoded(texts, kind, compiled=compiled, raw=True)


@BOTH
@pytest.mark.parametrize(
    ("kind", "mask", "cases"),
    [
        (ColumnType(kind=Kind.DATE), "YYYY-MM-DD", [("2000-01-01", date(2000, 1, 1)), ("1999-12-31", date(1999, 12, 31)), ("0001-01-01", date(1, 1, 1)), ("9999-12-31", date(9999, 12, 31)), ("2023-02-29", 1839), ("2024-02-29", date(2024, 2, 29)), ("2024", 1840), ("", None)]),
        (ColumnType(kind=Kind.DATE), "YYYY-MM-DD HH24", [("2000-01-01 00", date(2000, 1, 1)), ("2000-01-01 01", 9002)]),
        (ColumnType(kind=Kind.TIMESTAMP), STAMP, [("2000-01-01 00:00:00.000001", datetime(2000, 1, 1, 0, 0, 0, 1)), ("1969-12-31 23:59:59.999999", datetime(1969, 12, 31, 23, 59, 59, 999999)), ("9999-12-31 23:59:59.999999", datetime(9999, 12, 31, 23, 59, 59, 999999)), ("2024-01-01 00:00:00.0000005", datetime(2024, 1, 1, 0, 0, 0, 1)), ("2024-01-01 24:00:00", 1850)]),
        (ColumnType(kind=Kind.TIMESTAMP, rounds=False), STAMP, [("2024-01-01 00:00:00.0000005", 9002), ("2024-01-01 00:00:00.123456000", datetime(2024, 1, 1, 0, 0, 0, 123456))]),
        (ColumnType(kind=Kind.TIMESTAMP, fraction_digits=0), STAMP, [("2024-01-01 00:00:00.5", datetime(2024, 1, 1, 0, 0, 1)), ("2024-12-31 23:59:59.5", datetime(2025, 1, 1)), ("2024-01-01 00:00:00.49", datetime(2024, 1, 1))]),
        (ColumnType(kind=Kind.TIMESTAMP, fraction_digits=3), STAMP, [("2024-01-01 00:00:00.0005", datetime(2024, 1, 1, 0, 0, 0, 1000)), ("2024-01-01 00:00:00.00049", datetime(2024, 1, 1))]),
        (ColumnType(kind=Kind.TIMESTAMPTZ), "YYYY-MM-DD HH24:MI TZH:TZM", [("2024-01-01 00:00 +02:00", datetime(2023, 12, 31, 22, tzinfo=UTC)), ("2024-01-01 00:00 -05:30", datetime(2024, 1, 1, 5, 30, tzinfo=UTC)), ("2024-01-01 00:00 +16:00", 1874)]),
    ],
)  # fmt: skip
def test_moments(kind: ColumnType, mask: str, cases: list[tuple[str, Any]], compiled: bool) -> None:
    """Days before and behind 2000, rounding over a year's end, refused fractions, offsets from UTC."""
    found = encoded([one for one, _ in cases], kind, compiled=compiled, mask=mask)
    assert [value for _, value in cases] == [
        one.astimezone(UTC) if isinstance(one, datetime) and one.tzinfo else one for one in found
    ]


@BOTH
def test_a_moment_without_an_offset_is_in_the_zone_of_the_session(compiled: bool) -> None:
    """The session's offset stands for a missing one."""
    found = encoded(
        ["2024-01-01 12:00"], Kind.TIMESTAMPTZ, compiled=compiled, mask="YYYY-MM-DD HH24:MI", nls=Nls(time_zone_minutes=90)
    )  # fmt: skip
    assert [datetime(2024, 1, 1, 10, 30, tzinfo=UTC)] == [one.astimezone(UTC) for one in found]


@BOTH
@pytest.mark.parametrize(("not_null", "expected"), [(False, [None, None, 1840]), (True, [1400, 1400, 1840])])
def test_white_space_for_a_date(not_null: bool, expected: list[Any], compiled: bool) -> None:
    """White space alone is NULL where the field says so, and refused where the column takes no NULL."""
    options: Any = {"mask": "YYYY-MM-DD", "blank_is_null": True, "not_null": not_null}
    assert expected == encoded(["  ", "\t", "20"], Kind.DATE, compiled=compiled, **options)


@BOTH
def test_floats(compiled: bool) -> None:
    """Correctly rounded doubles and floats; what would read back as another number is refused."""
    doubles = ["0.1", "-1e308", "5e-324", "1e309", "9007199254740993", "NaN", "-inf", "x", ""]
    found = encoded(doubles, Kind.FLOAT8, compiled=compiled)
    assert math.isnan(found.pop(5))
    assert [0.1, -1e308, 5e-324, 9002, 9002, -math.inf, 1722, None] == found
    assert [0.5, 9002, 9002] == encoded(["0.5", "16777217", "1e39"], Kind.FLOAT4, compiled=compiled)


@BOTH
def test_the_first_bad_column_is_to_blame(compiled: bool) -> None:
    """A row with a fault leaves nothing; rows around it stand whole; the detail is the length."""
    conversions = [
        Conversion(column="A", type=ColumnType(kind=Kind.INT4), not_null=True),
        Conversion(column="B", type=text(2)),
    ]
    values = values_of(["1", "", "x", "4", "5"], ["a", "abc", "abc", "äöü", None])
    rows, faults = encode_pgcopy(values, conversions, Nls(), compiled=compiled)
    assert ([1, 2, 3], [0, 0, 1], [1400, 1722, 12899], [0, 0, 3]) == tuple(
        part.tolist() for part in (faults.row, faults.column, faults.code, faults.detail)
    )
    assert [0, 4] == rows.record.tolist()
    halves = [bytes(rows.slice(n, n + 1).data()) for n in range(2)]
    assert [[b"\0\0\0\1", b"a"], [b"\0\0\0\5", None]] == [fields_of(half) for half in halves]


@pytest.mark.parametrize("keep", [[1, 1, 1], [1, 0, 1], [0, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]])
def test_rows_are_selected_and_cut(keep: list[int]) -> None:
    """``select`` and ``slice`` give rows with their records; of a slice, too."""
    conversions = [Conversion(column="A", type=ColumnType(kind=Kind.TEXT))]
    rows, _ = encode_pgcopy(values_of(["a", "bb", "ccc"]), conversions, Nls(), compiled=False)
    chosen = rows.select(np.array(keep, np.bool_))
    texts = [b"a", b"bb", b"ccc"]
    expected = [n for n, flag in enumerate(keep) if flag]
    found = [fields_of(bytes(chosen.slice(n, n + 1).data())) for n in range(len(chosen))]
    assert (expected, [[texts[n]] for n in expected]) == (chosen.record.tolist(), found)
    tail = rows.slice(1, 3).select(np.array([False, True]))
    assert ([2], [b"ccc"]) == (tail.record.tolist(), fields_of(bytes(tail.data())))


def test_a_program_without_dates_has_arrays_for_the_kernels() -> None:
    """No mask, no pool: the kernels still get arrays; the size covers the longest rows."""
    program = RowProgram([Conversion(column="A", type=number())], Nls())
    columns, steps, pool, *_ = program.arguments(may_hold_nul=True)
    assert ((1, 16), (1, 3), b"\0") == (columns.shape, steps.shape, pool)
    assert program.size_max(10, 2) >= 10 + 2 * (2 + 4 + 100)


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=12), max_size=20))  # fmt: skip
@settings(max_examples=60)
def test_numerics_come_back(numbers: list[Decimal]) -> None:
    """Any decimal comes back equal without a scale, and rounded as exact arithmetic rounds with one."""
    texts = [f"{one:f}" for one in numbers]
    assert numbers == encoded(texts, number())
    rounded = [one.quantize(Decimal("0.001"), ROUND_HALF_UP, Context(prec=60)) for one in numbers]
    assert rounded == encoded(texts, number(38, 3))


@given(
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20),
    st.lists(st.floats(allow_nan=False), max_size=20),
    st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1), max_size=20),
    st.lists(st.binary(min_size=1), max_size=20),
)  # fmt: skip
@settings(max_examples=60)
def test_values_come_back(whole: list[int], doubles: list[float], texts: list[str], blobs: list[bytes]) -> None:  # fmt: skip
    """Integers, doubles in their shortest form, texts and bytes."""
    assert whole == encoded([str(one) for one in whole], Kind.INT8)
    assert doubles == encoded([repr(one) for one in doubles], Kind.FLOAT8)
    assert texts == encoded(texts, Kind.TEXT)
    assert blobs == encoded([one.hex() for one in blobs], Kind.BYTES)
    assert blobs == encoded(blobs, Kind.BYTES, raw=True)


@given(st.lists(st.datetimes(min_value=datetime(1, 1, 1)), max_size=20), st.integers(-14 * 60, 14 * 60))
@settings(max_examples=60)
def test_moments_come_back(moments: list[datetime], minutes: int) -> None:
    """Timestamps to the microsecond, dates, and offsets taken off."""
    texts = [f"{one:%Y-%m-%d %H:%M:%S.%f}".zfill(26) for one in moments]
    assert moments == encoded(texts, Kind.TIMESTAMP, mask=STAMP)
    assert [one.date() for one in moments] == encoded(
        [one[:10] for one in texts], Kind.DATE, mask="YYYY-MM-DD"
    )
    inner = [one for one in moments if 2 <= one.year <= 9998]
    sign, hours, rest = "-" if minutes < 0 else "+", abs(minutes) // 60, abs(minutes) % 60
    zoned = [f"{one:%Y-%m-%d %H:%M:%S.%f}".zfill(26) + f" {sign}{hours:02}:{rest:02}" for one in inner]
    found = encoded(zoned, Kind.TIMESTAMPTZ, mask=STAMP + " TZH:TZM")
    assert [one - timedelta(minutes=minutes) for one in inner] == [
        value.astimezone(UTC).replace(tzinfo=None) for value in found
    ]
