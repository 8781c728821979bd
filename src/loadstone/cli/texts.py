"""Files that commands are given; ``-`` is standard input."""

from __future__ import annotations

import sys

from loadstone.spec.documents import file_bytes, file_text


def read_text(path: str) -> str:
    """The text of a file; ``FixSpec`` LS-6020 where it cannot be read, or is not UTF-8."""
    return sys.stdin.read() if path == "-" else file_text(path)


def read_bytes(path: str) -> bytes:
    """The bytes of a file; ``FixSpec`` LS-6020 where it cannot be read."""
    return sys.stdin.buffer.read() if path == "-" else file_bytes(path)
