"""Texts that are no moment: each has Oracle's own number, and its sentence."""

from __future__ import annotations

from datetime import datetime

import pytest

from loadstone.datatypes.faults import ValueFault, fault_message
from loadstone.datatypes.model import ColumnType, Conversion, Kind, Nls
from tests.conversions import BOTH, converted

FULL = "YYYY-MM-DD HH24:MI:SS"


@BOTH
@pytest.mark.parametrize(
    ("text", "mask", "code"),
    [
        ("2023-02-12 10", "YYYY-MM-DD", 1830), ("2023-02-12x", "YYYY-MM-DD", 1830), ("2023-02-123", "YYYY-MM-DD", 1830),
        ("12-FEB-2023", "DD-MON", 1830), ("2023-02-12 10:20:30.1234", "YYYY-MM-DD HH24:MI:SS.FF3", 1830), ("2023-02-12-", "YYYY-MM-DD", 1830),
        ("2023", "YYYY-MM-DD", 1840), ("2023-02", "YYYY-MM-DD", 1840), ("12-FEB", "DD-MON-YYYY", 1840), ("x", '"x"J', 1840),
        ("0000-02-12", "YYYY-MM-DD", 1841), ("0-02-12", "SYYYY-MM-DD", 1841), ("-4713", "SYYYY", 1841), ("4713 BC", "YYYY BC", 1841),
        ("2023-00-12", "YYYY-MM-DD", 1843), ("2023-13-12", "YYYY-MM-DD", 1843), ("12-FOO-2023", "DD-MON-YYYY", 1843),
        ("12-02-2023", "DD-MON-YYYY", 1843), ("2023 XIII", "YYYY RM", 1843), ("2023 A", "YYYY RM", 1843), ("2023-FE-12", "YYYY-MM-DD", 1843),
        ("Foo 2023", "DAY YYYY", 1846), ("8 2023", "D YYYY", 1846), ("0 2023", "D YYYY", 1846), ("12", "DAY", 1846),
        ("2023-02-00", "YYYY-MM-DD", 1847), ("2023-02-32", "YYYY-MM-DD", 1847),
        ("2023-02-29", "YYYY-MM-DD", 1839), ("2023-04-31", "YYYY-MM-DD", 1839), ("1900-02-29", "YYYY-MM-DD", 1839),
        ("2023-366", "YYYY-DDD", 1848), ("2023-000", "YYYY-DDD", 1848), ("2023-367", "YYYY-DDD", 1848),
        ("20230212 13 PM", "YYYYMMDD HH AM", 1849), ("20230212 00", "YYYYMMDD HH12", 1849),
        ("2023-02-12 24:00:00", FULL, 1850), ("2023-02-12 25", FULL, 1850),
        ("2023-02-12 10:60:00", FULL, 1851), ("2023-02-12 10:10:60", FULL, 1852), ("20230212 86400", "YYYYMMDD SSSSS", 1853),
        ("0", "J", 1854), ("5373485", "J", 1854), ("20230212 10 XM", "YYYYMMDD HH AM", 1855), ("20230212 10 A", "YYYYMMDD HH AM", 1855),
        ("2023 AC", "YYYY AD", 1856), ("2023 B", "YYYY BC", 1856),
        ("x2023", "YYYY", 1858), ("2023--02", "YYYY-MM", 1858), ("abc", "DD", 1858), ("2023-02-12 1a", FULL, 1858),
        ("2023-02-12X10", 'YYYY-MM-DD"T"HH24', 1861),
        ("2023-02-12", "DD-MON-RR", 1861), ("20230212", "DD-MON-YYYY", 1861), ("12 02 2023", "DD-MONTH-YYYY", 1843), ("1998-JAN-01", "DD-MON-RR", 1861),
        ("2023-02-12 10:10:10 +02:00", "YYYY-MM-DD HH24:MI:SS.FF3 TZH:TZM", 1858), ("2023-02-12 10:10:10 -02:00", "YYYY-MM-DD HH24:MI:SS.FF3 TZH:TZM", 1858),
        ("12-02-2023", "DD DAY", 1846), ("12022023", "DD DAY", 1861),
        ("2023-02-12 10 Mars/Olympus", "YYYY-MM-DD HH24 TZR", 1882), ("2023-02-12 10 +16:00", "YYYY-MM-DD HH24 TZH:TZM", 1874),
        ("2023-02-12 10 +10:60", "YYYY-MM-DD HH24 TZH:TZM", 1875), ("2023-02-12 10 +x", "YYYY-MM-DD HH24 TZH", 1858),
    ],
)  # fmt: skip
def test_a_wrong_text_has_oracles_number(text: str, mask: str, code: int, compiled: bool) -> None:
    """The number names what is wrong, not where the parser gave up."""
    found = converted([text], Kind.TIMESTAMP, mask=mask, compiled=compiled)[0]
    assert found == code


