"""Columns against exact Python arithmetic, compiled and plain."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.datatypes.columns import encode_arrow, mask_of
from loadstone.datatypes.model import ColumnType, Conversion, Kind, Nls
from loadstone.targets.postgresql.encode import encode_pgcopy
from tests.conversions import BOTH, converted, values_of


@BOTH
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "1.00"), ("-5", "-5.00"), ("12.345", "12.35"), ("-12.345", "-12.35"), ("99999.995", "100000.00"),
        ("9999999.994", "9999999.99"), ("9999999.995", 1438), ("1e3", "1000.00"), (" 12 ", "12.00"), (".5", "0.50"), ("1.", "1.00"),
        ("-0", "0.00"), ("1,5", 1722), ("x", 1722), ("1 2", 1722), ("--1", 1722), ("1e", 1722), ("1E-2", "0.01"), ("0.004", "0.00"),
        ("", None), ("0x10", 1722), ("1_000", 1722), ("12345678901234567890", 1438),
    ],
)  # fmt: skip
def test_a_decimal_follows_oracles_rules(text: str, expected: Any, compiled: bool) -> None:
    """Half away from zero, precision checked, nothing lenient."""
    found = converted([text], ColumnType(kind=Kind.DECIMAL, precision=9, scale=2), compiled=compiled)[0]
    assert (str(found) if isinstance(found, Decimal) else found) == expected


@given(
    st.lists(
        st.decimals(allow_nan=False, allow_infinity=False, places=5, min_value=-(10**12), max_value=10**12),
        max_size=20,
    )
)
@settings(max_examples=60, deadline=None)
def test_decimals_equal_exact_arithmetic(numbers: list[Decimal]) -> None:
    """Any decimal rounds as exact arithmetic rounds it, in both modes."""
    kind = ColumnType(kind=Kind.DECIMAL, precision=20, scale=3)
    expected = [number.quantize(Decimal("0.001"), ROUND_HALF_UP) for number in numbers]
    texts = [f"{number:f}" for number in numbers]
    assert converted(texts, kind, compiled=False) == converted(texts, kind, compiled=True) == expected


MASKS = {
    "YYYY-MM-DD": "%Y-%m-%d", "YYYYMMDD": "%Y%m%d", "DD.MM.YYYY": "%d.%m.%Y", "MM/DD/YYYY": "%m/%d/%Y", "DD-MON-YYYY": "%d-%b-%Y",
    "YYYY-MM-DD HH24:MI:SS": "%Y-%m-%d %H:%M:%S", "YYYYMMDDHH24MISS": "%Y%m%d%H%M%S", "DD-MON-YYYY HH24:MI:SS": "%d-%b-%Y %H:%M:%S",
    "DD/MM/RRRR": "%d/%m/%Y", "MM/DD/YYYY HH:MI:SS AM": "%m/%d/%Y %I:%M:%S %p", "YYYY-MM-DD-HH24.MI.SS": "%Y-%m-%d-%H.%M.%S",
    "Month DD, YYYY": "%B %d, %Y", "YYYY-DDD": "%Y-%j", 'YYYY-MM-DD"T"HH24:MI:SS': "%Y-%m-%dT%H:%M:%S",
}  # fmt: skip


@BOTH
@pytest.mark.parametrize("mask", list(MASKS))
def test_200_random_dates_read_back(mask: str, compiled: bool) -> None:
    """What strftime writes, the mask reads."""
    rng = np.random.default_rng(5)
    dates = [datetime(1950, 1, 1) + timedelta(seconds=int(s)) for s in rng.integers(0, 4_000_000_000, 200)]
    texts = [date.strftime(MASKS[mask]) for date in dates]
    expected = [datetime.strptime(text, MASKS[mask]) for text in texts]
    assert converted(texts, ColumnType(kind=Kind.TIMESTAMP), compiled=compiled, mask=mask) == expected


@BOTH
@pytest.mark.parametrize(
    ("text", "mask", "expected"),
    [
        ("2023-02-29", "YYYY-MM-DD", 1839), ("2023-13-01", "YYYY-MM-DD", 1843), ("2023-01-32", "YYYY-MM-DD", 1847),
        ("2023", "YYYY-MM-DD", 1840), ("2023-01-01 10", "YYYY-MM-DD", 1830), ("x", "YYYY", 1858),
        ("2020-01-01 24:00:00", "YYYY-MM-DD HH24:MI:SS", 1850), ("20201001 13:00 PM", "YYYYMMDD HH:MI AM", 1849),
        ("0000-01-01", "YYYY-MM-DD", 1841), ("01-FOO-2020", "DD-MON-YYYY", 1843), ("2020/1/2", "FXYYYY-MM-DD", 1861),
        ("2020/1/2", "YYYY-MM-DD", datetime(2020, 1, 2)), ("20200102", "YYYY-MM-DD", datetime(2020, 1, 2)),
        ("01-JAN-49", "DD-MON-RR", datetime(2049, 1, 1)), ("01-january-50", "DD-MON-RR", datetime(1950, 1, 1)),
        ("2020-01-02", "YYYY-MM-DD HH24:MI:SS", datetime(2020, 1, 2)), ("02-01-2020", "DD-MM-YY", datetime(2020, 1, 2)),
        ("2024366", "YYYYDDD", datetime(2024, 12, 31)), ("2460000", "J", datetime(2023, 2, 24)), ("  ", "YYYY", 1840),
    ],
)  # fmt: skip
def test_a_date_is_as_lenient_as_oracle(text: str, mask: str, expected: Any, compiled: bool) -> None:
    """Leniency where Oracle has it, Oracle's code where it has none."""
    assert converted([text], ColumnType(kind=Kind.TIMESTAMP), compiled=compiled, mask=mask) == [expected]


