"""One process at a time loads into a file target: a lock file that names its holder."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path

from loadstone.errors import Refused, Stop


def hold_file(database: str, load_id: str) -> Callable[[], None]:
    """
    Lock ``<database>.holder`` until the returned call; the lock dies with the process.

    Raises:
        Refused: LS-3006 another process holds it, named by its process id and load.
        Stop: LS-3020 the lock file cannot be made.
    """
    path = Path(database + ".holder")
    try:
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    except OSError as error:
        raise Stop(
            "LS-3020",
            f"cannot open the lock file {path}: {error.strerror}",
            hints=["does its folder exist, and may this user write there?"],
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        told = _told(file.read())
        file.close()
        raise Refused(
            "LS-3006",
            f"{database} is being loaded by another process{told}",
            hints=["wait for it, or stop it; a load that was stopped resumes."],
        ) from error
    file.seek(0)
    file.truncate()
    json.dump({"pid": os.getpid(), "load_id": load_id, "boot_id": _boot_id()}, file)
    file.flush()

    def release() -> None:
        file.close()

    return release


# Private functions


def _told(text: str) -> str:
    try:
        values = json.loads(text)
        return f": process {values['pid']}, load {values['load_id'][:8]}"
    except (ValueError, KeyError, TypeError):
        return ""


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
