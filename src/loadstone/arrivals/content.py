"""What a file holds, whatever it is packed in and however its lines end: a digest that the same records give again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from loadstone.arrivals.surroundings import RENEW_S
from loadstone.errors import FixFile, Place
from loadstone.formats.inputs import open_input, read_fully

READ_SIZE_BYTES = 1 << 20

BOMB_SIZE_BYTES = 256 << 20
"""Bytes that a packed file may always become."""

BOMB_RATIO = 200
"""How many bytes may come out of each byte of a packed file beyond that; text of banks comes to 3 to 30."""

MARKS = (b"\xef\xbb\xbf",)
"""Byte order marks, which are none of the content."""


def digest_of(path: Path, renew: Callable[[], None]) -> tuple[str, int]:
    """
    SHA-256 of the unpacked content and its size in bytes, in flat memory.

    Line ends count as one byte, and those at the end, like a byte order mark, not at all.

    Args:
        renew: A sign of life, given now and then.

    Raises:
        FixFile: LS-2003 it is damaged or cut off; LS-7703 it would become far larger than files do: a bomb.
    """
    limit = max(BOMB_SIZE_BYTES, BOMB_RATIO * path.stat().st_size)
    digest, size, held = hashlib.sha256(), 0, b""
    due = time.monotonic() + RENEW_S
    with open_input(str(path)) as stream:
        data = _first(stream, path.name)
        while data:
            size += len(data)
            if time.monotonic() > due:
                renew()
                due = time.monotonic() + RENEW_S
            if size > limit:
                raise FixFile(
                    "LS-7703",
                    f"{path.name} has {path.stat().st_size:,} bytes, and more than {limit:,} come out of them",
                    Place(file=path.name),
                    hints=["it may be a bomb, made to fill disks; ask the sender."],
                )
            data = (held + data).replace(b"\r\n", b"\n")
            kept = data.rstrip(b"\r\n")
            held = data[len(kept) :]
            digest.update(kept)
            data = read_fully(stream, READ_SIZE_BYTES, name=path.name)
    return digest.hexdigest(), size


# Private functions


def _first(stream: IO[bytes], name: str) -> bytes:
    data = read_fully(stream, READ_SIZE_BYTES, name=name)
    for mark in MARKS:
        data = data.removeprefix(mark)
    return data
