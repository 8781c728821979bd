"""Notices, their deliveries, and deadlines of executions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables and the column."""
    op.create_table(
        "notice",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("steps", DOCUMENT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("levels", DOCUMENT, nullable=False),
        sa.Column("escalate_at", MOMENT),
        sa.Column("told_at", MOMENT),
        sa.Column("acknowledged_at", MOMENT),
        sa.Column("acknowledged_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_about_rule", "notice", ["about", "rule"])
    live = sa.text("state IN ('open', 'acknowledged')")
    op.create_index(
        "uq_notice_live", "notice", ["key"], unique=True, sqlite_where=live, postgresql_where=live
    )
    _make_deliveries()
    op.add_column("job_execution", sa.Column("due_at", MOMENT))
    late = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_job_execution_due", "job_execution", ["due_at"], sqlite_where=late, postgresql_where=late
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_job_execution_due", "job_execution")
    op.drop_column("job_execution", "due_at")
    for name in ("notice_delivery", "notice"):
        op.drop_table(name)


# Private functions


def _make_deliveries() -> None:
    op.create_table(
        "notice_delivery",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("notice_id", ROW_ID, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("count", sa.Integer()),
        sa.Column("error", sa.Text()),
        sa.Column("sent_at", MOMENT),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_delivery_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_delivery_key")),
    )
    op.create_index("ix_notice_delivery_notice_id", "notice_delivery", ["notice_id"])
    due = sa.text("state = 'due'")
    op.create_index(
        "ix_notice_delivery_due", "notice_delivery", ["not_before"], sqlite_where=due, postgresql_where=due
    )
