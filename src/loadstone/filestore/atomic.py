"""Write a file so that a reader sees all of it or none of it, also after a crash."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from loadstone.errors import Place, Stop
from loadstone.telemetry.points import armed, reach


def write_whole(path: str | Path, parts: Iterable[bytes]) -> int:
    """
    Write ``parts`` to ``path`` through ``path.part``, fsync, rename and fsync of the folder.

    The file is readable by its owner only (0600). A crash leaves the old file or the new one,
    and at most a ``.part`` beside it that the next call overwrites. What is no file (``/dev/null``) is
    written to, not replaced.

    Returns:
        Bytes written.

    Raises:
        Stop: LS-4020 the folder cannot be written or the disk is full.
    """
    final = Path(path)
    part = Path(f"{final}.part")
    written, watched = 0, armed()
    try:
        if final.exists() and not final.is_file():
            with open(final, "wb") as device:
                return sum(device.write(data) for data in parts)
        with os.fdopen(_part_of_ones_own(part), "wb", buffering=1 << 20) as file:
            for data in parts:
                written += file.write(data)
                if watched:
                    reach("file_part")
            file.flush()
            os.fsync(file.fileno())
            reach("file_synced")
            os.replace(part, final)
        reach("file_renamed")
        sync_folder(final.parent)
        reach("folder_synced")
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise Stop(
            "LS-4020",
            f"cannot write {final}: {error.strerror}",
            Place(file=str(final)),
            hints=["is the disk full, and may this user write in the folder?"],
        ) from error
    return written


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# Private functions


def _part_of_ones_own(part: Path) -> int:
    """
    A descriptor of the empty ``.part``, locked until it is closed.

    Two jobs from one control file write the same log; the second waits until the first has renamed its part.
    """
    while True:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        here = os.fstat(descriptor)
        try:
            there = os.stat(part)
        except FileNotFoundError:
            there = None
        if there is not None and (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino):
            if here.st_size:
                os.ftruncate(descriptor, 0)
            return descriptor
        os.close(descriptor)  # the one before us has renamed it
