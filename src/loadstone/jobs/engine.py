"""Claim a task, run its handler under a lease, and store how it ended."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from loadstone.audit import trail
from loadstone.connections.breaker import Breakers, Pass
from loadstone.database import outbox
from loadstone.database.open import Database, now
from loadstone.errors import FixFile, Retry, Stop
from loadstone.jobs import registry
from loadstone.jobs.definition import Definition, Step
from loadstone.jobs.faults import Action, Rule, described, rule_for
from loadstone.jobs.gate import Gate, HeldBack
from loadstone.jobs.handlers import Handler, handler_of
from loadstone.jobs.healing import Again, again
from loadstone.jobs.leases import Heartbeat, HeldTask
from loadstone.jobs.meters import LOST, claiming, fault, running
from loadstone.jobs.model import Execution, Outcome, Request, Status, StepExecution, Task
from loadstone.jobs.parameters import filled, keys_of
from loadstone.jobs.progress import settle
from loadstone.jobs.repository import executions, tasks
from loadstone.jobs.repository.executions import Pinned
from loadstone.jobs.repository.tasks import StoredTask
from loadstone.telemetry.points import reach

LOST_MAX = 5
"""Workers in a row that may die with one task, which made no progress meanwhile, before it counts as the cause."""

log = structlog.get_logger("loadstone.jobs")


@dataclass(frozen=True, kw_only=True)
class EngineSettings:
    """
    How the engine runs.

    Attributes:
        ttl: How long a lease holds without renewal. rules: fault rules that come before the default ones.
    """

    ttl: timedelta = timedelta(seconds=30)
    rules: Sequence[Rule] = ()


class Engine:
    """Runs tasks of a repository; one for each process, used by all of its threads."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        *,
        settings: EngineSettings | None = None,
        chance: random.Random | None = None,
        breakers: Breakers | None = None,
    ) -> None:
        self.database, self.handlers = database, handlers
        self.settings = settings or EngineSettings()
        self.heartbeat = Heartbeat(database, self.settings.ttl)
        self._chance = chance or random.Random()
        self._gate = Gate(breakers)
        self._repository_id = registry.repository_id(database)

    def run_next(self, worker_id: str, more: Callable[[], bool] = lambda: False) -> bool:
        """
        Claim one task and run it to its end; False when there is none to claim.

        While ``more`` says so, the end of each is stored with the claim of the next one, in one transaction, and that runs
        too.

        Raises:
            Retry, Stop: The repository does not answer; what was claimed is taken over when its lease runs out.
        """
        with self.database.write() as connection:
            claimed = self._claim(connection, worker_id)
        if claimed is None:
            return False
        while claimed is not None:
            claimed = self._run_claimed(claimed, _Next(worker_id, more))
        return True

    def idle(self) -> bool:
        """Whether no task is ready, running anywhere, or due later."""
        with self.database.read() as connection:
            return tasks.next_due(connection) is None

    def close(self) -> None:
        """Stop renewing leases."""
        self.heartbeat.close()

    # Private methods

    def _run_claimed(self, claimed: _Claimed, next_: _Next) -> _Claimed | None:
        """Run a task to its end; the task that was claimed with its end, which the caller must run."""
        task, step = claimed.task, claimed.step
        reach("task_claimed")
        held = HeldTask(task, self.settings.ttl.total_seconds(), step.limits.timeout_s)
        with self.heartbeat.holding(held), running(task, held) as told:
            passes: Sequence[Pass] = ()
            try:
                if task.lost <= LOST_MAX:
                    passes = self._gate.admit(task, handler_of(self.handlers, task.handler, task.step))
                outcome = self._run(claimed, held)
            except Exception as error:
                told.outcome = self._fail(claimed, held, error, passes, next_)
            else:
                told.outcome = self._end(task, held, outcome, next_)
                self._gate.succeeded(passes)
        return next_.claimed

    def _claim(self, connection: Connection, worker_id: str) -> _Claimed | None:
        with claiming():
            found = tasks.claim(connection, worker_id, self.settings.ttl)
            if found is None:
                return None
            stored, left_behind = found
            pinned = executions.pinned(connection, stored.execution_id)
            steps = executions.steps(connection, stored.execution_id)
            claimed = self._describe(stored, pinned, steps, left_behind=left_behind)
            _start(connection, pinned.execution, next(one for one in steps if one.id == stored.step_id))
            task = claimed.task
            if left_behind:
                about = {
                    "step": task.step,
                    "partition": task.partition,
                    "fence": task.fence,
                    "worker": worker_id,
                }
                trail.record(
                    connection,
                    f"worker:{worker_id}",
                    "task.take_over",
                    f"execution:{task.execution_id}",
                    about,
                )
                outbox.put(connection, "task.taken_over", str(task.id), about)
            return claimed

    def _claim_next(self, connection: Connection, next_: _Next) -> _Claimed | None:
        """
        Claim the next task in the transaction that ends the one before, which saves one and a wait for the disk.

        A claim that fails must not undo the end: then nothing is claimed, and the next claim of its own tells why.
        """
        if not next_.more():
            return None
        try:
            with connection.begin_nested():
                return self._claim(connection, next_.worker_id)
        except Exception as error:
            log.warning("claim.failed", worker=next_.worker_id, error=str(error))
            return None

    def _describe(
        self, stored: StoredTask, pinned: Pinned, steps: Sequence[StepExecution], *, left_behind: bool
    ) -> _Claimed:
        execution, definition = pinned.execution, pinned.stored.definition
        name = next(one.name for one in steps if one.id == stored.step_id)
        step = definition.steps[name]
        task = Task(
            id=stored.id,
            step_id=stored.step_id,
            execution_id=execution.id,
            instance_id=execution.instance_id,
            content_key=pinned.content_key,
            job=execution.job,
            step=name,
            handler=step.handler,
            partition=stored.partition,
            plan=stored.plan,
            config=filled(step.config, {**dict.fromkeys(definition.parameters), **execution.parameters}),
            parameters=execution.parameters,
            results={one.name: one.result or {} for one in steps if one.status is Status.COMPLETED},
            fence=stored.fence,
            attempt=stored.attempt,
            taken_over=left_behind,
            lost=stored.lost,
            repository_id=self._repository_id,
            counts=stored.counts,
            progress=stored.progress,
        )
        return _Claimed(task=task, step=step, definition=definition)

    def _run(self, claimed: _Claimed, held: HeldTask) -> Outcome:
        task, step = claimed.task, claimed.step
        if task.lost > LOST_MAX:
            raise Stop(
                "LS-7109",
                f"step {task.step}, partition {task.partition}: {task.lost} workers died while they ran it, and it made no progress",
                hints=[
                    "look at the workers' logs and at the system's for memory; then launch the job again."
                ],
            )
        handler = handler_of(self.handlers, task.handler, task.step)
        if handler.pins_content and task.partition == 0:  # once for all partitions
            _refuse_other_content(task, claimed.definition)
        if task.plan is None:
            held.task = task = self._plan(task, handler)
        if task.taken_over or task.attempt > 1:
            handler.take_over(task)
        outcome = handler.run(task, held)
        _check_limits(step, held)
        if outcome.status is Status.STOPPED and held.request is Request.NONE and held.cut_short:
            raise self._stopped_unasked(task, step, held)
        return outcome

    def _stopped_unasked(self, task: Task, step: Step, held: HeldTask) -> Exception:
        """Its time is up, or its lease ran out while the repository was away: only people end an execution early."""
        if held.timed_out:
            return Stop(
                "LS-7110",
                f"step {task.step} was stopped after {step.limits.timeout_s:g} s, its limit",
                hints=["raise limits.timeout_s of the step, or see why it is slow; what is committed stays."],
            )
        return Retry(
            "LS-7002",
            f"step {task.step} stopped, for its lease was not renewed in time; it goes on behind what is committed",
            hints=["was the repository away, its disk full, or this worker stopped?"],
        )

    def _plan(self, task: Task, handler: Handler) -> Task:
        """
        Plan once: all partitions are stored in one transaction, and this worker goes on with the first.

        One partition that has nothing to plan is not stored; planning it again tells the same.
        """
        plans = handler.plan(task)
        if list(plans) == [{}]:
            return replace(task, plan={})
        with self.database.write() as connection:
            execution = executions.by_id(connection, task.execution_id, lock=True)
            if execution is None or not tasks.put_plan(connection, task.id, task.fence, plans[0]):
                raise _Lost
            rows = [{"partition": number, "plan": dict(plan)} for number, plan in enumerate(plans[1:], 1)]
            if rows:
                tasks.add(connection, task.step_id, rows, priority=execution.priority, pool=execution.pool)
        return replace(task, plan=plans[0])

    def _end(self, task: Task, held: HeldTask, outcome: Outcome, next_: _Next) -> str:
        status = outcome.status
        if status is Status.STOPPED and held.request is Request.PAUSE:
            status = Status.PAUSED
        values = {"status": status, "result": dict(outcome.result), "counts": held.counts(), "error": None}
        return str(status) if self._store_end(task, values, next_) else LOST

    def _fail(
        self, claimed: _Claimed, held: HeldTask, error: Exception, passes: Sequence[Pass], next_: _Next
    ) -> str:
        """Do about a fault what its rule says; what became of the run."""
        task = held.task  # with its plan, where it was planned in this run
        if isinstance(error, _Lost):
            return LOST
        rule = rule_for(error, self.settings.rules)
        told = described(error, rule.kind)
        if rule.action is Action.RECONNECT:
            self._gate.failed(passes, str(told["message"]))
        counted = replace(task, attempt=1) if held.advanced else task  # attempts are those without progress
        retried = again(rule, claimed.step.retry, counted, error, self._chance)
        fault(rule.kind, retried.action if retried else rule.action)
        if retried is not None:
            return self._put_back(task, held, retried, told, waits=isinstance(error, HeldBack))
        values = {"status": Status.FAILED, "error": told, "counts": held.counts()}
        body = {**told, "job": task.job, "step": task.step, "attempt": task.attempt}
        topic = "task.quarantined" if rule.action is Action.QUARANTINE else f"fault.{rule.kind}"
        return str(Status.FAILED) if self._store_end(task, values, next_, event=(topic, body)) else LOST

    def _put_back(
        self, task: Task, held: HeldTask, again_: Again, told: Mapping[str, Any], *, waits: bool
    ) -> str:
        """Make the task ready for another run, later."""
        with self.database.write() as connection:
            pinned = executions.pinned(connection, task.execution_id, lock=True)
            request = pinned.execution.request
            values: dict[str, Any] = {
                "status": _HELD.get(request, Status.READY),
                "not_before": now(connection) + timedelta(seconds=again_.pause_s),
                "attempt": again_.attempt,
                "error": dict(told),
                "counts": held.counts(),
            }
            if again_.plan is not None:
                values["plan"] = dict(again_.plan)
            if not tasks.end(connection, task.id, task.fence, **values):
                return LOST
            body = {**told, "job": task.job, "step": task.step, "attempt": task.attempt}
            body |= {"pause_s": round(again_.pause_s, 3), "action": str(again_.action)}
            topic = "task.held_back" if waits else "fault.retried"
            outbox.put(connection, topic, str(task.execution_id), body)
            if again_.heals:
                outbox.put(connection, "task.healed", str(task.execution_id), body)
            if request is not Request.NONE:
                settle(connection, pinned, task.step_id)
        return "waiting" if waits else "retried"

    def _store_end(
        self,
        task: Task,
        values: Mapping[str, Any],
        next_: _Next,
        *,
        event: tuple[str, Mapping[str, Any]] | None = None,
    ) -> bool:
        """Nothing is stored when another worker has taken the task over: its end counts, not ours."""
        reach("task_done")
        with self.database.write() as connection:
            pinned = executions.pinned(connection, task.execution_id, lock=True)
            if not tasks.end(connection, task.id, task.fence, **values):
                return False
            if event is not None:
                topic, body = event
                outbox.put(connection, topic, str(task.execution_id), body)
            settle(connection, pinned, task.step_id)
            claimed = self._claim_next(connection, next_)
        next_.claimed = claimed  # only now is it ours
        reach("task_stored")
        return True


