"""The tables of schedules."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text, UniqueConstraint, text

from loadstone.database.metadata import METADATA, Instant, document, row_id

CALENDAR = Table(
    "calendar",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("content", document(), nullable=False),
    info={"meaning": "A calendar of business days.", "natural_key": ("name",)},
)

SCHEDULE = Table(
    "schedule",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),
    Column("content", document(), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("planned_until", Instant, nullable=False),
    Column("watermark", Text),
    Column("changed_by", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("look_at", Instant),
    Column("topic", Text),
    Index("ix_schedule_kind_look_at", "kind", "look_at"),
    info={
        "meaning": "When or on what a job starts, and up to when its starts are planned.",
        "natural_key": ("name",),
    },
)

TICK = Table(
    "schedule_tick",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("schedule_id", row_id(), ForeignKey("schedule.id"), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("cause", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("execution_id", row_id(), ForeignKey("job_execution.id"), index=True),
    Column("parameters", document(), nullable=False),
    Column("reason", Text, nullable=False),
    UniqueConstraint("schedule_id", "due_at", "cause"),
    info={
        "meaning": "A due start and what was decided about it.",
        "natural_key": ("schedule_id", "due_at", "cause"),
    },
)

_BUFFERED = text("state = 'buffered'")
Index(
    "ix_schedule_tick_buffered",
    TICK.c.schedule_id,
    TICK.c.due_at,
    sqlite_where=_BUFFERED,
    postgresql_where=_BUFFERED,
)

BUFFERED = text(f"schedule_tick.{_BUFFERED}")
"""Which ticks wait; in these words, for SQLite takes a partial index only for its own condition."""
