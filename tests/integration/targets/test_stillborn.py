"""Files of DuckDB that a full disk or a kill left empty."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from loadstone.errors import LoadstoneError
from loadstone.targets.duckdb.target import DuckdbTarget

HOLDER = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.read()
"""


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    """A load whose disk was full as it made the file resumes once there is room."""
    path = tmp_path / "bank.duckdb"
    path.touch()
    DuckdbTarget(str(path)).close()
    assert path.stat().st_size > 0


def test_a_file_that_another_process_makes_stays(tmp_path: Path) -> None:
    """DuckDB locks a file before it writes to it: such a file is not taken away from its maker."""
    path = tmp_path / "bank.duckdb"
    path.touch()
    made = path.stat().st_ino
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None and "held\n" == holder.stdout.readline()
        with pytest.raises(LoadstoneError, match="LS-3006|LS-3020"):
            DuckdbTarget(str(path))
        assert made == path.stat().st_ino
        holder.communicate()
