"""Calendars, schedules and their ticks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "calendar",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_calendar")),
    )
    op.create_table(
        "schedule",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("planned_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("watermark", sa.Text()),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
        sa.UniqueConstraint("name", name=op.f("uq_schedule_name")),
    )
    op.create_table(
        "schedule_tick",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("schedule_id", ROW_ID, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("execution_id", ROW_ID),
        sa.Column("parameters", DOCUMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedule.id"], name=op.f("fk_schedule_tick_schedule_id")),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["job_execution.id"], name=op.f("fk_schedule_tick_execution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_tick")),
        sa.UniqueConstraint(
            "schedule_id", "due_at", "cause", name=op.f("uq_schedule_tick_schedule_id_due_at_cause")
        ),
    )
    buffered = sa.text("state = 'buffered'")
    op.create_index(
        "ix_schedule_tick_buffered",
        "schedule_tick",
        ["schedule_id", "due_at"],
        sqlite_where=buffered,
        postgresql_where=buffered,
    )
    op.create_index("ix_schedule_tick_execution_id", "schedule_tick", ["execution_id"])


def downgrade() -> None:
    """Remove them."""
    for name in ("schedule_tick", "schedule", "calendar"):
        op.drop_table(name)
