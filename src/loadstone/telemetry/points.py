"""Numbered places where a test lets the process die, so that a restart can be compared with an undisturbed run."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter

VARIABLE = "LOADSTONE_CRASH_AT"
"""
``point:n``: the process kills itself (SIGKILL) the n-th time, 1-based, that it reaches ``point``.

``point:n:stop`` stops it there (SIGSTOP), and ``point:n:250`` kills it 250 microseconds later, in the midst of what follows.
"""

_reached: Counter[str] = Counter()
_lock = threading.Lock()


def armed() -> bool:
    """Whether the variable names any point: a loop over every record asks once."""
    return VARIABLE in os.environ


def reach(point: str) -> None:
    """Say that ``point`` is reached; nothing happens unless the variable names it."""
    wanted = os.environ.get(VARIABLE)
    if wanted is None:
        return
    name, _, rest = wanted.partition(":")
    if name != point:
        return
    count, _, how = rest.partition(":")
    with _lock:
        _reached[point] += 1
        if _reached[point] == int(count or 1):
            _end(how)


# Private functions


def _end(how: str) -> None:
    if how == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif how:
        threading.Thread(target=_kill_after, args=(int(how) / 1e6,), daemon=True).start()
    else:
        os.kill(os.getpid(), signal.SIGKILL)


def _kill_after(pause_s: float) -> None:
    time.sleep(pause_s)
    os.kill(os.getpid(), signal.SIGKILL)
