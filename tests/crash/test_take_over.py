"""A process that hangs is taken over: it is named, ended, and shut out; the load is as if nothing had been."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loadstone.errors import Refused
from loadstone.targets import holder as holders
from loadstone.targets.holder import end_holder, hold_file
from tests.crash.test_crash import ROOT, committed, comparable, lay_out, state, undisturbed


def run(folder: Path, url: str, *flags: str) -> subprocess.Popen[str]:
    """A load in a process of its own."""
    command = [sys.executable, "-m", "tests.crash.child", str(folder), url, "1500", *flags]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_process_that_hangs_is_taken_over(target_url: str, tmp_path: Path) -> None:
    """SIGSTOP inside a load; a second start is refused and names it; --take-over goes on; SIGCONT changes nothing."""
    if target_url.startswith("oracle"):
        pytest.skip("the stand-in for Oracle has no sessions that another process could kill")
    calm = undisturbed(tmp_path / "calm", 3000)
    folder = tmp_path / "stopped"
    lay_out(folder, 3000)
    zombie = run(folder, target_url)
    wait_for(folder, target_url, zombie)
    zombie.send_signal(signal.SIGSTOP)
    refused = run(folder, target_url)
    _, errors = refused.communicate(timeout=60)
    assert refused.returncode == 1 and "LS-3006" in errors and "--take-over" in errors
    second = run(folder, target_url, "take_over")
    _, errors = second.communicate(timeout=120)
    assert second.returncode == 2, errors
    zombie.send_signal(signal.SIGCONT)
    zombie.communicate(timeout=60)
    assert zombie.returncode != 2
    assert comparable(state(folder, target_url)) == calm


def wait_for(folder: Path, url: str, process: subprocess.Popen[str]) -> None:
    """Until some chunks are surely committed: the plain kernels take their time."""
    marker = Path(f"{url}.holder")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if url.startswith("postgresql"):
            if committed(url):
                return
        elif marker.exists() and marker.read_text():
            time.sleep(0.15)
            return
        time.sleep(0.02)
    raise AssertionError("the load ended before it could be stopped")


def test_only_the_very_process_is_killed(here: Path) -> None:
    """A number that came again, another machine, another load: refused, and nobody is killed."""
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    database = str(here / "b.db")
    release = hold_file(database, "a" * 32)
    try:
        path = Path(database + ".holder")
        honest = json.loads(path.read_text())
        assert (honest["pid"], honest["load_id"]) == (os.getpid(), "a" * 32)
        started = holders._started(sleeper.pid)
        for change, told in (
            ({"load_id": "b" * 32}, "something else"),
            ({"started": "1"}, "no process of this machine"),
            ({"boot_id": "elsewhere", "started": started}, "no process of this machine"),
        ):
            path.write_text(json.dumps({**honest, "pid": sleeper.pid, **change}))
            with pytest.raises(Refused, match=told):
                end_holder(database, lambda load_id: load_id == "a" * 32)
        path.write_text("nonsense")
        with pytest.raises(Refused, match="LS-3006"):
            end_holder(database, lambda load_id: True)
        assert sleeper.poll() is None
    finally:
        release()
        sleeper.kill()
        sleeper.wait()


def test_nobody_to_end_is_no_error(here: Path) -> None:
    """Taking over what nobody holds does nothing."""
    end_holder(str(here / "b.db"), lambda load_id: False)
    hold_file(str(here / "b.db"), "a" * 32)()
