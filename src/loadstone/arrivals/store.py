"""
Where our copies of files are: one folder for each arrival while it is under way, then the archive, the quarantine, or those rejected.

A move may be repeated after any death: it is done when the file is where it should be and nowhere else.
"""

from __future__ import annotations

import gzip
import os
import shutil
from datetime import date
from pathlib import Path
from typing import BinaryIO

from loadstone.arrivals.model import Arrival
from loadstone.errors import Place, Stop
from loadstone.filestore.atomic import sync_folder
from loadstone.filestore.landing import LandedFile, receive
from loadstone.telemetry.points import reach

NAME_SIZE_MAX = 180
"""Bytes of a name that are kept; file systems take 255, and we put something in front and behind."""

PACKED = (".gz", ".zst", ".bz2", ".xz", ".zip", ".xlsx", ".parquet", ".7z")
"""Endings of files that are packed already."""

_COPY_SIZE_BYTES = 1 << 20


class Store:
    """Our folder, with ``files``, ``quarantine``, ``rejected``, ``archive`` and ``results`` in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def land(self, arrival: Arrival, stream: BinaryIO) -> LandedFile:
        """
        Keep the bytes of ``stream`` as the file of an arrival; repeated, it replaces them in one move.

        Raises:
            Stop: LS-4020 the folder cannot be written, or the disk is full.
        """
        kept = receive(stream, self._own(arrival))
        final = self._working(arrival, kept.sha256)
        _move(kept.path, final)
        return LandedFile(path=final, sha256=kept.sha256, size_bytes=kept.size_bytes)

    def find(self, arrival: Arrival) -> Path | None:
        """Where the file of an arrival is now, though an attempt died between its move and its record; None when it is gone."""
        places = [self._working(arrival), self._held(arrival, "quarantine"), self._held(arrival, "rejected")]
        if arrival.kept_at is not None:
            places.insert(0, Path(arrival.kept_at))
        return next((place for place in places if place.is_file()), None)

    def back(self, arrival: Arrival) -> Path:
        """Bring the file of an arrival back to where it is worked on, and say where that is."""
        return self._put(arrival, self._working(arrival))

    def results(self, arrival: Arrival) -> Path:
        """The folder of what the load of an arrival leaves: spec, bad file, discard file and log; made where it is missing."""
        folder = self.root / "results" / str(arrival.id)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot(folder, error) from error
        return folder

    def quarantine(self, arrival: Arrival) -> Path:
        """Put the file of an arrival into quarantine, and say where it is."""
        return self._put(arrival, self._held(arrival, "quarantine"))

    def reject(self, arrival: Arrival) -> Path:
        """Put the file of an arrival among those rejected, and say where it is."""
        return self._put(arrival, self._held(arrival, "rejected"))

    def archive(self, arrival: Arrival, folder: str | None, *, compress: bool) -> Path:
        """Put the file of an arrival into the archive, and say where it is."""
        day = arrival.business_date or date.min
        name = f"{arrival.id}-{_short(arrival.name)}"
        base = Path(folder) if folder is not None else self.root / "archive"
        final = base / str(arrival.feed) / day.isoformat() / name
        if not compress or name.lower().endswith(PACKED):
            return self._put(arrival, final)
        final = final.with_name(f"{name}.gz")
        source = self.find(arrival)
        if source is not None and source != final:
            _compress(source, final)
            source.unlink()
        self._tidy(arrival)
        return final

    def expire(self, arrival: Arrival) -> None:
        """Remove the copy of an arrival, and what its load has left."""
        if arrival.kept_at is not None:
            path = Path(arrival.kept_at)
            path.unlink(missing_ok=True)
            if path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()
        shutil.rmtree(self.root / "results" / str(arrival.id), ignore_errors=True)

    # Private methods

    def _own(self, arrival: Arrival) -> Path:
        return self.root / "files" / str(arrival.id)

    def _working(self, arrival: Arrival, sha256: str | None = None) -> Path:
        """Named by its content, so that a worker that lost the file overwrites nothing."""
        return self._own(arrival) / (sha256 or arrival.sha256 or "")[:16] / _short(arrival.name)

    def _held(self, arrival: Arrival, folder: str) -> Path:
        return self.root / folder / str(arrival.id) / _short(arrival.name)

    def _put(self, arrival: Arrival, final: Path) -> Path:
        source = self.find(arrival)
        if source is not None and source != final:
            _move(source, final)
        if not final.is_relative_to(self._own(arrival)):
            self._tidy(arrival)
        return final

    def _tidy(self, arrival: Arrival) -> None:
        """What attempts that died have left."""
        shutil.rmtree(self._own(arrival), ignore_errors=True)


# Private functions


def _short(name: str) -> str:
    """A name that fits a file system: of a long one the end, for endings tell what a file is."""
    raw = name.encode()
    return name if len(raw) <= NAME_SIZE_MAX else raw[-NAME_SIZE_MAX:].decode("utf-8", "ignore")


def _move(source: Path, final: Path) -> None:
    """Rename, across file systems by a copy that appears whole; both folders are made durable."""
    try:
        final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.replace(source, final)
        except OSError:
            if not source.exists():
                raise
            part = final.with_name(f".{final.name}.part")
            shutil.copyfile(source, part)
            _sync(part)
            os.replace(part, final)
            source.unlink()
        reach("arrival_moved")
        sync_folder(final.parent)
        if source.parent.is_dir():
            sync_folder(source.parent)
    except OSError as error:
        raise _cannot(final, error) from error


def _compress(source: Path, final: Path) -> None:
    """The same content gives the same bytes, so that a repeated one is no change."""
    try:
        final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = final.with_name(f".{final.name}.part")
        with open(source, "rb") as content, open(part, "wb") as raw:
            os.chmod(part, 0o600)
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as packed:
                shutil.copyfileobj(content, packed, _COPY_SIZE_BYTES)
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(part, final)
        reach("arrival_moved")
        sync_folder(final.parent)
    except OSError as error:
        raise _cannot(final, error) from error


def _sync(path: Path) -> None:
    with open(path, "rb+") as file:
        os.chmod(path, 0o600)
        os.fsync(file.fileno())


def _cannot(final: Path, error: OSError) -> Stop:
    return Stop(
        "LS-4020",
        f"cannot write {final}: {error.strerror}",
        Place(file=str(final)),
        hints=["is the disk full, and may this user write in the folder?"],
    )
