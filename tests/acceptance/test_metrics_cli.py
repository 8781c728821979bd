"""``loadstone worker --metrics``: what a worker did can be scraped while it works."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loadstone.cli.main import main

JOB = """
name: nightly
steps:
  load: {handler: load, config: {control: t.ctl, ddl: t.sql, target: bank.db, data: t.dat}}
  bad: {handler: command, needs: [load], config: {run: [/no/such/program]}, optional: true}
"""


def test_a_worker_serves_its_metrics_and_logs_its_events(here: Path) -> None:
    """Executions, tasks, records, queue and notices; each event is one JSON line, named noun.verb, with ids."""
    Path("t.ctl").write_text("LOAD DATA APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a INTEGER EXTERNAL)\n")
    Path("t.sql").write_text("CREATE TABLE t (a NUMBER(9));")
    Path("t.dat").write_text("1\n2\nx\n")
    Path("j.yaml").write_text(JOB)
    repository = ["--repository", str(here / "r.db")]
    assert 0 == main(["jobs", "store", "j.yaml", *repository, "--as", "ann"])
    assert 0 == main(["jobs", "approve", "nightly", *repository, "--as", "bob"])
    assert 0 == main(["jobs", "launch", "nightly", *repository])
    words = ["worker", "--metrics", "127.0.0.1:0", "--json-log", "--threads", "1", *repository]
    with open("log", "w") as log:
        worker = subprocess.Popen([sys.executable, "-m", "loadstone.cli.main", *words], stderr=log)
    try:
        told = _wait_for(lambda: re.search(r"metrics at (http://\S+)", Path("log").read_text()))
        wanted = [
            'loadstone_executions_total{status="completed"} 1.0',
            'loadstone_tasks_total{handler="load",outcome="completed"} 1.0',
            'loadstone_tasks_total{handler="command",outcome="failed"} 1.0',
            'loadstone_records_total{result="loaded"} 2.0',
            'loadstone_records_total{result="rejected"} 1.0',
            'loadstone_faults_total{action="fail",kind="configuration"} 1.0',
            'loadstone_steps_total{status="completed"} 1.0',
            'loadstone_queue_depth{state="running"} 0.0',
            'loadstone_dead_letters{state="open"} 0.0',
            "loadstone_tasks_running 0.0",
        ]

        def scraped() -> bool:
            with urllib.request.urlopen(told[1], timeout=10) as answer:
                lines = answer.read().decode().splitlines()
            return all(line in lines for line in wanted)

        _wait_for(scraped)
    finally:
        os.kill(worker.pid, signal.SIGTERM)
        assert 0 == worker.wait(60)
    events = [json.loads(line) for line in Path("log").read_text().splitlines() if line.startswith("{")]
    names = {event["event"] for event in events}
    assert {"worker.started", "execution.completed", "fault.configuration", "worker.stopped"} <= names
    assert {True} == {re.fullmatch(r"[a-z]+\.[a-z_]+", name) is not None for name in names}
    completed = next(event for event in events if event["event"] == "execution.completed")
    assert ("1", "nightly") == (completed["about"], completed["job"])


# Private functions


def _wait_for(found: Callable[[], Any]) -> Any:
    """What ``found`` gives, as soon as it gives anything; two minutes at most."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if answer := found():
            return answer
        time.sleep(0.1)
    raise AssertionError("nothing within 120 s")
