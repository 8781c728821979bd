"""``loadstone files``: a file that comes in a folder is loaded into a table and archived, or held, with nobody touching it."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.repository import put_repository
from tests.terminal import loadstone

REGISTRY = """
sources:
  - name: core
    feeds:
      - name: GL_DAILY
        connection: drop
        patterns: [{glob: "gl_{business_date}_{sequence}.csv"}]
        complete: {stable_s: 0}
        target: bank
        pickup: {after: delete, every_s: 1}
"""
GOOD = "id,amount\n1,10.50\n2,11.50\n"
FIRST, SECOND = "gl_20261124_001.csv", "gl_20261124_002.csv"


@pytest.fixture(autouse=True)
def bank(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where files come, and a registry."""
    (here / "in").mkdir()
    (here / "registry.yaml").write_text(REGISTRY)
    (here / "loadstone.toml").write_text(
        f'[connections.drop]\nurl = "{here / "in"}"\nkind = "directory"\n[targets.bank]\nurl = "{here / "bank.db"}"\n'
    )
    monkeypatch.setenv("LOADSTONE_REPOSITORY", "repository.db")
    put_repository("repository.db")
    monkeypatch.setenv("LOADSTONE_LANDING", str(here / "landing"))
    monkeypatch.setenv("LOADSTONE_CONFIG", str(here / "loadstone.toml"))
    assert 0 == loadstone("sources", "import", "registry.yaml", "--as", "ann").code
    return here


def put(name: str, text: str = GOOD) -> None:
    """A file comes."""
    Path("in", name).write_text(text)


def rows() -> list[Any]:
    """What is in the table."""
    with sqlite3.connect("bank.db") as connection:
        return connection.execute("SELECT CAST(id AS INTEGER) FROM gl_daily ORDER BY 1").fetchall()


def test_a_file_is_loaded_and_a_bad_one_held() -> None:
    """One command looks, takes, loads, archives and tells; a second one finds nothing to do; a released one is loaded by a worker."""
    put(FIRST)
    put(SECOND)
    done = loadstone("files", "poll", "--json")
    assert (0, "") == (done.code, done.err)
    assert [(FIRST, "archived", 2), (SECOND, "quarantined", None)] == [
        (one["name"], one["state"], one["loaded"]) for one in done.values()
    ]
    assert [(1,), (2,)] == rows()
    assert [] == os.listdir("in")
    assert "none\n" == loadstone("files", "poll").out
    held = loadstone("files", "list", "--state", "quarantined", "--json").values()
    assert [(2, "duplicate_checksum")] == [(one["file"], one["reason"]) for one in held]
    shown = loadstone("files", "show", "2").out
    assert "it has the very bytes of file 1" in shown and "action: file.quarantined" in shown
    assert 0 == loadstone("files", "release", "2", "--because", "it is the second half", "--as", "ann").code
    assert "launched" in loadstone("files", "poll", "--no-load").out
    assert 0 == loadstone("worker", "--until-idle").code
    assert 0 == loadstone("files", "poll", "--no-load").code  # archives it, unless the worker has done so in its last second
    assert [(1,), (1,), (2,), (2,)] == rows()
    (second,) = loadstone("files", "show", "2", "--json").values()
    assert "archived" == second["state"]
    assert "it is the second half" in [one.get("because") for one in second["history"]]


def test_files_are_taken_out_and_mistakes_told() -> None:
    """A reason must be given; what is not in quarantine cannot be decided about."""
    put(FIRST, "")
    done = loadstone("files", "poll")
    assert "quarantined  empty" in done.out
    assert "[LS-6006]" in loadstone("files", "reject", "1").err
    assert "rejected" in loadstone("files", "reject", "1", "--because", "no data today").out
    assert "[LS-7702]" in loadstone("files", "release", "1").err
    assert "[LS-7701]" in loadstone("files", "show", "7").err
    assert "none\n" == loadstone("files", "list", "--feed", "OTHER").out
    assert "rejected" in loadstone("files", "list", "--source", "core").out


def test_what_waits_and_what_is_wrong_is_told(bank: Path) -> None:
    """On standard error; a place that cannot be looked at gives exit code 1."""
    put("unknown.txt")
    done = loadstone("files", "poll")
    assert 0 == done.code
    assert "waiting: drop: unknown.txt: its size has not changed for" in done.err
    Path("loadstone.toml").write_text(f'[targets.bank]\nurl = "{bank / "bank.db"}"\n')
    done = loadstone("files", "poll")
    assert 1 == done.code
    assert "[LS-7404] there is no connection drop" in done.err


def test_watch_goes_on_until_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends with its round when it is told to."""
    put(FIRST)
    before = signal.getsignal(signal.SIGINT)

    def interrupt() -> None:
        deadline = time.monotonic() + 120
        while not list(Path("landing").rglob("*.gz")) and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    done = loadstone("files", "watch", "--json")
    thread.join()
    assert (0, [(FIRST, "archived")]) == (done.code, [(one["name"], one["state"]) for one in done.values()])
    assert before == signal.getsignal(signal.SIGINT)
