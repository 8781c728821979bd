"""The step ``validate``: spec and files are sound before a row moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loadstone.bootstrap.handlers.configuration import LoadConfig, check_config, request_of, typed_config
from loadstone.errors import FixFile, FixSpec, Place
from loadstone.jobs.handlers import TaskRun, WholeStep
from loadstone.jobs.model import Outcome, Task


class ValidateHandler(WholeStep):
    """Takes the configuration of a load, and refuses what that load would refuse at once."""

    def check(self, config: Mapping[str, Any]) -> None:
        """As a load's."""
        check_config(LoadConfig, config)

    def run(self, task: Task, run: TaskRun) -> Outcome:
        """
        Read the spec, find each data file and read it through, so that damage shows before the load.

        Raises:
            FixSpec: The spec, or LS-7122 a part of it that the target refuses.
            FixFile: LS-2001 a file is missing; LS-2003 compressed data are damaged; LS-7123 a file is empty.
        """
        from loadstone.bootstrap import loads
        from loadstone.load.inputs import resolve_inputs
        from loadstone.load.resume import prefix_digest
        from loadstone.targets.urls import kind_of

        request = request_of(typed_config(LoadConfig, task.config))
        refused = loads.refusals(request.spec, request.spec_path, kind_of(request.target))
        if refused:
            first = refused[0]
            place = Place(file=request.spec_path, line=first.line, column=first.column)
            raise FixSpec(
                "LS-7122", "; ".join(one.message for one in refused), place, hints=list(first.hints)
            )
        files = []
        for one in resolve_inputs(request):
            digest, size_bytes = prefix_digest(one)
            if not size_bytes:
                raise FixFile(
                    "LS-7123", f"{one.name} is empty", Place(file=one.name), hints=["was it sent whole?"]
                )
            files.append({"name": one.name, "size_bytes": size_bytes, "sha256": digest.hexdigest()})
        return Outcome(result={"files": files})
