"""One process at a time loads into a file target: a lock file that names its holder."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from loadstone.errors import Refused, Stop
from loadstone.targets.model import GRACE_S

END_WAIT_S = 10.0
"""Longest wait for a killed process to be gone."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """
    The process that has the lock; its number alone says little, for numbers come again.

    Attributes:
        started: When the process began, in the system's own terms. boot_id: which run of which machine.
        since: UTC time of the lock.
    """

    pid: int
    load_id: str
    started: str
    boot_id: str
    host: str
    since: str

    def __str__(self) -> str:
        """As messages name it."""
        return f"process {self.pid} on {self.host}, load {self.load_id[:8]}, since {self.since[:19].replace('T', ' ')} UTC"


def hold_file(database: str, load_id: str) -> Callable[[], None]:
    """
    Lock ``<database>.holder`` until the returned call; the lock dies with the process.

    Raises:
        Refused: LS-3006 another process holds it, named by its number, start and load.
        Stop: LS-3020 the lock file cannot be made.
    """
    file = _open(database)
    if not _lock(file):
        holder = _read(file)
        file.close()
        raise _refused(database, holder)
    mine = Holder(
        pid=os.getpid(),
        load_id=load_id,
        started=_started(os.getpid()),
        boot_id=_boot_id(),
        host=socket.gethostname(),
        since=datetime.now(UTC).isoformat(),
    )
    file.seek(0)
    file.truncate()
    json.dump(asdict(mine), file)
    file.flush()
    return file.close


def end_holder(database: str, is_mine: Callable[[str], bool]) -> None:
    """
    End the process that holds ``database`` for a load that ``is_mine`` knows by its id; nothing where none does.

    It is asked first (SIGTERM: it finishes its chunk and leaves), for a claim cannot be put into a file that another
    process has open; after ``GRACE_S`` it is killed, and its open transaction is rolled back by the database. Only
    the very process that wrote the lock file gets a signal: same number, same start, same run of this machine.

    Raises:
        Refused: LS-3006 it loads something else, runs elsewhere, or may not be killed.
    """
    file = _open(database)
    try:
        if _lock(file):
            return
        holder = _read(file)
        if holder is None or not is_mine(holder.load_id):
            raise _refused(database, holder, "it loads something else")
        if holder.boot_id != _boot_id() or holder.started != _started(holder.pid):
            raise _refused(database, holder, "it is no process of this machine")
        for number, wait_s in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, END_WAIT_S)):
            try:
                _send(holder, number)
            except OSError as error:
                raise _refused(database, holder, f"it cannot be ended: {error.strerror}") from error
            if _await_lock(file, wait_s):
                return
        raise _refused(database, holder, "it was killed, and is not gone yet")
    finally:
        file.close()


# Private functions


def _open(database: str) -> IO[str]:
    path = Path(database + ".holder")
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    except OSError as error:
        raise Stop(
            "LS-3020",
            f"cannot open the lock file {path}: {error.strerror}",
            hints=["does its folder exist, and may this user write there?"],
        ) from error


def _lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _send(holder: Holder, number: signal.Signals) -> None:
    """A signal to exactly that process; none when it is gone, for its number may be another's by now."""
    with suppress(ProcessLookupError):
        if not hasattr(os, "pidfd_open"):
            if _started(holder.pid) == holder.started:
                os.kill(holder.pid, number)
            return
        process = os.pidfd_open(holder.pid)
        try:
            if _started(holder.pid) == holder.started:
                signal.pidfd_send_signal(process, number)
        finally:
            os.close(process)


def _await_lock(file: IO[str], wait_s: float) -> bool:
    deadline = time.monotonic() + wait_s
    while not _lock(file):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _read(file: IO[str]) -> Holder | None:
    try:
        return Holder(**json.loads(file.read()))
    except (ValueError, TypeError):
        return None


def _refused(database: str, holder: Holder | None, why: str = "") -> Refused:
    told = f": {holder}" if holder is not None else ""
    return Refused(
        "LS-3006",
        f"{database} is being loaded by another process{told}" + (f"; {why}" if why else ""),
        hints=[
            "wait for it, or stop it; a load that was stopped resumes.",
            "if it hangs, --take-over ends it and goes on.",
        ],
    )


def _started(pid: int) -> str:
    """When a process began: clock ticks since boot on Linux, else what ``ps`` says; empty if there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        pass
    try:
        command = ["ps", "-o", "lstart=", "-p", str(pid)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return socket.gethostname()
