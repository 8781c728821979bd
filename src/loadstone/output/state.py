"""What is known of a file that was cut off: how far it is durable, beside what it was made from."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from loadstone.filestore.atomic import write_whole


@dataclass(frozen=True, kw_only=True)
class Progress:
    """
    A prefix of the body that is on the disk.

    Attributes:
        made_from: Hash of spec, source and variables. size_bytes: of the prefix; sha256 of its bytes.
        key: Of the last record, in the order of the spec. totals: as text, by name. writer: what a bank's writer has open.
    """

    made_from: str
    size_bytes: int
    sha256: str
    records: int
    key: tuple[str, ...]
    totals: dict[str, str | None]
    writer: dict[str, Any] = field(default_factory=dict)


def store(path: Path, progress: Progress) -> None:
    """Replace what is stored; the body must be on the disk before."""
    write_whole(path, [json.dumps(asdict(progress)).encode()])


def stored(path: Path, body: Path, made_from: str) -> Progress | None:
    """What is stored for a body that was made from the same and still holds that prefix; None for all else."""
    try:
        values = json.loads(path.read_bytes())
        progress = Progress(**{**values, "key": tuple(values["key"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if progress.made_from != made_from or not body.exists() or body.stat().st_size < progress.size_bytes:
        return None
    return progress if _hash(body, progress.size_bytes).hexdigest() == progress.sha256 else None


def resumed_hash(body: Path, size_bytes: int) -> hashlib._Hash:
    """The running hash over the first bytes of a body."""
    return _hash(body, size_bytes)


def forget(*paths: Path) -> None:
    """Remove what is there of them."""
    for path in paths:
        with suppress(FileNotFoundError):
            os.unlink(path)


# Private functions


def _hash(body: Path, size_bytes: int) -> hashlib._Hash:
    digest, left = hashlib.sha256(), size_bytes
    with open(body, "rb") as file:
        while left and (data := file.read(min(left, 1 << 20))):
            digest.update(data)
            left -= len(data)
    return digest
