"""The tables of alerts."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from loadstone.database.metadata import METADATA, Instant, document, row_id

NOTICE = Table(
    "notice",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("fact", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("steps", document(), nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("levels", document(), nullable=False),
    Column("escalate_at", Instant),
    Column("told_at", Instant),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", Text),
    Index("ix_notice_about_rule", "about", "rule"),
    info={
        "meaning": "Something that people are told of, and whether somebody has acknowledged it.",
        "natural_key": ("id",),
    },
)

_LIVE = text("state IN ('open', 'acknowledged')")
Index("uq_notice_live", NOTICE.c.key, unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)

DELIVERY = Table(
    "notice_delivery",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("notice_id", row_id(), ForeignKey("notice.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("count", Integer),
    Column("error", Text),
    Column("sent_at", Instant),
    Index("ix_notice_delivery_notice_id", "notice_id"),
    info={
        "meaning": "One message of a notice to one channel, and whether it was sent.",
        "natural_key": ("key",),
    },
)

_DUE = text("state = 'due'")
Index("ix_notice_delivery_due", DELIVERY.c.not_before, sqlite_where=_DUE, postgresql_where=_DUE)
