"""Texts into moments: every element of a mask, the leniency of the manual, and the years of two digits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.datatypes.date_parts import DAYS, NANOS, NO_OFFSET, OFFSET, P_SIZE
from loadstone.datatypes.dates import parse_date
from loadstone.datatypes.days import days_of
from loadstone.datatypes.masks import compile_mask
from loadstone.datatypes.model import ColumnType, Kind, Nls
from tests.conversions import BOTH, converted, language

NOW = datetime(2024, 7, 15)
SESSION = Nls(now=NOW)
STAMP = ColumnType(kind=Kind.TIMESTAMP)


def read(text: str, mask: str, *, nls: Nls = SESSION, compiled: bool = False) -> Any:
    """The moment of a text, or the number of the fault."""
    return converted([text], STAMP, mask=mask, nls=nls, compiled=compiled)[0]


def parts(text: str, mask: str, *, year: int = 2024, month: int = 7) -> tuple[int, int, int] | int:
    """Days since 1970, nanoseconds of the day, and offset in minutes; or the fault."""
    program = compile_mask(mask)
    part, out = np.zeros(P_SIZE, np.int64), np.zeros(4, np.int64)
    data = text.encode()
    status = parse_date(
        data, 0, len(data), program.steps, program.pool, program.names, program.name_pool, program.quick_at,
        np.array([year, month]), part, out,
    )  # fmt: skip
    return int(status) if status else (int(out[DAYS]), int(out[NANOS]), int(out[OFFSET]))


@BOTH
@pytest.mark.parametrize(
    ("text", "mask", "expected"),
    [
        ("2023", "YYYY", datetime(2023, 7, 1)),
        ("123", "YYYY", datetime(123, 7, 1)),
        ("23", "YYYY", datetime(23, 7, 1)),
        ("023", "YYY", datetime(2023, 7, 1)),
        ("23", "YY", datetime(2023, 7, 1)),
        ("3", "Y", datetime(2023, 7, 1)),
        ("2,023", "Y,YYY", datetime(2023, 7, 1)),
        ("2023", "Y,YYY", datetime(2023, 7, 1)),
        ("+2023", "SYYYY", datetime(2023, 7, 1)),
        (" 2023", "SYYYY", datetime(2023, 7, 1)),
        ("2023-02", "YYYY-MM", datetime(2023, 2, 1)),
        ("2023-feb", "YYYY-MON", datetime(2023, 2, 1)),
        ("2023-FEBRUARY", "YYYY-MONTH", datetime(2023, 2, 1)),
        ("2023 iv", "YYYY RM", datetime(2023, 4, 1)),
        ("2023 XII", "YYYY RM", datetime(2023, 12, 1)),
        ("2023 IX", "YYYY RM", datetime(2023, 9, 1)),
        ("2023-360", "YYYY-DDD", datetime(2023, 12, 26)),
        ("2024-366", "YYYY-DDD", datetime(2024, 12, 31)),
        ("Sunday 2023-02-12", "DAY YYYY-MM-DD", datetime(2023, 2, 12)),
        ("sun 2023-02-12", "DY YYYY-MM-DD", datetime(2023, 2, 12)),
        ("1 2023-02-12", "D YYYY-MM-DD", datetime(2023, 2, 12)),
        ("2451545", "J", datetime(2000, 1, 1)),
        ("1", "DD", datetime(2024, 7, 1)),
        ("20230212 07", "YYYYMMDD HH24", datetime(2023, 2, 12, 7)),
        ("20230212 11:59 PM", "YYYYMMDD HH:MI PM", datetime(2023, 2, 12, 23, 59)),
        ("20230212 12:30 am", "YYYYMMDD HH12:MI AM", datetime(2023, 2, 12, 0, 30)),
        ("20230212 12:30 P.M.", "YYYYMMDD HH12:MI A.M.", datetime(2023, 2, 12, 12, 30)),
        ("20230212 pm 1", "YYYYMMDD AM HH", datetime(2023, 2, 12, 13)),
        ("20230212 86399", "YYYYMMDD SSSSS", datetime(2023, 2, 12, 23, 59, 59)),
        ("20230212 10:20:30.5", "YYYYMMDD HH24:MI:SS.FF", datetime(2023, 2, 12, 10, 20, 30, 500_000)),
        ("20230212 10:20:30.123456", "YYYYMMDD HH24:MI:SSXFF6", datetime(2023, 2, 12, 10, 20, 30, 123_456)),
        ("20230212 102030123", "YYYYMMDD HH24MISSFF3", datetime(2023, 2, 12, 10, 20, 30, 123_000)),
        ("2023-02-12T10", 'YYYY-MM-DD"T"HH24', datetime(2023, 2, 12, 10)),
        ("2023-02-12t10", 'YYYY-MM-DD"T"HH24', datetime(2023, 2, 12, 10)),
        ("12 of feb 2023", 'DD "of" MON YYYY', datetime(2023, 2, 12)),
        ("12-FEB-2023 AD", "DD-MON-YYYY BC", datetime(2023, 2, 12)),
        ("02/12/2023", "DS", datetime(2023, 2, 12)),
        ("Sunday, February 12, 2023", "DL", datetime(2023, 2, 12)),
        ("01:02:03 PM", "TS", datetime(2024, 7, 1, 13, 2, 3)),
        ("10:20", "HH24:MI", datetime(2024, 7, 1, 10, 20)),
        ("12:20", "HH:MI", datetime(2024, 7, 1, 0, 20)),
    ],
)  # fmt: skip
def test_every_element_reads_its_part(text: str, mask: str, expected: datetime, compiled: bool) -> None:
    """Each element gives its part; what the mask lacks is the current year and month, the first day, midnight."""
    assert read(text, mask, compiled=compiled) == expected


@BOTH
@pytest.mark.parametrize(
    ("text", "mask", "expected"),
    [
        ("2023/02/12", "YYYY-MM-DD", datetime(2023, 2, 12)),
        ("2023.02_12", "YYYY-MM-DD", datetime(2023, 2, 12)),
        ("20230212", "YYYY-MM-DD", datetime(2023, 2, 12)),
        ("2023 02 12", "YYYY-MM-DD", datetime(2023, 2, 12)),
        ("2023 - 02 - 12", "YYYY-MM-DD", datetime(2023, 2, 12)),
        ("2023 -02  - 12", "YYYY-MM-DD", datetime(2023, 2, 12)),
        ("1 . 5 . 2018", "DD.MM.YYYY", datetime(2018, 5, 1)),
        ("2023-2-1", "YYYY-MM-DD", datetime(2023, 2, 1)),
        ("  2023-02-12  ", "YYYY-MM-DD", datetime(2023, 2, 12)),
        ("2023  02", "YYYY MM", datetime(2023, 2, 1)),
        ("2023-FEB-12", "YYYY-MM-DD", datetime(2023, 2, 12)),
        ("2023-FEBRUARY-12", "YYYY-MM-DD", datetime(2023, 2, 12)),
        ("12FEBRUARY2023", "DD-MON-YYYY", datetime(2023, 2, 12)),
        ("12-FEB-2023", "DD-MONTH-YYYY", datetime(2023, 2, 12)),
        ("12-FEB-2023", "DD-MON-YY", datetime(2023, 2, 12)),
        ("12-FEB-1823", "DD-MON-RR", datetime(1823, 2, 12)),
        ("12FEB2023", "DD-MON-RR", datetime(2023, 2, 12)),
        ("2023-02-12", "YYYY-MM-DD HH24:MI:SS", datetime(2023, 2, 12)),
        ("2023-02-12 10", "YYYY-MM-DD HH24:MI:SS", datetime(2023, 2, 12, 10)),
        ("2023-02-12 10:20", "YYYY-MM-DD HH24:MI:SS.FF3", datetime(2023, 2, 12, 10, 20)),
        ("2023-02-12 10:20:30", "YYYY-MM-DD HH24:MI:SSXFF", datetime(2023, 2, 12, 10, 20, 30)),
        ("2023-02-12 10:20:30", "YYYY-MM-DD HH24:MI:SS TZH:TZM", datetime(2023, 2, 12, 10, 20, 30)),
        ("12-feb-2023", "FMDD-MON-YYYY", datetime(2023, 2, 12)),
        ("2/1/2023", "fmMM/DD/YYYY", datetime(2023, 2, 1)),
        ("12,FEB", "DD, MON", datetime(2024, 2, 12)),
        ("2023-02-12 10:20:30,5", "YYYY-MM-DD HH24:MI:SSXFF", datetime(2023, 2, 12, 10, 20, 30, 500_000)),
    ],
)  # fmt: skip
def test_leniency_is_that_of_the_manual(text: str, mask: str, expected: datetime, compiled: bool) -> None:
    """Any punctuation for any, none where all digits stand, blanks around it, months in any form, time left out."""
    assert read(text, mask, compiled=compiled) == expected


@BOTH
@pytest.mark.parametrize(
    ("text", "mask", "expected"),
    [
        ("2023-02-12", "FXYYYY-MM-DD", datetime(2023, 2, 12)),
        ("2023/02/12", "FXYYYY-MM-DD", 1861),
        ("2023-02- 12", "FXYYYY-MM-DD", 1858),
        ("20230212", "FXYYYY-MM-DD", 1861),
        ("1.5.2018", "FXDD.MM.YYYY", 1862),
        ("01.05.2018", "FXDD.MM.YYYY", datetime(2018, 5, 1)),
        ("01 . 05. 2018", "FXDD.MM.YYYY", 1861),
        ("1.5.2018", "FMFXDD.MM.YYYY", datetime(2018, 5, 1)),
        ("1.5.2018", "FXFMDD.MM.YYYY", datetime(2018, 5, 1)),
        ("1.5 .2018", "FMFXDD.MM.YYYY", 1861),
        ("10-AUGUST-2016", "FXDD-MM-RR", 1858),
        ("10-08-2016", "FXDD-MM-RR", datetime(2016, 8, 10)),
        ("123", "FXYYYY", 1862),
        ("2007 12", "FXYYYY  MM", 1861),
        ("2023-02-12", "FXYYYY-MM-DD HH24:MI", 1840),
        ("2023-1-12", "FXYYYY-FXMM-DD", datetime(2023, 1, 12)),
        ("2023-02-12T10", 'FXYYYY-MM-DD"T"HH24', datetime(2023, 2, 12, 10)),
    ],
)
def test_fx_turns_leniency_off(text: str, mask: str, expected: Any, compiled: bool) -> None:
    """With FX punctuation, blanks and numbers of digits must be those of the mask; FM lets leading zeros go."""
    assert read(text, mask, compiled=compiled) == expected


@pytest.mark.parametrize("mask", ["RR", "RRRR"])
@pytest.mark.parametrize(
    ("now", "two_digits", "expected"),
    [
        (2024, "00", 2000), (2024, "49", 2049), (2024, "50", 1950), (2024, "99", 1999), (2049, "49", 2049), (2050, "49", 2149),
        (2050, "50", 2050), (1999, "00", 2000), (1999, "49", 2049), (1999, "50", 1950), (1949, "50", 1850), (1949, "49", 1949),
    ],
)  # fmt: skip
def test_rr_takes_the_nearest_half_of_a_century(mask: str, now: int, two_digits: str, expected: int) -> None:
    """The table of the manual: 00-49 and 50-99 seen from either half of a century."""
    session = replace(SESSION, now=datetime(now, 1, 1))
    assert read(two_digits, mask, nls=session) == datetime(expected, 1, 1)


@pytest.mark.parametrize(
    ("now", "text", "mask", "expected"),
    [(2024, "50", "YY", 2050), (1999, "00", "YY", 1900), (1999, "5", "YY", 1905), (2024, "123", "YYY", 2123), (2024, "2", "Y", 2022)],
)  # fmt: skip
def test_short_years_take_the_digits_of_now(now: int, text: str, mask: str, expected: int) -> None:
    """YY is of the current century, YYY of the millennium, Y of the decade."""
    assert read(text, mask, nls=replace(SESSION, now=datetime(now, 1, 1))) == datetime(expected, 1, 1)


@pytest.mark.parametrize(
    ("text", "days"), [("-1-01-01", -719528), ("-1-12-31", -719163), ("-4712-01-01", -2440184)]
)
def test_years_before_christ(text: str, days: int) -> None:
    """SYYYY reads -1 as 1 BC, a leap year right before the year 1, and goes back to -4712."""
    assert parts(text, "SYYYY-MM-DD") == (days, 0, NO_OFFSET)
    assert parts(text[1:] + " B.C.", "YYYY-MM-DD BC") == (days, 0, NO_OFFSET)


def test_the_year_before_the_first_is_a_leap_year() -> None:
    """1 BC is the year 0 of the calendar."""
    assert parts("-1-02-29", "SYYYY-MM-DD") == (days_of(0, 2, 29), 0, NO_OFFSET)
    assert parts("-2-02-29", "SYYYY-MM-DD") == 1839


@BOTH
@pytest.mark.parametrize(
    ("text", "mask", "minutes"),
    [
        ("+02:00", "TZH:TZM", 120), ("-05:30", "TZH:TZM", -330), ("-00:30", "TZH:TZM", -30), ("-00:30", "TZR", -30), ("+00:30", "TZH:TZM", 30), ("+2", "TZH", 120), ("05", "TZH", 300), ("+14:00", "TZR", 840),
        ("-03", "TZR", -180), ("UTC", "TZR", 0), ("GMT", "TZR", 0), ("Z", "TZR", 0), ("z", "TZD", 0), (" +01:00", "TZH:TZM", 60),
    ],
)  # fmt: skip
def test_zones_are_offsets(text: str, mask: str, minutes: int, compiled: bool) -> None:
    """TZH and TZM are hours and minutes with the sign of the hours; TZR is an offset too, or UTC."""
    assert parts(f"2023-02-12 10 {text}", f"YYYY-MM-DD HH24 {mask}") == (19400, 10 * 3600 * 10**9, minutes)
    zoned = converted(
        [f"2023-02-12 10 {text}"], Kind.TIMESTAMPTZ, mask=f"YYYY-MM-DD HH24 {mask}", compiled=compiled
    )[0]
    assert zoned.replace(tzinfo=None) == datetime(2023, 2, 12, 10) - timedelta(minutes=minutes)


def test_a_time_without_zone_is_of_the_session() -> None:
    """Into TIMESTAMP WITH TIME ZONE a text without zone takes the session's offset."""
    found = converted(
        ["2023-02-12 10:00"], Kind.TIMESTAMPTZ, mask="YYYY-MM-DD HH24:MI", nls=Nls(time_zone_minutes=-300)
    )
    assert found[0].replace(tzinfo=None) == datetime(2023, 2, 12, 15)
    assert parts("2023", "YYYY")[2] == NO_OFFSET  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("GERMAN", "12. März 2023"), ("GERMAN", "12. märz 2023"), ("GERMAN", "12 MRZ 2023"), ("FRENCH", "12 mars 2023"),
        ("SPANISH", "12 marzo 2023"), ("ITALIAN", "12 MAR 2023"), ("DUTCH", "12 maart 2023"), ("DUTCH", "12 mrt 2023"),
        ("PORTUGUESE", "12 Março 2023"), ("POLISH", "12 marzec 2023"), ("SWEDISH", "12 mars 2023"), ("ENGLISH", "12 march 2023"),
        ("BRAZILIAN PORTUGUESE", "12 MAR 2023"), ("KLINGON", "12 MAR 2023"), ('"GERMAN"', "12 März 2023"),
    ],
)  # fmt: skip
def test_months_follow_the_date_language(name: str, text: str) -> None:
    """Names, long and short, in any case; an unknown language is American."""
    assert read(text, "DD MON YYYY", nls=replace(language(name), now=NOW)) == datetime(2023, 3, 12)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("FRENCH", "1 févr. 2023", datetime(2023, 2, 1)), ("FRENCH", "1 août 2023", datetime(2023, 8, 1)),
        ("FRENCH", "1 Décembre 2023", datetime(2023, 12, 1)), ("POLISH", "1 październik 2023", datetime(2023, 10, 1)),
        ("GERMAN", "1 March 2023", 1843), ("AMERICAN", "1 Mai 2023", 1843), ("AMERICAN", "1 MA 2023", 1843),
        ("SPANISH", "1 sept 2023", 1830),
    ],
)  # fmt: skip
def test_months_of_another_language_are_refused(name: str, text: str, expected: Any) -> None:
    """Only the session's names count; part of a name is none."""
    found = read(text, "DD MONTH YYYY", nls=replace(language(name), now=NOW))
    assert found == expected or (expected == 1830 and found in (1830, 1843, 1858))


