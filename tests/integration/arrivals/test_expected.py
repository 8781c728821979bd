"""Files that never come: told once for each business date, late and then missing, and un-told when they come."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from loadstone.alerts import collect
from loadstone.alerts.rules import default_rules
from loadstone.arrivals import decide, expected
from loadstone.arrivals.expected import Due, Expectation
from loadstone.arrivals.model import State
from loadstone.audit import trail
from loadstone.bootstrap.sources import Sources
from loadstone.errors import FixSpec
from loadstone.sources.model import Feed
from loadstone.sources.tables import FEED
from tests.arrivals import Bank
from tests.integration.arrivals.conftest import Make
from tests.integration.arrivals.test_pipeline import notices_of
from tests.terminal import loadstone

REGISTRY = """
sources:
  - name: core
    feeds:
      - name: GL
        connection: in
        patterns: [{{glob: "gl_{{business_date}}_*"}}]
        complete: {{stable_s: 0}}
        target: bank.db
        sla: {{{sla}}}
        {more}
"""
USUAL = 'expected_until: "06:00", cutoff: "09:00"'
DAY = datetime.now(UTC).date() + timedelta(days=2)
"""A day that is still to come, so that no time of it has passed when the feed was registered."""


def registry(sla: str = USUAL, more: str = "") -> str:
    """One feed."""
    return REGISTRY.format(sla=sla, more=more)


def begun(bank: Bank) -> Bank:
    """The feed is of the beginning of the day, so that no earlier time counts, whenever this test runs."""
    at(bank, "00:00")
    with bank.database.write() as connection:
        connection.execute(update(FEED).values(changed_at=bank.clock.now()))
    return bank


def at(bank: Bank, clock: str, day: date = DAY) -> None:
    """It becomes so late, in UTC."""
    hour, minute = map(int, clock.split(":"))
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    bank.clock.later += moment - bank.clock.now()


def state(bank: Bank, day: date = DAY) -> Expectation:
    """How it stands with a business date."""
    return next(one for one in expected.expectations(bank.around) if one.business_date == day)


def topics(bank: Bank) -> list[str]:
    """What was told of the feed."""
    with bank.database.read() as connection:
        told = [one.action for one in trail.entries(connection, object_="feed:GL")]
    return [action for action in told if action not in ("feed.add", "feed.change", "feed.remove")]


def name(day: date = DAY, serial: int = 1) -> str:
    """Of a file of a business date."""
    return f"gl_{day:%Y%m%d}_{serial}"


def test_what_does_not_come_is_told_once_and_untold_when_it_comes(make: Make) -> None:
    """Late, then missing behind the cut-off; each has a notice, which is closed; the next day is another matter."""
    bank = begun(make(registry()))
    at(bank, "06:00")
    assert (0, Due.EXPECTED) == (expected.tell_overdue(bank.around), state(bank).state), (
        "it may be on its way"
    )
    at(bank, "06:01")
    assert [1, 0] == [expected.tell_overdue(bank.around) for _ in range(2)]
    assert Due.LATE is state(bank).state
    at(bank, "09:01")
    assert [1, 0] == [expected.tell_overdue(bank.around) for _ in range(2)]
    assert Due.MISSING is state(bank).state
    collect.collect(bank.database, default_rules(), collect.Pace())
    late, missing = notices_of(bank)
    assert [("file late", "closed"), ("file missing", "open")] == [
        (one.rule, str(one.state)) for one in (late, missing)
    ]
    assert f"feed GL is missing: no file for {DAY} came by {DAY} 09:00 UTC" == missing.fact
    assert f"`loadstone files excuse GL {DAY} --because TEXT` where none will come." == missing.steps[-1]
    with bank.database.read() as connection:
        assert {Due.LATE: 0, Due.MISSING: 1} == expected.overdue(connection)
    assert State.ARCHIVED is bank.come(name()).state
    assert [1, 0] == [expected.tell_overdue(bank.around) for _ in range(2)]
    assert ["feed.late", "feed.missing", "feed.arrived"] == topics(bank)
    collect.collect(bank.database, default_rules(), collect.Pace())
    assert ["closed", "closed"] == [str(one.state) for one in notices_of(bank)]
    at(bank, "06:01", DAY + timedelta(days=1))
    assert 1 == expected.tell_overdue(bank.around)
    assert [Due.CAME, Due.LATE] == [one.state for one in expected.expectations(bank.around)][:2]


def test_what_comes_in_time_is_not_told(make_small: Make) -> None:
    """Even if it is held: that is told as such."""
    bank = begun(make_small(registry(more="format: xlsx")))
    at(bank, "05:00")
    assert State.QUARANTINED is bank.come(name()).state
    at(bank, "23:00")
    assert (0, Due.CAME, []) == (expected.tell_overdue(bank.around), state(bank).state, topics(bank))


def test_many_workers_tell_it_once(make: Make) -> None:
    """Whoever looks at the same moment."""
    bank = begun(make(registry()))
    at(bank, "07:00")
    with ThreadPoolExecutor(4) as pool:
        told = [pool.submit(expected.tell_overdue, bank.around) for _ in range(8)]
    assert 1 == sum(one.result() for one in told)
    assert ["feed.late"] == topics(bank)


def test_what_came_and_was_rejected_is_owed_again(make_small: Make) -> None:
    """Since the file that counts is still to come."""
    bank = begun(make_small(registry(more="format: xlsx")))
    at(bank, "07:00")
    expected.tell_overdue(bank.around)
    one = bank.come(name())
    expected.tell_overdue(bank.around)
    decide.reject(bank.around, one.id, actor="ann", because="a wrong one")
    expected.tell_overdue(bank.around)
    assert ["feed.late", "feed.arrived", "feed.late"] == topics(bank)


def test_some_of_several_files_are_not_enough(make_small: Make) -> None:
    """How many came is told; without a cut-off they stay late until they come."""
    bank = begun(make_small(registry('expected_until: "06:00", files_min: 2')))
    bank.come(name())
    at(bank, "07:00")
    expected.tell_overdue(bank.around)
    assert f"1 of 2 files for {DAY} came by {DAY} 06:00 UTC" == state(bank).told
    at(bank, "07:00", DAY + timedelta(days=30))
    assert Due.LATE is state(bank).state, "nobody has said that it is over"
    bank.come(name(serial=2), "2,b\n")
    expected.tell_overdue(bank.around)
    assert Due.CAME.value in [row for row in kept(bank)]


def kept(bank: Bank) -> list[str]:
    """States that are kept."""
    with bank.database.read() as connection:
        return [
            str(one.state) for one in expected.kept_since(connection, bank.clock.now() - timedelta(days=40))
        ]


def test_only_days_with_business_count(make_small: Make) -> None:
    """By the calendar of the feed; the times may be those of the business day after."""
    from loadstone.schedule import repository as schedules
    from loadstone.schedule.calendar import Calendar

    bank = make_small(registry('expected_until: "06:00", day_offset: 1'))
    with bank.database.write() as connection:
        closed = Calendar(name="ours", weekend=(), closed=(DAY,))
        schedules.put_calendar(connection, closed)
    Sources(bank.database, "ann").edit(Feed, "GL", {"calendar": "ours"}, None)
    begun(bank)
    at(bank, "07:00", DAY + timedelta(days=1))
    expected.tell_overdue(bank.around)
    assert [DAY - timedelta(days=1)] == [
        one.business_date for one in expected.expectations(bank.around) if one.state.overdue
    ]


def test_a_person_says_that_nothing_will_come(make_small: Make) -> None:
    """Before or after it was told, with the reason; the notice is closed, and it is not told again."""
    bank = begun(make_small(registry()))
    at(bank, "07:00")
    expected.tell_overdue(bank.around)
    done = expected.excuse(bank.around, "GL", DAY, actor="ann", because="a holiday there")
    assert (Due.EXCUSED, "a holiday there") == (done.state, state(bank).because)
    expected.excuse(bank.around, "GL", DAY + timedelta(days=1), actor="ann", because="the day after, too")
    at(bank, "23:00", DAY + timedelta(days=1))
    assert 0 == expected.tell_overdue(bank.around)
    assert ["feed.late", "feed.excused", "feed.excused"] == topics(bank)
    with pytest.raises(FixSpec, match="LS-7604"):
        expected.excuse(bank.around, "GLX", DAY, actor="ann", because="x")
    Sources(bank.database, "ann").edit(Feed, "GL", {"sla": None}, None)
    with pytest.raises(FixSpec, match="LS-7706.*its feed has no expected time"):
        expected.excuse(bank.around, "GL", DAY, actor="ann", because="x")


def test_a_feed_that_is_disabled_owes_nothing(make_small: Make) -> None:
    """What was told of it is over."""
    bank = begun(make_small(registry()))
    at(bank, "07:00")
    expected.tell_overdue(bank.around)
    Sources(bank.database, "ann").edit(Feed, "GL", {"enabled": False}, None)
    assert [1, 0] == [expected.tell_overdue(bank.around) for _ in range(2)]
    assert ["feed.late", "feed.excused"] == topics(bank)


def test_a_time_that_is_moved_is_over(make_small: Make) -> None:
    """And told again when the new one has passed."""
    bank = begun(make_small(registry()))
    at(bank, "07:00")
    expected.tell_overdue(bank.around)
    Sources(bank.database, "ann").edit(Feed, "GL", {"sla.expected_until": "08:00"}, None)
    with bank.database.write() as connection:
        connection.execute(update(FEED).values(changed_at=bank.clock.now()))
    assert 1 == expected.tell_overdue(bank.around)
    at(bank, "08:30")
    assert 1 == expected.tell_overdue(bank.around)
    assert ["feed.late", "feed.excused", "feed.late"] == topics(bank)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([{"description": "the ledger"}], 1),
        ([{"sla.files_max": 3, "sla.processing_s_max": 60}], 1),
        ([{"description": "a"}, {"description": "b"}], 1),
        ([{"sla.cutoff": "10:00"}], 0),
        ([{"sla.timezone": "Etc/GMT"}], 0),
        ([{"enabled": False}, {"enabled": True}], 0),
    ],
    ids=lambda value: "-".join(key for one in value for key in one) if isinstance(value, list) else str(value),
)
def test_an_edit_hides_what_never_came_only_if_it_is_of_the_times(
    changes: list[dict[str, object]], told: int, make_small: Make
) -> None:
    """No worker ran between the time that passed and the edit: other things of the feed leave that date as it was."""
    bank = begun(make_small(registry()))
    at(bank, "07:00")
    for values in changes:
        Sources(bank.database, "ann").edit(Feed, "GL", values, None)
    with bank.database.write() as connection:
        connection.execute(update(FEED).values(changed_at=bank.clock.now()))
    owed = {one.business_date: one.state for one in expected.expectations(bank.around)}
    assert (Due.LATE if told else None) is owed.get(DAY)
    expected.tell_overdue(bank.around)
    assert told == topics(bank)[-1:].count("feed.late")


def test_the_command_tells_scripts(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1 while anything is overdue; a poll by hand tells people, too; excused, it is 0."""
    monkeypatch.setenv("LOADSTONE_REPOSITORY", "r.db")
    monkeypatch.setenv("LOADSTONE_LANDING", str(here / "landing"))
    (here / "in").mkdir()
    Path("loadstone.toml").write_text(f'[connections.in]\nurl = "{here / "in"}"\nkind = "directory"\n')
    monkeypatch.setenv("LOADSTONE_CONFIG", "loadstone.toml")
    Path("r.yaml").write_text(registry('expected_until: "00:00", cutoff: "00:10", day_offset: -1'))
    assert 0 == loadstone("sources", "import", "r.yaml").code
    assert 0 == loadstone("files", "expected").code, "what had passed when it was registered is past"
    with sqlite3.connect("r.db") as connection:
        connection.execute("UPDATE feed SET changed_at = datetime('now', '-1 day', '-1 hour')")
    assert 0 == loadstone("files", "poll").code
    done = loadstone("files", "expected", "--overdue", "--json")
    assert 1 == done.code
    days = [one["business_date"] for one in done.values() if one["state"] == "missing"]
    assert days and "missing" in loadstone("files", "expected", "--feed", "GL").out
    assert "feed.missing" in loadstone("repository", "audit", "--json").out
    for day in {one["business_date"] for one in loadstone("files", "expected", "--json").values()}:
        assert 0 == loadstone("files", "excuse", "GL", day, "--because", "closed").code
    assert 0 == loadstone("files", "expected").code
    assert "[LS-7604]" in loadstone("files", "excuse", "GLX", days[0], "--because", "closed").err
    assert "[LS-6006]" in loadstone("files", "excuse", "GL", "today", "--because", "closed").err
