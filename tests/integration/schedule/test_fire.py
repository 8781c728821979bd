"""Ticks on real repositories: each once, by policy, over nodes, late workers, events, changes and chains."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, update

from loadstone.database import outbox
from loadstone.database.open import Database
from loadstone.errors import FixSpec
from loadstone.jobs import launch
from loadstone.jobs.engine import Engine
from loadstone.jobs.model import Outcome, Status
from loadstone.jobs.repository import executions
from loadstone.jobs.worker import Worker
from loadstone.schedule import fire, repository, store
from loadstone.schedule.calendar import EVERY_DAY, Calendar
from loadstone.schedule.model import Schedule, TickState
from loadstone.schedule.tables import SCHEDULE
from loadstone.telemetry import metrics
from tests.repository import Doing, define, open_repository

START = datetime(2026, 1, 1, tzinfo=UTC)
HANDLERS = {"h": Doing(lambda task, run: Outcome())}


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A repository of each kind with a job ``j`` of one parameter."""
    postgres = request.param == "postgresql"
    opened = open_repository(
        str(request.getfixturevalue("postgres_url")) if postgres else str(tmp_path / "r.db")
    )
    define(opened, "name: j\nparameters: {at: {}}\nsteps: {a: {handler: h}}\n", HANDLERS)
    yield opened
    opened.close()


def put(database: Database, **more: Any) -> None:
    """A schedule of job ``j`` every hour from START on, with more of its own."""
    values = {"name": "s", "job": "j", "cron": "0 * * * *", "parameters": {"at": "{due_time}"}, **more}
    store.store(database, Schedule.model_validate(values), actor="ann")
    begin_at(database, str(values["name"]), START)


def begin_at(database: Database, name: str, moment: datetime) -> None:
    """Let a schedule be one that is decided up to ``moment``."""
    with database.write() as connection:
        found = repository.find(connection, name)
        assert found is not None
        look_at = None if found.look_at is None else moment
        repository.change(connection, found.id, planned_until=moment, look_at=look_at)


def states(database: Database) -> list[TickState]:
    """States of the ticks, the earliest first."""
    with database.read() as connection:
        found = repository.find(connection, "s")
        assert found is not None
        return [tick.state for tick in reversed(repository.ticks(connection, found.id, limit=1000))]


def work(database: Database) -> None:
    """Run all tasks there are."""
    Worker(Engine(database, HANDLERS), threads=1).run(until_idle=True)


def test_nodes_that_fire_together_decide_each_tick_once(database: Database) -> None:
    """Eight nodes, ten ticks: ten executions."""
    put(database, overlap="allow")
    at = START + timedelta(hours=10)
    with ThreadPoolExecutor(8) as crew:
        decided = sum(crew.map(lambda _: fire.fire(database, at=at), range(8)))
    assert (10, [TickState.LAUNCHED] * 10) == (decided, states(database))
    with database.read() as connection:
        assert 10 == len(executions.listed(connection, job="j"))


@pytest.mark.parametrize(
    ("overlap", "expected"),
    [
        ("skip", ["launched", "skipped", "skipped"]),
        ("buffer_one", ["launched", "buffered", "skipped"]),
        ("buffer_all", ["launched", "buffered", "buffered"]),
        ("allow", ["launched", "launched", "launched"]),
        ("cancel", ["launched", "buffered", "buffered"]),
    ],
)
def test_what_a_tick_does_while_a_run_goes_on(database: Database, overlap: str, expected: list[str]) -> None:
    """Three ticks, and no worker runs meanwhile."""
    put(database, overlap=overlap)
    for hour in (1, 2, 3):
        fire.fire(database, at=START + timedelta(hours=hour))
    if overlap == "cancel":
        with database.read() as connection:
            assert Status.STOPPED in [one.status for one in executions.listed(connection, job="j")]
        return
    assert expected == states(database)


