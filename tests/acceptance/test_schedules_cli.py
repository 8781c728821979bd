"""``loadstone schedules`` as people and scripts use it, with a worker that fires."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loadstone.bootstrap.schedules import ask_target
from tests.acceptance.test_jobs_cli import apart
from tests.repository import put_repository
from tests.runs import load
from tests.targets import execute
from tests.terminal import loadstone

SCHEDULES = """
calendars:
  - {name: target2, market: ECB}
schedules:
  - name: nightly
    job: hello
    cron: "0 2 * * *"
    timezone: Europe/Berlin
    calendar: target2
    roll: following
    parameters: {day: "{business_date}"}
    overlap: allow
"""
JOB = "name: hello\nparameters: {day: {type: date}}\nsteps: {a: {handler: command, config: {run: [echo, '{day}']}}}\n"


def rows(*words: str) -> list[Any]:
    """What a command prints with ``--json``."""
    done = loadstone(*words, "--json")
    assert 0 == done.code, done.err
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.fixture
def schedules(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job, a calendar and a schedule."""
    monkeypatch.setenv("LOADSTONE_REPOSITORY", "repository.db")
    put_repository("repository.db")
    Path("hello.yaml").write_text(JOB)
    Path("schedules.yaml").write_text(SCHEDULES)
    loadstone("jobs", "store", "hello.yaml", "--as", "ann")
    loadstone("jobs", "approve", "hello", "--as", "bob")
    assert [{"stored": "target2"}, {"stored": "nightly"}] == rows("schedules", "store", "schedules.yaml")


@pytest.mark.usefixtures("schedules")
def test_schedules_are_listed_with_their_next_due_time() -> None:
    """A disabled one has none."""
    (row,) = rows("schedules", "list")
    assert ("nightly", "hello", True) == (row["schedule"], row["job"], row["next_due"] is not None)
    assert [{"schedule": "nightly", "enabled": False}] == rows("schedules", "disable", "nightly")
    assert rows("schedules", "list")[0]["next_due"] is None
    assert [{"schedule": "nightly", "enabled": True}] == rows("schedules", "enable", "nightly")
    assert "target2" == rows("schedules", "calendars")[0]["calendar"]


@pytest.mark.usefixtures("schedules")
def test_a_backfill_is_previewed_then_launched_then_worked() -> None:
    """Easter 2026 rolls to Tuesday, which fires once; its ticks show their executions."""
    span = ["--from", "2026-04-02T00:00+02:00", "--to", "2026-04-08T00:00+02:00"]
    preview = rows("schedules", "backfill", "nightly", *span, "--preview")
    assert ["2026-04-02T00:00", "2026-04-07T00:00"] == [row["due_at"][:16] for row in preview]
    assert [] == rows("schedules", "ticks", "nightly")
    assert preview == rows("schedules", "backfill", "nightly", *span)
    assert 0 == apart("worker", "--until-idle").code
    ticks = rows("schedules", "ticks", "nightly")
    assert ["launched", "launched"] == [tick["state"] for tick in ticks]
    assert "2026-04-07" == rows("jobs", "run", str(ticks[0]["execution"]))[0]["parameters"]["day"]


@pytest.mark.usefixtures("schedules")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name: x\njob: hello\ncron: 99 * * * *\n", "LS-7201"),
        ("name: x\njob: hello\ncron: 0 2 * * *\ntimezone: Mars\n", "LS-7202"),
        ("name: x\njob: hello\ncron: 0 2 * * *\ncalendar: none\n", "LS-7206"),
        ("name: x\njob: hello\n", "LS-7205"),
        ("name: [x\n", "LS-7205"),
        ("- x\n", "LS-7205"),
        ("calendars: [{name: x, country: XX}]\n", "LS-7204"),
    ],
)
def test_what_could_not_fire_is_refused(text: str, code: str) -> None:
    """With a code, before anything is stored."""
    Path("wrong.yaml").write_text(text)
    done = loadstone("schedules", "store", "wrong.yaml")
    assert (1, True) == (done.code, code in done.err)


@pytest.mark.usefixtures("schedules")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["ticks", "none"], "LS-7208"),
        (["enable", "none"], "LS-7208"),
        (["backfill", "none", "--from", "2026-01-01", "--to", "2026-01-02"], "LS-7208"),
        (["backfill", "nightly", "--from", "yesterday", "--to", "2026-01-02"], "LS-7209"),
    ],
)
def test_what_does_not_exist_is_refused(words: list[str], code: str) -> None:
    """With a code on standard error."""
    done = loadstone("schedules", *words)
    assert (1, True) == (done.code, code in done.err)


def test_a_target_answers_a_query(here: Path, target_url: str) -> None:
    """The one value of the watermark of a table, on every target."""
    control = "LOAD DATA INFILE * APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a INTEGER EXTERNAL)\nBEGINDATA\n3\n7\n"
    load(control, target_url, ddl="CREATE TABLE t (a NUMBER(9));")
    assert 7 == int(ask_target(target_url, "SELECT max(a) FROM t"))
    assert ask_target(target_url, "SELECT a FROM t WHERE a > 9") is None


@pytest.mark.usefixtures("schedules")
def test_a_worker_fires_what_is_due() -> None:
    """A schedule of every minute, due since its last minute, starts within a second or two of the worker."""
    Path("minute.yaml").write_text(
        "name: minute\njob: hello\ncron: '* * * * *'\nparameters: {day: '{due_date}'}\noverlap: skip\n"
    )
    loadstone("schedules", "store", "minute.yaml")
    earlier = "datetime({0}, '-2 minutes') || '.000000'"
    execute(
        "repository.db",
        f"UPDATE schedule SET planned_until = {earlier.format('planned_until')},"
        f" look_at = {earlier.format('look_at')} WHERE name = 'minute'",
    )
    assert 0 == apart("worker", "--until-idle", "--threads", "1").code
    assert rows("schedules", "ticks", "minute")
