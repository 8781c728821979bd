"""The nouns of jobs: definition, instance, execution, step, task; how they stand, and what a launch may answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """
    How an execution, a step or a task stands, in order of severity: a parent's is the highest of its children's.

    ``COMPLETED`` and ``SKIPPED`` are good ends, ``STOPPED`` and ``FAILED`` may be restarted, ``ABANDONED`` is final.
    """

    SKIPPED = "skipped"
    COMPLETED = "completed"
    WAITING = "waiting"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FAILED = "failed"
    ABANDONED = "abandoned"

    @property
    def severity(self) -> int:
        """Place in the order above; 0 is the mildest."""
        return list(Status).index(self)

    @property
    def ended(self) -> bool:
        """Whether nothing more happens by itself."""
        return self not in (Status.WAITING, Status.READY, Status.RUNNING)

    @property
    def restartable(self) -> bool:
        """Whether a launch may begin another execution behind this one."""
        return self in (Status.STOPPED, Status.FAILED)


def gravest(statuses: Iterable[Status]) -> Status:
    """The highest of ``statuses``; ``COMPLETED`` when there are none."""
    return max(statuses, key=lambda status: status.severity, default=Status.COMPLETED)


class Request(StrEnum):
    """What somebody asked a running execution to do at its next chunk."""

    NONE = "none"
    STOP = "stop"
    PAUSE = "pause"


class Answer(StrEnum):
    """What became of a launch; each decision is audited."""

    STARTED = "started"
    RESTARTED = "restarted"
    JOINED = "joined"
    CACHED = "cached"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Launch:
    """
    The answer to a launch.

    Attributes:
        answer: What was done. execution_id: the execution started, joined or returned; None when refused
            before there was any. reason: why, in a sentence.
    """

    answer: Answer
    execution_id: int | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Execution:
    """
    One attempt at an instance.

    Attributes:
        attempt: 1-based within the instance. parameters: all of them, typed values as JSON.
        request: what is asked of it. error: code and message of the gravest step, where there is one.
        created_at, started_at, ended_at: by the repository's clock, UTC. due_at: deadline that has not passed.
    """

    id: int
    instance_id: int
    job: str
    version: int
    attempt: int
    status: Status
    request: Request
    parameters: Mapping[str, Any]
    priority: int
    pool: str
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: Mapping[str, Any] | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class StepExecution:
    """
    One step of an execution.

    Attributes:
        position: 0-based, in the order of the definition. result: what its handler gave, JSON.
        read, loaded, rejected, discarded, skipped: logical records, as the handler reported them.
    """

    id: int
    execution_id: int
    name: str
    position: int
    status: Status
    read: int = 0
    loaded: int = 0
    rejected: int = 0
    discarded: int = 0
    skipped: int = 0
    result: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Task:
    """
    What a worker claims: one partition of a step, with the lease that makes it the worker's.

    Attributes:
        content_key: What makes the instance's content: runs of the same content are the same load.
        partition: 0-based. plan: What the handler planned for it; None until it has planned.
        config: The step's configuration, parameters filled in. results: of the steps that are completed, by name.
        fence: counts claims; the highest is the holder.
        attempt: 1-based count of runs since it last made progress, those after faults and dead workers included.
        taken_over: Whether another worker left it unfinished. lost: workers that died with it since it last
            made progress. progress: records of the furthest run, read or skipped.
        repository_id: which repository counts the fence.
        counts: what an earlier run of it reported; None when there was none.
    """

    id: int
    step_id: int
    execution_id: int
    instance_id: int
    content_key: str
    job: str
    step: str
    handler: str
    partition: int
    plan: Mapping[str, Any] | None
    config: Mapping[str, Any]
    parameters: Mapping[str, Any]
    results: Mapping[str, Mapping[str, Any]]
    fence: int
    attempt: int
    taken_over: bool
    lost: int
    repository_id: str
    counts: Mapping[str, int] | None = None
    progress: int = 0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """
    What a handler gives back for a task.

    Attributes:
        status: COMPLETED, STOPPED (asked to) or FAILED. result: JSON kept with the step; of several
            partitions, one may give the step's under ``whole``.
    """

    status: Status = Status.COMPLETED
    result: Mapping[str, Any] = field(default_factory=dict)
