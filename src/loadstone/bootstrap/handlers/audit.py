"""The step ``audit``: what a load step said it did is what the target holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field as Doc

from loadstone.bootstrap.connections import systems_of
from loadstone.bootstrap.handlers.configuration import check_config, typed_config
from loadstone.config import resolve_target
from loadstone.connections.model import Connection
from loadstone.errors import FixSpec, Stop
from loadstone.jobs.handlers import TaskRun, WholeStep
from loadstone.jobs.model import Outcome, Task
from loadstone.spec.fields import Part


class AuditConfig(Part):
    """What an audit step says."""

    step: str = Doc("load", description="The load step whose receipt is audited.")
    target: str | None = Doc(None, description="Its target; LOADSTONE_TARGET when absent.")
    control_schema: str | None = Doc(None, description="Schema of the control tables.")


class AuditHandler(WholeStep):
    """Adds up the chunks, rejects and discards that the target holds of a load, and compares with its receipt."""

    def systems(self, task: Task) -> Sequence[Connection]:
        """Its target, where that is a server."""
        return systems_of(task.config.get("target"))

    def check(self, config: Mapping[str, Any]) -> None:
        """Refuse unknown keys."""
        check_config(AuditConfig, config)

    def run(self, task: Task, run: TaskRun) -> Outcome:
        """
        Compare.

        Raises:
            FixSpec: LS-7124 the step named has left no receipt. Stop: LS-7125 names every difference.
        """
        from loadstone.bootstrap.targets import open_target
        from loadstone.load.resume import progress_of

        config = typed_config(AuditConfig, task.config)
        receipt = task.results.get(config.step)
        if not receipt or "load_id" not in receipt:
            raise FixSpec(
                "LS-7124",
                f"step {config.step} has left no receipt of a load",
                hints=["name the load step in step:, and let this one need it."],
            )
        target = open_target(resolve_target(config.target), control_schema=config.control_schema)
        try:
            held = progress_of(target.checkpoints(receipt["load_id"])).counts
            rejects, discards = target.rejects(receipt["load_id"])
        finally:
            target.close()
        found = {
            "rows_read": held.read,
            "rows_loaded": held.loaded,
            "rows_rejected": len(rejects),
            "rows_discarded": len(discards),
        }
        different = [
            f"{name} is {receipt[name]}, the target holds {value}"
            for name, value in found.items()
            if receipt[name] != value
        ]
        if not held.balanced:
            different.append(
                f"{held.read} read are not {held.loaded} loaded + {held.rejected} + {held.discarded}"
            )
        if different:
            raise Stop(
                "LS-7125",
                f"load {receipt['load_id'][:8]}: {'; '.join(different)}",
                hints=[
                    "did somebody change the control tables? do not load this file again before that is clear."
                ],
            )
        return Outcome(result={"load_id": receipt["load_id"], **found})
