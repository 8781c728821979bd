"""``loadstone jobs``, ``worker`` and ``repository`` as people and scripts use them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from loadstone.database import migrate
from tests.repository import put_repository
from tests.terminal import Done, loadstone

JOB = """
name: nightly
parameters:
  day: {type: date}
steps:
  first: {handler: command, config: {run: [echo, "{day}"]}}
  second: {handler: command, needs: [first], config: {run: [sh, -c, "exit 0"]}}
"""


def apart(*words: str) -> Done:
    """One command in a process of its own, as a script calls it."""
    command = [sys.executable, "-m", "loadstone.cli.main", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return Done(done.returncode, done.stdout, done.stderr)


def values(*words: str) -> Any:
    """What a command prints with ``--json``: one value a line."""
    done = loadstone(*words, "--json")
    assert done.code == 0, done.err
    lines = done.values()
    return lines[0] if len(lines) == 1 else lines


@pytest.fixture
def job(here: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An approved job."""
    monkeypatch.setenv("LOADSTONE_REPOSITORY", "repository.db")
    put_repository("repository.db")
    Path("nightly.yaml").write_text(JOB)
    assert values("jobs", "store", "nightly.yaml", "--as", "ann")["state"] == "draft"
    assert values("jobs", "approve", "nightly", "--as", "bob")["state"] == "approved"
    return "nightly"


def test_a_job_is_launched_worked_and_shown(job: str) -> None:
    """Launch, a worker until idle, the run with its steps, each by a process of its own; the list of runs."""
    (launched,) = apart("jobs", "launch", job, "day=2026-11-24", "--json").values()
    assert launched["answer"] == "started"
    assert apart("worker", "--until-idle", "--threads", "2").code == 0
    shown = values("jobs", "run", str(launched["execution"]))
    assert [step["status"] for step in shown["steps"]] == ["completed", "completed"]
    assert shown["steps"][0]["result"]["output"] == "2026-11-24\n"
    assert values("jobs", "runs", job)["status"] == "completed"
    assert values("jobs", "launch", job, "day=2026-11-24")["answer"] == "cached"
    text = apart("jobs", "run", str(launched["execution"])).out
    assert "execution 1 of job nightly (version 1, attempt 1): completed" in text


def test_waiting_for_a_launch_works_it_off(job: str) -> None:
    """Without any other worker; the exit code is the verdict."""
    done = loadstone("jobs", "launch", job, "day=2026-11-25", "--wait")
    assert (done.code, "second" in done.out) == (0, True)
    Path("bad.yaml").write_text("name: bad\nsteps: {a: {handler: command, config: {run: ['false']}}}\n")
    loadstone("jobs", "store", "bad.yaml", "--as", "ann")
    loadstone("jobs", "approve", "bad", "--as", "bob")
    done = loadstone("jobs", "launch", "bad", "--wait")
    assert done.code == 2
    assert "[LS-7127] step a: false ended with exit code 1" in done.out


def test_a_paused_execution_is_resumed_and_a_stopped_one_abandoned(job: str) -> None:
    """Each verb says how the execution stands."""
    first = str(values("jobs", "launch", job, "day=2026-11-24")["execution"])
    assert values("jobs", "pause", first)["status"] == "paused"
    assert loadstone("jobs", "launch", job, "day=2026-11-24").code == 2
    assert values("jobs", "resume", first)["status"] == "running"
    assert values("jobs", "stop", first)["status"] == "stopped"
    assert values("jobs", "abandon", first, "--reason", "wrong day")["status"] == "abandoned"
    refused = loadstone("jobs", "stop", first)
    assert (refused.code, "LS-7114" in refused.err) == (1, True)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["jobs", "launch", "nightlt", "day=2026-11-24"], "LS-7105"),
        (["jobs", "launch", "nightly", "day=24.11.2026"], "LS-7103"),
        (["jobs", "launch", "nightly", "day"], "LS-7128"),
        (["jobs", "show", "nothing"], "LS-7105"),
        (["jobs", "run", "99"], "LS-7115"),
        (["jobs", "pause", "99"], "LS-7115"),
        (["jobs", "store", "missing.yaml"], "LS-6020"),
        (["jobs", "list", "--repository", "mysql://x"], "LS-7001"),
    ],
)
def test_what_is_wrong_is_refused_with_a_code(job: str, words: list[str], code: str) -> None:
    """Exit code 1, the code on standard error, nothing on standard output."""
    done = loadstone(*words)
    assert (done.code, done.out, code in done.err) == (1, "", True)


def test_a_definition_is_shown_with_its_levels(job: str) -> None:
    """As YAML with versions, or as JSON."""
    assert values("jobs", "show", job)["levels"] == [["first"], ["second"]]
    assert "runs in this order: first | second" in loadstone("jobs", "show", job).out
    assert values("jobs", "list")["job"] == "nightly"
    assert values("jobs", "retire", job)["state"] == "retired"
    assert "properties" in json.loads(loadstone("jobs", "schema").out)


def test_pools_are_set_and_listed(job: str) -> None:
    """A pool of two slots."""
    assert values("jobs", "pool", "slow", "2") == {"pool": "slow", "slots": 2, "running": 0}
    assert "slow" in loadstone("jobs", "pool").out


def test_the_audit_trail_is_shown_and_verified(job: str) -> None:
    """Who did what; a chain without a broken seal."""
    entries = values("repository", "audit", "--object", "job:nightly")
    assert [(one["actor"], one["action"]) for one in entries] == [
        ("ann", "job.store"),
        ("bob", "job.approve"),
    ]
    assert values("repository", "audit", "--verify")["broken"] == ""


def test_the_tables_go_up_and_down(job: str) -> None:
    """Down to nothing, and up again without the job."""
    assert "base" in loadstone("repository", "downgrade", "base").out
    assert migrate.versions()[0] in loadstone("repository", "upgrade").out
    assert "none" in loadstone("jobs", "list").out


def test_a_worker_ends_at_a_signal(job: str) -> None:
    """SIGTERM: it claims no more, ends with 0, and says so."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "loadstone.cli.main", "worker", "--json-log"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert worker.stderr is not None
    while json.loads(worker.stderr.readline())["event"] != "worker.started":
        pass
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    assert "worker.stopped" in worker.stderr.read()
