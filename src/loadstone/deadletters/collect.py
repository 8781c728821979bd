"""Take the rejects of a load over as dead letters, with their bytes, before its file goes away."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from loadstone.database import outbox
from loadstone.database.open import Database
from loadstone.deadletters import repository
from loadstone.deadletters.model import FoundRecord, Origin


def collect(database: Database, origin: Origin, found: Iterable[FoundRecord]) -> int:
    """
    Keep records as letters, in transactions of a few hundred; how many are new.

    It may be called again after a death at any point: what is there stays as it is.
    """
    made, left = 0, iter(found)
    while part := list(islice(left, repository.ADD_MAX)):
        with database.write() as connection:
            made += repository.add(connection, repository.add_origin(connection, origin), part)
    if made:
        with database.write() as connection:
            outbox.put(
                connection, "letters.collected", origin.load_id, {"letters": made, "target": origin.target}
            )
    return made
