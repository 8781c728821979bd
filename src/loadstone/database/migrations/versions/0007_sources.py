"""The registry of source systems, feeds and fixed layouts, and watermarks of queries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _make("fixed_layout")
    _make("source_system", sa.Column("enabled", sa.Boolean(), nullable=False))
    _make(
        "feed",
        sa.Column("source_id", ROW_ID, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source_system.id"], name=op.f("fk_feed_source_id")),
    )
    op.create_index("ix_feed_source_id", "feed", ["source_id"])
    op.create_table(
        "connection_watermark",
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("connection", name=op.f("pk_connection_watermark")),
    )


def downgrade() -> None:
    """Remove them."""
    for name in ("connection_watermark", "feed", "source_system", "fixed_layout"):
        op.drop_table(name)


# Private functions


def _make(name: str, *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        *more,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("name", name=op.f(f"uq_{name}_name")),
    )
