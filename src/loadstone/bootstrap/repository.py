"""The repository, put together: every room's tables are known, and it is where it may be."""

from __future__ import annotations

import loadstone.alerts.tables
import loadstone.arrivals.tables
import loadstone.audit.tables
import loadstone.database.breakers
import loadstone.database.watermarks
import loadstone.deadletters.tables
import loadstone.jobs.tables
import loadstone.output.tables
import loadstone.schedule.tables
import loadstone.sources.tables  # noqa: F401 - each declares its tables on the one MetaData
from loadstone.database import guard, migrate
from loadstone.database.open import Database, open_database


def open_repository(url: str) -> Database:
    """
    The repository at ``url``, with tables of this program's version.

    Raises:
        FixSpec: LS-7001 no such kind. Refused: LS-7004 newer tables, LS-7005 a network file system.
    """
    database = open_database(url)
    if database.path is not None:
        guard.refuse_network_file_system(database.path)
    migrate.upgrade(database)
    return database