@BOTH
def test_lengths_count_characters_or_bytes(compiled: bool) -> None:
    """VARCHAR2(3 BYTE) refuses what VARCHAR2(3 CHAR) takes."""
    texts = ["abc", "éé", "abcd", "ab "]
    assert converted(texts, ColumnType(kind=Kind.TEXT, length=3), compiled=compiled) == [
        "abc",
        "éé",
        12899,
        "ab ",
    ]
    in_bytes = ColumnType(kind=Kind.TEXT, length=3, unit="byte")
    assert converted(texts, in_bytes, compiled=compiled) == ["abc", 12899, 12899, "ab "]


@given(st.lists(st.text(alphabet="0123456789.-+eE x,", max_size=12), max_size=12))
@settings(max_examples=80, deadline=None)
def test_both_encoders_refuse_the_same_rows(texts: list[str]) -> None:
    """The direct and the columnar lane agree on every text, in both modes."""
    kinds = [
        ColumnType(kind=Kind.DECIMAL, precision=9, scale=2),
        ColumnType(kind=Kind.INT4),
        ColumnType(kind=Kind.FLOAT8),
        ColumnType(kind=Kind.TEXT, length=8),
    ]
    for kind in kinds:
        conversion = [Conversion(column="C", type=kind)]
        outcomes = []
        for compiled in (False, True):
            _, kept, faults = encode_arrow(values_of(texts), conversion, Nls(), compiled=compiled)
            rows, others = encode_pgcopy(values_of(texts), conversion, Nls(), compiled=compiled)
            outcomes.append((kept.tolist(), faults.row.tolist(), faults.code.tolist()))
            outcomes.append((rows.record.tolist(), others.row.tolist(), others.code.tolist()))
        assert all(outcome == outcomes[0] for outcome in outcomes)


WIDE = ColumnType(kind=Kind.DECIMAL, precision=38, scale=10)


@BOTH
@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (ColumnType(kind=Kind.DECIMAL, precision=38, scale=0), "9" * 38, "9" * 38),
        (ColumnType(kind=Kind.DECIMAL, precision=38, scale=0), "9" * 39, 1438),
        (WIDE, "-1234567890123456789012345678.0123456789", "-1234567890123456789012345678.0123456789"),
        (WIDE, "1e27", "1" + "0" * 27 + "." + "0" * 10),
        (WIDE, "1e28", 1438),
        (ColumnType(kind=Kind.DECIMAL, precision=18, scale=0), "-" + "9" * 18, "-" + "9" * 18),
        (ColumnType(kind=Kind.DECIMAL, precision=18, scale=0), "1" + "0" * 18, 1438),
        (ColumnType(kind=Kind.DECIMAL, precision=5, scale=-2), "12345", "12300"),
        (ColumnType(kind=Kind.DECIMAL), "123456789012345678901234567890123456789012345.5", "123456789012345678901234567890123456789012345.5"),
        (ColumnType(kind=Kind.DECIMAL), "1e125", "1" + "0" * 125),
        (ColumnType(kind=Kind.DECIMAL), "1e126", 1438),
        (ColumnType(kind=Kind.DECIMAL), "0.10", "0.1"),
        (ColumnType(kind=Kind.DECIMAL, precision=5, scale=2, as_text=True), "1.5", "1.50"),
        (ColumnType(kind=Kind.DECIMAL, precision=5, scale=2, as_text=True), "-0.001", "0.00"),
        (ColumnType(kind=Kind.DECIMAL, precision=5, scale=2, as_text=True), "999.995", 1438),
    ],
)  # fmt: skip
def test_decimals_keep_every_digit(kind: ColumnType, text: str, expected: str | int, compiled: bool) -> None:
    """Up to 38 digits exactly, any number of them as text, and a refusal beyond."""
    found = converted([text], kind, compiled=compiled)[0]
    assert expected == (found if isinstance(found, int) else f"{Decimal(found):f}")


