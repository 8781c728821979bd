"""Which feed takes a file by its name, and why the others do not."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest

from loadstone.errors import FixSpec
from loadstone.sources.match import match_name
from loadstone.sources.model import Feed, NamePattern
from loadstone.sources.patterns import check, find, literal_size


def feed(name: str, *patterns: str, **values: Any) -> Feed:
    """A feed with globs."""
    globs = tuple(NamePattern(glob=pattern) for pattern in patterns)
    return Feed(name=name, source=values.pop("source", "core"), patterns=globs, **values)


@pytest.mark.parametrize(
    ("pattern", "name", "groups"),
    [
        ({"glob": "a*.csv"}, "a1.csv", {}),
        ({"glob": "a?.csv"}, "ab.csv", {}),
        ({"glob": "[ab]_[!0-9].csv"}, "a_x.csv", {}),
        ({"glob": "a.csv"}, "a.csv", {}),
        ({"glob": "gl_{business_date}_{sequence}.dat"}, "gl_20261124_007.dat", {"sequence": "007"}),
        ({"glob": "{customer}_{business_date}.x"}, "ACME_LTD_20261124.x", {"customer": "ACME_LTD"}),
        ({"glob": "A.B(1)+.txt"}, "A.B(1)+.txt", {}),
        ({"glob": "gl.CSV", "ignore_case": True}, "GL.csv", {}),
        ({"regex": r"x(?P<branch>\d{3})?\.csv"}, "x.csv", {}),
    ],
    ids=["star", "one", "classes", "plain", "groups", "free group", "signs", "case", "absent group"],
)
def test_a_pattern_fits_the_whole_name(pattern: dict[str, Any], name: str, groups: dict[str, str]) -> None:
    """And finds its groups."""
    found = find(NamePattern(**pattern), name)
    assert "" == found.why_not
    assert groups == {key: value for key, value in found.groups.items() if key != "business_date"}


@pytest.mark.parametrize(
    ("pattern", "name", "told"),
    [
        ({"glob": "a*.csv"}, "a.csv.done", "does not fit"),
        ({"glob": "a?.csv"}, "a.csv", "does not fit"),
        ({"glob": "a.csv"}, "aXcsv", "does not fit"),
        ({"glob": "a.csv"}, "A.csv", "does not fit"),
        ({"glob": "g_{business_date}"}, "g_20261301", "20261301 is no date in YYYYMMDD"),
        ({"glob": "g_{business_date}"}, "g_2026112", "does not fit"),
        ({"glob": "*"}, "x" * 256, "longer than 255"),
    ],
    ids=["longer", "shorter", "dot", "case", "no date", "short date", "endless"],
)
def test_what_does_not_fit_is_said(pattern: dict[str, Any], name: str, told: str) -> None:
    """With the reason."""
    assert told in find(NamePattern(**pattern), name).why_not


@pytest.mark.parametrize(
    ("mask", "written", "day"),
    [
        ("YYYYMMDD", "20261124", date(2026, 11, 24)),
        ("DD.MM.YYYY", "24.11.2026", date(2026, 11, 24)),
        ("YYMMDD", "261124", date(2026, 11, 24)),
        ("YYYYDDD", "2026328", date(2026, 11, 24)),
        ("DDMONYYYY", "24NOV2026", date(2026, 11, 24)),
        ("YYYYMM", "202611", date(2026, 11, 1)),
        ("YYYYMMDDHH24MISS", "20261124235959", date(2026, 11, 24)),
    ],
)
def test_a_business_date_is_read_by_its_mask(mask: str, written: str, day: date) -> None:
    """As date fields are."""
    found = find(NamePattern(glob="x{business_date}.csv", date_mask=mask), f"x{written}.csv")
    assert (day, "") == (found.business_date, found.why_not)


@pytest.mark.parametrize(
    "pattern",
    [{"regex": "("}, {"glob": "a{1x}"}, {"glob": "x{business_date}", "date_mask": "QQ"}],
    ids=["regex", "group", "mask"],
)
def test_a_wrong_pattern_is_refused(pattern: dict[str, Any]) -> None:
    """LS-7601, when it is stored and not when a file comes."""
    with pytest.raises(FixSpec, match="LS-7601"):
        check(NamePattern(**pattern))


def test_a_pattern_that_takes_for_ever_is_given_up() -> None:
    """Nested repeats over a name that nearly fits."""
    begun = time.monotonic()
    found = find(NamePattern(regex=r"((a|b|ab)+)+c"), "ab" * 100)
    assert found.why_not and time.monotonic() - begun < 5


def test_the_more_a_pattern_says_the_sooner_it_is_asked() -> None:
    """Priority first, then literal characters, then the name."""
    some = [
        feed("B", "*.csv"),
        feed("A", "gl_*.csv"),
        feed("C", "gl_{business_date}.csv"),
        feed("D", "*", priority=-1),
    ]
    found = match_name(some, "gl_20261124.csv")
    assert found.match is not None and ("A", None) == (found.match.feed.name, found.match.business_date)
    assert ["A", "C", "B", "D"] == [one.feed for one in found.verdicts]
    assert (
        "C goes before" not in found.verdicts[1].why
        and "A goes before: its name does" in found.verdicts[1].why
    )
    assert "its pattern says 7 characters itself, not 4" in found.verdicts[2].why
    assert "its priority is 0, not -1" in found.verdicts[3].why
    first = match_name([*some, feed("E", "*", priority=1)], "gl_20261124.csv").match
    assert first is not None and "E" == first.feed.name


def test_the_order_of_feeds_decides_nothing() -> None:
    """Whatever order the repository gives them in."""
    some = [feed("B", "a*"), feed("A", "*a"), feed("C", "a*", "aaa")]
    winners = {match_name(order, "aaa").match.feed.name for order in (some, some[::-1])}  # type: ignore[union-attr]
    assert {"C"} == winners


def test_a_file_belongs_where_it_came() -> None:
    """Connection and folder, as far as both are known; and near misses stand first."""
    some = [
        feed("A", "x.csv", connection="core", folder="out/"),
        feed("B", "x.csv", connection="other"),
        feed("C", "x.csv", enabled=False),
        feed("D", "x.csv", source="gone"),
        feed("E", "y.csv"),
    ]
    found = match_name(some, "x.csv", connection="CORE", folder="/out", disabled_sources=["gone"])
    assert found.match is not None and "A" == found.match.feed.name
    whys = {one.feed: one.why for one in found.verdicts}
    assert "x.csv fits, but its files come by other" == whys["B"]
    assert "x.csv fits, but it is disabled" == whys["C"]
    assert "x.csv fits, but its source gone is disabled" == whys["D"]
    assert ["A", "B", "C", "D", "E"] == [one.feed for one in found.verdicts]
    lost = match_name(some, "x.csv", connection="core", folder="in", disabled_sources=["gone"])
    assert lost.match is None
    assert "its files come in folder out/" in {one.feed: one.why for one in lost.verdicts}["A"]


def test_groups_of_a_match_are_typed() -> None:
    """A sequence is a number, a business date a date."""
    found = match_name([feed("A", "gl_{business_date}_{sequence}.dat")], "gl_20261124_007.dat").match
    assert found is not None and (date(2026, 11, 24), 7) == (found.business_date, found.sequence)


@pytest.mark.parametrize(
    ("pattern", "size"),
    [
        ({"glob": "gl_*.csv"}, 7),
        ({"glob": "a[bc]?{d}"}, 1),
        ({"regex": r"gl_(?P<d>\d{8})\.csv"}, 6),
    ],
    ids=["star", "class", "regex"],
)
def test_literal_characters_are_counted(pattern: dict[str, Any], size: int) -> None:
    """Those that every name must have."""
    assert size == literal_size(NamePattern(**pattern))
