"""Dead letters, the loads they come from, and their replays."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "dead_letter_origin",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("load_id", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("request", DOCUMENT, nullable=False),
        sa.Column("execution_id", ROW_ID),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["execution_id"], ["job_execution.id"], name=op.f("fk_dead_letter_origin_execution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter_origin")),
        sa.UniqueConstraint("load_id", "target", name=op.f("uq_dead_letter_origin_load_id_target")),
    )
    op.create_table(
        "dead_letter_replay",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("origin_id", ROW_ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("load_id", sa.Text()),
        sa.Column("loaded", sa.Integer()),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["dead_letter_origin.id"], name=op.f("fk_dead_letter_replay_origin_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter_replay")),
    )
    _make_letters()


def downgrade() -> None:
    """Remove them."""
    for name in ("dead_letter", "dead_letter_replay", "dead_letter_origin"):
        op.drop_table(name)


# Private functions


def _make_letters() -> None:
    op.create_table(
        "dead_letter",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("origin_id", ROW_ID, nullable=False),
        sa.Column("input_no", sa.Integer(), nullable=False),
        sa.Column("input_name", sa.Text(), nullable=False),
        sa.Column("record_no", sa.BigInteger(), nullable=False),
        sa.Column("byte_offset", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("corrected", sa.LargeBinary()),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("field", sa.Text()),
        sa.Column("value", sa.Text()),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("replay_id", ROW_ID),
        sa.Column("replay_no", sa.Integer()),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["dead_letter_origin.id"], name=op.f("fk_dead_letter_origin_id")
        ),
        sa.ForeignKeyConstraint(
            ["replay_id"], ["dead_letter_replay.id"], name=op.f("fk_dead_letter_replay_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
        sa.UniqueConstraint(
            "origin_id", "input_no", "record_no", name=op.f("uq_dead_letter_origin_id_input_no_record_no")
        ),
    )
    op.create_index("ix_dead_letter_state_id", "dead_letter", ["state", "id"])
    op.create_index("ix_dead_letter_replay_id", "dead_letter", ["replay_id"])
