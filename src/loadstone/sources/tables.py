"""The tables of the registry. What a model says is one document; columns beside it are what queries ask for."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from loadstone.database.metadata import METADATA, Instant, document, row_id

LAYOUT = Table(
    "fixed_layout",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("content", document(), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
    info={"meaning": "A registered layout of fixed-width records.", "natural_key": ("name",)},
)

SOURCE = Table(
    "source_system",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("content", document(), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
    info={"meaning": "A system that sends files.", "natural_key": ("name",)},
)

FEED = Table(
    "feed",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),
    Column("source_id", row_id(), ForeignKey("source_system.id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("content", document(), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
    info={"meaning": "One stream of files of a source system.", "natural_key": ("name",)},
)
