"""A pipe becomes a file before it is loaded, so that a load of it can resume."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from loadstone.errors import Place, Stop
from loadstone.filestore.atomic import sync_folder
from loadstone.telemetry.points import reach

_COPY_SIZE_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class LandedFile:
    """
    A stream that was kept.

    Attributes:
        path: Where it is. sha256: hex digest of its bytes. size_bytes: how many.
    """

    path: Path
    sha256: str
    size_bytes: int


def receive(stream: BinaryIO, folder: Path) -> LandedFile:
    """
    Keep all bytes of ``stream`` in ``folder``, in a file named by their digest.

    The same bytes land at the same path, so the load of a pipe that is sent again resumes.

    Raises:
        Stop: LS-4020 the folder cannot be written or the disk is full.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(prefix="landing-", suffix=".part", dir=folder)
        try:
            return _keep(stream, descriptor, Path(part))
        finally:
            Path(part).unlink(missing_ok=True)
    except OSError as error:
        raise Stop(
            "LS-4020",
            f"cannot keep the data of the pipe: {error.strerror}",
            Place(file=str(folder)),
            hints=["is there room for all of it on this disk?", "set LOADSTONE_LANDING to a larger one."],
        ) from error


# Private functions


def _keep(stream: BinaryIO, descriptor: int, part: Path) -> LandedFile:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(descriptor, "wb") as file:
        while data := stream.read(_COPY_SIZE_BYTES):
            digest.update(data)
            size += file.write(data)
        file.flush()
        os.fsync(file.fileno())
    reach("landing_synced")
    final = part.with_name(f"{digest.hexdigest()}.dat")
    if final.exists():
        # A load of it that resumes must find the file untouched.
        os.utime(part, ns=(final.stat().st_atime_ns, final.stat().st_mtime_ns))
    os.replace(part, final)
    sync_folder(final.parent)
    return LandedFile(path=final, sha256=digest.hexdigest(), size_bytes=size)
