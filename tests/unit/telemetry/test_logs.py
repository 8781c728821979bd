"""Events on standard error."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from loadstone.telemetry.logs import log_to_stderr


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
