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
    info={"natural_key": ("id",)},
)

SEAL = Table(
    "audit_seal",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", row_id(), nullable=False, unique=True),
    Column("hash", Text, nullable=False),
    info={"natural_key": ("number",)},
)
