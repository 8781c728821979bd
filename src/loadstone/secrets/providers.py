"""Where a secret comes from: the configuration names its place, never the secret itself."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from loadstone.errors import FixSpec, Place
from loadstone.secrets.passwords import remember

HINTS = [
    "env:NAME takes an environment variable.",
    "file:/path takes a file's first line; only its owner may read it.",
]


def secret(reference: str, what: str) -> str:
    """
    The secret that ``env:NAME`` or ``file:/path`` stands for; from now on messages show asterisks for it.

    Args:
        what: What it is for, as the message says it.

    Raises:
        FixSpec: LS-6040 it is no reference, there is nothing, or others may read the file.
    """
    kind, _, name = reference.partition(":")
    if kind == "env" and name:
        found = os.environ.get(name)
        if not found:
            raise FixSpec("LS-6040", f"{what}: the environment has no {name}", hints=HINTS)
    elif kind == "file" and name:
        found = _of_file(Path(name), what)
    else:
        raise FixSpec("LS-6040", f"{what} names no place of a secret", hints=HINTS)
    remember([found])
    return found


# Private functions


def _of_file(path: Path, what: str) -> str:
    try:
        mode = path.stat().st_mode
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or str(error)
        raise FixSpec("LS-6040", f"{what}: cannot read {path}: {told}", Place(file=str(path))) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise FixSpec(
            "LS-6040",
            f"{what}: others than its owner may use {path}",
            Place(file=str(path)),
            hints=[f"chmod 600 {path}"],
        )
    if not lines or not lines[0]:
        raise FixSpec("LS-6040", f"{what}: {path} is empty", Place(file=str(path)))
    return lines[0]