def test_buffered_ticks_start_one_behind_the_other(database: Database) -> None:
    """Each when the one before has ended, in order of their due times."""
    put(database, overlap="buffer_all")
    fire.fire(database, at=START + timedelta(hours=3))
    for _ in range(3):
        work(database)
        fire.fire(database, at=START + timedelta(hours=3))
    assert [TickState.LAUNCHED] * 3 == states(database)
    with database.read() as connection:
        runs = executions.listed(connection, job="j")
    due = [run.parameters["at"] for run in reversed(runs)]
    assert sorted(due) == due and 3 == len(due)


@pytest.mark.parametrize(
    ("catch_up", "expected"),
    [
        ({"policy": "all", "window_s": 86_400}, ["launched"] * 5),
        ({"policy": "last", "window_s": 86_400}, ["skipped"] * 4 + ["launched"]),
        ({"policy": "none"}, ["missed"] * 4 + ["launched"]),
        ({"policy": "all", "window_s": 7_500}, ["missed"] * 2 + ["launched"] * 3),
    ],
)
def test_what_happens_after_a_time_without_workers(
    database: Database, catch_up: dict[str, Any], expected: list[str]
) -> None:
    """Five ticks late, the last one just now; what is missed is an event."""
    put(database, overlap="allow", catch_up=catch_up)
    fire.fire(database, at=START + timedelta(hours=5))
    assert expected == states(database)
    with database.read() as connection:
        assert expected.count("missed") == len(outbox.read(connection, topics=["schedule.missed"]))


def test_a_tick_past_its_cutoff_is_missed(database: Database) -> None:
    """An hour is too late for a cut-off of half an hour."""
    put(database, cron="0 2 * * *", cutoff_s=1800)
    fire.fire(database, at=START + timedelta(hours=3))
    assert [TickState.MISSED] == states(database)


def test_a_backfill_runs_what_never_had_a_tick(database: Database) -> None:
    """Its preview changes nothing; a second one finds nothing."""
    put(database, overlap="allow")
    fire.fire(database, at=START + timedelta(hours=2))
    span = (START - timedelta(hours=2), START + timedelta(hours=2))
    preview = fire.backfill(database, "s", *span, actor="ann", preview=True)
    assert [START - timedelta(hours=2), START - timedelta(hours=1), START] == preview
    assert 2 == len(states(database))
    assert preview == fire.backfill(database, "s", *span, actor="ann")
    assert [TickState.LAUNCHED] * 5 == states(database)
    assert [] == fire.backfill(database, "s", *span, actor="ann")


def test_an_event_starts_a_job_once(database: Database) -> None:
    """Only an event that matches; its values fill the parameters; firing again starts nothing."""
    put(
        database,
        cron=None,
        on_event={"topic": "file.arrived", "match": {"feed": "GL"}},
        parameters={"at": "{event.path}"},
        overlap="allow",
    )
    with database.write() as connection:
        outbox.put(connection, "file.arrived", "1", {"feed": "GL", "path": "a.dat"})
        outbox.put(connection, "file.arrived", "2", {"feed": "AP", "path": "b.dat"})
    assert (1, 0) == (fire.fire(database), fire.fire(database))
    with database.read() as connection:
        assert [{"at": "a.dat"}] == [run.parameters for run in executions.listed(connection, job="j")]


def test_changed_data_start_a_job(database: Database) -> None:
    """The first answer is only remembered; the same answer does nothing; the query is not asked too often."""
    put(
        database,
        cron=None,
        on_change={"target": "bank", "query": "SELECT max(id) FROM t", "every_s": 60},
        parameters={"at": "{value}"},
    )
    answers, asked = iter([1, 1, 2, 2]), []

    def ask(target: str, query: str) -> int:
        asked.append((target, query))
        return next(answers)

    for minute in (2, 2.5, 4, 6, 8):
        fire.fire_changed(database, ask, at=START + timedelta(minutes=minute))
    assert 4 == len(asked)
    with database.read() as connection:
        assert [{"at": "2"}] == [run.parameters for run in executions.listed(connection, job="j")]