@pytest.mark.parametrize(
    ("name", "text"),
    [("GERMAN", "Sonntag 12.02.2023"), ("GERMAN", "so 12.02.2023"), ("FRENCH", "dimanche 12/02/2023"), ("SWEDISH", "söndag 12/02/2023")],
)  # fmt: skip
def test_days_follow_the_date_language(name: str, text: str) -> None:
    """Names of days are read in the session's language, long and short."""
    assert read(text, "DAY DD.MM.YYYY", nls=language(name)) == datetime(2023, 2, 12)


@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)))
@settings(max_examples=150, deadline=None)
def test_days_equal_the_calendar_of_python(moment: datetime) -> None:
    """Days and nanoseconds of any moment are those of the proleptic Gregorian calendar."""
    expected = (
        moment.toordinal() - 719163,
        (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)),
    )
    text = f"{moment.year:04}-{moment.month:02}-{moment.day:02} {moment:%H:%M:%S.%f}"
    found = parts(text, "YYYY-MM-DD HH24:MI:SS.FF")
    assert found == (expected[0], expected[1] // timedelta(microseconds=1) * 1000, NO_OFFSET)


@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)), st.sampled_from(["J", "YYYY-DDD"]))
@settings(max_examples=100, deadline=None)
def test_julian_days_and_days_of_the_year_count(moment: datetime, mask: str) -> None:
    """J counts from 4712 BC, DDD from the first of January."""
    text = str(moment.toordinal() + 1721425) if mask == "J" else f"{moment.year:04}-{moment:%j}"
    found = parts(text, mask)
    assert isinstance(found, tuple)
    assert found[0] == moment.toordinal() - 719163


@given(st.text(alphabet="0123456789-/: .TAMPjanfeb+Z", min_size=1, max_size=24), st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_moment_or_a_known_fault(text: str, which: int) -> None:
    """No text crashes the parser, and both ways of a kernel give the same answer."""
    mask = [
        "YYYY-MM-DD",
        "DD-MON-RR HH.MI.SSXFF AM TZR",
        "YYYYMMDDHH24MISS",
        "DAY, J",
        "SYYYY RM DDD",
        'YYYY"T"FXMM-FMDD',
    ][which]
    plain = read(text, mask)
    assert read(text, mask, compiled=True) == plain
    assert isinstance(plain, datetime) or 1800 <= plain < 1900
