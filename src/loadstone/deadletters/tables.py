"""The tables of dead letters."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from loadstone.database.metadata import METADATA, Instant, document, row_id

ORIGIN = Table(
    "dead_letter_origin",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("load_id", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("request", document(), nullable=False),
    Column("execution_id", row_id(), ForeignKey("job_execution.id")),
    Column("collected_at", Instant, nullable=False),
    UniqueConstraint("load_id", "target"),
    info={"meaning": "The load that dead letters come from.", "natural_key": ("load_id", "target")},
)

LETTER = Table(
    "dead_letter",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("origin_id", row_id(), ForeignKey("dead_letter_origin.id"), nullable=False),
    Column("input_no", Integer, nullable=False),
    Column("input_name", Text, nullable=False),
    Column("record_no", BigInteger, nullable=False),
    Column("byte_offset", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("corrected", LargeBinary),
    Column("table_name", Text, nullable=False),
    Column("field", Text),
    Column("value", Text),
    Column("rule", Text, nullable=False),
    Column("code", Text),
    Column("reason", Text, nullable=False),
    Column("replay_id", row_id(), ForeignKey("dead_letter_replay.id")),
    Column("replay_no", Integer),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("origin_id", "input_no", "record_no"),
    Index("ix_dead_letter_state_id", "state", "id"),
    Index("ix_dead_letter_replay_id", "replay_id"),
    info={
        "meaning": "A refused record that needs a person: its bytes, the reason, what became of it.",
        "natural_key": ("origin_id", "input_no", "record_no"),
    },
)

REPLAY = Table(
    "dead_letter_replay",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("origin_id", row_id(), ForeignKey("dead_letter_origin.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("load_id", Text),
    Column("loaded", Integer),
    Column("begun_at", Instant, nullable=False),
    Column("begun_by", Text, nullable=False),
    Column("ended_at", Instant),
    info={"meaning": "A load of corrected letters.", "natural_key": ("id",)},
)
