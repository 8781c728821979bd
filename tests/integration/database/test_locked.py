"""A SQLite repository that somebody else writes: commands wait, then say who it is; workers go on waiting."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from loadstone.cli import worker as module
from loadstone.cli.main import main
from loadstone.database import open as opening
from loadstone.database.locks import holder_of
from loadstone.errors import Retry
from loadstone.jobs.engine import Engine
from loadstone.jobs.worker import Worker, workers
from tests.repository import open_repository

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("CREATE TABLE IF NOT EXISTS held (x)")
connection.execute(sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""
WRITING = [["jobs", "pool", "night", "2"], ["worker", "--until-idle"]]
READING = [["jobs", "list"], ["schedules", "list"], ["repository", "upgrade"]]
"""With tables that are up to date an upgrade has nothing to write."""


@contextmanager
def held(path: Path, statement: str = "BEGIN IMMEDIATE") -> Iterator[int]:
    """Another process, whose number this is, holds the file."""
    words = [sys.executable, "-c", HOLD, str(path), statement]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and "held\n" == process.stdout.readline()
        yield process.pid
        process.communicate("")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository for which nobody waits for long."""
    monkeypatch.setattr(opening, "BUSY_TIMEOUT_MS", 50)
    open_repository(str(tmp_path / "r.db")).close()
    return tmp_path / "r.db"


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux tells who holds a lock")
@pytest.mark.parametrize("wal", [True, False], ids=["write-ahead log", "rollback journal"])
def test_the_holder_of_a_file_has_a_name(tmp_path: Path, wal: bool) -> None:
    """While it writes; a reader, and what is done with other files, is none of it."""
    path = tmp_path / "t.db"
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
    with held(tmp_path / "other.db"), held(path, "BEGIN"):
        assert holder_of(str(path)) is None
    with held(path) as pid:
        assert f"{pid} (" == (holder_of(str(path)) or "")[: len(str(pid)) + 2]
    connection.close()


def test_lines_that_say_nothing_are_passed_over(tmp_path: Path) -> None:
    """Such as locks that wait, leases, and holders in another container."""
    path = tmp_path / "t.db"
    path.touch()
    inode = path.stat().st_ino
    lines = [
        f"1: -> POSIX ADVISORY WRITE 5 08:01:{inode} 0 EOF",
        f"2: POSIX ADVISORY WRITE 0 08:01:{inode} 0 EOF",
        f"3: POSIX ADVISORY READ 6 08:01:{inode} 0 EOF",
    ]
    assert holder_of(str(path), "\n".join(lines)) is None
    mine = f"4: POSIX ADVISORY WRITE 999999999 08:01:{inode} 0 EOF"
    assert "999999999 (ended)" == holder_of(str(path), "\n".join([*lines, mine]))


@pytest.mark.parametrize("words", WRITING, ids=" ".join)
def test_a_command_says_what_keeps_it(path: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    """With the file and the process, and no defect."""
    with held(path, "BEGIN EXCLUSIVE") as pid:
        code = main([*words, "--repository", str(path)])
    told = capsys.readouterr().err
    assert (Retry.exit_code, True) == (code, f"[LS-7002] the repository {path} is busy" in told)
    if Path("/proc/locks").exists():
        assert f"process {pid} (" in told
    assert 0 == main([*words, "--repository", str(path)])


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_a_command_that_reads_waits_for_no_writer(
    path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """Nor does it tell of one."""
    with held(path):
        assert 0 == main([*words, "--repository", str(path)])
    assert "" == capsys.readouterr().err


def test_a_new_file_that_another_program_holds_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before it has a write-ahead log."""
    monkeypatch.setattr(opening, "BUSY_TIMEOUT_MS", 50)
    with held(tmp_path / "new.db", "BEGIN EXCLUSIVE"):
        assert Retry.exit_code == main(["jobs", "list", "--repository", str(tmp_path / "new.db")])
    assert "[LS-7002]" in capsys.readouterr().err


def test_a_worker_waits_for_its_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says why each time; one that is to end when nothing is left does not."""
    monkeypatch.setattr(module, "_PAUSE_S", 0.001)
    answers = iter([Retry("LS-7002", "busy", hints=["who?"]), Retry("LS-7002", "busy"), None])

    def make() -> str:
        if (error := next(answers)) is not None:
            raise error
        return "worker"

    with capture_logs() as logs:
        assert "worker" == module._patiently(make, forever=True)
    assert [("busy", "who?"), ("busy", None)] == [(one["error"], one["hint"]) for one in logs]
    answers = iter([Retry("LS-7002", "busy")])
    with pytest.raises(Retry, match="LS-7002"):
        module._patiently(make, forever=False)


def test_a_worker_signs_on_when_the_file_is_free(path: Path) -> None:
    """It waits, and then does what there is to do."""
    database = open_repository(str(path))
    worker = Worker(Engine(database, {}), threads=1)
    run = threading.Thread(target=worker.run, kwargs={"until_idle": True})
    with capture_logs() as logs:
        with held(path):
            run.start()
            while not any("worker.trouble" == one["event"] for one in logs):
                assert run.is_alive()
                threading.Event().wait(0.01)
        run.join(20)
    with database.read() as connection:
        assert [] == workers(connection)  # it signed off as well
    database.close()
    assert not run.is_alive()


def test_threads_of_a_process_take_turns(path: Path) -> None:
    """One that never ends is waited for as long as for another process, and then told as busy."""
    database = open_repository(str(path))
    order: list[int] = []

    def write(number: int) -> None:
        with database.write():
            order.append(number)

    with database.write():
        threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
        with pytest.raises(Retry, match="LS-7002"):
            write(9)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    database.close()
    assert [0, 1, 2] == sorted(order)
