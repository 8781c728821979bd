"""Launch a job: the instance it belongs to, and the one named answer that the rules give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from loadstone.audit import trail
from loadstone.database import outbox
from loadstone.database.open import Database
from loadstone.errors import FixSpec, Refused
from loadstone.jobs.definition import LaunchRules
from loadstone.jobs.model import Answer, Execution, Launch, Status
from loadstone.jobs.parameters import Keys, keys_of, typed_parameters
from loadstone.jobs.progress import begin
from loadstone.jobs.repository import definitions, executions
from loadstone.jobs.repository.definitions import StoredDefinition


def launch(
    database: Database, job: str, given: Mapping[str, Any], *, actor: str, run: str | None = None
) -> Launch:
    """
    Start an instance, join or return what there is of it, restart it, or refuse: decided in one transaction.

    Of launches of one instance at the same moment exactly one starts it. ``run`` makes an instance of its own
    out of the same parameters.

    Raises:
        FixSpec: LS-7103 wrong parameters, LS-7105 unknown job. FixFile: LS-7104.
        Refused: LS-7106 no version is approved.
    """
    with database.read() as connection:
        stored = runnable(connection, job)
    values = typed_parameters(stored.definition, given)
    keys = keys_of(stored.definition, values, run=run)
    with database.write() as connection:
        return launch_within(connection, stored, values, keys, actor=actor)


def launch_within(
    connection: Connection, stored: StoredDefinition, values: Mapping[str, Any], keys: Keys, *, actor: str
) -> Launch:
    """As ``launch``, within the caller's transaction, with typed parameters and their keys."""
    instance, made = executions.lock_instance(connection, stored, keys, values)
    pinned = stored if made else definitions.by_id(connection, instance.definition_id)
    before = None if made else executions.last(connection, instance.id)
    answer, reason = decide(pinned.definition.launch, before)
    execution = before
    if answer in (Answer.STARTED, Answer.RESTARTED):
        execution = begin(connection, instance, pinned, values, before)
    told = {"job": stored.name, "answer": answer, "reason": reason, "parameters": dict(values)}
    about = f"execution:{execution.id}" if execution else f"job:{stored.name}"
    trail.record(connection, actor, "job.launch", about, told)
    if execution is not None and answer in (Answer.STARTED, Answer.RESTARTED):
        outbox.put(connection, f"execution.{answer}", str(execution.id), {**told, "actor": actor})
    return Launch(answer=answer, execution_id=execution.id if execution else None, reason=reason)


def runnable(connection: Connection, job: str) -> StoredDefinition:
    """
    The newest approved version.

    Raises:
        FixSpec: LS-7105 there is no such job. Refused: LS-7106 none of its versions is approved.
    """
    stored = definitions.approved(connection, job)
    if stored is not None:
        return stored
    if definitions.find(connection, job) is None:
        raise _unknown(connection, job)
    raise Refused(
        "LS-7106",
        f"job {job} has no approved version",
        hints=[f"`loadstone jobs approve {job}` by a second person; `loadstone jobs show {job}` shows it."],
    )


def decide(rules: LaunchRules, before: Execution | None) -> tuple[Answer, str]:
    """What a launch does when ``before`` is the instance's last execution; and why, in a sentence."""
    if before is None:
        return Answer.STARTED, "this instance was never launched"
    name, status = f"execution {before.id}", before.status
    if status is Status.ABANDONED:
        return Answer.REFUSED, f"{name} was abandoned, which is final"
    if status is Status.PAUSED:
        return Answer.REFUSED, f"{name} is paused; resume it"
    if not status.ended:
        if rules.running == "join":
            return Answer.JOINED, f"{name} is under way"
        return Answer.REFUSED, f"{name} is under way, and the job's rules refuse a second launch"
    if status is Status.COMPLETED and rules.completed == "cached":
        return Answer.CACHED, f"{name} completed; its result is returned"
    if status is Status.COMPLETED and rules.completed == "refuse":
        return Answer.REFUSED, f"{name} completed, and the job's rules refuse another"
    if status.restartable and rules.failed == "refuse":
        return Answer.REFUSED, f"{name} {status}, and the job's rules refuse a restart"
    if before.attempt >= rules.attempts_max:
        return Answer.REFUSED, f"{name} was attempt {before.attempt} of {rules.attempts_max} allowed"
    if status is Status.COMPLETED:
        return Answer.STARTED, f"{name} completed, and the job's rules run it again"
    return Answer.RESTARTED, f"{name} {status}; it goes on behind its last checkpoint"


# Private functions


def _unknown(connection: Connection, job: str) -> FixSpec:
    from difflib import get_close_matches

    names = sorted({one.name for one in definitions.versions(connection)})
    near = get_close_matches(job, names, 1)
    hints = [f"did you mean {near[0]}?"] if near else []
    return FixSpec("LS-7105", f"there is no job {job}", hints=[*hints, "`loadstone jobs list` lists all."])
