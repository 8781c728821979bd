"""Between a task and the external systems that it works on: their breakers."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from loadstone.connections.breaker import Breakers, Pass, Wait
from loadstone.errors import LoadstoneError, Retry
from loadstone.jobs.handlers import Handler
from loadstone.jobs.model import Task

log = structlog.get_logger("loadstone.jobs")


class HeldBack(Retry):
    """The task does not begin: the breaker of a system that it needs is open. This is no attempt of it."""

    def __init__(self, wait: Wait) -> None:
        super().__init__(
            "LS-7403",
            f"the breaker of {wait.system} is open, so this waits: {wait.reason}",
            hints=[
                f"`loadstone connections test {wait.system}` says what is wrong there.",
                "when the system is back, work goes on by itself; `loadstone connections reset` does not wait for that.",
            ],
        )
        self.wait = wait


class Gate:
    """Lets tasks pass while the breakers of their systems are closed; without breakers all pass."""

    def __init__(self, breakers: Breakers | None) -> None:
        self._breakers = breakers

    def admit(self, task: Task, handler: Handler) -> Sequence[Pass]:
        """
        A pass for each system that the task works on.

        Raises:
            HeldBack: One of them is cut off.
        """
        if self._breakers is None:
            return ()
        passes = []
        for connection in handler.systems(task):
            answer = self._breakers.admit(connection, f"{task.id}:{task.fence}")
            if isinstance(answer, Wait):
                raise HeldBack(answer)
            passes.append(answer)
        return passes

    def succeeded(self, passes: Sequence[Pass]) -> None:
        """
        The task went well, so its systems are well.

        Where the repository does not answer just now, outages stay counted until the next success: what is told here
        must not keep the caller from a task that it has claimed already.
        """
        for admitted in passes:
            assert self._breakers is not None
            if admitted.clean:
                continue
            try:
                self._breakers.succeeded(admitted.connection)
            except LoadstoneError as error:
                log.warning("breaker.unstored", system=admitted.connection.name, error=str(error))

    def failed(self, passes: Sequence[Pass], reason: str) -> None:
        """The task met an outage."""
        for admitted in passes:
            assert self._breakers is not None
            self._breakers.failed(admitted, reason)
