"""The tables of jobs, and the indexes that keep their queries flat over millions of past executions."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from loadstone.database.metadata import METADATA, Instant, document, row_id

DEFINITION = Table(
    "job_definition",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("content", document(), nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("approved_at", Instant),
    Column("approved_by", Text),
    UniqueConstraint("name", "version"),
    info={
        "meaning": "A version of a job: its content as written, and who wrote and who approved it.",
        "natural_key": ("name", "version"),
    },
)

INSTANCE = Table(
    "job_instance",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("definition_id", row_id(), ForeignKey("job_definition.id"), nullable=False),
    Column("job", Text, nullable=False),
    Column("launch_key", Text, nullable=False, unique=True),
    Column("content_key", Text, nullable=False),
    Column("parameters", document(), nullable=False),
    Column("created_at", Instant, nullable=False),
    info={
        "meaning": "A job with its identifying parameters; what a launch key names once.",
        "natural_key": ("launch_key",),
    },
)

EXECUTION = Table(
    "job_execution",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("instance_id", row_id(), ForeignKey("job_instance.id"), nullable=False),
    Column("job", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("parameters", document(), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("pool", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("error", document()),
    Column("due_at", Instant),
    UniqueConstraint("instance_id", "attempt"),
    Index("ix_job_execution_job_id", "job", "id"),
    info={
        "meaning": "An attempt at an instance, with its status, parameters and error.",
        "natural_key": ("instance_id", "attempt"),
    },
)

_ACTIVE = text("status IN ('waiting', 'ready', 'running', 'paused')")
Index(
    "uq_job_execution_active",
    EXECUTION.c.instance_id,
    unique=True,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)
Index("ix_job_execution_status_active", EXECUTION.c.status, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE)
ACTIVE = text(f"job_execution.{_ACTIVE}")
"""Which executions have not ended; in these words, for SQLite takes a partial index only for its own condition."""

_DUE = text("due_at IS NOT NULL")
Index("ix_job_execution_due", EXECUTION.c.due_at, sqlite_where=_DUE, postgresql_where=_DUE)

STEP = Table(
    "step_execution",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("execution_id", row_id(), ForeignKey("job_execution.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("read", BigInteger, nullable=False, server_default="0"),
    Column("loaded", BigInteger, nullable=False, server_default="0"),
    Column("rejected", BigInteger, nullable=False, server_default="0"),
    Column("discarded", BigInteger, nullable=False, server_default="0"),
    Column("skipped", BigInteger, nullable=False, server_default="0"),
    Column("result", document()),
    Column("error", document()),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    UniqueConstraint("execution_id", "name"),
    info={
        "meaning": "A step of an execution: its status and its books.",
        "natural_key": ("execution_id", "name"),
    },
)

TASK = Table(
    "step_task",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("step_id", row_id(), ForeignKey("step_execution.id"), nullable=False),
    Column("partition", Integer, nullable=False),
    Column("plan", document()),
    Column("status", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("pool", Text, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("worker_id", Text),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("lease_until", Instant),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("lost", Integer, nullable=False, server_default="0"),
    Column("progress", BigInteger, nullable=False, server_default="0"),
    Column("counts", document()),
    Column("result", document()),
    Column("error", document()),
    UniqueConstraint("step_id", "partition"),
    info={
        "meaning": "A step's work, or a partition of it, that a worker claims, with lease, fence and progress.",
        "natural_key": ("step_id", "partition"),
    },
)

_OPEN = text("status IN ('ready', 'running')")
Index(
    "ix_step_task_open",
    TASK.c.status,
    TASK.c.priority,
    TASK.c.id,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)

OPEN = text(f"step_task.{_OPEN}")
"""Which tasks are ready or running; in these words, for SQLite takes a partial index only for its own condition."""

WORKER = Table(
    "worker",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("beat_at", Instant, nullable=False),
    Column("stopping", Boolean, nullable=False, server_default=text("false")),
    info={"meaning": "A worker process and its last heartbeat.", "natural_key": ("id",)},
)

POOL = Table(
    "pool",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("slots", Integer, nullable=False),
    info={
        "meaning": "A pool of places, and how many of its tasks may run at once.",
        "natural_key": ("name",),
    },
)

RESPONSE = Table(
    "stored_response",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("request_hash", Text, nullable=False),
    Column("response", document()),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    info={
        "meaning": "The answer to an idempotent request, until it expires.",
        "natural_key": ("scope", "key"),
    },
)

REPOSITORY = Table(
    "repository",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("created_at", Instant, nullable=False),
    info={"meaning": "The identity of this repository; one row.", "natural_key": ("id",)},
)
