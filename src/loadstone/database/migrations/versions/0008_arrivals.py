"""Files on their way, and what was first with which content."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table("arrival", *_columns())
    seen = sa.text("state = 'seen'")
    op.create_index(
        "uq_arrival_seen", "arrival", ["place", "path"], unique=True, sqlite_where=seen, postgresql_where=seen
    )
    under_way = sa.text("state IN ('complete', 'landed', 'recognised', 'checked', 'launched', 'loaded')")
    op.create_index("ix_arrival_open", "arrival", ["id"], sqlite_where=under_way, postgresql_where=under_way)
    op.create_index("ix_arrival_feed_business_date", "arrival", ["feed", "business_date"])
    op.create_index("ix_arrival_execution_id", "arrival", ["execution_id"])
    op.create_table(
        "arrival_content",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("arrival_id", ROW_ID, nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("feed", "kind", "digest", name=op.f("pk_arrival_content")),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrival.id"], name=op.f("fk_arrival_content_arrival_id")),
    )
    op.create_index("ix_arrival_content_arrival_id", "arrival_content", ["arrival_id"])


def downgrade() -> None:
    """Remove them."""
    for name in ("arrival_content", "arrival"):
        op.drop_table(name)


# Private functions


def _columns() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        *[
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("place", "path", "version", "name", "state")
        ],
        sa.Column("source", sa.Text()),
        sa.Column("feed", sa.Text()),
        sa.Column("size_bytes", sa.BigInteger()),
        *[sa.Column(name, sa.Text()) for name in ("sha256", "expected_digest", "content_sha256")],
        sa.Column("business_date", sa.Date()),
        sa.Column("kept_at", sa.Text()),
        sa.Column("shape", DOCUMENT),
        sa.Column("totals", DOCUMENT, nullable=False),
        sa.Column("findings", DOCUMENT, nullable=False),
        sa.Column("execution_id", ROW_ID),
        sa.Column("receipt", DOCUMENT),
        sa.Column("held_from", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("waived", DOCUMENT, nullable=False),
        *[sa.Column(name, MOMENT, nullable=False) for name in ("seen_at", "stable_since", "changed_at")],
        *[sa.Column(name, MOMENT) for name in ("landed_at", "settled_at", "keep_until")],
        sa.Column("told_incomplete", sa.Boolean(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("claimed_by", sa.Text()),
        sa.Column("claimed_until", MOMENT),
        sa.Column("not_before", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
        sa.UniqueConstraint("place", "path", "version", name=op.f("uq_arrival_place_path_version")),
    ]