# Private functions

_HELD = {Request.STOP: Status.STOPPED, Request.PAUSE: Status.PAUSED}
"""How a task stands that would run again, when somebody has asked its execution not to."""


class _Lost(Exception):
    """Another worker has taken the task over; nothing of it is stored any more."""


@dataclass(frozen=True, kw_only=True)
class _Claimed:
    """A task that this worker has, with its step, and the definition that its instance pins."""

    task: Task
    step: Step
    definition: Definition


@dataclass
class _Next:
    """Who goes on to a next task, whether it wants to, and the one that it got with the end of the last."""

    worker_id: str
    more: Callable[[], bool]
    claimed: _Claimed | None = None


def _start(connection: Connection, execution: Execution, step: StepExecution) -> None:
    """A task of the step is claimed: say that it runs, and since when, where nobody has said so."""
    values: dict[str, Any] = {} if step.status is Status.RUNNING else {"status": Status.RUNNING}
    if step.started_at is None:
        values["started_at"] = now(connection)
    if values:
        executions.change_step(connection, step.id, **values)
    if execution.started_at is None:
        executions.change(connection, execution.id, started_at=now(connection))


def _refuse_other_content(task: Task, definition: Definition) -> None:
    """What is loaded now would be loaded again when the changed file is launched, as the instance that it is."""
    if keys_of(definition, task.parameters).content != task.content_key:
        raise FixFile(
            "LS-7130",
            f"step {task.step}: a file is not as it was when execution {task.execution_id} was launched",
            hints=[
                "put the file back that was launched, and launch again to go on with it.",
                "launch the job with the changed file: that is another instance.",
            ],
        )


def _check_limits(step: Step, held: HeldTask) -> None:
    """Fail a step that rejected or skipped more than its limits allow; what is committed stays."""
    counts = held.counts() or {}
    for name, most in (("rejected", step.limits.rejects_max), ("skipped", step.limits.skips_max)):
        if most is not None and counts.get(name, 0) > most:
            raise FixFile(
                "LS-7111",
                f"step {held.task.step}: {counts[name]} records were {name}, {most} are allowed",
                hints=[
                    "`loadstone rejects` shows the records and why.",
                    "mend the file, or raise the step's limit.",
                ],
            )
