"""Repositories for tests, and handlers that do as they are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from loadstone.database import migrate
from loadstone.database.open import Database, open_database
from loadstone.jobs import registry
from loadstone.jobs.definition import parse_definition
from loadstone.jobs.handlers import Handler, TaskRun, WholeStep
from loadstone.jobs.model import Outcome, Task
from loadstone.jobs.repository.definitions import StoredDefinition


def open_repository(url: str) -> Database:
    """The repository at ``url`` with its tables."""
    database = open_database(url)
    migrate.upgrade(database)
    return database


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
