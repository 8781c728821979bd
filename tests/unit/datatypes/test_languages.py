"""Names of months and days by language."""

from __future__ import annotations

import pytest

from loadstone.datatypes.languages import DAYS, LANGUAGES, MONTHS, language_names


@pytest.mark.parametrize("name", sorted(LANGUAGES))
@pytest.mark.parametrize("short", [False, True], ids=["long", "short"])
def test_every_language_has_all_names(name: str, short: bool) -> None:
    """Twelve months and seven days, all different and in upper case."""
    for kind, count in ((MONTHS, 12), (DAYS, 7)):
        names = language_names(name, kind, short=short)
        assert (count, count) == (len(names), len(set(names)))
        assert [one.upper() for one in names] == names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("german", "JANUAR"), ('"GERMAN"', "JANUAR"), ("German DIN", "JANUAR"), ("Canadian French", "JANVIER"), ("MEXICAN SPANISH", "ENERO"),
        ("LATIN AMERICAN SPANISH", "ENERO"), ("BRAZILIAN PORTUGUESE", "JANEIRO"), ("english", "JANUARY"), ("KLINGON", "JANUARY"), ("", "JANUARY"),
    ],
)  # fmt: skip
def test_languages_are_found_by_oracles_names(name: str, expected: str) -> None:
    """Any case, with quotes, by an alias; an unknown language is American."""
    assert expected == language_names(name, MONTHS)[0]


def test_weeks_begin_with_sunday() -> None:
    """The first name of days is that of Sunday."""
    assert ["SUNDAY", "SONNTAG", "DIMANCHE"] == [
        language_names(n, DAYS)[0] for n in ("AMERICAN", "GERMAN", "FRENCH")
    ]
    assert ["SUN", "SO", "DIM."] == [
        language_names(n, DAYS, short=True)[0] for n in ("AMERICAN", "GERMAN", "FRENCH")
    ]
