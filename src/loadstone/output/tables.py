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
    info={
        "meaning": "The number that an outgoing file has drawn in its period.",
        "natural_key": ("file_id", "period", "number"),
    },
)

RUN = Table(
    "output_run",
    METADATA,
    Column("run", Text, primary_key=True),
    Column("receipt", document(), nullable=False),
    Column("settled_at", Instant, nullable=False),
    info={"meaning": "An outgoing file that was written, with its receipt.", "natural_key": ("run",)},
)
