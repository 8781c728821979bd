"""The step ``load``: one load, exactly once, in a process of its own where its target is a file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from loadstone.books import LoadReceipt
from loadstone.books.values import receipt_values
from loadstone.bootstrap.connections import systems_of
from loadstone.bootstrap.handlers.configuration import (
    LoadConfig,
    check_config,
    request_of,
    spec_at,
    typed_config,
)
from loadstone.bootstrap.handlers.healing import healed
from loadstone.bootstrap.tuning import tell_pace
from loadstone.connections.model import Connection
from loadstone.errors import FixFile
from loadstone.jobs.handlers import TaskRun, WholeStep
from loadstone.jobs.healing import remedies_of
from loadstone.jobs.model import Outcome, Status, Task
from loadstone.spec import LoadRequest
from loadstone.spec.transactions import read_transactions


class LoadHandler(WholeStep):
    """Runs ``loadstone load``; an attempt after a death goes on behind the last checkpoint in the target."""

    pins_content = True

    def __init__(self, repository_path: str | None = None) -> None:
        """Args: repository_path: The file of a SQLite repository, which is no target."""
        from loadstone.bootstrap.handlers.child import Children

        self._children, self._repository_path = Children(), repository_path

    def systems(self, task: Task) -> Sequence[Connection]:
        """Its target, where that is a server."""
        return systems_of(task.config.get("target"))

    def check(self, config: Mapping[str, Any]) -> None:
        """Refuse what is no configuration of a load, and a control file that is there and wrong."""
        check_config(LoadConfig, config)
        for key, read in (("control", spec_at), ("transactions", read_transactions)):
            path = str(config.get(key))
            if key in config and os.path.exists(path):
                read(path)

    def plan(self, task: Task) -> Sequence[Mapping[str, Any]]:
        """
        The partitions of the load, whose tables are prepared then; one where it cannot be cut, with the reasons.

        Planning twice, after a death, gives the same: the target keeps the partitions with the load.
        """
        from loadstone.bootstrap import partitions

        config = typed_config(LoadConfig, task.config)
        if config.partitions is None or config.partitions == 1:
            return [{}]
        request = _request(task)
        beginning = partitions.begin(request, config.partitions)
        if not beginning.partitions:
            return [{"one_because": list(beginning.reasons)}]
        return [asdict(one) for one in beginning.partitions]

    def run(self, task: Task, run: TaskRun) -> Outcome:
        """
        Load; the load is that of the instance's content, whatever run of it launched this.

        Raises:
            FixFile: LS-7119 more records were rejected than ERRORS allows; LS-7132 transaction types wait for
                what they need. Others: as ``loads.load``.
        """
        if task.plan and "number" in task.plan:
            return self._load_partition(task, run, int(task.plan["number"]))
        receipt = self._load(_request(task), run)
        tell_pace(task.job, receipt.load_id, receipt.pace)
        run.report(receipt.counts, 0, None)  # one that an attempt before had completed reports nothing itself
        if receipt.outcome == "errors":
            raise FixFile(
                "LS-7119",
                f"{receipt.counts.rejected} records were rejected, more than ERRORS allows;"
                f" {receipt.counts.loaded} are loaded",
                hints=[
                    f"`loadstone rejects {receipt.load_id[:8]}` shows them and why.",
                    "mend the file and launch again, or raise errors: in the step.",
                ],
            )
        if receipt.outcome == "waiting":
            raise FixFile(
                "LS-7132",
                f"{receipt.counts.staged} records wait: {_told(receipt.types)}",
                hints=[
                    f"`loadstone rejects {receipt.load_id[:8]}` shows the records that were refused, and why.",
                    "mend the cause and restart the job: what is published stays, and what waits goes in.",
                ],
            )
        return Outcome(status=_STATUS.get(receipt.outcome, Status.COMPLETED), result=receipt_values(receipt))

    # Private methods

    def _load_partition(self, task: Task, run: TaskRun, number: int) -> Outcome:
        """Load a partition; the last one ends the load, and gives the step's result."""
        from loadstone.bootstrap import partitions

        request = _request(task)
        end, receipt = partitions.load_partition(request, run, number)
        if end.counts is not None:
            size_bytes = int((task.plan or {})["unit1"]) - int((task.plan or {})["unit0"])
            run.report(end.counts, size_bytes, size_bytes)
        result: dict[str, Any] = {"load_id": end.load_id, "partition": number, "pace": end.pace}
        tell_pace(task.job, end.load_id, end.pace)
        if receipt is not None:
            result["whole"] = receipt_values(receipt)
        return Outcome(status=_STATUS.get(end.outcome, Status.COMPLETED), result=result)

    def _load(self, request: LoadRequest, run: TaskRun) -> LoadReceipt:
        """A file target's writer must be killable at a take-over without the worker; a server ends sessions itself."""
        from loadstone.database.files import refuse_same_file
        from loadstone.targets.urls import file_of, kind_of

        if kind_of(request.target) in ("sqlite", "duckdb"):
            refuse_same_file(self._repository_path, file_of(request.target))
            return self._children.load(request, run)
        from loadstone.bootstrap import loads

        return loads.load(request, run)


# Private functions


def _told(types: Mapping[str, Any]) -> str:
    """The types that are not in, and why."""
    away = [
        f"{name} is {told['state']} ({told['reason']})"
        for name, told in types.items()
        if told["rows_waiting"]
    ]
    return "; ".join(away)


_STATUS = {"stopped": Status.STOPPED}
"""How a load that ended so leaves its step; all else completes it."""


def _request(task: Task) -> LoadRequest:
    request = healed(request_of(typed_config(LoadConfig, task.config)), remedies_of(task))
    # A worker that hangs, and lost its lease, still holds the load, or its partition, in the target.
    left = request.take_over or task.taken_over or task.lost > 0
    return replace(request, run_id=request.run_id or task.content_key, take_over=left)
