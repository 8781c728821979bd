"""Text files that commands are given."""

from __future__ import annotations

import sys

from loadstone.errors import FixSpec, Place


def read_text(path: str) -> str:
    """The text of a file, or of standard input for ``-``; ``FixSpec`` LS-6020 when it cannot be read."""
    if path == "-":
        return sys.stdin.read()
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise FixSpec("LS-6020", f"cannot read {path}: {error}", Place(file=path)) from error
