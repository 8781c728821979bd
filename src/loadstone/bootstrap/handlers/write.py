"""The step ``write``: an outgoing file, written, numbered and delivered once, however often it is tried."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from pydantic import Field as Doc

from loadstone.books import Contribution
from loadstone.bootstrap.configured import configured
from loadstone.bootstrap.connections import systems_of
from loadstone.bootstrap.handlers.configuration import check_config, typed_config
from loadstone.connections.model import Connection
from loadstone.database.open import Database
from loadstone.errors import LoadstoneError
from loadstone.jobs.handlers import TaskRun, WholeStep
from loadstone.jobs.model import Outcome, Task
from loadstone.spec.fields import Part


class WriteConfig(Part):
    """What a write step says: the options of ``loadstone write``."""

    spec: str = Doc(description="Output spec.")
    source: str | None = Doc(
        None, description="Database of the rows, or its name; LOADSTONE_TARGET when absent."
    )
    folder: str = Doc(".", description="Where the file goes.")
    business_date: date | None = Doc(None, description="The variable business_date.")
    define: dict[str, str] = Doc({}, description="Further variables of the templates.")
    replace: bool = Doc(
        False, description="Whether a file of that name is replaced, here and where it is delivered."
    )


class WriteHandler(WholeStep):
    """Runs ``loadstone write``; an attempt after a death goes on where that one came to, with the number that it had."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def systems(self, task: Task) -> Sequence[Connection]:
        """The database of its rows, where that is a server, and the place of its delivery."""
        from loadstone.bootstrap.outputs import spec_at

        wanted = None
        with suppress(LoadstoneError):  # what is wrong with the spec is for the run to say
            wanted = spec_at(str(task.config["spec"])).deliver
        place = configured().get(wanted.connection.lower()) if wanted is not None else None
        return (*systems_of(task.config.get("source")), *((place,) if place is not None else ()))

    def check(self, config: Mapping[str, Any]) -> None:
        """Refuse what is no configuration, and an output spec that is there and wrong."""
        from loadstone.bootstrap.outputs import spec_at

        check_config(WriteConfig, config)
        if os.path.exists(path := str(config["spec"])):
            spec_at(path)

    def run(self, task: Task, run: TaskRun) -> Outcome:
        """Write and deliver; errors are those of ``outputs.write``."""
        from loadstone.bootstrap.outputs import spec_at, write_known
        from loadstone.config import resolve_target
        from loadstone.output import runs
        from loadstone.output.model import Request, receipt_values

        config = typed_config(WriteConfig, task.config)
        spec = spec_at(config.spec)
        given = {"business_date": config.business_date} if config.business_date is not None else {}
        receipt = write_known(
            Request(
                spec=spec,
                spec_path=config.spec,
                source=None if spec.rows.parquet else resolve_target(config.source),
                folder=config.folder,
                variables={**config.define, **given},
                replace=config.replace,
                run=runs.name(task.repository_id, task.instance_id, task.step),
            ),
            self._database,
            lambda records, size_bytes: run.report(
                Contribution(read=records, loaded=records), size_bytes, None
            ),
        )
        return Outcome(result=receipt_values(receipt))
