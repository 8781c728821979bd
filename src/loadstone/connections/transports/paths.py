"""Paths outside: relative to the folder of a connection, with ``/`` between folders, and never out of it."""

from __future__ import annotations

from loadstone.errors import Refused

PATH_SIZE_MAX = 1024
"""Characters of a path; S3 takes no longer one, nor does any file system that we know."""


def parts_of(path: str) -> tuple[str, ...]:
    """
    The folders and the name of a path; empty for the folder of the connection itself.

    Raises:
        Refused: LS-7414 it is absolute, leads upwards, is too long, or holds characters that no name has.
    """
    if path.startswith("/"):
        raise _refused(path, "is absolute")
    if len(path) > PATH_SIZE_MAX:
        raise _refused(path[:60] + "...", f"is longer than {PATH_SIZE_MAX} characters")
    if any(ord(char) < 32 or char in "\\\x7f" for char in path):
        raise _refused(path, "holds control characters or backslashes")
    parts = tuple(part for part in path.split("/") if part not in ("", "."))
    if ".." in parts:
        raise _refused(path, "leads out of the connection's folder")
    return parts


def joined(base: str, path: str) -> str:
    """``path`` below ``base``, with single slashes and none at the end; ``Refused`` as ``parts_of``."""
    head = base.rstrip("/")
    parts = parts_of(path)
    return "/".join([head, *parts]) if parts else head or ("/" if base.startswith("/") else "")


def is_plain_name(name: str) -> bool:
    """Whether a name that a server told may be that of a file: no folder, no step upwards, no control character."""
    return (
        bool(name)
        and name not in (".", "..")
        and not any(ord(char) < 32 or char in "/\\\x7f" for char in name)
    )


def part_name(name: str) -> str:
    """The name under which a file is written until it is whole."""
    return f".{name}.part"


# Private functions


def _refused(path: str, why: str) -> Refused:
    return Refused(
        "LS-7414", f"path {path!r} {why}", hints=["paths are relative to the connection's folder."]
    )
