"""The tables of the audit trail."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from loadstone.database.metadata import METADATA, Instant, document, row_id

ENTRY = Table(
    "audit_entry",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("detail", document(), nullable=False),
    Index("ix_audit_entry_object_id", "object", "id"),
    info={"meaning": "Who did what to what, and when; rows are never changed.", "natural_key": ("id",)},
)

SEAL = Table(
    "audit_seal",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", row_id(), nullable=False, unique=True),
    Column("hash", Text, nullable=False),
    info={
        "meaning": "A hash over the entries up to one, chained to the seal before it.",
        "natural_key": ("number",),
    },
)
