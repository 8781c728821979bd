"""A folder of this machine, or of one that is mounted here."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from loadstone.connections.transports import faults
from loadstone.connections.transports.model import Entry
from loadstone.connections.transports.paths import part_name, parts_of
from loadstone.errors import FixFile, LoadstoneError, Refused, Retry

_P = ParamSpec("_P")
_R = TypeVar("_R")
_COPY_SIZE_BYTES = 1 << 20


def translated(call: Callable[_P, _R]) -> Callable[_P, _R]:
    """Errors of the file system as those of a transport."""

    @wraps(call)
    def act(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return call(*args, **kwargs)
        except OSError as error:
            raise _error_of(error) from error

    return act


class DirectoryTransport:
    """Files of a folder (``transports.model.Transport``). Links are left out: they could lead anywhere."""

    def __init__(self, folder: str | Path) -> None:
        self._base = Path(folder)

    @translated
    def list(self, folder: str = "") -> Sequence[Entry]:
        """Plain files only."""
        found = []
        with os.scandir(self._at(folder)) as entries:
            for one in entries:
                with suppress(FileNotFoundError):  # it went away meanwhile
                    told = one.stat(follow_symlinks=False)
                    if stat.S_ISREG(told.st_mode):
                        found.append(_entry(one.name, told))
        return sorted(found, key=lambda entry: entry.name)

    @translated
    def open(self, path: str, *, offset: int = 0) -> BinaryIO:
        """A file that is no link."""
        descriptor = os.open(self._at(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        file = os.fdopen(descriptor, "rb")
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            file.close()
            raise faults.no_file(path)
        file.seek(offset)
        return file

    @translated
    def move(self, path: str, to: str) -> None:
        """By a second name and the removal of the first, so that nothing is overwritten, even in a race."""
        old, new = self._at(path), self._at(to)
        new.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(old, new, follow_symlinks=False)
        except FileExistsError as error:
            raise faults.exists(to) from error
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK):
                raise
            self._copy(old, new, to)
        _sync(new.parent)
        os.unlink(old)
        _sync(old.parent)

    @translated
    def delete(self, path: str) -> None:
        """Remove it."""
        self._at(path).unlink(missing_ok=True)

    @translated
    def put(self, path: str, stream: BinaryIO) -> int:
        """Through a temporary name, fsync, and a rename."""
        final = self._at(path)
        final.parent.mkdir(parents=True, exist_ok=True)
        part = final.with_name(part_name(final.name))
        try:
            written = _write(part, stream)
            os.replace(part, final)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync(final.parent)
        return written

    def close(self) -> None:
        """Nothing is open."""

    # Private methods

    def _at(self, path: str) -> Path:
        """The place of a path, whose folders may not be links that lead out of the base."""
        parts = parts_of(path)
        wanted = self._base.joinpath(*parts)
        base = self._base.resolve()
        if len(parts) > 1 or (parts and wanted.is_dir()):
            folder = wanted if wanted.is_dir() else wanted.parent
            if not folder.resolve().is_relative_to(base):
                raise Refused("LS-7414", f"path {path!r} leads out of the connection's folder by a link")
        return wanted

    def _copy(self, old: Path, new: Path, to: str) -> None:
        """Where a second name is not to be had: another file system, or one without hard links."""
        if new.exists():
            raise faults.exists(to)
        part = new.with_name(part_name(new.name))
        with open(old, "rb") as stream:
            _write(part, stream)
        os.replace(part, new)


# Private functions


def _write(part: Path, stream: BinaryIO) -> int:
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(stream, file, _COPY_SIZE_BYTES)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _entry(name: str, told: os.stat_result) -> Entry:
    return Entry(
        name=name,
        size_bytes=told.st_size,
        modified_at=datetime.fromtimestamp(told.st_mtime, UTC),
        id=f"{told.st_size}-{told.st_mtime_ns}-{told.st_ino}",
    )


def _error_of(error: OSError) -> LoadstoneError:
    told = f"{error.filename or 'the folder'}: {error.strerror or error}"
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR | errno.EISDIR | errno.ELOOP:
            return FixFile("LS-7415", told, hints=["is the path right, and is the file system mounted?"])
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return Refused("LS-7414", told, hints=["`ls -ld` shows who may use the folder."])
        case errno.ENAMETOOLONG | errno.EINVAL:
            return Refused("LS-7414", told)
        case _:
            return Retry("LS-7411", told, hints=["is the disk full, or a network file system gone?"])
