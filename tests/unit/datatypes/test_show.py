"""Dates as text: every element of TO_CHAR, padding, case, languages, zones."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.datatypes.languages import LANGUAGES
from loadstone.datatypes.model import ColumnType, Kind
from loadstone.datatypes.show import show_date
from loadstone.errors import FixSpec
from tests.conversions import converted, language

EPOCH = datetime(1970, 1, 1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


LEAP = micros(datetime(2024, 2, 29, 13, 5, 9, 123_456))
"""Thursday, the 60th day of its year."""


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("YYYY", "2024"), ("RRRR", "2024"), ("YYY", "024"), ("YY", "24"), ("RR", "24"), ("Y", "4"), ("IYYY", "2024"), ("SYYYY", " 2024"),
        ("Y,YYY", "2,024"), ("CC", "21"), ("Q", "1"), ("MM", "02"), ("MON", "FEB"), ("Mon", "Feb"), ("mon", "feb"), ("MONTH", "FEBRUARY "),
        ("Month", "February "), ("month", "february "), ("fmMonth", "February"), ("RM", "II  "), ("fmRM", "II"), ("WW", "09"), ("IW", "09"),
        ("W", "5"), ("DDD", "060"), ("DD", "29"), ("D", "5"), ("DAY", "THURSDAY "), ("Day", "Thursday "), ("fmday", "thursday"), ("DY", "THU"), ("Dy", "Thu"),
        ("J", "2460370"), ("HH24", "13"), ("HH12", "01"), ("HH", "01"), ("fmHH", "1"), ("MI", "05"), ("fmMI", "5"), ("SS", "09"), ("SSSSS", "47109"),
        ("FF", "123456"), ("FF1", "1"), ("FF3", "123"), ("FF6", "123456"), ("FF9", "123456000"), ("SSXFF3", "09.123"),
        ("AM", "PM"), ("PM", "PM"), ("am", "pm"), ("A.M.", "P.M."), ("p.m.", "p.m."), ("AD", "AD"), ("B.C.", "A.D."), ("DS", "02/29/2024"),
        ("TS", "01:05:09 PM"), ("DL", "Thursday, February 29, 2024"), ("DDTH", "29TH"), ("DDth", "29th"), ("fmDDth", "29th"),
        ('YYYY"T"HH24', "2024T13"), ("DD-MON-RR", "29-FEB-24"), ("YYYY-MM-DD HH24:MI:SS", "2024-02-29 13:05:09"), ("FXYYYY", "2024"), ("FMMMfmDD", "229"),
        ('"week "IW', "week 09"), ("YYYYMMDD", "20240229"), ("", ""),
    ],
)  # fmt: skip
def test_every_element_is_shown(mask: str, expected: str) -> None:
    """Padded unless FM is on; words in the case of the mask."""
    assert expected == show_date(LEAP, mask)


@pytest.mark.parametrize(
    ("moment", "mask", "expected"),
    [
        (datetime(2024, 1, 1), "HH12 AM", "12 AM"), (datetime(2024, 1, 1, 12), "HH12 AM", "12 PM"), (datetime(2024, 1, 1, 11, 59), "HH AM", "11 AM"),
        (datetime(2000, 12, 31), "CC", "20"), (datetime(2001, 1, 1), "CC", "21"), (datetime(2024, 12, 31), "Q WW DDD", "4 53 366"),
        (datetime(2021, 1, 3), "IYYY-IW", "2020-53"), (datetime(2024, 3, 3), "D DY", "1 SUN"), (datetime(2024, 3, 2), "D", "7"),
        (datetime(2024, 5, 1), "Month", "May      "), (datetime(2024, 9, 25), "fmMonth DDth", "September 25th"), (datetime(7, 1, 2), "YYYY Y,YYY", "0007 0,007"),
        (datetime(1970, 1, 1), "SSSSS", "00000"), (datetime(1969, 12, 31, 23, 59, 59), "YYYY SS", "1969 59"), (datetime(9999, 12, 31), "YYYY J", "9999 5373484"),
    ],
)  # fmt: skip
def test_bounds_of_elements(moment: datetime, mask: str, expected: str) -> None:
    """Noon and midnight, turns of centuries, ISO weeks, the first and last days."""
    assert expected == show_date(micros(moment), mask)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(1, "01st"), (2, "02nd"), (3, "03rd"), (4, "04th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (22, "22nd"), (23, "23rd"), (30, "30th")],
)  # fmt: skip
def test_ordinals_end_as_in_english(day: int, expected: str) -> None:
    """st, nd, rd, and th for the teens."""
    assert expected == show_date(micros(datetime(2024, 1, day)), "DDth")
    assert expected.upper() == show_date(micros(datetime(2024, 1, day)), "DDTH")


@pytest.mark.parametrize(
    ("name", "mask", "expected"),
    [
        ("GERMAN", "fmDay, DD. Month", "Donnerstag, 29. Februar"), ("GERMAN", "DY MON", "DO FEB"), ("FRENCH", "fmday DD month", "jeudi 29 février"),
        ("SPANISH", "fmDay", "Jueves"), ("ITALIAN", "fmMonth", "Febbraio"), ("KLINGON", "MON", "FEB"),
    ],
)  # fmt: skip
def test_names_are_of_the_language(name: str, mask: str, expected: str) -> None:
    """Months and days by NLS_DATE_LANGUAGE; an unknown one is American."""
    assert expected == show_date(LEAP, mask, name)


@pytest.mark.parametrize(
    ("mask", "minutes", "expected"),
    [
        ("TZH", 120, "+02"),
        ("TZH:TZM", -330, "-05:30"),
        ("TZR", 0, "+00:00"),
        ("TZR", -90, "-01:30"),
        ("TZM", -330, "30"),
    ],
)
def test_zones_are_shown_as_offsets(mask: str, minutes: int, expected: str) -> None:
    """Hours with their sign, minutes without."""
    assert expected == show_date(LEAP, mask, offset_minutes=minutes)


@pytest.mark.parametrize("mask", ["YYYY-QX-Z", "b", "K"])
def test_unknown_letters_are_refused(mask: str) -> None:
    """A letter that is no element is ORA-01821."""
    with pytest.raises(FixSpec) as caught:
        show_date(LEAP, mask)
    assert ("LS-5102", True) == (caught.value.code, "ORA-01821" in caught.value.message)


MASKS = (
    "YYYY-MM-DD HH24:MI:SS.FF6", "DD-MON-YYYY HH:MI:SS.FF6 AM", "fmDay, DD Month YYYY fmHH24.MI.SSXFF6", "YYYYDDDSSSSS.FF6",
    "J HH24MISSFF6", "RM/DD/YYYY HH12-MI-SS.FF6 P.M.", "DL HH24:MI:SS.FF6",
)  # fmt: skip


@given(
    st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)),
    st.sampled_from(MASKS),
    st.sampled_from(sorted(LANGUAGES)),
)
@settings(max_examples=250, deadline=None)
def test_what_is_shown_reads_back(moment: datetime, mask: str, name: str) -> None:
    """Any moment, any mask that holds all of it, in every language."""
    text = show_date(micros(moment), mask, name)
    kind = ColumnType(kind=Kind.TIMESTAMP)
    assert [moment] == converted([text], kind, mask=mask, nls=language(name))
