"""Crash points: nothing happens unless a test asks for it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from loadstone.telemetry.points import VARIABLE, reach

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


def test_points_cost_nothing_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable a point returns at once."""
    monkeypatch.delenv(VARIABLE, raising=False)
    reach("chunk_committed")
