"""Jobs, put together: the repository, all handlers, and a worker; what the command line calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from loadstone.arrivals import repository as arriving
from loadstone.audit import trail
from loadstone.books import Contribution, Run
from loadstone.bootstrap import arrivals
from loadstone.bootstrap.breakers import breakers
from loadstone.bootstrap.gauges import GAUGES_S, read_gauges
from loadstone.bootstrap.handlers import handlers
from loadstone.bootstrap.notifications import Herald
from loadstone.bootstrap.repository import open_repository
from loadstone.bootstrap.schedules import ask_target
from loadstone.bootstrap.targets import sweep_connections
from loadstone.bootstrap.tuning import advice
from loadstone.config import fault_rules
from loadstone.database import outbox
from loadstone.database.open import Database, now
from loadstone.deadletters.tables import ORIGIN
from loadstone.errors import FixSpec
from loadstone.jobs import deadlines, launch, operate, prune, registry, responses, worker
from loadstone.jobs.definition import definition_of
from loadstone.jobs.engine import Engine, EngineSettings
from loadstone.jobs.faults import rules_of
from loadstone.jobs.graph import levels
from loadstone.jobs.model import Execution, Launch, Request, StepExecution
from loadstone.jobs.progress import COUNTS
from loadstone.jobs.repository import definitions, executions, pools, tasks
from loadstone.jobs.repository.definitions import StoredDefinition
from loadstone.jobs.worker import Tick, Worker
from loadstone.output import runs
from loadstone.schedule import fire
from loadstone.schedule import repository as schedules
from loadstone.schedule.tables import TICK
from loadstone.spec.documents import parse_document

FIRE_S = 0.2
"""Seconds between two looks at what is due; a look at nothing costs under a millisecond."""

ASK_S = 1.0
"""Seconds between two looks at which queries of schedules on changed data are due."""

ARRIVALS_S = 1.0
"""Seconds between two looks at whether a place is due, or a file may go on."""

EXPECTED_S = 30.0
"""Seconds between two looks at which files should have come."""

LATE_S = 5.0
"""Seconds between two looks at what is late."""

SWEEP_S = 10.0
"""Seconds between two looks at connections to targets that wait for the next load."""

TELL_S = 2.0
"""Seconds between two looks at what people must be told."""

WATCH_S = 0.3
"""Seconds between two looks at an execution that somebody waits for."""

_VERBS: Mapping[str, Callable[..., Execution]] = {
    "stop": operate.stop,
    "pause": operate.pause,
    "resume": operate.resume,
    "abandon": operate.abandon,
}


class Jobs:
    """The jobs of a repository, as one person (``actor``) sees and changes them."""

    def __init__(self, database: Database, actor: str) -> None:
        self._database, self._actor = database, actor

    def store(self, text: str, file: str | None = None) -> StoredDefinition:
        """Keep a definition of YAML as a draft."""
        document = parse_document(text, file, "LS-7101")
        definition = definition_of(document)
        return registry.store(
            self._database, definition, handlers(self._database), actor=self._actor, document=document
        )

    def approve(self, job: str, version: int | None = None) -> StoredDefinition:
        """Let a version run."""
        return registry.approve(self._database, job, version, actor=self._actor)

    def retire(self, job: str, version: int | None = None) -> StoredDefinition:
        """Let no new instance start with a version."""
        return registry.retire(self._database, job, version, actor=self._actor)

    def listed(self) -> list[dict[str, Any]]:
        """The newest version of each job."""
        with self._database.read() as connection:
            stored = definitions.versions(connection)
        newest: dict[str, StoredDefinition] = {}
        for one in stored:
            newest.setdefault(one.name, one)
        return [{**_version(one), "description": one.definition.description} for one in newest.values()]

    def show(self, job: str, version: int | None = None) -> dict[str, Any]:
        """A definition, all its versions, and the levels of its steps."""
        with self._database.read() as connection:
            stored = definitions.find(connection, job, version)
            if stored is None:
                raise _no_job(job)
            found = definitions.versions(connection, job)
        return {
            "definition": stored.definition.model_dump(mode="json", exclude_defaults=True),
            "levels": levels(stored.definition.needs()),
            "versions": [_version(one) for one in found],
        }

    def launch(self, job: str, given: Mapping[str, Any], *, run: str | None = None) -> Launch:
        """Launch a job."""
        return launch.launch(self._database, job, given, actor=self._actor, run=run)

    def work_until_ended(self, execution_id: int, watch: Run) -> dict[str, Any]:
        """
        Run tasks in this process until the execution has ended, and give it as ``execution`` does.

        ``watch`` takes the sums of its steps; when it asks to stop, the execution is stopped as by ``operate``.
        """
        engine = Engine(
            self._database,
            handlers(self._database),
            settings=EngineSettings(rules=rules_of(fault_rules())),
            breakers=breakers(self._database),
        )
        ticks = [Tick("watch", WATCH_S, lambda: self._watch(execution_id, watch))]
        Worker(engine, threads=2, ticks=ticks).run(until=lambda: self._ended(execution_id))
        return self.execution(execution_id)

    def executions(self, *, job: str | None, active: bool, limit: int) -> list[dict[str, Any]]:
        """Executions, the newest first."""
        with self._database.read() as connection:
            if job is not None and definitions.find(connection, job) is None:
                raise _no_job(job)
            found = executions.listed(connection, job=job, active=active, limit=limit)
        return [_execution(one) for one in found]

    def execution(self, execution_id: int) -> dict[str, Any]:
        """An execution with its steps."""
        with self._database.read() as connection:
            found = executions.by_id(connection, execution_id)
            if found is None:
                raise FixSpec(
                    "LS-7115",
                    f"there is no execution {execution_id}",
                    hints=["`loadstone jobs runs` lists them."],
                )
            steps = executions.steps(connection, execution_id)
            waits = {one.id: tasks.waits(connection, one.id) for one in steps if not one.status.ended}
        more = {"parameters": dict(found.parameters), "error": found.error}
        return {
            **_execution(found),
            **more,
            "steps": [{**_step(step), "waits": waits.get(step.id, [])} for step in steps],
        }

    def operate(self, verb: str, execution_id: int, **more: str) -> Execution:
        """``stop``, ``pause``, ``resume`` or ``abandon`` (with ``reason``)."""
        return _VERBS[verb](self._database, execution_id, actor=self._actor, **more)

    def tune(self, job: str, last: int) -> dict[str, Any]:
        """What the last executions measured, and what they recommend."""
        with self._database.read() as connection:
            stored = definitions.approved(connection, job) or definitions.find(connection, job)
        if stored is None:
            raise _no_job(job)
        return advice(self._database, stored, last)

    def workers(self) -> list[dict[str, Any]]:
        """Workers that gave a sign of life within the last minutes."""
        with self._database.read() as connection:
            return worker.workers(connection)

    def stop_workers(self, worker_id: str | None) -> None:
        """Ask a worker, or all, to end; ``FixSpec`` LS-7129 where there is none of that name."""
        if not worker.stop_workers(self._database, worker_id) and worker_id is not None:
            raise FixSpec(
                "LS-7129", f"there is no worker {worker_id}", hints=["`loadstone jobs workers` lists them."]
            )
        with self._database.write() as connection:
            trail.record(connection, self._actor, "worker.stop", f"worker:{worker_id or 'all'}", {})

    def set_pool(self, name: str, slots: int) -> None:
        """Let ``slots`` tasks of the pool run at once."""
        with self._database.write() as connection:
            pools.put(connection, name, slots)
            trail.record(connection, self._actor, "pool.set", f"pool:{name}", {"slots": slots})

    def pools(self) -> list[dict[str, Any]]:
        """Pools with their slots."""
        with self._database.read() as connection:
            return pools.listed(connection)

    def prune(self, *, days: int, events_days: int) -> dict[str, int]:
        """
        Take out of the repository what is past: how many instances, ticks and events are gone.

        Args:
            days: Instances that completed, and ticks that were decided, longer ago. events_days: events that every
                reader has seen and that are older. The audit trail, arrivals and numbers of outgoing files stay.
        """
        with self._database.write() as connection:
            moment = now(connection)
            events = outbox.forget(connection, moment - timedelta(days=events_days))
            ticks = schedules.forget_ticks(connection, moment - timedelta(days=days))
        kept = (TICK.c.execution_id, ORIGIN.c.execution_id, arriving.unsettled())
        repository_id = registry.repository_id(self._database)

        def going(connection: Connection, steps: list[tuple[int, str]]) -> None:
            runs.forget(connection, [runs.name(repository_id, instance, step) for instance, step in steps])

        instances = prune.prune(self._database, moment - timedelta(days=days), kept, going)
        told = {"instances": instances, "ticks": ticks, "events": events}
        with self._database.write() as connection:
            trail.record(connection, self._actor, "jobs.prune", "repository", {"days": days, **told})
        return told

    def close(self) -> None:
        """Close the repository."""
        self._database.close()

    # Private methods

    def _watch(self, execution_id: int, watch: Run) -> None:
        with self._database.read() as connection:
            found = executions.by_id(connection, execution_id)
            steps = executions.steps(connection, execution_id)
        counts = {name: sum(getattr(step, name) for step in steps) for name in COUNTS}
        watch.report(Contribution(**counts), 0, None)
        if watch.stop_requested() and found and not found.status.ended and found.request is Request.NONE:
            self.operate("stop", execution_id)

    def _ended(self, execution_id: int) -> bool:
        with self._database.read() as connection:
            found = executions.by_id(connection, execution_id)
        return found is None or found.status.ended


def open_jobs(url: str, *, actor: str) -> Jobs:
    """The jobs of the repository at ``url``."""
    return Jobs(open_repository(url), actor)


def make_worker(url: str, *, threads: int, lease_s: float) -> Worker:
    """A worker of the repository at ``url`` with all handlers and ticks."""
    database = open_repository(url)
    settings = EngineSettings(ttl=timedelta(seconds=lease_s), rules=rules_of(fault_rules()))
    engine = Engine(database, handlers(database), settings=settings, breakers=breakers(database))
    ticks = [
        Tick("schedules", FIRE_S, lambda: fire.fire(database), apart=True),
        Tick("changes", ASK_S, lambda: fire.fire_changed(database, ask_target), apart=True, at_start=False),
        Tick("deadlines", LATE_S, lambda: deadlines.tell_late(database)),
        Tick("connections", SWEEP_S, sweep_connections),
        Tick("gauges", GAUGES_S, lambda: read_gauges(database)),
        Tick("notifications", TELL_S, Herald(database).tell, apart=True, at_start=False),
        Tick("arrivals", ARRIVALS_S, arrivals.ticking(database, "worker"), apart=True, at_start=False),
        Tick("expected", EXPECTED_S, arrivals.telling(database, "worker"), apart=True, at_start=False),
        Tick("archive", 3600.0, arrivals.expiring(database, "worker"), at_start=False),
        Tick("seal", 60.0, lambda: trail.seal(database)),
        Tick("expire", 3600.0, lambda: responses.expire(database)),
    ]
    return Worker(engine, threads=threads, ticks=ticks)


# Private functions


def _no_job(name: str) -> FixSpec:
    return FixSpec("LS-7105", f"there is no job {name}", hints=["`loadstone jobs list` lists all."])


def _version(one: StoredDefinition) -> dict[str, Any]:
    return {
        "job": one.name,
        "version": one.version,
        "state": one.state,
        "created_by": one.created_by,
        "created_at": one.created_at,
        "approved_by": one.approved_by,
    }


def _execution(one: Execution) -> dict[str, Any]:
    return {
        "id": one.id,
        "job": one.job,
        "version": one.version,
        "attempt": one.attempt,
        "status": str(one.status),
        "request": str(one.request),
        "created_at": one.created_at,
        "started_at": one.started_at,
        "ended_at": one.ended_at,
    }


def _step(one: StepExecution) -> dict[str, Any]:
    duration = (one.ended_at - one.started_at).total_seconds() if one.ended_at and one.started_at else None
    counts = {name: getattr(one, name) for name in ("read", "loaded", "rejected", "discarded", "skipped")}
    return {
        "step": one.name,
        "status": str(one.status),
        **counts,
        "duration_s": round(duration, 3) if duration is not None else None,
        "result": one.result,
        "error": one.error,
    }
