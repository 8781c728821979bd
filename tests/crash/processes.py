"""Start loads in processes, kill them, and compare what they leave with an undisturbed run."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from loadstone.bootstrap import loads
from loadstone.bootstrap.targets import open_target
from loadstone.targets.control import TABLES
from tests.crash import forked
from tests.runs import rows_of

KILLED = -signal.SIGKILL
LASTS_MAX_S = 120.0
"""Longest that one load of the crash tests may take."""

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload([forked.__name__])


@dataclass(frozen=True, kw_only=True)
class Case:
    """
    A load to disturb.

    Attributes:
        files: Contents by name: load.ctl, tables.sql and data. tables: queries whose rows are compared, ordered
            by the test. options: of the request.
    """

    files: dict[str, bytes]
    tables: tuple[str, ...]
    options: dict[str, Any]

    def lay_out(self, folder: Path) -> Path:
        """Write the files into a new folder."""
        folder.mkdir()
        for name, data in self.files.items():
            (folder / name).write_bytes(data)
        return folder


def start(
    folder: Path,
    url: str,
    case: Case,
    *,
    crash_at: str = "",
    file_size_max: int | None = None,
    **options: Any,
) -> BaseProcess:
    """A load in a process of its own."""
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    one = forked.Start(
        folder=folder,
        target=url,
        options={**case.options, **options},
        crash_at=crash_at,
        file_size_max=file_size_max,
    )
    process = _SERVER.Process(target=forked.main, args=(one,), daemon=True)
    process.start()
    return process


def ended(process: BaseProcess) -> int:
    """The exit code of a process that is waited for; negative for the signal that killed it."""
    process.join(LASTS_MAX_S)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise AssertionError(f"a load hung for {LASTS_MAX_S} s")
    return process.exitcode


def finish(folder: Path, url: str, case: Case, **options: Any) -> None:
    """Start the load again; it ends with rejects."""
    code = ended(start(folder, url, case, **options))
    assert code == 2, errors_of(folder)


def errors_of(folder: Path) -> str:
    """What the last process in ``folder`` said."""
    return (folder / forked.ERRORS).read_text()


def state(folder: Path, url: str, case: Case) -> dict[str, Any]:
    """All that a load leaves, without ids and times, as it compares across targets."""
    found = loads.rejects(url)[1]
    left = sorted(path.name for path in folder.iterdir() if path.name.endswith(".part"))
    return {
        "rows": [sorted(map(_comparable, rows_of(url, query))) for query in case.tables],
        "rejects": [(r.input_no, r.record_no, r.byte_offset, r.length_bytes, r.rule, r.raw) for r in found],
        "files": {
            path.name: path.read_bytes()
            for path in sorted(folder.iterdir())
            if path.suffix in (".bad", ".dsc")
        },
        "log": [
            line
            for line in (folder / "load.log").read_text().splitlines()
            if line.startswith(("Record", "Total", "  "))
        ],
        "left": left,
    }


def undisturbed(folder: Path, case: Case) -> dict[str, Any]:
    """The state after a load into SQLite that nothing disturbs."""
    case.lay_out(folder)
    url = str(folder / "calm.db")
    finish(folder, url, case, chunk_size_bytes=1 << 20)
    return state(folder, url, case)


def clear(url: str, case: Case) -> None:
    """Forget all loads and rows."""
    names = [query.rpartition(" FROM ")[2].split()[0] for query in case.tables]
    target = open_target(url)
    try:
        target.run_ddl([f"DROP TABLE IF EXISTS {name}" for name in (*names, *TABLES)])
    finally:
        target.close()


def wait_for(what: Callable[[], bool], *, at_most_s: float = 90.0) -> bool:
    """Whether it became true in time."""
    deadline = time.monotonic() + at_most_s
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_stopped(process: BaseProcess | subprocess.Popen[bytes]) -> bool:
    """Whether SIGSTOP has stopped it."""
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


# Private functions


def _comparable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """SQLite keeps amounts and dates as text."""
    return tuple(_value(value) for value in row)


def _value(value: Any) -> Any:
    if isinstance(value, str) and value[:4].isdigit() and "-" in value:
        return datetime.fromisoformat(value)
    if isinstance(value, str) and value.replace(".", "", 1).isdigit():
        return Decimal(value).normalize() + 0
    return value
