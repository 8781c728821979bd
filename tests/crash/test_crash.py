"""Between a kill and the restart something else happens: the file changes, or a stopped process wakes up."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from loadstone.bootstrap.targets import open_target
from loadstone.errors import FixFile, Refused
from tests.crash.cases import payments
from tests.crash.processes import (
    KILLED,
    ended,
    errors_of,
    finish,
    is_stopped,
    start,
    state,
    undisturbed,
    wait_for,
)
from tests.crash.shares import SLOW_OFF_SHARING
from tests.runs import load, rows_of

CASE = payments(300)


def killed_at(folder: Path, url: str, point: str) -> None:
    """A load that dies at ``point``."""
    code = ended(start(folder, url, CASE, crash_at=point, chunk_size_bytes=2000))
    assert KILLED == code, f"{point} is not reached: {errors_of(folder)}"


def refused_again(folder: Path, url: str) -> str:
    """The load does not go on, since its file changed; what it says."""
    assert FixFile.exit_code == ended(start(folder, url, CASE, chunk_size_bytes=2000))
    assert "[LS-4002]" in errors_of(folder)
    return errors_of(folder)


def test_a_changed_file_is_refused_on_resume(target_url: str, tmp_path: Path) -> None:
    """A source file that changed under a half-done load is named, and no row moves."""
    folder = CASE.lay_out(tmp_path / "changed")
    killed_at(folder, target_url, "before_commit:3")
    before = rows_of(target_url, "SELECT id FROM payments")
    data = CASE.files["load.dat"]
    (folder / "load.dat").write_bytes(data.replace(b"note 1", b"NOTE 1", 1))
    assert "load.dat" in refused_again(folder, target_url)
    assert before and before == rows_of(target_url, "SELECT id FROM payments")


@pytest.mark.parametrize("how", ["grown", "cut", "changed behind what is loaded"])
def test_a_file_that_was_written_to_is_refused(tmp_path: Path, how: str) -> None:
    """What is loaded is still the same; the rest is not, and is not loaded."""
    folder, url, data = CASE.lay_out(tmp_path / "written"), str(tmp_path / "bank.db"), CASE.files["load.dat"]
    killed_at(folder, url, "before_commit:3")
    changed = {"grown": data + b"P|9|1|2026-01-01|x\n", "cut": data[:-30]}.get(how, data[:-3] + b"99\n")
    (folder / "load.dat").write_bytes(changed)
    told = refused_again(folder, url)
    hint = told.partition("touch -d ")[2].split()[:1]
    assert bool(hint) == how.startswith("changed")


@SLOW_OFF_SHARING
def test_a_changed_file_is_refused_before_its_records_go_into_the_bad_file(
    target_url: str, tmp_path: Path
) -> None:
    """All rows were loaded when the process died; the bad file would be cut out of another file."""
    folder = CASE.lay_out(tmp_path / "changed")
    killed_at(folder, target_url, "all_loaded")
    (folder / "load.dat").write_bytes(CASE.files["load.dat"].replace(b"abc", b"xyz"))
    refused_again(folder, target_url)
    assert not (folder / "load.bad").exists()


def test_a_stopped_process_that_wakes_up_commits_nothing(postgres_url: str, tmp_path: Path) -> None:
    """SIGSTOP inside a load, its sessions are ended, a second process goes on, SIGCONT: the first is shut out."""
    case = payments(3000)
    calm, folder = undisturbed(tmp_path / "calm", case), case.lay_out(tmp_path / "stopped")
    zombie = start(folder, postgres_url, case, crash_at="after_commit:2:stop", chunk_size_bytes=1500)
    assert wait_for(lambda: is_stopped(zombie), at_most_s=60)
    sessions = (
        "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
        " WHERE application_name LIKE 'loadstone-holder%'"
    )
    assert rows_of(postgres_url, sessions)[0][0] >= 1
    finish(folder, postgres_url, case, chunk_size_bytes=4000)
    os.kill(zombie.pid or 0, signal.SIGCONT)
    ended(zombie)
    assert calm == state(folder, postgres_url, case)


def test_a_second_start_is_refused_while_the_first_runs(target_url: str, here: Path) -> None:
    """Two processes never load the same load at once."""
    case = payments(50)
    (here / "load.dat").write_bytes(case.files["load.dat"])
    target = open_target(target_url)
    try:
        target.init_control()
        release = target.hold("0" * 32)
        if target.kind != "duckdb":
            other = open_target(target_url)
            with pytest.raises(Refused, match="LS-3006"):
                other.hold("0" * 32)
            other.close()
        release()
    finally:
        target.close()
    ddl, control = case.files["tables.sql"].decode(), case.files["load.ctl"].decode()
    assert load(control, target_url, ddl=ddl).counts.balanced
