"""Digits of other scripts are no figures of a bank's file, though Python takes them for numbers."""

from __future__ import annotations

import pytest

from loadstone.formats.readers.bai2.records import Malformed as NoBai
from loadstone.formats.readers.bai2.records import amount_of as bai_amount
from loadstone.formats.readers.bai2.records import funds_of
from loadstone.formats.readers.figures import iso_date, iso_time, places_of, pointed
from loadstone.formats.readers.iso20022.values import Malformed as NoIso
from loadstone.formats.readers.iso20022.values import amount_of as iso_amount
from loadstone.formats.readers.iso20022.values import is_day, number_of
from loadstone.formats.readers.mt940.fields import Malformed as NoSwift
from loadstone.formats.readers.mt940.fields import balance_of, entry_of, sum_of
from loadstone.formats.readers.ofx.reader import _amount as ofx_amount

OTHERS = pytest.mark.parametrize("three", ["٣", "३", "３", "𝟛", "³"], ids=["arabic", "devanagari", "wide", "double", "raised"])


@OTHERS
def test_digits_of_other_scripts_are_refused(three: str) -> None:
    """In amounts, counts, days and times of every format, alone and among others."""
    for text in (three, f"1{three}", f"{three}1"):
        with pytest.raises(NoBai):
            bai_amount(text)
        with pytest.raises(NoIso):
            iso_amount({"Amt": f"{text}.00"}, "Amt")
        assert number_of({"Sum": text}, "Sum") is None
        assert "is no amount" in (ofx_amount(f"-{text}.5", "TRNAMT")[1] or "")
        with pytest.raises(NoSwift):
            balance_of(f"C240131EUR{text},50")
        with pytest.raises(NoSwift):
            sum_of(f"{text}EUR5,")
        with pytest.raises(NoSwift):
            entry_of(f"240131C{text},NTRFX")
    with pytest.raises(NoBai):
        funds_of(["D", three, "0", "100"], 0, 2)
    assert (None, None, None) == (iso_date(f"24013{three}"), iso_date(f"2024013{three}"), iso_time(f"120{three}"))
    assert not is_day(f"2024-01-0{three}")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("240131", "2024-01-31"), ("20240131", "2024-01-31"), ("240229", "2024-02-29"), ("230229", None), ("791231", "2079-12-31"),
        ("800101", "1980-01-01"), ("000101", "2000-01-01"), ("00000101", None), ("2401", None), ("24013", None), ("24-1-1", None), ("", None),
    ],
    ids=str,
)  # fmt: skip
def test_days_of_six_and_eight_digits(text: str, day: str | None) -> None:
    """Years from 80 on are of the last century."""
    assert day == iso_date(text)


@pytest.mark.parametrize(
    ("text", "time"),
    [("0000", "00:00"), ("2359", "23:59"), ("2400", "24:00"), ("2401", None), ("1260", None), ("12:0", None), ("900", None), ("", None)],
    ids=str,
)  # fmt: skip
def test_times_of_four_digits(text: str, time: str | None) -> None:
    """2400 is the end of a day, and no other time beyond 2359 is one."""
    assert time == iso_time(text)


@pytest.mark.parametrize(
    ("units", "places", "text"),
    [(0, 2, "0.00"), (5, 2, "0.05"), (-5, 2, "-0.05"), (100000, 2, "1000.00"), (7, 0, "7"), (-7, 0, "-7"), (1234, 3, "1.234"), (-1, 4, "-0.0001")],
    ids=str,
)  # fmt: skip
def test_smallest_units_have_a_point(units: int, places: int, text: str) -> None:
    """With a digit in front of it, and all decimals behind."""
    assert text == pointed(units, places)


@pytest.mark.parametrize(
    ("currencies", "places"),
    [("JPY KRW VND CLP ISK XAF XOF XPF", 0), ("USD EUR GBP CHF INR CNY HUF", 2), ("BHD KWD OMR TND JOD IQD LYD", 3), ("CLF UYW", 4)],
    ids=["none", "two", "three", "four"],
)
def test_currencies_have_their_places(currencies: str, places: int) -> None:
    """By ISO 4217."""
    assert {places} == {places_of(currency) for currency in currencies.split()}
