"""The nouns of the registry refuse what cannot be meant."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from loadstone.sources.model import Feed, FixedLayout, Layout, NamePattern, SourceSystem
from loadstone.sources.policies import Pickup, Policy, Sla


def test_a_feed_needs_little() -> None:
    """Name, source and a pattern are enough; everything else has a default that holds what is doubtful."""
    feed = Feed(name="GL_DAILY", source="gl", patterns=(NamePattern(glob="gl_{business_date}.csv"),))
    assert (Policy.HOLD, Policy.HOLD) == (feed.duplicates.checksum, feed.controls.mismatch)
    assert ("leave", True, None) == (feed.pickup.after, feed.enabled, feed.connection)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: NamePattern(), "give either glob or regex"),
        (lambda: NamePattern(glob="a", regex="a"), "give either glob or regex"),
        (lambda: Layout(spec="a.ctl", fixed="a"), "at most one"),
        (lambda: Pickup(after="move"), "folder goes with"),
        (lambda: Pickup(folder="done"), "folder goes with"),
        (lambda: Sla(files_min=3, files_max=2), "below files_min"),
        (lambda: SourceSystem(name="1st"), "pattern"),
        (lambda: FixedLayout(name="f", columns=({"name": "a", "start": 3, "end": 2},)), "end is before"),
        (
            lambda: FixedLayout(
                name="f", columns=({"name": "a", "start": 1, "end": 4}, {"name": "b", "start": 4, "end": 6})
            ),
            "column b begins before",
        ),
        (
            lambda: FixedLayout(name="f", record_size=3, columns=({"name": "a", "start": 1, "end": 4},)),
            "behind the record",
        ),
    ],
    ids=[
        "no pattern",
        "two patterns",
        "two layouts",
        "move to nowhere",
        "folder without move",
        "files",
        "name",
        "column backwards",
        "columns overlap",
        "column behind the record",
    ],
)
def test_what_cannot_be_meant_is_refused(make: object, told: str) -> None:
    """Each with the reason."""
    with pytest.raises(ValidationError, match=told):
        make()  # type: ignore[operator]


def test_a_pattern_shows_as_it_was_written() -> None:
    """Glob or regular expression."""
    assert ("a*.csv", "a.*") == (NamePattern(glob="a*.csv").text, NamePattern(regex="a.*").text)
