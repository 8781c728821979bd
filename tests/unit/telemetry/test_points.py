"""Crash points: nothing happens unless a test asks for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from loadstone.telemetry import points
from loadstone.telemetry.points import VARIABLE, armed, reach

SCRIPT = """
from loadstone.telemetry.points import reach
for number in range(1, 4):
    reach("other")
    reach("here")
    print(number, flush=True)
"""


@pytest.mark.parametrize(
    ("value", "printed", "status"),
    [
        (None, "1\n2\n3\n", 0),
        ("here", "", -9),
        ("here:1", "", -9),
        ("here:2", "1\n", -9),
        ("here:3", "1\n2\n", -9),
        ("here:4", "1\n2\n3\n", 0),
        ("nowhere:1", "1\n2\n3\n", 0),
        ("", "1\n2\n3\n", 0),
    ],
)
def test_a_process_dies_the_nth_time_it_reaches_a_point(value: str | None, printed: str, status: int) -> None:
    """SIGKILL at the point itself: nothing after it runs, and points of other names do not count."""
    environment = {key: text for key, text in os.environ.items() if key != VARIABLE}
    if value is not None:
        environment[VARIABLE] = value
    found = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True)
    assert (printed, status) == (found.stdout, found.returncode)


@pytest.mark.parametrize(("value", "expected"), [(None, False), ("here:2", True)])
def test_loops_ask_once_whether_any_point_is_named(
    value: str | None, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loop over records says what it reaches only then."""
    monkeypatch.delenv(VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(VARIABLE, value)
    assert expected is armed()


def test_points_cost_nothing_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable a point returns at once."""
    monkeypatch.delenv(VARIABLE, raising=False)
    reach("chunk_committed")


@pytest.mark.parametrize(
    ("value", "ended"),
    [("here", -signal.SIGKILL), ("here:2:1000", -signal.SIGKILL), ("here:1:stop", None), ("here:9", None)],
)
def test_what_dies_is_the_process(value: str, ended: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at once, killed a little later, stopped, or untouched; the process here stands for another one."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        monkeypatch.setenv(VARIABLE, value)
        monkeypatch.setattr(points, "_reached", Counter())
        monkeypatch.setattr(os, "getpid", lambda: other.pid)
        points.reach("there")
        points.reach("here")
        points.reach("here")
        if ended is not None:
            assert ended == other.wait(60)
            return
        deadline = time.monotonic() + 60
        while value.endswith("stop") and time.monotonic() < deadline:
            if Path(f"/proc/{other.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T":
                break
            time.sleep(0.01)
        else:
            assert value == "here:9" and other.poll() is None
        other.kill()
