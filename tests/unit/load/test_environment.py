"""NLS variables: what each says, which beats which, and that a load keeps what it began with."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from loadstone.load.environment import TERRITORIES, freeze, read_environment, thaw

NOW = datetime(2026, 11, 21, 12, 30, 15, tzinfo=timezone(timedelta(hours=5, minutes=30)))


def read(**variables: str):  # type: ignore[no-untyped-def]
    """The environment of a load that begins now."""
    return read_environment(variables, NOW)


def test_without_variables_it_is_american() -> None:
    """Oracle's defaults: language, date format, numeric characters; no character set."""
    found = read()
    nls = found.nls
    assert (".", ",", "AMERICAN", "DD-MON-RR") == (nls.decimal, nls.group, nls.date_language, nls.date_format)
    assert ("DD-MON-RR HH.MI.SSXFF AM", "DD-MON-RR HH.MI.SSXFF AM TZR") == (
        nls.timestamp_format,
        nls.timestamp_tz_format,
    )
    assert found.charset is None


@pytest.mark.parametrize(
    ("value", "language", "date_format", "decimal", "charset"),
    [
        ("GERMAN_GERMANY.WE8ISO8859P15", "GERMAN", "DD.MM.RR", ",", "WE8ISO8859P15"),
        ("german_germany.al32utf8", "GERMAN", "DD.MM.RR", ",", "AL32UTF8"),
        ("FRENCH_SWITZERLAND", "FRENCH", "DD.MM.RR", ".", None),
        ("_UNITED KINGDOM", "AMERICAN", "DD-MON-RR", ".", None),
        (".UTF8", "AMERICAN", "DD-MON-RR", ".", "UTF8"),
        ("SPANISH", "SPANISH", "DD-MON-RR", ".", None),
        ("DUTCH_NOWHERE", "DUTCH", "DD-MON-RR", ".", None),
        ("SWEDISH_SWEDEN.", "SWEDISH", "RRRR-MM-DD", ",", None),
        ("", "AMERICAN", "DD-MON-RR", ".", None),
    ],
)
def test_nls_lang_has_three_parts_each_optional(
    value: str, language: str, date_format: str, decimal: str, charset: str | None
) -> None:
    """``language_territory.charset``, in any case; an unknown territory is America."""
    found = read(NLS_LANG=value)
    assert (language, date_format, decimal) == (
        found.nls.date_language,
        found.nls.date_format,
        found.nls.decimal,
    )
    assert charset == found.charset


def test_single_variables_beat_the_territory() -> None:
    """Each by itself."""
    found = read(
        NLS_LANG="GERMAN_GERMANY",
        NLS_DATE_FORMAT="YYYY-MM-DD",
        NLS_TIMESTAMP_FORMAT="YYYYMMDD HH24MISS",
        NLS_TIMESTAMP_TZ_FORMAT="YYYYMMDD TZH",
        NLS_DATE_LANGUAGE="FRENCH",
        NLS_NUMERIC_CHARACTERS=".'",
    ).nls
    assert ("YYYY-MM-DD", "YYYYMMDD HH24MISS", "YYYYMMDD TZH") == (
        found.date_format,
        found.timestamp_format,
        found.timestamp_tz_format,
    )
    assert ("FRENCH", ".", "'") == (found.date_language, found.decimal, found.group)


def test_a_date_format_shapes_the_timestamps_too() -> None:
    """Where no format of theirs is given."""
    found = read(NLS_DATE_FORMAT="YYYY-MM-DD").nls
    assert "YYYY-MM-DD HH.MI.SSXFF AM" == found.timestamp_format


def test_empty_variables_say_nothing() -> None:
    """As if they were not set."""
    assert read(NLS_DATE_FORMAT="", NLS_NUMERIC_CHARACTERS="", NLS_DATE_LANGUAGE="") == read()


def test_one_numeric_character_leaves_the_group_as_it_is() -> None:
    """The second one is the group character."""
    found = read(NLS_NUMERIC_CHARACTERS=",").nls
    assert "," == found.decimal and found.group


def test_the_moment_is_local_with_its_offset() -> None:
    """SYSDATE is wall time; the offset goes to zoned columns."""
    found = read().nls
    assert (datetime(2026, 11, 21, 12, 30, 15), 330) == (found.now, found.time_zone_minutes)
    assert 0 == read_environment({}, datetime(2026, 1, 1, tzinfo=UTC)).nls.time_zone_minutes
    assert 0 == read_environment({}, datetime(2026, 1, 1)).nls.time_zone_minutes


def test_what_is_frozen_thaws_to_the_same() -> None:
    """Through JSON, as the target keeps it."""
    found = read(NLS_LANG="GERMAN_GERMANY.AL32UTF8", NLS_DATE_FORMAT="YYYY")
    assert found == thaw(json.loads(json.dumps(freeze(found))))
    assert read() == thaw(json.loads(json.dumps(freeze(read()))))


@pytest.mark.parametrize("territory", sorted(TERRITORIES))
def test_territories_have_a_mask_and_two_different_characters(territory: str) -> None:
    """Names are upper case; the decimal is no group character."""
    mask, characters = TERRITORIES[territory]
    assert territory == territory.upper() and {"D", "M", "R"} <= set(mask)
    assert 2 == len(set(characters)) == len(characters)
