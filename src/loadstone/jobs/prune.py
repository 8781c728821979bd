"""
Forget instances that completed long ago.

Of an instance all goes or nothing: its attempts count the fences that keep dead workers out. One that stopped, failed or
was abandoned stays, for a launch answers by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from loadstone.database.open import Database
from loadstone.jobs.repository import past

BATCH = 500
"""Instances of one transaction, so that workers do not wait for long."""


def prune(
    database: Database,
    before: datetime,
    kept: Sequence[Any] = (),
    going: Callable[[Connection, list[tuple[int, str]]], object] | None = None,
) -> int:
    """
    Remove instances whose last execution completed before that moment (UTC), with all executions; how many.

    A launch of such an instance makes it anew: its loads give their old receipts, other steps run again.

    Args:
        kept: Columns of other rooms' tables that name executions; an instance with one of these stays.
        going: Called in the transaction that removes instances, with the number of each and the name of each of its steps.
    """
    done, last = 0, 0
    while True:
        with database.write() as connection:
            found = past.completed_before(connection, before, kept, behind=last, limit=BATCH)
            if not found:
                return done
            if going is not None:
                going(connection, past.steps_of(connection, found))
            past.forget(connection, found)
        done, last = done + len(found), found[-1]
