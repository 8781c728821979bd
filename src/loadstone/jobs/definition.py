"""A job definition: parameters, steps and rules, as YAML; checked whole, hashed by content."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Self
from typing import Literal as Only

from pydantic import Field as Doc
from pydantic import model_validator

from loadstone.jobs.graph import Cycle, levels
from loadstone.spec.documents import Document, parse_document
from loadstone.spec.fields import Part

ParameterType = Only["text", "integer", "decimal", "date", "timestamp", "boolean", "file"]


class Parameter(Part):
    """A typed parameter of a job."""

    type: ParameterType = Doc(
        "text", description="Type of its value; file: a path whose content counts as identity."
    )
    identifying: bool = Doc(True, description="Whether another value makes another instance.")
    required: bool = Doc(True, description="Whether a launch must give it.")
    default: Any = Doc(None, description="Value when a launch does not give it.")
    help: str = Doc("", description="What it is.")


class Need(Part):
    """An edge: the step named comes first, and this one runs when it ended so."""

    step: str = Doc(description="Step that comes before.")
    when: Only["completed", "failed", "stopped", "ended"] = Doc(
        "completed", description="How it must have ended."
    )


class RetryRule(Part):
    """How often and when a step with a transient fault is run again."""

    attempts: int = Doc(5, ge=1, le=1000, description="Runs at most, the first one counted.")
    pause_s: float = Doc(1.0, gt=0, description="Pause before the second run; doubled each time.")
    pause_max_s: float = Doc(300.0, gt=0, description="The longest pause.")


class Limits(Part):
    """How much of a step may go wrong before it fails."""

    rejects_max: int | None = Doc(None, ge=0, description="Rejected records allowed; any number when absent.")
    skips_max: int | None = Doc(None, ge=0, description="Skipped records allowed; any number when absent.")
    timeout_s: float | None = Doc(
        None, gt=0, description="Seconds after which the step is stopped and fails."
    )


class Step(Part):
    """One step: the handler that does it, its configuration, and what it needs."""

    handler: str = Doc(description="Name of the handler: load, validate, audit, write, command, ...")
    config: dict[str, Any] = Doc({}, description="What the handler is told; {name} stands for a parameter.")
    needs: tuple[Need, ...] = Doc((), description="Steps that come before.")
    optional: bool = Doc(False, description="Whether its failure leaves the job good.")
    again: bool = Doc(False, description="Whether a restart runs it although it was completed.")
    retry: RetryRule = Doc(RetryRule(), description="What happens after transient faults.")
    limits: Limits = Doc(Limits(), description="Limits of the step.")

    @model_validator(mode="before")
    @classmethod
    def _short_needs(cls, values: Any) -> Any:
        """``needs: [load]`` is short for ``needs: [{step: load}]``."""
        if isinstance(values, dict) and isinstance(values.get("needs"), list | tuple):
            needs = [{"step": need} if isinstance(need, str) else need for need in values["needs"]]
            return {**values, "needs": needs}
        return values


class LaunchRules(Part):
    """What a launch does when the instance was launched before."""

    running: Only["join", "refuse"] = Doc("join", description="While an execution runs.")
    completed: Only["cached", "refuse", "again"] = Doc("cached", description="After a completed one.")
    failed: Only["restart", "refuse"] = Doc("restart", description="After a failed or stopped one.")
    attempts_max: int = Doc(100, ge=1, description="Executions of one instance at most.")


class Definition(Part):
    """A job: what is done, with which parameters, in which order."""

    name: str = Doc(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,99}$", description="Name of the job.")
    description: str = Doc("", description="What it is for.")
    parameters: dict[str, Parameter] = Doc({}, description="Parameters by name.")
    steps: dict[str, Step] = Doc(min_length=1, description="Steps by name.")
    pool: str = Doc("default", description="Pool that bounds how many of its tasks run at once.")
    priority: int = Doc(0, ge=-1000, le=1000, description="Higher ones are claimed first.")
    launch: LaunchRules = Doc(LaunchRules(), description="What repeated launches do.")
    due_within_s: float | None = Doc(
        None, gt=0, description="Seconds from the launch after which people are told that it has not ended."
    )

    @model_validator(mode="after")
    def _graph(self) -> Self:
        for name, step in self.steps.items():
            for need in step.needs:
                if need.step not in self.steps:
                    raise ValueError(
                        f"step {name} needs {need.step}, which is no step; there are {', '.join(self.steps)}"
                    )
        try:
            levels(self.needs())
        except Cycle as cycle:
            raise ValueError(f"the steps need each other: {cycle}") from cycle
        return self

    def needs(self) -> dict[str, list[str]]:
        """The steps before each step."""
        return {name: [need.step for need in step.needs] for name, step in self.steps.items()}

    def content_hash(self) -> str:
        """SHA-256 of the definition in canonical JSON."""
        return hashlib.sha256(canonical(self.model_dump(mode="json")).encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON with one form for equal values: keys sorted, no blanks, no escapes of letters."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def definition_of(document: Document) -> Definition:
    """The definition that a document holds; ``FixSpec`` LS-7102 names every fault of its form, with its place."""
    return document.valid(Definition, "LS-7102", "`loadstone jobs schema` prints what a definition may say.")


def parse_definition(text: str, file: str | None = None) -> Definition:
    """
    A definition of YAML or JSON.

    Raises:
        FixSpec: LS-7101 it is no YAML, or a key stands twice; LS-7102 as ``definition_of``.
    """
    return definition_of(parse_document(text, file, "LS-7101"))
