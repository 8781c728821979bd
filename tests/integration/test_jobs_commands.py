"""``loadstone jobs``, ``schedules``, ``deadletters`` and ``repository`` within this process: each command, each refusal."""

from __future__ import annotations

import json
import signal
import threading
import time
from pathlib import Path

import pytest
import structlog
from structlog.testing import LogCapture

from loadstone.database import migrate
from tests.repository import put_repository
from tests.terminal import Done, loadstone

JOB = """name: nightly
description: hello
parameters:
  day: {type: date}
steps:
  first: {handler: command, config: {run: [echo, "{day}"]}}
  second: {handler: command, needs: [first], config: {run: [sh, -c, "exit 0"]}}
"""
SCHEDULES = """calendars:
  - {name: target2, market: ECB}
schedules:
  - name: payments-nightly
    job: nightly
    cron: "30 2 * * *"
    timezone: Europe/Berlin
    calendar: target2
    parameters: {day: "{business_date}"}
"""


@pytest.fixture(autouse=True)
def repository(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty repository in the working directory."""
    monkeypatch.setenv("LOADSTONE_REPOSITORY", "repository.db")
    put_repository("repository.db")


@pytest.fixture
def job() -> str:
    """An approved job."""
    Path("nightly.yaml").write_text(JOB)
    assert 0 == loadstone("jobs", "store", "nightly.yaml", "--as", "ann").code
    assert 0 == loadstone("jobs", "approve", "nightly", "--as", "bob").code
    return "nightly"


def refused(done: Done, code: str) -> str:
    """What is told on standard error, where nothing is on standard output."""
    assert (1, "") == (done.code, done.out)
    assert done.err.startswith(f"[{code}]") and "\nHINT: " in done.err and "Traceback" not in done.err
    return done.err


def test_definitions_are_stored_approved_shown_and_retired() -> None:
    """By two persons; from a file or standard input; in words and as JSON."""
    done = loadstone("jobs", "store", "-", "--as", "ann", data=JOB.encode())
    assert "job nightly, version 1: draft\n" == done.out
    assert "LS-7113" in loadstone("jobs", "approve", "nightly", "--as", "ann").err
    assert "job nightly, version 1: approved by bob\n" == loadstone("jobs", "approve", "nightly", "--as", "bob").out
    (listed,) = loadstone("jobs", "list", "--json").values()
    assert ("approved", "ann", "bob") == (listed["state"], listed["created_by"], listed["approved_by"])
    assert "T" in listed["created_at"] and listed["created_at"].endswith("+00:00")
    text = loadstone("jobs", "show", "nightly").out
    assert "runs in this order: first | second" in text and "handler: command" in text
    shown = json.loads(loadstone("jobs", "show", "nightly", "--version", "1", "--json").out)
    assert [["first"], ["second"]] == shown["levels"]
    assert "properties" in json.loads(loadstone("jobs", "schema").out)
    assert "job nightly, version 1: retired\n" == loadstone("jobs", "retire", "nightly").out


def test_a_launch_is_answered_listed_and_operated(job: str) -> None:
    """Each verb says how the execution stands, and a script can ask for JSON."""
    first = loadstone("jobs", "launch", job, "day=2026-11-24")
    assert (0, True) == (first.code, first.out.startswith("started: this instance was never launched"))
    assert "execution 1: paused\n" == loadstone("jobs", "pause", "1").out
    (again,) = loadstone("jobs", "launch", job, "day=2026-11-24", "--json").values()
    assert ("refused", 1) == (again["answer"], again["execution"])
    assert 2 == loadstone("jobs", "launch", job, "day=2026-11-24").code
    assert "execution 1: running\n" == loadstone("jobs", "resume", "1").out
    assert [1] == [one["id"] for one in loadstone("jobs", "runs", "--active", "--json").values()]
    assert "execution 1: stopped\n" == loadstone("jobs", "stop", "1").out
    assert "none\n" == loadstone("jobs", "runs", job, "--active").out
    (told,) = loadstone("jobs", "abandon", "1", "--reason", "a test", "--json").values()
    assert {"execution": 1, "status": "abandoned", "request": "none"} == told
    assert "execution.abandon" in loadstone("repository", "audit", "--object", "execution:1").out


def test_recommendations_come_with_their_figures(job: str) -> None:
    """By executions that completed; those that change something first; a job that nobody knows is refused."""
    for day in (1, 2, 3):
        assert 0 == loadstone("jobs", "launch", job, f"day=2026-11-0{day}", "--wait").code
    done = loadstone("jobs", "tune", job)
    assert (0, "") == (done.code, done.err)
    assert "job nightly, version 1: by 3 executions that completed" in done.out
    assert "second, limits.timeout_s: median 0." in done.out
    (told,) = loadstone("jobs", "tune", job, "--json", "--last", "2").values()
    assert (2, True) == (told["executions"], told["machine"]["cores"] > 0)
    assert {False} == {one["changes"] for one in told["settings"] if one["step"]}
    refused(loadstone("jobs", "tune", "unknown"), "LS-7105")


def test_a_load_step_tells_the_pace_of_its_chunks(here: Path) -> None:
    """Its result keeps the figures, and the recommendation shows them."""
    Path("a.ctl").write_text("LOAD DATA INFILE 'a.dat' INTO TABLE t FIELDS TERMINATED BY ',' (a INTEGER EXTERNAL)")
    Path("a.dat").write_text("1\n2\n")
    step = "{handler: load, config: {control: a.ctl, target: bank.db, create_tables: true, chunk_size_bytes: 4096}}"
    Path("a.yaml").write_text(f"name: a\nsteps: {{load: {step}}}\n")
    loadstone("jobs", "store", "a.yaml", "--as", "ann")
    loadstone("jobs", "approve", "a", "--as", "bob")
    assert 0 == loadstone("jobs", "launch", "a", "--wait").code
    (run,) = loadstone("jobs", "run", "1", "--json").values()
    pace = run["steps"][0]["result"]["pace"]
    assert (4096, "pinned", 1) == (pace["chunk_size_bytes"], pace["why"], pace["chunks"])
    (told,) = loadstone("jobs", "tune", "a", "--json").values()
    assert ("config.chunk_size_bytes", "4096") == (told["settings"][0]["setting"], told["settings"][0]["now"])


@pytest.mark.parametrize("wrong", ["adapt = 1", "threads = 0", "workers = true", "speed = 9"])
def test_wrong_pins_are_refused(here: Path, wrong: str) -> None:
    """Before a worker or a load begins, with what may stand there."""
    Path("loadstone.toml").write_text(f"[tuning]\n{wrong}\n")
    refused(loadstone("worker", "--until-idle"), "LS-6002")


def test_waiting_shows_the_steps_and_gives_the_verdict(job: str) -> None:
    """0 when it completed, else 2 with each step's error and its hints."""
    done = loadstone("jobs", "launch", job, "day=2026-11-25", "--wait")
    assert 0 == done.code
    assert "execution 1 of job nightly (version 1, attempt 1): completed" in done.out
    Path("bad.yaml").write_text("name: bad\nsteps: {a: {handler: command, config: {run: ['false']}}}\n")
    loadstone("jobs", "store", "bad.yaml", "--as", "ann")
    loadstone("jobs", "approve", "bad", "--as", "bob")
    done = loadstone("jobs", "launch", "bad", "--wait")
    assert 2 == done.code
    assert "[LS-7127] step a: false ended with exit code 1" in done.out and "HINT: " in done.out
    (run,) = loadstone("jobs", "run", "2", "--json").values()
    assert ("failed", "LS-7127") == (run["status"], run["steps"][0]["error"]["code"])


def test_ctrl_c_while_waiting_stops_the_execution() -> None:
    """As ``jobs stop``: running tasks end, the exit code is 2, and a launch goes on behind them."""
    Path("long.yaml").write_text("name: long\nsteps: {a: {handler: command, config: {run: [sleep, '60']}}}\n")
    loadstone("jobs", "store", "long.yaml", "--as", "ann")
    loadstone("jobs", "approve", "long", "--as", "bob")

    def interrupt() -> None:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and not started.is_set():
            time.sleep(0.05)
            started.set() if Path("repository.db").exists() and _running() else None
        signal.raise_signal(signal.SIGINT)

    started = threading.Event()
    thread = threading.Thread(target=interrupt)
    thread.start()
    begun = time.monotonic()
    done = loadstone("jobs", "launch", "long", "--wait")
    thread.join()
    assert (2, True) == (done.code, "long (version 1, attempt 1): stopped" in done.out)
    assert time.monotonic() - begun < 55
    (again,) = loadstone("jobs", "launch", "long", "--json").values()
    assert "restarted" == again["answer"]


def _running() -> bool:
    import sqlite3

    with sqlite3.connect("repository.db", timeout=30) as connection:
        return bool(connection.execute("SELECT 1 FROM step_task WHERE status = 'running'").fetchall())


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["jobs", "launch", "nightlt", "day=2026-11-24"], "LS-7105", "no job nightlt"),
        (["jobs", "launch", "nightly", "day=24.11.2026"], "LS-7103", "day must be a date"),
        (["jobs", "launch", "nightly", "dya=2026-11-24"], "LS-7103", "did you mean day?"),
        (["jobs", "launch", "nightly"], "LS-7103", "day (date) is missing"),
        (["jobs", "launch", "nightly", "day"], "LS-7128", "'day' is not NAME=VALUE"),
        (["jobs", "launch", "nightly", "=x"], "LS-7128", "'=x' is not NAME=VALUE"),
        (["jobs", "show", "nothing"], "LS-7105", "no job nothing"),
        (["jobs", "show", "nightly", "--version", "9"], "LS-7105", "no job nightly"),
        (["jobs", "approve", "nightly", "--version", "9"], "LS-7105", "no version 9 of job nightly"),
        (["jobs", "runs", "nothing"], "LS-7105", "no job nothing"),
        (["jobs", "run", "99"], "LS-7115", "no execution 99"),
        (["jobs", "pause", "99"], "LS-7115", "no execution 99"),
        (["jobs", "resume", "99"], "LS-7115", "no execution 99"),
        (["jobs", "abandon", "99", "--reason", "x"], "LS-7115", "no execution 99"),
        (["jobs", "store", "missing.yaml"], "LS-6020", "missing.yaml: cannot be read: No such file"),
        (["jobs", "store", "."], "LS-6020", "Is a directory"),
        (["jobs", "workers", "--stop", "w"], "LS-7129", "no worker w"),
        (["jobs", "list", "--repository", "mysql://x"], "LS-7001", "names no repository"),
        (["jobs", "list", "--repository", "nightly.yaml"], "LS-7008", "no SQLite database"),
        (["repository", "downgrade", "0815"], "LS-7009", "no version '0815'"),
        (["schedules", "store", "missing.yaml"], "LS-6020", "missing.yaml"),
        (["schedules", "ticks", "x"], "LS-7208", "no schedule x"),
        (["schedules", "enable", "x"], "LS-7208", "no schedule x"),
        (["schedules", "backfill", "x", "--from", "2026-11-01", "--to", "2026-11-02"], "LS-7208", "no schedule x"),
        (["schedules", "backfill", "x", "--from", "soon", "--to", "2026-11-02"], "LS-7209", "'soon' is no moment"),
        (["schedules", "backfill", "x", "--from", "2026-11-02", "--to", "2026-11-01"], "LS-7209", "before --from"),
        (["deadletters", "show", "9"], "LS-7301", "no dead letter 9"),
        (["deadletters", "correct", "9", "--text", "x"], "LS-7301", "no dead letter 9"),
        (["deadletters", "correct", "9", "--file", "missing"], "LS-6020", "missing"),
        (["deadletters", "drop", "9", "--reason", "x"], "LS-7301", "no dead letter 9"),
        (["deadletters", "replay", "9"], "LS-7301", "no dead letter 9"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(job: str, words: list[str], code: str, told: str) -> None:
    """Exit code 1; code, fact and hints on standard error; the same as JSON."""
    assert told in refused(loadstone(*words), code)
    as_json = loadstone(*words, "--json") if "downgrade" not in words else None
    if as_json is not None:
        (error,) = json.loads(as_json.out)["errors"]
        assert (code, True, 1) == (error["code"], bool(error["hints"]), as_json.code)


@pytest.mark.parametrize(
    ("path", "told"), [("nowhere/repository.db", "does the folder exist"), ("readonly/repository.db", "")]
)
def test_a_repository_that_cannot_be_made_is_an_outage(path: str, told: str) -> None:
    """Exit code 3: people must act, and the first hint is what to look at."""
    Path("readonly").mkdir(mode=0o500)
    if path.startswith("readonly"):
        Path("readonly").rmdir()
        Path("readonly").write_text("")  # a file where the folder should be; root may write anywhere
    done = loadstone("jobs", "list", "--repository", path)
    assert (3, "") == (done.code, done.out)
    assert done.err.startswith("[LS-7003] the repository cannot be written") and told in done.err


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("handler: command, needs", "handlr: command, needs", "LS-7102", "nightly.yaml:7:11"),
        ("needs: [first]", "needs: [frist]", "LS-7102", "nightly.yaml:1:1"),
        ("type: date", "type: dote", "LS-7102", "nightly.yaml:4:15"),
        ("handler: command, config: {run: [echo", "handler: comand, config: {run: [echo", "LS-7107", "nightly.yaml:6:10"),
        ("{day}", "{date}", "LS-7112", "nightly.yaml:6:10"),
        ("config: {run: [sh", "config: {runs: [sh", "LS-7121", "nightly.yaml:7:11"),
        ("description: hello", "name: twice", "LS-7101", "nightly.yaml:2:1"),
        ("description: hello", "description: [", "LS-7101", "nightly.yaml:4:6"),
    ],
)  # fmt: skip
def test_a_wrong_definition_has_its_place(old: str, new: str, code: str, place: str) -> None:
    """Line and column of the value, or of the step that a handler refuses."""
    assert old in JOB
    Path("nightly.yaml").write_text(JOB.replace(old, new, 1))
    assert place in refused(loadstone("jobs", "store", "nightly.yaml"), code)
    assert "none\n" == loadstone("jobs", "list").out


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("calendar:", "calender:", "LS-7205", "s.yaml:8:5"),
        ("market: ECB", "market: XXX", "LS-7204", "s.yaml:2:5"),
        ("30 2 * * *", "99 2 * * *", "LS-7201", "s.yaml:6:11"),
        ("30 2 * * *", "0 0 31 2 *", "LS-7201", "s.yaml:6:11"),
        ("30 2 * * *", "30 2 *", "LS-7201", "s.yaml:6:11"),
        ("Europe/Berlin", "Europe/Atlantis", "LS-7202", "s.yaml:7:15"),
        ("calendar: target2", "calendar: target3", "LS-7206", ""),
        ("schedules:", "schedule:", "LS-7205", "s.yaml:3:1"),
        ("    job: nightly\n", "", "LS-7205", "s.yaml:4:5"),
        ("  - {name: target2, market: ECB}", "  {name: target2}", "LS-7205", "s.yaml:2:3"),
        ("calendars:", "- calendars:", "LS-7205", "s.yaml:"),
    ],
)  # fmt: skip
def test_a_wrong_schedule_has_its_place(old: str, new: str, code: str, place: str) -> None:
    """In a file of many; nothing of it is kept."""
    assert old in SCHEDULES
    Path("s.yaml").write_text(SCHEDULES.replace(old, new, 1))
    assert place in refused(loadstone("schedules", "store", "s.yaml"), code)
    assert "none\n" == loadstone("schedules", "list").out


