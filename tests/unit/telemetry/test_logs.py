"""Events on standard error."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import pytest
import structlog

from loadstone.database import outbox
from loadstone.telemetry.events import tell
from loadstone.telemetry.logs import log_to_stderr
from tests.repository import open_repository


@pytest.fixture(autouse=True)
def unconfigured() -> object:
    """What a test configures is undone behind it."""
    yield
    structlog.reset_defaults()


def test_events_are_one_json_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """With level and time in UTC; nothing on standard output."""
    log_to_stderr(as_json=True)
    structlog.get_logger().info("backup.restored", rows=3)
    out, err = capsys.readouterr()
    event = json.loads(err)
    assert ("", "backup.restored", "info", 3) == (out, event["event"], event["level"], event["rows"])
    assert event["timestamp"].endswith("Z")


def test_people_get_a_line_without_colours(capsys: pytest.CaptureFixture[str]) -> None:
    """Readable in a file, too; events below the level are left out."""
    log_to_stderr(as_json=False, level=logging.WARNING)
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud", load="x")
    err = capsys.readouterr().err
    assert "quiet" not in err and "loud" in err and "load=x" in err and "\x1b[" not in err


def test_a_log_that_cannot_be_written_harms_no_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is committed is committed, though standard error is closed."""
    log_to_stderr(as_json=True)
    closed = open(tmp_path / "log", "w")
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    database = open_repository(str(tmp_path / "r.db"))
    with database.write() as connection:
        outbox.put(connection, "a.told", "k", {"event": 1})
    with database.read() as connection:
        assert 1 == len(outbox.read(connection))
    database.close()


def test_events_of_the_outbox_are_lines_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Named as their topic, with what they are about; faults are warnings."""
    log_to_stderr(as_json=True)
    tell("fault.system", "17", {"job": "payments", "code": "LS-3021", "hints": ["free room."], "place": None})
    event = json.loads(capsys.readouterr().err)
    del event["timestamp"]
    wanted = {
        "event": "fault.system",
        "about": "17",
        "job": "payments",
        "code": "LS-3021",
        "level": "warning",
    }
    assert wanted == event


def test_a_log_without_room_stops_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is lost; whoever logged goes on."""
    with open("/dev/full", "w", buffering=1) as full:
        monkeypatch.setattr("sys.stderr", full)
        log_to_stderr(as_json=False)
        structlog.get_logger("x").info("worker.started", worker="w")
        monkeypatch.undo()
        with pytest.raises(OSError):
            full.close()
