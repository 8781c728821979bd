"""Targets by their URLs."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from loadstone.errors import FixSpec
from loadstone.targets.model import Target
from loadstone.targets.urls import file_of, kind_of

if TYPE_CHECKING:
    from loadstone.staging.lifetimes import Pruned


def open_target(url: str, control_schema: str | None = None, *, part: int = 0) -> Target:
    """
    The target of ``url``, or of one partition of a load into it (from 1); its driver is imported here.

    Raises:
        FixSpec: LS-3xxx the URL names no known kind. Stop, Retry: it cannot be reached.
    """
    kind = kind_of(url)
    if kind == "postgresql":
        from loadstone.targets.postgresql.target import PostgresTarget

        return PostgresTarget(url, control_schema=control_schema, part=part)
    if kind == "duckdb":
        from loadstone.targets.duckdb.target import DuckdbTarget

        return DuckdbTarget(url, control_schema=control_schema)
    if kind == "sqlite":
        from loadstone.targets.sqlite.target import SqliteTarget

        return SqliteTarget(url, control_schema=control_schema)
    if kind == "sqlalchemy":
        from loadstone.targets.sqlalchemy.target import SqlAlchemyTarget

        return SqlAlchemyTarget(url, control_schema=control_schema)
    require("oracledb", "oracle")
    from loadstone.targets.oracle.target import OracleTarget

    return OracleTarget(url, control_schema=control_schema)


def keep_connections() -> None:
    """Let this process, which runs loads all day, keep connections to PostgreSQL from one load to the next."""
    from loadstone.targets.postgresql import idle

    idle.keep()


def sweep_connections() -> None:
    """Close connections that have waited for a load for long."""
    from loadstone.targets.postgresql import idle

    idle.SHELF.sweep()


def open_rehearsal(url: str, control_schema: str | None = None) -> Target:
    """
    The target of ``url`` for a dry run: nothing of it changes, and a file that does not exist is not made.

    Missing tables are made in a temporary file of the same kind, or in PostgreSQL as temporary tables.
    """
    from loadstone.targets.rehearsal import Rehearsal

    kind = kind_of(url)
    inner: Target
    if kind not in ("sqlite", "duckdb"):
        inner = open_target(url, control_schema)
    elif not Path(file_of(url)).exists():
        inner = _scratch(url)
    elif kind == "sqlite":
        from loadstone.targets.sqlite.target import SqliteTarget

        inner = SqliteTarget(url, read_only=True)
    else:
        from loadstone.targets.duckdb.target import DuckdbTarget

        inner = DuckdbTarget(url, control_schema, read_only=True)
    return Rehearsal(inner, lambda: _scratch(url))


def init(url: str, control_schema: str | None = None, role: str | None = None) -> None:
    """Make the control tables, and give a role the rights to use them."""
    target = open_target(url, control_schema)
    try:
        target.init_control()
        if role is not None:
            target.run_ddl([one for one in target.init_sql(role) if one.startswith("GRANT")])
    finally:
        target.close()


def init_sql(url: str, control_schema: str | None = None, role: str | None = None) -> list[str]:
    """The statements that make the control tables, with the grants for ``role``."""
    target = open_target(url, control_schema)
    try:
        return target.init_sql(role)
    finally:
        target.close()


def require(module: str, extra: str) -> None:
    """``FixSpec`` LS-3012 where a package of an extra is not installed."""
    if find_spec(module) is None:
        raise FixSpec(
            "LS-3012",
            f"the driver {module} is not installed",
            hints=[f"pip install 'loadstone[{extra}]'"],
        )


def prune(url: str, control_schema: str | None, days: int, rejects_days: int | None) -> Pruned:
    """Take out what is older than so many days; see ``staging.lifetimes``."""
    from loadstone.staging import lifetimes

    target = open_target(url, control_schema)
    try:
        target.init_control()
        return lifetimes.prune(
            target, control_schema, datetime.now(UTC), days=days, rejects_days=rejects_days
        )
    finally:
        target.close()


# Private functions


def _scratch(url: str) -> Target:
    """An empty target of the kind of ``url``; it goes with the process."""
    kind = kind_of(url)
    if kind in ("sqlite", "duckdb"):
        folder = tempfile.mkdtemp(prefix="loadstone-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return open_target(str(Path(folder) / f"scratch{'.db' if kind == 'sqlite' else '.duckdb'}"))
    if kind == "postgresql":
        target = open_target(url)
        target.run_ddl(["SET search_path = pg_temp"])
        return target
    raise FixSpec("LS-6010", f"a dry run cannot make tables in {kind}")