def test_schedules_are_stored_listed_and_backfilled(job: str) -> None:
    """With their next due time; a preview launches nothing, a backfill launches once."""
    Path("s.yaml").write_text(SCHEDULES)
    assert ["target2", "payments-nightly"] == [
        one["stored"] for one in loadstone("schedules", "store", "s.yaml", "--json").values()
    ]
    (listed,) = loadstone("schedules", "list", "--json").values()
    assert ("30 2 * * *", True) == (listed["when"], listed["enabled"]) and listed["next_due"]
    assert "ECB" in loadstone("schedules", "calendars").out
    span = ["payments-nightly", "--from", "2026-11-17T00:00+01:00", "--to", "2026-11-19T00:00+01:00"]
    preview = loadstone("schedules", "backfill", *span, "--preview", "--json").values()
    assert ["2026-11-17T01:30:00+00:00", "2026-11-18T01:30:00+00:00"] == [one["due_at"] for one in preview]
    assert "none\n" == loadstone("jobs", "runs").out
    assert 3 == len(loadstone("schedules", "backfill", *span).out.splitlines())
    assert "none\n" == loadstone("schedules", "backfill", *span).out
    ticks = loadstone("schedules", "ticks", "payments-nightly", "--json").values()
    assert 2 == len(ticks) and ticks[0]["due_at"] > ticks[1]["due_at"]
    assert "no" in loadstone("schedules", "disable", "payments-nightly").out
    (disabled,) = loadstone("schedules", "list", "--json").values()
    assert (False, None) == (disabled["enabled"], disabled["next_due"])
    assert "yes" in loadstone("schedules", "enable", "payments-nightly").out


