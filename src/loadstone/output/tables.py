"""The table of numbers that outgoing files have drawn, one row a number."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from loadstone.database.metadata import METADATA, Instant

NUMBER = Table(
    "output_number",
    METADATA,
    Column("file_id", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("drawn_for", Text, nullable=False),
    Column("drawn_at", Instant, nullable=False),
    Column("settled_at", Instant),
    info={"natural_key": ("file_id", "period", "number")},
)
