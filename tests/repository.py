"""Repositories for tests, and handlers that do as they are told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event, inspect

from loadstone.database import migrate
from loadstone.database.open import Database, open_database
from loadstone.jobs import registry
from loadstone.jobs.definition import parse_definition
from loadstone.jobs.handlers import Handler, TaskRun, WholeStep
from loadstone.jobs.model import Outcome, Task
from loadstone.jobs.repository.definitions import StoredDefinition


def open_repository(url: str) -> Database:
    """
    The repository at ``url`` with its tables.

    A new one is made as the first one of this process was, which the migrations made: they take half a second,
    and hundreds of tests want an empty repository.
    """
    database = open_database(url)
    if database.path is not None:
        put_repository(database.path)
    elif _is_empty(database):
        _repeat_migrations(database)
    migrate.upgrade(database)
    return database


def put_repository(path: str | Path) -> None:
    """A new SQLite repository at ``path``; one that is there stays."""
    if not Path(path).exists():
        shutil.copyfile(Path(_template().name) / "r.db", path)


def define(database: Database, text: str, handlers: Mapping[str, Handler]) -> StoredDefinition:
    """Store a definition by one person and approve it by another."""
    stored = registry.store(database, parse_definition(text), handlers, actor="ann")
    return registry.approve(database, stored.name, None, actor="bob")


class Doing(WholeStep):
    """A handler whose work is a function of the task and its run; the tasks it ran are kept in ``ran``."""

    def __init__(self, act: Callable[[Task, TaskRun], Outcome] | None = None, partitions: int = 1) -> None:
        self._act, self._partitions = act, partitions
        self.ran: list[Task] = []
        self.taken_over: list[Task] = []
        self.planned = 0

    def plan(self, task: Task) -> Sequence[Mapping[str, Any]]:
        self.planned += 1
        return [{"number": number} for number in range(self._partitions)]

    def take_over(self, task: Task) -> None:
        self.taken_over.append(task)

    def run(self, task: Task, run: TaskRun) -> Outcome:
        self.ran.append(task)
        return self._act(task, run) if self._act else Outcome()


# Private functions

_statements: list[str] = []
"""By which the migrations made the first repository on PostgreSQL."""


@cache
def _template() -> TemporaryDirectory[str]:
    """A folder with an empty SQLite repository ``r.db``; it goes with the process."""
    folder = TemporaryDirectory(prefix="repository-")
    database = open_database(f"{folder.name}/r.db")
    migrate.upgrade(database)
    database.close()
    return folder


def _is_empty(database: Database) -> bool:
    with database.read() as connection:
        return not inspect(connection).get_table_names()


def _repeat_migrations(database: Database) -> None:
    """The tables of the first repository; for the first one this writes down how the migrations make them."""
    if not _statements:
        event.listen(database.engine, "before_cursor_execute", _write_down)
        migrate.upgrade(database)
        event.remove(database.engine, "before_cursor_execute", _write_down)
        return
    with database.write() as connection:  # all in one trip, which only the driver itself can do
        connection.connection.cursor().execute(";\n".join(_statements))


def _write_down(connection: Any, cursor: Any, statement: str, parameters: Any, *context: Any) -> None:
    if not statement.lstrip().upper().startswith("SELECT"):
        assert not parameters, "a migration of an empty repository has no values of its own"
        _statements.append(statement)