@BOTH
def test_many_long_decimals_find_room(compiled: bool) -> None:
    """The buffer of written decimals grows until all fit."""
    texts = [f"1e{n % 100 + 20}" for n in range(400)]
    found = converted(texts, ColumnType(kind=Kind.DECIMAL), compiled=compiled)
    assert [Decimal(text) for text in texts] == [Decimal(text) for text in found]


@BOTH
@pytest.mark.parametrize(
    ("text", "raw", "length", "expected"),
    [
        ("0A1b", False, None, b"\x0a\x1b"), ("0A1", False, None, 1465), ("0G", False, None, 1465), ("é", False, None, 1465),
        ("0A1B", False, 1, 12899), ("0A", False, 1, b"\x0a"), ("ab", True, None, b"ab"), ("abc", True, 2, 12899), ("ab", True, 2, b"ab"),
    ],
)  # fmt: skip
def test_bytes_come_raw_or_as_hexadecimal_digits(
    text: str, raw: bool, length: int | None, expected: bytes | int, compiled: bool
) -> None:
    """RAW fields are bytes already; a text into a RAW column is hexadecimal, as in Oracle."""
    assert [expected] == converted(
        [text], ColumnType(kind=Kind.BYTES, length=length), raw=raw, compiled=compiled
    )


@pytest.mark.parametrize(
    ("nls", "expected"),
    [
        (Nls(), "12-MAR-23"), (Nls(date_format="YYYY-MM-DD"), "2023-03-12"),
        (Nls(date_format="DD Month YYYY", date_language="GERMAN"), "12 März      2023"),
    ],
)  # fmt: skip
def test_a_date_field_into_a_text_column_is_shown_by_the_session(nls: Nls, expected: str) -> None:
    """Read by the field's mask, written by NLS_DATE_FORMAT in NLS_DATE_LANGUAGE."""
    assert [expected] == converted(["20230312"], Kind.TEXT, mask="YYYYMMDD", shown=nls.date_format, nls=nls)


def test_a_shown_time_keeps_its_zone() -> None:
    """Its own, else the session's."""
    mask, shown = "YYYY-MM-DD HH24 TZH:TZM", "HH24 TZR"
    texts = ["2023-03-12 07 +02:00", "2023-03-12 07", "2023-03-12 07 +02:00", None]
    found = converted(texts, Kind.TEXT, mask=mask, shown=shown, nls=Nls(time_zone_minutes=-90))
    assert ["07 +02:00", "07 -01:30", "07 +02:00", None] == found


@pytest.mark.parametrize(
    ("length", "unit", "expected"),
    [(9, "char", "12-MAR-23"), (8, "char", 12899), (8, "byte", 12899), (9, "byte", "12-MAR-23")],
)
def test_a_shown_date_must_fit(length: int, unit: Any, expected: Any) -> None:
    """The text that NLS_DATE_FORMAT gives obeys the column's length."""
    kind = ColumnType(kind=Kind.TEXT, length=length, unit=unit)
    texts = ["20230312", "20231312", None]
    assert [expected, 1843, None] == converted(texts, kind, mask="YYYYMMDD", shown="DD-MON-RR")


@BOTH
def test_the_first_column_with_a_fault_is_to_blame(compiled: bool) -> None:
    """One fault a row, in the order of the columns, NOT NULL before the others of its column."""
    values = values_of(["1", "x", "", "4"], ["a", "abc", "b", ""], ["2023", "2023", "bad", "2024"])
    conversions = [
        Conversion(column="N", type=ColumnType(kind=Kind.INT4), not_null=True),
        Conversion(column="T", type=ColumnType(kind=Kind.TEXT, length=2)),
        Conversion(column="D", type=ColumnType(kind=Kind.TIMESTAMP), mask="YYYY"),
    ]
    batch, kept, faults = encode_arrow(values, conversions, Nls(now=datetime(2024, 1, 1)), compiled=compiled)
    assert [0, 3] == kept.tolist()
    assert [(1, 0, 1722), (2, 0, 1400)] == list(
        zip(faults.row.tolist(), faults.column.tolist(), faults.code.tolist())
    )
    assert [(1, "a", datetime(2023, 1, 1)), (4, None, datetime(2024, 1, 1))] == [
        tuple(r.values()) for r in batch.to_pylist()
    ]


