"""Runs of jobs that have written their outgoing files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "output_run",
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("receipt", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run", name=op.f("pk_output_run")),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("output_run")
