"""Files that commands are given; ``-`` is standard input."""

from __future__ import annotations

import os
import sys

from loadstone.errors import FixSpec, Place
from loadstone.spec.documents import file_bytes, utf8_text


def read_text(path: str) -> str:
    """The text of a file; ``FixSpec`` LS-6020 where it cannot be read, or is not UTF-8."""
    return utf8_text(read_bytes(path), path)


def refuse_overwriting(output: str | None, *read: str | None) -> None:
    """``FixSpec`` LS-6060 where ``output`` is one of the files that are read."""
    for path in read:
        if output is not None and path is not None and os.path.realpath(output) == os.path.realpath(path):
            raise FixSpec(
                "LS-6060",
                f"{output} is read, and --output would replace it",
                Place(file=path),
                hints=["name another file with --output."],
            )


def read_bytes(path: str) -> bytes:
    """The bytes of a file; ``FixSpec`` LS-6020 where it cannot be read."""
    return sys.stdin.buffer.read() if path == "-" else file_bytes(path)
