"""The lock of a file target: one process at a time, named to the others, gone with its process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from loadstone.errors import Refused, Stop
from loadstone.targets.duckdb.target import DuckdbTarget
from loadstone.targets.holder import hold_file

LOAD = "c0ffee" + "0" * 26
CHILD = """import sys; from loadstone.targets.holder import hold_file
release = hold_file(sys.argv[1], sys.argv[2]); print('held', flush=True); sys.stdin.read()"""


def test_a_second_holder_is_told_who_has_the_file(tmp_path: Path) -> None:
    """Process id and load; the message names the database."""
    database = str(tmp_path / "bank.db")
    release = hold_file(database, LOAD)
    with pytest.raises(Refused, match=rf"LS-3006.*bank\.db.*process {os.getpid()} on .*, load c0ffee"):
        hold_file(database, "d" * 32)
    release()
    hold_file(database, "d" * 32)()


def test_two_databases_do_not_disturb_each_other(tmp_path: Path) -> None:
    """A lock for each file."""
    first, second = hold_file(str(tmp_path / "a.db"), LOAD), hold_file(str(tmp_path / "b.db"), LOAD)
    first()
    second()


def test_the_lock_file_names_its_holder_and_nobody_else(tmp_path: Path) -> None:
    """What an earlier, longer holder wrote is gone; others may not read it."""
    path = tmp_path / "bank.db.holder"
    path.write_text("x" * 500)
    hold_file(str(tmp_path / "bank.db"), LOAD)()
    told = json.loads(path.read_text())
    assert (os.getpid(), LOAD) == (told["pid"], told["load_id"])
    path.unlink()
    hold_file(str(tmp_path / "bank.db"), LOAD)()
    assert 0o600 == path.stat().st_mode & 0o777


def test_a_lock_file_of_garbage_still_locks(tmp_path: Path) -> None:
    """The refusal then tells nothing of the holder, but refuses."""
    database = str(tmp_path / "bank.db")
    release = hold_file(database, LOAD)
    (tmp_path / "bank.db.holder").write_text("[]")
    with pytest.raises(Refused, match="LS-3006"):
        hold_file(database, LOAD)
    release()


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    """Killed, not released: the next one has it at once."""
    database = str(tmp_path / "bank.db")
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, database, LOAD], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None and b"held\n" == child.stdout.readline()
    with pytest.raises(Refused, match=f"process {child.pid} on .*, load c0ffee"):
        hold_file(database, "e" * 32)
    child.kill()
    child.communicate()
    hold_file(database, "e" * 32)()


def test_a_place_where_no_lock_can_be_made_is_named(tmp_path: Path) -> None:
    """A folder stands where the lock file should be, or the folder is missing."""
    (tmp_path / "bank.db.holder").mkdir()
    for database in (tmp_path / "bank.db", tmp_path / "none" / "bank.db"):
        with pytest.raises(Stop, match="LS-3020.*holder"):
            hold_file(str(database), LOAD)


def test_a_duckdb_file_is_held_until_it_is_closed(tmp_path: Path) -> None:
    """Whoever gets the lock can open the file: it is let go after the connection, not before."""
    path = str(tmp_path / "bank.duckdb")
    target = DuckdbTarget(f"duckdb:///{path}")
    target.hold("a" * 32)()
    target.hold("b" * 32)()
    with pytest.raises(Refused, match="LS-3006.*load bbbbbbbb"):
        hold_file(path, "c" * 32)
    target.close()
    hold_file(path, "c" * 32)()