def test_a_job_starts_behind_all_that_it_waits_for(database: Database) -> None:
    """Both jobs before it, with the same day; another day does not count."""
    for name in ("a", "b", "c"):
        define(
            database,
            f"name: {name}\nparameters: {{day: {{type: date}}}}\nsteps: {{x: {{handler: h}}}}\n",
            HANDLERS,
        )
    put(database, cron=None, job="c", after={"jobs": ["a", "b"], "same": ["day"]}, parameters={})
    for job, day in (("a", "2026-01-01"), ("b", "2026-01-02")):
        launch.launch(database, job, {"day": day}, actor="ann")
    work(database)
    assert 0 == fire.fire(database)
    launch.launch(database, "b", {"day": "2026-01-01"}, actor="ann")
    work(database)
    assert 1 == fire.fire(database)
    with database.read() as connection:
        assert [{"day": "2026-01-01"}] == [run.parameters for run in executions.listed(connection, job="c")]


def test_jobs_that_would_wait_for_each_other_are_refused(database: Database) -> None:
    """The cycle is named."""
    put(database, cron=None, job="b", after={"jobs": ["a"]})
    with pytest.raises(FixSpec, match="LS-7207.*a -> b -> a"):
        store.store(
            database,
            Schedule.model_validate({"name": "t", "job": "a", "after": {"jobs": ["b"]}}),
            actor="ann",
        )


def test_a_tick_whose_job_cannot_start_says_why(database: Database) -> None:
    """Its reason carries the code; an event tells it."""
    put(database, job="nothing")
    fire.fire(database, at=START + timedelta(hours=1))
    assert [TickState.REFUSED] == states(database)
    with database.read() as connection:
        assert "LS-7105" == outbox.read(connection, topics=["schedule.refused"])[0].body["code"]


def test_a_disabled_schedule_is_silent_and_its_ticks_do_not_come_later(database: Database) -> None:
    """Enabled again, it goes on from then."""
    put(database)
    store.enable(database, "s", False, actor="ann")
    assert 0 == fire.fire(database, at=START + timedelta(hours=5))
    store.enable(database, "s", True, actor="ann")
    assert 0 == fire.fire(database)
    with pytest.raises(FixSpec, match="LS-7208"):
        store.enable(database, "none", True, actor="ann")


YEARLY = (
    ("berlin", "Europe/Berlin", "0 * * * *", "skip", {"policy": "all"}),
    ("new_york", "America/New_York", "30 2 * * *", "none", {"policy": "last"}),
    ("lord_howe", "Australia/Lord_Howe", "15 2 * * *", "none", {"policy": "none"}),
    ("santiago", "America/Santiago", "0 0 * * *", "none", {"policy": "all"}),
    ("target2", "Europe/Berlin", "30 2 * * *", "skip", {"policy": "all"}),
)
"""Name, zone, cron, roll and catch-up: clocks that change on either half of the Earth, at midnight, by half an hour."""


def expected_of(zone: str, cron: str, calendar: Calendar, days: tuple[datetime, int]) -> set[datetime]:
    """Due times by walking through the span minute by minute with a wall clock: no arithmetic of the program's own."""
    minute, hour = (int(word) if word != "*" else None for word in cron.split()[:2])
    found, done, clock = set(), set(), ZoneInfo(zone)
    for number in range(1, days[1] * 1440 + 1):
        at = days[0] + timedelta(minutes=number)
        wall = at.astimezone(clock)
        if hour is None:
            if wall.minute == minute:
                found.add(at)
        elif wall.date() not in done and (wall.hour, wall.minute) >= (hour, minute):
            done.add(wall.date())
            late = number == 1 and (wall.hour, wall.minute) != (hour, minute)
            if not late and calendar.is_business_day(wall.date()):
                found.add(at)
    return found


