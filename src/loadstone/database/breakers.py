"""The table of breakers, one row a system, which all workers share."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from loadstone.database.metadata import METADATA, Instant

BREAKER = Table(
    "connection_breaker",
    METADATA,
    Column("system", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("trips", Integer, nullable=False),
    Column("changed_at", Instant),
    Column("retry_at", Instant),
    Column("probe_by", Text),
    Column("probe_until", Instant),
    Column("reason", Text),
    info={
        "meaning": "The circuit breaker of an external system, shared by all workers.",
        "natural_key": ("system",),
    },
)
