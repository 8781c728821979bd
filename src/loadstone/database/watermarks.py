"""The table of watermarks: how far the files that were taken of a query go, one row a connection."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from loadstone.database.metadata import METADATA, Instant

WATERMARK = Table(
    "connection_watermark",
    METADATA,
    Column("connection", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    info={
        "meaning": "The last value that a database query has given, from which the next goes on.",
        "natural_key": ("connection",),
    },
)