@pytest.mark.parametrize(
    ("first", "days", "least"),
    [
        pytest.param(datetime(2026, 3, 26, tzinfo=UTC), 12, 300, id="spring"),
        pytest.param(datetime(2026, 10, 22, tzinfo=UTC), 6, 150, id="autumn"),
        pytest.param(START, 365, 10_000, marks=pytest.mark.slow, id="year"),
    ],
)
def test_every_tick_of_a_span_comes_once(tmp_path: Path, first: datetime, days: int, least: int) -> None:
    """
    Simulated time, a whole year in the long suite: over changes of the clocks and holidays, decided by two nodes at
    the same uneven moments with pauses of up to three hours: none missed, none double, under every catch-up policy.
    """
    nodes, end = [open_repository(str(tmp_path / "r.db")) for _ in range(2)], first + timedelta(days=days)
    target2 = Calendar(name="target2", market="ECB")
    define(nodes[0], "name: j\nparameters: {at: {}}\nsteps: {a: {handler: h}}\n", HANDLERS)
    store.store_calendar(nodes[0], target2, actor="ann")
    expected = {}
    for name, zone, cron, roll, catch_up in YEARLY:
        calendar = target2 if name == "target2" else EVERY_DAY
        more = {"name": name, "cron": cron, "timezone": zone, "roll": roll, "catch_up": catch_up}
        more |= {"calendar": "target2"} if calendar is target2 else {}
        values = {"job": "j", "parameters": {"at": "{due_time}"}, "overlap": "skip", **more}
        store.store(nodes[0], Schedule.model_validate(values), actor="ann")
        begin_at(nodes[0], name, first)
        expected[name] = expected_of(zone, cron, calendar, (first, days))
    at, decided, pause = first, 0, 0
    with ThreadPoolExecutor(2) as pool:
        while at < end:
            at = min(at + timedelta(minutes=7 + 13 * (pause % 14)), end)
            pause += 1
            decided += sum(pool.map(partial(fire.fire, at=at), nodes))
    assert least <= sum(map(len, expected.values())) == decided
    with nodes[0].read() as connection:
        for name, due in expected.items():
            stored = repository.find(connection, name)
            assert stored is not None
            assert (
                sorted(due)
                == [tick.due_at for tick in repository.ticks(connection, stored.id, limit=20_000)][::-1]
            )
    for node in nodes:
        node.close()


def test_schedules_that_are_not_due_cost_no_transaction(database: Database) -> None:
    """A hundred of them, by the clock, by events and behind jobs: a look reads once, and writes nothing."""
    for number in range(100):
        when = [{"cron": "0 3 * * *"}, {"on_event": {"topic": "file.arrived"}}, {"after": {"jobs": ["k"]}}][
            number % 3
        ]
        one = Schedule.model_validate({"name": f"s{number}", "job": "j", "parameters": {"at": "x"}, **when})
        store.store(database, one, actor="ann")
    begun: list[str] = []
    with database.write() as connection:
        connection.execute(update(SCHEDULE).values(look_at=datetime(9999, 1, 1, tzinfo=UTC)))
        outbox.put(connection, "other.topic", "1", {})
    event.listen(database.engine, "before_cursor_execute", lambda *told: begun.append(told[2]))
    assert 0 == fire.fire(database)
    assert [] == [words for words in begun if words.split()[0] not in ("SELECT", "BEGIN", "SHOW", "SET")]
    assert len(begun) < 8


