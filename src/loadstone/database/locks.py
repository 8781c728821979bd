"""Who holds the write lock of a SQLite file, as far as this machine's kernel tells (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

_WAL_WRITER = 120
"""Byte of the file ``-shm`` that the writer of a write-ahead log locks."""


def holder_of(path: str, told: str | None = None) -> str | None:
    """
    The process, but this one, that keeps others from writing a SQLite file, as ``4711 (sqlite3)``; None where none shows.

    Args:
        told: Content of ``/proc/locks``; read from there when None.
    """
    if told is None:
        told = _text(Path("/proc/locks"))
    inodes = {_inode(path): None, _inode(f"{path}-shm"): _WAL_WRITER}
    for line in told.splitlines():
        fields = line.split()
        if len(fields) != 8 or fields[3] != "WRITE" or int(fields[4]) in (-1, 0, os.getpid()):
            continue
        inode, first, last = int(fields[5].rpartition(":")[2]), int(fields[6]), fields[7]
        if inode not in inodes:
            continue
        place = inodes[inode]
        if place is None or first <= place <= (place if last == "EOF" else int(last)):
            return f"{fields[4]} ({_text(Path('/proc', fields[4], 'comm')).strip() or 'ended'})"
    return None


# Private functions


def _inode(path: str) -> int:
    try:
        return os.stat(path).st_ino
    except OSError:
        return -1


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
