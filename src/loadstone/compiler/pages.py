"""Memory beside the kernels: what LLVM leaves, which nobody needs once they are linked, and what their arrays take."""

from __future__ import annotations

import ctypes
import mmap
import struct
from collections.abc import Iterator
from pathlib import Path

_MAPS = Path("/proc/self/maps")
_MADV_DONTNEED = 4
_PT_LOAD, _PF_W = 1, 2

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3

KEPT_BYTES = 32 << 20
"""Freed memory that stays with the process, for each of the C library's arenas; glibc takes no more for its second number."""


def keep_freed() -> None:
    """
    Have the C library keep what arrays free, for the arrays of the next piece.

    Else each piece of a chunk gets fresh pages from the system and gives them back, a tenth of the time of its rows. Where the
    library is not glibc, nothing changes.
    """
    option = getattr(ctypes.CDLL(None), "mallopt", None)
    if option is not None:
        option(_M_MMAP_THRESHOLD, KEPT_BYTES)
        option(_M_TRIM_THRESHOLD, KEPT_BYTES)


def release(name: str) -> int:
    """
    Give back the memory of what a shared library only reads; pages come back from its file when they are used.

    Args:
        name: How its file's name begins.

    Returns:
        Bytes of address space that was let go; 0 where the system is no Linux of 64 bits.
    """
    advise = getattr(ctypes.CDLL(None), "madvise", None)
    if advise is None or not _MAPS.exists():
        return 0
    released = 0
    for start, size_bytes in _mapped(name):
        # Where the system says no, the pages stay, and that is all.
        done = advise(ctypes.c_void_p(start), ctypes.c_size_t(size_bytes), ctypes.c_int(_MADV_DONTNEED))
        released += 0 if done else size_bytes
    return released


# Private functions


def _mapped(name: str) -> Iterator[tuple[int, int]]:
    """Start and size in memory of the segments that are never written."""
    offsets: dict[Path, set[int]] = {}
    for line in _MAPS.read_text().splitlines():
        if name not in line:
            continue  # most lines; to take each apart takes milliseconds
        parts = line.split(None, 5)
        path = Path(parts[5])
        if not path.name.startswith(name):
            continue
        if path not in offsets:
            offsets[path] = _read_only(path)
        if int(parts[2], 16) in offsets[path]:
            start, _, end = parts[0].partition("-")
            yield int(start, 16), int(end, 16) - int(start, 16)


def _read_only(library: Path) -> set[int]:
    """
    Where in the file the pages begin of segments that are never written, and share no page with others.

    Those may hold addresses that the loader has filled in, and that the file does not have.
    """
    try:
        with library.open("rb") as file:
            head = file.read(64)
            if head[:6] != b"\x7fELF\x02\x01":
                return set()
            (place,) = struct.unpack_from("<Q", head, 32)
            size_bytes, number = struct.unpack_from("<HH", head, 54)
            file.seek(place)
            table = file.read(size_bytes * number)
    except OSError:
        return set()  # an update has put another file in its place
    found: dict[bool, set[int]] = {False: set(), True: set()}
    for entry in range(0, len(table), size_bytes):
        kind, flags, offset = struct.unpack_from("<IIQ", table, entry)
        if kind == _PT_LOAD:
            found[bool(flags & _PF_W)].add(offset - offset % mmap.PAGESIZE)
    return found[False] - found[True]
