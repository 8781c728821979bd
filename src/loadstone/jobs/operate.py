"""What people ask of executions: stop, pause, resume, abandon; and what the engine mends by itself."""

from __future__ import annotations

from sqlalchemy import Connection

from loadstone.audit import trail
from loadstone.database import outbox
from loadstone.database.open import Database, now
from loadstone.errors import FixSpec, Refused
from loadstone.jobs.model import Execution, Request, Status
from loadstone.jobs.progress import resettle
from loadstone.jobs.repository import executions, tasks


def stop(database: Database, execution_id: int, *, actor: str) -> Execution:
    """Finish running chunks and end; a launch restarts it. ``Refused`` LS-7114 when it has ended already."""
    with database.write() as connection:
        return stop_within(connection, execution_id, actor=actor)


def stop_within(connection: Connection, execution_id: int, *, actor: str) -> Execution:
    """As ``stop``, within the caller's transaction."""
    return _ask(connection, execution_id, Request.STOP, actor)


def pause(database: Database, execution_id: int, *, actor: str) -> Execution:
    """Finish running chunks and wait for ``resume``. ``Refused`` LS-7114 when it has ended already."""
    with database.write() as connection:
        return _ask(connection, execution_id, Request.PAUSE, actor)


def resume(database: Database, execution_id: int, *, actor: str) -> Execution:
    """Go on with a paused execution. ``Refused`` LS-7114 when it is not paused or about to be."""
    with database.write() as connection:
        execution = _locked(connection, execution_id)
        if execution.status is not Status.PAUSED and execution.request is not Request.PAUSE:
            raise _not_now(execution, "resumed", "it is not paused")
        executions.change(connection, execution_id, request=Request.NONE)
        tasks.release_paused(connection, execution_id)
        resettle(connection, execution_id)
        return _told(connection, execution_id, actor, "execution.resume")


def abandon(database: Database, execution_id: int, *, actor: str, reason: str) -> Execution:
    """Give up a stopped, failed or paused execution for good. ``Refused`` LS-7114 while it runs or when it is final."""
    with database.write() as connection:
        execution = _locked(connection, execution_id)
        if execution.status not in (Status.STOPPED, Status.FAILED, Status.PAUSED):
            raise _not_now(execution, "abandoned", f"it is {execution.status}")
        values = {"status": Status.ABANDONED, "request": Request.NONE, "ended_at": now(connection)}
        executions.change(connection, execution_id, **values)
        outbox.put(
            connection, "execution.abandoned", str(execution_id), {"job": execution.job, "reason": reason}
        )
        return _told(connection, execution_id, actor, "execution.abandon", reason=reason)


def heal(database: Database, *, actor: str) -> list[int]:
    """
    Go on with executions that run although none of their tasks is open; their ids.

    A crash leaves none, for a task's end and what follows from it commit together; a repository restored from
    a backup or edited by hand may have some.
    """
    healed = []
    with database.read() as connection:
        orphans = executions.orphans(connection)
    for execution_id in orphans:
        with database.write() as connection:
            execution = _locked(connection, execution_id)
            if execution_id in executions.orphans(connection) and not execution.status.ended:
                resettle(connection, execution_id)
                trail.record(connection, actor, "execution.heal", f"execution:{execution_id}", {})
                healed.append(execution_id)
    return healed


# Private functions


def _ask(connection: Connection, execution_id: int, request: Request, actor: str) -> Execution:
    held = Status.STOPPED if request is Request.STOP else Status.PAUSED
    execution = _locked(connection, execution_id)
    if execution.status.ended and not (execution.status is Status.PAUSED and request is Request.STOP):
        verb = "stopped" if request is Request.STOP else "paused"
        raise _not_now(execution, verb, f"it is {execution.status}")
    executions.change(connection, execution_id, request=request)
    tasks.hold(connection, execution_id, held)
    resettle(connection, execution_id)
    return _told(connection, execution_id, actor, f"execution.{request}")


def _locked(connection: Connection, execution_id: int) -> Execution:
    execution = executions.by_id(connection, execution_id, lock=True)
    if execution is None:
        raise FixSpec(
            "LS-7115", f"there is no execution {execution_id}", hints=["`loadstone jobs runs` lists them."]
        )
    return execution


def _not_now(execution: Execution, what: str, why: str) -> Refused:
    return Refused("LS-7114", f"execution {execution.id} of job {execution.job} cannot be {what}: {why}")


def _told(connection: Connection, execution_id: int, actor: str, action: str, **detail: str) -> Execution:
    trail.record(connection, actor, action, f"execution:{execution_id}", detail)
    return _locked(connection, execution_id)
