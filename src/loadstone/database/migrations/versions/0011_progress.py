"""How far a task has come, so that only deaths without progress count against it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the column; the next report of a task that runs fills it."""
    op.add_column("step_task", sa.Column("progress", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("step_task", "progress")
