"""The forms of numbers and moments: what is written, and which value is refused."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.errors import FixFile, FixSpec
from loadstone.output.batches import Batch, Kind, SourceColumn
from loadstone.output.model import Column
from loadstone.output.values import Formatter, first_refused, unscaled


def texts(values: list[str | None], kind: Kind = "decimal", **form: Any) -> list[str | None]:
    """The texts of one column, whose array begins behind the start of its buffers."""
    columns = [pa.array(["77.77", *values], pa.string())[1:]]
    found: list[str | None] = (
        Formatter(Column(name="c", **form), SourceColumn("c", kind))
        .texts(Batch(record0=0, columns=columns), 0)
        .to_pylist()
    )
    return found


def refused(values: list[str | None], kind: Kind = "decimal", **form: Any) -> tuple[str, int | None]:
    """Code and record number of the refusal."""
    with pytest.raises(FixFile) as told:
        texts(values, kind, **form)
    return told.value.code, told.value.place.record_no


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        pytest.param({}, ["1.50", "-0.07", "12345.00"], id="as it is"),
        pytest.param({"decimal_mark": ","}, ["1,50", "-0,07", "12345,00"], id="comma"),
        pytest.param({"decimals": 2}, ["1.50", "-0.07", "12345.00"], id="decimals it has"),
        pytest.param({"decimals": 3}, ["1.500", "-0.070", "12345.000"], id="more decimals"),
        pytest.param({"decimals": 3, "decimal_mark": ","}, ["1,500", "-0,070", "12345,000"], id="more, comma"),
        pytest.param({"decimals": 2, "decimal_mark": ","}, ["1,50", "-0,07", "12345,00"], id="decimals and comma"),
        pytest.param({"decimals": 2, "implied": True}, ["150", "-007", "1234500"], id="implied"),
        pytest.param({"decimals": 3, "implied": True}, ["1500", "-0070", "12345000"], id="implied, more"),
        pytest.param({"implied": True}, ["150", "-007", "1234500"], id="implied, as it is"),
        pytest.param({"decimals": 2, "sign": "leading"}, ["+1.50", "-0.07", "+12345.00"], id="leading sign"),
        pytest.param({"decimals": 2, "sign": "trailing"}, ["1.50+", "0.07-", "12345.00+"], id="trailing sign"),
        pytest.param({"decimals": 2, "width": 9, "pad": "0"}, ["000001.50", "-00000.07", "012345.00"], id="zeros"),
        pytest.param({"decimals": 2, "width": 9, "pad": "0", "sign": "leading"}, ["+00001.50", "-00000.07", "+12345.00"], id="zeros, leading"),
        pytest.param({"decimals": 2, "width": 9, "pad": "0", "sign": "trailing"}, ["00001.50+", "00000.07-", "12345.00+"], id="zeros, trailing"),
        pytest.param({"decimals": 2, "implied": True, "sign": "overpunch"}, ["15{", "00P", "123450{"], id="overpunch"),
        pytest.param({"decimals": 2, "implied": True, "sign": "overpunch", "width": 6, "pad": "0"}, ["15{", "00P", "123450{"], id="overpunch, padded later"),
    ],
)  # fmt: skip
def test_numbers_take_the_form_that_is_asked_for(form: dict[str, Any], expected: list[str]) -> None:
    """Alike with a NULL among them, which takes the other way through the code, and stays NULL."""
    values: list[str | None] = ["1.50", "-0.07", "12345.00"]
    assert expected == texts(values, **form)
    assert [*expected, None] == texts([*values, None], **form)


def test_zeros_fill_up_what_is_never_negative() -> None:
    """A column without a minus among its values, in whole numbers and in decimals."""
    assert ["0012", "0000"] == texts(["12", "0"], "integer", decimals=0, width=4, pad="0")
    assert ["0.10", "2.00"] == texts(["0.10", "2.00"], decimals=2, width=4, pad="0")


def test_zeros_stand_behind_the_minus_of_any_number() -> None:
    """Also where nothing is said but the width and what fills it up; text is filled up as it is."""
    form: dict[str, Any] = {"width": 5, "pad": "0"}
    assert ["-0008", "00012", None] == texts(["-8", "12", None], "integer", **form)
    assert ["-01.5"] == texts(["-1.5"], "decimal", **form)
    assert ["-8"] == texts(["-8"], "text", **form) == texts(["-8"], "integer", **form, align="left")
    assert ["1e+20"] == texts(["1e+20"], "float", **form)
    assert ("LS-8011", 2) == refused(["1", "NaN"], "decimal", **form)


def test_overpunched_digits_are_those_of_cobol() -> None:
    """The last digit carries the sign: { A to I from zero on, } J to R below."""
    above = [str(n) for n in range(10, 20)]
    assert [f"1{c}" for c in "{ABCDEFGHI"] == texts([*above], "integer", sign="overpunch")
    assert [f"1{c}" for c in "}JKLMNOPQR"] == texts([f"-{one}" for one in above], "integer", sign="overpunch")


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.decimals(-(10**9), 10**9, places=4), min_size=1, max_size=6),
    decimals=st.integers(0, 6),
    how=st.sampled_from(["half_up", "half_even"]),
)
def test_rounding_is_that_of_exact_arithmetic(values: list[Decimal], decimals: int, how: str) -> None:
    """Halves go away from zero, or to the even digit; also of text that is no decimal of the database."""
    mode = ROUND_HALF_UP if how == "half_up" else ROUND_HALF_EVEN
    wanted = [one.quantize(Decimal(1).scaleb(-decimals), mode) for one in values]
    shown = [f"{one if one else abs(one):f}" for one in wanted]
    assert shown == texts([f"{one:f}" for one in values], "float", decimals=decimals, rounding=how)


@pytest.mark.parametrize("rounding", ["refuse", "half_up"])
def test_the_first_value_that_has_no_such_form_is_named(rounding: str) -> None:
    """No number, and a number whose digits have no room: each by its own record, wherever it stands."""
    for no in range(5):
        for wrong in ("x", "9" * 38):
            values: list[str | None] = ["1.5"] * no + [wrong] + ["2.5"] * (4 - no)
            assert ("LS-8011", no + 1) == refused(values, "text", decimals=2, rounding=rounding)


def test_more_decimals_are_refused_where_nothing_rounds() -> None:
    """1.005 has no two decimals, and nobody said what becomes of the third."""
    assert ("LS-8011", 2) == refused(["1.00", "1.005"], decimals=2)
    assert ("LS-8011", 2) == refused(["1", "1e5"], sign="leading")
    assert ("LS-8011", 1) == refused(["", "1"], implied=True)


@pytest.mark.parametrize(
    ("values", "kind", "mask", "expected"),
    [
        pytest.param(["2026-11-24", "0999-01-02"], "date", "DD.MM.YYYY", ["24.11.2026", "02.01.0999"], id="date"),
        pytest.param(["2026-11-24"], "date", "YYYYMMDD HH24MISSFF2", ["20261124 00000000"], id="a date has no clock"),
        pytest.param(["2026-11-24 23:59:58", "2026-11-24 01:02:03.5"], "timestamp", "HH24:MI:SS.FF3", ["23:59:58.000", "01:02:03.500"], id="lengths differ"),
        pytest.param(["2026-11-24", "2026-11-24T01:02:03.123456"], "text", "DD HH24 FF6", ["24 00 000000", "24 01 123456"], id="text"),
        pytest.param([None, "2026-11-24"], "date", "YY", [None, "26"], id="null"),
        pytest.param([None, None], "date", "YY", [None, None], id="only null"),
        pytest.param([], "date", "YY", [], id="nothing"),
    ],
)  # fmt: skip
def test_moments_take_the_form_of_the_mask(
    values: list[str | None], kind: Kind, mask: str, expected: list[str | None]
) -> None:
    """Dates, timestamps and text that reads like one."""
    assert expected == texts(values, kind, mask=mask)


@pytest.mark.parametrize(
    "wrong",
    [
        "10000-01-01 00:00:00.12",
        "0044-03-15 00:00:00.123 BC",
        "0044-03-15 (BC) 00:00:00.1",
        "infinity",
        "-infinity",
        "10000-01-01",
        "0044-03-15 (BC)",
    ],
)
def test_moments_beyond_the_calendar_of_masks_are_refused(wrong: str) -> None:
    """What databases write for years of five digits and before Christ, also where it is as long as an ordinary moment."""
    kind: Kind = "timestamp" if ":" in wrong else "date"
    assert ("LS-8011", 1) == refused([wrong, wrong], kind, mask="YYYYMMDD")
    assert ("LS-8011", 2) == refused([None, wrong], kind, mask="YYYYMMDD")


def test_a_mask_with_an_unknown_element_is_refused_at_once() -> None:
    """When the column is made, before any row."""
    with pytest.raises(FixSpec) as told:
        Formatter(Column(name="c", mask="YYYYQ"), SourceColumn("c", "date"))
    assert "LS-8002" == told.value.code and "column c" in told.value.message


def test_the_side_of_a_column_is_that_of_its_kind() -> None:
    """Numbers at the right, all else at the left, and what is said before both."""

    def right(kind: Kind, **form: Any) -> bool:
        return Formatter(Column(name="c", **form), SourceColumn("c", kind)).right

    assert [True, True, True, False, False] == [
        right(kind) for kind in ("integer", "decimal", "float", "text", "date")
    ]
    assert right("text", decimals=2) and right("text", align="right") and not right("integer", align="left")


def test_digits_without_a_point_are_those_of_arrow_decimals() -> None:
    """Also of tiny numbers, which Arrow writes with an E, and of a slice."""
    values = pa.array([Decimal("9"), Decimal("-1.50"), Decimal("0.00"), None], pa.decimal128(10, 2))
    assert ["-150", "0", None] == unscaled(values[1:]).to_pylist()
    assert ["1"] == unscaled(
        pa.chunked_array([pa.array([Decimal("1E-9")], pa.decimal128(20, 9))])
    ).to_pylist()


def test_the_first_refused_value_is_found_by_halving() -> None:
    """Wherever it stands among good ones, and before other bad ones."""
    for size in range(1, 9):
        for wrong in range(size):
            values = pa.array(["1"] * wrong + ["x"] * (size - wrong), pa.string())
            assert wrong == first_refused(values, lambda part: part.cast(pa.int64()))
