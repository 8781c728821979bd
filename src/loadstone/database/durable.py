"""What every SQLite file that Loadstone writes is set to: write-ahead log, durable commits, foreign keys."""

from __future__ import annotations

import sqlite3
import time

_PAUSE_S = 0.02

_LOCKED = (5, 6)
"""SQLITE_BUSY and SQLITE_LOCKED, without what their higher bits add."""


def make_durable(connection: sqlite3.Connection, *, wait_s: float) -> None:
    """
    Set a connection in autocommit mode, and its file, up.

    The change of a new file to a write-ahead log needs it alone, and SQLite does not wait for that: where many processes
    open it at once, all but one would be told that it is locked. They try again for ``wait_s`` seconds.

    Raises:
        sqlite3.Error: It stayed locked, or is no database, or cannot be written.
    """
    deadline = time.monotonic() + wait_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _LOCKED or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE_S)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