@BOTH
@pytest.mark.parametrize(
    ("text", "mask", "code"),
    [
        ("Monday 2023-02-12", "DAY YYYY-MM-DD", 1835), ("Tue 044 2023", "DY DDD YYYY", 1835), ("Sat 2451545", "DY J", 0),
        ("Sun 2451545", "DY J", 1835), ("2023-03 043", "YYYY-MM DDD", 1833), ("2023-02-13 043", "YYYY-MM-DD DDD", 1834),
        ("2023-02-12 043", "YYYY-MM-DD DDD", 0), ("20230212 10 3600", "YYYYMMDD HH24 SSSSS", 1836), ("20230212 01 3600", "YYYYMMDD HH24 SSSSS", 0),
        ("20230212 10 60", "YYYYMMDD MI SSSSS", 1837), ("20230212 10 60", "YYYYMMDD SS SSSSS", 1838), ("20230212 01 60", "YYYYMMDD MI SSSSS", 0),
    ],
)  # fmt: skip
def test_parts_that_contradict_each_other_are_refused(
    text: str, mask: str, code: int, compiled: bool
) -> None:
    """A day of the week, a day of the year or seconds of the day must fit what else the text says."""
    found = converted([text], Kind.TIMESTAMP, mask=mask, compiled=compiled)[0]
    assert (found if isinstance(found, int) else 0) == code


@BOTH
def test_white_space_alone_in_a_date_field_is_null(compiled: bool) -> None:
    """The manual's rule for DATE fields; a CHAR field of blanks into a DATE column is a date that is too short."""
    texts = ["   ", "\t ", "2023-02-12"]
    kind = ColumnType(kind=Kind.TIMESTAMP)
    assert converted(texts, kind, mask="YYYY-MM-DD", blank_is_null=True, compiled=compiled) == [
        None,
        None,
        datetime(2023, 2, 12),
    ]
    assert converted(texts[:1], kind, mask="YYYY-MM-DD", compiled=compiled) == [1840]
    refused = converted(texts[:2], kind, mask="YYYY", blank_is_null=True, not_null=True, compiled=compiled)
    assert refused == [1400, 1400]


def test_a_row_is_refused_for_its_own_fault_alone() -> None:
    """Parts of a wrong row do not leak into the next one."""
    texts = ["2023-12-31 23:59:59", "2023-99", "10", "2024-02-29 00:00:01"]
    found = converted(texts, Kind.TIMESTAMP, mask=FULL, nls=Nls(now=datetime(2024, 1, 1)))
    assert found == [datetime(2023, 12, 31, 23, 59, 59), 1843, 1840, datetime(2024, 2, 29, 0, 0, 1)]


@pytest.mark.parametrize(
    "fault", [fault for fault in ValueFault if 1800 <= fault < 1900], ids=lambda f: f.name
)
def test_every_fault_of_dates_has_a_sentence(fault: ValueFault) -> None:
    """The log shows ORA-018xx with its sentence, which users look for."""
    one = Conversion(column="D", type=ColumnType(kind=Kind.TIMESTAMP))
    rule, code, sentence = fault_message(fault, one, (None, "T"), 5, 0)
    assert code == f"ORA-{int(fault):05}"
    assert sentence.startswith(f"{code}: ")
    assert len(sentence) > len(f"{code}: ") + 10
    assert rule == ("interval" if fault is ValueFault.INTERVAL else "date")