@pytest.mark.parametrize(
    ("trigger", "told"),
    [
        ("on_event: {topic: file.arrived}", "on event file.arrived"),
        ("on_change: {target: bank.db, query: SELECT 1}", "on change in bank.db"),
        ("after: {jobs: [a, b]}", "after a, b"),
    ],
)
def test_other_triggers_are_told(trigger: str, told: str) -> None:
    """One schedule in a file needs no list around it."""
    Path("s.yaml").write_text(f"name: s\njob: nightly\n{trigger}\n")
    loadstone("schedules", "store", "s.yaml")
    (listed,) = loadstone("schedules", "list", "--json").values()
    assert (told, None) == (listed["when"], listed["next_due"])


def test_pools_are_set_and_listed(job: str) -> None:
    """All, or the one that is named."""
    assert [{"pool": "slow", "slots": 2, "running": 0}] == loadstone("jobs", "pool", "slow", "2", "--json").values()
    loadstone("jobs", "pool", "fast", "8")
    assert ["fast", "slow"] == sorted(one["pool"] for one in loadstone("jobs", "pool", "--json").values())
    assert "none\n" == loadstone("jobs", "pool", "other").out
    assert [0] == [one["slots"] for one in loadstone("jobs", "pool", "slow", "0", "--json").values()]


