"""The tables of outgoing files: numbers that they have drawn, and runs of jobs that have written theirs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from loadstone.database.metadata import METADATA, Instant, document

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

RUN = Table(
    "output_run",
    METADATA,
    Column("run", Text, primary_key=True),
    Column("receipt", document(), nullable=False),
    Column("settled_at", Instant, nullable=False),
    info={"natural_key": ("run",)},
)
