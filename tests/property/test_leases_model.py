"""
Claims, leases and fences against a model.

Invariants, checked after every step:
  1. A task has at most one holder: the lease with the highest fence. Only it can renew or end the task.
  2. The fence of a task never falls, and rises with every claim.
  3. A task that has ended is never claimed again.
  4. What is asked of an execution reaches its holders with their next renewal, and no new task is claimed then.
  5. A step has ended exactly when all of its tasks have, and the execution ends with its steps.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from hypothesis.strategies import booleans, sampled_from
from sqlalchemy import update

from loadstone.database.open import now
from loadstone.jobs import launch, operate
from loadstone.jobs.model import Request, Status
from loadstone.jobs.progress import settle
from loadstone.jobs.repository import executions, tasks
from loadstone.jobs.tables import TASK
from tests.repository import Doing, define, open_repository

TTL = timedelta(hours=1)
PARTITIONS = 3
Lease = tuple[int, int]
"""Task and fence."""


class Leases(RuleBasedStateMachine):
    """Three workers over one execution of three tasks; leases that ran out stay in use by their zombies."""

    leases = Bundle("leases")

    @initialize()
    def begin(self) -> None:
        """A launched job whose one step has planned its partitions."""
        self.folder = tempfile.mkdtemp()
        self.database = open_repository(str(Path(self.folder) / "r.db"))
        define(self.database, "name: j\nsteps: {a: {handler: h}}\n", {"h": Doing()})
        self.execution = launch.launch(self.database, "j", {}, actor="ann").execution_id or 0
        with self.database.write() as connection:
            self.step = executions.steps(connection, self.execution)[0].id
            rows = [{"partition": number, "plan": {}} for number in range(1, PARTITIONS)]
            tasks.add(connection, self.step, rows, priority=0, pool="default")
            found = tasks.of_step(connection, self.step)
        self.fence = {task.id: 0 for task in found}
        self.running: dict[int, int] = {}
        self.expired: set[int] = set()
        self.ended: dict[int, Status] = {}
        self.stopping = False

    @rule(target=leases, worker=sampled_from(["a", "b", "c"]))
    def claim(self, worker: str) -> object:
        """A worker takes the most urgent task: a ready one, or one whose lease ran out."""
        with self.database.write() as connection:
            found = tasks.claim(connection, worker, TTL)
        open_ = (
            [] if self.stopping else [t for t in self.fence if t not in self.ended and t not in self.running]
        )
        if found is None:
            assert not open_ and not self.expired
            return multiple()
        task, left_behind = found
        assert task.id == min([*open_, *self.expired])
        assert left_behind is (task.id in self.expired)
        self.fence[task.id] += 1
        assert self.fence[task.id] == task.fence
        self.running[task.id] = task.fence
        self.expired.discard(task.id)
        return (task.id, task.fence)

    @rule(lease=leases)
    def renew(self, lease: Lease) -> None:
        """The holder learns what is asked; a zombie learns that it lost."""
        task, fence = lease
        with self.database.write() as connection:
            answer = tasks.beat(connection, task, fence, TTL, {"read": 1})
        if self.running.get(task) != fence:
            assert answer is None
            return
        assert answer is (Request.STOP if self.stopping else Request.NONE)
        self.expired.discard(task)

    @rule(lease=consumes(leases), stopped=booleans())
    def end(self, lease: Lease, stopped: bool) -> None:
        """The holder's end counts, a zombie's does not."""
        task, fence = lease
        status = Status.STOPPED if stopped else Status.COMPLETED
        with self.database.write() as connection:
            pinned = executions.pinned(connection, self.execution, lock=True)
            mine = tasks.end(connection, task, fence, status=status)
            if mine:
                settle(connection, pinned, self.step)
        assert mine is (self.running.get(task) == fence)
        if mine:
            del self.running[task]
            self.expired.discard(task)
            self.ended[task] = status

    @rule(lease=leases)
    def run_out(self, lease: Lease) -> None:
        """Nobody renewed a lease in its time."""
        task, fence = lease
        if self.running.get(task) != fence:
            return
        with self.database.write() as connection:
            past = now(connection) - timedelta(seconds=1)
            connection.execute(update(TASK).where(TASK.c.id == task).values(lease_until=past))
        self.expired.add(task)

    @rule()
    def stop(self) -> None:
        """Somebody stops the execution while it runs."""
        if self.stopping or len(self.ended) == PARTITIONS:
            return
        operate.stop(self.database, self.execution, actor="ann")
        self.stopping = True
        for task in self.fence:
            if task not in self.running and task not in self.ended:
                self.ended[task] = Status.STOPPED

    @invariant()
    def tasks_stand_as_the_model_says(self) -> None:
        """Invariants 1 to 3."""
        with self.database.read() as connection:
            found = tasks.of_step(connection, self.step)
        for task in found:
            assert self.fence[task.id] == task.fence
            expected = self.ended.get(task.id, Status.RUNNING if task.id in self.running else Status.READY)
            assert expected is task.status

    @invariant()
    def steps_end_with_their_tasks(self) -> None:
        """Invariant 5."""
        with self.database.read() as connection:
            step = executions.steps(connection, self.execution)[0]
            execution = executions.by_id(connection, self.execution)
        assert execution is not None
        over = len(self.ended) == PARTITIONS
        assert over is step.status.ended and over is execution.status.ended
        if over:
            assert max(self.ended.values(), key=lambda status: status.severity) is step.status

    def teardown(self) -> None:
        """The repository goes."""
        if hasattr(self, "database"):
            self.database.close()
            shutil.rmtree(self.folder, ignore_errors=True)


TestLeases = pytest.mark.filterwarnings("ignore")(Leases.TestCase)
TestLeases.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
