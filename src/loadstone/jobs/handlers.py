"""What a step's work looks like to the engine: a handler, known by name, and the run that it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from loadstone.books import Contribution
from loadstone.connections.model import Connection
from loadstone.errors import FixSpec
from loadstone.jobs.model import Outcome, Task


@dataclass(frozen=True, kw_only=True)
class LeaseFence:
    """
    The lease as a target may store it beside its own fence.

    Attributes:
        repository_id: Which repository counts. number: the highest one is the holder.
    """

    repository_id: str
    number: int


class TaskRun(Protocol):
    """The run of a task, a ``books.Run`` with its lease."""

    @property
    def lease(self) -> LeaseFence:
        """The lease under which it runs."""
        ...

    def stop_requested(self) -> bool:
        """Whether to finish the chunk and stop: somebody asked, time is up, or the lease is lost."""
        ...

    def report(self, contribution: Contribution, bytes_done: int, bytes_total: int | None) -> None:
        """Take the sums so far; they are stored with the next heartbeat."""
        ...


class Handler(Protocol):
    """
    Does the work of steps that name it. One object serves all threads of a worker.

    It may run again after any death, so what it does must be safe to repeat, and ``run`` goes on where
    an earlier attempt came to.

    Attributes:
        pins_content: Whether it may run only while the files among the parameters are as at the launch.
    """

    pins_content: bool

    def check(self, config: Mapping[str, Any]) -> None:
        """Refuse a configuration (``FixSpec``) when a definition is stored; ``{name}`` places are not filled yet."""
        ...

    def systems(self, task: Task) -> Sequence[Connection]:
        """The external systems that the task works on; it does not begin while the breaker of one is open."""
        ...

    def plan(self, task: Task) -> Sequence[Mapping[str, Any]]:
        """The plans of the step's partitions, at least one; called once, stored, and never made anew."""
        ...

    def take_over(self, task: Task) -> None:
        """Before ``run`` of a task that another worker left: end what still runs of it."""
        ...

    def run(self, task: Task, run: TaskRun) -> Outcome:
        """Do the task; errors of class ``LoadstoneError`` tell what kind of fault it was."""
        ...


class WholeStep:
    """Base of handlers without partitions, and with nothing to end at a take-over."""

    pins_content = False

    def check(self, config: Mapping[str, Any]) -> None:
        """Any configuration will do."""

    def systems(self, task: Task) -> Sequence[Connection]:
        """None."""
        return ()

    def plan(self, task: Task) -> Sequence[Mapping[str, Any]]:
        """One partition."""
        return [{}]

    def take_over(self, task: Task) -> None:
        """Nothing runs on."""


def handler_of(handlers: Mapping[str, Handler], name: str, step: str) -> Handler:
    """
    The handler with this name.

    Raises:
        FixSpec: LS-7107 there is none.
    """
    if name not in handlers:
        known = ", ".join(sorted(handlers))
        raise FixSpec("LS-7107", f"step {step}: there is no handler {name}", hints=[f"there are {known}."])
    return handlers[name]
