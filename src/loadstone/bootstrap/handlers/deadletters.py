"""The step ``deadletters``: the rejects of a load step become dead letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field as Doc

from loadstone.bootstrap.connections import systems_of
from loadstone.bootstrap.handlers.configuration import LoadConfig, check_config, request_of, typed_config
from loadstone.connections.model import Connection
from loadstone.database.open import Database
from loadstone.errors import FixSpec
from loadstone.jobs.handlers import TaskRun, WholeStep
from loadstone.jobs.model import Outcome, Task


class CollectConfig(LoadConfig):
    """What such a step says: the configuration of the load step, and its name."""

    step: str = Doc("load", description="The load step whose rejects are collected.")


class DeadLettersHandler(WholeStep):
    """Keeps rejected records with their bytes, so that they can be corrected and replayed when the file is gone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def systems(self, task: Task) -> Sequence[Connection]:
        """Its target, where that is a server."""
        return systems_of(task.config.get("target"))

    def check(self, config: Mapping[str, Any]) -> None:
        """As a load's."""
        check_config(CollectConfig, config)

    def run(self, task: Task, run: TaskRun) -> Outcome:
        """Collect; ``FixSpec`` LS-7124 when the step named has left no receipt."""
        from loadstone.bootstrap.deadletters import collect_rejects

        config = typed_config(CollectConfig, task.config)
        receipt = task.results.get(config.step)
        if not receipt or "load_id" not in receipt:
            raise FixSpec(
                "LS-7124",
                f"step {config.step} has left no receipt of a load",
                hints=["name the load step in step:, and let this one need it."],
            )
        request, load_id = request_of(config), receipt["load_id"]
        made = collect_rejects(self._database, request, config.target, load_id, task.execution_id)
        return Outcome(result={"load_id": load_id, "letters": made})