def test_what_is_wrong_with_one_schedule_keeps_no_other_from_firing(database: Database) -> None:
    """A calendar without business days, and a target that does not answer: told once, and looked at again later."""
    never = Calendar(name="never", weekend=(1, 2, 3, 4, 5, 6, 7))
    store.store_calendar(database, never, actor="ann")
    put(database, name="a", roll="none", calendar="never", business_date_offset=-1)
    query = {"target": "bank", "query": "SELECT 1", "every_s": 60}
    for name in ("b", "c"):
        put(database, name=name, cron=None, on_change=query, parameters={"at": "x"})
    put(database)

    def ask(target: str, query: str) -> int:
        raise FixSpec("LS-3001", "there is no such table")

    at = START + timedelta(hours=1)
    assert 1 == fire.fire(database, at=at)
    assert (0, 0) == (fire.fire_changed(database, ask, at=at), fire.fire_changed(database, ask, at=at))
    with database.read() as connection:
        told = outbox.read(connection, topics=["schedule.refused"])
    assert [("a", "LS-7203"), ("b", "LS-3001"), ("c", "LS-3001")] == [
        (one.key, one.body["code"]) for one in told
    ]
    assert 1 == fire.fire(database, at=at + timedelta(hours=1))


def test_a_new_or_enabled_schedule_does_not_see_events_of_before(database: Database) -> None:
    """It fires from then on, as one by the clock does; a changed one goes on where it stood."""

    def arrive() -> None:
        with database.write() as connection:
            outbox.put(connection, "file.arrived", "1", {})

    when = {"cron": None, "on_event": {"topic": "file.arrived"}, "parameters": {"at": "x"}}
    arrive()
    put(database, **when)
    assert 0 == fire.fire(database)
    store.enable(database, "s", False, actor="ann")
    arrive()
    assert 0 == fire.fire(database)
    store.enable(database, "s", True, actor="ann")
    assert 0 == fire.fire(database)
    arrive()
    put(database, **when, overlap="allow")
    assert 1 == fire.fire(database)


def test_a_changed_schedule_has_no_ticks_of_before_its_change(database: Database) -> None:
    """Of the new expression, nor by a calendar that changed; what was due by the old one is still decided."""
    values = {"name": "s", "job": "j", "parameters": {"at": "{due_time}"}}
    far = datetime.now(UTC) + timedelta(days=300)
    store.store(
        database, Schedule.model_validate({**values, "cron": f"0 0 {far.day} {far.month} *"}), actor="ann"
    )
    with database.write() as connection:
        found = repository.find(connection, "s")
        assert found is not None
        repository.change(connection, found.id, planned_until=START)
    store.store(
        database, Schedule.model_validate({**values, "cron": "0 * * * *", "calendar": None}), actor="ann"
    )
    assert 0 == fire.fire(database)
    begin_at(database, "s", START)
    store.store(
        database, Schedule.model_validate({**values, "cron": "0 * * * *", "overlap": "skip"}), actor="ann"
    )
    assert 2 == fire.fire(database, at=START + timedelta(hours=2, minutes=1))


def test_ticks_and_their_lag_are_measured(database: Database) -> None:
    """One launched seven seconds late, one skipped for it; what was rolled back would not be counted."""
    metrics.disable()
    metrics.enable()
    put(database, overlap="skip")
    fire.fire(database, at=START + timedelta(hours=1, seconds=7))
    fire.fire(database, at=START + timedelta(hours=2, seconds=7))
    lines = metrics.exposed().splitlines()
    metrics.disable()
    assert 'loadstone_schedule_ticks_total{state="launched"} 1.0' in lines
    assert 'loadstone_schedule_ticks_total{state="skipped"} 1.0' in lines
    assert "loadstone_schedule_lag_seconds_sum 7.0" in lines
    assert 'loadstone_schedule_lag_seconds_bucket{le="5.0"} 0.0' in lines


def test_schedules_that_are_due_at_once_share_a_transaction(database: Database) -> None:
    """On SQLite, where each would wait for the disk; on PostgreSQL each has its own."""
    for number in range(12):
        put(database, name=f"s{number}", parameters={"at": f"{number}"})
    commits: list[int] = []
    event.listen(database.engine, "commit", lambda connection: commits.append(1))
    assert 12 == fire.fire(database, at=START + timedelta(hours=1))
    assert {"sqlite": 2, "postgresql": 12}[database.kind] + 1 == len(commits)  # and one that read
