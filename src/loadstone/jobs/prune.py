"""
Forget instances that completed long ago.

Of an instance all goes or nothing: its attempts count the fences that keep dead workers out. One that stopped, failed or
was abandoned stays, for a launch answers by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from loadstone.database.open import Database
from loadstone.jobs.repository import past

BATCH = 500
"""Instances of one transaction, so that workers do not wait for long."""


def prune(database: Database, before: datetime, kept: Sequence[Any] = ()) -> int:
    """
    Remove instances whose last execution completed before that moment (UTC), with all executions; how many.

    A launch of such an instance makes it anew: its loads give their old receipts, other steps run again.

    Args:
        kept: Columns of other rooms' tables that name executions; an instance with one of these stays.
    """
    done, last = 0, 0
    while True:
        with database.write() as connection:
            found = past.completed_before(connection, before, kept, behind=last, limit=BATCH)
            if not found:
                return done
            past.forget(connection, found)
        done, last = done + len(found), found[-1]