def test_workers_are_listed_and_asked_to_end(job: str) -> None:
    """One that runs stands in the list until it has ended; it ends by itself when it is asked to."""
    from loadstone.bootstrap import jobs as bootstrap
    from loadstone.jobs import worker as workers

    assert "none\n" == loadstone("jobs", "workers").out
    quiet = LogCapture()
    structlog.configure(processors=[quiet])
    worker = bootstrap.make_worker("repository.db", threads=1, lease_s=30)
    worker._ticks = [workers.Tick(one.name, 0.1, one.act) for one in worker._ticks]
    thread = threading.Thread(target=worker.run)
    thread.start()
    deadline = time.monotonic() + 90
    while not (listed := loadstone("jobs", "workers", "--json").values()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [worker.id] == [one["worker"] for one in listed]
    assert "LS-7129" in loadstone("jobs", "workers", "--stop", "nobody").err
    (asked,) = loadstone("jobs", "workers", "--stop", worker.id, "--json").values() or [{"stopping": True}]
    assert asked["stopping"]
    thread.join(90)
    structlog.reset_defaults()
    assert not thread.is_alive()
    assert "none\n" == loadstone("jobs", "workers", "--stop").out
    assert ["worker:all"] == [
        one["object"] for one in loadstone("repository", "audit", "--object", "worker:all", "--json").values()
    ]


def test_the_audit_trail_is_shown_and_verified(job: str) -> None:
    """Who did what; a seal that no longer fits is named, and the exit code says so."""
    entries = loadstone("repository", "audit", "--json").values()
    assert [("ann", "job.store"), ("bob", "job.approve")] == [(one["actor"], one["action"]) for one in entries]
    assert "version: 1" in loadstone("repository", "audit").out
    good = loadstone("repository", "audit", "--verify", "--json")
    assert (0, "") == (good.code, good.values()[0]["broken"])
    import sqlite3

    with sqlite3.connect("repository.db") as connection:
        connection.execute("UPDATE audit_entry SET actor = 'eve' WHERE actor = 'bob'")
    broken = loadstone("repository", "audit", "--verify", "--json")
    assert (2, True) == (broken.code, bool(broken.values()[0]["broken"]))


def test_the_tables_go_up_and_down(job: str) -> None:
    """Down to nothing, and up again without the job."""
    assert "the repository has version base\n" == loadstone("repository", "downgrade", "base").out
    assert migrate.versions()[0] in loadstone("repository", "upgrade").out
    assert "none\n" == loadstone("jobs", "list").out


def test_tables_fit_a_terminal(job: str) -> None:
    """80 columns are enough for every list of a repository with something in it."""
    Path("s.yaml").write_text(SCHEDULES)
    loadstone("schedules", "store", "s.yaml")
    loadstone("jobs", "launch", job, "day=2026-11-24", "--wait")
    for words in ("jobs list", "jobs runs", "jobs run 1", "schedules list", "schedules calendars", "repository audit"):
        done = loadstone(*words.split(), terminal=True)
        assert 0 == done.code
        assert max(map(len, done.out.splitlines())) <= 80, words
