"""Columns against exact Python arithmetic, compiled and plain."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.datatypes.columns import encode_arrow
from loadstone.datatypes.faults import ValueFault, fault_message
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


def test_messages_are_oracles() -> None:
    """The sentences that scripts and people look for."""
    one = Conversion(column="NAME", type=ColumnType(kind=Kind.TEXT, length=3))
    assert fault_message(ValueFault.TOO_LONG, one, ("S", "T"), 5, 5)[2] == (
        'ORA-12899: value too large for column "S"."T"."NAME" (actual: 5, maximum: 3)'
    )
    assert (
        fault_message(ValueFault.NOT_NULL, one, (None, "T"), 0, 0)[2]
        == 'ORA-01400: cannot insert NULL into ("T"."NAME")'
    )
    assert fault_message(ValueFault.NUMBER, one, (None, "T"), 0, 0) == (
        "number",
        "ORA-01722",
        "ORA-01722: invalid number",
    )


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
