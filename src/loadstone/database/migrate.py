"""Bring the repository's tables up or down to a version."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from loadstone.database.open import Database, one_at_a_time
from loadstone.errors import FixSpec, Refused

_LOCK = 0x10AD5704E
"""Advisory lock of PostgreSQL: one process migrates at a time."""


def upgrade(database: Database, version: str = "head") -> None:
    """
    Make the tables, or bring them up to ``version``, in one transaction; other processes wait meanwhile.

    Every command opens the repository this way: where nothing is to do, that costs one read and no lock.

    Raises:
        Refused: LS-7004 the tables are newer than this program.
    """
    if version == "head" and current(database) == versions()[0]:
        return
    with database.write() as connection:
        one_at_a_time(connection, _LOCK)
        _refuse_newer(connection)
        command.upgrade(_config(connection), version)


def downgrade(database: Database, version: str) -> None:
    """
    Bring the tables down to ``version`` (``base``: none are left), in one transaction; their data go.

    Raises:
        FixSpec: LS-7009 there is no such version. Refused: LS-7004 as ``upgrade``.
    """
    if version not in (*versions(), "base"):
        raise FixSpec(
            "LS-7009",
            f"the repository's tables have no version {version!r}",
            hints=[f"there are {', '.join([*versions(), 'base'])}."],
        )
    with database.write() as connection:
        _refuse_newer(connection)
        command.downgrade(_config(connection), version)


def current(database: Database) -> str | None:
    """The version of the tables; None where there are none."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def versions() -> Sequence[str]:
    """All versions that this program knows, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


# Private functions


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _refuse_newer(connection: Connection) -> None:
    here: Any = MigrationContext.configure(connection).get_current_revision()
    if here is not None and here not in versions():
        raise Refused(
            "LS-7004",
            f"the repository's tables have version {here}, which this program does not know",
            hints=["start the newer program, or bring the tables down with it first."],
        )