@BOTH
def test_the_actual_length_is_told(compiled: bool) -> None:
    """A length fault carries the actual length in the column's unit, also behind another fault."""
    values = values_of(["éééé", "abcde"], ["x", "1"])
    conversions = [
        Conversion(column="T", type=ColumnType(kind=Kind.TEXT, length=3)),
        Conversion(column="N", type=ColumnType(kind=Kind.INT4)),
    ]
    _, _, faults = encode_arrow(values, conversions, Nls(), compiled=compiled)
    assert [(12899, 4), (12899, 5)] == list(zip(faults.code.tolist(), faults.detail.tolist()))


@pytest.mark.parametrize(
    ("kind", "mask", "expected"),
    [
        (ColumnType(kind=Kind.TIMESTAMP), "YYYY", "YYYY"), (ColumnType(kind=Kind.TIMESTAMP), None, "STAMP"),
        (ColumnType(kind=Kind.TIMESTAMP, fraction_digits=0), None, "DAY"), (ColumnType(kind=Kind.DATE, fraction_digits=0), None, "DAY"),
        (ColumnType(kind=Kind.TIMESTAMPTZ), None, "ZONED"), (ColumnType(kind=Kind.TIMESTAMPTZ), "TZH", "TZH"),
    ],
)  # fmt: skip
def test_the_mask_is_the_fields_else_the_sessions(kind: ColumnType, mask: str | None, expected: str) -> None:
    """NLS_DATE_FORMAT, NLS_TIMESTAMP_FORMAT or NLS_TIMESTAMP_TZ_FORMAT, by what the column keeps."""
    nls = Nls(date_format="DAY", timestamp_format="STAMP", timestamp_tz_format="ZONED")
    assert expected == mask_of(Conversion(column="D", type=kind, mask=mask), nls)


@BOTH
@pytest.mark.parametrize(
    "kind",
    [
        ColumnType(kind=Kind.TEXT),
        ColumnType(kind=Kind.TIMESTAMP, as_text=True),
        ColumnType(kind=Kind.DATE, as_text=True),
    ],
    ids=["text", "timestamp", "date"],
)
def test_texts_have_no_years_before_christ(kind: ColumnType, compiled: bool) -> None:
    """Such a date is refused where the column keeps text; it neither crashes nor becomes another year."""
    shown = "YYYY-MM-DD" if kind.kind is Kind.TEXT else None
    found = converted(["-1-12-31", "1-01-01"], kind, mask="SYYYY-MM-DD", shown=shown, compiled=compiled)
    assert 9002 == found[0]
    assert isinstance(found[1], str) and "01" in found[1]


@BOTH
@pytest.mark.parametrize(
    ("kind", "mask", "texts"),
    [
        (
            ColumnType(kind=Kind.TIMESTAMPTZ, as_text=True),
            "YYYY-MM-DD HH24:MI:SS TZH:TZM",
            ["9999-12-31 23:59:59 -12:00", "9999-12-31 23:59:59 +12:00"],
        ),
        (
            ColumnType(kind=Kind.TIMESTAMP, as_text=True, fraction_digits=0, rounds=True),
            "YYYY-MM-DD HH24:MI:SS.FF",
            ["9999-12-31 23:59:59.5", "9999-12-31 23:59:59.4"],
        ),
    ],
    ids=["to-utc", "rounded"],
)
def test_texts_have_no_years_of_five_digits(
    kind: ColumnType, mask: str, texts: list[str], compiled: bool
) -> None:
    """A shift to UTC or a rounded second into the year 10000 is refused; four digits would tell the year 0."""
    refused, kept = converted(texts, kind, mask=mask, compiled=compiled)
    assert 9002 == refused
    assert isinstance(kept, str) and kept.startswith("9999-12-31 ")


def test_no_rows_are_no_trouble() -> None:
    """A chunk whose records all go elsewhere gives an empty batch of the right types."""
    for kind in (Kind.TEXT, Kind.INT4, Kind.FLOAT4, Kind.BOOL, Kind.BYTES, Kind.TIMESTAMP, Kind.DECIMAL):
        assert [] == converted([], kind, mask="YYYY" if kind is Kind.TIMESTAMP else None)
