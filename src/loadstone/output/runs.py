"""Runs of jobs that have written their files: a run that is repeated gives the receipt that it gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from loadstone.database.open import Database, now
from loadstone.database.put import put_once
from loadstone.output.tables import RUN


def name(repository_id: str, instance_id: int, step: str) -> str:
    """How the run of a step of an instance is called, whatever attempt it is."""
    return f"{repository_id}:{instance_id}:{step}"


def find(database: Database, run: str) -> dict[str, Any] | None:
    """The receipt of a run, as ``model.receipt_values``; None for one that is not settled."""
    with database.read() as connection:
        return connection.execute(select(RUN.c.receipt).where(RUN.c.run == run)).scalar()


def forget(connection: Connection, runs: Sequence[str]) -> None:
    """Remove the receipts of runs that nobody repeats any more; the numbers that their files drew stay."""
    connection.execute(delete(RUN).where(RUN.c.run.in_(runs)))


def keep(connection: Connection, run: str, receipt: dict[str, Any]) -> None:
    """Keep the receipt of a run; the first one stays."""
    put_once(connection, RUN, {"run": run}, {"receipt": receipt, "settled_at": now(connection)})
