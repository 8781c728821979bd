"""Numbered places where a test lets the process die, so that a restart can be compared with an undisturbed run."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter

VARIABLE = "LOADSTONE_CRASH_AT"
"""``point:n``: the process kills itself (SIGKILL) the n-th time, 1-based, that it reaches ``point``."""

_reached: Counter[str] = Counter()
_lock = threading.Lock()


def reach(point: str) -> None:
    """Say that ``point`` is reached; nothing happens unless the variable names it."""
    wanted = os.environ.get(VARIABLE)
    if wanted is None:
        return
    name, _, count = wanted.partition(":")
    if name != point:
        return
    with _lock:
        _reached[point] += 1
        if _reached[point] == int(count or 1):
            os.kill(os.getpid(), signal.SIGKILL)
