"""A process that hangs is taken over: it is named, ended, and shut out; the load is as if nothing had been."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from loadstone.bootstrap import loads
from loadstone.errors import Refused
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import read_control
from loadstone.targets import holder as holders
from loadstone.targets.holder import end_holder, hold_file
from loadstone.targets.postgresql import target as postgresql
from loadstone.targets.urls import kind_of
from tests.crash.cases import payments
from tests.crash.processes import (
    KILLED,
    Case,
    clear,
    ended,
    errors_of,
    is_stopped,
    start,
    state,
    undisturbed,
    wait_for,
)
from tests.crash.shares import EVERY_OR_SHARE, points_on
from tests.runs import Undisturbed, rows_of

CASE = payments(300)
IN_A_CHUNK = ("checkpoint_added:3", "rows_written:2", "isolated:2", "before_commit:3")
"""Places with an open transaction."""

IN_EACH_WAY = {"before_commit:3"}
"""Of them, the one where most is written."""


def stopped_at(folder: Path, url: str, point: str, case: Case) -> BaseProcess:
    """A load that SIGSTOP stopped at ``point``."""
    process = start(folder, url, case, crash_at=f"{point}:stop", chunk_size_bytes=2000)
    assert wait_for(lambda: is_stopped(process)), f"{point} is not reached"
    return process


def load_here(url: str, **options: object) -> int:
    """The same load in this process; its exit code."""
    given = {"ddl": ("tables.sql",), "errors": -1, "discard": "load.dsc", **options}
    spec = read_control("load.ctl")
    request = LoadRequest(spec=spec, spec_path="load.ctl", target=url, **given)  # type: ignore[arg-type]
    return loads.load(request, Undisturbed()).exit_code


@EVERY_OR_SHARE
def test_a_process_that_hangs_is_taken_over(
    target_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: bool
) -> None:
    """
    SIGSTOP inside a transaction; a second start is refused and names it; --take-over goes on; SIGCONT changes nothing.
    """
    if target_url.startswith("oracle"):
        pytest.skip("the stand-in for Oracle has no sessions that another process could kill")
    monkeypatch.setattr(holders, "GRACE_S", 0.2)
    monkeypatch.setattr(postgresql, "GRACE_S", 0.2)
    calm = undisturbed(tmp_path / "calm", CASE)
    folder = CASE.lay_out(tmp_path / "stopped")
    monkeypatch.chdir(folder)
    for point in points_on(kind_of(target_url), IN_A_CHUNK, every=every, everywhere=IN_EACH_WAY):
        zombie = stopped_at(folder, target_url, point, CASE)
        with pytest.raises(Refused, match=r"LS-3006[\s\S]*--take-over"):
            load_here(target_url)
        assert 2 == load_here(target_url, take_over=True, chunk_size_bytes=3000)
        assert calm == state(folder, target_url, CASE), point
        if target_url.startswith("postgresql"):
            os.kill(zombie.pid or 0, signal.SIGCONT)
            assert 1 == ended(zombie) and "LS-4003" in errors_of(folder)
        else:
            assert KILLED == ended(zombie)
        assert calm == state(folder, target_url, CASE), point
        clear(target_url, CASE)


def test_a_holder_that_lives_finishes_its_chunk_and_leaves(
    target_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is killed: it is asked, or sees the claim, and the next one goes on behind its last chunk."""
    if target_url.startswith("oracle"):
        pytest.skip("the stand-in for Oracle has one lock for all writers")
    case = payments(15_000)
    calm, folder = undisturbed(tmp_path / "calm", case), case.lay_out(tmp_path / "running")
    monkeypatch.chdir(folder)
    first = start(folder, target_url, case, chunk_size_bytes=2000, workers=1)
    assert wait_for(lambda: is_held(target_url, folder))
    assert 2 == load_here(target_url, take_over=True)
    assert ended(first) in (1, 2), errors_of(folder)
    assert calm == state(folder, target_url, case)


def is_held(url: str, folder: Path) -> bool:
    """Whether the first process has the load."""
    if not url.startswith("postgresql"):
        marker = Path(f"{url}.holder")
        return marker.exists() and bool(marker.read_text())
    try:
        return bool(rows_of(url, "SELECT 1 FROM loadstone_chunk LIMIT 1"))
    except Exception:  # the table is not there yet
        return False


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
