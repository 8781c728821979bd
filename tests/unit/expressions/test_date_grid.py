"""Functions of dates over calendars of days, against what Oracle's manual says of each, counted day by day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from tests.unit.expressions.lanes import answers

DAY = timedelta(days=1)
MASK = "YYYY-MM-DD HH24:MI:SS"
ONE = f"TO_DATE(:A, '{MASK}')"
TWO = f"TO_DATE(:B, '{MASK}')"


def text(moment: datetime) -> str:
    """As the expressions read and give it."""
    return f"{moment:%Y-%m-%d %H:%M:%S}".rjust(19, "0")


def each_day(first: datetime, count: int) -> list[datetime]:
    """Days from the first on."""
    return [first + DAY * n for n in range(count)]


YEARS = [
    *each_day(datetime(1999, 12, 26), 14), *each_day(datetime(2000, 2, 27), 4), *each_day(datetime(2026, 12, 26), 12),
    *(day for day in each_day(datetime(2024, 1, 1), 366) if day.day in (1, 2, 7, 8, 14, 15, 16, 17, 28, 29, 30, 31)),
    *each_day(datetime(2100, 2, 27), 4), *each_day(datetime(1900, 12, 29), 6),
]  # fmt: skip
CLOCKS = [
    timedelta(0),
    timedelta(hours=11, minutes=59, seconds=59),
    timedelta(hours=23, minutes=59, seconds=59),
]
MOMENTS = [day + clock for day in YEARS for clock in CLOCKS]
ROWS = [(text(moment),) for moment in MOMENTS]

BEGINS: dict[str, Callable[[datetime], bool]] = {
    "YYYY": lambda day: (day.month, day.day) == (1, 1),
    "IYYY": lambda day: day.isocalendar()[1:] == (1, 1),
    "Q": lambda day: day.month in (1, 4, 7, 10) and day.day == 1,
    "MM": lambda day: day.day == 1,
    "WW": lambda day: (day.timetuple().tm_yday - 1) % 7 == 0,
    "IW": lambda day: day.strftime("%a") == "Mon",
    "W": lambda day: day.day in (1, 8, 15, 22, 29),
    "DAY": lambda day: day.strftime("%a") == "Sun",
    "DD": lambda day: True,
}
"""By mask: whether a unit begins on a day."""

SAME = {
    "SYYYY": "YYYY", "YEAR": "YYYY", "SYEAR": "YYYY", "YYY": "YYYY", "YY": "YYYY", "Y": "YYYY", "IYY": "IYYY", "IY": "IYYY",
    "I": "IYYY", "MONTH": "MM", "MON": "MM", "RM": "MM", "DDD": "DD", "J": "DD", "DY": "DAY", "D": "DAY", "q": "Q", "Mm": "MM",
}  # fmt: skip


def begin(moment: datetime, mask: str) -> datetime:
    """The last begin of a unit at or before a moment."""
    day = moment.replace(hour=0, minute=0, second=0)
    while not BEGINS[mask](day):
        day -= DAY
    return day


@pytest.mark.parametrize("mask", BEGINS)
def test_trunc_goes_back_to_the_begin_of_the_unit(mask: str) -> None:
    """Whatever the time of the day."""
    known: dict[datetime, datetime] = {}
    expected = [text(known.setdefault(day, begin(day, mask))) for day in YEARS for _ in CLOCKS]
    assert expected == answers(f"TRUNC({ONE}, '{mask}')", ROWS)


@pytest.mark.parametrize("mask", SAME)
def test_units_have_several_masks(mask: str) -> None:
    """Which mean the same, in either case of letters."""
    some = ROWS[:: len(ROWS) // 40]
    assert answers(f"TRUNC({ONE}, '{SAME[mask]}')", some) == answers(f"TRUNC({ONE}, '{mask}')", some)
    assert answers(f"ROUND({ONE}, '{SAME[mask]}')", some) == answers(f"ROUND({ONE}, '{mask}')", some)


@pytest.mark.parametrize("mask", ["YYYY", "Q", "MM", "IW", "DAY", "DD"])
def test_round_goes_to_the_nearer_begin(mask: str) -> None:
    """Years from July on, quarters from the 16th of their second month on, months from their 16th day on, weeks and days from their middle on."""
    expected = []
    for moment in MOMENTS:
        low = begin(moment, mask)
        high = low + DAY
        while not BEGINS[mask](high):
            high += DAY
        if mask == "YYYY":
            up = moment.month > 6
        elif mask == "Q":
            up = (moment.month - low.month, moment.day) >= (1, 16)
        elif mask == "MM":
            up = moment.day > 15
        else:
            up = moment - low >= high - moment
        expected.append(text(high if up else low))
    assert expected == answers(f"ROUND({ONE}, '{mask}')", ROWS)


@pytest.mark.parametrize(
    ("mask", "moment", "cut", "rounded"),
    [
        ("CC", "2000-12-31 23:59:59", "1901-01-01 00:00:00", "2001-01-01 00:00:00"),
        ("CC", "2001-01-01 00:00:00", "2001-01-01 00:00:00", "2001-01-01 00:00:00"),
        ("SCC", "2050-12-31 00:00:00", "2001-01-01 00:00:00", "2001-01-01 00:00:00"),
        ("CC", "2051-01-01 00:00:00", "2001-01-01 00:00:00", "2101-01-01 00:00:00"),
        ("HH24", "2024-02-28 23:29:59", "2024-02-28 23:00:00", "2024-02-28 23:00:00"),
        ("HH24", "2024-02-28 23:30:00", "2024-02-28 23:00:00", "2024-02-29 00:00:00"),
        ("HH", "2024-12-31 23:30:00", "2024-12-31 23:00:00", "2025-01-01 00:00:00"),
        ("HH12", "2024-12-31 00:29:59", "2024-12-31 00:00:00", "2024-12-31 00:00:00"),
        ("MI", "2024-02-28 23:59:29", "2024-02-28 23:59:00", "2024-02-28 23:59:00"),
        ("MI", "2024-02-28 23:59:30", "2024-02-28 23:59:00", "2024-02-29 00:00:00"),
    ],
    ids=[
        "end of a century", "begin of one", "first half", "second half",
        "half hour less", "half hour", "new year", "midnight", "half minute less", "half minute",
    ],
)  # fmt: skip
def test_centuries_hours_and_minutes_are_units_too(mask: str, moment: str, cut: str, rounded: str) -> None:
    """Rounded up from their middle on, into the next day or year if need be; a century begins with a year 1."""
    assert [cut] == answers(f"TRUNC({ONE}, '{mask}')", [(moment,)])
    assert [rounded] == answers(f"ROUND({ONE}, '{mask}')", [(moment,)])


@pytest.mark.parametrize("months", [-1201, -25, -13, -12, -3, -1, 0, 1, 2, 6, 11, 12, 13, 48, 1199])
def test_add_months_keeps_the_day_or_the_end(months: int) -> None:
    """The last day of a month gives the last day, a day that the month lacks too; any other stays, and so does the time."""
    expected = []
    for moment in MOMENTS:
        number = moment.year * 12 + moment.month - 1 + months
        year, month = number // 12, number % 12 + 1
        end = monthrange(year, month)[1]
        is_end = (moment + DAY).month != moment.month
        expected.append(
            text(
                moment.replace(year=year, month=month, day=end if is_end or moment.day > end else moment.day)
            )
        )
    assert expected == answers(f"ADD_MONTHS({ONE}, {months})", ROWS)


def test_last_day_is_the_one_before_the_next_month() -> None:
    """With the time of its date."""
    expected = []
    for moment in MOMENTS:
        last = moment
        while (last + DAY).month == moment.month:
            last += DAY
        expected.append(text(last))
    assert expected == answers(f"LAST_DAY({ONE})", ROWS)


@pytest.mark.parametrize("name", ["MONDAY", "tue", "Wednesday", "THU", "fri", "SATURDAY", "Sun"])
def test_next_day_is_later_than_the_date(name: str) -> None:
    """One to seven days later, whole and short names, with the time of the date."""
    expected = []
    for moment in MOMENTS:
        later = moment + DAY
        while later.strftime("%A").upper()[:3] != name.upper()[:3]:
            later += DAY
        expected.append(text(later))
    assert expected == answers(f"NEXT_DAY({ONE}, '{name}')", ROWS)


def test_months_between_counts_months_of_31_days() -> None:
    """Whole for the same day of a month or two last days, whatever the times; else the rest is a part of 31 days."""
    later = [moment for moment in MOMENTS if moment.year == 2024][::17]
    pairs = [
        (one, other)
        for one in later
        for other in (datetime(2024, 2, 29, 12), datetime(2023, 12, 31), datetime(2024, 3, 15, 6, 30))
    ]
    found = answers(
        f"ROUND(MONTHS_BETWEEN({ONE}, {TWO}) * 31 * 86400)", [(text(a), text(b)) for a, b in pairs]
    )
    expected = []
    for a, b in pairs:
        months = (a.year - b.year) * 12 + a.month - b.month
        ends = (a + DAY).month != a.month and (b + DAY).month != b.month
        apart = (
            Fraction(0)
            if ends or a.day == b.day
            else Fraction(int((a.replace(2024, 1) - b.replace(2024, 1)).total_seconds()))
        )
        expected.append(str(months * 31 * 86400 + int(apart)))
    assert expected == found


ELEMENTS: dict[str, Callable[[datetime], str]] = {
    "YYYY": lambda at: f"{at.year:04}",
    "YYY": lambda at: f"{at.year % 1000:03}",
    "YY": lambda at: f"{at.year % 100:02}",
    "Y": lambda at: f"{at.year % 10}",
    "RR": lambda at: f"{at.year % 100:02}",
    "RRRR": lambda at: f"{at.year:04}",
    "IYYY": lambda at: f"{at.isocalendar()[0]:04}",
    "IW": lambda at: f"{at.isocalendar()[1]:02}",
    "CC": lambda at: f"{(at.year + 99) // 100:02}",
    "Q": lambda at: "111222333444"[at.month - 1],
    "MM": lambda at: at.strftime("%m"),
    "MON": lambda at: at.strftime("%b").upper(),
    "Mon": lambda at: at.strftime("%b"),
    "mon": lambda at: at.strftime("%b").lower(),
    "MONTH": lambda at: f"{at.strftime('%B').upper():9}",
    "Month": lambda at: f"{at.strftime('%B'):9}",
    "fmMonth": lambda at: at.strftime("%B"),
    "RM": lambda at: f"{'I II III IV V VI VII VIII IX X XI XII'.split()[at.month - 1]:4}",
    "WW": lambda at: f"{(int(at.strftime('%j')) - 1) // 7 + 1:02}",
    "W": lambda at: f"{(at.day - 1) // 7 + 1}",
    "DDD": lambda at: at.strftime("%j"),
    "DD": lambda at: at.strftime("%d"),
    "D": lambda at: f"{int(at.strftime('%w')) + 1}",
    "DY": lambda at: at.strftime("%a").upper(),
    "Day": lambda at: f"{at.strftime('%A'):9}",
    "fmDAY": lambda at: at.strftime("%A").upper(),
    "J": lambda at: f"{(at.replace(hour=0, minute=0, second=0) - datetime(2000, 1, 1)).days + 2451545}",
    "HH24": lambda at: at.strftime("%H"),
    "HH12": lambda at: at.strftime("%I"),
    "HH": lambda at: at.strftime("%I"),
    "MI": lambda at: at.strftime("%M"),
    "SS": lambda at: at.strftime("%S"),
    "SSSSS": lambda at: f"{at.hour * 3600 + at.minute * 60 + at.second:05}",
    "AM": lambda at: "AM" if at.hour < 12 else "PM",
    "p.m.": lambda at: "a.m." if at.hour < 12 else "p.m.",
    "fmDD.MM.YYYY": lambda at: f"{at.day}.{at.month}.{at.year}",
    "DDth": lambda at: (
        f"{at.day:02}"
        + ("th" if at.day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(at.day % 10, "th"))
    ),
    '"on" DD': lambda at: f"on {at.day:02}",
    "YYYYMMDD": lambda at: at.strftime("%Y%m%d"),
}
"""What each element shows."""


@pytest.mark.parametrize("mask", ELEMENTS)
def test_elements_show_their_part_of_the_moment(mask: str) -> None:
    """Names padded to the longest unless FM is said, in the case of the element; weeks of the year, of the month, and of ISO."""
    assert [ELEMENTS[mask](moment) for moment in MOMENTS] == answers(f"TO_CHAR({ONE}, '{mask}')", ROWS)


@pytest.mark.parametrize(
    "mask",
    [
        "YYYYMMDDHH24MISS", "DD.MM.YYYY HH24:MI:SS", "DD-MON-YYYY HH:MI:SS AM", "Month DD, YYYY SSSSS", "J SSSSS", "YYYY DDD HH24 MI SS",
        "MM/DD/RRRR HH12:MI:SS P.M.", "fmDD-Month-YYYY HH24:MI:SS", "RM YYYY DD HH24MISS", 'YYYY"T"MMDD HH24:MI:SS', "SYYYY-MM-DD HH24:MI:SS",
    ],
)  # fmt: skip
def test_what_a_mask_shows_it_reads(mask: str) -> None:
    """TO_DATE of TO_CHAR is the moment itself, for masks that lose nothing."""
    assert [row[0] for row in ROWS] == answers(f"TO_DATE(TO_CHAR({ONE}, '{mask}'), '{mask}')", ROWS)


@pytest.mark.parametrize(
    ("year", "yy", "rr"),
    [("00", "2000", "2000"), ("24", "2024", "2024"), ("49", "2049", "2049"), ("50", "2050", "1950"), ("99", "2099", "1999")],
    ids=str,
)  # fmt: skip
def test_years_of_two_digits_are_near_today(year: str, yy: str, rr: str) -> None:
    """YY is of today's century; RR of the one before for 50 to 99, in the first half of a century."""
    assert [f"{yy}-03-01 00:00:00"] == answers("TO_DATE(:A, 'DDMMYY')", [(f"0103{year}",)])
    assert [f"{rr}-03-01 00:00:00"] == answers("TO_DATE(:A, 'DDMMRR')", [(f"0103{year}",)])
    assert [f"{rr}-03-01 00:00:00"] == answers("TO_DATE(:A, 'DD-MM-RRRR')", [(f"01-03-{year}",)])


