"""Files that are due and did not come, by feed and business date."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "expected_file",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("because", sa.Text()),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("feed", "business_date", name=op.f("pk_expected_file")),
    )
    overdue = sa.text("state IN ('late', 'missing')")
    op.create_index(
        "ix_expected_file_overdue", "expected_file", ["feed"], sqlite_where=overdue, postgresql_where=overdue
    )
    op.create_index("ix_expected_file_business_date", "expected_file", ["business_date"])


def downgrade() -> None:
    """Remove it."""
    op.drop_table("expected_file")
