"""Kill an all-or-nothing load anywhere: the target is as before or as after, never between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.crash.test_crash import ROOT, clear, comparable, lay_out, state, undisturbed
from tests.runs import rows_of

POINTS = (
    "fence_raised",
    "prepared",
    "rows_written:2",
    "before_commit:3",
    "after_commit:3",
    "publish_begun:1",
    "publish_moved:1",
    "before_refuse:1",
    "after_refuse:1",
    "publish_begun:2",
    "before_publish:1",
    "after_publish:1",
    "all_loaded",
    "file_renamed:1",
    "files_written",
    "finished",
)


def run(folder: Path, url: str, chunk: int, crash_at: str = "") -> int:
    """An all-or-nothing load in a process of its own; its exit code."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LOADSTONE_CRASH_AT": crash_at}
    if not crash_at:
        del environment["LOADSTONE_CRASH_AT"]
    command = [sys.executable, "-m", "tests.crash.child", str(folder), url, str(chunk), "atomic"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode in (2, -signal.SIGKILL), done.stderr
    return done.returncode


def test_a_kill_at_every_point_leaves_all_or_nothing(target_url: str, tmp_path: Path) -> None:
    """After the kill there are no rows or all of them; after the restart, all, with the same rejects and files."""
    calm = undisturbed(tmp_path / "calm", 300)
    folder = tmp_path / "killed"
    lay_out(folder, 300)
    hit = 0
    for point in POINTS:
        hit += run(folder, target_url, 2000, crash_at=point) == -signal.SIGKILL
        assert len(rows_of(target_url, "SELECT 1 FROM payments")) in (0, len(calm["rows"])), point
        run(folder, target_url, 3000)
        assert comparable(state(folder, target_url)) == calm, point
        clear(target_url)
    assert hit == len(POINTS)