@pytest.mark.parametrize(
    ("value", "mask", "expected"),
    [
        ("2024", "YYYY", "2024-02-01 00:00:00"),
        ("06", "MM", "2024-06-01 00:00:00"),
        ("15", "DD", "2024-02-15 00:00:00"),
        ("13:14", "HH24:MI", "2024-02-01 13:14:00"),
        ("20240229", "YYYYMMDD", "2024-02-29 00:00:00"),
        ("20230229", "YYYYMMDD", "ORA-01839"),
        ("20240431", "YYYYMMDD", "ORA-01839"),
        ("20241301", "YYYYMMDD", "ORA-01843"),
        ("20240100", "YYYYMMDD", "ORA-01847"),
        ("20240132", "YYYYMMDD", "ORA-01847"),
        ("00000101", "YYYYMMDD", "ORA-01841"),
        ("24:00", "HH24:MI", "ORA-01850"),
        ("00:00 AM", "HH:MI AM", "ORA-01849"),
        ("13:00 AM", "HH12:MI AM", "ORA-01849"),
        ("12:60", "HH24:MI", "ORA-01851"),
        ("12:00:60", "HH24:MI:SS", "ORA-01852"),
        ("86400", "SSSSS", "ORA-01853"),
        ("2024366", "YYYYDDD", "2024-12-31 00:00:00"),
        ("2023366", "YYYYDDD", "ORA-01848"),
        ("2024000", "YYYYDDD", "ORA-01848"),
        ("12 AM", "HH AM", "2024-02-01 00:00:00"),
        ("12 PM", "HH AM", "2024-02-01 12:00:00"),
        ("01-FOO-2024", "DD-MON-YYYY", "ORA-01843"),
        ("01-JAN-2024", "DD-MM-YYYY", "2024-01-01 00:00:00"),
        ("1/2/2024", "DD/MM/YYYY", "2024-02-01 00:00:00"),
        ("1-2-2024", "DD/MM/YYYY", "2024-02-01 00:00:00"),
        ("01022024", "DD/MM/YYYY", "2024-02-01 00:00:00"),
        ("1/2/2024", "FXDD/MM/YYYY", "ORA-01862"),
        ("01-02-2024", "FXDD/MM/YYYY", "ORA-01861"),
        ("01/02/2024", "FXDD/MM/YYYY", "2024-02-01 00:00:00"),
        ("2024-01-01 x", "YYYY-MM-DD", "ORA-01830"),
        ("2024-01", "YYYY-MM-DD", "ORA-01840"),
        ("  2024-01-01", "YYYY-MM-DD", "2024-01-01 00:00:00"),
    ],
    ids=lambda value: str(value),
)
def test_what_a_date_lacks_is_of_this_month_and_what_is_wrong_is_named(
    value: str, mask: str, expected: str
) -> None:
    """The year and the month are today's, the day the first, the time midnight; each element has its own error."""
    assert [expected] == answers(f"TO_DATE(:A, '{mask}')", [(value,)])
