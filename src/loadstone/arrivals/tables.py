"""The tables of arrivals."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from loadstone.database.metadata import METADATA, Instant, document, row_id

_SEEN = text("state = 'seen'")
_OPEN = text("state IN ('complete', 'landed', 'recognised', 'checked', 'launched', 'loaded')")

ARRIVAL = Table(
    "arrival",
    METADATA,
    Column("id", row_id(), primary_key=True, autoincrement=True),
    Column("place", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("source", Text),
    Column("feed", Text),
    Column("size_bytes", BigInteger),
    Column("sha256", Text),
    Column("expected_digest", Text),
    Column("content_sha256", Text),
    Column("business_date", Date),
    Column("kept_at", Text),
    Column("shape", document()),
    Column("totals", document(), nullable=False),
    Column("findings", document(), nullable=False),
    Column("execution_id", row_id()),
    Column("receipt", document()),
    Column("held_from", Text),
    Column("reason", Text),
    Column("waived", document(), nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("stable_since", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("landed_at", Instant),
    Column("settled_at", Instant),
    Column("keep_until", Instant),
    Column("told_incomplete", Boolean, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("claimed_by", Text),
    Column("claimed_until", Instant),
    Column("not_before", Instant),
    UniqueConstraint("place", "path", "version", name="uq_arrival_place_path_version"),
    Index("uq_arrival_seen", "place", "path", unique=True, sqlite_where=_SEEN, postgresql_where=_SEEN),
    Index("ix_arrival_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_arrival_feed_business_date", "feed", "business_date"),
    Index("ix_arrival_execution_id", "execution_id"),
    info={
        "meaning": "A file that was seen at a place, from there to its archive or quarantine.",
        "natural_key": ("place", "path", "version"),
    },
)

CONTENT = Table(
    "arrival_content",
    METADATA,
    Column("feed", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("arrival_id", row_id(), ForeignKey("arrival.id"), nullable=False, index=True),
    Column("first_at", Instant, nullable=False),
    info={
        "meaning": "The digests by which a repeated file is known.",
        "natural_key": ("feed", "kind", "digest"),
    },
)
"""Which file of a feed was the first with a name, with these bytes, or with these records: at most one."""

_OVERDUE = text("state IN ('late', 'missing')")

EXPECTED = Table(
    "expected_file",
    METADATA,
    Column("feed", Text, primary_key=True),
    Column("business_date", Date, primary_key=True),
    Column("source", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("because", Text),
    Column("changed_at", Instant, nullable=False),
    Index("ix_expected_file_overdue", "feed", sqlite_where=_OVERDUE, postgresql_where=_OVERDUE),
    Index("ix_expected_file_business_date", "business_date"),
    info={
        "meaning": "A file that a feed's arrival window promises for a business date.",
        "natural_key": ("feed", "business_date"),
    },
)
"""Business dates of feeds that were told to be late or missing, or for which no file is expected."""
