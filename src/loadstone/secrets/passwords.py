"""Passwords are never shown: found in URLs and command lines, taken out of every text that leaves the process."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

HIDDEN = "***"

KNOWN_SIZE_MIN = 4
"""Shorter passwords are taken out where their place shows them, not wherever their characters stand."""

_IN_URL = re.compile(r"(?<=://)([^/\s:@]*):([^\s]*)@(?=[^@\s]*$|[^@\s]*[/?\s])")
_IN_PAIR = re.compile(r"\b(password|passwd|sslpassword)(\s*=\s*)('[^']*'|[^\s&'\"]+)", re.IGNORECASE)
_IN_USERID = re.compile(
    r"(?:-?userid\s*=\s*)?[\"']?[\w$#]+/([^\s@/=]+?)(?:@[\w.:/-]+)?(?:\s+as\s+\w+)?[\"']?", re.IGNORECASE
)
_known: set[str] = set()


def remember(passwords: Iterable[str]) -> None:
    """Learn passwords, to take them out of messages."""
    _known.update(password for password in passwords if len(password) >= KNOWN_SIZE_MIN)


def passwords_in(text: str) -> list[str]:
    """Passwords in a URL or a connection string."""
    found = [match[2] for match in _IN_URL.finditer(text)]
    return [one for one in [*found, *(match[3].strip("'") for match in _IN_PAIR.finditer(text))] if one]


def password_of_userid(word: str) -> str | None:
    """The password of ``user/password@alias``, with ``userid=`` before it or not; None where there is none."""
    found = _IN_USERID.fullmatch(word.strip())
    return found[1] if found else None


def without_passwords(text: str) -> str:
    """``text`` with every password replaced by asterisks."""
    for password in sorted(_known, key=len, reverse=True):
        text = text.replace(password, HIDDEN)
    text = _IN_URL.sub(rf"\1:{HIDDEN}@", text)
    return _IN_PAIR.sub(rf"\1\2{HIDDEN}", text)


def hide_arguments(passwords: Collection[str]) -> None:
    """
    Overwrite ``passwords`` among this process's arguments, so that ``ps`` shows asterisks.

    Works on Linux; elsewhere the arguments stay, as they do for the moment before this call.
    """
    span = _argument_memory() if passwords else None
    if span is None:
        return
    import ctypes

    start, size = span
    memory = ctypes.string_at(start, size)
    for password in passwords:
        raw = password.encode("utf-8", "surrogateescape")
        memory = memory.replace(raw, b"*" * len(raw))
    ctypes.memmove(start, memory, size)


# Private functions


def _argument_memory() -> tuple[int, int] | None:
    """Address and size of the arguments (fields 48 and 49 of /proc/self/stat)."""
    try:
        with open("/proc/self/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        start, stop = int(fields[45]), int(fields[46])
    except (OSError, ValueError, IndexError):
        return None
    return (start, stop - start) if stop > start > 0 else None
