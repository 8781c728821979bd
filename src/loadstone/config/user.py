"""Whose process this is."""

from __future__ import annotations

import getpass
import os


def current_user() -> str:
    """The user's name; ``uid:1001`` where the system has none, as in a container that is run as a number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # OSError from Python 3.13 on
        return f"uid:{os.getuid()}"
